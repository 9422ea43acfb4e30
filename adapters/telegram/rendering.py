"""A reply as Telegram shows it: HTML, escaped here and nowhere else, and an inline keyboard."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from urllib.parse import quote

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.chat.desk import Reply
from bot.telling.answer import Page, clipped, line_sources, numbers, units
from bot.telling.bidi import tame
from knowledge.facts import Source

TEXT = 4_096
SHARED = "a"
"""What a deep link to a shared answer begins with."""
_TAG = re.compile(r"<[^>]+>")
_WEB = re.compile(r"https?://[^\s\"<>]+")


@dataclass(frozen=True, slots=True)
class Rendered:
    """A message: HTML, the same as plain text, and its keyboard."""

    html: str
    plain: str
    keyboard: InlineKeyboardMarkup | None = None


@lru_cache(4_096)
def text(value: str) -> str:
    """Foreign text as HTML: escaped, without control characters, right-to-left stretches isolated."""
    return escape(tame(value))


def link(label: str, url: str) -> str:
    """A link, when the address is one that Telegram takes; else the label."""
    return f'<a href="{escape(url, quote=True)}">{label}</a>' if _WEB.fullmatch(url) else label


def rendered(reply: Reply, username: str = "") -> Rendered:
    """A reply as a message; `username` is the bot's, for links that share the answer."""
    page = reply.page
    assert page is not None
    # What is left out first when facts are so long that the message would be: titles of sources, remarks.
    for sources, asides in ((True, True), (False, True), (False, False)):
        html = "\n".join(_lines(page, sources, asides))
        if units(_plain(html)) <= TEXT:
            return Rendered(html, _plain(html), keyboard(reply, username))
    plain = clipped(_plain(html), TEXT)
    return Rendered(escape(plain), plain, keyboard(reply, username))


def _plain(html: str) -> str:
    found = _TAG.sub("", html)
    for entity, character in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&#x27;", "'"), ("&amp;", "&")):
        found = found.replace(entity, character)
    return found


def _lines(page: Page, titles: bool, asides: bool) -> Iterable[str]:
    answer, numbered = page.answer, numbers(page.answer)
    sources = {source.id: source for source in answer.citations}
    used: dict[str, None] = {}

    def marks(ids: Iterable[str]) -> str:
        known = [one for one in dict.fromkeys(ids) if one in numbered]
        used.update(dict.fromkeys(known))
        found = "".join(link(f"[{numbered[one]}]", sources[one].url) for one in known)
        return f" {found}" if found else ""

    if answer.read_as:
        yield f"<i>{text(answer.read_as)}</i>"
    heading = text(clipped(answer.heading, 1_000))
    cited = [source for fact in answer.heading_facts for source in getattr(fact, "sources", ())[:3]]
    counter = f" <i>({page.number}/{page.count})</i>" if page.count > 1 else ""
    yield f"{f'<b>{heading}</b>' if answer.status == 'answered' and page.blocks else heading}{marks(cited)}{counter}"
    for block in page.blocks:
        if block.title:
            yield f"\n<b>{text(block.title)}</b>"
        for line in block.lines:
            ids = line_sources(line)
            if answer.lists_sources:
                yield f"• {_source_line(line.text, sources, ids)}"
            else:
                yield f"• {text(line.text)}{marks(ids)}"
            if line.aside and asides:
                yield f"  <i>{text(line.aside)}</i>"
    if answer.closing and page.number == page.count:
        yield f"\n{text(answer.closing)}"
    if used and titles:
        listed = "\n".join(_source(sources[one], numbered[one]) for one in sorted(used, key=numbered.__getitem__))
        yield f"\n<blockquote{' expandable' if len(used) > 2 else ''}>{listed}</blockquote>"


def _source(source: Source, number: int) -> str:
    return f"[{number}] {_described(source)}"


def _described(source: Source) -> str:
    day = f", {source.published.isoformat()}" if source.published else ""
    return f"{link(text(source.publisher), source.url)}{day}, “{text(source.title)}”"


def _source_line(shown: str, sources: dict[str, Source], ids: list[str]) -> str:
    source = sources.get(ids[0]) if len(ids) == 1 else None
    return _described(source) if source else text(shown)


def keyboard(reply: Reply, username: str = "") -> InlineKeyboardMarkup | None:
    """The buttons of a reply, with one that shares the answer where it can be shared."""
    rows = [[InlineKeyboardButton(tame(one.label), callback_data=one.data) for one in row] for row in reply.buttons]
    answer = reply.answer
    if username and reply.key and answer is not None and answer.status in ("answered", "unknown"):
        share = InlineKeyboardButton("↗ share", url=share_url(username, f"{SHARED}{reply.key}", reply.text))
        rows = [*rows[:-1], [*rows[-1], share]] if rows else [[share]]
    return InlineKeyboardMarkup(rows) if rows else None


def share_url(username: str, start: str, question: str) -> str:
    """The address that opens Telegram's own dialogue for passing on a link to a question."""
    return f"https://t.me/share/url?url={quote(deep_link(username, start), safe='')}&text={quote(question[:200], safe='')}"


def deep_link(username: str, start: str) -> str:
    """The address that opens the bot with a start parameter."""
    return f"https://t.me/{username}?start={start}"
