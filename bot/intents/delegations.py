"""Who was there as what: roles, heads of delegations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from bot.intents.attendance import (
    LISTED,
    ROUND,
    but_for,
    expanded,
    is_state,
    labels,
    load,
    named_series,
    presence,
    rounds_of,
    row_line,
    scope,
)
from bot.intents.base import Look, RoundsFound, disputes, no_round, unknown
from bot.intents.persons import who_is
from bot.intents.truth import Truth, all_of, any_of
from bot.question import Question
from bot.question.intent import Intent
from bot.question.operators import ALL, ALL_ROUNDS, BUT
from bot.telling import wording
from bot.telling.answer import Answer, Block, Line
from knowledge.facts import Attendance, Round


def roles_at(question: Question, look: Look) -> Answer:
    """Who had a role at a round ("the observers"), or over all rounds when none is named."""
    role = question.role
    named = bool(question.rounds or question.period or question.places)
    found = look.rounds(question)
    if named and not found.rounds:
        return no_round("roles_at", found, look)
    if not named:
        return _role_overall(question, look)
    rows = but_for(question, look.store.attendance.rows(rounds=found.keys, roles=[role], statuses=["attended"]), look)
    load(rows, look)
    if question.polar and question.actor:
        # "Did all three guarantors take part": whether they did.
        return presence(question, look)
    if question.kind == "states" or "state" in question.title:
        rows = [row for row in rows if is_state(look.actor(row.actor))]
    if not rows:
        return _no_role(role, found, look)
    blocks = [
        Block(
            look.title(one) if len(found.rounds) > 1 else "",
            tuple(row_line(row, look) for row in rows if row.round == one.key),
        )
        for one in found.rounds
    ]
    heading = f"{wording.counted(len({row.actor for row in rows}), role)} at {labels(found, look)}:"
    suggestions = named_series([f"who attended round {found.rounds[-1].number}"], found, look)
    return Answer(
        "answered",
        heading,
        "roles_at",
        blocks=(*(b for b in blocks if b.lines), *disputes(rows, look)),
        suggestions=suggestions,
    )


def _no_role(role: str, found: RoundsFound, look: Look) -> Answer:
    place = found.rounds[0]
    text = f"No {role} is recorded for {labels(found, look)}."
    if role == "host" and place.country:
        heading = f"{look.title(place)} was held in {place.city}, {place.country}; no host delegation is recorded."
        return Answer(
            "answered",
            heading,
            "roles_at",
            blocks=(Block("", (Line(f"{look.title(place)} — {place.city}, {place.country}", (place,)),)),),
        )
    return unknown("roles_at", text, named_series([f"who attended round {place.number}"], found, look))


def _role_overall(question: Question, look: Look) -> Answer:
    named = question.actor or tuple(
        name.id for name in look.store.names.meanings([f"{question.role}s"]) if name.kind == "actor"
    )
    bloc = look.actor(named[0]) if named else None
    if bloc and bloc.members:
        known = look.actors(bloc.members)
        names = wording.listed([known[one].inside for one in bloc.members])
        line = Line(
            f"{wording.capital(bloc.inside)}: {names}",
            (bloc, *(known[one] for one in bloc.members)),
            sources=bloc.sources,
        )
        number = len(bloc.members)
        first = known[bloc.members[0]].inside
        suggestions = (
            f"what did {bloc.inside} agree at the latest round",
            f"which rounds did {first} attend",
        )
        heading = f"{wording.capital(bloc.inside)} are {number}:"
        return Answer("answered", heading, "roles_at", blocks=(Block("", (line,)),), suggestions=suggestions)
    talks = look.series(question)
    rows = look.store.attendance.rows(roles=[question.role], statuses=["attended"], talks=talks.id if talks else "")
    if not rows:
        return unknown("roles_at", f"No {question.role} is recorded.", ("how many rounds have there been",))
    load(rows, look)
    by_actor: dict[str, list[Attendance]] = {}
    for row in rows:
        by_actor.setdefault(row.actor, []).append(row)
    lines = tuple(
        Line(
            f"{wording.capital(look.names([actor]))} — at {wording.counted(len(own), 'recorded round')}",
            tuple(own),
            sources=tuple(own[-1].sources[:2]),
        )
        for actor, own in sorted(by_actor.items(), key=lambda pair: -len(pair[1]))
    )
    series = look.talks_name(talks.id if talks else "")
    heading = f"{wording.counted(len(lines), question.role)} over all recorded rounds of {series}:"
    return Answer(
        "answered",
        heading,
        "roles_at",
        blocks=(Block("", lines),),
        suggestions=("who attended the latest round",),
    )


def role_of(question: Question, look: Look) -> Answer:
    """In what role an actor was at a round (or at which rounds in which role)."""
    found = look.rounds(question)
    if not (question.rounds or question.period or question.places):
        if not question.role and all(look.actor(one).kind == "person" for one in question.actor):
            return who_is(question, look)
        return _role_anywhere(question, look)
    if not found.rounds:
        return no_round("role_of", found, look)
    answer = presence(question.but(polar=False), look)
    rows = [fact for fact in answer.facts if isinstance(fact, Attendance)]
    if answer.status != "answered" or not rows:
        return answer
    verdict: Literal["yes", "no"] | None = None
    if question.polar and question.role:
        there = [row for row in rows if row.status == "attended" and row.actor in question.actor]
        verdict = ("yes" if any(row.role == question.role for row in there) else "no") if there else None
    roles = wording.listed(list(dict.fromkeys(row.role.replace("syrian-party", "Syrian party") for row in rows)))
    word = f"{verdict.capitalize()}: " if verdict else ""
    heading = f"{word}{wording.capital(look.names(question.actor))} at {labels(found, look)}: {roles}."
    return Answer("answered", heading, "role_of", verdict, blocks=answer.blocks, suggestions=answer.suggestions)


def _role_anywhere(question: Question, look: Look) -> Answer:
    """In what role an actor was at rounds at all: "is Turkey a guarantor"."""
    answer = rounds_of(question.but(polar=False), look)
    rows = [fact for fact in answer.facts if isinstance(fact, Attendance) and fact.actor in question.actor]
    if not question.role or not rows or answer.status != "answered":
        return answer
    number = len([row for row in rows if row.role == question.role])
    if not number:
        roles = wording.listed(list(dict.fromkeys(row.role for row in rows)))
        text = f"It is not recorded that {look.names(question.actor)} was {question.role}; recorded is: {roles}."
        return unknown("role_of", text, answer.suggestions, answer.lines[:LISTED], "Recorded is:")
    word = "Yes: " if question.polar else ""
    heading = f"{word}{look.names(question.actor)} was {question.role} at {wording.counted(number, 'recorded round')}:"
    fitting = {row for row in rows if row.role == question.role}
    lines = tuple(line for line in answer.lines if not fitting.isdisjoint(line.facts))
    return replace(
        answer,
        heading=heading if word else wording.capital(heading),
        verdict="yes" if word else None,
        intent="role_of",
        blocks=(Block("", lines),),
    )


def leader(question: Question, look: Look) -> Answer:
    """Who led a delegation at a round, or at each round when none is named."""
    actors = expanded(question.actor, look)
    named = bool(question.rounds or question.period or question.places)
    found = look.rounds(question)
    if named and not found.rounds:
        return no_round("leader", found, look)
    talks = look.series(question)
    rows = look.store.attendance.rows(rounds=found.keys if named else None, actors=actors, talks=talks.id if talks else "")
    persons = [one for one in actors if look.actor(one).kind == "person"]
    sides = [one for one in actors if one not in persons]
    rows = [
        row for row in rows if (row.head in persons if persons else row.actor in actors) and row.head not in question.besides
    ]
    if persons and sides:
        rows = [row for row in rows if row.actor in sides]
    if question.polar and persons and sides and (named or ALL_ROUNDS in question.operators):
        return _whether_led(question, persons, sides, look)
    load(rows, look)
    led = [row for row in rows if row.head or any(one.field == "head" for one in row.disputed)]
    where = f" at {labels(found, look)}" if named else ""
    names = look.names(actors)
    if persons and sides and named and not led:
        others = [row for row in look.store.attendance.rows(rounds=found.keys, actors=sides) if row.actor in sides and row.head]
        if others:
            return _other_leader(question, others, where, look)
    if not led and "people" in question.wants and any(row.members for row in rows):
        # "Who represented Kazakhstan": those that are named, though nobody as the head.
        return presence(question.but(polar=False, wants=()), look)
    if not led and question.besides:
        text = f"Nobody but {look.names(question.besides)} is recorded as leading {names}{where}."
        return unknown("leader", text, (f"who led {names}",))
    if not led and persons and not sides:
        return unknown("leader", f"It is not recorded that {names} led a delegation{where}.", (f"who is {names}",))
    if not led:
        return _no_leader(rows, names, where, found, look)
    rounds = look.store.rounds.by_key(row.round for row in led)
    lines = tuple(_leader_line(row, rounds[row.round], bool(named and len(led) == 1), look) for row in led)
    heads = list(dict.fromkeys(row.head for row in led if row.head))
    if named:
        where = f" at {wording.listed([look.label(rounds[row.round]) for row in led])}"
    if named and len(led) == 1 and heads:
        heading = f"{look.actor(heads[0]).name} led the delegation of {look.names([led[0].actor])}{where}."
    elif persons:
        delegations = look.names(list(dict.fromkeys(row.actor for row in led)))
        number_of = wording.counted(len({row.round for row in led}), "recorded round")
        heading = f"{look.names(persons)} led the delegation of {delegations} at {number_of}:"
    else:
        heading = f"{wording.capital(names)}: {wording.counted(len(heads), 'recorded head')} of delegation{where}:"
    verdict: Literal["yes"] | None = "yes" if persons and question.polar else None
    number = rounds[led[-1].round].number
    told = {(row.actor, row.round) for row in led}
    silent = (
        [(side, one) for side in sides for one in found.rounds if (side, one.key) not in told] if named and not persons else []
    )
    some = [
        f"{look.names([side])} at {look.label(one) if len(silent) < LISTED else f'round {one.number}'}" for side, one in silent
    ]
    closing = f"Not recorded is who led {wording.listed(some)}." if silent else ""
    suggestions = named_series(
        [f"who is {look.actor(heads[0]).name}", f"who attended round {number}"] if heads else [],
        RoundsFound(list(rounds.values()), talks=led[0].round.split("/")[0]),
        look,
    )
    return Answer(
        "answered",
        ("Yes: " if verdict else "") + heading,
        "leader",
        verdict=verdict,
        blocks=(Block("", lines), *disputes(led, look)),
        closing=closing,
        suggestions=suggestions,
    )


def _whether_led(question: Question, persons: Sequence[str], sides: Sequence[str], look: Look) -> Answer:
    """Whether a person led a delegation at rounds: another name there is a no, an empty place is not recorded."""
    found = scope(question, look)
    rows = look.store.attendance.rows(rounds=found.keys, actors=sides)
    by_round = {row.round: row for row in rows if row.actor in sides}
    load(rows, look)
    truths = {one.key: _led(by_round.get(one.key), persons) for one in found.rounds}
    each = ALL_ROUNDS in question.operators or any(not phrase.open for phrase in question.rounds)
    verdict = (all_of if each else any_of)(truths.values())
    led = [one for one in found.rounds if truths[one.key] == "yes"]
    other = [one for one in found.rounds if truths[one.key] == "no"]
    unsettled = [one for one in found.rounds if truths[one.key] is None]
    if not led and not other and any(row.head for row in rows):
        shown = [row for row in rows if row.head]
        heads = wording.listed(list(dict.fromkeys(look.actor(row.head).name for row in shown)))
        rounds = {one.key: one for one in found.rounds}
        return Answer(
            "answered",
            f"Sources differ: most name {heads} as the head of the delegation of {look.names(sides)} at {labels(found, look)}.",
            "leader",
            blocks=(
                Block("", tuple(_leader_line(row, rounds[row.round], len(shown) == 1, look) for row in shown)),
                *disputes(shown, look),
            ),
        )
    if not led and not other:
        return _no_leader(rows, look.names(sides), f" at {labels(found, look)}", found, look)

    def listed(rounds: Sequence[Round]) -> str:
        return wording.listed([look.label(one) if len(rounds) < LISTED else f"round {one.number}" for one in rounds])

    who, whom = look.names(persons), look.names(sides)
    parts = [f"{who} led the delegation of {whom} at {listed(led)}"] if led else []
    others = dict.fromkeys(look.actor(by_round[one.key].head).name for one in other)
    parts += [
        f"{name} led {'it' if led else f'the delegation of {whom}'} at "
        + listed([one for one in other if look.actor(by_round[one.key].head).name == name])
        for name in others
    ]
    closing = f"Who led it at {listed(unsettled)} is not recorded, or disputed." if unsettled else ""
    shown = [by_round[one.key] for one in found.rounds if one.key in by_round]
    keys = {one.key: one for one in found.rounds}
    lines = tuple(_leader_line(row, keys[row.round], len(shown) == 1, look) for row in shown if row.head)
    heading = f"{'; '.join(parts)}."
    return Answer(
        "answered",
        f"{verdict.capitalize()}: {heading}" if verdict else wording.capital(heading),
        "leader",
        verdict,
        (Block("", lines), *disputes(shown, look)),
        closing=closing,
        suggestions=named_series([f"who attended round {found.rounds[-1].number}"], found, look),
    )


def _led(row: Attendance | None, persons: Sequence[str]) -> Truth:
    if row is None or not row.head or any(one.field == "head" for one in row.disputed):
        return None
    return "yes" if row.head in persons else "no"


def _other_leader(question: Question, rows: Sequence[Attendance], where: str, look: Look) -> Answer:
    """ "Did Alloush lead the opposition in round 8": no, Tohmeh is recorded."""
    load(rows, look)
    rounds = look.store.rounds.by_key(row.round for row in rows)
    heads = wording.listed(list(dict.fromkeys(look.actor(row.head).name for row in rows)))
    lines = tuple(_leader_line(row, rounds[row.round], len(rows) == 1, look) for row in rows)
    heading = f"{heads} led the delegation of {look.names([rows[0].actor])}{where}."
    if not question.polar:
        # Somebody else was asked about.
        person = look.names([one for one in question.actor if look.actor(one).kind == "person"])
        return unknown("leader", f"It is not recorded that {person} did; {heading}", (), lines)
    return Answer("answered", f"No: {heading}", "leader", "no", (Block("", lines), *disputes(rows, look)))


def leaders(question: Question, look: Look) -> Answer:
    """Who led the delegations at a round, each delegation in a line."""
    found = look.rounds(question)
    if not found.rounds:
        return no_round("leaders", found, look)
    rows = [row for row in look.store.attendance.rows(rounds=found.keys, statuses=["attended"]) if row.head]
    if not rows:
        text = f"No heads of delegations are recorded for {labels(found, look)}."
        return unknown("leaders", text, named_series([f"who attended round {found.rounds[-1].number}"], found, look))
    load(rows, look)
    lines = tuple(Line(f"{wording.capital(look.names([row.actor]))} — {look.actor(row.head).name}", (row,)) for row in rows)
    heading = f"{wording.counted(len(rows), 'recorded head')} of delegation at {labels(found, look)}:"
    suggestions = named_series([f"who attended round {found.rounds[-1].number}"], found, look)
    return Answer("answered", heading, "leaders", blocks=(Block("", lines), *disputes(rows, look)), suggestions=suggestions)


def _leader_line(row: Attendance, one: Round, alone: bool, look: Look) -> Line:
    if not row.head:
        return Line(f"{look.title(one)} — the head of the delegation is disputed", (row,), row.note)
    head = look.actor(row.head)
    role = f", {head.role}" if head.role else ""
    if row.members:
        role += f", with {wording.listed([look.actor(one).name for one in row.members])}"
    if alone:
        return Line(
            f"{head.name}{role} — head of the delegation of {look.names([row.actor])}",
            (row, head),
            row.note,
            row.sources,
        )
    return Line(f"{look.title(one)} — {head.name}", (row,))


def _no_leader(rows: Sequence[Attendance], names: str, where: str, found: RoundsFound, look: Look) -> Answer:
    text = f"It is not recorded who led {names}{where}."
    suggestions = named_series([f"who attended round {found.rounds[-1].number}"], found, look) if found.rounds else ()
    return unknown("leader", text, suggestions, [row_line(row, look) for row in rows[:5]], "Recorded is:")


INTENTS = (
    Intent(
        "roles_at",
        (
            "who were the {role} at {round}",
            "who was {role}",
            "{role} at {round}",
            "which {role} were at {round}",
            "which were the {role}",
            "what {role} were at {round}",
            "what were the {role} at {round}",
            "who attended as {role} {round}",
            "who attended {round} as {role}",
            "which attended as {role}",
            "who attended as {role}",
            "which {role} attended {round}",
            "what {role} attended {round}",
            "{role} attended {round}",
            "attendees {role} {round}",
            "{role} attendees {round}",
            "who was there as {role} {round}",
            "who had the role of {role} {round}",
            "who had the role {role}",
            "role of {role} {round}",
            "how many {role} were at {round}",
            "how many {role} attended {round}",
            "how many {role} {round}",
            "how many {role}",
            "who hosted {round} | role=host",
            "who was the host of {round} | role=host",
            "host of {round} | role=host",
            "who hosts | role=host",
            "which hosted {round} | role=host",
            "what hosted {round} | role=host",
            "who {role}",
            "who was there as {role}",
            "who {role} {talks}",
            "{role}",
            "tell me about {role}",
            "what is {role}",
            "what are the {role}",
            "which are the {role}",
            "who are the {role}",
            "who were {role} delegation {round}",
            "members of {role}",
            "members of {role} are who",
            "who are the members of {role}",
            "who belongs to {role}",
            "{role} are who",
            "who was attending as {role} {round}",
            "who attended {talks} as {role} {round}",
            "who held {role} {round}",
            "how many {role} attended",
            "how many {role} are there",
        ),
        roles_at,
        ROUND,
        preference=0.2,
        operators=frozenset({ALL, BUT}),
    ),
    Intent(
        "role_of",
        (
            "what was the role of {actor} at {round}",
            "what was {actor} role at {round}",
            "{actor} role at {round}",
            "role of {actor} at {round}",
            "in what capacity did {actor} attend {round}",
            "what role did {actor} have at {round}",
            "what role did {actor} {round}",
            "what role did {actor} play {round}",
            "what part did {actor} play {round}",
            "did {actor} play a role {round}",
            "what was {actor} at {round}",
            "was {actor} a {role} at {round}",
            "was {actor} {role} {round}",
            "was {actor} the host of {round}",
            "which role did {actor} have at {round}",
            "how did {actor} attend {round}",
            "what part did {actor} attend {round}",
            "did {actor} attend {round} as {role}",
            "did {actor} attend as {role}",
            "{actor} attended as {role}",
            "was {actor} a {role} {round}",
            "is {actor} a {role}",
            "is {actor} one of the {role}",
            "did {actor} {role} {round}",
            "{actor} {role} {round}",
            "role of {actor}",
            "what is the role of {actor}",
            "what role does {actor} have",
            "what role {actor} {talks}",
            "{actor} role",
            "rounds where {actor} attended as {role}",
            "which rounds did {actor} attend as {role}",
            "{actor} as {role}",
            "{actor} {role}",
            "what part did {actor} play {round} host {role}",
            "{actor} {round} {role} {role}",
            "{actor} {round} {role}",
            "what was {actor} {round} {role}",
            "since when was {actor} {role}",
            "since when has {actor} been {role}",
            "{actor} {round} host {role}",
        ),
        role_of,
        ROUND,
    ),
    Intent(
        "leader",
        (
            "who led {actor} at {round}",
            "who led the delegation of {actor} at {round}",
            "who was the head of {actor} at {round}",
            "head of {actor} {round}",
            "{actor} head {round}",
            "leader of {actor} at {round}",
            "{actor} leader at {round}",
            "who was {actor} head at {round}",
            "who was the {actor} leader {round}",
            "who was {actor} led by {round}",
            "who was leading {actor}",
            "by who was {actor} led {round}",
            "{actor} led by who {round}",
            "{actor} was led by who",
            "{actor} led by {round}",
            "who led for {actor} {round}",
            "who was the leader from {actor} {round}",
            "which led {actor} {round}",
            "name the leader of {actor}",
            "what was the head of {actor} {round}",
            "who led {actor}",
            "who led | missing=actor",
            "who led the delegation | missing=actor",
            "who was the leader of the delegation | missing=actor",
            "who was the leader | missing=actor",
            "head of the delegation | missing=actor",
            "who spoke for {actor} as leader {round}",
            "who spoke for {actor} as leader of the delegation {round}",
            "who did {actor} send",
            "who did {actor} send to {round}",
            "who did {actor} send to lead {round}",
            "who led {actor} rounds",
            "who led {actor} at every round",
            "which rounds did {actor} lead",
            "rounds led by {actor}",
            "which rounds were led by {actor}",
            "how many rounds did {actor} lead",
            "how many did {actor} lead",
            "how many did {actor} lead {actor}",
            "how many rounds did {actor} lead {actor}",
            "when did {actor} lead",
            "which rounds did {actor} lead {actor}",
            "when did {actor} lead {actor}",
            "did {actor} lead {actor} {round}",
            "is {actor} the head of {actor}",
            "is {actor} the head of {actor} {round}",
            "was {actor} the leader of {actor} {round}",
            "under whom did {actor} attend {round}",
            "who spoke for {actor} at {round}",
            "who led the {actor} delegation",
            "did {actor} lead the delegation {round}",
            "did {actor} lead {round}",
            "who was at the head of {actor}",
            "who was {actor} represented by {round} | wants=people",
            "who represented {actor} at {round} | wants=people",
            "the diplomat leading {actor} {round}",
            "title leading {actor} {round}",
            "which diplomat led {actor}",
            "from {actor} who led {round}",
            "from {actor} who was the head {round}",
            "by {actor} who was the head {round}",
            "by {actor} who led {round}",
            "of {actor} who led {round}",
            "who from {actor} led {round}",
            "for {actor} who led {round}",
            "{actor} who led {round}",
            "{actor} was headed by who at {round}",
            "{actor} leader {round} who",
            "who was in charge of {actor} {round}",
            "who was leading for {actor} {round}",
            "who was {actor} leader {round}",
        ),
        leader,
        ROUND,
        operators=frozenset({ALL_ROUNDS, BUT}),
        ask_back="Whose delegation do you mean, and at which round?",
    ),
    Intent(
        "leaders",
        (
            "who led the delegations at {round}",
            "who led the delegation at {round}",
            "heads of delegation at {round}",
            "leaders of the delegations at {round}",
            "leaders {round}",
            "who were the heads of delegation at {round}",
            "who were the leaders at {round}",
            "who led which delegation at {round}",
            "which leaders attended {round}",
            "who led {round}",
            "who represented who at {round}",
            "what were the heads of the delegations at {round}",
        ),
        leaders,
        frozenset({"talks"}),
        lists=frozenset({ALL}),
        ask_back="Whose delegation do you mean, and at which round?",
    ),
)
