"""A reply as Discord shows it: an embed, the same as plain text, and buttons; foreign text is escaped here and nowhere else."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from math import ceil
from typing import Any

import discord

from bot.chat.desk import Button, Reply
from bot.telling.answer import Page, clipped, line_sources, numbers, units
from bot.telling.bidi import tame
from knowledge.facts import Source

CONTENT = 2_000
DESCRIPTION = 4_096
FIELD = 1_024
FIELDS = 25
EMBED = 6_000
ROWS = 5
ROW = 5
LABEL = 80
CHOICES = 25
CHOICE = 100
_COLOURS = {"answered": 0x2E7D5B, "unknown": 0x8A6D3B}
_OTHERWISE = 0x4A5568
_SPECIAL = re.compile(r"([\\`*_~|<>\[\]])")
_LINE_START = re.compile(r"^(\s*)([#\-+]|\d+\.)(?=\s)", re.MULTILINE)
_WEB = re.compile(r"https?://[^\s()<>\"]+")
_MOST_LINK = 400
"""Characters of an address that is linked; a longer one would take the place of several lines."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A message: its plain text, its embed, its buttons in rows."""

    content: str
    embed: discord.Embed | None
    rows: tuple[tuple[Button, ...], ...]

    def arguments(self) -> dict[str, Any]:
        """What the library's methods that send and edit messages take."""
        return {
            "content": self.content,
            "embeds": [self.embed] if self.embed else [],
            "view": view(self.rows),
            "allowed_mentions": discord.AllowedMentions.none(),
        }


@lru_cache(4_096)
def text(value: str) -> str:
    """Foreign text: Markdown and mentions escaped, no control characters, right-to-left stretches isolated."""
    return _LINE_START.sub(r"\1\\\2", _SPECIAL.sub(r"\\\1", tame(value)))


def rendered(reply: Reply) -> Rendered:
    """A reply as a message."""
    page = reply.page
    assert page is not None
    embed = _embed(page)
    return Rendered(_twin(page), embed, packed(reply.buttons))


def line(sentence: str) -> Rendered:
    """One line about the bot itself."""
    return Rendered(clipped(text(sentence), CONTENT), None, ())


def _heading(page: Page) -> str:
    counter = f" ({page.number}/{page.count})" if page.count > 1 else ""
    return f"{clipped(text(page.answer.heading), 1_000)}{counter}"


def _twin(page: Page) -> str:
    """The page as plain text, for who has embeds turned off, for notifications and screen readers."""
    answer, numbered = page.answer, numbers(page.answer)
    lines = [text(answer.read_as)] if answer.read_as else []
    lines.append(_heading(page))
    used: dict[str, None] = {}
    for block in page.blocks:
        lines += [text(block.title)] if block.title else []
        for one in block.lines:
            ids = [] if answer.lists_sources else [source for source in line_sources(one) if source in numbered]
            used.update(dict.fromkeys(ids))
            lines.append(f"• {text(one.text)}{_marks(ids, numbered)}")
    if used:
        named = [f"[{numbered[one.id]}] {text(one.publisher)}" for one in answer.citations if one.id in used]
        lines.append(f"Sources: {', '.join(named)}")
    return _fitting(lines, CONTENT)


def _marks(ids: Iterable[str], numbered: dict[str, int]) -> str:
    found = "".join(f"[{numbered[one]}]" for one in ids)
    return f" {found}" if found else ""


def _fitting(lines: Iterable[str], room: int) -> str:
    """As many whole lines as fit; "…" stands for the rest."""
    kept: list[str] = []
    left = room - 2
    for one in lines:
        if units(one) + 1 > left:
            kept.append(clipped(one, left) if not kept else "…")
            break
        kept.append(one)
        left -= units(one) + 1
    return "\n".join(kept)


def _embed(page: Page) -> discord.Embed | None:
    answer, numbered = page.answer, numbers(page.answer)
    if not page.blocks and not answer.heading_facts:
        return None
    used: dict[str, None] = {}
    lines = list(_lines(page, numbered, used))
    description = _fitting(lines, DESCRIPTION)
    embed = discord.Embed(description=description, colour=_COLOURS.get(answer.status, _OTHERWISE))
    left = EMBED - units(description)
    if not answer.lists_sources:
        _add_sources(embed, [one for one in answer.citations if one.id in used], numbered, left)
    return embed


def _lines(page: Page, numbered: dict[str, int], used: dict[str, None]) -> Iterator[str]:
    answer = page.answer
    sources = {one.id: one for one in answer.citations}

    def marks(ids: Iterable[str]) -> str:
        known = [one for one in dict.fromkeys(ids) if one in numbered]
        used.update(dict.fromkeys(known))
        return _marks(known, numbered)

    if answer.read_as:
        yield f"*{text(answer.read_as)}*"
    cited = [source for fact in answer.heading_facts for source in getattr(fact, "sources", ())[:3]]
    yield f"**{_heading(page)}**{marks(cited)}" if answer.status == "answered" else f"{_heading(page)}{marks(cited)}"
    for block in page.blocks:
        if block.title:
            yield f"\n**{text(block.title)}**"
        for one in block.lines:
            ids = line_sources(one)
            if answer.lists_sources and len(ids) == 1 and ids[0] in sources:
                yield f"• {_described(sources[ids[0]])}"
            else:
                yield f"• {text(one.text)}{marks(ids)}"
            if one.aside:
                yield f"-# {text(one.aside)}"
    if answer.closing and page.number == page.count:
        yield f"\n{text(answer.closing)}"


def _described(source: Source) -> str:
    day = f", {source.published.isoformat()}" if source.published else ""
    return f"{_link(text(source.publisher), source.url)}{day}, “{text(clipped(source.title, 200))}”"


def _link(label: str, url: str) -> str:
    return f"[{label}]({url})" if _WEB.fullmatch(url) and len(url) <= _MOST_LINK else label


def _add_sources(embed: discord.Embed, sources: list[Source], numbered: dict[str, int], room: int) -> None:
    """Numbered links to the sources, as fields; what does not fit is said to be asked for."""
    values = [""]
    for source in sources:
        entry = f"[{numbered[source.id]}] {_described(source)}\n"
        if units(entry) > FIELD - 40:
            entry = f"[{numbered[source.id]}] {text(clipped(source.publisher, 200))}\n"
        if units(values[-1]) + units(entry) > FIELD - 40:
            values.append("")
        if sum(map(units, values)) + units(entry) + 60 + 10 * len(values) > room or len(values) > FIELDS:
            values[-1] += "… “sources?” lists them all"
            break
        values[-1] += entry
    for number, value in enumerate(filter(None, values)):
        embed.add_field(name="Sources" if number == 0 else "\u200b", value=value.strip(), inline=False)


def packed(rows: tuple[tuple[Button, ...], ...]) -> tuple[tuple[Button, ...], ...]:
    """Rows of buttons within what a message takes: single buttons share rows when there are too many."""
    if len(rows) <= ROWS:
        return rows
    first, last = (rows[:1], rows[-1:]) if len(rows[0]) > 1 or rows[0][0].data.startswith("p") else ((), rows[-1:])
    single = [one for row in rows[len(first) : -1] for one in row]
    if not rows[-1][0].data.startswith("r"):
        single, last = [*single, *rows[-1]], ()
    room = ROWS - len(first) - len(last)
    wide = min(ceil(len(single) / room), ROW)
    middle = tuple(tuple(single[at : at + wide]) for at in range(0, len(single), wide))[:room]
    return (*first, *middle, *last)


def view(rows: tuple[tuple[Button, ...], ...]) -> discord.ui.View:
    """The buttons as the library sends them; what they mean is kept in the state, so the library keeps nothing."""
    found = discord.ui.View(timeout=None)
    for number, row in enumerate(rows):
        for one in row:
            style = discord.ButtonStyle.primary if one.data[:1] in "oc" else discord.ButtonStyle.secondary
            found.add_item(
                discord.ui.Button(label=clipped(tame(one.label), LABEL), custom_id=one.data, style=style, row=number)
            )
    found.stop()
    return found
