"""`talks run`: the adapters whose tokens are set, in one process, until it is told to stop."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any, Protocol

from adapters.worker import Worker
from bot.administration import Administration
from bot.desk import Desk
from bot.settings import Settings

GRACE_SECONDS = 4.5
TIDY_SECONDS = 6 * 3_600
log = logging.getLogger(__name__)


class AdapterFailed(Exception):
    """An adapter cannot serve, and trying again would not help; the text is one sentence for the operator."""


class Adapter(Protocol):
    """Serves one platform."""

    name: str

    async def run(self, stop: asyncio.Event) -> None:
        """Serves until `stop` is set. Raises AdapterFailed."""


Maker = Callable[[Settings, Worker], Adapter]


def backoff(first: float = 1.0, most: float = 60.0) -> Iterator[float]:
    """Seconds to wait before each next try: doubled each time, up to a minute."""
    wait = first
    while True:
        yield wait
        wait = min(wait * 2, most)


async def pause(stop: asyncio.Event, seconds: float) -> None:
    """Waits, unless it is told to stop."""
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)


def adapters(settings: Settings) -> list[Maker]:
    """What makes the adapters whose tokens are set; the library of a platform that is not used is not loaded."""
    makers: list[Maker] = []
    if settings.telegram_token:
        from adapters.telegram.adapter import TelegramAdapter

        makers.append(TelegramAdapter)
    if settings.discord_token:
        from adapters.discord.adapter import DiscordAdapter

        makers.append(DiscordAdapter)
    return makers


def serve(settings: Settings, desk: Desk) -> int:
    """Serves all platforms until SIGTERM or SIGINT. Returns the exit code: 1 when no platform could be served."""
    worker = Worker(desk, Administration(settings, desk.state))
    try:
        code = asyncio.run(_serve([make(settings, worker) for make in adapters(settings)], worker))
    finally:
        worker.close()
    logging.shutdown()
    # A file that is only being read and compared would hold up the end; nothing of it is lost.
    os._exit(code)


def sync(settings: Settings, desk: Desk) -> str:
    """Sends the commands to Discord; returns a line about what happened. Raises AdapterFailed."""
    from adapters.discord.adapter import sync_now

    worker = Worker(desk, Administration(settings, desk.state))
    try:
        return asyncio.run(sync_now(settings, worker))
    finally:
        worker.close()


async def _serve(chosen: list[Adapter], worker: Worker) -> int:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        # Windows has no signal handlers in its event loop; there Ctrl-C ends the process.
        with suppress(NotImplementedError):
            loop.add_signal_handler(number, stop.set)
    tidying = asyncio.create_task(_tidy(worker))
    running = {asyncio.create_task(_run(one, stop)): one for one in chosen}
    ended = asyncio.ensure_future(asyncio.gather(*running))
    stopped = asyncio.create_task(stop.wait())
    waiting: set[asyncio.Future[Any]] = {ended, stopped}
    await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    stopped.cancel()
    tidying.cancel()
    if not ended.done():
        log.info("stopping: answers under way are finished")
        worker.stop_administering()
        _, late = await asyncio.wait(running, timeout=GRACE_SECONDS)
        for task in late:
            log.warning("%s did not stop in time", running[task].name)
            task.cancel()
    return 0 if any(task.done() and not task.cancelled() and task.result() for task in running) else 1


async def _run(adapter: Adapter, stop: asyncio.Event) -> bool:
    """Whether the adapter served until it was told to stop; one that fails does not take the others with it."""
    try:
        await adapter.run(stop)
        return True
    except AdapterFailed as error:
        log.error("%s", error)
    except Exception:  # an adapter that fails must not take the other platform with it
        log.exception("%s ended by an error", adapter.name)
    return False


async def _tidy(worker: Worker) -> None:
    """Now and then, what was kept too long is deleted."""
    settings = worker.desk.bot.settings
    while True:
        try:
            await worker.run(worker.desk.state.forget_old, settings.button_days, settings.gap_days)
        except Exception:  # what cannot be tidied now is tidied later
            log.exception("old records could not be deleted")
        await asyncio.sleep(TIDY_SECONDS)
