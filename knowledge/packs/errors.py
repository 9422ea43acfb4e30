"""What can be wrong with a pack, and where."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from knowledge.packs.invisible_characters import visible

LONGEST_NAME = 120
LONGEST_PROBLEM = 1_500


@dataclass(frozen=True, slots=True)
class Limits:
    """How large a pack may be."""

    max_bytes: int = 10_000_000
    max_rows: int = 30_000


@dataclass(frozen=True, slots=True)
class PackError:
    """One thing that is wrong (or, as a warning, doubtful) in a pack, with its place.

    What it repeats of a file may be anything; unseen characters in it are made visible and long words cut.
    """

    file: str
    line: int
    row: str
    field: str
    problem: str

    def __post_init__(self) -> None:
        for name, longest in (
            ("file", LONGEST_NAME),
            ("row", LONGEST_NAME),
            ("field", LONGEST_NAME),
            ("problem", LONGEST_PROBLEM),
        ):
            object.__setattr__(self, name, visible(getattr(self, name), longest))

    def __str__(self) -> str:
        place = [self.file]
        if self.line:
            place.append(f"line {self.line}")
        if self.row:
            place.append(self.row)
        if self.field:
            place.append(f"field {self.field}")
        return f"{', '.join(place)}: {self.problem}"


class PackRefused(Exception):
    """A pack that was not loaded; `errors` holds everything that is wrong with it.

    `partial` is what could be read of it all the same, for finding what else is wrong; None when nothing could.
    """

    def __init__(self, errors: Sequence[PackError], partial: object = None) -> None:
        super().__init__("\n".join(map(str, errors)))
        self.errors = tuple(errors)
        self.partial = partial


def nearest(wrong: str, valid: Iterable[str]) -> str:
    """A phrase that names the nearest valid id, or an empty one when none is near."""
    best = process.extractOne(wrong, list(valid), scorer=fuzz.ratio, score_cutoff=60)
    return f"; did you mean “{best[0]}”?" if best else ""
