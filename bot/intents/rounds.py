"""The rounds: when and where, which, how many, how long between, a card of one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from bot.intents.attendance import AWAY
from bot.intents.base import Look, RoundsFound, disputes, no_round, unknown
from bot.intents.statements import line_of
from bot.question import Question
from bot.question.intent import Intent
from bot.telling import wording
from bot.telling.answer import Answer, Block, Line
from knowledge.facts import Event, Round
from knowledge.places import same_city
from knowledge.store import StatementFilter
from knowledge.text import norm

HIGHLIGHTS = 3


def _when_line(one: Round, look: Look, note: bool = False) -> Line:
    place = ", ".join(dict.fromkeys(part for part in (one.city, one.country) if part))
    venue = f", {one.venue}" if one.venue else ""
    series = "" if one.talks == look.default else f"{look.talks[one.talks].name}, "
    where = f" — {place}{venue}" if place else ""
    return Line(
        f"{series}round {one.number}: {wording.days(one.starts, one.ends)}{where}",
        (one,),
        one.note if note else "",
    )


def _suggest(one: Round, look: Look) -> tuple[str, ...]:
    name = "round" if one.talks == look.default else f"{look.talks[one.talks].name} round"
    suggestions = []
    if look.store.attendance.rows(rounds=[one.key], statuses=["attended"]):
        suggestions.append(f"who attended {name} {one.number}")
    if look.store.statements.any(StatementFilter(rounds=(one.key,), acts=("agreed",))):
        suggestions.append(f"what was agreed in {name} {one.number}")
    return tuple(suggestions)


def when_where(question: Question, look: Look) -> Answer:
    """When and where rounds (or events) were held."""
    if question.events and not question.rounds:
        return event(question, look)
    if question.topics and not question.rounds:
        return _dated_events(question, look)
    found = look.rounds(question)
    if not found.rounds:
        return no_round("when_where", found, look)
    lines = tuple(_when_line(one, look, note=len(found.rounds) == 1) for one in found.rounds)
    if len(found.rounds) == 1:
        one = found.rounds[0]
        place = f" in {one.city}" if one.city else ""
        heading = f"Round {one.number} of {look.talks_name(one.talks)} was held on {wording.days(one.starts, one.ends)}{place}."
    else:
        heading = f"{wording.counted(len(lines), 'round')}:"
    closing = f"{wording.capital(wording.listed(found.missing))} is recorded." if found.missing else ""
    return Answer(
        "answered",
        heading,
        "when_where",
        blocks=(Block("", lines), *disputes(found.rounds, look)),
        closing=closing,
        suggestions=_suggest(found.rounds[-1], look),
    )


def _dated_events(question: Question, look: Look) -> Answer:
    """When something that is a topic was: the events that are recorded about it."""
    found = look.store.events.find(topics=question.topics)
    name = look.topic_names(question.topics[:1])
    suggestions = (f"what was said about {name}", f"timeline of {name}")
    said = look.store.statements.any(StatementFilter(topics=question.topics, talks=look.default))
    if not found:
        text = f"No event with a date is recorded about {name}."
        return unknown("when_where", text, suggestions if said else ())
    heading = f"{wording.counted(len(found), 'event')} recorded about {name}:"
    lines = tuple(event_line(one) for one in found)
    return Answer("answered", heading, "when_where", blocks=(Block("", lines),), suggestions=suggestions if said else ())


def duration(question: Question, look: Look) -> Answer:
    """How long rounds lasted, in days, both ends counted."""
    found = look.rounds(question)
    if len(found.rounds) > 1 and question.rounds:
        return between(question, look)
    if not found.rounds:
        return no_round("duration", found, look)
    lines = tuple(
        Line(f"{look.title(one)} — {_lasted(one)}: {wording.days(one.starts, one.ends)}", (one,)) for one in found.rounds
    )
    if len(lines) == 1:
        one = found.rounds[0]
        heading = f"Round {one.number} lasted {_lasted(one)}."
    else:
        heading = f"{wording.counted(len(lines), 'round')}:"
    return Answer(
        "answered",
        heading,
        "duration",
        blocks=(Block("", lines), *disputes(found.rounds, look)),
        suggestions=_suggest(found.rounds[-1], look),
    )


def whether(question: Question, look: Look) -> Answer:
    """Whether a round was at a place or in a time: by what is recorded of it."""
    if not question.polar:
        return which_round(question, look)
    # The place and time are what is asked about: they do not say which rounds are meant.
    found = look.rounds(question.but(places=(), period=None))
    if not found.rounds:
        return no_round("whether", found, look)
    here = set(same_city(question.places))
    period = question.period
    fits = [
        (not here or bool(here & {norm(one.city), norm(one.country)}))
        and (period is None or (one.starts <= period.until and one.ends >= period.since))
        and not (period and period.month and not {one.starts.month, one.ends.month} & {period.month})
        for one in found.rounds
    ]
    verdict: Literal["yes", "no"] = "yes" if all(fits) else "no"
    answer = when_where(question.but(places=(), period=None), look)
    return replace(
        answer,
        heading=f"{verdict.capitalize()}: {answer.heading[0].lower()}{answer.heading[1:]}",
        verdict=verdict,
        intent="whether",
    )


def _lasted(one: Round) -> str:
    return wording.counted((one.ends - one.starts).days + 1, "day")


def which_round(question: Question, look: Look) -> Answer:
    """Which rounds were at a time or place, or all of them; and how many."""
    found = look.rounds(question)
    talks = look.series(question)
    limited = bool(question.rounds or question.period or question.places)
    if talks is None or (limited and not found.rounds):
        return no_round("which_round", found, look)
    rounds = found.rounds if limited else look.store.rounds.of(talks.id)
    if not rounds:
        return no_round("which_round", RoundsFound(talks=talks.id), look)
    if len(rounds) == 1 and "count" not in question.wants:
        answer = when_where(question, look)
        return replace(answer, verdict="yes", heading=f"Yes: {answer.heading}") if question.polar and limited else answer
    where = f" {look.where_when(question)}" if question.period or question.places else ""
    number = f"{wording.counted(len(rounds), 'round')} of {look.talks_name(talks.id)}"
    heading = f"{number} {'is' if len(rounds) == 1 else 'are'} recorded{where} ({look.as_of(talks.id)}):"
    return Answer(
        "answered",
        heading,
        "which_round",
        verdict="yes" if question.polar else None,
        blocks=(Block("", tuple(_when_line(one, look) for one in rounds)), *disputes(rounds, look)),
        suggestions=_suggest(rounds[-1], look),
    )


def count(question: Question, look: Look) -> Answer:
    """How many rounds are recorded (at a time or place)."""
    if question.period or question.places or question.rounds:
        return which_round(question.but(wants=("count",), polar=False), look)
    talks = look.series(question)
    if talks is None:
        return no_round("count", RoundsFound(), look)
    first, last = look.store.rounds.edge(talks.id, last=False), look.store.rounds.edge(talks.id, last=True)
    if first is None or last is None:
        return no_round("count", RoundsFound(talks=talks.id), look)
    number = look.store.rounds.count(talks.id)
    heading = f"{wording.counted(number, 'round')} of {look.talks_name(talks.id)} are recorded ({look.as_of(talks.id)})."
    lines = [
        Line(f"the first: {look.label(first)}", (first,)),
        Line(f"the latest: {look.label(last)}", (last,)),
    ]
    return Answer(
        "answered",
        heading,
        "count",
        blocks=(Block("", tuple(lines)),),
        suggestions=("list the rounds", *_suggest(last, look))[:3],
    )


def between(question: Question, look: Look) -> Answer:
    """How much time passed between two rounds: from the end of the one to the start of the other."""
    # "How far apart are Astana and Sochi" is no question of time.
    found = look.rounds(question) if question.rounds or not question.places else RoundsFound()
    if found.missing:
        return no_round("between", found, look)
    if len(found.rounds) == 1 and "between" not in question.wants:
        return duration(question, look)
    if len(found.rounds) < 2:
        return Answer(
            "clarify",
            "Which two rounds do you mean?",
            "between",
            choices=("how long between round 21 and round 22",),
        )
    first, second = found.rounds[0], found.rounds[-1]
    gap = (second.starts - first.ends).days
    heading = (
        f"{wording.counted(gap, 'day')} (about {_spoken(gap)}) passed between round {first.number} and round {second.number}."
    )
    lines = (
        Line(f"round {first.number} ended on {wording.day(first.ends)}", (first,)),
        Line(f"round {second.number} started on {wording.day(second.starts)}", (second,)),
    )
    return Answer(
        "answered",
        heading,
        "between",
        blocks=(Block("", lines), *disputes((first, second), look)),
        suggestions=_suggest(second, look),
    )


def _spoken(gap: int) -> str:
    if gap < 14:
        return wording.counted(gap, "day")
    if gap < 60:
        return wording.counted(round(gap / 7), "week")
    if gap < 730:
        return wording.counted(int(gap / 30.44), "month")
    return f"{gap / 365.25:.1f} years"


def card(question: Question, look: Look) -> Answer:
    """What there is to know of a round: when, where, who came, what was agreed first."""
    found = look.rounds(question)
    if not found.rounds:
        return no_round("card", found, look)
    if len(found.rounds) > 1:
        return when_where(question, look)
    one = found.rounds[0]
    rows = look.store.attendance.rows(rounds=[one.key])
    came = [row for row in rows if row.status == "attended"]
    away = [row for row in rows if row.status in AWAY]
    look.actors({row.actor for row in rows})
    blocks = [Block("", (_when_line(one, look, note=True),)), *disputes([one], look)]
    lines = []
    if came:
        names = look.names([row.actor for row in came])
        lines.append(
            Line(
                f"{wording.counted(len(came), 'delegation')} attended: {names}",
                tuple(came),
                sources=_few(came),
            )
        )
    if away:
        lines.append(
            Line(
                f"Recorded as not there: {look.names([row.actor for row in away])}",
                tuple(away),
                sources=_few(away),
            )
        )
    if lines:
        blocks.append(Block("Who was there", tuple(lines)))
    agreed = look.store.statements.find(StatementFilter(rounds=(one.key,), acts=("agreed",)))
    look.actors({statement.speaker for statement in agreed})
    agreed.sort(key=lambda statement: look.actor(statement.speaker).kind != "bloc")
    if agreed:
        title = "Agreed" if len(agreed) <= HIGHLIGHTS else f"Agreed (the first {HIGHLIGHTS} of {len(agreed)} points)"
        blocks.append(Block(title, tuple(line_of(statement, look) for statement in agreed[:HIGHLIGHTS])))
    heading = f"Round {one.number} of {look.talks_name(one.talks)}, {wording.days(one.starts, one.ends)}, {one.city}:"
    return Answer(
        "answered",
        heading,
        "card",
        blocks=tuple(blocks),
        suggestions=(*_suggest(one, look), f"sources for round {one.number}")[:3],
    )


def _few(rows: Sequence[object]) -> tuple[str, ...]:
    found = dict.fromkeys(source for row in rows for source in getattr(row, "sources", ())[:1])
    return tuple(found)[:4]


def event_line(one: Event) -> Line:
    """An event as a line."""
    place = f", {one.place}" if one.place else ""
    return Line(f"{one.name} ({wording.day(one.date)}{place}): {one.text}", (one,), one.note)


def event(question: Question, look: Look) -> Answer:
    """What is recorded of an event that is no round."""
    found = look.store.events.find(ids=question.events)
    if not found:
        return unknown("event", "No such event is recorded.")
    topics = look.store.topics.by_id({topic for one in found for topic in one.about})
    suggestions = [
        f"what was said about {topic.name}"
        for topic in topics.values()
        if look.store.statements.any(StatementFilter(topics=(topic.id,)))
    ]
    one = found[0]
    heading = f"{one.name}: {wording.day(one.date)}{', ' + one.place if one.place else ''}."
    return Answer(
        "answered",
        heading,
        "event",
        blocks=(Block("", tuple(event_line(e) for e in found)), *disputes(found, look)),
        suggestions=tuple(suggestions[:2]),
    )


_PLAIN = frozenset({"talks"})
_SPAN = frozenset({"round", "period", "place", "talks"})

INTENTS = (
    Intent(
        "when_where",
        (
            "when was {round}",
            "where was {round}",
            "when and where was {round}",
            "where and when was {round}",
            "when hold {round}",
            "where hold {round}",
            "when {round}",
            "where {round}",
            "{round} when",
            "{round} where",
            "when did {round} take place",
            "where did {round} take place",
            "when was {round} held",
            "where was {round} held",
            "when and where was {round} held",
            "when and where did {round} take place",
            "what was the date of {round}",
            "what was the place of {round}",
            "which date was {round}",
            "date and place {round}",
            "when did {round} start",
            "when did {round} end",
            "when does {round} start and end",
            "start of {round} when",
            "which hosted {round} where",
            "where was {round} hosted",
            "which place hosted {round}",
            "what place hosted {round}",
            "was {round} held when",
            "how when {round}",
            "when was the meeting {round}",
            "where was the meeting {round}",
            "when was rounds {round} held",
            "tell me about when {round}",
            "tell me about where {round}",
            "what is the when of {round}",
            "{event} when",
            "when was {event}",
            "where was {event}",
            "when and where was {event}",
            "when did {event} take place",
            "where did {event} take place",
            "when hold {event}",
            "what was the date of {event}",
            "when did it start {round}",
            "when was {topic}",
            "where was {topic}",
            "when hold {topic}",
            "where hold {topic}",
            "start of {round}",
            "start {round}",
            "end of {round}",
            "end {round}",
            "{round} end",
            "{round} start",
            "when end {round}",
            "when start {round}",
            "what end {round}",
            "what was the start of {round}",
            "what was the end of {round}",
            "where host {round}",
            "when hold {round} start",
            "tell me about when {round} hold",
            "when did {round} fall",
            "when {round} fall",
        ),
        when_where,
        _SPAN,
        ask_back="Which round do you mean?",
    ),
    Intent(
        "whether",
        (
            "was {round} in {place}",
            "was {round} held in {place}",
            "did {round} take place in {place}",
            "was {round} in {period}",
            "was {round} held in {period}",
            "did {round} take place in {period}",
        ),
        whether,
        frozenset({"talks", "period", "place"}),
        preference=0.2,
    ),
    Intent(
        "duration",
        (
            "how long did {round} last",
            "how long was {round}",
            "how long did {round} take",
            "how long {round}",
            "how long hold {round}",
            "duration of {round}",
            "how many days did {round} last",
            "for how long did {round} last",
            "what was the duration of {round}",
        ),
        duration,
        _SPAN,
        preference=-0.05,
    ),
    Intent(
        "which_round",
        (
            "which round was in {period}",
            "which rounds were held in {period}",
            "which rounds took place in {period}",
            "what round was in {period}",
            "what rounds were held in {period}",
            "which round was in {place}",
            "which rounds were held in {place}",
            "what rounds were held in {place}",
            "which was held in {place}",
            "which was held in {period}",
            "rounds in {period}",
            "rounds in {place}",
            "rounds held in {period}",
            "rounds held in {place}",
            "were rounds held in {place}",
            "was there a round in {period}",
            "was there a round in {place}",
            "did rounds take place in {place}",
            "did rounds take place in {period}",
            "did a round take place",
            "when were rounds held in {place}",
            "when did {place} host",
            "which rounds did {place} host",
            "which rounds hosted in {place}",
            "when was {place}",
            "when was rounds in {place}",
            "when were the rounds",
            "where were the rounds held",
            "where were rounds",
            "when were rounds held",
            "which rounds were there",
            "which rounds exist",
            "what rounds are there",
            "what rounds have been held",
            "which rounds",
            "what rounds",
            "rounds",
            "rounds list",
            "tell me about rounds",
            "{talks} rounds",
            "when did {talks} take place",
            "where did {talks} take place",
            "where were {talks}",
            "where hold {talks}",
            "when hold {talks}",
            "which city hosted",
            "which rounds and when",
            "rounds and when",
            "{period}",
            "{place}",
            "{place} rounds",
            "which round was the {round}",
            "which was {round}",
            "what was {round} in {place}",
            "which is {round}",
            "which round is {round}",
            "which round {round}",
            "which round was held {round}",
            "what round was {round}",
            "which round hold {round}",
            "which rounds started {period}",
            "which rounds ended {period}",
            "what rounds started {period}",
            "which started {period}",
            "all rounds",
            "list every round",
            "all rounds when",
            "all rounds where",
            "all rounds when and where",
            "which are all rounds",
            "what are all rounds",
            "which {round}",
            "what number was {round}",
            "when did the rounds {place}",
            "list rounds when",
            "list rounds and where",
            "which rounds when hold {period}",
            "to which round hold {period}",
            "which round hold when {period}",
            "which of the rounds were {period}",
            "which rounds belong to {period}",
            "which rounds were there in {period}",
            "which round was it in {period}",
            "what rounds in {period}",
            "what rounds did {period} have",
            "which rounds fell in {period}",
            "which round fell in {period}",
            "what round fell in {period}",
            "to which round falls {period}",
            "which round falls when {period}",
        ),
        which_round,
        _SPAN,
        preference=-0.05,
    ),
    Intent(
        "count",
        (
            "how many rounds",
            "how many rounds were there",
            "how many rounds were held",
            "how many rounds took place",
            "how many rounds exist",
            "how many rounds of {talks}",
            "how many rounds have {talks} had",
            "how many times did {talks} take place",
            "how many rounds in {period}",
            "how many rounds in {place}",
            "how many rounds were held in {place}",
            "how many rounds were held in {period}",
            "how many were held in {place}",
            "how many were held in {period}",
            "how many were there in {period}",
            "how many in {place}",
            "how many hold {talks}",
            "rounds how many",
            "what is the number of rounds",
            "how many {talks}",
            "how many rounds did {talks} have",
            "how many rounds was {talks}",
            "how many hold",
            "how many {round}",
            "how many rounds did {place} host",
            "how many did {place} host",
            "how many rounds hosted {place}",
            "how many rounds were hosted in {place}",
            "how many times did {place} host",
            "how many rounds took place in {place}",
        ),
        count,
        frozenset({"period", "place", "talks"}),
        preference=0.1,
    ),
    Intent(
        "between",
        (
            "how long between {round} and {round}",
            "how long was it between {round} and {round}",
            "how long from {round} to {round}",
            "how long was the gap {round}",
            "time between {round}",
            "gap between {round}",
            "what was the gap between {round}",
            "what is the time between {round}",
            "how long between {round} hold",
            "how many days between {round}",
            "how many months between {round}",
            "how long did it take from {round} to {round}",
            "how long did hold {round}",
            "how long between {round} and {round} hold",
            "how long separated {round} from {round}",
            "how long is it from {round} to {round}",
        ),
        between,
        _PLAIN,
        preference=0.05,
    ),
    Intent(
        "card",
        (
            "tell me about {round}",
            "{round}",
            "what was {round}",
            "what is {round}",
            "what about {round}",
            "what happened at {round}",
            "what took place at {round}",
            "what do you know about {round}",
            "how was {round}",
            "how did {round} go",
            "summary of {round}",
            "describe {round}",
            "{round} summary",
            "{round} details",
            "{round} rounds",
            "what {round}",
            "did {round} take place",
            "has {round} been held",
            "was {round} held",
            "{round} facts",
            "anything about {round}",
            "give details {round}",
            "why was {round} held",
            "tell me about what happened {round}",
        ),
        card,
        frozenset({"talks", "period", "place", "round"}),
    ),
    Intent(
        "event",
        (
            "{event}",
            "tell me about {event}",
            "what was {event}",
            "what is {event}",
            "what happened at {event}",
            "who attended {event}",
            "what was agreed at {event}",
            "what hold {event}",
            "outcome of {event}",
            "what was the outcome of {event}",
        ),
        event,
        frozenset({"talks", "topic", "period", "place"}),
        preference=0.05,
    ),
)
