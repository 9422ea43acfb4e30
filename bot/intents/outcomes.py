"""What came out: what was agreed at a round or about a topic, and the final statement."""

from __future__ import annotations

from collections.abc import Sequence

from bot.intents.base import Look, disputes, no_round, unknown
from bot.intents.statements import by_round, line_of
from bot.question import Question
from bot.question.intent import Intent
from bot.telling import wording
from bot.telling.answer import Answer, Block
from knowledge.facts import Statement
from knowledge.store import StatementFilter


def agreed(question: Question, look: Look) -> Answer:
    """What was agreed: by the blocs of the talks first, then by others."""
    limited = bool(question.rounds or question.places or question.period)
    found = look.rounds(question) if limited else None
    if found is not None and not found.rounds:
        return no_round("agreed", found, look)
    talks = look.series(question)
    hits = look.store.statements.find(
        StatementFilter(
            acts=("agreed",),
            topics=question.topics,
            rounds=tuple(found.keys) if found else (),
            talks=talks.id if talks else "",
        )
    )
    where = f" at {wording.listed([look.label(one) for one in found.rounds])}" if found else ""
    about = f" about {look.topic_names(question.topics)}" if question.topics else ""
    if not hits:
        return _nothing(question, where, about, look)
    blocks = _blocks(hits, look, single=bool(found and len(found.rounds) == 1))
    heading = f"{wording.counted(len(hits), 'point')} recorded as agreed{about}{where}:"
    suggestions = []
    if found:
        number = found.rounds[-1].number
        suggestions = [f"who attended round {number}", f"what did the opposition say in round {number}"]
        if found.talks != look.default:
            suggestions = [f"who attended {look.talks[found.talks].name} round {number}"]
        elif not look.store.statements.any(StatementFilter(speakers=("syrian-opposition",), rounds=(found.keys[-1],))):
            suggestions.pop()
    elif question.topics:
        suggestions = [f"what was said about {look.topic_names(question.topics[:1])}"]
    return Answer("answered", heading, "agreed", blocks=(*blocks, *disputes(hits, look)), suggestions=tuple(suggestions))


def _blocks(hits: Sequence[Statement], look: Look, single: bool) -> tuple[Block, ...]:
    known = look.actors({one.speaker for one in hits})
    joint = [one for one in hits if known[one.speaker].kind == "bloc"]
    others = [one for one in hits if known[one.speaker].kind != "bloc"]
    if single:
        blocks = []
        for bloc in dict.fromkeys(one.speaker for one in joint):
            title = f"By {known[bloc].inside}"
            blocks.append(Block(title, tuple(line_of(one, look) for one in joint if one.speaker == bloc)))
        if others:
            blocks.append(Block("By others", tuple(line_of(one, look) for one in others)))
        return tuple(blocks)
    return (*by_round(joint, look), *by_round(others, look, "By others — "))


def _nothing(question: Question, where: str, about: str, look: Look) -> Answer:
    suggestions = []
    if question.topics and look.store.statements.any(StatementFilter(acts=("agreed",), topics=question.topics)) and where:
        suggestions.append(f"what was agreed about {look.topic_names(question.topics[:1])}")
    elif question.topics and look.store.statements.any(StatementFilter(topics=question.topics)):
        suggestions.append(f"what was said about {look.topic_names(question.topics[:1])}")
    return unknown("agreed", f"Nothing is recorded as agreed{about}{where}.", suggestions)


def final_statement(question: Question, look: Look) -> Answer:
    """What the blocs of the talks stated together at a round."""
    found = look.rounds(question)
    if not found.rounds:
        return no_round("final_statement", found, look)
    hits = look.store.statements.find(StatementFilter(rounds=tuple(found.keys), topics=question.topics))
    known = look.actors({one.speaker for one in hits})
    joint = [one for one in hits if known[one.speaker].kind == "bloc"]
    where = wording.listed([look.label(one) for one in found.rounds])
    if not joint:
        return unknown(
            "final_statement",
            f"No joint statement is recorded for {where}.",
            (f"tell me about round {found.rounds[-1].number}",),
        )
    acts = ("agreed", "announced", "condemned", "rejected", "asked", "said")
    order = sorted(joint, key=lambda one: acts.index(one.act) if one.act in acts else len(acts))
    heading = f"{wording.counted(len(joint), 'point')} recorded of what {look.names([joint[0].speaker])} stated at {where}:"
    block = Block("", tuple(line_of(one, look) for one in order))
    number = found.rounds[-1].number
    return Answer(
        "answered",
        heading,
        "final_statement",
        blocks=(block,),
        suggestions=(f"what was agreed in round {number}", f"who attended round {number}"),
    )


_TAKES = frozenset({"round", "topic", "period", "place", "talks"})

INTENTS = (
    Intent(
        "agreed",
        (
            "what was agreed at {round}",
            "what was agreed about {topic}",
            "what was agreed in {period}",
            "what did agree at {round}",
            "what did agree in {period}",
            "what agreed {period}",
            "agreed {period}",
            "outcome {period}",
            "what was the outcome {period}",
            "what did agree about {topic}",
            "what agreed {round}",
            "what agreement was reached at {round}",
            "which agreement was reached at {round}",
            "what agreement was reached about {topic}",
            "which agreement came from {round}",
            "what agreement came from {round}",
            "which agreement did {round} bring",
            "what agreement did {round} bring",
            "what did {round} bring",
            "what agreement was there {round}",
            "was agreement reached {round}",
            "was agreement reached about {topic}",
            "agreed {round}",
            "agreed {topic}",
            "what agreements were made {round}",
            "which agreements {round}",
            "which agreements were made {round}",
            "which agreements {topic}",
            "what agreement {topic}",
            "agreement of {round}",
            "was agreed {round}",
            "was there agreement {round}",
            "was there an agreement about {topic}",
            "was {topic} agreed",
            "did agree {round}",
            "did agree {topic}",
            "what was the agreement of {round}",
            "what were the agreements {round}",
            "what were the agreements about {topic}",
            "what was the outcome of {round}",
            "what was the outcome {topic}",
            "what were the outcomes of {round}",
            "what outcome {round}",
            "what outcome {topic}",
            "what outcome did {round} have",
            "outcome of {round}",
            "outcome {topic}",
            "{round} outcome",
            "{round} agreed",
            "{topic} agreed",
            "how did {round} end",
            "how end {round}",
            "what did {round} end with",
            "what did {round} achieve",
            "what was achieved at {round}",
            "what came out of {round}",
            "what came from {round}",
            "did {round} achieve what",
            "outcome {round} achieved",
            "which outcome {round}",
            "tell me about outcome {round}",
            "tell me about agreed {round}",
            "what is the outcome of rounds {round}",
            "what was agreed and outcome {round}",
            "what was the outcome of {talks}",
            "how many agreed {round}",
            "how many outcome {round}",
            "what did rounds {round} agree",
            "who agreed what {round}",
            "what was decided {round}",
            "what was decided about {topic}",
            "did {round} outcome {act} which",
            "did {round} outcome {act}",
            "{round} outcome {act}",
            "did {round} outcome outcome",
            "did {round} lead to outcomes",
            "what {act} did {round} outcome",
            "what outcome did {round} outcome",
        ),
        agreed,
        _TAKES,
        ask_back="Which round, or which topic?",
        preference=0.15,
    ),
    Intent(
        "final_statement",
        (
            "what was the final statement of {round}",
            "final statement of {round}",
            "joint statement {round}",
            "what did the final statement {round} say",
            "what did the final statement of {round} say about {topic}",
            "what is in the joint statement of {round}",
            "communique {round}",
            "what does the communique say {round}",
            "what did the final statement of {round} outcome",
            "what did {round} final statement outcome",
            "final statement of {round} outcome",
            "what outcome did the final statement of {round}",
        ),
        final_statement,
        _TAKES,
        preference=0.1,
    ),
)
