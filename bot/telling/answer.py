"""An answer: status, verdict, blocks of lines each with its citations, suggestions; no markup of any platform."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Literal

from knowledge.facts import Fact, Source

Status = Literal["answered", "unknown", "clarify", "off_topic", "chat"]
PAGE_LINES = 12
PAGE_ROOM = 2_800
"""UTF-16 units that the lines of a page may take, so that it fits a message of every platform."""
LINE_ROOM = 1_200
OWN_LINES = 40
"""Lines of what the bot says about itself."""
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
    def lists_sources(self) -> bool:
        """Whether its lines are sources, so that naming the sources of each would say everything twice."""
        return self.intent == "sources"

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


def units(text: str) -> int:
    """The length of a text as platforms count it: in UTF-16 units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def clipped(text: str, room: int) -> str:
    """`text` with at most `room` UTF-16 units; "…" stands for what is left out."""
    if units(text) <= room:
        return text
    kept = text[: room - 1]
    while units(kept) > room - 1:
        kept = kept[: len(kept) - max((units(kept) - room + 1) // 2, 1)]
    return kept.rstrip() + "…"


def pages(answer: Answer) -> list[Page]:
    """An answer cut into screens of PAGE_LINES lines and PAGE_ROOM UTF-16 units; a block that is cut repeats its title.

    A line longer than LINE_ROOM is clipped, on the screen alone.
    """
    size = OWN_LINES if answer.status == "chat" else PAGE_LINES
    sources = {source.id: units(source.publisher) + units(source.title) + 24 for source in answer.citations}
    screens: list[list[Block]] = [[]]
    count = taken = 0
    listed: set[str] = set()
    for block in answer.blocks:
        title = units(block.title)
        for whole in block.lines:
            line = _clipped(whole)
            new = set(line_sources(line)) - listed
            cost = units(line.text) + units(line.aside) + 16 + sum(sources.get(one, 0) for one in new)
            if count and (count == size or taken + cost + title > PAGE_ROOM):
                screens.append([])
                count = taken = 0
                listed, new = set(), set(line_sources(line))
                cost = units(line.text) + units(line.aside) + 16 + sum(sources.get(one, 0) for one in new)
            shown = screens[-1]
            if shown and shown[-1].title == block.title:
                shown[-1] = Block(block.title, (*shown[-1].lines, line))
            else:
                shown.append(Block(block.title, (line,)))
                taken += title
            listed |= new
            count, taken = count + 1, taken + cost
    return [Page(answer, number, len(screens), tuple(blocks)) for number, blocks in enumerate(screens, 1)]


def _clipped(line: Line) -> Line:
    if units(line.text) + units(line.aside) <= LINE_ROOM:
        return line
    return replace(line, text=clipped(line.text, LINE_ROOM - 300), aside=clipped(line.aside, 280))


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
            out.append(f"• {line.text}{'' if answer.lists_sources else marks(ids, numbered)}")
            if line.aside:
                out.append(f"    {line.aside}")
    if answer.closing and (everything or page.number == page.count):
        out += ["", answer.closing]
    listed = [source for source in answer.citations if source.id in used]
    if listed and not answer.lists_sources:
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
