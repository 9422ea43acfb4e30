"""How much goes out to Telegram and when: within its limits, each chat for itself.

A chat that Telegram tells to wait holds up nobody else; only a limit that names no chat holds up all. What would go out more
than a minute after it was due is dropped: nobody waits for it any more.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict, deque
from collections.abc import Callable, Coroutine
from typing import Any

from telegram.error import RetryAfter, TelegramError
from telegram.ext import BaseRateLimiter

IN_ALL, SECOND = 30, 1.0
IN_GROUP, MINUTE = 20, 60.0
"""Messages that Telegram takes: of a bot a second, in a group a minute (core.telegram.org/bots/faq)."""
WAIT_SECONDS = 60.0
TRIES = 4
GROUPS = 10_000
UNPACED = frozenset(["sendChatAction", "getFile", "getChat", "getChatMember"])
"""Calls about a chat that put no message into it."""
log = logging.getLogger(__name__)


class Dropped(TelegramError):
    """A call waited for longer than anybody does, and was not made."""


class Pace:
    """At most `most` things in any `seconds`: tells how long the next has to wait, and counts it."""

    def __init__(self, most: int, seconds: float) -> None:
        self._most = most
        self._seconds = seconds
        self._taken: deque[float] = deque()

    def wait(self, now: float) -> float:
        """Seconds until the next may be done; none when it may be now."""
        while self._taken and self._taken[0] <= now - self._seconds:
            self._taken.popleft()
        return 0.0 if len(self._taken) < self._most else self._taken[0] + self._seconds - now

    def take(self, now: float) -> None:
        """One is done."""
        self._taken.append(now)


class Flow(BaseRateLimiter[float]):
    """Makes each call of the bot when Telegram takes it; the argument of a call is the loop's time at which it is too late.

    Without `paced` nothing is held back before Telegram says so.
    """

    def __init__(self, paced: bool) -> None:
        self._paced = paced
        self._all = Pace(IN_ALL, SECOND)
        self._groups: OrderedDict[object, Pace] = OrderedDict()
        self._held: dict[object, float] = {}

    async def initialize(self) -> None:
        """Nothing is to be made ready."""

    async def shutdown(self) -> None:
        """Nothing is to be let go."""

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, Any]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: float | None,
    ) -> Any:
        """The result of a call, once it may be made. Raises Dropped when that is too late, and what the call raises."""
        loop = asyncio.get_running_loop()
        chat = _chat(data)
        late = rate_limit_args or loop.time() + WAIT_SECONDS
        for _ in range(TRIES):
            while (wait := self._wait(chat, endpoint, loop.time())) > 0:
                if loop.time() + wait > late:
                    raise Dropped(f"{endpoint} would have had to wait for {wait:.0f} s more")
                await asyncio.sleep(wait)
            self._take(chat, endpoint, loop.time())
            try:
                return await callback(*args, **kwargs)
            except RetryAfter as error:
                now = loop.time()
                self._held[chat] = now + seconds(error)
                log.info("Telegram has %s wait for %.0f s", "a chat" if chat is not None else "everybody", seconds(error))
                self._held = {one: until for one, until in self._held.items() if until > now}
        raise Dropped(f"{endpoint} was put off {TRIES} times")

    def _wait(self, chat: object, endpoint: str, now: float) -> float:
        held = max(self._held.get(chat, 0.0), self._held.get(None, 0.0)) - now
        if not self._paced or chat is None or endpoint in UNPACED:
            return held
        return max(held, self._all.wait(now), self._group(chat).wait(now) if _is_group(chat) else 0.0)

    def _take(self, chat: object, endpoint: str, now: float) -> None:
        if self._paced and chat is not None and endpoint not in UNPACED:
            self._all.take(now)
            if _is_group(chat):
                self._group(chat).take(now)

    def _group(self, chat: object) -> Pace:
        found = self._groups.setdefault(chat, Pace(IN_GROUP, MINUTE))
        self._groups.move_to_end(chat)
        while len(self._groups) > GROUPS:
            self._groups.popitem(last=False)
        return found


def seconds(error: RetryAfter) -> float:
    """How long Telegram wants to be left alone, with a little to spare."""
    after = error.retry_after
    return float(after if isinstance(after, int) else after.total_seconds()) + 0.1


def _chat(data: dict[str, Any]) -> object:
    chat = data.get("chat_id")
    return int(chat) if isinstance(chat, str) and chat.lstrip("-").isdigit() else chat


def _is_group(chat: object) -> bool:
    return isinstance(chat, str) or (isinstance(chat, int) and chat < 0)
