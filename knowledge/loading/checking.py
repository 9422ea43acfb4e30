"""Whether a set of changes fits what the other packs say."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from knowledge.loading.writer import Change, FactWriter
from knowledge.packs import Pack, PackError, Row
from knowledge.packs.errors import nearest
from knowledge.packs.fields import DESCRIBED, FACTS, references

GUESSED = 50
"""For how many unknown ids of a file the nearest valid one is named."""
LONGEST_CHAIN = 8


class Check:
    """Finds what is wrong with a set of changes, in the light of all other packs.

    `pack` has the rows to check, which need not be all of the pack's; `kept` names all that the pack holds afterwards.
    """

    def __init__(self, writer: FactWriter, pack: Pack, changes: Sequence[Change], kept: Iterable[tuple[str, str]]) -> None:
        self.writer = writer
        self.pack = pack
        self.changes = changes
        self.kept = set(kept)
        self.retracts = {key for kind, key in self.kept if kind == "retract"}
        self.stated = {(row.kind, row.key) for row in pack.rows}
        self.found: list[PackError] = []

    def stays(self, at: tuple[str, str]) -> bool:
        """Whether the pack holds a row that is not among those to check, and goes on holding it."""
        return at in self.kept and at not in self.stated

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
        added = {(change.kind, change.key) for change in self.changes if change.before is None}
        for kind in FACTS:
            rows = {row.key: row for row in self.pack.rows if row.kind == kind and (kind, row.key) in added}
            others = self.writer.described(kind, rows)
            taken_back = self.writer.retractions(kind, others)
            for key, holders in others.items():
                packs = [pack for pack, _ in holders if pack != self.pack.id]
                packs = [pack for pack in packs if all(by in (pack, self.pack.id) for by in taken_back.get(key, ()))]
                if packs and f"{kind} {key}" not in self.retracts:
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
                packs = [] if f"{kind} {key}" in self.retracts else packs
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
        self.no_longer_persons()
        for row in rows:
            for name, ids in (("head", [row.body.get("head")]), ("members", row.body.get("members", []))):
                for one in ids:
                    if one in kinds and kinds[one] != "person":
                        self.error(row, name, f"“{one}” is {kinds[one]}, a person was expected")

    def no_longer_persons(self) -> None:
        """An actor that delegations elsewhere in the pack are led by stays a person."""
        turned = {
            change.key: json.loads(change.after)["kind"]
            for change in self.changes
            if change.kind == "actor" and change.before and change.after and json.loads(change.before)["kind"] == "person"
        }
        turned = {key: kind for key, kind in turned.items() if kind != "person"}
        if not turned:
            return
        for (kind, key), text in self.writer.pack_rows(self.pack.id).items():
            if kind == "attendance" and self.stays((kind, key)):
                body = json.loads(text)
                for one in turned.keys() & {body.get("head"), *body.get("members", ())}:
                    row = next(row for row in self.pack.rows if (row.kind, row.key) == ("actor", one))
                    self.error(row, "kind", f"“{turned[one]}” was found: attendance {key} names it as a person")

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
            others = [] if f"{kind} {key}" in self.retracts else others
            if (others and change.kind != "retract") or (kind, key) in self.kept:
                continue
            needed = [
                (p, k, n)
                for p, k, n in self.writer.referrers(kind, key)
                if (self.stays((k, n)) if p == self.pack.id else f"{k} {n}" not in self.retracts)
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
