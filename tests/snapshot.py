"""What the bot says to every question of the sets, kept in a file that shows what a change changes: `make snapshot`.

For each question stand its status, verdict, facts, the beginning of what is said and a digest of the whole of it. Run without
an argument it compares with what is kept and prints the questions that differ, each before and after; with `--keep` it keeps
what is said now, so that the differing lines stand in the commit.
"""

from __future__ import annotations

import hashlib
import json
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bot.app import open_bot
from bot.dialogue.service import TalksBot
from bot.settings import Settings
from bot.telling.answer import Answer, whole_text
from tests.questions.judge import FOLDER, ask, questions

KEPT = FOLDER / "snapshot.jsonl"
SETS = ("tuning", "measuring", "wordings")
SAID = 200
SHOWN = 40


def line(asked: str, answer: Answer) -> str:
    """What is kept of an answer: a line of JSON."""
    said = whole_text(answer)
    return json.dumps(
        {
            "asked": asked,
            "status": answer.status,
            "verdict": answer.verdict,
            "facts": sorted(f"{fact.KIND} {fact.key}" for fact in answer.facts)[:8],
            "of": len(answer.facts),
            "said": said[:SAID],
            "digest": hashlib.sha256(said.encode()).hexdigest()[:16],
        },
        ensure_ascii=False,
    )


def lines(bot: TalksBot) -> Iterator[tuple[str, str]]:
    """(name of a question, what is kept of its answer) of all sets."""
    for name in SETS:
        for one in questions(name):
            yield f"{name} {one.id}", line(" / ".join(one.turns), ask(bot, one))


def main() -> int:
    """Compares, or keeps; 1 where something differs."""
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        bot = open_bot(Settings(database=Path(folder) / "talks.db"))
        now = dict(lines(bot))
    took = time.perf_counter() - started
    before = dict(row.split("\t", 1) for row in KEPT.read_text(encoding="utf-8").splitlines()) if KEPT.exists() else {}
    differing = [key for key in {**before, **now} if before.get(key) != now.get(key)]
    for key in differing[:SHOWN]:
        print(f"{key}\n  - {before.get(key, 'not asked before')}\n  + {now.get(key, 'not asked any more')}")
    if len(differing) > SHOWN:
        print(f"… and {len(differing) - SHOWN} more")
    print(f"{len(now):,} questions in {took:.1f} s: {len(differing)} lines differ" if differing else f"{len(now):,}: identical")
    if "--keep" in sys.argv[1:]:
        KEPT.write_text("".join(f"{key}\t{row}\n" for key, row in now.items()), encoding="utf-8")
        return 0
    return int(bool(differing))


if __name__ == "__main__":
    sys.exit(main())
