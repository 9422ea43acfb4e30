"""What a large load costs, and what it does to the questions that are answered meanwhile: `make bench`."""

from __future__ import annotations

import json
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import yaml

from bot.app import open_bot
from bot.dialogue.service import TalksBot
from bot.settings import Settings
from knowledge.loading.plans import apply_plan, plan_file
from knowledge.loading.writer import FactWriter
from knowledge.packs import Limits

STATEMENTS = 20_000
PAUSE = 0.01
ASKED = (
    "who attended round 21",
    "what did the opposition ask Russia",
    "what was agreed in round 22",
    "who led the Turkish delegation in round 13",
    "when was round 8",
)
T = TypeVar("T")


def large_pack() -> dict[str, object]:
    """A pack of STATEMENTS statements, about 6 MB as YAML."""
    rows = [
        {
            "id": f"b-{number}",
            "round": f"astana/{number % 22 + 1}",
            "speaker": ("russia", "turkey", "iran", "syrian-opposition")[number % 4],
            "act": "said",
            "text": f"that matter {number}, long discussed, should be settled by all as was agreed in part {number % 77}",
            "about": ["idlib"],
            "note": f"A remark that is not short either, number {number}",
            "sources": ["s-b"],
        }
        for number in range(STATEMENTS)
    ]
    return {"pack": "big", "sources": [{"id": "s-b", "publisher": "Wire", "title": "T"}], "statements": rows}


@contextmanager
def asking(bot: TalksBot) -> Iterator[list[float]]:
    """Asks one question after another meanwhile; milliseconds that each answer took."""
    times: list[float] = []
    ended = threading.Event()

    def ask() -> None:
        number = 0
        while not ended.wait(PAUSE):
            started = time.perf_counter()
            bot.ask(f"bench {number}", ASKED[number % len(ASKED)])
            times.append((time.perf_counter() - started) * 1_000)
            number += 1

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        yield times
    finally:
        ended.set()
        thread.join()


def told(times: list[float]) -> str:
    """Median and 99th percentile."""
    return f"median {statistics.median(times):.1f} ms, 99th percentile {statistics.quantiles(times, n=100)[98]:.1f} ms"


def timed(work: Callable[[], T]) -> tuple[T, float]:
    """What work gives, and the seconds that it took."""
    started = time.perf_counter()
    return work(), time.perf_counter() - started


def main() -> None:
    """Prints the figures."""
    pack = large_pack()
    as_json = json.dumps(pack).encode()
    as_yaml = yaml.dump(pack, Dumper=yaml.CSafeDumper, sort_keys=False, width=10_000).encode()
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "talks.db"
        bot = open_bot(Settings(database=database))
        writer = FactWriter(database)
        with asking(bot) as before:
            time.sleep(3)
        with asking(bot) as during:
            _, json_seconds = timed(lambda: plan_file(writer, as_json, "big.json", Limits()))
            plan, yaml_seconds = timed(lambda: plan_file(writer, as_yaml, "big.yaml", Limits()))
            _, load_seconds = timed(lambda: apply_plan(writer, plan, "bench", "bench"))
        writer.close()
    size = f"{STATEMENTS:,} statements ({len(as_yaml) / 1e6:.1f} MB of YAML)"
    print(f"{size}: preview {yaml_seconds:.1f} s (as JSON {json_seconds:.1f} s), load {load_seconds:.1f} s")
    print(f"answers before: {told(before)}; meanwhile: {told(during)}")


if __name__ == "__main__":
    main()
