"""From the bytes of a pack to a tree whose every node knows its line; safe against hostile files.

Scalars stay text here: what a word like `no` or `2017-01-23` means is for the field to say, not for YAML to guess.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from json import JSONDecodeError
from json.decoder import scanstring  # type: ignore[attr-defined]  # undocumented, stable since 2.6
from typing import Any, NoReturn

import yaml

from knowledge.packs.errors import Limits, PackError, PackRefused
from knowledge.packs.filetypes import foreign
from knowledge.packs.invisible_characters import called

MAX_DEPTH = 12
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NULLS = {"", "~", "null", "Null", "NULL"}
_SPACE = re.compile(r"[ \t\r\n]*")
_BARE = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null")


@dataclass(slots=True)
class Node:
    """A value of a pack: text, a list, a mapping or nothing; `plain` text was not quoted."""

    line: int
    value: str | list[Node] | dict[str, Node] | None
    plain: bool = False


def refuse(file: str, line: int, problem: str) -> NoReturn:
    """Raises PackRefused for one error at a line of a file."""
    raise PackRefused([PackError(file, line, "", "", problem)])


def decode(data: bytes, file: str, limits: Limits) -> str:
    """The text of a pack's bytes: UTF-8, with or without a byte order mark; lines end with a line feed.

    Raises PackRefused when the file is of another type, too large, empty, or no UTF-8 text.
    """
    if other := foreign(data):
        refuse(file, 0, other)
    if len(data) > limits.max_bytes:
        refuse(
            file,
            0,
            f"the file has {len(data):,} bytes, {limits.max_bytes:,} are allowed; split it into several",
        )
    if data[:4] in (b"\xff\xfe\0\0", b"\0\0\xfe\xff"):
        refuse(file, 0, "the file is encoded as UTF-32; save it as UTF-8")
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        refuse(file, 0, "the file is encoded as UTF-16; save it as UTF-8")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        refuse(file, line, f"byte {data[error.start]:#04x} is not UTF-8; save the file as UTF-8")
    if "\0" in text:
        refuse(file, text.count("\n", 0, text.index("\0")) + 1, "there is a NUL byte; this is no text file")
    if not text.strip():
        refuse(file, 0, "the file is empty")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def parse(data: bytes, file: str, limits: Limits) -> Node:
    """The tree of a pack's bytes: JSON when it starts with a brace, else YAML. Raises PackRefused."""
    text = decode(data, file, limits)
    if text.lstrip()[0] in "{[":
        return _Json(text, file).document()
    return _parse_yaml(text, file)


def _parse_yaml(text: str, file: str) -> Node:
    # Events instead of yaml.load: no recursion to overflow, no objects to construct, and each node's line.
    stack: list[tuple[Node, str | None]] = []
    root: Node | None = None

    def place(node: Node) -> None:
        nonlocal root
        if not stack:
            if root is not None:
                refuse(file, node.line, "a second YAML document starts here; a pack is one document")
            root = node
            return
        parent, key = stack[-1]
        if isinstance(parent.value, list):
            parent.value.append(node)
        elif isinstance(parent.value, dict):
            if key is None:
                if not isinstance(node.value, str):
                    refuse(file, node.line, "a key must be a word")
                if node.value in parent.value:
                    first = parent.value[node.value].line
                    refuse(
                        file,
                        node.line,
                        f"the key “{node.value}” stands here a second time (first on line {first})",
                    )
                stack[-1] = (parent, node.value)
            else:
                parent.value[key] = node
                stack[-1] = (parent, None)

    try:
        for event in yaml.parse(text, Loader=_LOADER):
            line = event.start_mark.line + 1 if event.start_mark else 0
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                refuse(file, line, "YAML anchors and aliases (&name, *name) are not read; write the value out")
            if isinstance(event, yaml.ScalarEvent):
                _no_tag(file, line, event.tag)
                plain = not event.style
                is_key = bool(stack) and isinstance(stack[-1][0].value, dict) and stack[-1][1] is None
                nothing = plain and event.value in _NULLS and not is_key
                place(Node(line, None if nothing else event.value, plain))
            elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
                _no_tag(file, line, event.tag)
                if len(stack) >= MAX_DEPTH:
                    refuse(file, line, f"nested more than {MAX_DEPTH} deep")
                node = Node(line, {} if isinstance(event, yaml.MappingStartEvent) else [])
                place(node)
                stack.append((node, None))
            elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
                stack.pop()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        refuse(file, mark.line + 1 if mark else 0, f"this is not valid YAML: {error.problem or error.context}")
    except yaml.reader.ReaderError:
        # The fast loader counts bytes, the slow one characters.
        found = yaml.reader.Reader.NON_PRINTABLE.search(text)
        line = text.count("\n", 0, found.start()) + 1 if found else 0
        refuse(file, line, f"the character {called(found[0]) if found else ''} may not stand in YAML; remove it")
    if root is None:
        refuse(file, 0, "the file holds no rows")
    return root


def _no_tag(file: str, line: int, tag: str | None) -> None:
    if tag not in (None, "!"):
        refuse(file, line, f"YAML tags ({tag}) are not read; remove the tag")


class _Json:
    """A JSON reader that keeps lines and refuses duplicate keys and depth; the standard one tells no lines."""

    def __init__(self, text: str, file: str) -> None:
        self.text = text
        self.file = file
        self.starts = [match.end() for match in re.finditer("\n", text)]

    def line(self, at: int) -> int:
        return bisect_right(self.starts, at) + 1

    def skip(self, at: int) -> int:
        match = _SPACE.match(self.text, at)
        return match.end() if match else at

    def fail(self, at: int, expected: str) -> NoReturn:
        found = repr(self.text[at]) if at < len(self.text) else "the end of the file"
        refuse(self.file, self.line(at), f"this is not valid JSON: {expected} expected, {found} found")

    def document(self) -> Node:
        node, at = self.node(self.skip(0), 0)
        at = self.skip(at)
        if at < len(self.text):
            self.fail(at, "the end of the file")
        return node

    def string(self, at: int) -> tuple[str, int]:
        try:
            value, end = scanstring(self.text, at + 1, True)
        except JSONDecodeError as error:
            refuse(self.file, self.line(error.pos), f"this is not valid JSON: {error.msg}")
        return str(value), int(end)

    def node(self, at: int, depth: int) -> tuple[Node, int]:
        line = self.line(at)
        char = self.text[at : at + 1]
        if char == '"':
            value, at = self.string(at)
            return Node(line, value), at
        if char in ("{", "["):
            if depth >= MAX_DEPTH:
                refuse(self.file, line, f"nested more than {MAX_DEPTH} deep")
            return self.mapping(at, depth) if char == "{" else self.sequence(at, depth)
        match = _BARE.match(self.text, at)
        if not match:
            self.fail(at, "a value")
        return Node(line, None if match[0] == "null" else match[0], True), match.end()

    def sequence(self, at: int, depth: int) -> tuple[Node, int]:
        items: list[Node] = []
        node = Node(self.line(at), items)
        at = self.skip(at + 1)
        while self.text[at : at + 1] != "]":
            if items:
                if self.text[at : at + 1] != ",":
                    self.fail(at, "“,” or “]”")
                at = self.skip(at + 1)
            item, at = self.node(at, depth + 1)
            items.append(item)
            at = self.skip(at)
        return node, at + 1

    def mapping(self, at: int, depth: int) -> tuple[Node, int]:
        pairs: dict[str, Node] = {}
        node = Node(self.line(at), pairs)
        at = self.skip(at + 1)
        while self.text[at : at + 1] != "}":
            if pairs:
                if self.text[at : at + 1] != ",":
                    self.fail(at, "“,” or “}”")
                at = self.skip(at + 1)
            if self.text[at : at + 1] != '"':
                self.fail(at, "a key in double quotes")
            start = at
            key, at = self.string(at)
            if key in pairs:
                refuse(
                    self.file,
                    self.line(start),
                    f"the key “{key}” stands here a second time (first on line {pairs[key].line})",
                )
            at = self.skip(at)
            if self.text[at : at + 1] != ":":
                self.fail(at, "“:”")
            pairs[key], at = self.node(self.skip(at + 1), depth + 1)
            at = self.skip(at)
        return node, at + 1
