"""Packs: the text files facts travel in (docs/pack-format.md)."""

from knowledge.packs.errors import Limits, PackError, PackRefused
from knowledge.packs.reading import Pack, Partial, read_pack
from knowledge.packs.rows import Row, Stored
from knowledge.packs.rows_input import RowInput, read_rows
from knowledge.packs.tables import Unplaced, is_table, read_table, write_table
from knowledge.packs.writing import write_pack

__all__ = [
    "Limits",
    "Pack",
    "PackError",
    "PackRefused",
    "Partial",
    "Row",
    "RowInput",
    "Stored",
    "Unplaced",
    "is_table",
    "read_pack",
    "read_rows",
    "read_table",
    "write_pack",
    "write_table",
]
