"""The examples in README and docs/: made by running them. `python -m tests.docs.examples` writes them anew.

A block ```console N holds commands ("$ talks …") and the first N lines of what each prints; a block ```chat N holds what a
person types in the console chat ("> …") and the first N lines of each answer; a block ```text NAME holds a conversation over
loopback (tests/docs/transcripts.py). The picture of an answer on Discord is drawn anew too (tests/docs/picture.py).
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import tempfile
from pathlib import Path

from click.testing import CliRunner

from adapters import console
from adapters.cli import main
from bot.app import open_bot
from bot.dialogue.service import TalksBot
from bot.settings import Settings
from tests.docs.picture import picture
from tests.docs.transcripts import MAKERS, transcript

ROOT = Path(__file__).parents[2]
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
PICTURE = ROOT / "docs" / "discord-answer.svg"
DATA = ROOT / "tests" / "data"
_BLOCK = re.compile(r"^```(console|chat) (\d+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_TRANSCRIPT = re.compile(rf"^```text ({'|'.join(MAKERS)})\n.*?^```$", re.MULTILINE | re.DOTALL)
# What differs from run to run.
_CHANGING = (
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00"), "2026-11-21T12:00:00+00:00"),
    (re.compile(r'"elapsed_ms": [\d.]+'), '"elapsed_ms": 1.2'),
    (re.compile(r", [\d.]+ ms\)"), ", 1.2 ms)"),
    (re.compile(r"\([\d,]+ bytes\)"), "(3,400,000 bytes)"),
    (re.compile(r"(?<=Z  )\S+ \(command line\)|(?<=\+00:00  )\S+ \(command line\)"), "you (command line)"),
)


def commands(block: str, prompt: str) -> list[str]:
    """What is typed in a block."""
    return [line.removeprefix(prompt) for line in block.splitlines() if line.startswith(prompt)]


def cut(text: str, lines: int) -> str:
    """The first lines of an output, long ones shortened; "…" stands for the rest."""
    shown = [line if len(line) <= 150 else line[:149] + "…" for line in text.rstrip().splitlines()]
    return "\n".join([*shown[:lines], *(["…"] if len(shown) > lines else [])])


class Runner:
    """Runs examples on a store of their own, in a folder with the files that they name."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for file in DATA.iterdir():
            shutil.copy(file, folder)
        self.settings = Settings(database=folder / "talks.db")
        self.bot: TalksBot | None = None

    def run(self, command: str) -> str:
        """What `talks …` prints."""
        words = shlex.split(command)
        assert words[0] == "talks", command
        result = CliRunner().invoke(main, words[1:], env={"TALKS_DB": "talks.db"}, input="" if words[1:] == ["chat"] else "y\n")
        assert result.exception is None or isinstance(result.exception, SystemExit), (command, result.exception)
        # What goes to stderr (progress, when the machine is slow) differs from run to run.
        text = result.stdout
        for pattern, instead in _CHANGING:
            text = pattern.sub(instead, text)
        return text

    def say(self, text: str) -> str:
        """What the console chat answers."""
        self.bot = self.bot or open_bot(self.settings)
        return console.reply(self.bot, text)


def rendered(page: str) -> str:
    """A page with the outputs of its examples made anew."""

    def block(match: re.Match[str]) -> str:
        kind, lines, body = match[1], int(match[2]), match[3]
        if kind == "chat":
            # Each block is a conversation of its own.
            runner.bot = None
            out = [f"> {text}\n{cut(runner.say(text), lines)}\n" for text in commands(body, "> ")]
        else:
            out = [f"$ {command}\n{cut(runner.run(command), lines)}\n" for command in commands(body, "$ ")]
        return f"```{kind} {lines}\n" + "\n".join(out) + "```"

    before = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        try:
            runner = Runner(Path(folder))
            page = _BLOCK.sub(block, page)
            return _TRANSCRIPT.sub(lambda match: f"```text {match[1]}\n{transcript(match[1])}\n```", page)
        finally:
            os.chdir(before)


if __name__ == "__main__":
    for path in PAGES:
        path.write_text(rendered(path.read_text(encoding="utf-8")), encoding="utf-8")
    PICTURE.write_text(picture(), encoding="utf-8")
