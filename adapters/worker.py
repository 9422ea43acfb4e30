"""The desk behind a thread of its own, so that the event loop of the platforms is never held up by a look-up."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from bot.desk import Desk

P = ParamSpec("P")
T = TypeVar("T")


class Worker:
    """Runs what the desk does, in order, one thing at a time; what is to be kept is written once nothing waits."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="desk")
        self._settling = False

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The result of `work`, done in the desk's thread."""
        future = self._thread.submit(work, *args, **kwargs)
        if not self._settling:
            self._settling = True
            self._thread.submit(self._settle)
        return await asyncio.wrap_future(future)

    def _settle(self) -> None:
        self._settling = False
        self.desk.settle()

    def close(self) -> None:
        """Waits for what is under way, and writes what is to be kept."""
        self._thread.shutdown(wait=True)
        self.desk.settle()
