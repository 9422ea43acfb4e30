"""The rows of a pack as a file of facts lists them."""

from __future__ import annotations

import json

from knowledge.loading.writer import FactWriter
from knowledge.packs import Row
from knowledge.packs.fields import SECTION_OF


def exported(writer: FactWriter, pack: str) -> list[Row]:
    """All rows of a loaded pack but its head: section by section, rounds by number; write_pack makes a file of them."""
    rows = [Row(kind, key, json.loads(body)) for (kind, key), body in writer.pack_rows(pack).items() if kind != "pack"]
    sections = list(SECTION_OF)
    return sorted(rows, key=lambda row: (sections.index(row.kind), _natural(row.key)))


def _natural(key: str) -> tuple[str, int, str]:
    talks, _, rest = key.partition("/")
    number, _, tail = rest.partition(":")
    return (talks, int(number), tail) if number.isdigit() else (key, 0, "")
