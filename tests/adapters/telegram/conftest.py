"""A Bot API server on loopback and the shipped bot as a process that talks to it."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.servers.process import TalksProcess
from tests.servers.telegram import TelegramServer

OWNER = 7_001
Start = Callable[..., TalksProcess]
_ids = itertools.count(10_000)


def environment(server: TelegramServer, **more: str) -> dict[str, str]:
    """What makes the bot talk to a server."""
    return {
        "TELEGRAM_TOKEN": server.token,
        "TELEGRAM_API_URL": server.url,
        "TALKS_OWNERS": f"telegram:{OWNER}",
        "TALKS_FLOOD_CONTROL": "off",
        **more,
    }


@pytest.fixture(scope="module")
def server() -> Iterator[TelegramServer]:
    """A server that the tests of a module share."""
    with TelegramServer() as found:
        yield found
        assert found.violations == []
        assert found.unanswered() == []


@pytest.fixture(scope="module")
def talks(server: TelegramServer, bundle_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TalksProcess]:
    """A bot that the tests of a module share, serving."""
    database = tmp_path_factory.mktemp("telegram") / "talks.db"
    shutil.copy(bundle_file, database)
    process = TalksProcess(database, **environment(server))
    try:
        server.ready()
        process.logged("serving as")
        yield process
        process.stop()
        assert server.token not in process.log
    finally:
        process.kill()


@pytest.fixture
def user(server: TelegramServer) -> dict[str, Any]:
    """Somebody who has not written before."""
    return server.user(next(_ids), "Ada", username=f"ada{next(_ids)}")


@pytest.fixture
def group(server: TelegramServer) -> dict[str, Any]:
    """A group."""
    return server.group(-next(_ids), "Watchers of talks")


@pytest.fixture
def alone() -> Iterator[TelegramServer]:
    """A server of the test's own."""
    with TelegramServer() as found:
        yield found


@pytest.fixture
def start(facts: Path) -> Iterator[Start]:
    """Starts bots on a store of the test's own; all are ended after it."""
    started: list[TalksProcess] = []

    def starting(
        server: TelegramServer, wait: bool = True, kind: type[TalksProcess] = TalksProcess, **env: str
    ) -> TalksProcess:
        process = kind(facts, **environment(server, **env))
        started.append(process)
        if wait:
            process.logged("serving as")
        return process

    yield starting
    for process in started:
        process.kill()
