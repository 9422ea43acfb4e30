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
    """How rounds were named: by number, from an edge ("the last two"), from another round ("the one after 13"), or "that".

    `since` and `until` are the first and the last of a stretch ("before round 12"), 0 where it has no bound.
    """

    numbers: tuple[int, ...] = ()
    edge: Literal["", "first", "last"] = ""
    count: int = 1
    nth: int = 1
    offset: int = 0
    base: RoundPhrase | None = None
    anaphor: bool = False
    talks: str = ""
    place: str = ""
    since: int = 0
    until: int = 0

    @property
    def open(self) -> bool:
        """Whether it names no rounds one by one, but those from `since` to `until` (0: no bound)."""
        return bool(self.since or self.until)


@dataclass(frozen=True, slots=True)
class Question:
    """An intent with its slots; ids of actors by the part they play. Lists of ids mean "any of".

    `operators` say what is wanted of them: "all rounds", "all", "none", "any", "but" (bot/reading/operators.py);
    `besides` are the actors, `besides_roles` the roles that are left out.
    """

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
    operators: tuple[str, ...] = ()
    besides: tuple[str, ...] = ()
    besides_roles: tuple[str, ...] = ()

    def but(self, **changes: object) -> Self:
        """The same question with some slots replaced."""
        return replace(self, **changes)  # type: ignore[arg-type]
