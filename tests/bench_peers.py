"""The same questions, on the same facts, to other ways of answering: `make bench-peers` prints it (docs/accuracy.md).

`python -m tests.bench_peers [questions.yaml …]` asks the questions of further files too.
"""

from __future__ import annotations

import pickle
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.app import open_bot
from bot.dialogue.service import TalksBot
from bot.settings import Settings
from tests.peers.given import REFUSED, Given, Setting, Stored, as_answer
from tests.peers.run import OURS, PEERS, Found, Work, together
from tests.questions.judge import FOLDER, Asked, Rows, ask, fault, questions_in

ROOT = Path(__file__).parents[1]
TITLES = {
    OURS: "Talks Bot",
    "rapidfuzz": "rapidfuzz, stored questions",
    "fts5": "SQLite FTS5, all facts",
    "tf-idf": "TF-IDF, logistic regression",
    "minilm": "MiniLM embeddings",
}
# Each peer is tuned twice: to be right as often as it can, and so that a wrong answer costs what a right one earns.
# (In the first a wrong answer costs next to nothing: it only decides between equals.)
COSTS = {"bold": 0.001, "careful": 1.0}
HEAD = f"{'':36} {'right':>14} {'wrongly answered':>18} {'wrongly refused':>17} {'median':>9} {'99th pct':>9} {'memory':>8}"


@dataclass
class Score:
    """How many were right, wrongly answered, wrongly refused."""

    right: int = 0
    wrong: int = 0
    refused: int = 0

    def worth(self, cost: float) -> float:
        """What tuning makes as large as it can."""
        return self.right - cost * self.wrong


def judged(rows: Rows, asked: Asked, given: Given) -> str:
    """ "right", "wrong" or "refused". A refusal is right where one was wanted, of whatever kind, for everyone alike."""
    if not given.answered:
        statuses = asked.expect.get("status", "answered")
        return "refused" if statuses in ("answered", ["answered"]) else "right"
    return "wrong" if fault(rows, asked, as_answer(given)) else "right"


def scored(verdicts: Sequence[str]) -> Score:
    """The verdicts, counted."""
    return Score(*(verdicts.count(one) for one in ("right", "wrong", "refused")))


def stored_answer(rows: Rows, asked: Asked, bot: TalksBot) -> Given:
    """The right answer to a question: what our bot says where that is right, else the facts that were expected."""
    answer = ask(bot, asked)
    if not fault(rows, asked, answer):
        facts = tuple((fact.KIND, fact.key) for fact in answer.facts)
        text = "\n".join([answer.heading, *(line.text for line in answer.lines)])
        return Given(answer.status, text, facts, answer.verdict)
    if asked.unanswerable:
        return REFUSED
    text = " ".join(str(one) for one in asked.expect.get("text") or ())
    return Given("answered", text, tuple(rows.all_of(asked.expect.get("facts"))), asked.expect.get("verdict"))


def in_process(name: str, work: Work) -> Found:
    """Has a process of its own carry out the work."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "work.pickle").write_bytes(pickle.dumps(work))
        subprocess.run([sys.executable, "-m", "tests.peers.run", folder, name], check=True, cwd=ROOT)
        found: Found = pickle.loads((Path(folder) / f"{name}.pickle").read_bytes())
        return found


def tuned(rows: Rows, asked: Sequence[Asked], found: Found, cost: float) -> tuple[dict[str, Any], float]:
    """The options and the threshold that are worth most on the tuning half, each question kept out of its own answer."""
    best: tuple[float, dict[str, Any], float] = (-len(asked) * (1 + cost), {}, 0.0)
    for options, guesses in found.guesses:
        said = [(score, judged(rows, one, given)) for one, (score, given) in zip(asked, guesses, strict=True)]
        silent = [judged(rows, one, REFUSED) for one in asked]
        for threshold in sorted({score for score, _ in said}):
            verdicts = [verdict if score >= threshold else quiet for (score, verdict), quiet in zip(said, silent, strict=True)]
            worth = scored(verdicts).worth(cost)
            if worth > best[0]:
                best = (worth, options, threshold)
    return best[1], best[2]


def row(title: str, score: Score, found: Found) -> str:
    """A line of the table."""
    count = len(found.given)
    times = sorted(found.milliseconds)
    parts = [f"{number} = {number / count:.1%}" for number in (score.right, score.wrong, score.refused)]
    return (
        f"{title:36} {parts[0]:>14} {parts[1]:>18} {parts[2]:>17} {statistics.median(times):>6.2f} ms "
        f"{times[int(len(times) * 0.99)]:>6.2f} ms {found.peak:>4.0f} MiB"
    )


def main() -> None:
    """Tunes each peer on the tuning half, then asks all of them the questions of each file."""
    files = [FOLDER / "measuring.yaml", *map(Path, sys.argv[1:])]
    rows = Rows()
    tuning = list(questions_in(FOLDER / "tuning.yaml"))
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "talks.db"
        bot = open_bot(Settings(database=database))
        stored = tuple(Stored(one.id, together(one.turns), stored_answer(rows, one, bot)) for one in tuning)
        setting = Setting(database, stored)
        entries: list[tuple[str, str, tuple[dict[str, Any], float] | None]] = [(OURS, TITLES[OURS], None)]
        for name in PEERS:
            guesses = in_process(name, Work(setting, [(one.id, one.turns) for one in tuning]))
            for manner, cost in COSTS.items():
                options, threshold = tuned(rows, tuning, guesses, cost)
                entries.append((name, f"{TITLES[name]}, {manner}", (options, threshold)))
                print(f"{entries[-1][1]}: {options}, refuses below {threshold:.3g}", flush=True)
        for file in files:
            asked = list(questions_in(file))
            unanswerable = sum(one.unanswerable for one in asked)
            print(f"\n{file.name}: {len(asked)} questions, {unanswerable} of them not to be answered\n{HEAD}", flush=True)
            for name, title, choice in entries:
                found = in_process(name, Work(setting, [(one.id, one.turns) for one in asked], choice))
                score = scored([judged(rows, one, given) for one, given in zip(asked, found.given, strict=True)])
                print(row(title, score, found), flush=True)


if __name__ == "__main__":
    main()
