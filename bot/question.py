"""What is asked: the intent, and what about."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Literal, Self


@dataclass(frozen=True, slots=True)
class Period:
    """Days from `since` to `until`, both included; `text` is how it reads: "December 2017"."""

    since: date
    until: date
    text: str
    month: int = 0

    @property
    def years(self) -> bool:
        """Whether it is longer than a month."""
        return (self.until - self.since).days > 31


@dataclass(frozen=True, slots=True)
class RoundPhrase:
    """How rounds were named: by number, from an edge ("the last two"), from another round ("the one after 13"), or "that"."""

    numbers: tuple[int, ...] = ()
    edge: Literal["", "first", "last"] = ""
    count: int = 1
    nth: int = 1
    offset: int = 0
    base: RoundPhrase | None = None
    pointing: bool = False
    talks: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """An intent with its slots; ids of actors by the part they play. Lists of ids mean "any of"."""

    intent: str
    rounds: tuple[RoundPhrase, ...] = ()
    actor: tuple[str, ...] = ()
    speaker: tuple[str, ...] = ()
    addressee: tuple[str, ...] = ()
    mention: tuple[str, ...] = ()
    role: str = ""
    topics: tuple[str, ...] = ()
    acts: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    period: Period | None = None
    talks: str = ""
    kind: str = ""
    title: str = ""
    polar: bool = False
    wants: tuple[str, ...] = ()

    def but(self, **changes: object) -> Self:
        """The same question with some slots replaced."""
        return replace(self, **changes)  # type: ignore[arg-type]
