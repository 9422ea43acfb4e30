"""docs/discord-answer.svg: an answer as Discord shows it, drawn from the message that the shipped bot really sent."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable
from html import escape
from pathlib import Path
from typing import Any, NamedTuple

from tests.docs.transcripts import bundle, on_discord

COMMAND = "asked"
GIVEN = {"speaker": "The Syrian opposition", "addressee": "Russia", "round": "22"}
WIDTH, LEFT, EDGE = 720, 72, 16
FONT = "'gg sans', 'Noto Sans', 'Segoe UI', 'Helvetica Neue', Helvetica, Arial, sans-serif"
BACK, BOX, TEXT, BRIGHT, GREY, LINK, BLURPLE, PLAIN = (
    *("#313338", "#2b2d31", "#dbdee1", "#f2f3f5"),
    *("#949ba4", "#00a8fc", "#5865f2", "#4e5058"),
)
BUTTONS = {1: BLURPLE, 2: PLAIN, 3: "#248046", 4: "#da373c"}
STYLES = {"bold": f'font-weight="700" fill="{BRIGHT}"', "italic": 'font-style="italic"', "link": f'fill="{LINK}"'}
_MARKUP = re.compile(
    r"\\(?P<plain>[^\w\s])|\*\*(?P<bold>(?:\\.|[^\\])+?)\*\*|\*(?P<italic>(?:\\.|[^\\])+?)\*"
    r"|\[(?P<link>(?:\\.|[^\]\\])+)\]\(https?://[^\s)]+\)"
)
# Widths of characters in parts of the font's size, on the wide side, so that no font runs over the edge.
_NARROW, _WIDE = frozenset("iljtfrI.,:;'|!()[]/ ·\u2066\u2067\u2068\u2069"), frozenset("mwMWGOQ@%—–…“”")


class Run(NamedTuple):
    """A stretch of text in one style."""

    text: str
    style: str = ""


def runs(markdown: str, style: str = "") -> list[Run]:
    """Discord's Markdown, as far as the bot writes it, as stretches of text."""
    found, at = [], 0
    for match in _MARKUP.finditer(markdown):
        found.append(Run(markdown[at : match.start()], style))
        kind = str(match.lastgroup)
        found += [Run(match[kind], style)] if kind == "plain" else runs(match[kind], kind)
        at = match.end()
    return [one for one in (*found, Run(markdown[at:], style)) if one.text]


def width(text: str, size: float, bold: bool = False) -> float:
    """About how wide a text is."""
    parts = sum(0.36 if one in _NARROW else 0.9 if one in _WIDE else 0.7 if one.isupper() else 0.59 for one in text)
    return parts * size * (1.16 if bold else 1)


def wrapped(stretches: Iterable[Run], room: float, size: float) -> list[list[Run]]:
    """The lines of a paragraph, broken between words. A right-to-left stretch that is broken is isolated on either line."""
    lines: list[list[Run]] = [[]]
    left, isolated = room, False
    for text, style in stretches:
        for word in re.findall(r"\s+|\S+", text):
            takes = width(word, size, style == "bold")
            if takes > left and lines[-1] and not word.isspace():
                lines[-1] += [Run("\u2069")] * isolated
                lines.append([Run("\u2068")] * isolated)
                left = room
            lines[-1].append(Run(word, style))
            left -= takes
            isolated = "\u2069" not in word and (isolated or "\u2068" in word)
    return lines


class Drawing:
    """What is drawn so far, and how far down it goes."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.y = 0.0

    def rect(self, x: float, y: float, wide: float, high: float, fill: str, radius: float = 0) -> str:
        """A rectangle; it is not yet drawn."""
        return f'<rect x="{x:g}" y="{y:g}" width="{wide:g}" height="{high:g}" rx="{radius:g}" fill="{fill}"/>'

    def words(self, x: float, y: float, line: Iterable[Run], size: float, fill: str, more: str = "") -> None:
        """One line of text."""
        joined: list[Run] = []
        for text, style in line:
            if joined and joined[-1].style == style:
                text = joined.pop().text + text
            joined.append(Run(text, style))
        spans = "".join(f"<tspan {STYLES[s]}>{escape(t, False)}</tspan>" if s else escape(t, False) for t, s in joined)
        self.parts.append(f'<text x="{x:g}" y="{y:g}" font-size="{size:g}" fill="{fill}"{more}>{spans}</text>')

    def paragraphs(self, x: float, room: float, markdown: str, size: float, high: float) -> None:
        """Text from here on down."""
        for paragraph in markdown.split("\n"):
            small = paragraph.startswith("-# ")
            own, step, fill = (size * 0.84, high * 0.84, GREY) if small else (size, high, TEXT)
            for line in wrapped(runs(paragraph.removeprefix("-# ")), room, own):
                self.y += step if line else step / 2
                self.words(x, self.y - step * 0.3, line, own, fill)

    def embed(self, embed: dict[str, Any]) -> None:
        """An embed: its coloured bar, its description, its fields."""
        top, place, room = self.y, len(self.parts), WIDTH - LEFT - EDGE
        self.y += 12
        self.paragraphs(LEFT + 16, room - 32, embed["description"], 14, 19)
        for field in embed.get("fields", []):
            if field["name"].strip("\u200b"):
                self.y += 8
                self.paragraphs(LEFT + 16, room - 32, f"**{field['name']}**", 14, 19)
            self.paragraphs(LEFT + 16, room - 32, field["value"], 14, 19)
        self.y += 14
        clip = f'<clipPath id="box">{self.rect(LEFT, top, room, self.y - top, BOX, 4)}</clipPath>'
        box = self.rect(LEFT, top, room, self.y - top, BOX)
        bar = self.rect(LEFT, top, 4, self.y - top, f"#{embed['color']:06x}")
        self.parts.insert(place, f'{clip}<g clip-path="url(#box)">{box}{bar}</g>')

    def buttons(self, row: list[dict[str, Any]]) -> None:
        """A row of buttons."""
        x = float(LEFT)
        for one in row:
            wide = width(one["label"], 14) + 32
            self.parts.append(self.rect(x, self.y, wide, 32, BUTTONS[one["style"]], 8))
            middle = ' text-anchor="middle" font-weight="500"'
            self.words(x + wide / 2, self.y + 21, [Run(one["label"])], 14, "#ffffff", middle)
            x += wide + 8
        self.y += 40


def drawn(message: dict[str, Any]) -> str:
    """A message in answer to a command, as SVG."""
    asked, name = message["interaction_metadata"], message["author"]["global_name"]
    who, command = asked["user"]["global_name"], f"/{asked['name']}"
    sheet = Drawing()
    sheet.parts += [
        f'<path d="M36 40 V34 Q36 26 44 26 H{LEFT - 6}" fill="none" stroke="{PLAIN}" stroke-width="2"/>',
        f'<circle cx="{LEFT + 8}" cy="26" r="8" fill="#3ba55d"/>',
        f'<circle cx="36" cy="66" r="20" fill="{BLURPLE}"/>',
    ]
    centred = ' text-anchor="middle" font-weight="600"'
    sheet.words(LEFT + 8, 29.5, [Run(who[0])], 10, "#ffffff", centred)
    sheet.words(36, 72.5, [Run(name[0])], 18, "#ffffff", centred)
    sheet.words(LEFT + 22, 31, [Run(f"{who} used "), Run(command, "link")], 14, GREY)
    sheet.words(LEFT, 62, [Run(name)], 16, BRIGHT, ' font-weight="600"')
    tag = LEFT + width(name, 16) + 10
    sheet.parts.append(sheet.rect(tag, 50, 34, 16, BLURPLE, 4))
    sheet.words(tag + 17, 61.8, [Run("APP")], 10.5, "#ffffff", centred)
    sheet.y = 68
    sheet.paragraphs(LEFT, WIDTH - LEFT - EDGE, message["content"], 15.5, 22)
    for embed in message["embeds"]:
        sheet.y += 8
        sheet.embed(embed)
    sheet.y += 8
    for row in message["components"]:
        sheet.buttons(row["components"])
    high = round(sheet.y + 12)
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{high}" viewBox="0 0 {WIDTH} {high}" '
            f'font-family="{FONT}" role="img" xml:space="preserve">',
            f"<title>{escape(f'{who} used {command}: {name} answers', False)}</title>",
            sheet.rect(0, 0, WIDTH, high, BACK, 8),
            *sheet.parts,
            "</svg>\n",
        ]
    )


def picture() -> str:
    """The picture of an answer, given now."""
    with tempfile.TemporaryDirectory() as folder, on_discord(bundle(Path(folder))) as server:
        return drawn(server.slash(COMMAND, GIVEN, server.alice).message())
