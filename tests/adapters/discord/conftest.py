"""Discord on loopback (simcord behind a bridge, and a small server for faults) and the shipped bot as a process."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.servers.discord_bridge import DiscordBridge
from tests.servers.discord_faults import FaultyDiscord
from tests.servers.process import PATIENCE, TalksProcess

Start = Callable[..., TalksProcess]


def environment(server: Any, **more: str) -> dict[str, str]:
    """What makes the bot talk to a server."""
    return {
        "DISCORD_TOKEN": server.token,
        "DISCORD_API_URL": server.api_url,
        "TALKS_USER_LIMIT": "0",
        "TALKS_CHAT_LIMIT": "0",
        **more,
    }


@pytest.fixture(scope="module")
def discord() -> Iterator[DiscordBridge]:
    """A server that the tests of a module share."""
    with DiscordBridge() as found:
        yield found
        assert found.violations == []
        assert found.gaps == []


@pytest.fixture(scope="module")
def talks(discord: DiscordBridge, bundle_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TalksProcess]:
    """A bot that the tests of a module share, serving."""
    database = tmp_path_factory.mktemp("discord") / "talks.db"
    shutil.copy(bundle_file, database)
    process = TalksProcess(database, **environment(discord))
    try:
        process.logged("serving as")
        discord.wait_ready()
        yield process
        process.stop()
        assert discord.token not in process.log
        assert "Traceback" not in process.log
    finally:
        process.kill()


@pytest.fixture
def bridge() -> Iterator[DiscordBridge]:
    """A server of the test's own."""
    with DiscordBridge() as found:
        yield found


@pytest.fixture
def faulty() -> Iterator[FaultyDiscord]:
    """A server of the test's own, for faults."""
    with FaultyDiscord() as found:
        yield found


@pytest.fixture
def start(facts: Path) -> Iterator[Start]:
    """Starts bots on a store of the test's own; all are ended after it."""
    started: list[TalksProcess] = []

    def starting(server: Any, wait: bool = True, kind: type[TalksProcess] = TalksProcess, **env: str) -> TalksProcess:
        before = len(server.gateway.identifies)
        process = kind(facts, **environment(server, **env))
        started.append(process)
        if wait:
            process.logged("serving as")
            end = time.monotonic() + PATIENCE
            while len(server.gateway.identifies) == before and time.monotonic() < end:
                time.sleep(0.01)
            server.wait_ready()
        return process

    yield starting
    for process in started:
        process.kill()
