"""Persons and bodies: who somebody is, who speaks for a side, what the talks are."""

from __future__ import annotations

from bot.intents.base import Look, unknown
from bot.question import Question
from bot.question.intent import Intent
from bot.telling import wording
from bot.telling.answer import Answer, Block, Line
from knowledge.facts import Actor
from knowledge.store import StatementFilter
from knowledge.text import words

LISTED = 50
"""How many of those who speak for a party are listed: those most quoted."""
ROWS = 100
"""Of how many rounds a card rests on what is recorded: the first ones and the last; all are counted."""
_KINDS = {
    "armed-group": "an armed group",
    "state": "a state",
    "organisation": "an organisation",
    "bloc": "a bloc",
    "delegation": "a party to the talks",
    "person": "a person",
}


def who_is(question: Question, look: Look) -> Answer:
    """What is recorded of an actor: what it is, whose voice, what it did here."""
    if question.title:
        return by_title(question, look)
    known = look.actors(question.actor)
    lines: list[Line] = []
    for one in question.actor:
        lines += _card(known[one], look)
    first = known[question.actor[0]]
    heading = (
        f"{wording.capital(first.inside)}{_gist(first, look)}."
        if len(question.actor) == 1
        else f"{wording.capital(look.names(question.actor))}:"
    )
    return Answer("answered", heading, "who_is", blocks=(Block("", tuple(lines)),), suggestions=_suggest(first, look))


def _gist(actor: Actor, look: Look) -> str:
    side = wording.side_of(actor, look.actors([actor.id]))
    if actor.role:
        return f" — {actor.role}{f' ({wording.short_name(side)})' if side else ''}"
    if side:
        return f" — {_KINDS[actor.kind]}, counted with {side.inside}"
    return f" — {_KINDS[actor.kind]}"


def _card(actor: Actor, look: Look) -> list[Line]:
    sources = actor.sources
    lines = []
    if actor.role:
        lines.append(Line(f"{actor.name}: {actor.role}", (actor,), sources=sources))
    elif actor.sources:
        lines.append(Line(f"{wording.capital(actor.inside)}: {_KINDS[actor.kind]}", (actor,), sources=sources))
    else:
        # No source states a role; what is recorded are the facts below and how the pack files the name.
        lines.append(Line(f"{wording.capital(actor.inside)}: {_KINDS[actor.kind]}; no role is recorded", (actor,)))
    side = wording.side_of(actor, look.actors([actor.id]))
    if actor.affiliation and side:
        chain = look.actor(actor.affiliation)
        what = chain.inside if chain.id == side.id else f"{chain.inside}, which counts with {side.inside}"
        lines.append(Line(f"speaks for {what}", (actor,), sources=sources))
    if actor.members:
        lines.append(Line(f"members: {look.names(actor.members)}", (actor,), sources=sources))
    keys = look.store.attendance.keys_of(actor.id)
    if keys:
        lines.append(_attended(actor, keys, look))
    return lines


def _attended(actor: Actor, keys: list[str], look: Look) -> Line:
    series = dict.fromkeys(key.split("/")[0] for key in keys)
    shown = (look.default if look.default in series else next(iter(series))) if len(keys) > ROWS else ""
    rows = look.store.attendance.rows(actors=[actor.id], statuses=["attended"], talks=shown, limit=ROWS)
    cited = (*rows[0].sources[:1], *rows[-1].sources[:1])
    if shown:
        rounds = {key.split(":")[0] for key in keys}
        text = f"at {wording.counted(len(rounds), 'recorded round')} of {len(series)} talks"
        text += f", {len(rows)} of {look.talks_name(shown)}"
        return Line(text, tuple(rows), sources=cited)
    ordered = sorted(look.store.rounds.by_key(row.round for row in rows).values(), key=lambda one: one.starts)
    led = sum(row.head == actor.id for row in rows)
    text = f"at {wording.counted(len(ordered), 'recorded round')}"
    if led:
        text += f", {led} as head of the delegation"
    if len(ordered) > 1:
        text += f"; first {look.label(ordered[0])}, last {look.label(ordered[-1])}"
    elif ordered:
        text += f": {look.label(ordered[0])}"
    return Line(text, tuple(rows), sources=cited)


def _suggest(actor: Actor, look: Look) -> tuple[str, ...]:
    name = actor.inside if actor.kind != "person" else actor.name
    found = []
    if look.store.statements.any(StatementFilter(speakers=(actor.id,), wide=True, talks=look.default)):
        found.append(f"what did {name} say")
    if look.store.attendance.came(actor.id, look.default):
        found.append(f"which rounds did {name} attend")
    if look.store.actors.has_affiliates(actor.id):
        found.append(f"who speaks for {name}")
    return tuple(found)


def by_title(question: Question, look: Look) -> Answer:
    """Persons of a party by their office: "the Russian foreign minister"."""
    wanted = set(words(question.title)) - {"the", "of", "special"}
    found = []
    for party in question.actor:
        for person in look.store.actors.affiliates(party):
            role = set(words(person.role))
            if person.kind == "person" and wanted <= role:
                found.append(person)
    rounds = look.rounds(question).keys
    if rounds:
        rows = look.store.attendance.rows(rounds=rounds, actors=question.actor)
        there = {one for row in rows for one in (row.head, *row.members)}
        found = [person for person in found if person.id in there]
    if not found:
        text = f"Nobody is recorded as {question.title} of {look.names(question.actor)}."
        return unknown(
            "by_title",
            text,
            [f"who speaks for {look.names([one])}" for one in question.actor if look.store.actors.has_affiliates(one)],
        )
    look.actors([person.id for person in found])
    lines = tuple(Line(f"{person.name}: {person.role}", (person,), sources=person.sources) for person in found)
    heading = f"{wording.counted(len(found), 'person')} recorded:" if len(found) > 1 else f"{found[0].name}."
    return Answer("answered", heading, "by_title", blocks=(Block("", lines),), suggestions=_suggest(found[0], look))


def speaks_for(question: Question, look: Look) -> Answer:
    """The persons and groups whose words count for a party."""
    party = question.actor[0]
    if look.actor(party).members:
        return who_is(question, look)
    spoken = dict(look.store.statements.by_speaker(StatementFilter(speakers=(party,)), limit=500))
    ids = [one for one in look.store.actors.voices(party) if one != party]
    ids.sort(key=lambda one: -spoken.get(one, 0))
    voices = list(look.store.actors.by_id(ids[:LISTED]).values())
    look.actors([actor.id for actor in voices])
    if not voices:
        return unknown(
            "speaks_for",
            f"Nobody is recorded as speaking for {look.names([party])}.",
            (f"who is {look.names([party])}",),
        )
    voices.sort(key=lambda actor: (-spoken.get(actor.id, 0), actor.kind != "person", actor.name))
    lines = tuple(_voice(actor, spoken.get(actor.id, 0)) for actor in voices)
    number = wording.counted(len(ids), "person or group", "persons and groups")
    heading = f"{number} recorded as speaking for {look.names([party])}, those most quoted first:"
    return Answer(
        "answered",
        heading,
        "speaks_for",
        blocks=(Block("", lines),),
        suggestions=_suggest(look.actor(party), look)[:2],
    )


def _voice(actor: Actor, number: int) -> Line:
    role = actor.role or _KINDS[actor.kind]
    said = f" ({wording.counted(number, 'statement')})" if number else ""
    return Line(f"{actor.name}: {role}{said}", (actor,), sources=actor.sources)


def talks_card(question: Question, look: Look) -> Answer:
    """What a series of talks is."""
    talks = look.series(question)
    if talks is None:
        return unknown("talks", "No talks are recorded.")
    first, last = look.store.rounds.edge(talks.id, last=False), look.store.rounds.edge(talks.id, last=True)
    lines = []
    if talks.summary:
        lines.append(Line(f"{wording.capital(look.talks_name(talks.id))}: {talks.summary}", (talks,)))
    if first and last:
        number = wording.counted(look.store.rounds.count(talks.id), "round")
        span = f"from {look.label(first)} to {look.label(last)}"
        lines.append(Line(f"{number} recorded, {look.as_of(talks.id)}: {span}", (first, last)))
    series = "" if talks.id == look.default else f"{talks.name} "
    suggestions = (
        f"who takes part in {look.talks_name(talks.id)}",
        f"who attended {series}round {last.number}" if last else "",
        "who are the guarantors",
    )
    return Answer(
        "answered",
        f"{wording.capital(look.talks_name(talks.id))}.",
        "talks",
        blocks=(Block("", tuple(lines)),),
        heading_facts=() if talks.summary else (talks,),
        suggestions=tuple(filter(None, suggestions)),
    )


INTENTS = (
    Intent(
        "who_is",
        (
            "who is {actor}",
            "who was {actor}",
            "who are {actor}",
            "who {actor}",
            "what is {actor}",
            "what are {actor}",
            "what was {actor}",
            "{actor}",
            "{actor} who",
            "tell me about {actor}",
            "about {actor}",
            "tell me about {actor}",
            "who is {actor} and what",
            "what about {actor}",
            "what do you know about {actor}",
            "{actor} profile",
            "{actor} bio",
            "who exactly is {actor}",
            "what does {actor} mean",
            "what does {actor} stand for",
            "who is part of {actor}",
            "does {actor} exist",
            "who {actor} consist of",
            "who consists {actor}",
            "what does {actor} consist of",
            "which make up {actor}",
            "what {acts} did {actor} hold",
            "which side does {actor} belong to",
            "what delegation does {actor} belong to",
            "which delegation does {actor} belong to",
            "who does {actor} belong to",
            "who does {actor} speak for",
            "who does {actor} represent",
            "which side is {actor} on",
            "what side is {actor}",
            "what does {actor} do",
            "what is {actor} role",
            "what was {actor} role",
            "what role did {actor} hold",
        ),
        who_is,
        frozenset({"kind"}),
        preference=0.1,
    ),
    Intent(
        "by_title",
        (
            "who is the {actor} minister",
            "who was the {actor} minister",
            "who is the minister of {actor}",
            "who was the minister of {actor}",
            "{actor} minister",
            "minister of {actor}",
            "what is the {actor} minister name",
            "who is the minister from {actor}",
            "who is minister for {actor}",
            "tell me about {actor} minister",
            "who {actor} minister",
        ),
        by_title,
        frozenset({"talks", "round", "period", "place"}),
    ),
    Intent(
        "speaks_for",
        (
            "who speaks for {actor}",
            "who spoke for {actor}",
            "who is speaking for {actor}",
            "who speaks for {actor} at {talks}",
            "who are {actor} officials",
            "{actor} officials",
            "{actor} spokesman",
            "who is the {actor} spokesman",
            "who is the spokesman of {actor}",
            "spokesman of {actor}",
            "spokesman for {actor}",
            "who are the spokesmen of {actor}",
            "which officials of {actor}",
            "who are the people of {actor}",
            "who belongs to {actor}",
            "who belongs {actor}",
            "persons of {actor}",
            "people of {actor}",
            "list {actor} officials",
            "who are the voices of {actor}",
            "which people speak for {actor}",
            "who can speak for {actor}",
            "who are the people who speak for {actor}",
            "who are the persons who speak for {actor}",
            "people who speak for {actor}",
        ),
        speaks_for,
        frozenset({"talks"}),
        preference=0.12,
    ),
    Intent(
        "talks",
        (
            "what is {talks}",
            "what are {talks}",
            "what was {talks}",
            "{talks}",
            "tell me about {talks}",
            "explain {talks}",
            "what do you know about {talks}",
            "what does {talks} mean",
            "when did {talks} start",
            "when did the talks start",
            "when did the talks end",
            "start of the talks",
            "when did {talks} begin",
            "when was {talks} started",
            "start of {talks}",
            "how did {talks} start",
            "who started {talks}",
            "why was {talks} started",
            "what are {talks} about",
            "what is the history of {talks}",
            "when was {talks}",
            "when did {talks} end",
            "what rounds is {talks}",
            "what happened {talks}",
        ),
        talks_card,
        frozenset({"talks"}),
        preference=0.05,
    ),
)
