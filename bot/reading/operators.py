"""Operators of a question (all, both, none, any, most): what each stands on, found by the words beside it.

An operator is taken out of the spans and noted; the intents say which of them their look-up evaluates (bot/question/intent.py).
One that stands on what is listed anyway ("all the demands of …") asks for nothing more and is dropped.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.question.operators import ALL, ALL_ROUNDS, ANY, BUT, NONE, OTHER
from bot.reading.linking import Span
from bot.reading.vocabulary import OPERATOR
from knowledge.facts import ROLES

_ROUNDS = ("rounds", "that round")
_PARTIES = ("delegation", "attendees", "role noun", "speak for", "they", "absent")
_LISTED = ("noun", "act", "outcome", "source", "communique", "tell", "what", "role", "title", "dispute", "timeline")
_BETWEEN = ("of", "to", "from", "and")
"""What may stand between an operator and what it stands on."""
_PEOPLE = ("who",)
_ASKING = ("which", "what", "tell", "how many", "when", "where", "and", "of", "about", "source")
AS_WELL = ("as well as",)


@dataclass(frozen=True, slots=True)
class Taken:
    """The spans without their operators, and the operators: what each is, and how it was typed.

    `besides` are the spans that name what is left out.
    """

    spans: list[Span]
    operators: dict[str, str]
    besides: list[Span]


def taken(spans: Sequence[Span]) -> Taken:
    """Takes the operators out of a question."""
    operators: dict[str, str] = {}
    kept: list[Span] = []
    besides: list[Span] = []
    skipped: set[int] = set()
    for at, span in enumerate(spans):
        if at in skipped:
            continue
        if not span.has(OPERATOR):
            if _restricts(spans, at):
                operators[OTHER] = span.text
            if span.read in AS_WELL and 0 < at < len(spans) - 1 and _next_rounds(spans, at) and spans[at - 1].rounds:
                # "At round 5 as well as at round 15": at both.
                operators[ALL_ROUNDS] = span.text
            kept.append(span)
            continue
        value = next(sense.value for sense in span.senses if sense.token_class == OPERATOR)
        if value == "but":
            left_out = _left_out(spans, at)
            operators[BUT if left_out else OTHER] = span.text
            besides += [spans[one] for one in left_out]
            skipped |= set(left_out)
            kept = [one for one in kept if one not in besides]
            continue
        if value in ("none", "any") and at + 1 < len(spans) and spans[at + 1].has("from", "of"):
            # "No one from Lebanon", "at least one of Iraq and Lebanon"
            skipped.add(at + 1)
        found = _standing_on(value, spans, at)
        if found:
            operators[found] = span.text
    return Taken(kept, operators, besides)


def _left_out(spans: Sequence[Span], at: int) -> list[int]:
    """Where the parties and roles stand that an exception names: after it, or before an "excepted"."""
    if spans[at].read == "excepted":
        return [at - 1] if at and spans[at - 1].of_kind("actor") else []
    found: list[int] = []
    for here in range(at + 1, len(spans)):
        span = spans[here]
        if span.of_kind("actor") or span.has("role noun"):
            found.append(here)
        elif not (span.has("and", "or", "delegation", "that round") or (span.unknown and span.read == "two")):
            break
    return found


def _restricts(spans: Sequence[Span], at: int) -> bool:
    """Whether a word limits what is asked in a way that nobody evaluates.

    "The latest round without Lebanon", "did Damascus sign it as well as Russia", "and how many of them were at round 22".
    """
    span, before = spans[at], spans[at - 1] if at else None
    if span.has("who") and span.read.endswith(" of them"):
        return True
    after = spans[at + 1] if at + 1 < len(spans) else None
    if before is None:
        return False
    if span.read == "without" and before.rounds:
        return bool(before.rounds.edge or before.rounds.offset)
    if span.read.startswith("as well") and after is not None and after.of_kind("actor"):
        return not before.of_kind("actor")
    return span.has("they") and at < 3 and before.has("which", "how many", "who") and before.read.endswith(" of")


def _next_rounds(spans: Sequence[Span], at: int) -> bool:
    return bool(spans[at + 1].rounds)


def _standing_on(value: str, spans: Sequence[Span], at: int) -> str:
    """What an operator of a question is; "" where it asks for nothing more."""
    if value == "most":
        return OTHER
    if value == "at all":
        # "At all rounds"; "did it attend at all" stresses.
        return ALL_ROUNDS if at + 1 < len(spans) and _is_rounds(spans[at + 1]) and not _asked(spans[:at]) else ""
    if value == "other":
        # "What did Turkey ask the other guarantors": what is asked of the guarantors.
        return "" if at + 1 < len(spans) and _bloc(spans[at + 1]) and any(one.of_kind("actor") for one in spans[:at]) else OTHER
    target = _target(spans, at)
    if value in ("none", "any"):
        return OTHER if target == "rounds" and value == "none" else {"none": NONE, "any": ANY}[value]
    if target == "rounds":
        return "" if _asked(spans[:at]) else ALL_ROUNDS
    if target == "parties":
        return ALL
    polar = bool(spans) and spans[0].has("do", "be", "have", "polar")
    return "" if target == "listed" and value != "both" and not polar else OTHER


def _is_rounds(span: Span) -> bool:
    place = bool(span.of_kind("place")) and not span.of_kind("actor")
    return span.has(*_ROUNDS) or bool(span.rounds or span.period) or place


def _bloc(span: Span) -> bool:
    return bool(span.of_kind("actor")) and span.read.split()[-1].removesuffix("s") in ROLES


def _asked(before: Sequence[Span]) -> bool:
    """Whether what comes after is what is asked for, so that all of it is listed anyway: "list all rounds with Jordan"."""
    return all(span.has(*_ASKING) or (at > 0 and span.has("be")) for at, span in enumerate(before))


def _target(spans: Sequence[Span], at: int) -> str:
    """What follows an operator, or else stands before it: rounds, parties, or what is listed."""
    for span in spans[at + 1 :]:
        if _is_rounds(span):
            return "rounds"
        if span.has(*_PARTIES, *_PEOPLE) or span.of_kind("actor"):
            return "parties"
        if span.has(*_LISTED) or span.of_kind("topic"):
            return "listed"
        if not (span.has(*_BETWEEN) or span.unknown):
            break
    before = spans[at - 1] if at else None
    if before is None:
        return ""
    if before.rounds or before.period or before.has(*_ROUNDS):
        return "rounds"
    return "parties" if before.of_kind("actor") or before.has(*_PARTIES, *_PEOPLE) else ""
