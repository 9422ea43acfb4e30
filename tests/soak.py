"""Asks very many questions from very many chats, and prints what that leaves in memory and in files: `make soak`."""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from pathlib import Path

from adapters.discord import rendering as discord
from adapters.telegram import rendering as telegram
from bot.app import open_bot
from bot.chat.desk import Asker, Desk
from bot.settings import Settings
from bot.state import State
from tests.questions.judge import questions

QUESTIONS, STEPS = 50_000, 5
CHATS, SERVERS, CHANNELS = 10_000, 2_500, 3
GROWTH = 1.15
"""How many times as large as after the first step memory and files may be at the end."""


def memory() -> float:
    """MiB that the process has in memory."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * 4_096 / 2**20


def asker(chance: random.Random) -> Asker:
    """Somebody in one of the chats or servers."""
    if chance.random() < 0.5:
        return Asker("telegram", str(chance.randrange(CHATS)), str(chance.randrange(CHATS)))
    channel = chance.randrange(SERVERS * CHANNELS)
    return Asker("discord", str(channel), str(chance.randrange(CHATS)))


def main() -> int:
    """Prints the figures; 1 where something goes on growing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=int, default=QUESTIONS)
    count = parser.parse_args().questions
    chance = random.Random(7)
    texts = [text for name in ("tuning", "measuring", "wordings") for one in questions(name) for text in one.turns]
    sizes: list[tuple[float, float]] = []
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(database=Path(folder) / "talks.db")
        desk = Desk(open_bot(settings), State(settings.state_file))
        started = time.perf_counter()
        for number in range(1, count + 1):
            who = asker(chance)
            reply = desk.message(who, chance.choice(texts))
            shown = telegram.rendered(reply, "Bot") if who.platform == "telegram" else discord.rendered(reply)
            assert shown
            if chance.random() < 0.1 and reply.buttons:
                desk.press(who, chance.choice(reply.buttons)[0].data)
            if number % 50 == 0:
                desk.settle()
            if number % (count // STEPS) == 0:
                desk.state.flush(60)
                files = sum(one.stat().st_size for one in Path(folder).iterdir()) / 2**20
                sizes.append((memory(), files))
                took = time.perf_counter() - started
                print(
                    f"{number:>7,} questions in {took:4.0f} s: memory {sizes[-1][0]:.0f} MiB, files {files:.1f} MiB", flush=True
                )
        desk.state.close()
    grown = [last / first for first, last in zip(sizes[0], sizes[-1], strict=True)]
    print(f"at the end {grown[0]:.2f} times the memory and {grown[1]:.2f} times the files of the first step")
    return int(max(grown) > GROWTH)


if __name__ == "__main__":
    sys.exit(main())
