"""Every fact of the store as a text to search in: who, what, which round, when and where, about what, in words."""

from __future__ import annotations

from bot.intents.base import Look
from bot.telling import wording
from knowledge.facts import Actor, Attendance, Statement
from knowledge.store import FactStore, StatementFilter

ALL = 1_000_000


def fact_texts(store: FactStore) -> list[tuple[str, str, str]]:
    """(kind, key, text) of all facts."""
    look = Look(store, "astana")
    actors = [actor for actor, _, _ in store.actors.listed()]
    look.actors(actor.id for actor in actors)
    found = [("actor", actor.id, _actor(actor, look)) for actor in actors]
    for talks in look.talks.values():
        found.append(("talks", talks.id, f"{talks.name}: {talks.summary}"))
        for one in store.rounds.of(talks.id):
            when = wording.days(one.starts, one.ends)
            found.append(("round", one.key, f"{look.title(one)} was held on {when} in {one.city}, {one.country}. {one.note}"))
        found += [("attendance", row.key, _attendance(row, look)) for row in store.attendance.rows(talks=talks.id)]
    found += [("statement", one.id, _statement(one, look)) for one in store.statements.find(StatementFilter(), ALL)]
    for event in store.events.find():
        found.append(("event", event.id, f"{event.name}, {wording.day(event.date)}, {event.place}: {event.text}"))
    return found


def _actor(actor: Actor, look: Look) -> str:
    side = look.actor(actor.affiliation).name if actor.affiliation else ""
    members = f", members {look.names(actor.members)}" if actor.members else ""
    also = f", also {wording.listed(actor.aliases)}" if actor.aliases else ""
    return f"{actor.name}: {actor.role or actor.kind}{f', speaks for {side}' if side else ''}{members}{also}"


def _round(key: str, look: Look) -> str:
    return look.title(look.store.rounds.by_key([key])[key])


def _attendance(row: Attendance, look: Look) -> str:
    led = f", led by {look.actor(row.head).name}" if row.head else ""
    with_them = f", with {look.names(row.members)}" if row.members else ""
    status = row.status if row.status in ("attended", "declined") else f"was {row.status} from"
    name = wording.capital(look.names([row.actor]))
    return f"{name} {status} {_round(row.round, look)} as {row.role}{led}{with_them}. {row.note}"


def _statement(one: Statement, look: Look) -> str:
    parts = [wording.said(one, look.actors([one.speaker]))]
    if one.to:
        parts.append(f"to {look.names(one.to)}")
    if one.round:
        parts.append(f"at {_round(one.round, look)}")
    if one.date:
        parts.append(wording.day(one.date))
    if one.about:
        parts.append(f"about {look.topic_names(one.about)}")
    return "; ".join(parts)
