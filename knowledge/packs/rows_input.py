"""Rows that come from a form instead of a file: the same fields, the same checks."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from knowledge.packs.errors import Limits, nearest
from knowledge.packs.fields import SECTIONS, Field
from knowledge.packs.reading import Pack, check_count, finished, valid_pack
from knowledge.packs.rows import Row, RowReader, Stored
from knowledge.packs.tables import cell
from knowledge.packs.tree import Node

RowInput = tuple[str, Mapping[str, Any]]
"""A section and the fields of a row in it: texts, numbers, dates, booleans, lists; None or "" sets nothing."""


def read_rows(
    rows: Sequence[RowInput],
    file: str,
    pack: str,
    limits: Limits | None = None,
    stored: Stored = lambda kind, key: None,
) -> Pack:
    """Checks rows that were given field by field; `file` is where they come from, in messages.

    A list may be given as a text with “|” between its items. Fields that are not given keep what `stored` says. Raises
    PackRefused with all errors.
    """
    check_count(len(rows), file, limits or Limits())
    reader = RowReader(file, stored)
    valid_pack(reader, pack)
    found: list[Row] = []
    for number, (section, fields) in enumerate(rows, 1):
        reader.row = f"{section} row {number}" if len(rows) > 1 else section
        if section in SECTIONS:
            specs = SECTIONS[section].fields
            reader.add(found, SECTIONS[section], Node(0, {name: _node(fields[name], specs.get(name)) for name in fields}))
        else:
            reader.error(0, "", f"“{section}” is no section{nearest(section, SECTIONS)}")
    data = json.dumps([(section, dict(fields)) for section, fields in rows], default=str, sort_keys=True)
    return finished(reader, pack, {}, found, data.encode("utf-8", "surrogatepass"))


def _node(value: object, field: Field | None = None) -> Node:
    if value is None:
        return Node(0, None)
    if isinstance(value, Mapping):
        return Node(0, {str(name): _node(one) for name, one in value.items()})
    if isinstance(value, list | tuple):
        return Node(0, [_node(one) for one in value])
    text = str(value).lower() if isinstance(value, bool) else value.isoformat() if isinstance(value, date) else str(value)
    return cell(0, text, field or Field())
