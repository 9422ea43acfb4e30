"""From rows back to the text of a pack, as YAML or JSON; loading it again gives the same facts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

import yaml

from knowledge.packs.fields import HEAD, SECTION_OF, SECTIONS
from knowledge.packs.rows import Row

_DUMPER: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


def write_pack(pack: str, head: Mapping[str, Any], rows: Iterable[Row], form: str = "yaml") -> str:
    """The text of a pack; `form` is "yaml" or "json". Rows keep the order of their sections and, inside, the order given."""
    content: dict[str, Any] = {"pack": pack}
    content |= {name: head[name] for name in HEAD if name in head}
    for name in SECTIONS:
        section = [_ordered(row) for row in rows_of(rows, name)]
        if section:
            content[name] = section
    if form == "json":
        return json.dumps(content, ensure_ascii=False, indent=1) + "\n"
    text = yaml.dump(content, Dumper=_DUMPER, allow_unicode=True, sort_keys=False, width=160)
    return str(text)


def rows_of(rows: Iterable[Row], section: str) -> list[Row]:
    """The rows that belong in one section."""
    return [row for row in rows if SECTION_OF.get(row.kind) == section]


def _ordered(row: Row) -> dict[str, Any]:
    fields = SECTIONS[SECTION_OF[row.kind]].fields
    return {name: row.body[name] for name in fields if name in row.body}
