"""From the tree of a pack to checked rows; every error is kept, with its place, until all are known."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from knowledge.packs.errors import Limits, PackError, PackRefused, nearest
from knowledge.packs.fields import DISPUTE, HEAD, SECTIONS, Field, Section
from knowledge.packs.tree import Node, parse, refuse
from knowledge.packs.unseen import UNSEEN, called

MAX_TEXT = 4_000
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


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack as read: its id, head, rows, and the file they came from."""

    id: str
    head: dict[str, Any]
    rows: tuple[Row, ...]
    file: str
    digest: str


@dataclass(frozen=True, slots=True)
class Partial:
    """What could be read of a pack with errors: its sound rows, and the (kind, key) of the others as far as they say it."""

    pack: Pack
    broken: frozenset[tuple[str, str]]


def read_pack(data: bytes, file: str, limits: Limits | None = None) -> Pack:
    """Reads a pack (YAML or JSON bytes); `file` is its name in messages.

    Raises PackRefused with all errors of the file. References to other rows are checked when it is loaded, since they may
    stand in packs loaded earlier.
    """
    limits = limits or Limits()
    root = parse(data, file, limits)
    reader = _Reader(file)
    pack = reader.pack(root, limits)
    if reader.errors:
        partial = Partial(Pack(pack[0], pack[1], pack[2], file, ""), frozenset(reader.broken))
        raise PackRefused(sorted(reader.errors, key=lambda error: error.line), partial)
    return Pack(pack[0], pack[1], pack[2], file, hashlib.sha256(data).hexdigest())


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


class _Reader:
    def __init__(self, file: str) -> None:
        self.file = file
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

    def pack(self, root: Node, limits: Limits) -> tuple[str, dict[str, Any], tuple[Row, ...]]:
        if not isinstance(root.value, dict):
            refuse(self.file, root.line, "a pack is a mapping that starts with “pack: its-id”")
        head: dict[str, Any] = {}
        rows: list[Row] = []
        total = sum(len(n.value) for k, n in root.value.items() if k in SECTIONS and isinstance(n.value, list))
        if total > limits.max_rows:
            refuse(
                self.file,
                0,
                f"the pack has {total:,} rows, {limits.max_rows:,} are allowed; split it into several",
            )
        if "pack" not in root.value:
            self.error(root.line, "pack", "missing: the first line must name the pack, as “pack: its-id”")
        for name, node in root.value.items():
            self.row = ""
            if name in HEAD:
                self.field(head, name, node, HEAD[name])
            elif name in SECTIONS:
                self.section(rows, name, node)
            else:
                self.error(node.line, name, f"unknown key{nearest(name, [*HEAD, *SECTIONS])}")
        self.doubles(rows)
        return head.pop("pack", ""), head, tuple(rows)

    def section(self, rows: list[Row], name: str, node: Node) -> None:
        if node.value is None:
            return
        if not isinstance(node.value, list):
            self.error(node.line, name, "a list of rows was expected, each starting with “- ”")
            return
        section = SECTIONS[name]
        for number, item in enumerate(node.value, 1):
            self.row = f"{name} row {number}"
            if not isinstance(item.value, dict):
                self.error(item.line, "", "a row of “key: value” pairs was expected")
                continue
            count = len(self.errors)
            body = self.body(item, section)
            if len(self.errors) == count:
                key = row_key(section.kind, body)
                if section.kind == "statement":
                    body["id"] = key
                rows.append(Row(section.kind, key, body, item.line))
            else:
                self.broken.add((section.kind, _claimed_key(item.value)))

    def body(self, node: Node, section: Section) -> dict[str, Any]:
        assert isinstance(node.value, dict)
        identity = node.value.get("id")
        if identity and isinstance(identity.value, str):
            self.row = f"{section.kind} {identity.value[:100]}"
        elif section.kind == "attendance":
            parts = [node.value[n].value for n in ("round", "actor") if n in node.value]
            self.row = "attendance " + ":".join(str(part)[:100] for part in parts)
        body = self.fields(node, section.fields)
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
            self.disputed_value(dispute, section, node.value["disputed"].line)
        return body

    def fields(self, node: Node, specs: Mapping[str, Field]) -> dict[str, Any]:
        assert isinstance(node.value, dict)
        body: dict[str, Any] = {}
        for name, child in node.value.items():
            if name in specs:
                self.field(body, name, child, specs[name])
            else:
                self.error(child.line, name, f"unknown key{nearest(name, specs)}")
        for name, spec in specs.items():
            if spec.required and name not in node.value:
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
        if unseen := UNSEEN.search(node.value):
            self.error(node.line, name, f"it holds the unseen character {called(unseen[0])}; remove it")
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

    def doubles(self, rows: list[Row]) -> None:
        counts = Counter((row.kind, row.key) for row in rows)
        if not any(count > 1 for count in counts.values()):
            return
        first: dict[tuple[str, str], int] = {}
        for row in rows:
            at = row.kind, row.key
            if at in first:
                self.row = row.label
                self.error(row.line, "", f"the same key stands on line {first[at]} already; a key is stated once")
            first.setdefault(at, row.line)
