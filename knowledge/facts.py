"""The kinds of fact, as frozen dataclasses (pack format: docs/pack-format.md)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Self

import msgspec

ACTOR_KINDS = ("state", "organisation", "bloc", "delegation", "armed-group", "person")
ROLES = ("guarantor", "syrian-party", "observer", "host", "mediator", "party")
STATUSES = ("attended", "absent", "declined", "invited")
ACTS = (
    "asked",
    "said",
    "proposed",
    "agreed",
    "rejected",
    "condemned",
    "hoped",
    "warned",
    "announced",
    "accused",
    "refused",
)

Body = Mapping[str, Any]
"""A row of a pack as JSON-able data: only the fields that are set, dates as ISO strings."""


class _Row:
    """Makes a fact from its body: fields that are not set keep their defaults."""

    @classmethod
    def of(cls, body: Body) -> Self:
        """The fact that `body` (a row of a pack, already checked) describes."""
        return msgspec.convert(body, cls)


@dataclass(frozen=True, slots=True)
class Dispute(_Row):
    """What another source says of one field of a fact."""

    field: str
    value: str
    note: str = ""
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Source(_Row):
    """Where a fact comes from."""

    id: str
    publisher: str
    title: str
    published: date | None = None
    url: str = ""
    language: str = "en"
    note: str = ""

    KIND = "source"

    @property
    def key(self) -> str:
        """The id, unique over all packs."""
        return self.id


@dataclass(frozen=True, slots=True)
class Actor(_Row):
    """A state, organisation, bloc, delegation, armed group or person."""

    id: str
    kind: str
    name: str
    in_text: str = ""
    demonym: str = ""
    aliases: tuple[str, ...] = ()
    affiliation: str = ""
    members: tuple[str, ...] = ()
    role: str = ""
    sources: tuple[str, ...] = ()

    KIND = "actor"

    @property
    def key(self) -> str:
        """The id, unique over all packs."""
        return self.id

    @property
    def inside(self) -> str:
        """The name as it stands inside a sentence: "the United States"."""
        return self.in_text or self.name


@dataclass(frozen=True, slots=True)
class Topic(_Row):
    """A matter that is talked about."""

    id: str
    name: str
    aliases: tuple[str, ...] = ()

    KIND = "topic"

    @property
    def key(self) -> str:
        """The id, unique over all packs."""
        return self.id


@dataclass(frozen=True, slots=True)
class Talks(_Row):
    """A series of rounds."""

    id: str
    name: str
    aliases: tuple[str, ...] = ()
    summary: str = ""
    sources: tuple[str, ...] = ()

    KIND = "talks"

    @property
    def key(self) -> str:
        """The id, unique over all packs."""
        return self.id


@dataclass(frozen=True, slots=True)
class Round(_Row):
    """One round of a series of talks."""

    talks: str
    number: int
    starts: date
    ends: date
    city: str = ""
    country: str = ""
    venue: str = ""
    note: str = ""
    sources: tuple[str, ...] = ()
    disputed: tuple[Dispute, ...] = ()

    KIND = "round"

    @property
    def key(self) -> str:
        """`talks/number`."""
        return f"{self.talks}/{self.number}"


@dataclass(frozen=True, slots=True)
class Attendance(_Row):
    """Who was at a round, or notably was not."""

    round: str
    actor: str
    role: str
    status: str
    head: str = ""
    members: tuple[str, ...] = ()
    onwards: bool = False
    note: str = ""
    sources: tuple[str, ...] = ()
    disputed: tuple[Dispute, ...] = ()

    KIND = "attendance"

    @property
    def key(self) -> str:
        """`round:actor`."""
        return f"{self.round}:{self.actor}"


@dataclass(frozen=True, slots=True)
class Statement(_Row):
    """Who asked, said, agreed, rejected … what, and to whom."""

    id: str
    speaker: str
    act: str
    text: str
    round: str = ""
    date: date | None = None
    to: tuple[str, ...] = ()
    about: tuple[str, ...] = ()
    quote: str = ""
    note: str = ""
    sources: tuple[str, ...] = ()
    disputed: tuple[Dispute, ...] = ()

    KIND = "statement"

    @property
    def key(self) -> str:
        """The id, unique over all packs."""
        return self.id


@dataclass(frozen=True, slots=True)
class Event(_Row):
    """Something dated that is no round."""

    id: str
    date: date
    name: str
    text: str = ""
    place: str = ""
    about: tuple[str, ...] = ()
    note: str = ""
    sources: tuple[str, ...] = ()
    disputed: tuple[Dispute, ...] = ()

    KIND = "event"

    @property
    def key(self) -> str:
        """The id, unique over all packs."""
        return self.id


Fact = Source | Actor | Topic | Talks | Round | Attendance | Statement | Event
