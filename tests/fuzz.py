"""Throws at the doors of the bot what nobody would type, and what anybody might: `make fuzz`.

A grammar of mutations over real questions: slips, words of any length, any Unicode, markup, commands, whole sentences again and
again. It prints its seed; the same seed makes the same inputs. What it looks for: a crash, an input that takes more than its
budget or more than CPU_MS of the thread's time, a message beyond what a platform takes.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import ParamSpec, TypeVar

from adapters.discord import rendering as discord
from adapters.telegram import rendering as telegram
from bot.app import open_bot
from bot.chat.commands import COMMANDS
from bot.chat.desk import Asker, Desk, Reply
from bot.chat.inline import offers
from bot.settings import Settings
from bot.state import State
from bot.telling.answer import units
from knowledge.budget import KEYS
from tests.questions.judge import questions

CPU_MS = 50.0
LENGTH = 500
INLINE = 256
P = ParamSpec("P")
T = TypeVar("T")
_SCRIPTS = [
    (0x20, 0x7E),
    (0xA0, 0x24F),
    (0x300, 0x36F),
    (0x370, 0x52F),
    (0x590, 0x6FF),
    (0x900, 0x97F),
    (0xE00, 0xE7F),
    (0x10A0, 0x10FF),
    (0x1100, 0x11FF),
    (0x2000, 0x206F),
    (0x20D0, 0x20FF),
    (0x2150, 0x218F),
    (0x3040, 0x30FF),
    (0x4E00, 0x9FFF),
    (0xAC00, 0xD7A3),
    (0xD800, 0xDFFF),
    (0xFB50, 0xFDFF),
    (0xFE00, 0xFE0F),
    (0xFF00, 0xFFEF),
    (0x1F000, 0x1FAFF),
    (0x1D400, 0x1D7FF),
    (0xE0000, 0xE01EF),
]
_MARKUP = (
    "<b>",
    "</b>",
    "&amp;",
    "*",
    "_",
    "`",
    "~",
    "||",
    "[x](http://e.org)",
    "@everyone",
    "<@1>",
    "\\",
    "-# ",
    "> ",
    "{round}",
    "%s",
)
_STRANGE = (
    "ſ",
    "İ",
    "ı",
    "\u212a",
    "2️⃣1️⃣",
    "\u200b",
    "\u202e",
    "\ud83d",
    "\ufdfa",
    "٢١",
    "１３",
    "Ⅻ",
    "½",
    "²",
    "\0",
    "\r",
    "\u2028",
)
_JOINTS = (" and ", ", ", "; ", " - ", "\n", " ", ". ", "? ", " but not ", " or ")


@dataclass
class Found:
    """What a run found: how many inputs by door, the slowest, and what is wrong."""

    seed: int
    by_door: Counter[str] = field(default_factory=Counter)
    slowest: list[tuple[float, str, str]] = field(default_factory=list)
    most_keys: int = 0
    wrong: list[str] = field(default_factory=list)

    def took(self, milliseconds: float, door: str, text: str) -> None:
        """Notes the CPU time of an input."""
        self.slowest = sorted([*self.slowest, (milliseconds, door, text)], reverse=True)[:8]


class Inputs:
    """Makes inputs from real questions, by chance."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.real = [text for name in ("tuning", "measuring", "wordings") for one in questions(name) for text in one.turns]
        self.words = sorted({word for text in self.real for word in text.split()})
        self.kinds: list[Callable[[str], str]] = [
            self.slipped,
            self.shuffled,
            self.joined,
            self.repeated,
            self.long_word,
            self.other_script,
            self.marked_up,
            self.strange,
            self.of_words,
            self.spaced,
        ]

    def one(self) -> str:
        """An input of at most LENGTH characters or a few more."""
        text = self.random.choice(self.real)
        for _ in range(self.random.choice((1, 1, 1, 2, 2, 3))):
            text = self.random.choice(self.kinds)(text)
        return text[: LENGTH + 20]

    def slipped(self, text: str) -> str:
        """Letters left out, doubled, swapped, replaced."""
        letters = list(text)
        for _ in range(self.random.randint(1, 12)):
            at = self.random.randrange(len(letters) or 1)
            if at < len(letters):
                letters[at] = self.random.choice(
                    ("", letters[at] * 2, self.random.choice("etaoinshrdlu'- "), letters[at].swapcase())
                )
        return "".join(letters)

    def shuffled(self, text: str) -> str:
        """Its words in another order, some left out."""
        words = text.split()
        self.random.shuffle(words)
        return " ".join(words[: self.random.randint(1, len(words) or 1)])

    def joined(self, text: str) -> str:
        """With other questions after it."""
        for _ in range(self.random.randint(1, 9)):
            text += self.random.choice(_JOINTS) + self.random.choice(self.real)
        return text

    def repeated(self, text: str) -> str:
        """A part of it again and again."""
        at = self.random.randrange(len(text) or 1)
        part = text[at : at + self.random.randint(1, 40)] or "ha"
        return text[:at] + part * (LENGTH // len(part))

    def long_word(self, text: str) -> str:
        """With a word that is longer than any."""
        letters = self.random.choice(("qwertyuiop", "haha", "a", "Lavrentiev", "constitutional", "üöäß", "абвгд", "中国"))
        return f"{text} {letters * self.random.randint(1, LENGTH // len(letters))}"

    def other_script(self, text: str) -> str:
        """With letters of any script."""
        first, last = self.random.choice(_SCRIPTS)
        gaps = self.random.choice((0, 0.1, 0.3))
        found = "".join(
            " " if self.random.random() < gaps else chr(self.random.randint(first, last))
            for _ in range(self.random.randint(1, LENGTH))
        )
        return f"{text[: self.random.randint(0, 60)]} {found}"

    def marked_up(self, text: str) -> str:
        """With markup of platforms between its words."""
        return "".join(word + self.random.choice((" ", self.random.choice(_MARKUP))) for word in text.split())

    def strange(self, text: str) -> str:
        """With characters in it that fold oddly."""
        for _ in range(self.random.randint(1, 6)):
            at = self.random.randint(0, len(text))
            text = text[:at] + self.random.choice(_STRANGE) + text[at:]
        return text

    def of_words(self, text: str) -> str:
        """Words of questions in any order."""
        return " ".join(self.random.choices(self.words, k=self.random.randint(1, 90)))

    def spaced(self, text: str) -> str:
        """With blanks, stops and line breaks in it."""
        return "".join(word + self.random.choice(" ,.;:!?-\n\t") * self.random.randint(1, 30) for word in text.split())


class Doors:
    """Every way in, and what comes out of each."""

    def __init__(self, desk: Desk, chance: random.Random) -> None:
        self.desk = desk
        self.random = chance
        self.milliseconds = 0.0
        self.all: list[Callable[[Asker, str], list[Reply]]] = [
            *[self.message] * 6,
            self.command,
            self.inline,
            self.completion,
            self.press,
        ]

    def timed(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The result of one thing that somebody does; `milliseconds` of CPU that the longest took are kept."""
        started = time.thread_time()
        try:
            return work(*args, **kwargs)
        finally:
            self.milliseconds = max(self.milliseconds, (time.thread_time() - started) * 1000)

    def message(self, asker: Asker, text: str) -> list[Reply]:
        """A message."""
        return [self.timed(self.desk.message, asker, text)]

    def command(self, asker: Asker, text: str) -> list[Reply]:
        """A slash command with arguments in words."""
        offered = [one.name for one in COMMANDS if asker.platform in one.platforms and one.audience == "everyone"]
        return [self.timed(self.desk.command, asker, self.random.choice(offered), text)]

    def inline(self, asker: Asker, text: str) -> list[Reply]:
        """Typed after the bot's name."""
        return [one.reply for one in self.timed(offers, self.desk, asker.user, text[:INLINE])]

    def completion(self, asker: Asker, text: str) -> list[Reply]:
        """Typed into an option."""
        for kind in ("round", "actor", "topic"):
            self.timed(self.desk.choices, kind, text)
        return []

    def press(self, asker: Asker, text: str) -> list[Reply]:
        """A message, and every button of its answer."""
        first = self.timed(self.desk.message, asker, text)
        data = [one.data for row in first.buttons for one in row]
        return [first, *(self.timed(self.desk.press, asker, one) for one in (*data[:2], text[:64]))]


def beyond(reply: Reply) -> str:
    """What of a reply a platform would not take, or ""."""
    if reply.page is None:
        return "" if len(reply.notice) <= 200 else "a notice of over 200 characters"
    for row in reply.buttons:
        for one in row:
            if not 0 < len(one.data.encode()) <= 64:
                return f"a button's data of {len(one.data.encode())} bytes"
    shown = telegram.rendered(reply, "Bot")
    if units(shown.plain) > telegram.TEXT:
        return f"a Telegram message of {units(shown.plain)}"
    arguments = discord.rendered(reply).arguments()
    if units(arguments["content"] or "") > 2_000:
        return f"a Discord message of {units(arguments['content'])}"
    if sum(len(embed) for embed in arguments.get("embeds", ())) > 6_000:
        return "Discord embeds of over 6,000"
    return ""


def run(count: int, seed: int) -> Found:
    """Throws `count` inputs at the doors."""
    found = Found(seed)
    inputs = Inputs(seed)
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(database=Path(folder) / "talks.db")
        bot = open_bot(settings)
        desk = Desk(bot, State(settings.state_file))
        doors = Doors(desk, inputs.random)
        for number in range(count):
            text, door = inputs.one(), inputs.random.choice(doors.all)
            asker = Asker(inputs.random.choice(("telegram", "discord")), "1", str(number % 50))
            found.by_door[door.__name__] += 1
            doors.milliseconds = 0.0
            try:
                replies = door(asker, text)
            except Exception as error:  # noqa: BLE001  # what a fuzzer is for
                found.wrong.append(f"{door.__name__} {text!r}: {error!r}")
                continue
            found.took(doors.milliseconds, door.__name__, text)
            keys = bot.store.budget.used[2]
            found.most_keys = max(found.most_keys, keys)
            if keys > KEYS:
                found.wrong.append(f"{door.__name__} {text!r}: {keys} spellings")
            found.wrong += [f"{door.__name__} {text!r}: {what}" for reply in replies if (what := beyond(reply))]
            if number % 500 == 499:
                desk.settle()
        desk.state.close()
    return found


def main() -> int:
    """Prints what was found; 1 where something is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=random.randrange(1_000_000))
    given = parser.parse_args()
    print(f"seed {given.seed}, {given.count:,} inputs")
    started = time.perf_counter()
    found = run(given.count, given.seed)
    for line in found.wrong[:20]:
        print(line)
    slow = [one for one in found.slowest if one[0] > CPU_MS]
    for milliseconds, door, text in found.slowest[:4]:
        print(f"{milliseconds:7.1f} ms {door}: {text!r}")
    doors = ", ".join(f"{name} {number:,}" for name, number in sorted(found.by_door.items()))
    print(f"{doors}; at most {found.most_keys:,} spellings of a message")
    print(f"{len(found.wrong)} wrong, slowest {found.slowest[0][0]:.1f} ms of CPU, in {time.perf_counter() - started:.0f} s")
    return int(bool(found.wrong or slow))


if __name__ == "__main__":
    sys.exit(main())
