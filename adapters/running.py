"""`talks run`: the adapters whose tokens are set, in one process, until it is told to stop."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any, NoReturn

from adapters.serving import Adapter, AdapterFailed, pause
from adapters.worker import Worker
from bot.admin.administration import Administration
from bot.chat.desk import Desk
from bot.settings import Settings

GRACE_SECONDS = 3.0
"""For how long answers under way are waited for at the end; what waits longer is given up."""
END_SECONDS = 3.6
"""After how long at the end what is to be kept is written and the process is over, whatever is under way."""
WRITE_SECONDS = 0.4
AGAIN_SECONDS = 300.0
"""How long an adapter that failed waits before it tries again, while another one serves."""
TIDY_SECONDS = 6 * 3_600
log = logging.getLogger(__name__)


Maker = Callable[[Settings, Worker], Adapter]


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
    _over(code)


def _over(code: int) -> NoReturn:
    logging.shutdown()
    # A file that is only being read and compared would hold up the end; nothing of it is lost.
    os._exit(code)


def _end_in_time(worker: Worker) -> None:
    """Whatever holds up the end: what is to be kept is written, and the process is over."""
    log.warning("something under way could not be ended in time")
    worker.desk.state.close(WRITE_SECONDS)
    _over(0)


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
    serving = set(chosen)
    running = {asyncio.create_task(_run(one, serving, stop)): one for one in chosen}
    ended = asyncio.ensure_future(asyncio.gather(*running))
    stopped = asyncio.create_task(stop.wait())
    waiting: set[asyncio.Future[Any]] = {ended, stopped}
    await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    stopped.cancel()
    tidying.cancel()
    if not serving:
        return 1
    log.info("stopping: answers under way are finished")
    timer = threading.Timer(END_SECONDS, _end_in_time, (worker,))
    timer.daemon = True
    timer.start()
    worker.stop_administering()
    _, late = await asyncio.wait(running, timeout=GRACE_SECONDS)
    for task in late:
        log.info("%s: answers that were still waiting are given up", running[task].name)
        task.cancel()
    return 0


async def _run(adapter: Adapter, serving: set[Adapter], stop: asyncio.Event) -> None:
    """Serves until it is told to stop; one that fails does not take the others with it.

    It tries again every few minutes for as long as another one is `serving`; when none is, `stop` is set.
    """
    while True:
        try:
            await adapter.run(stop)
            return
        except AdapterFailed as error:
            log.error("%s", error)
        except Exception:  # an adapter that fails must not take the other platform with it
            log.exception("%s ended by an error", adapter.name)
        serving.discard(adapter)
        if not serving:
            stop.set()
            return
        log.info("%s: trying again in %.0f s", adapter.name, AGAIN_SECONDS)
        await pause(stop, AGAIN_SECONDS)
        if stop.is_set():
            return
        serving.add(adapter)


async def _tidy(worker: Worker) -> None:
    """Now and then, what was kept too long is deleted."""
    settings = worker.desk.bot.settings
    while True:
        try:
            await worker.run(worker.desk.state.forget_old, settings.button_days, settings.gap_days)
        except Exception:  # what cannot be tidied now is tidied later
            log.exception("old records could not be deleted")
        await asyncio.sleep(TIDY_SECONDS)
