"""An answer: status, verdict, blocks of lines each with its citations, suggestions; no markup of any platform."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from knowledge.facts import Fact, Source

Status = Literal["answered", "unknown", "clarify", "off_topic", "chat"]
PAGE_LINES = 12
CITED = 3
"""How many sources a line names at most; `sources?` tells all."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line and the facts that say it; `aside` is a note under it."""

    text: str
    facts: tuple[Fact, ...] = ()
    aside: str = ""
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Block:
    """Lines under a title."""

    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What the bot says to a question.

    `heading` is the short answer; `facts` are all facts that the whole answer rests on, also those of a heading; `citations`
    are the sources in the order of their numbers.
    """

    status: Status
    heading: str
    intent: str = ""
    verdict: Literal["yes", "no"] | None = None
    blocks: tuple[Block, ...] = ()
    heading_facts: tuple[Fact, ...] = ()
    closing: str = ""
    suggestions: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    citations: tuple[Source, ...] = ()
    read_as: str = ""

    @property
    def lines(self) -> list[Line]:
        """All lines of all blocks."""
        return [line for block in self.blocks for line in block.lines]

    @property
    def facts(self) -> list[Fact]:
        """All facts that the answer rests on, each once, in order."""
        found = {(fact.KIND, fact.key): fact for fact in self.heading_facts}
        for line in self.lines:
            found.update({(fact.KIND, fact.key): fact for fact in line.facts})
        return list(found.values())

    def source_ids(self) -> list[str]:
        """The sources that the lines name, in order: at most CITED a line."""
        ids: dict[str, None] = {}
        for fact in self.heading_facts:
            ids.update(dict.fromkeys(cited(fact)))
        for line in self.lines:
            ids.update(dict.fromkeys(line_sources(line)))
        return list(ids)

    def cite(self, sources: dict[str, Source]) -> Answer:
        """The answer with its citations filled in."""
        return replace(self, citations=tuple(sources[one] for one in self.source_ids() if one in sources))


def cited(fact: Fact) -> tuple[str, ...]:
    """The sources that a line about a fact names."""
    sources: tuple[str, ...] = getattr(fact, "sources", ())
    return sources[:CITED]


def line_sources(line: Line) -> list[str]:
    """The sources that a line names, each once."""
    if line.sources:
        return list(dict.fromkeys(line.sources))
    return list(dict.fromkeys(source for fact in line.facts for source in cited(fact)))


@dataclass(frozen=True, slots=True)
class Page:
    """One screen of an answer."""

    answer: Answer
    number: int
    count: int
    blocks: tuple[Block, ...] = field(default=())


def pages(answer: Answer, size: int = PAGE_LINES) -> list[Page]:
    """An answer cut into screens of `size` lines; a block that is cut repeats its title."""
    screens: list[list[Block]] = [[]]
    room = size
    for block in answer.blocks:
        lines: Sequence[Line] = block.lines
        while lines:
            if room == 0:
                screens.append([])
                room = size
            screens[-1].append(Block(block.title, tuple(lines[:room])))
            lines, room = lines[room:], room - min(room, len(lines))
    return [Page(answer, number, len(screens), tuple(blocks)) for number, blocks in enumerate(screens, 1)]


def numbers(answer: Answer) -> dict[str, int]:
    """source id → citation number."""
    return {source.id: number for number, source in enumerate(answer.citations, 1)}


def marks(ids: Iterable[str], numbered: dict[str, int]) -> str:
    """Citation marks as they stand behind a line: " [1][2]"."""
    found = "".join(f"[{numbered[one]}]" for one in ids if one in numbered)
    return f" {found}" if found else ""


def source_line(source: Source, number: int | None = None) -> str:
    """A source as it is listed: publisher, date, title, address."""
    parts = [source.publisher]
    if source.published:
        parts.append(source.published.isoformat())
    parts.append(f"“{source.title}”")
    text = ", ".join(parts)
    head = f"[{number}] " if number else ""
    return f"{head}{text}{' — ' + source.url if source.url else ''}"


def page_text(page: Page, everything: bool = False) -> str:
    """A page as plain text; with `everything` its heading, sources and suggestions stand on it whatever its number."""
    answer, numbered = page.answer, numbers(page.answer)
    out: list[str] = []
    if answer.read_as:
        out.append(answer.read_as)
    heading = answer.heading + marks((s for fact in answer.heading_facts for s in cited(fact)), numbered)
    if page.count > 1 and not everything:
        heading += f" (page {page.number} of {page.count})"
    out.append(heading)
    used: dict[str, None] = {source: None for fact in answer.heading_facts for source in cited(fact)}
    for block in page.blocks:
        if block.title:
            out += ["", block.title]
        for line in block.lines:
            ids = line_sources(line)
            used.update(dict.fromkeys(ids))
            out.append(f"• {line.text}{marks(ids, numbered)}")
            if line.aside:
                out.append(f"    {line.aside}")
    if answer.closing and (everything or page.number == page.count):
        out += ["", answer.closing]
    listed = [source for source in answer.citations if source.id in used]
    if listed:
        out += ["", "Sources:"]
        out += [source_line(source, numbered[source.id]) for source in listed]
    if answer.choices:
        out += ["", *(f"– {choice}" for choice in answer.choices)]
    if answer.suggestions and (everything or page.number == page.count):
        out += ["", "You can also ask:", *(f"– {suggestion}" for suggestion in answer.suggestions)]
    if page.number < page.count and not everything:
        out += ["", "“more” shows the next page."]
    return "\n".join(out)


def whole_text(answer: Answer) -> str:
    """The whole answer, all its pages, as plain text."""
    return page_text(Page(answer, 1, 1, answer.blocks), everything=True)
