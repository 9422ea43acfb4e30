"""Where from: the sources of an answer or a round, and what sources disagree about."""

from __future__ import annotations

from collections.abc import Iterable

from bot.intents.base import Look, dispute_lines, no_round, unknown
from bot.intents.rounds import event_line
from bot.intents.statements import line_of
from bot.question import Question
from bot.question.intent import Intent
from bot.telling import wording
from bot.telling.answer import Answer, Block, Line, source_line
from knowledge.facts import Attendance, Fact, Round
from knowledge.store import StatementFilter

SHOWN = 100
"""How many disputed facts of a sort are shown when none in particular are asked for."""


def source_answer(facts: Iterable[Fact], heading: str, look: Look) -> Answer:
    """The sources that facts rest on, each with what rests on it."""
    resting: dict[str, list[Fact]] = {}
    for fact in facts:
        for source in getattr(fact, "sources", ()):
            resting.setdefault(source, []).append(fact)
        for dispute in getattr(fact, "disputed", ()):
            for source in dispute.sources:
                resting.setdefault(source, []).append(fact)
    if not resting:
        return unknown("sources", "No sources are recorded for that.")
    known = look.store.sources.by_id(resting)
    ordered = sorted(known.values(), key=lambda one: (one.published is None, str(one.published or ""), one.id))
    lines = tuple(Line(source_line(one), tuple(dict.fromkeys(resting[one.id])), sources=(one.id,)) for one in ordered)
    return Answer(
        "answered",
        f"{wording.counted(len(lines), 'source')} {heading}:",
        "sources",
        blocks=(Block("", lines),),
    )


def sources_of_round(question: Question, look: Look) -> Answer:
    """The sources of what is recorded of a round: its date and place, and who attended."""
    found = look.rounds(question)
    if not found.rounds:
        return no_round("sources", found, look)
    rows = look.store.attendance.rows(rounds=found.keys)
    labels = wording.listed([look.label(one) for one in found.rounds])
    answer = source_answer([*found.rounds, *rows], f"for {labels} and who attended it", look)
    number = found.rounds[0].number
    return Answer(
        answer.status,
        answer.heading,
        answer.intent,
        blocks=answer.blocks,
        suggestions=(f"do the sources disagree about round {number}", f"who attended round {number}"),
    )


def disputed(question: Question, look: Look) -> Answer:
    """What sources disagree about, both sides: at a round, or everywhere."""
    limited = bool(question.rounds or question.period or question.places)
    found = look.rounds(question) if limited else None
    if found:
        if not found.rounds:
            return no_round("disputed", found, look)
        rounds = found.rounds
        rows = look.store.attendance.rows(rounds=found.keys)
    else:
        rounds = list(look.store.rounds.by_key(look.store.sources.disputed("round", SHOWN)).values())
        keys = {key.split(":")[0] for key in look.store.sources.disputed("attendance", SHOWN)}
        rows = look.store.attendance.rows(rounds=keys)
    if question.actor:
        # "Do they disagree about who led the Russian delegation": about its row alone.
        rows, rounds = [row for row in rows if row.actor in question.actor], []
    look.actors({row.actor for row in rows})
    blocks = []
    for one in sorted((one for one in rounds if one.disputed), key=lambda one: one.number):
        lines = [
            Line(f"recorded: {wording.days(one.starts, one.ends)}, {one.city}", (one,)),
            *dispute_lines(one, look),
        ]
        blocks.append(Block(look.title(one), tuple(lines)))
    blocks += [_attendance_block(row, look) for row in rows if row.disputed]
    said = look.store.statements.find(StatementFilter(rounds=tuple(one.key for one in rounds))) if limited and rounds else []
    if not limited:
        keys = set(look.store.sources.disputed("statement", SHOWN))
        said = look.store.statements.find(StatementFilter(ids=tuple(keys))) if keys else []
        blocks += [
            Block(event.name, (event_line(event), *dispute_lines(event, look)))
            for event in look.store.events.find(ids=look.store.sources.disputed("event", SHOWN))
        ]
    look.actors({one.speaker for one in said if one.disputed})
    blocks += [Block(f"Statement {one.key}", (line_of(one, look), *dispute_lines(one, look))) for one in said if one.disputed]
    if not blocks:
        labels = wording.listed([look.label(one) for one in found.rounds]) if found else "what is recorded"
        return unknown(
            "disputed",
            f"No disagreement between sources is recorded about {labels}.",
            ("do the sources disagree",) if limited else (),
        )
    where = f" about {wording.listed([look.label(one) for one in found.rounds])}" if found else ""
    heading = f"{wording.counted(len(blocks), 'point')} on which sources disagree{where}:"
    if not limited and len(blocks) >= SHOWN:
        heading = f"Sources disagree on many points; {len(blocks)} of them (ask about a round for its own):"
    return Answer(
        "answered",
        heading,
        "disputed",
        blocks=tuple(blocks),
        suggestions=("how many rounds have there been",),
    )


def _attendance_block(row: Attendance, look: Look) -> Block:
    one: Round = look.store.rounds.by_key([row.round])[row.round]
    head = f", led by {look.actor(row.head).name}" if row.head else ""
    first = Line(f"recorded: {row.status}{head}", (row,), row.note)
    return Block(f"{wording.capital(look.names([row.actor]))}, {look.label(one)}", (first, *dispute_lines(row, look)))


INTENTS = (
    Intent(
        "sources_of_round",
        (
            "sources for {round}",
            "source of {round}",
            "cite sources {round}",
            "cite sources for {round}",
            "what are the sources for {round}",
            "what is the source for {round}",
            "which sources {round}",
            "where does the information on {round} come from",
            "where from {round}",
            "where did you get {round}",
            "how do you know {round}",
            "{round} sources",
            "show sources {round}",
            "who attended {round} source",
            "what sources are there for {round}",
            "links {round}",
            "tell me about {round} source",
            "source rounds {round}",
            "where source {round}",
            "where tell {round} source",
            "what was {round} source",
            "how many sources {round}",
            "which sources {act} {round}",
            "what sources {act} {round}",
            "sources {act} {round}",
            "who source {round}",
            "who {act} {round} source",
            "what sources do you base {round}",
            "on what sources {round}",
            "sources tell {round}",
            "what sources tell {round}",
            "which source was {round} source",
            "which sources is {round} based on",
        ),
        sources_of_round,
        frozenset({"talks", "period", "place"}),
        preference=0.3,
    ),
    Intent(
        "disputed",
        (
            "do the sources disagree",
            "do the sources disagree about {round}",
            "do sources contradict each other about {round}",
            "what is disputed about {round}",
            "what is disputed",
            "what do sources disagree about",
            "which disputed",
            "what do the sources disagree about {round}",
            "where do sources disagree",
            "where do the sources disagree {round}",
            "disputed {round}",
            "is {round} disputed",
            "disputed facts",
            "disputed details",
            "is anything disputed about {round}",
            "do sources disagree on when {round}",
            "do sources disagree on who attended {round}",
            "is when {round} disputed",
            "disagreements {round}",
            "contradictions",
            "what disputed {round}",
            "which sources disagree",
            "which sources disagree {round}",
            "how do the sources disagree {round}",
            "are there contradictions {round}",
            "are there disagreements {round}",
            "do sources disagree about who led {actor} {round}",
            "is there disagreement about who led {actor} at {round}",
            "disagreement who led {actor} {round}",
            "attend dispute who led {actor} {round}",
            "is who led {actor} {round} disputed",
            "when {round} disputed",
            "dispute when {round}",
            "do sources {round} dispute",
            "is source dispute when {round} start",
            "is source dispute {round}",
            "source dispute {round}",
            "source of {round} dispute",
            "what disagree {round}",
        ),
        disputed,
        frozenset({"talks", "period", "place", "round"}),
        preference=0.4,
    ),
)
