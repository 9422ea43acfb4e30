"""The sections of a pack and the fields of their rows, as data (docs/pack-format.md)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from knowledge.facts import ACTOR_KINDS, ACTS, ROLES, STATUSES


@dataclass(frozen=True, slots=True)
class Field:
    """What may stand in a field.

    `type`: id | text | url | date | number | flag | choice | ref | refs | texts | disputes. `ref` is the kind of fact that a
    ref or refs names; `choices` are the words of a choice.
    """

    type: str = "text"
    required: bool = False
    ref: str = ""
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A section of a pack: the kind of its rows, their fields, and the fields whose presence asks for `sources`."""

    kind: str
    fields: Mapping[str, Field] = field(default_factory=dict)
    sourced_by: tuple[str, ...] = ()


_ID = Field("id", required=True)
_NEED = Field(required=True)
_TEXT = Field()
_ALIASES = Field("texts")
_SOURCES = Field("refs", ref="source")
_NEED_SOURCES = Field("refs", required=True, ref="source")
_ABOUT = Field("refs", ref="topic")
_ACTOR = Field("ref", required=True, ref="actor")
_MEMBERS = Field("refs", ref="actor")
_DISPUTED = Field("disputes")

SECTIONS: Mapping[str, Section] = {
    "sources": Section(
        "source",
        {
            "id": _ID,
            "publisher": _NEED,
            "title": _NEED,
            "published": Field("date"),
            "url": Field("url"),
            "language": _TEXT,
            "note": _TEXT,
        },
    ),
    "actors": Section(
        "actor",
        {
            "id": _ID,
            "kind": Field("choice", required=True, choices=ACTOR_KINDS),
            "name": _NEED,
            "in_text": _TEXT,
            "demonym": _TEXT,
            "aliases": _ALIASES,
            "affiliation": Field("ref", ref="actor"),
            "members": _MEMBERS,
            "role": _TEXT,
            "sources": _SOURCES,
        },
        sourced_by=("role",),
    ),
    "topics": Section("topic", {"id": _ID, "name": _NEED, "aliases": _ALIASES}),
    "talks": Section(
        "talks",
        {"id": _ID, "name": _NEED, "aliases": _ALIASES, "summary": _TEXT, "sources": _SOURCES},
        sourced_by=("summary",),
    ),
    "rounds": Section(
        "round",
        {
            "talks": Field("ref", required=True, ref="talks"),
            "number": Field("number", required=True),
            "starts": Field("date", required=True),
            "ends": Field("date", required=True),
            "city": _TEXT,
            "country": _TEXT,
            "venue": _TEXT,
            "note": _TEXT,
            "sources": _NEED_SOURCES,
            "disputed": _DISPUTED,
        },
    ),
    "attendance": Section(
        "attendance",
        {
            "round": Field("ref", required=True, ref="round"),
            "actor": _ACTOR,
            "role": Field("choice", required=True, choices=ROLES),
            "status": Field("choice", required=True, choices=STATUSES),
            "head": Field("ref", ref="actor"),
            "members": _MEMBERS,
            "onwards": Field("flag"),
            "note": _TEXT,
            "sources": _NEED_SOURCES,
            "disputed": _DISPUTED,
        },
    ),
    "statements": Section(
        "statement",
        {
            "id": Field("id"),
            "round": Field("ref", ref="round"),
            "date": Field("date"),
            "speaker": _ACTOR,
            "act": Field("choice", required=True, choices=ACTS),
            "to": _MEMBERS,
            "about": _ABOUT,
            "text": _NEED,
            "quote": _TEXT,
            "note": _TEXT,
            "sources": _NEED_SOURCES,
            "disputed": _DISPUTED,
        },
    ),
    "events": Section(
        "event",
        {
            "id": _ID,
            "date": Field("date", required=True),
            "name": _NEED,
            "place": _TEXT,
            "text": _TEXT,
            "about": _ABOUT,
            "note": _TEXT,
            "sources": _NEED_SOURCES,
            "disputed": _DISPUTED,
        },
    ),
    "retract": Section(
        "retract",
        {
            "kind": Field("choice", required=True, choices=("round", "attendance", "statement", "event")),
            "key": _NEED,
            "reason": _NEED,
        },
    ),
}
HEAD = {"pack": _ID, "title": _TEXT, "as_of": Field("date"), "license": _TEXT, "about": _TEXT}
BY_KIND = {section.kind: section for section in SECTIONS.values()}
SECTION_OF = {section.kind: name for name, section in SECTIONS.items()}
DISPUTE = {"field": _NEED, "value": _NEED, "note": _TEXT, "sources": _NEED_SOURCES}

DESCRIBED = ("source", "actor", "topic", "talks")
"""Kinds that several packs may describe; rows of the others belong to one pack."""
FACTS = ("round", "attendance", "statement", "event")


def references(kind: str, body: Mapping[str, object]) -> set[tuple[str, str]]:
    """The (kind, key) pairs of all facts that a row refers to."""
    found: set[tuple[str, str]] = set()
    if kind not in BY_KIND:
        return found
    for name, spec in BY_KIND[kind].fields.items():
        value = body.get(name)
        if spec.type == "ref" and isinstance(value, str):
            found.add((spec.ref, value))
        elif spec.type == "refs" and isinstance(value, list):
            found.update((spec.ref, one) for one in value)
        elif spec.type == "disputes" and isinstance(value, list):
            for one in value:
                found.update(("source", source) for source in one.get("sources", ()))
                disputed = BY_KIND[kind].fields.get(one["field"])
                if disputed and disputed.ref:
                    found.add((disputed.ref, one["value"]))
    return found
