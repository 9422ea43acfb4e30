"""A load as a plan: read, compare with the store, show, apply in one transaction, undo."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib import resources

from knowledge.facts import Body
from knowledge.packs import Limits, Pack, PackError, PackRefused, Partial, Row, read_pack
from knowledge.packs.errors import nearest
from knowledge.packs.fields import DESCRIBED, FACTS, references
from knowledge.packs.wording import reads_on
from knowledge.store import Change, FactWriter, LoadRecord, names_of

BUNDLE = "astana.yaml"
BUNDLED = "bundle"
"""The origin of loads that the bot makes itself, of the pack it ships with."""

Progress = Callable[[int, int], None]
GUESSED = 50
"""For how many unknown ids of a file the nearest valid one is named."""
LONGEST_CHAIN = 8
_SETTLED = ("kind", "name", "affiliation", "role")


@dataclass(frozen=True, slots=True)
class Plan:
    """What a load would do to a store: changes, and warnings that do not stop it."""

    pack: str
    file: str
    digest: str
    changes: tuple[Change, ...]
    warnings: tuple[PackError, ...] = field(default=())
    undoes: int | None = None

    def count(self, sort: str, kind: str | None = None) -> int:
        """How many rows (of a kind) are "new", "changed" or "gone"."""
        return sum(sort_of(change) == sort and kind in (None, change.kind) for change in self.changes)

    @property
    def counts(self) -> tuple[int, int, int]:
        """Rows new, changed, gone."""
        found = Counter(map(sort_of, self.changes))
        return found["new"], found["changed"], found["gone"]


class UndoRefused(Exception):
    """A load that cannot be undone as things stand; the text says what is in the way."""


class Outdated(Exception):
    """The facts changed between plan and application; a fresh plan is needed."""


def sort_of(change: Change) -> str:
    """Whether a row is "new", "changed" or "gone"."""
    return "new" if change.before is None else "gone" if change.after is None else "changed"


def _dump(body: Body) -> str:
    return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def plan_load(
    writer: FactWriter, pack: Pack, removing: bool = True, is_ordinary: Callable[[str], bool] = lambda name: False
) -> Plan:
    """What loading `pack` would change: the store then holds exactly what this version says.

    With `removing` False rows that the pack does not name stay. `is_ordinary` tells names that are words of questions, which
    are warned of. Raises PackRefused with every error: unknown ids, keys that
    another pack holds, removed rows that another pack refers to.
    """
    heads = writer.packs()
    rank = heads[pack.id]["rank"] if pack.id in heads else max((h["rank"] for h in heads.values()), default=0) + 1
    old = writer.pack_rows(pack.id)
    head = Row("pack", pack.id, {**pack.head, "rank": rank})
    new = {(row.kind, row.key): _dump(row.body) for row in (head, *pack.rows)}
    changes = [Change(*at, old.get(at), body) for at, body in new.items() if old.get(at) != body]
    if removing:
        changes += [Change(*at, body, None) for at, body in old.items() if at not in new]
    errors = _Check(writer, pack, changes, new.keys() | (set() if removing else old.keys())).errors()
    if errors:
        raise PackRefused(errors)
    return Plan(pack.id, pack.file, pack.digest, tuple(changes), tuple(_warnings(writer, pack, is_ordinary)))


def plan_file(
    writer: FactWriter, data: bytes, file: str, limits: Limits, is_ordinary: Callable[[str], bool] = lambda name: False
) -> Plan:
    """What loading a file would change. Raises PackRefused with all that is wrong with it, unknown ids among the rest."""
    try:
        pack = read_pack(data, file, limits)
    except PackRefused as refused:
        if not isinstance(refused.partial, Partial):
            raise
        partial = refused.partial.pack
        check = _Check(writer, partial, (), {(row.kind, row.key) for row in partial.rows} | refused.partial.broken)
        check.unknown_references()
        raise PackRefused(sorted([*refused.errors, *check.found], key=lambda error: error.line)) from refused
    return plan_load(writer, pack, is_ordinary=is_ordinary)


def plan_undo(writer: FactWriter, number: int) -> Plan:
    """What undoing a load would change. Raises UndoRefused when there is no such load or something stands in its way."""
    records = {record.number: record for record in writer.history()}
    record = records.get(number)
    if record is None:
        raise UndoRefused(f"There is no load {number}.")
    if record.undone_by is not None and records[record.undone_by].undone_by is None:
        raise UndoRefused(f"Load {number} was undone already, by load {record.undone_by}.")
    now = writer.pack_rows(record.pack)
    changes = []
    for change in writer.load_changes(number):
        if now.get((change.kind, change.key)) != change.after:
            later = writer.later_change(number, record.pack, change.kind, change.key)
            raise UndoRefused(
                f"Load {later} stands in the way: it changed {change.kind} {change.key} after load {number}. "
                f"Undo load {later} first."
            )
        changes.append(Change(change.kind, change.key, change.after, change.before))
    touched = {(change.kind, change.key) for change in changes}
    left = [at for at in now if at not in touched]
    if ("pack", record.pack) in touched and ("pack", record.pack) not in {(c.kind, c.key) for c in changes if c.after} and left:
        later = writer.later_change(number, record.pack, *left[0])
        raise UndoRefused(f"Load {later} stands in the way: it added {' '.join(left[0])} to the pack. Undo load {later} first.")
    rows = [Row(c.kind, c.key, json.loads(c.after)) for c in changes if c.after is not None]
    kept = {at for at in now if at not in {(c.kind, c.key) for c in changes}} | {(row.kind, row.key) for row in rows}
    pack = Pack(
        record.pack,
        {},
        tuple(row for row in rows if row.kind != "pack"),
        f"undo of load {number}",
        record.digest,
    )
    errors = _Check(writer, pack, changes, kept).errors()
    if errors:
        raise UndoRefused("\n".join(["Later loads stand in the way:", *(error.problem for error in errors)]))
    return Plan(record.pack, record.file, record.digest, tuple(changes), undoes=number)


def apply_plan(writer: FactWriter, plan: Plan, who: str, origin: str, progress: Progress | None = None) -> int:
    """Applies a plan in one transaction and records who did it; returns the number of the load.

    Raises Outdated, with nothing changed, when the rows are no longer what they were when the plan was made.
    """
    with writer.transaction():
        now = writer.pack_rows(plan.pack)
        if any(now.get((change.kind, change.key)) != change.before for change in plan.changes):
            raise Outdated("The facts were changed meanwhile; nothing was done.")
        rows = tuple(Row(c.kind, c.key, json.loads(c.after)) for c in plan.changes if c.after is not None and c.kind != "pack")
        gone = {(c.kind, c.key) for c in plan.changes if c.after is None}
        kept = (now.keys() - gone) | {(row.kind, row.key) for row in rows}
        heads = [json.loads(c.after) for c in plan.changes if c.kind == "pack" and c.after and c.before is None]
        ranked = any(head["rank"] == other["rank"] for head in heads for other in writer.packs().values())
        if ranked or _Check(writer, Pack(plan.pack, {}, rows, plan.file, plan.digest), plan.changes, kept).errors():
            raise Outdated("Other packs were changed meanwhile; nothing was done.")
        at = datetime.now(UTC).isoformat(timespec="seconds")
        number = writer.record(at, who, origin, plan.pack, plan.file, plan.digest, plan.counts, plan.undoes)
        writer.apply(number, plan.pack, plan.changes, progress)
    return number


def bundled_pack() -> Pack:
    """The pack that the bot ships with."""
    data = resources.files("knowledge").joinpath("data", BUNDLE).read_bytes()
    return read_pack(data, BUNDLE, Limits(max_bytes=len(data)))


def bundle_digest() -> str:
    """The hash of the pack that the bot ships with, without reading the pack."""
    return hashlib.sha256(resources.files("knowledge").joinpath("data", BUNDLE).read_bytes()).hexdigest()


def last_load(records: Iterable[LoadRecord], pack: str) -> LoadRecord | None:
    """The newest load of a pack."""
    return next((record for record in records if record.pack == pack), None)


def load_bundle(writer: FactWriter, progress: Progress | None = None) -> bool:
    """Loads the bundled pack unless it is loaded or an admin has loaded (or undone) their own of its name.

    Returns whether anything was loaded.
    """
    last = last_load(writer.history(), BUNDLE.removesuffix(".yaml"))
    if last is not None and (last.origin != BUNDLED or last.digest == bundle_digest()):
        return False
    try:
        apply_plan(writer, plan_load(writer, bundled_pack()), "talks", BUNDLED, progress)
    except (Outdated, PackRefused):
        # Another process that started at the same moment has loaded it; or what admins loaded stands in its way, which
        # `talks check` tells, and the facts that are loaded stay.
        return False
    return True


class _Check:
    """Finds what is wrong with a set of changes, in the light of all other packs."""

    def __init__(self, writer: FactWriter, pack: Pack, changes: Sequence[Change], kept: Iterable[tuple[str, str]]) -> None:
        self.writer = writer
        self.pack = pack
        self.changes = changes
        self.kept = set(kept)
        self.found: list[PackError] = []

    def errors(self) -> list[PackError]:
        self.owners()
        self.unknown_references()
        self.heads()
        self.circles()
        self.removed_but_needed()
        return sorted(self.found, key=lambda error: error.line)

    def error(self, row: Row, name: str, problem: str) -> None:
        self.found.append(PackError(self.pack.file, row.line, row.label, name, problem))

    def owners(self) -> None:
        """A round, attendance, statement or event belongs to one pack, unless it is retracted in the others."""
        retracts = {row.key for row in self.pack.rows if row.kind == "retract"}
        added = {(change.kind, change.key) for change in self.changes if change.before is None}
        for kind in FACTS:
            rows = {row.key: row for row in self.pack.rows if row.kind == kind and (kind, row.key) in added}
            others = self.writer.described(kind, rows)
            taken_back = self.writer.retractions(kind, others)
            for key, holders in others.items():
                packs = [pack for pack, _ in holders if pack != self.pack.id]
                packs = [pack for pack in packs if all(by in (pack, self.pack.id) for by in taken_back.get(key, ()))]
                if packs and f"{kind} {key}" not in retracts:
                    self.error(
                        rows[key],
                        "",
                        f"the pack “{packs[0]}” holds this key; retract it there or in this pack first",
                    )
        for row in self.pack.rows:
            if row.kind == "retract" and ("retract", row.key) in added:
                by = [
                    p
                    for p in self.writer.retractions(row.body["kind"], [row.body["key"]]).get(row.body["key"], ())
                    if p != self.pack.id
                ]
                if by:
                    self.error(row, "key", f"the pack “{by[0]}” retracts {row.key} already")
                holders = self.writer.described(row.body["kind"], [row.body["key"]]).get(row.body["key"], [])
                if all(pack == self.pack.id for pack, _ in holders):
                    near = nearest(row.body["key"], self.writer.keys(row.body["kind"]))
                    self.error(row, "key", f"no other pack holds {row.body['kind']} “{row.body['key']}”{near}")
        self.freed()

    def freed(self) -> None:
        """A retraction that goes away must not bring back a row beside another pack's of the same key."""
        for change in self.changes:
            if change.kind == "retract" and change.after is None:
                kind, key = change.key.split(" ", 1)
                packs = [pack for pack, _ in self.writer.described(kind, [key]).get(key, ()) if pack != self.pack.id]
                packs += [self.pack.id] if (kind, key) in self.kept else []
                if len(packs) > 1:
                    row = Row("retract", change.key, {})
                    self.error(row, "", f"without it {kind} {key} would be held by {' and '.join(packs)}")

    def unknown_references(self) -> None:
        retracts = {row.key for row in self.pack.rows if row.kind == "retract"}
        wanted: dict[str, dict[str, list[tuple[Row, str]]]] = {}
        for row in self.pack.rows:
            for kind, key in references(row.kind, row.body):
                if (kind, key) not in self.kept:
                    wanted.setdefault(kind, {}).setdefault(key, []).append((row, kind))
        for kind, keys in wanted.items():
            known = self.writer.described(kind, keys)
            gone = self.writer.retractions(kind, keys)
            valid: list[str] = []
            told = 0
            for key, rows in keys.items():
                packs = [p for p, _ in known.get(key, ()) if p != self.pack.id and all(by == p for by in gone.get(key, ()))]
                packs = [] if f"{kind} {key}" in retracts else packs
                if not packs:
                    valid = valid or [*(k for k_kind, k in self.kept if k_kind == kind), *self.writer.keys(kind)]
                    told += 1
                    near = nearest(key, valid) if told <= GUESSED else ""
                    for row, _ in rows:
                        self.error(row, _field_of(row, key), f"unknown {kind} “{key}”{near}")

    def heads(self) -> None:
        """Delegations are led by, and consist of, persons."""
        kinds = {row.key: row.body["kind"] for row in self.pack.rows if row.kind == "actor"}
        rows = [row for row in self.pack.rows if row.kind == "attendance"]
        named = {
            one for row in rows for one in (row.body.get("head"), *row.body.get("members", ())) if one and one not in kinds
        }
        for key, holders in self.writer.described("actor", named).items():
            kinds[key] = json.loads(holders[0][1])["kind"]
        for row in rows:
            for name, ids in (("head", [row.body.get("head")]), ("members", row.body.get("members", []))):
                for one in ids:
                    if one in kinds and kinds[one] != "person":
                        self.error(row, name, f"“{one}” is {kinds[one]}, a person was expected")

    def circles(self) -> None:
        """A chain of affiliations must end."""
        affiliation = {row.key: row.body.get("affiliation") for row in self.pack.rows if row.kind == "actor"}
        for row in self.pack.rows:
            if row.kind != "actor" or "affiliation" not in row.body:
                continue
            seen, at = {row.key}, row.body["affiliation"]
            while at is not None and at not in seen and len(seen) <= LONGEST_CHAIN:
                seen.add(at)
                at = affiliation[at] if at in affiliation else self.stored_affiliation(at)
            if at == row.key:
                self.error(row, "affiliation", "it leads back to this actor itself")
            elif len(seen) > LONGEST_CHAIN:
                self.error(row, "affiliation", f"the chain of affiliations is longer than {LONGEST_CHAIN}")

    def stored_affiliation(self, actor: str) -> str | None:
        for _, body in self.writer.described("actor", [actor]).get(actor, ()):
            found: str | None = json.loads(body).get("affiliation")
            if found:
                return found
        return None

    def removed_but_needed(self) -> None:
        for change in self.changes:
            kind, key = change.kind, change.key
            if change.kind == "retract" and change.after is not None:
                kind, key = key.split(" ", 1)
            elif change.after is not None or kind not in (*DESCRIBED, "round"):
                continue
            if (kind, key) in self.kept and change.kind != "retract":
                continue
            others = [pack for pack, _ in self.writer.described(kind, [key]).get(key, ()) if pack != self.pack.id]
            if (others and change.kind != "retract") or (kind, key) in self.kept:
                continue
            retracts = {row.key for row in self.pack.rows if row.kind == "retract"}
            needed = [
                (p, k, n) for p, k, n in self.writer.referrers(kind, key) if p != self.pack.id and f"{k} {n}" not in retracts
            ]
            if needed:
                who = ", ".join(f"{k} {n} (pack {p}, load {self.writer.later_change(0, p, k, n)})" for p, k, n in needed[:5])
                more = f" and {len(needed) - 5} more" if len(needed) > 5 else ""
                problem = f"{kind} {key} cannot go: {who}{more} refer to it"
                self.found.append(PackError(self.pack.file, 0, f"{kind} {key}", "", problem))


def _field_of(row: Row, key: str) -> str:
    for name, value in row.body.items():
        if value == key or (isinstance(value, list) and key in value):
            return name
    return "disputed"


def _warnings(writer: FactWriter, pack: Pack, is_ordinary: Callable[[str], bool]) -> list[PackError]:
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


def describe(change: Change) -> str:
    """A change in a line: "+ attendance astana/23:jordan"."""
    sign = {"new": "+", "changed": "~", "gone": "-"}[sort_of(change)]
    body = json.loads(change.after or change.before or "{}")
    text = body.get("text") or body.get("title") or body.get("name") or body.get("status") or ""
    return f"{sign} {change.kind} {change.key}" + (f": {text[:100]}" if text else "")
