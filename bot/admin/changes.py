"""A plan in words: counts by kind, the rows as a person would say them, warnings."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from bot.telling import wording
from bot.telling.answer import Answer, Block, Line, clipped
from knowledge.facts import Actor, Source
from knowledge.loading.plans import Plan, sort_of
from knowledge.loading.writer import Change
from knowledge.store import FactStore

OF_EACH = 4
WARNINGS = 10
LONGEST = 300
"""Characters of a line of a preview."""
_LAST = ("pack", "source", "actor", "topic", "talks")
_SIGNS = {"new": "+", "changed": "~", "gone": "−"}
_DID = {"attended": "attended", "absent": "was absent from", "declined": "declined to attend", "invited": "was invited to"}
Body = Mapping[str, Any]


def preview(plan: Plan, store: FactStore, doing: str) -> Answer:
    """What a plan would change: `doing` is the heading's verb phrase ("Loading facts.yaml")."""
    names = _Names(plan, store)
    new, changed, gone = plan.counts
    kinds = [
        f"{kind} " + ", ".join(f"{plan.count(sort, kind):,} {sort}" for sort in _SIGNS if plan.count(sort, kind))
        for kind in dict.fromkeys(change.kind for change in plan.changes)
    ]
    by_kind = (Line(" · ".join(kinds)),) if kinds else ()
    rows = [names.line(change) for change in _first_of_each(plan.changes)]
    if len(plan.changes) > len(rows):
        rows.append(Line(f"… and {len(plan.changes) - len(rows):,} more"))
    told = [Line(clipped(str(one), LONGEST)) for one in plan.warnings[:WARNINGS]]
    if len(plan.warnings) > WARNINGS:
        told.append(Line(f"… and {len(plan.warnings) - WARNINGS:,} more"))
    heading = f"{doing}: pack {plan.pack}, {new:,} new, {changed:,} changed, {gone:,} gone."
    if not plan.changes:
        heading = f"{doing}: nothing would change; pack {plan.pack} says this already."
    blocks = [Block("Rows", by_kind), Block("Warnings", tuple(told)), Block("What would change", tuple(rows))]
    answer = Answer("chat", heading, "preview", blocks=tuple(block for block in blocks if block.lines))
    return answer.cite(names.sources(answer.source_ids()))


def _first_of_each(changes: Iterable[Change]) -> list[Change]:
    """The first changes of each kind and sort, what people ask for before what it rests on."""
    counts: Counter[tuple[str, str]] = Counter()
    found = []
    for change in changes:
        counts[change.kind, sort_of(change)] += 1
        if counts[change.kind, sort_of(change)] <= OF_EACH:
            found.append(change)
    return sorted(found, key=lambda change: change.kind in _LAST)


def shown(changes: Iterable[Change], store: FactStore, heading: str, plan: Plan) -> Answer:
    """Recorded changes of a load, all of them."""
    names = _Names(plan, store)
    answer = Answer("chat", heading, "changes", blocks=(Block("", tuple(names.line(one) for one in changes)),))
    return answer.cite(names.sources(answer.source_ids()))


class _Names:
    """Names of actors and sources that a plan brings, else of the store."""

    def __init__(self, plan: Plan, store: FactStore) -> None:
        self.store = store
        bodies = [(one.kind, json.loads(one.after or one.before or "{}")) for one in plan.changes]
        self._actors = {body["id"]: Actor.of(body).inside for kind, body in bodies if kind == "actor"}
        self._sources = {body["id"]: Source.of(body) for kind, body in bodies if kind == "source"}

    def actor(self, one: str) -> str:
        """An actor as it stands inside a sentence."""
        if one not in self._actors:
            known = self.store.actors.by_id([one])
            self._actors[one] = known[one].inside if one in known else one
        return self._actors[one]

    def sources(self, ids: Iterable[str]) -> dict[str, Source]:
        """Sources by id."""
        wanted = list(ids)
        return self.store.sources.by_id([one for one in wanted if one not in self._sources]) | self._sources

    def line(self, change: Change) -> Line:
        """A change as a line with its sources."""
        body: Body = json.loads(change.after or change.before or "{}")
        text = _wording(change.kind, change.key, body, self)
        cited = tuple(body.get("sources", ()))[:3]
        return Line(clipped(f"{_SIGNS[sort_of(change)]} {text}", LONGEST), sources=cited)


def _wording(kind: str, key: str, body: Body, names: _Names) -> str:
    if kind == "attendance":
        head = f", led by {names.actor(body['head'])}" if body.get("head") else ""
        round_ = body["round"].replace("/", " round ").removeprefix("astana ")
        return f"{wording.capital(names.actor(body['actor']))} {_DID[body['status']]} {round_} as {body['role']}{head}"
    if kind == "statement":
        where = f" ({body['round'].replace('/', ' round ')})" if body.get("round") else ""
        to = f" [to {wording.listed([names.actor(one) for one in body['to']])}]" if body.get("to") else ""
        return f"{wording.capital(names.actor(body['speaker']))} {body['act']} {body['text']}{to}{where}"
    if kind == "round":
        place = f", {body['city']}" if body.get("city") else ""
        return f"round {body['number']} of {body['talks']}: {body['starts']} to {body['ends']}{place}"
    if kind == "source":
        return f"source {key}: {body['publisher']}, “{body['title']}”"
    if kind == "actor":
        return f"actor {key}: {body['name']} ({body['kind']})"
    if kind == "event":
        return f"event {key}: {body['date']}, {body['name']}"
    if kind == "retract":
        return f"takes back {body['kind']} {body['key']}: {body.get('reason', '')}"
    return f"{kind} {key}: {body.get('title') or body.get('name') or ''}"
