"""What serving a platform is: an adapter, how it fails for good, and how long it waits before it tries again."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import suppress
from typing import Protocol, TypeVar

T = TypeVar("T")
log = logging.getLogger(__name__)


class AdapterFailed(Exception):
    """An adapter cannot serve, and trying again would not help; the text is one sentence for the operator."""


class Adapter(Protocol):
    """Serves one platform."""

    name: str

    async def run(self, stop: asyncio.Event) -> None:
        """Serves until `stop` is set. Raises AdapterFailed."""


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


async def retried(call: Callable[[], Awaitable[T]], passing: Callable[[Exception], bool], waits: Sequence[float]) -> T:
    """The result of a call; one that fails in passing is made again after each of the waits (seconds), then fails for good."""
    for wait in waits:
        try:
            return await call()
        except Exception as error:
            if not passing(error):
                raise
            log.info("the platform could not be reached (%s: %s); trying again in %s s", type(error).__name__, error, wait)
            await asyncio.sleep(wait)
    return await call()
