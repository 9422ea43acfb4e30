"""Forms for one fact: their fields, what may be chosen for each, and from what was typed to the row of a pack."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.chat.completion import Choice, Completion
from knowledge.packs.fields import SECTIONS, Field
from knowledge.store import FactStore
from knowledge.text import norm

SECTION_OF_FORM = {
    "statement": "statements",
    "attendance": "attendance",
    "round": "rounds",
    "source": "sources",
    "actor": "actors",
}
_LEFT_OUT = frozenset({"id", "disputed", "members", "onwards", "language", "in_text"})
_FIRST = ("publisher", "title", "name", "kind", "speaker", "act", "text", "talks", "number", "starts", "ends", "round", "actor")
PROMPTS = {
    "speaker": "Who said it: a country, a delegation or a person",
    "act": "What they did: asked, said, agreed …",
    "text": "What, as it reads on after the act: “Russia to put pressure on Damascus”",
    "to": "To whom, or at whom it was aimed; several with |",
    "about": "About which topics; several with |",
    "date": "The day, as 2024-11-12",
    "quote": "The exact words, short",
    "note": "A remark",
    "round": "At which round",
    "actor": "Which delegation or person",
    "role": "In which role",
    "status": "Whether they attended",
    "head": "Who led the delegation",
    "talks": "Of which talks (their id)",
    "number": "The number of the round",
    "starts": "First day, as 2024-11-11",
    "ends": "Last day, as 2024-11-12",
    "city": "City",
    "country": "Country",
    "venue": "Venue",
    "sources": "Ids of the sources; several with | (add one first: /admin add source)",
    "publisher": "Who published it",
    "title": "Its title",
    "published": "The day it was published, as 2024-11-12",
    "url": "Its address, https://…",
    "name": "The name",
    "kind": "What it is: state, person …",
    "aliases": "Other names; several with |",
    "affiliation": "For whom they speak",
    "demonym": "The adjective, for instance Jordanian",
}


@dataclass(frozen=True, slots=True)
class FormField:
    """A field of a form, in the order in which it is asked for."""

    name: str
    prompt: str
    required: bool
    field: Field

    @property
    def choices(self) -> tuple[str, ...]:
        """The words of a choice."""
        return self.field.choices


def form(kind: str) -> tuple[FormField, ...]:
    """The fields of the form for a kind of fact, required ones first. Raises KeyError for one that has no form."""
    fields = SECTIONS[SECTION_OF_FORM[kind]].fields
    found = [FormField(name, PROMPTS[name], one.required, one) for name, one in fields.items() if name not in _LEFT_OUT]
    order = {name: number for number, name in enumerate(_FIRST)}
    return tuple(sorted(found, key=lambda one: (not one.required, order.get(one.name, 99))))


class Filler:
    """Makes rows from what is typed into forms: names become ids where they name one fact alone."""

    def __init__(self, store: FactStore, completion: Completion, default_talks: str) -> None:
        self.store = store
        self.completion = completion
        self.talks = default_talks

    def choices(self, field: FormField, typed: str = "", most: int = 25) -> list[Choice]:
        """What may be chosen for a field."""
        if field.choices:
            return [Choice(one, one) for one in field.choices if norm(typed) in norm(one)][:most]
        ref = field.field.ref
        if ref == "source":
            sources = self.store.sources.like(typed, most)
            return [Choice(f"{one.publisher}: {one.title}"[:90], one.id) for one in sources]
        if ref == "talks":
            return [Choice(one.name, one.id) for one in self.store.talks.all().values()][:most]
        if ref in ("actor", "topic", "round"):
            found = self.completion.choices(ref, typed, most)  # type: ignore[arg-type]
            return [Choice(one.label, one.key) for one in found]
        return []

    def row(self, kind: str, typed: Mapping[str, str]) -> tuple[str, dict[str, Any]]:
        """(section, row) of a filled form. What names no fact stays as it was typed, so that the check names it."""
        given: dict[str, Any] = {}
        for field in form(kind):
            text = typed.get(field.name, "").strip()
            if text:
                given[field.name] = self._value(field, text)
        if kind == "source":
            given["id"] = self._source_id(given)
        elif kind == "actor":
            given["id"] = self._one("actor", given.get("name", "")) or _slug(given.get("name", ""))
        return SECTION_OF_FORM[kind], given

    def _value(self, field: FormField, text: str) -> Any:
        ref = field.field.ref
        if field.field.type in ("refs", "texts"):
            parts = [one.strip() for one in re.split(r"[|\n]|[,;](?=\s|\S)" if ref else r"[|\n]", text) if one.strip()]
            return [self._one(ref, one) or one for one in parts] if ref else parts
        if ref:
            return self._one(ref, text) or text
        if field.choices:
            return next((one for one in field.choices if norm(one) == norm(text)), text)
        return text

    def _one(self, ref: str, text: str) -> str:
        """The id that a text means, or "" when it means none or several."""
        if ref == "round":
            number = re.fullmatch(r"(?:round\s+|#)?(\d{1,4})", text.strip(), re.IGNORECASE)
            return f"{self.talks}/{number[1]}" if number else ""
        if ref == "actor" and self.store.actors.by_id([text]):
            return text
        if ref == "topic" and self.store.topics.by_id([text]):
            return text
        found = [name for name in self.store.names.meanings([norm(text).removeprefix("the ")]) if name.kind == ref]
        whole = {name.id for name in found if name.sort in ("name", "alias", "person")} or {name.id for name in found}
        return whole.pop() if len(whole) == 1 else ""

    def _source_id(self, given: Mapping[str, Any]) -> str:
        base = "-".join(filter(None, [_slug(given.get("publisher", ""))[:40], str(given.get("published", ""))]))
        found, number = base, 1
        while (known := self.store.sources.by_id([found])) and known[found].title != given.get("title"):
            number += 1
            found = f"{base}-{number}"
        return found


def _slug(name: str) -> str:
    return norm(name).replace(" ", "-")[:60] or "x"
