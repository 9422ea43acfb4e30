"""What a question costs, on the bundled facts: `make bench` prints it. Figures, not a test."""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bot.app import open_bot
from bot.dialogue.service import TalksBot
from bot.settings import Settings
from tests.questions.judge import questions

ROUNDS = 5
TALKS = Path(sys.executable).with_name("talks")


def turns() -> list[tuple[str, str]]:
    """(chat, text) of all turns of our own questions."""
    return [(one.id, text) for name in ("tuning", "measuring") for one in questions(name) for text in one.turns]


def answer_times(bot: TalksBot) -> tuple[list[float], list[float]]:
    """Milliseconds of each answer: to questions that nobody has asked before, and to the same asked again by others."""
    new: list[float] = []
    again: list[float] = []
    for number in range(ROUNDS):
        for chat, text in turns():
            started = time.perf_counter()
            bot.ask(f"{number} {chat}", text)
            (again if number else new).append((time.perf_counter() - started) * 1000)
    return new, again


def statements_run(bot: TalksBot) -> list[int]:
    """SQL statements that each answer took, the transaction's own left out."""
    return [len([sql for sql in bot.explain(chat, text).ran if sql not in ("BEGIN", "COMMIT")]) for chat, text in turns()]


def first_answer(database: Path) -> tuple[float, float]:
    """(seconds, peak MiB) of a process from its start to its first answer."""
    started = time.perf_counter()
    process = subprocess.Popen(
        [str(TALKS), "ask", "--jsonl"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "TALKS_DB": str(database)},
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(json.dumps({"id": 1, "text": "who attended round 21"}) + "\n")
    process.stdin.close()
    process.stdout.readline()
    took = time.perf_counter() - started
    process.wait()
    return took, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def main() -> None:
    """Prints the figures."""
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "talks.db"
        started = time.perf_counter()
        open_bot(Settings(database=database)).store.close()
        print(
            f"first start, store made and filled: {time.perf_counter() - started:.2f} s; file {database.stat().st_size:,} bytes"
        )
        took, peak = min(first_answer(database) for _ in range(3))
        print(f"start to first answer: {took:.2f} s; peak memory {peak:.0f} MiB")
        bot = open_bot(Settings(database=database))
        for name, times in zip(("asked for the first time", "asked again by others"), answer_times(bot), strict=True):
            at_99 = sorted(times)[int(len(times) * 0.99)]
            median = statistics.median(times)
            print(f"time to an answer, {len(times):,} questions {name}: median {median:.2f} ms, 99th percentile {at_99:.2f} ms")
        ran = statements_run(bot)
        print(f"SQL statements an answer takes: median {statistics.median(ran):.0f}, most {max(ran)}")


if __name__ == "__main__":
    main()
