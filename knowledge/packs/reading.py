"""A pack as it is read from a file, whole or as far as it could be read."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from knowledge.packs.errors import Limits, PackRefused, nearest
from knowledge.packs.fields import HEAD, SECTIONS
from knowledge.packs.rows import Row, RowReader
from knowledge.packs.tree import Node, parse, refuse


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
    if not isinstance(root.value, dict):
        refuse(file, root.line, "a pack is a mapping that starts with “pack: its-id”")
    check_count(
        sum(len(node.value) for name, node in root.value.items() if name in SECTIONS and isinstance(node.value, list)),
        file,
        limits,
    )
    reader = RowReader(file)
    head: dict[str, Any] = {}
    rows: list[Row] = []
    if "pack" not in root.value:
        reader.error(root.line, "pack", "missing: the first line must name the pack, as “pack: its-id”")
    for name, node in root.value.items():
        reader.row = ""
        if name in HEAD:
            reader.field(head, name, node, HEAD[name])
        elif name in SECTIONS:
            reader.section(rows, name, node)
        else:
            reader.error(node.line, name, f"unknown key{nearest(name, [*HEAD, *SECTIONS])}")
    return finished(reader, head.pop("pack", ""), head, rows, data)


def check_count(rows: int, file: str, limits: Limits) -> None:
    """Raises PackRefused when there are more rows than are allowed."""
    if rows > limits.max_rows:
        refuse(file, 0, f"there are {rows:,} rows, {limits.max_rows:,} are allowed; split it into several")


def finished(reader: RowReader, pack: str, head: Mapping[str, Any], rows: Sequence[Row], data: bytes) -> Pack:
    """The pack that was read. Raises PackRefused with everything that is wrong with it."""
    reader.doubles(rows)
    if reader.errors:
        partial = Partial(Pack(pack, dict(head), tuple(rows), reader.file, ""), frozenset(reader.broken))
        raise PackRefused(sorted(reader.errors, key=lambda error: error.line), partial)
    return Pack(pack, dict(head), tuple(rows), reader.file, hashlib.sha256(data).hexdigest())


def valid_pack(reader: RowReader, pack: str) -> None:
    """Notes an error when `pack`, given beside the rows, is no id of a pack."""
    reader.row = ""
    reader.field({}, "pack", Node(0, pack), HEAD["pack"])
