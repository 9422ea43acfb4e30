"""Over time and side by side: how demands changed, two rounds compared, timelines, the first and the last time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from bot.intents.attendance import AWAY, presence, rounds_of, together
from bot.intents.base import Look, disputes, no_round, unknown
from bot.intents.rounds import event_line
from bot.intents.statements import by_round, line_of, wanted, what
from bot.question import Question
from bot.question.intent import Intent
from bot.telling import wording
from bot.telling.answer import Answer, Block, Line
from knowledge.facts import Attendance, Event, Round, Statement
from knowledge.store import StatementFilter


def change(question: Question, look: Look) -> Answer:
    """How what a side asked or said changed: its statements from the first round to the last."""
    if len(question.rounds) > 1 or any(len(phrase.numbers) > 1 for phrase in question.rounds):
        return compare(question, look)
    acts = question.acts or ("asked",)
    narrowed = question.but(acts=acts)
    found = look.rounds(question) if question.rounds or question.places else None
    hits = look.store.statements.find(wanted(narrowed, found.keys if found else [], look))
    if not hits:
        return unknown("change", f"Nothing is recorded on {what(narrowed, look)}.", _offers(narrowed, look))
    blocks = by_round(hits[::-1], look)
    heading = f"From first to last, {what(narrowed, look)} ({wording.counted(len(hits), 'statement')}):"
    return Answer("answered", heading, "change", blocks=tuple(blocks), suggestions=_fallback(narrowed, look))


def _offers(question: Question, look: Look) -> tuple[str, ...]:
    return () if look.trying else _fallback(question, look)


def _fallback(question: Question, look: Look) -> tuple[str, ...]:
    found = []
    if question.speaker:
        name = look.names(question.speaker)
        if look.store.statements.any(StatementFilter(speakers=question.speaker, wide=True, talks=look.default)):
            found.append(f"what did {name} say")
        if question.topics and look.store.statements.any(
            StatementFilter(speakers=question.speaker, topics=question.topics, wide=True, talks=look.default)
        ):
            found.append(f"what did {name} say about {look.topic_names(question.topics[:1])}")
    return tuple(found)


def compare(question: Question, look: Look) -> Answer:
    """Two rounds side by side: dates and places, who came to one alone or to both, what was agreed."""
    found = look.rounds(question)
    if found.missing:
        return no_round("compare", found, look)
    if len(found.rounds) < 2:
        last = look.store.rounds.edge(found.talks, last=True) if found.talks else None
        choices = (f"compare rounds 1 and {last.number}",) if last and last.number > 1 else ()
        return Answer("clarify", "Which two rounds shall I compare?", "compare", choices=choices)
    first, second = found.rounds[0], found.rounds[-1]
    rows = look.store.attendance.rows(rounds=[first.key, second.key])
    look.actors({one for row in rows for one in (row.actor, row.head)})
    blocks = [Block("When and where", tuple(_date_line(one, look) for one in (first, second)))]
    blocks += _attendance_blocks(rows, first, second, look)
    for one in (first, second):
        agreed = look.store.statements.find(StatementFilter(rounds=(one.key,), acts=("agreed",), topics=question.topics))
        look.actors({statement.speaker for statement in agreed})
        if agreed:
            blocks.append(Block(f"Agreed at round {one.number}", tuple(line_of(statement, look) for statement in agreed)))
    heading = f"{look.title(first)} and {look.label(second)}:"
    suggestions = (
        f"how long between round {first.number} and round {second.number}",
        f"who attended round {second.number}",
    )
    return Answer(
        "answered",
        heading,
        "compare",
        blocks=(*blocks, *disputes([first, second], look)),
        suggestions=suggestions,
    )


def _date_line(one: Round, look: Look) -> Line:
    return Line(f"{look.title(one)}: {wording.days(one.starts, one.ends)}, {one.city}", (one,))


def _attendance_blocks(rows: Sequence[Attendance], first: Round, second: Round, look: Look) -> list[Block]:
    came = {
        one.key: {row.actor: row for row in rows if row.round == one.key and row.status == "attended"}
        for one in (first, second)
    }
    before, after = came[first.key], came[second.key]
    groups = (
        (f"At round {first.number} alone", [before[a] for a in before if a not in after]),
        (f"At round {second.number} alone", [after[a] for a in after if a not in before]),
        ("At both", [after[a] for a in after if a in before]),
    )
    blocks = []
    for title, group in groups:
        lines = []
        for row in group:
            both = (before[row.actor], row) if row.actor in before and row.actor in after else (row,)
            heads = list(dict.fromkeys(look.actor(one.head).name for one in both if one.head))
            led = f" — led by {', then '.join(heads)}" if heads else ""
            lines.append(Line(f"{wording.capital(look.names([row.actor]))}{led}", both))
        if lines:
            blocks.append(Block(title, tuple(lines)))
    return blocks


def compare_parties(question: Question, look: Look) -> Answer:
    """What several parties said, side by side: at rounds, or about a topic."""
    if not (question.topics or question.rounds or question.period or question.places):
        names = look.names(question.speaker)
        choices = tuple(f"what did {look.names([one])} say" for one in question.speaker)
        return Answer("clarify", f"Compare {names} in what: a topic, or a round?", "compare_parties", choices=choices)
    found = look.rounds(question) if question.rounds or question.places else None
    if found is not None and not found.rounds:
        return no_round("compare_parties", found, look)
    blocks: list[Block] = []
    counts = []
    for party in question.speaker:
        one = question.but(speaker=(party,))
        hits = look.store.statements.find(wanted(one, found.keys if found else [], look, wide=False))
        counts.append(f"{look.names([party])}: {len(hits)}")
        name = wording.capital(look.names([party]))
        blocks += [replace(block, title=f"{name} — {block.title}") for block in by_round(hits, look)]
    if not blocks:
        return unknown("compare_parties", f"Nothing is recorded on {what(question, look)}.", _fallback(question, look))
    heading = f"Recorded on {what(question, look)}, side by side ({'; '.join(counts)}):"
    return Answer("answered", heading, "compare_parties", blocks=tuple(blocks), suggestions=_fallback(question, look))


def timeline(question: Question, look: Look) -> Answer:
    """Rounds, events and statements of a topic, an actor or a time, oldest first."""
    entries: list[tuple[date, Line]] = []
    talks = look.series(question)
    period = question.period
    if period and period.month:
        rounds = look.rounds(question).rounds
        return unknown(
            "timeline",
            f"Which year's {period.text} do you mean?",
            [f"what happened in {wording.month(one.starts)}" for one in rounds],
        )
    speaker = question.actor or question.speaker
    since, until = (period.since, period.until) if period else (None, None)
    if not speaker and not question.topics and talks:
        found = look.store.rounds.of(talks.id, since=since, until=until)
        entries += [(one.starts, _date_line(one, look)) for one in found]
    if not speaker:
        events = look.store.events.find(topics=question.topics or None, since=since, until=until)
        entries += [(one.date, _event(one)) for one in events]
    if speaker or question.topics or (period and not period.years):
        hits = look.store.statements.find(wanted(question.but(speaker=speaker, acts=()), [], look))
        entries += _dated(hits, look)
    elif period:
        hits = look.store.statements.find(wanted(question.but(acts=("agreed", "announced")), [], look))
        entries += _dated(hits, look)
    subject = look.names(speaker) if speaker else look.topic_names(question.topics) if question.topics else ""
    where = look.where_when(question)
    if not entries:
        return unknown(
            "timeline",
            f"Nothing is recorded{' on ' + subject if subject else ''}{' ' + where if where else ''}.",
            ("list the rounds",),
        )
    entries.sort(key=lambda entry: entry[0])
    blocks: dict[str, list[Line]] = {}
    for when, line in entries:
        blocks.setdefault(wording.month(when), []).append(line)
    number = wording.counted(len(entries), "entry", "entries")
    heading = ", ".join(part for part in (wording.capital(subject), f"{number} {where}".strip(), "oldest first:") if part)
    last = look.store.rounds.edge(talks.id, last=True) if talks else None
    suggestions = (
        (f"what was said about {look.topic_names(question.topics[:1])}",)
        if question.topics
        else (f"tell me about round {last.number}",)
        if last
        else ()
    )
    return Answer(
        "answered",
        heading,
        "timeline",
        blocks=tuple(Block(title, tuple(lines)) for title, lines in blocks.items()),
        suggestions=suggestions,
    )


def _event(one: Event) -> Line:
    return event_line(one)


def _dated(hits: Sequence[Statement], look: Look) -> list[tuple[date, Line]]:
    rounds = look.store.rounds.by_key({one.round for one in hits if one.round})
    look.actors({one.speaker for one in hits})
    found = []
    for one in hits:
        when = one.date or (rounds[one.round].starts if one.round in rounds else None)
        if when:
            found.append((when, line_of(one, look)))
    return found


def edge_time(question: Question, look: Look) -> Answer:
    """The first or the last time that an actor attended, or that something was said."""
    last = "last" in question.wants
    word = "last" if last else "first"
    if question.actor and not question.topics and not question.acts:
        rows = look.store.attendance.rows(actors=question.actor, statuses=["attended"], talks=question.talks or look.default)
        if len(question.actor) > 1:
            rows = [row for row in rows if all(one in together(rows, row.round) for one in question.actor)]
        if not rows:
            return unknown("edge_time", f"It is not recorded that {look.names(question.actor)} attended a round.")
        row = rows[-1 if last else 0]
        one = look.store.rounds.by_key([row.round])[row.round]
        heading = (
            f"{wording.capital(look.names(question.actor))} is recorded as attending for the {word} time at {look.label(one)}."
        )
        line = Line(f"{look.title(one)} — {row.role}", (row,), row.note)
        return Answer(
            "answered",
            heading,
            "edge_time",
            blocks=(Block("", (line,)), *disputes([row], look)),
            suggestions=(f"which rounds did {look.names(question.actor)} attend",),
        )
    speaker = question.speaker or question.actor
    narrowed = question.but(speaker=speaker, actor=())
    hits = look.store.statements.find(wanted(narrowed, [], look))
    if not hits:
        return unknown("edge_time", f"Nothing is recorded on {what(narrowed, look)}.", _offers(narrowed, look))
    hit = hits[0] if last else hits[-1]
    blocks = by_round([hit], look)
    heading = f"The {word} statement recorded on {what(narrowed, look)}:"
    return Answer("answered", heading, "edge_time", blocks=tuple(blocks), suggestions=_fallback(narrowed, look))


def edge_round(question: Question, look: Look) -> Answer:
    """ "The first round that Jordan attended": the edge of the rounds it attended, not of all rounds."""
    edge = question.rounds[0].edge if len(question.rounds) == 1 else ""
    if not edge:
        return presence(question, look)
    return edge_time(question.but(rounds=(), wants=(edge,)), look)


def stopped(question: Question, look: Look) -> Answer:
    """When an actor stopped attending: the last round it attended and its absences after that."""
    rows = look.store.attendance.rows(actors=question.actor, talks=question.talks or look.default)
    rows = [row for row in rows if row.actor in question.actor]
    rounds = look.store.rounds.by_key(row.round for row in rows)
    came = [row for row in rows if row.status == "attended"]
    after = [
        row for row in rows if row.status in AWAY and (not came or rounds[row.round].starts > rounds[came[-1].round].starts)
    ]
    name = look.names(question.actor)
    if not after and any(row.status in AWAY for row in rows):
        return rounds_of(question.but(wants=("absent",), polar=False), look)
    if not after:
        text = f"It is not recorded that {name} attended and then stopped, or stayed away."
        return unknown("stopped", text, (f"which rounds did {name} attend",) if came else ())
    look.actors({row.actor for row in rows})
    if came:
        final = rounds[came[-1].round]
        heading = f"{wording.capital(name)} is last recorded as attending at {look.label(final)}; its absences since are:"
    else:
        heading = f"{wording.capital(name)} is not recorded as attending; its absences are:"
    lines = [Line(f"{look.title(rounds[row.round])} — attended", (row,)) for row in came[-1:]]
    lines += [
        Line(
            f"{look.title(rounds[row.round])} — {row.status}{', and from then on' if row.onwards else ''}",
            (row,),
            row.note,
        )
        for row in after
    ]
    return Answer(
        "answered",
        heading,
        "stopped",
        blocks=(Block("", tuple(lines)), *disputes(after, look)),
        suggestions=(f"which rounds did {name} attend",) if came else (),
    )


_SPAN = frozenset({"round", "period", "topic", "talks", "place"})

INTENTS = (
    Intent(
        "change",
        (
            "how did {speaker} {act} change",
            "how did {speaker} {act} to {addressee} change",
            "how did {speaker} {act} of {addressee} change",
            "how did {speaker} {act} from {addressee} change",
            "how did {speaker} {act} towards {addressee} change",
            "how did {speaker} {act} {addressee} change",
            "how did the {act} of {speaker} change",
            "how did the {act} of {speaker} to {addressee} change",
            "how have {speaker} {act} changed",
            "how has {speaker} {act} changed on {topic}",
            "{speaker} {act} change",
            "{speaker} {act} to {addressee} change",
            "change of {speaker} {act}",
            "change of {speaker} {act} to {addressee}",
            "did {speaker} {act} change",
            "did {speaker} {act} to {addressee} change",
            "how did {speaker} change {act}",
            "how did {speaker} change on {topic}",
            "what did {speaker} {act} {addressee} change",
            "what did {speaker} {act} change",
            "evolution of {speaker} {act}",
            "evolution of {act} of {speaker}",
            "{speaker} {act} timeline",
            "timeline of {speaker} {act}",
            "timeline {speaker} {act} to {addressee}",
            "how was {speaker} {act} change",
            "{speaker} change {topic}",
        ),
        change,
        _SPAN,
        preference=0.3,
    ),
    Intent(
        "compare",
        (
            "compare {round}",
            "compare {round} and {round}",
            "compare {round} with {round}",
            "compare {round} to {round}",
            "comparison {round}",
            "{round} compared with {round}",
            "{round} versus {round}",
            "difference between {round} and {round}",
            "what is the difference between {round}",
            "what are the differences between {round}",
            "how do {round} differ",
            "how does {round} compare with {round}",
            "how did {round} differ",
            "how different {round}",
            "what changed between {round}",
            "what changed {round}",
            "how change between {round}",
            "how did rounds change {round}",
            "compare rounds",
            "compare",
            "compare rounds {round}",
            "compare what was agreed {round}",
            "compare who attended {round}",
            "compare attendees {round}",
            "compare attendance {round}",
            "who attended {round} compare",
            "what did {round} compare",
            "side by side {round}",
            "put {round} side by side",
            "how {round} compare",
            "{round} compare",
            "{round} compare {round}",
            "compare {round} from {round}",
            "{round} versus {round} difference",
            "{round} difference",
        ),
        compare,
        frozenset({"talks", "topic"}),
        preference=0.2,
    ),
    Intent(
        "compare_parties",
        (
            "compare {speaker}",
            "compare {speaker} on {topic}",
            "compare {speaker} {act}",
            "compare {act} of {speaker}",
            "compare what {speaker} {act}",
            "what is the difference between {speaker} on {topic}",
            "difference between {speaker}",
            "what are the differences between {speaker}",
            "difference between {speaker} {act}",
            "how do {speaker} differ on {topic}",
            "how did {speaker} differ",
        ),
        compare_parties,
        _SPAN,
        preference=0.1,
    ),
    Intent(
        "timeline",
        (
            "timeline of {topic}",
            "timeline {actor}",
            "timeline of {actor} {topic}",
            "timeline of {period}",
            "timeline",
            "timeline of rounds",
            "timeline of {talks}",
            "history of {topic}",
            "history of {talks}",
            "what happened in {period}",
            "what happened {period}",
            "what took place in {period}",
            "what was {period}",
            "tell me about what happened {period}",
            "tell me about {period}",
            "{topic} timeline",
            "{actor} timeline",
            "how did {topic} change",
            "how has {topic} changed",
            "how did {topic} develop",
            "how has the situation on {topic} changed",
            "{topic} change",
            "change {topic}",
            "what happened timeline {topic}",
            "tell me about timeline {topic}",
            "what is the timeline of {topic}",
            "what is the history of {topic}",
            "what was {act} about {topic} change",
            "what was {act} about {topic} timeline",
            "how was {topic} {act} change",
            "{act} {topic} change",
            "{act} {topic} timeline",
            "how {topic} {act} changed",
            "how did {act} {topic} change",
        ),
        timeline,
        frozenset({"period", "talks", "topic", "event"}),
        preference=0.1,
    ),
    Intent(
        "edge_time",
        (
            "when did {actor} first attend | wants=first",
            "when did {actor} attend for the first time | wants=first",
            "when was the first time {actor} attended | wants=first",
            "first time {actor} attended | wants=first",
            "when was {actor} first at rounds | wants=first",
            "which rounds did {actor} first attend | wants=first",
            "when did {actor} start attending | wants=first",
            "since when does {actor} attend | wants=first",
            "what was the first time {actor} attended | wants=first",
            "first {actor} attended | wants=first",
            "when did {actor} last attend | wants=last",
            "when did {actor} attend last | wants=last",
            "when did {actor} attend for the last time | wants=last",
            "when was the last time {actor} attended | wants=last",
            "which was the last time {actor} attended | wants=last",
            "what was the last time {actor} attended | wants=last",
            "last time {actor} attended | wants=last",
            "which rounds did {actor} last attend | wants=last",
            "when was {actor} last at rounds | wants=last",
            "last {actor} attended | wants=last",
            "when was {topic} first {act} | wants=first",
            "when was {topic} {act} first | wants=first",
            "when was the first time {topic} was {act} | wants=first",
            "first time {topic} {act} | wants=first",
            "who first {act} {topic} | wants=first",
            "who {act} {topic} first | wants=first",
            "when did first {act} {topic} | wants=first",
            "when was {topic} last {act} | wants=last",
            "when was {topic} {act} last | wants=last",
            "when was the last time {topic} was {act} | wants=last",
            "last time {topic} {act} | wants=last",
            "who last {act} {topic} | wants=last",
            "who {act} {topic} last | wants=last",
            "what was last {act} about {topic} | wants=last",
            "what was first {act} about {topic} | wants=first",
            "when did {speaker} first {act} {topic} | wants=first",
            "when did {speaker} first {act} about {topic} | wants=first",
            "when did {speaker} {act} {topic} first | wants=first",
            "what did {speaker} first {act} | wants=first",
            "first time {speaker} {act} | wants=first",
            "when was the first time {speaker} {act} | wants=first",
            "when did {speaker} last {act} {topic} | wants=last",
            "what did {speaker} last {act} | wants=last",
            "last time {speaker} {act} | wants=last",
            "when was the last time {speaker} {act} | wants=last",
            "when did {speaker} {act} last | wants=last",
            "when did {speaker} first {act} {addressee} | wants=first",
            "when did {speaker} last {act} {addressee} | wants=last",
        ),
        edge_time,
        frozenset({"topic", "talks"}),
        preference=0.3,
    ),
    Intent(
        "edge_round",
        (
            "what was {round} {actor} attended",
            "which was {round} {actor} attended",
            "which {round} did {actor} attend",
            "what {round} did {actor} attend",
            "{round} attended by {actor}",
            "{round} with {actor}",
            "what was {round} with {actor}",
            "which was {round} with {actor}",
            "when was {round} {actor} attended",
            "when was {round} with {actor}",
        ),
        edge_round,
        frozenset({"talks"}),
        preference=0.1,
    ),
    Intent(
        "stopped",
        (
            "when did {actor} stop attending",
            "when did {actor} stop",
            "since when {actor} not attend",
            "since when is {actor} absent",
            "since when has {actor} been absent",
            "since when {actor} boycott",
            "when did {actor} quit",
            "when did {actor} boycott",
            "when did {actor} absent",
            "why did {actor} stop attending",
            "did {actor} stop attending",
            "did {actor} quit",
            "which rounds did {actor} stop attending",
            "{actor} stop",
            "why did {actor} quit {talks}",
            "when was {actor} stopped",
            "why does {actor} not attend",
            "why did {actor} not attend",
            "why is {actor} absent",
            "why did {actor} boycott",
            "why is {actor} not attending",
            "when {actor} not attend",
            "since when {actor} stop",
            "since when did {actor} stop",
        ),
        stopped,
        frozenset({"talks"}),
        preference=0.1,
    ),
)
