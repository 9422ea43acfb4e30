"""Facts that are added and taken out one by one, without a file: the pack `local`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NoReturn

from knowledge.loading.checking import Check
from knowledge.loading.plans import LOCAL, Plan, plan_added
from knowledge.loading.writer import Change, FactWriter
from knowledge.packs import Limits, Pack, PackError, PackRefused, RowInput, read_rows
from knowledge.packs.errors import nearest
from knowledge.packs.fields import DESCRIBED, FACTS

FORM = "form"
"""The file of rows that come from no file."""
LONGEST_REASON = 100


def plan_rows(
    writer: FactWriter,
    rows: Sequence[RowInput],
    pack: str = LOCAL,
    limits: Limits | None = None,
    is_ordinary: Callable[[str], bool] = lambda name: False,
    file: str = FORM,
) -> Plan:
    """What adding rows to a pack, or changing its rows with their keys, would change; no row goes.

    A row is a section and its fields; one that the pack has keeps the fields that are not given. Raises PackRefused with
    everything that is wrong, as for a file.
    """
    allowed = limits or Limits()
    return plan_added(writer, pack, lambda stored: read_rows(rows, file, pack, allowed, stored), allowed, is_ordinary)


def plan_retract(writer: FactWriter, kind: str, key: str, reason: str, pack: str = LOCAL) -> Plan:
    """What taking a fact out would change: a row of `pack` itself goes; a fact of another pack is retracted in `pack`.

    The reason stands in the retraction, and in the record of the load. Raises PackRefused when nothing is recorded under the
    key, when it was retracted already, when other rows refer to it, or when the kind cannot be retracted from outside.
    """
    file = "retraction"
    if kind not in (*DESCRIBED, *FACTS):
        _refuse(file, "", "kind", f"“{kind}” is no kind of fact: one of {', '.join((*FACTS, *DESCRIBED))} was expected")
    # A reason is asked for, and checked, also where no row holds it.
    reason = read_rows([("retract", {"kind": FACTS[0], "key": "-", "reason": reason})], file, pack).rows[0].body["reason"]
    holders = [holder for holder, _ in writer.described(kind, [key]).get(key, ())]
    takers = writer.retractions(kind, [key]).get(key, [])
    live = [holder for holder in holders if all(holder == taker for taker in takers)]
    named = f"{kind} {key}"
    if not holders:
        _refuse(file, named, "", f"nothing is recorded under this key{nearest(key, writer.keys(kind))}")
    if not live:
        _refuse(file, named, "", f"the pack “{takers[0]}” retracts it already")
    told = f"{file} of {named}: {reason[:LONGEST_REASON]}"
    if pack in live:
        return replace(_without(writer, kind, key, pack, file, [holder for holder in live if holder != pack]), file=told)
    if kind in DESCRIBED:
        problem = f"it stands in the pack “{live[0]}”, and only {', '.join(FACTS)} can be retracted; load that pack without it"
        _refuse(file, named, "", problem)
    plan = plan_rows(writer, [("retract", {"kind": kind, "key": key, "reason": reason})], pack, file=file)
    return replace(plan, file=told)


def _without(writer: FactWriter, kind: str, key: str, pack: str, file: str, others: Sequence[str]) -> Plan:
    """A plan by which one row of a pack goes."""
    old = writer.pack_rows(pack)
    change = Change(kind, key, old.pop((kind, key)), None)
    digest = hashlib.sha256(json.dumps([file, kind, key]).encode()).hexdigest()
    errors = Check(writer, Pack(pack, {}, (), file, digest), [change], old.keys()).errors()
    if errors:
        raise PackRefused(errors)
    doubts = [
        PackError(file, 0, f"{kind} {key}", "", f"the pack “{other}” describes it too; what that says stays")
        for other in others
    ]
    return Plan(pack, file, digest, (change,), tuple(doubts))


def _refuse(file: str, row: str, name: str, problem: str) -> NoReturn:
    raise PackRefused([PackError(file, 0, row, name, problem)])
