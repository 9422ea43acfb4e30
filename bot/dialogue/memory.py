"""What is kept of a turn so that its buttons work later, also after a restart: its questions, not its answer."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from bot.question import Period, Question, RoundPhrase
from bot.question.turn import Turn


@dataclass(frozen=True, slots=True)
class Memory:
    """A turn without its answer, which is made anew from `asked` when it is wanted (TalksBot.recall)."""

    question: Question
    asked: tuple[Question, ...] = ()
    of_sources: bool = False
    rounds: tuple[str, ...] = ()
    persons: tuple[str, ...] = ()
    pending: bool = False
    read_as: str = ""

    @classmethod
    def of(cls, turn: Turn) -> Memory:
        """What is to be kept of a turn."""
        return cls(turn.question, turn.asked, turn.of_sources, turn.rounds, turn.persons, turn.pending, turn.answer.read_as)


def as_json(value: Any) -> Any:
    """A Memory, Question, RoundPhrase or Period as JSON-able data: only what differs from the default."""
    if isinstance(value, (Memory, Question, RoundPhrase, Period)):
        set_fields = ((field, getattr(value, field.name)) for field in fields(value))
        return {field.name: as_json(found) for field, found in set_fields if found != field.default}
    if isinstance(value, tuple):
        return [as_json(one) for one in value]
    return value.isoformat() if isinstance(value, date) else value


def _phrase(body: dict[str, Any]) -> RoundPhrase:
    base = body.get("base")
    return RoundPhrase(**{**_tuples(body), "base": _phrase(base) if base else None})


def _period(body: dict[str, Any]) -> Period:
    return Period(**{**body, "since": date.fromisoformat(body["since"]), "until": date.fromisoformat(body["until"])})


def _question(body: dict[str, Any]) -> Question:
    values = _tuples(body)
    values["rounds"] = tuple(_phrase(one) for one in body.get("rounds", ()))
    values["period"] = _period(body["period"]) if body.get("period") else None
    return Question(**values)


def _tuples(body: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in body.items()}


def memory_of(body: dict[str, Any]) -> Memory:
    """The Memory that `as_json` made `body` of. Raises KeyError or TypeError when another version made it."""
    values = _tuples(body)
    values["question"] = _question(body["question"])
    values["asked"] = tuple(_question(one) for one in body.get("asked", ()))
    return Memory(**values)
