"""What is doubtful about a pack without standing in the way of its load: the warnings of a plan."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable

from knowledge.loading.merging import names_of
from knowledge.loading.writer import FactWriter
from knowledge.packs import Pack, PackError, Row
from knowledge.packs.fields import DESCRIBED
from knowledge.packs.wording import reads_on

_SETTLED = ("kind", "name", "affiliation", "role")


def warnings(writer: FactWriter, pack: Pack, is_ordinary: Callable[[str], bool]) -> list[PackError]:
    """Everything that is doubtful; `is_ordinary` tells names that are words of questions."""
    return [
        *_contradictions(writer, pack),
        *_shared_names(writer, pack),
        *_shared_addresses(writer, pack),
        *_wordings(pack, is_ordinary),
    ]


def _wordings(pack: Pack, is_ordinary: Callable[[str], bool]) -> list[PackError]:
    found = []
    for row in pack.rows:
        if row.kind == "statement" and not reads_on(row.body["act"], row.body["text"]):
            problem = f"“{row.body['text'][:60]}” does not read on after “<speaker> {row.body['act']}”"
            found.append(_warn(pack, row, "text", problem))
        if row.kind in ("actor", "topic", "talks"):
            for name in (row.body["name"], *row.body.get("aliases", ())):
                if is_ordinary(name):
                    problem = f"“{name}” is an ordinary word of questions; it counts as a name only with a capital"
                    found.append(_warn(pack, row, "aliases", problem))
    return found


def _warn(pack: Pack, row: Row, name: str, problem: str) -> PackError:
    return PackError(pack.file, row.line, row.label, name, problem)


def _contradictions(writer: FactWriter, pack: Pack) -> list[PackError]:
    found = []
    for kind in DESCRIBED:
        rows = {row.key: row for row in pack.rows if row.kind == kind}
        for key, holders in writer.described(kind, rows).items():
            for other, text in holders:
                body = json.loads(text)
                if other == pack.id:
                    break
                for name in _SETTLED:
                    mine = rows[key].body.get(name)
                    if mine and body.get(name) and mine != body[name]:
                        problem = f"the pack “{other}” says “{body[name]}”, this one “{mine}”; the first loaded stays"
                        found.append(_warn(pack, rows[key], name, problem))
    return found


def _shared_names(writer: FactWriter, pack: Pack) -> list[PackError]:
    bearers: dict[str, dict[tuple[str, str], Row]] = {}
    for row in pack.rows:
        if row.kind in ("actor", "topic", "talks"):
            for phrase, kind, key, sort, _ in names_of(row.kind, row.key, row.body):
                if sort in ("name", "alias", "person"):
                    bearers.setdefault(phrase, {})[kind, key] = row
    found = []
    stored = writer.name_owners(bearers)
    mine = {(row.kind, row.key) for row in pack.rows}
    for phrase, owners in bearers.items():
        others = [*owners, *(owner for owner in stored.get(phrase, ()) if owner not in mine)]
        same_kind = Counter(kind for kind, _ in others)
        for (kind, key), row in owners.items():
            if same_kind.pop(kind, 0) > 1:
                bearing = sorted(k for owner, k in others if owner == kind and k != key)
                rest = " and ".join(bearing[:3]) + (f" and {len(bearing) - 3} more" if len(bearing) > 3 else "")
                found.append(_warn(pack, row, "aliases", f"the name “{phrase}” means {rest} too; who asks is asked back"))
    return found


def _shared_addresses(writer: FactWriter, pack: Pack) -> list[PackError]:
    rows = [row for row in pack.rows if row.kind == "source" and "url" in row.body]
    mine = {row.key for row in rows}
    first: dict[str, str] = {}
    stored = writer.owners_of_url(row.body["url"] for row in rows)
    found = []
    for row in rows:
        url = row.body["url"]
        others = [first[url]] if url in first else [one for one in stored.get(url, ()) if one not in mine]
        if others:
            found.append(_warn(pack, row, "url", f"the source {others[0]} has the same address"))
        first.setdefault(url, row.key)
    return found
