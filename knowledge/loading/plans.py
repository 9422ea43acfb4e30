"""A load as a plan: read, compare with the store, show, apply in one transaction, undo."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from importlib import resources

from knowledge.facts import Body
from knowledge.loading.checking import Check
from knowledge.loading.warnings import warnings
from knowledge.loading.writer import Change, FactWriter, LoadRecord
from knowledge.packs import Limits, Pack, PackError, PackRefused, Partial, Row, Stored, is_table, read_pack, read_table
from knowledge.packs.errors import nearest

BUNDLE = "astana.yaml"
BUNDLED = "bundle"
"""The origin of loads that the bot makes itself, of the pack it ships with."""

LOCAL = "local"
"""The pack of what is added by hand."""

Progress = Callable[[int, int], None]


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

    With `removing` False rows that it does not name stay. `is_ordinary` tells names that are words of questions, which
    are warned of. Raises PackRefused with every error: unknown ids, keys that another pack holds, removed rows that another
    pack refers to.
    """
    heads = writer.packs()
    rank = heads[pack.id]["rank"] if pack.id in heads else max((h["rank"] for h in heads.values()), default=0) + 1
    old = writer.pack_rows(pack.id)
    head = Row("pack", pack.id, {**pack.head, "rank": rank})
    new = {(row.kind, row.key): _dump(row.body) for row in (head, *pack.rows)}
    changes = [Change(*at, old.get(at), body) for at, body in new.items() if old.get(at) != body]
    if removing:
        changes += [Change(*at, body, None) for at, body in old.items() if at not in new]
    errors = Check(writer, pack, changes, new.keys() | (set() if removing else old.keys())).errors()
    if errors:
        raise PackRefused(errors)
    return Plan(pack.id, pack.file, pack.digest, tuple(changes), tuple(warnings(writer, pack, is_ordinary)))


def plan_file(
    writer: FactWriter,
    data: bytes,
    file: str,
    limits: Limits,
    is_ordinary: Callable[[str], bool] = lambda name: False,
    pack: str | None = None,
    section: str | None = None,
) -> Plan:
    """What loading a file would change: a pack in YAML or JSON, or, by its name or when `section` is given, rows in CSV.

    CSV adds to and changes `pack`, and removes nothing. Raises PackRefused with all that is wrong with the file, unknown ids
    among the rest; Unplaced when CSV comes without a pack, or without a section that its header does not tell.
    """
    if section is not None or is_table(file):
        return plan_added(
            writer, pack, lambda stored: read_table(data, file, pack, section, limits, stored), limits, is_ordinary
        )
    found = _read(writer, lambda: read_pack(data, file, limits), ())
    if pack not in (None, found.id):
        raise PackRefused([PackError(file, 0, "", "pack", f"the file names its pack itself: “{found.id}”, not “{pack}”")])
    return plan_load(writer, found, is_ordinary=is_ordinary)


def plan_added(
    writer: FactWriter,
    pack: str | None,
    read: Callable[[Stored], Pack],
    limits: Limits,
    is_ordinary: Callable[[str], bool] = lambda name: False,
) -> Plan:
    """What adding the rows that `read` gives to a pack would change; `read` is told what the pack says about a key so far.

    Raises PackRefused with all that is wrong with the rows.
    """
    old = writer.pack_rows(pack) if pack is not None else {}

    def stored(kind: str, key: str) -> Body | None:
        body: Body | None = json.loads(old[kind, key]) if (kind, key) in old else None
        return body

    found = _read(writer, lambda: read(stored), old)
    rows = len(old.keys() - {("pack", found.id)} | {(row.kind, row.key) for row in found.rows})
    if rows > limits.max_rows:
        problem = f"the pack would have {rows:,} rows, {limits.max_rows:,} are allowed; use a second pack"
        raise PackRefused([PackError(found.file, 0, "", "", problem)])
    heads = writer.packs()
    title = "Facts added by hand" if found.id == LOCAL else found.id
    plan = plan_load(writer, replace(found, head=heads.get(found.id, {"title": title})), False, is_ordinary)
    if found.id in heads or found.id == LOCAL:
        return plan
    problem = f"the pack “{found.id}” is new{nearest(found.id, heads)}; its title is its id until a YAML file of it says more"
    return replace(plan, warnings=(PackError(found.file, 0, "", "", problem), *plan.warnings))


def _read(writer: FactWriter, read: Callable[[], Pack], old: Iterable[tuple[str, str]]) -> Pack:
    """What `read` gives. Raises PackRefused with its errors and the unknown ids; `old` are keys that the pack keeps."""
    try:
        return read()
    except PackRefused as refused:
        if not isinstance(refused.partial, Partial):
            raise
        partial = refused.partial.pack
        check = Check(writer, partial, (), {*old, *((row.kind, row.key) for row in partial.rows), *refused.partial.broken})
        check.unknown_references()
        raise PackRefused(sorted([*refused.errors, *check.found], key=lambda error: error.line)) from refused


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
    errors = Check(writer, pack, changes, kept).errors()
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
        if ranked or Check(writer, Pack(plan.pack, {}, rows, plan.file, plan.digest), plan.changes, kept).errors():
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
