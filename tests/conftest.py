"""What the tests share: a store with the bundled facts (made once), and bots on copies of it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from bot.dialogue.service import TalksBot
from bot.settings import Settings
from knowledge.loading.plans import load_bundle
from knowledge.loading.writer import FactWriter
from knowledge.store import FactStore

# How long an example takes says nothing about right and wrong; in CI the examples are the same in every run.
settings.register_profile("steady", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("steady")

GENEVA = Path(__file__).parent / "data" / "geneva.yaml"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Prints what tests recorded as "figures"; what they print themselves stays in the processes that run them."""
    reports = [report for sort in ("passed", "failed") for report in terminalreporter.stats.get(sort, [])]
    for report in sorted(reports, key=lambda report: str(report.nodeid)):
        for name, text in getattr(report, "user_properties", ()) if report.when == "call" else ():
            if name == "figures":
                terminalreporter.write_line(str(text))


@pytest.fixture(scope="session")
def bundle_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with the bundled facts; to be read, or copied."""
    path = tmp_path_factory.mktemp("bundle") / "talks.db"
    writer = FactWriter(path)
    load_bundle(writer)
    writer.close()
    return path


@pytest.fixture(scope="session")
def bot(bundle_file: Path) -> TalksBot:
    """A bot on the bundled facts; each test names its own chats."""
    return TalksBot(FactStore(bundle_file), Settings(database=bundle_file))


@pytest.fixture
def facts(bundle_file: Path, tmp_path: Path) -> Path:
    """A file of the test's own with the bundled facts."""
    path = tmp_path / "talks.db"
    shutil.copy(bundle_file, path)
    return path


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[FactWriter]:
    """A writer on a new, empty file."""
    found = FactWriter(tmp_path / "new.db")
    yield found
    found.close()


@pytest.fixture
def ask(bot: TalksBot, request: pytest.FixtureRequest) -> Callable[..., object]:
    """Asks questions in a chat of the test's own; returns the last answer."""

    def asking(*texts: str) -> object:
        answer = None
        for text in texts:
            answer = bot.ask(request.node.nodeid, text)
        bot.conversations.forget(request.node.nodeid)
        return answer

    return asking
