"""Telegram's text formatting: HTML to plain text with entities, and the entities that it finds in users' texts itself."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]

TYPES = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "code": "code",
    "pre": "pre",
    "a": "text_link",
    "blockquote": "blockquote",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "tg-emoji": "custom_emoji",
}
_NAME = re.compile(r"<([^\s>]*)")
_ATTRIBUTE = re.compile(r"""\s*([^\s=>]+)(?:\s*=\s*("[^"]*"|'[^']*'|[A-Za-z0-9.-]+))?""")
_END = re.compile(r"\s*>")
_CLOSE = re.compile(r"</([^\s>]*)\s*>")
_REFERENCE = re.compile(r"&(?:#x([0-9a-fA-F]+)|#([0-9]+)|([a-zA-Z]+));?")
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_COMMAND = re.compile(r"(?<![\w/<>])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/<>])")
_MENTION = re.compile(r"(?<!\w)@[A-Za-z0-9_]{3,32}\b")


class HtmlError(ValueError):
    """The text is not HTML as Telegram reads it; says why in Telegram's words."""


def utf16(text: str) -> int:
    """The length of a text in UTF-16 units, as Telegram counts."""
    return len(text.encode("utf-16-le")) // 2


def found_entities(text: str) -> list[Json]:
    """The commands and mentions in a text that a user wrote."""
    found = [
        (match, kind) for kind, form in (("bot_command", _COMMAND), ("mention", _MENTION)) for match in form.finditer(text)
    ]
    entities = [{"type": kind, "offset": utf16(text[: match.start()]), "length": utf16(match[0])} for match, kind in found]
    return sorted(entities, key=lambda entity: entity["offset"])


def trimmed(text: str, entities: list[Json]) -> tuple[str, list[Json]]:
    """The text without white space around it, as Telegram keeps it, and its entities in the new places."""
    lead = min([len(text) - len(text.lstrip()), *(entity["offset"] for entity in entities)])
    text = text[lead:].rstrip()
    end = utf16(text)
    moved = [{**entity, "offset": entity["offset"] - lead} for entity in entities]
    clipped = [{**entity, "length": min(entity["length"], end - entity["offset"])} for entity in moved]
    return text, [entity for entity in clipped if entity["length"] > 0]


def parse_html(source: str) -> tuple[str, list[Json]]:
    """The plain text and the entities of a text in Telegram's HTML."""
    return _Parser(source).run()


def _decoded(text: str) -> str:
    """The text with the four named references and the numeric ones replaced; others stay as they are."""

    def character(match: re.Match[str]) -> str:
        """What one reference stands for."""
        code = int(match[1], 16) if match[1] else int(match[2] or 0)
        return chr(code) if 0 < code < 0x10FFFF else _NAMED.get(match[3] or "", match[0])

    return _REFERENCE.sub(character, text)


@dataclass
class _Tag:
    """An open tag."""

    name: str
    attributes: dict[str, str]
    offset: int


class _Parser:
    """Reads one text from front to back."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.plain: list[str] = []
        self.length = 0
        self.open: list[_Tag] = []
        self.entities: list[Json] = []

    def run(self) -> tuple[str, list[Json]]:
        """The plain text and its entities."""
        at = 0
        while (tag := self.source.find("<", at)) >= 0:
            self._text(self.source[at:tag])
            at = self._close(tag) if self.source.startswith("</", tag) else self._start(tag)
        self._text(self.source[at:])
        if self.open:
            raise HtmlError(f'Can\'t find end tag corresponding to start tag "{self.open[-1].name}"')
        return "".join(self.plain), _ordered(self.entities)

    def _text(self, text: str) -> None:
        """Takes text between tags."""
        plain = _decoded(text)
        self.plain.append(plain)
        self.length += utf16(plain)

    def _place(self, at: int) -> str:
        """A place in the source, in Telegram's words."""
        return f"at byte offset {len(self.source[:at].encode())}"

    def _start(self, at: int) -> int:
        """Reads a start tag; returns where it ends."""
        match = _NAME.match(self.source, at)
        if match is None or match.end() == len(self.source):
            raise HtmlError(f"Unclosed start tag {self._place(at)}")
        name = match[1].lower()
        if name not in TYPES:
            raise HtmlError(f'Unsupported start tag "{name}" {self._place(at)}')
        attributes, end = self._attributes(name, at, match.end())
        if name == "span" and attributes.get("class") != "tg-spoiler":
            raise HtmlError(f'Tag "span" must have class "tg-spoiler" {self._place(at)}')
        if name == "tg-emoji" and not attributes.get("emoji-id"):
            raise HtmlError(f'Tag "tg-emoji" must have attribute "emoji-id" {self._place(at)}')
        self.open.append(_Tag(name, attributes, self.length))
        return end

    def _attributes(self, name: str, at: int, start: int) -> tuple[dict[str, str], int]:
        """The attributes of a tag, and where the tag ends."""
        attributes: dict[str, str] = {}
        while not (end := _END.match(self.source, start)):
            match = _ATTRIBUTE.match(self.source, start)
            if self.source[start:].lstrip()[:1] in ("", "="):
                raise HtmlError(f"Unclosed start tag {self._place(at)}")
            if match is None:
                raise HtmlError(f'Empty attribute name in the tag "{name}" {self._place(at)}')
            attributes[match[1].lower()] = _decoded((match[2] or "").strip("\"'"))
            start = match.end()
        return attributes, end.end()

    def _close(self, at: int) -> int:
        """Reads an end tag; returns where it ends."""
        if not self.open:
            raise HtmlError(f"Unexpected end tag {self._place(at)}")
        match = _CLOSE.match(self.source, at)
        if match is None:
            raise HtmlError(f"Unclosed end tag {self._place(at)}")
        tag, name = self.open.pop(), match[1].lower()
        if name not in ("", tag.name):
            raise HtmlError(f'Unmatched end tag {self._place(at)}, expected "</{tag.name}>", found "</{name}>"')
        if self.length > tag.offset:
            self._entity(tag)
        return match.end()

    def _entity(self, tag: _Tag) -> None:
        """Adds the entity of a tag that was closed; a link without a usable address leaves none."""
        entity: Json = {"type": TYPES[tag.name], "offset": tag.offset, "length": self.length - tag.offset}
        if tag.name == "a":
            entity["url"] = tag.attributes.get("href") or "".join(self.plain).encode("utf-16-le")[tag.offset * 2 :].decode(
                "utf-16-le"
            )
            if not re.match(r"(https?://|tg://|mailto:|tel:)?[^\s/]+\.?\S*$", entity["url"]):
                return
        if tag.name == "blockquote" and "expandable" in tag.attributes:
            entity["type"] = "expandable_blockquote"
        if tag.name == "tg-emoji":
            entity["custom_emoji_id"] = tag.attributes["emoji-id"]
        if tag.name == "code" and tag.attributes.get("class", "").startswith("language-"):
            entity["language"] = tag.attributes["class"].removeprefix("language-")
        self.entities.append(entity)


def _inside(inner: Json, outer: Json) -> bool:
    """Whether an entity lies within another."""
    start, end = outer["offset"], outer["offset"] + outer["length"]
    return bool(start <= inner["offset"] and inner["offset"] + inner["length"] <= end)


def _ordered(entities: list[Json]) -> list[Json]:
    """The entities in Telegram's order; what stands inside code has no format of its own, but may name the code's language."""
    kept = []
    for at, entity in enumerate(entities):
        # A tag that holds another is closed after it.
        blocks = [outer for outer in entities[at + 1 :] if outer["type"] in ("pre", "code") and _inside(entity, outer)]
        for outer in blocks:
            if outer["type"] == "pre" and outer["length"] == entity["length"] and "language" in entity:
                outer["language"] = entity["language"]
        if not blocks:
            kept.append(entity)
    for entity in kept:
        if entity["type"] == "code":
            entity.pop("language", None)
    return sorted(kept, key=lambda entity: (entity["offset"], -entity["length"]))
