"""What a peer gives for a question, and what it is built from."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from bot.telling.answer import Answer


@dataclass(frozen=True)
class Given:
    """What is said to a question, in the form that goes between processes; no facts and another status: a refusal."""

    status: str
    text: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    verdict: str | None = None

    @property
    def answered(self) -> bool:
        """Whether it is an answer and no refusal."""
        return self.status == "answered"


REFUSED = Given("unknown")


@dataclass(frozen=True)
class Fact:
    """A fact as the judge looks at it."""

    KIND: str
    key: str


def as_answer(given: Given) -> Answer:
    """What was given, in the form that the judge reads."""
    facts: Any = tuple(Fact(kind, key) for kind, key in given.facts)
    return Answer(given.status, given.text, verdict=given.verdict, heading_facts=facts)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Stored:
    """A question of the tuning half with its right answer, as a list of frequently asked questions has it."""

    id: str
    text: str
    given: Given


@dataclass(frozen=True)
class Setting:
    """What all peers are built from: the store of facts, and the stored questions."""

    database: Path
    stored: tuple[Stored, ...] = field(default=())


class Peer(Protocol):
    """A way of answering. `options` are the variants of it that the tuning half chooses from."""

    options: tuple[dict[str, Any], ...]

    def guess(self, text: str, options: dict[str, Any], but: str = "") -> tuple[float, Given]:
        """(how sure it is, what it would say); `but` is the id of a stored question that must not be used."""


def polar(text: str) -> bool:
    """Whether a question wants a yes or a no, as far as its first word tells."""
    first = text.lower().split(" ", 1)[0]
    return first in ("did", "was", "were", "is", "are", "has", "have", "had", "does", "do", "didn't", "wasn't", "weren't")
