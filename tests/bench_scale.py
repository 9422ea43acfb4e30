"""How it grows with the facts: `make bench-scale` prints it (docs/accuracy.md). Sizes may be given: 10000 100000 1000000.

The facts are made up (tests/scale), beside the bundled ones; they go through the same plan, checks and transaction as any load.
"""

from __future__ import annotations

import json
import pickle
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from random import Random
from typing import Any

import yaml

from bot.app import open_bot, open_writer
from bot.dialogue.service import TalksBot
from bot.settings import Settings
from knowledge.loading.plans import apply_plan, plan_load
from knowledge.loading.writer import FactWriter
from knowledge.packs import Limits, Pack, Row, read_pack
from knowledge.packs.fields import SECTIONS
from knowledge.packs.rows import row_key
from tests.bench import turns
from tests.peers.run import peak_memory
from tests.scale.asking import questions
from tests.scale.made_up import Rows, World

SIZES = (10_000, 100_000, 1_000_000)
EACH = 8
LIMITS = Limits(max_bytes=1_000_000_000, max_rows=10_000_000)


def pack_of(identity: str, rows: Rows) -> Pack:
    """A pack of rows that need no reading."""
    found = [Row(SECTIONS[name].kind, row_key(SECTIONS[name].kind, row), row) for name, part in rows.items() for row in part]
    return Pack(identity, {"title": identity}, tuple(found), f"{identity}.json", identity)


def load(writer: FactWriter, pack: Pack) -> None:
    """Plans and applies, as every load does."""
    apply_plan(writer, plan_load(writer, pack), "bench", "bench")


def timed(ask: Callable[[Any], object], asked: Iterable[Any]) -> list[float]:
    """Milliseconds of each, in order of size."""
    found = []
    for one in asked:
        started = time.perf_counter()
        ask(one)
        found.append((time.perf_counter() - started) * 1000)
    return sorted(found)


def told(times: Sequence[float]) -> str:
    """Median and 99th percentile."""
    return f"{statistics.median(times):7.2f} {times[int(len(times) * 0.99)]:8.2f}"


def beginnings(world: World) -> list[str]:
    """What is typed of names while they are completed: two, three and five letters."""
    random = Random(5)
    names = [name for _, name in random.sample(world.persons, 60)] + [name for _, name in random.sample(world.topics, 20)]
    return [name[:letters] for name in names for letters in (2, 3, 5)]


def completing(bot: TalksBot) -> Callable[[str], object]:
    """Autocompletion of a party; until the bot has one, its look-up: names by their start."""
    if find_spec("bot.chat.completion"):
        completion = import_module("bot.chat.completion").Completion(bot)
        return lambda typed: completion.choices("actor", typed)
    sql = "SELECT DISTINCT kind, id FROM (SELECT kind, id FROM names WHERE norm >= ? AND norm < ? LIMIT 200)"
    return lambda typed: bot.store._reader.connection.execute(sql, (typed.lower(), f"{typed.lower()}\x7f")).fetchall()


@dataclass
class Asked:
    """What the asking process is told: what is asked before, then what is measured, and what is typed of names."""

    before: list[str]
    made: list[str]
    typed: list[str]


def loaded(size: int, folder: Path) -> None:
    """Makes up talks and loads them; leaves the questions about them, and prints what loading cost."""
    world = World(size)
    settings = Settings(database=folder / "talks.db")
    open_bot(settings).store.close()
    writer = open_writer(settings)
    took = 0.0
    for identity, rows in world.packs():
        pack = pack_of(identity, rows)
        started = time.perf_counter()
        load(writer, pack)
        took += time.perf_counter() - started
    writer.close()
    made = questions(world, EACH)
    Random(1).shuffle(made)
    asked = Asked(questions(world, EACH, seed=4), made, beginnings(world))
    (folder / "asked.pickle").write_bytes(pickle.dumps(asked))
    print(f" {took:>8.1f} {settings.database.stat().st_size / 2**20:>8.1f} {peak_memory():>9.0f}", flush=True)


def answered(folder: Path) -> None:
    """Asks; prints what answering cost."""
    asked: Asked = pickle.loads((folder / "asked.pickle").read_bytes())
    bot = open_bot(Settings(database=folder / "talks.db"))
    counts = bot.store.counts()
    # A bot that has been asked before, about other names: what its first look at the file costs is not what a question costs.
    timed(lambda one: bot.ask("before", one), asked.before)
    parts = (
        timed(lambda one: bot.ask(one, one), asked.made),
        timed(lambda turn: bot.ask(*turn), turns()),
        timed(bot.reader.linker.link, asked.made),
        timed(completing(bot), asked.typed),
    )
    print(f"{sum(counts.values()):>9,}", *map(told, parts), f"{peak_memory():>6.0f}", end="", flush=True)


def main() -> None:
    """Prints the table, a line a size. Loading and asking are processes of their own: neither is in the other's memory."""
    match sys.argv[1:]:
        case ["--load", size, folder]:
            return loaded(int(size), Path(folder))
        case ["--ask", folder]:
            return answered(Path(folder))
        case ["--large"]:
            return large_load()
    parts = ("questions", "bundled", "linking", "completing")
    print(f"{'':9}" + "".join(f" {part + ', ms':^16}" for part in parts) + f" {'asking':>6} {'':26}loading")
    print(
        f"{'facts':>9}" + f" {'median':>7} {'99th':>8}" * len(parts) + f" {'MiB':>6} {'s':>8} {'file MiB':>8} {'peak MiB':>9}"
    )
    for size in sys.argv[1:] or map(str, SIZES):
        with tempfile.TemporaryDirectory() as folder:
            told_of_load = run("--load", size, folder)
            print(run("--ask", folder), told_of_load, sep="", end="", flush=True)
    print(run("--large"), end="")


def run(*arguments: str) -> str:
    """What a process of its own prints."""
    command = [sys.executable, "-m", "tests.bench_scale", *arguments]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def large_load(statements: int = 20_000) -> None:
    """One large pack, read from its text: how long its preview takes, and its load."""
    world = World(10_000)
    rows: Rows = {}
    for _, part in world.packs():
        for name, more in part.items():
            rows.setdefault(name, []).extend(more)
    while len(rows["statements"]) < statements:
        rows["statements"] += [world._statement(100_000 + len(rows["statements"]) + at) for at in range(1_000)]
    body = {"pack": "large", **rows}
    texts = {"json": json.dumps(body).encode(), "yaml": yaml.dump(body, Dumper=yaml.CSafeDumper, sort_keys=False).encode()}
    for form, data in texts.items():
        with tempfile.TemporaryDirectory() as folder:
            writer = open_writer(Settings(database=Path(folder) / "talks.db"))
            started = time.perf_counter()
            plan = plan_load(writer, read_pack(data, f"large.{form}", LIMITS))
            preview = time.perf_counter() - started
            started = time.perf_counter()
            apply_plan(writer, plan, "bench", "bench")
            took = time.perf_counter() - started
            writer.close()
        print(
            f"a pack of {len(plan.changes):,} rows, {len(rows['statements']):,} of them statements, as {form}: "
            f"{len(data) / 1e6:.1f} MB, preview {preview:.1f} s, load {took:.1f} s",
            flush=True,
        )


if __name__ == "__main__":
    main()
