"""The desk behind a thread of its own, so that the event loop of the platforms is never held up by a look-up."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from bot.admin.access import Access
from bot.admin.administration import Administration
from bot.admin.forms import Filler
from bot.chat.desk import Desk

Announcer = Callable[[int, str], Awaitable[None]]
log = logging.getLogger(__name__)
P = ParamSpec("P")
T = TypeVar("T")


class Worker:
    """Runs what the desk does, in order, one thing at a time; what is to be kept is written once nothing waits.

    `gate` says who may administer, on the event loop itself; `filler` completes forms, in the desk's thread.
    """

    def __init__(self, desk: Desk, administration: Administration) -> None:
        self.desk = desk
        self.administration = administration
        settings = desk.bot.settings
        self.gate = Access(settings, desk.state)
        self.filler = Filler(desk.bot.store, desk.completion, settings.default_talks)
        self.announcers: dict[str, Announcer] = {}
        self._admin_thread = ThreadPoolExecutor(1, thread_name_prefix="administration")
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="desk")
        self._settling = False

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The result of `work`, done in the desk's thread."""
        future = self._thread.submit(work, *args, **kwargs)
        if not self._settling:
            self._settling = True
            self._thread.submit(self._settle)
        return await asyncio.wrap_future(future)

    async def administer(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The result of `work` of the administration, done in its own thread while questions are answered."""
        return await asyncio.wrap_future(self._admin_thread.submit(work, *args, **kwargs))

    async def announce(self, text: str) -> None:
        """Tells the log channel a line, on whichever platform it is."""
        channel = self.desk.bot.settings.log_channel
        if not text or channel is None or channel[0] not in self.announcers:
            return
        try:
            await self.announcers[channel[0]](channel[1], text)
        except Exception as error:  # noqa: BLE001  # the edge to a platform: what was done is done, told or not
            log.warning("TALKS_LOG: the line could not be sent (%s): %s", error, text)

    def _settle(self) -> None:
        self._settling = False
        self.desk.settle()

    def stop_administering(self) -> None:
        """Lets a load under way be rolled back; one that is only planned is given up."""
        self.administration.context.stopping.set()
        self._admin_thread.shutdown(wait=False, cancel_futures=True)

    def close(self) -> None:
        """Waits for answers under way, and writes what is to be kept; no longer than it is waited for the end."""
        self.stop_administering()
        self._thread.shutdown(wait=True, cancel_futures=True)
        self.desk.state.close()
