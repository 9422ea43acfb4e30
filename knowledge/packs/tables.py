"""CSV: rows of one section of one pack, as spreadsheets write them (docs/pack-format.md)."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from knowledge.packs.errors import Limits, PackError, PackRefused, nearest
from knowledge.packs.fields import SECTION_OF, SECTIONS, Field, Section
from knowledge.packs.reading import Pack, check_count, finished, valid_pack
from knowledge.packs.rows import Row, RowReader, Stored
from knowledge.packs.tree import Node, decode, refuse

SUFFIXES = (".csv", ".tsv", ".tab")
DELIMITERS = (",", ";", "\t")
LIST_MARK = "|"
_BESIDE = ("disputed",)
"""Fields that have no column: they hold rows of their own."""
# Spreadsheets take a cell that starts so for a formula. An apostrophe keeps them from it; one is taken off again on reading.
_FORMULA = re.compile(r"'*[=+\-@]")
_KEPT_FORMULA = re.compile(r"'+[=+\-@]")


class Unplaced(PackRefused):
    """A CSV file of which nobody has said where its rows belong.

    `pack` tells whether the pack must be named; `sections` are those that the section can be, empty when it is known.
    """

    def __init__(self, file: str, pack: bool, sections: Sequence[str]) -> None:
        needed = [*(["the pack (as “local”)"] if pack else [])]
        needed += [f"the section ({', '.join(sections[:-1])} or {sections[-1]})"] if sections else []
        problem = f"a CSV file does not say where its rows belong; name {' and '.join(needed)}"
        super().__init__([PackError(file, 0, "", "", problem)])
        self.pack = pack
        self.sections = tuple(sections)


@dataclass(frozen=True, slots=True)
class _Record:
    """The cells of a row and the lines that they start on."""

    cells: list[str]
    lines: list[int]

    @property
    def line(self) -> int:
        return self.lines[0]


def is_table(file: str) -> bool:
    """Whether a file is CSV by its name."""
    return PurePath(file).suffix.lower() in SUFFIXES


def fields_of(section: str) -> dict[str, Field]:
    """The fields of a section that CSV has columns for."""
    return {name: field for name, field in SECTIONS[section].fields.items() if name not in _BESIDE}


def read_table(
    data: bytes,
    file: str,
    pack: str | None,
    section: str | None = None,
    limits: Limits | None = None,
    stored: Stored = lambda kind, key: None,
) -> Pack:
    """Reads the rows that a CSV file adds to a section of a pack; `stored` gives what the pack says about a key already.

    Without `section` the header tells it, when it fits one alone. Fields that have no column keep what they are, an empty cell
    sets nothing. Raises PackRefused with all errors of the file; Unplaced when pack or section must be named.
    """
    limits = limits or Limits()
    text = decode(data, file, limits)
    records = _records(text, file)
    header = next(records, None)
    if header is None:
        refuse(file, 0, "the file is empty")
    names = [name.strip().lower() for name in header.cells]
    fitting = fitting_sections(names) if section is None else [section]
    if pack is None or len(fitting) != 1:
        raise Unplaced(file, pack is None, () if len(fitting) == 1 else fitting or tuple(SECTIONS))
    reader = RowReader(file, stored)
    valid_pack(reader, pack)
    if fitting[0] not in SECTIONS:
        words = ", ".join(SECTIONS)
        reader.error(0, "section", f"“{fitting[0]}” is no section: one of {words} was expected{nearest(fitting[0], SECTIONS)}")
        raise PackRefused(reader.errors)
    rows = _Table(reader, fitting[0], names, header.line).rows(list(records), limits)
    return finished(reader, pack, {}, rows, data)


def fitting_sections(names: Iterable[str]) -> list[str]:
    """The sections that a header of these column names fits: it has all columns that are needed and no unknown ones."""
    columns = {name for name in names if name}
    return [
        section
        for section in SECTIONS
        if columns <= fields_of(section).keys()
        and {name for name, field in fields_of(section).items() if field.required} <= columns
    ]


def cell(line: int, text: str, field: Field) -> Node:
    """What stands in a cell: nothing, a word, or for a list its parts."""
    text = text.strip()
    if not text:
        return Node(line, None)
    if field.type in ("refs", "texts"):
        return Node(line, [Node(line, part.strip() or None, True) for part in text.split(LIST_MARK)])
    return Node(line, text.lower() if field.type == "flag" else text, True)


class _Table:
    """The rows under a header; what is wrong with them goes to the reader."""

    def __init__(self, reader: RowReader, section: str, names: Sequence[str], line: int) -> None:
        self.reader = reader
        self.name = section
        self.section: Section = SECTIONS[section]
        self.fields = fields_of(section)
        self.names = names
        self.sound = self.header(line)

    def header(self, line: int) -> bool:
        """Whether the header is right."""
        count = len(self.reader.errors)
        self.reader.row = "header"
        for number, name in enumerate(self.names, 1):
            if name in _BESIDE:
                self.reader.error(line, name, "CSV has no column for it: it holds rows of its own; use YAML or JSON")
            elif name and name not in self.fields:
                separators = "; columns are separated by “,”, “;” or tab" if len(self.names) == 1 else ""
                near = nearest(name, self.fields)
                self.reader.error(line, name, f"unknown column of {self.name}{near}{separators}")
            elif name and self.names.index(name) < number - 1:
                problem = f"the column stands here a second time (columns {self.names.index(name) + 1} and {number})"
                self.reader.error(line, name, problem)
        for name, field in self.fields.items():
            if field.required and name not in self.names:
                self.reader.error(line, name, f"missing: {self.name} need this column")
        return len(self.reader.errors) == count

    def rows(self, records: Sequence[_Record], limits: Limits) -> list[Row]:
        """The sound rows."""
        if self.sound and not records:
            refuse(self.reader.file, 0, "the file holds no rows, only a header")
        check_count(len(records), self.reader.file, limits)
        rows: list[Row] = []
        for number, record in enumerate(records, 1):
            self.reader.row = f"{self.name} row {number}"
            if len(record.cells) != len(self.names):
                problem = f"the row has {len(record.cells)} cells, the header {len(self.names)}"
                hint = (
                    "; a cell that holds the separator stands in double quotes" if len(record.cells) > len(self.names) else ""
                )
                self.reader.error(record.line, "", problem + hint)
            elif self.sound:
                self.reader.add(rows, self.section, self.row(record))
            else:
                self.reader.fields(self.row(record), self.fields, whole=False)
        return rows

    def row(self, record: _Record) -> Node:
        cells: dict[str, Node] = {}
        for number, (name, text, line) in enumerate(zip(self.names, record.cells, record.lines, strict=True), 1):
            if name in self.fields and name not in cells:
                cells[name] = cell(line, text[1:] if _KEPT_FORMULA.match(text) else text, self.fields[name])
            elif not name and text.strip():
                self.reader.error(line, f"column {number}", "a cell under a column that has no name in the header")
        return Node(record.line, cells)


def _records(text: str, file: str) -> Iterator[_Record]:
    """The rows of a CSV text that are not empty, the header first."""
    reader = csv.reader(io.StringIO(text), delimiter=_delimiter(text), strict=True)
    start = 1
    try:
        for cells in reader:
            if any(map(str.strip, cells)):
                lines, line = [], start
                for one in cells:
                    lines.append(line)
                    line += one.count("\n")
                yield _Record(cells, lines)
            start = reader.line_num + 1
    except csv.Error as error:
        problem = {
            "unexpected end of data": "a double quote that opens here is never closed",
        }.get(str(error), "")
        if not problem and "field limit" in str(error):
            problem = "a cell is far too long; is a double quote never closed?"
        refuse(file, start, problem or f"this is not valid CSV: {error}; a double quote inside a quoted cell is written twice")


def _delimiter(text: str) -> str:
    """What separates the columns: what splits the header into most names of fields, or else into most parts."""
    known = {name for section in SECTIONS for name in fields_of(section)}
    header = next((line for line in text.split("\n") if line.strip()), "")

    def parts(delimiter: str) -> tuple[int, int]:
        names = [name.strip(' "').lower() for name in header.split(delimiter)]
        return len(known.intersection(names)), len(names)

    return max(DELIMITERS, key=parts)


def write_table(rows: Iterable[Row], section: str) -> str:
    """The rows of one section as CSV that reads to the same; fields without a column are left out.

    Raises ValueError when a list has an item that CSV cannot hold.
    """
    fields = fields_of(section)
    chosen = [row for row in rows if SECTION_OF.get(row.kind) == section]
    names = [name for name, field in fields.items() if field.required or any(name in row.body for row in chosen)]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(names)
    for row in chosen:
        writer.writerow([_written(row, name) for name in names])
    return out.getvalue()


def _written(row: Row, name: str) -> str:
    value = row.body.get(name, "")
    if isinstance(value, list):
        if any(LIST_MARK in one for one in value):
            raise ValueError(f"{row.label}, field {name}: CSV cannot hold “{LIST_MARK}” in an item of a list")
        value = LIST_MARK.join(value)
    text = "true" if value is True else str(value)
    return "'" + text if _FORMULA.match(text) else text
