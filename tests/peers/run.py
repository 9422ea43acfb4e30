"""A peer in a process of its own, so that its memory can be told: `python -m tests.peers.run FOLDER NAME`.

Reads what to do from FOLDER/work.pickle, leaves what it found in FOLDER/NAME.pickle. The processes share nothing else.
"""

from __future__ import annotations

import pickle
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

from tests.peers.given import REFUSED, Given, Peer, Setting

PEERS = {
    "rapidfuzz": ("tests.peers.nearest_question", "NearestQuestion"),
    "fts5": ("tests.peers.full_text", "FullText"),
    "tf-idf": ("tests.peers.classifier", "Classifier"),
    "minilm": ("tests.peers.embeddings", "Embeddings"),
}
OURS = "talks-bot"
Turns = tuple[str, ...]


@dataclass
class Work:
    """What a process is to do: with `choice`, answer the questions; without, guess at all of them with all options."""

    setting: Setting
    asked: list[tuple[str, Turns]]
    choice: tuple[dict[str, Any], float] | None = None


@dataclass
class Found:
    """What it found: answers, or guesses by option; milliseconds of each answer; peak memory and start."""

    given: list[Given] = field(default_factory=list)
    guesses: list[tuple[dict[str, Any], list[tuple[float, Given]]]] = field(default_factory=list)
    milliseconds: list[float] = field(default_factory=list)
    peak: float = 0.0
    start: float = 0.0


def together(turns: Turns) -> str:
    """The turns of a conversation as one text: peers remember none."""
    return " ".join(turns)


def _peer(name: str, setting: Setting) -> Peer:
    module, kind = PEERS[name]
    peer: Peer = getattr(import_module(module), kind)(setting)
    return peer


def _ours(setting: Setting) -> Callable[[str, Turns], Callable[[], Given]]:
    """Ours, asked turn by turn; only the last is timed."""
    from bot.app import open_bot
    from bot.settings import Settings
    from bot.telling.answer import whole_text

    bot = open_bot(Settings(database=setting.database))

    def prepare(chat: str, turns: Turns) -> Callable[[], Given]:
        for turn in turns[:-1]:
            bot.ask(chat, turn)

        def answer() -> Given:
            found = bot.ask(chat, turns[-1])
            facts = tuple((fact.KIND, fact.key) for fact in found.facts)
            return Given(found.status, whole_text(found), facts, found.verdict)

        return answer

    return prepare


def _theirs(name: str, setting: Setting, choice: tuple[dict[str, Any], float]) -> Callable[[str, Turns], Callable[[], Given]]:
    peer = _peer(name, setting)
    options, threshold = choice

    def prepare(chat: str, turns: Turns) -> Callable[[], Given]:
        def answer() -> Given:
            score, given = peer.guess(together(turns), options)
            return given if score >= threshold else REFUSED

        return answer

    return prepare


def carried_out(name: str, work: Work) -> Found:
    """Does what is to be done."""
    found = Found()
    started = time.perf_counter()
    if name != OURS and work.choice is None:
        peer = _peer(name, work.setting)
        for options in peer.options:
            guesses = [peer.guess(together(turns), options, but=one) for one, turns in work.asked]
            found.guesses.append((options, guesses))
        return found
    prepare = _ours(work.setting) if work.choice is None else _theirs(name, work.setting, work.choice)
    found.start = time.perf_counter() - started
    for one, turns in work.asked:
        answer = prepare(one, turns)
        started = time.perf_counter()
        found.given.append(answer())
        found.milliseconds.append((time.perf_counter() - started) * 1000)
    found.peak = peak_memory()
    return found


def peak_memory() -> float:
    """MiB of memory at most; where there is /proc from there, since what getrusage tells counts the parent's in."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Does what FOLDER says, for the peer NAME."""
    folder, name = Path(sys.argv[1]), sys.argv[2]
    work = pickle.loads((folder / "work.pickle").read_bytes())
    (folder / f"{name}.pickle").write_bytes(pickle.dumps(carried_out(name, work)))


if __name__ == "__main__":
    main()
