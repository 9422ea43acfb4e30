"""Packs: the text files facts travel in (docs/pack-format.md)."""

from knowledge.packs.errors import Limits, PackError, PackRefused
from knowledge.packs.reading import Pack, Partial, Row, read_pack
from knowledge.packs.writing import write_pack

__all__ = ["Limits", "Pack", "PackError", "PackRefused", "Partial", "Row", "read_pack", "write_pack"]
