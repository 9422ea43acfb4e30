"""Operators of a question (all, both, none, any, most): what each stands on, found by the words beside it.

An operator is taken out of the pieces and noted; the intents say which of them their look-up evaluates (bot/intents/base.py).
One that stands on what is listed anyway ("all the demands of …") asks for nothing more and is dropped.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.question.operators import ALL, ALL_ROUNDS, ANY, BUT, NONE, OTHER
from bot.reading.linking import Piece
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
    """The pieces without their operators, and the operators: what each is, and how it was typed.

    `besides` are the pieces that name what is left out.
    """

    pieces: list[Piece]
    operators: dict[str, str]
    besides: list[Piece]


def taken(pieces: Sequence[Piece]) -> Taken:
    """Takes the operators out of a question."""
    operators: dict[str, str] = {}
    kept: list[Piece] = []
    besides: list[Piece] = []
    skipped: set[int] = set()
    for at, piece in enumerate(pieces):
        if at in skipped:
            continue
        if not piece.has(OPERATOR):
            if _restricts(pieces, at):
                operators[OTHER] = piece.text
            if piece.read in AS_WELL and 0 < at < len(pieces) - 1 and _next_rounds(pieces, at) and pieces[at - 1].rounds:
                # "At round 5 as well as at round 15": at both.
                operators[ALL_ROUNDS] = piece.text
            kept.append(piece)
            continue
        value = next(sense.value for sense in piece.senses if sense.symbol == OPERATOR)
        if value == "but":
            left_out = _left_out(pieces, at)
            operators[BUT if left_out else OTHER] = piece.text
            besides += [pieces[one] for one in left_out]
            skipped |= set(left_out)
            kept = [one for one in kept if one not in besides]
            continue
        if value in ("none", "any") and at + 1 < len(pieces) and pieces[at + 1].has("from", "of"):
            # "No one from Lebanon", "at least one of Iraq and Lebanon"
            skipped.add(at + 1)
        found = _standing_on(value, pieces, at)
        if found:
            operators[found] = piece.text
    return Taken(kept, operators, besides)


def _left_out(pieces: Sequence[Piece], at: int) -> list[int]:
    """Where the parties and roles stand that an exception names: after it, or before an "excepted"."""
    if pieces[at].read == "excepted":
        return [at - 1] if at and pieces[at - 1].of_kind("actor") else []
    found: list[int] = []
    for here in range(at + 1, len(pieces)):
        piece = pieces[here]
        if piece.of_kind("actor") or piece.has("role noun"):
            found.append(here)
        elif not (piece.has("and", "or", "delegation", "that round") or (piece.unknown and piece.read == "two")):
            break
    return found


def _restricts(pieces: Sequence[Piece], at: int) -> bool:
    """Whether a word limits what is asked in a way that nobody evaluates.

    "The latest round without Lebanon", "did Damascus sign it as well as Russia", "and how many of them were at round 22".
    """
    piece, before = pieces[at], pieces[at - 1] if at else None
    if piece.has("who") and piece.read.endswith(" of them"):
        return True
    after = pieces[at + 1] if at + 1 < len(pieces) else None
    if before is None:
        return False
    if piece.read == "without" and before.rounds:
        return bool(before.rounds.edge or before.rounds.offset)
    if piece.read.startswith("as well") and after is not None and after.of_kind("actor"):
        return not before.of_kind("actor")
    return piece.has("they") and at < 3 and before.has("which", "how many", "who") and before.read.endswith(" of")


def _next_rounds(pieces: Sequence[Piece], at: int) -> bool:
    return bool(pieces[at + 1].rounds)


def _standing_on(value: str, pieces: Sequence[Piece], at: int) -> str:
    """What an operator of a question is; "" where it asks for nothing more."""
    if value == "most":
        return OTHER
    if value == "at all":
        # "At all rounds"; "did it attend at all" stresses.
        return ALL_ROUNDS if at + 1 < len(pieces) and _is_rounds(pieces[at + 1]) and not _asked(pieces[:at]) else ""
    if value == "other":
        # "What did Turkey ask the other guarantors": what is asked of the guarantors.
        return (
            "" if at + 1 < len(pieces) and _bloc(pieces[at + 1]) and any(one.of_kind("actor") for one in pieces[:at]) else OTHER
        )
    target = _target(pieces, at)
    if value in ("none", "any"):
        return OTHER if target == "rounds" and value == "none" else {"none": NONE, "any": ANY}[value]
    if target == "rounds":
        return "" if _asked(pieces[:at]) else ALL_ROUNDS
    if target == "parties":
        return ALL
    polar = bool(pieces) and pieces[0].has("do", "be", "have", "polar")
    return "" if target == "listed" and value != "both" and not polar else OTHER


def _is_rounds(piece: Piece) -> bool:
    place = bool(piece.of_kind("place")) and not piece.of_kind("actor")
    return piece.has(*_ROUNDS) or bool(piece.rounds or piece.period) or place


def _bloc(piece: Piece) -> bool:
    return bool(piece.of_kind("actor")) and piece.read.split()[-1].removesuffix("s") in ROLES


def _asked(before: Sequence[Piece]) -> bool:
    """Whether what comes after is what is asked for, so that all of it is listed anyway: "list all rounds with Jordan"."""
    return all(piece.has(*_ASKING) or (at > 0 and piece.has("be")) for at, piece in enumerate(before))


def _target(pieces: Sequence[Piece], at: int) -> str:
    """What follows an operator, or else stands before it: rounds, parties, or what is listed."""
    for piece in pieces[at + 1 :]:
        if _is_rounds(piece):
            return "rounds"
        if piece.has(*_PARTIES, *_PEOPLE) or piece.of_kind("actor"):
            return "parties"
        if piece.has(*_LISTED) or piece.of_kind("topic"):
            return "listed"
        if not (piece.has(*_BETWEEN) or piece.unknown):
            break
    before = pieces[at - 1] if at else None
    if before is None:
        return ""
    if before.rounds or before.period or before.has(*_ROUNDS):
        return "rounds"
    return "parties" if before.of_kind("actor") or before.has(*_PARTIES, *_PEOPLE) else ""
