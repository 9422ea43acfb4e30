"""From the tree of a row to a checked row; every error is kept, with its place, until all are known."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from knowledge.packs.errors import PackError, nearest
from knowledge.packs.fields import DISPUTE, SECTIONS, Field, Section
from knowledge.packs.invisible_characters import UNSEEN, called
from knowledge.packs.tree import Node

MAX_TEXT = 4_000
Stored = Callable[[str, str], Mapping[str, Any] | None]
"""(kind, key) → the body that a pack has under them, or None."""
_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,99}")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_URL = re.compile(r"https?://[^\s<>\"]{3,2000}")


@dataclass(frozen=True, slots=True)
class Row:
    """A checked row of a pack: its kind of fact, key, body (JSON-able, only what is set) and line."""

    kind: str
    key: str
    body: dict[str, Any]
    line: int = 0

    @property
    def label(self) -> str:
        """How the row is named in messages."""
        return f"{self.kind} {self.key}"


def row_key(kind: str, body: Mapping[str, Any]) -> str:
    """The key of a row (docs/pack-format.md); a statement without an id gets one that follows from what it says."""
    if kind == "round":
        return f"{body['talks']}/{body['number']}"
    if kind == "attendance":
        return f"{body['round']}:{body['actor']}"
    if kind == "retract":
        return f"{body['kind']} {body['key']}"
    if kind == "statement" and "id" not in body:
        said = "|".join(str(body.get(name, "")) for name in ("round", "date", "speaker", "act", "text"))
        where = str(body.get("round") or body.get("date") or "undated").replace("/", "-")
        return f"{where}-{hashlib.sha256(said.encode()).hexdigest()[:10]}"
    return str(body["id"])


def _claimed_key(fields: Mapping[str, Node]) -> str:
    """The key that a row with errors would have, so that what refers to it is not wrong as well."""
    said = {name: str(fields[name].value) for name in ("id", "talks", "number") if name in fields}
    return said.get("id") or f"{said.get('talks')}/{said.get('number')}"


class RowReader:
    """Reads rows of a file named `file`; `errors` has what is wrong, `broken` the (kind, key) of rows that are.

    `stored` gives what a row said before; fields that it is now silent about stay.
    """

    def __init__(self, file: str, stored: Stored = lambda kind, key: None) -> None:
        self.file = file
        self.stored = stored
        self.errors: list[PackError] = []
        self.row = ""
        self.broken: set[tuple[str, str]] = set()
        self.readers: dict[str, Callable[[Node, Field, str], Any]] = {
            "id": self.id,
            "ref": self.ref,
            "text": self.text,
            "url": self.url,
            "date": self.date,
            "number": self.number,
            "flag": self.flag,
            "choice": self.choice,
            "refs": self.listing,
            "texts": self.listing,
            "disputes": self.disputes,
        }

    def error(self, line: int, name: str, problem: str) -> None:
        self.errors.append(PackError(self.file, line, self.row, name, problem))

    def section(self, rows: list[Row], name: str, node: Node) -> None:
        if node.value is None:
            return
        if not isinstance(node.value, list):
            self.error(node.line, name, "a list of rows was expected, each starting with “- ”")
            return
        for number, item in enumerate(node.value, 1):
            self.row = f"{name} row {number}"
            self.add(rows, SECTIONS[name], item)

    def add(self, rows: list[Row], section: Section, node: Node) -> None:
        """Reads one row and adds it to `rows` when nothing is wrong with it."""
        if not isinstance(node.value, dict):
            self.error(node.line, "", "a row of “key: value” pairs was expected")
            return
        count = len(self.errors)
        self.name(node, section)
        body = self.fields(node, section.fields)
        key = ""
        if len(self.errors) == count:
            key = row_key(section.kind, body)
            if section.kind == "statement":
                body["id"] = key
            old = self.stored(section.kind, key) or {}
            body = {name: value for name, value in old.items() if name not in node.value} | body
        self.together(body, node, section)
        if len(self.errors) == count:
            rows.append(Row(section.kind, key, body, node.line))
        else:
            self.broken.add((section.kind, _claimed_key(node.value)))

    def name(self, node: Node, section: Section) -> None:
        """How the row that is being read is named in messages, once it says more than its number."""
        assert isinstance(node.value, dict)
        identity = node.value.get("id")
        if identity and isinstance(identity.value, str):
            self.row = f"{section.kind} {identity.value[:100]}"
        elif section.kind == "attendance":
            parts = [node.value[n].value for n in ("round", "actor") if n in node.value]
            self.row = "attendance " + ":".join(str(part)[:100] for part in parts)

    def together(self, body: Mapping[str, Any], node: Node, section: Section) -> None:
        """Checks what the fields of a row say together."""
        assert isinstance(node.value, dict)
        if not body.get("sources") and any(name in body for name in section.sourced_by):
            self.error(
                node.line,
                "sources",
                f"missing: a row that states {' or '.join(section.sourced_by)} names its sources",
            )
        if section.kind == "round" and {"starts", "ends"} <= body.keys() and body["ends"] < body["starts"]:
            self.error(node.value["ends"].line, "ends", f"{body['ends']} is before the start, {body['starts']}")
        if body.get("onwards") and body.get("status") not in ("absent", "declined"):
            self.error(node.line, "onwards", "it goes with status absent or declined only")
        for dispute in body.get("disputed", ()):
            self.disputed_value(dispute, section, node.value.get("disputed", node).line)

    def fields(self, node: Node, specs: Mapping[str, Field], whole: bool = True) -> dict[str, Any]:
        """The fields of a row; unless it is `whole`, it may lack some that are required."""
        assert isinstance(node.value, dict)
        body: dict[str, Any] = {}
        for name, child in node.value.items():
            if name in specs:
                self.field(body, name, child, specs[name])
            else:
                self.error(child.line, name, f"unknown key{nearest(name, specs)}")
        for name, spec in specs.items():
            if whole and spec.required and name not in node.value:
                self.error(node.line, name, "missing: this field is required")
        return body

    def field(self, body: dict[str, Any], name: str, node: Node, spec: Field) -> None:
        if node.value is None or node.value in ([], ""):
            if spec.required:
                self.error(node.line, name, "it is empty: this field is required")
            return
        value = self.readers[spec.type](node, spec, name)
        if value is not None and value is not False:
            body[name] = value

    def text(self, node: Node, spec: Field, name: str) -> str | None:
        if not isinstance(node.value, str):
            self.error(node.line, name, "a text was expected, not a list or mapping")
            return None
        if invisible_characters := UNSEEN.search(node.value):
            self.error(node.line, name, f"it holds the unseen character {called(invisible_characters[0])}; remove it")
            return None
        text = " ".join(node.value.split())
        if len(text) > MAX_TEXT:
            self.error(node.line, name, f"it has {len(text):,} characters, {MAX_TEXT:,} are allowed")
            return None
        if not text:
            self.error(node.line, name, "it is blank")
            return None
        return text

    def id(self, node: Node, spec: Field, name: str) -> str | None:
        text = self.text(node, spec, name)
        if text and not _ID.fullmatch(text):
            self.error(
                node.line,
                name,
                f"“{text[:100]}” is no id: lower-case letters, digits, “-”, “.” and “_” were expected",
            )
            return None
        return text

    def ref(self, node: Node, spec: Field, name: str) -> str | None:
        return self.text(node, spec, name)

    def url(self, node: Node, spec: Field, name: str) -> str | None:
        text = self.text(node, spec, name)
        if text and not _URL.fullmatch(text):
            self.error(node.line, name, f"“{text[:100]}” is no address: https://… was expected")
            return None
        return text

    def date(self, node: Node, spec: Field, name: str) -> str | None:
        text = self.text(node, spec, name)
        if text is None:
            return None
        if not _DATE.fullmatch(text):
            self.error(node.line, name, f"“{text[:40]}” is no date: year-month-day was expected, as 2017-01-23")
            return None
        try:
            return date.fromisoformat(text).isoformat()
        except ValueError:
            self.error(node.line, name, f"there is no day {text}")
            return None

    def number(self, node: Node, spec: Field, name: str) -> int | None:
        text = self.text(node, spec, name)
        if text is None:
            return None
        if not re.fullmatch(r"\d{1,4}", text) or int(text) < 1:
            self.error(node.line, name, f"“{text[:40]}” is no round number: a whole number from 1 was expected")
            return None
        return int(text)

    def flag(self, node: Node, spec: Field, name: str) -> bool | None:
        if node.plain and node.value in ("true", "false"):
            return node.value == "true"
        self.error(node.line, name, f"“{str(node.value)[:40]}” was found: true or false was expected")
        return None

    def choice(self, node: Node, spec: Field, name: str) -> str | None:
        text = self.text(node, spec, name)
        if text and text not in spec.choices:
            words = ", ".join(spec.choices)
            self.error(
                node.line,
                name,
                f"“{text[:40]}” was found: one of {words} was expected{nearest(text, spec.choices)}",
            )
            return None
        return text

    def listing(self, node: Node, spec: Field, name: str) -> list[str] | None:
        if not isinstance(node.value, list):
            self.error(node.line, name, "a list was expected, as [one, two]")
            return None
        values = [self.text(item, spec, name) for item in node.value if item.value is not None]
        return list(dict.fromkeys(value for value in values if value)) or None

    def disputes(self, node: Node, spec: Field, name: str) -> list[dict[str, Any]] | None:
        if not isinstance(node.value, list):
            self.error(node.line, name, "a list of rows was expected, each with field, value and sources")
            return None
        found = []
        for item in node.value:
            if isinstance(item.value, dict):
                found.append(self.fields(item, DISPUTE))
            else:
                self.error(item.line, name, "a row with field, value and sources was expected")
        return [one for one in found if {"field", "value", "sources"} <= one.keys()] or None

    def disputed_value(self, dispute: dict[str, Any], section: Section, line: int) -> None:
        spec = section.fields.get(dispute["field"])
        if spec is None or spec.type in ("disputes", "id"):
            self.error(
                line,
                "disputed",
                f"“{dispute['field']}” is no field of a {section.kind}{nearest(dispute['field'], section.fields)}",
            )
        elif spec.type in ("date", "number", "choice", "url", "flag"):
            self.readers[spec.type](Node(line, dispute["value"], True), spec, f"disputed {dispute['field']}")

    def doubles(self, rows: Sequence[Row]) -> None:
        """Notes an error for every row whose key an earlier one has."""
        counts = Counter((row.kind, row.key) for row in rows)
        if not any(count > 1 for count in counts.values()):
            return
        first: dict[tuple[str, str], int] = {}
        for row in rows:
            at = row.kind, row.key
            if at in first:
                self.row = row.label
                where = f" on line {first[at]}" if first[at] else ""
                self.error(row.line, "", f"the same key stands{where} already; a key is stated once")
            first.setdefault(at, row.line)
