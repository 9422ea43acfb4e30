"""What a test holds after an interaction: the bot's answers to it, as they come."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from tests.servers.discord_loopback import LoopbackServer
from tests.servers.process import PATIENCE

JSON = dict[str, Any]
MESSAGE, DEFERRED, DEFERRED_UPDATE, UPDATE, CHOICES, MODAL = 4, 5, 6, 7, 8, 9
EPHEMERAL, LOADING = 1 << 6, 1 << 7


class RestCall(NamedTuple):
    """A REST call of the bot."""

    method: str
    path: str
    body: Any


class Handle:
    """An interaction that was sent to the bot; a server fills it under its lock."""

    def __init__(self, server: LoopbackServer, interaction: JSON, user: Any, look: Callable[[Handle], list[JSON]]) -> None:
        self.id, self.token = str(interaction["id"]), str(interaction["token"])
        self.interaction = interaction
        self.user = user
        self.responses: list[JSON] = []
        self.refused: list[JSON] = []
        self.calls: list[RestCall] = []
        self.result: str | None = None
        self.followups: list[str] = []
        self.submit: Callable[[Mapping[str, Any]], Handle] = self._no_modal
        self._server, self._look = server, look
        self._sent, self._acknowledged = time.monotonic(), 0.0

    def callback(self, body: JSON) -> None:
        """Take the bot's callback; the first one is the acknowledgement."""
        if not self.responses:
            self._acknowledged = time.monotonic()
        self.responses.append({"type": body.get("type"), "data": body.get("data") or {}})

    def wait(self, timeout: float = PATIENCE) -> JSON:
        """The first callback: its type and data."""
        return self._server.wait_for(lambda: self.responses[0] if self.responses else None, timeout, self._told)

    def message(self, timeout: float = PATIENCE, predicate: Callable[[JSON], bool] = bool) -> JSON:
        """The message it led to: the response, once no longer deferred, or the first follow-up that satisfies."""
        return self._server.wait_for(lambda: next(filter(predicate, self._look(self)), None), timeout, self._told)

    def messages(self, count: int = 1, timeout: float = PATIENCE) -> list[JSON]:
        """The response and the follow-ups, as soon as there are so many."""

        def enough() -> list[JSON] | None:
            found = self._look(self)
            return found if len(found) >= count else None

        return self._server.wait_for(enough, timeout, self._told)

    def modal(self, timeout: float = PATIENCE) -> JSON:
        """The modal it was answered with."""
        first = self.wait(timeout)
        assert first["type"] == MODAL, first
        return dict(first["data"])

    def choices(self, timeout: float = PATIENCE) -> list[JSON]:
        """The choices it was answered with."""
        first = self.wait(timeout)
        assert first["type"] == CHOICES, first
        return list(first["data"].get("choices") or [])

    @property
    def elapsed(self) -> float:
        """Seconds from the event to the acknowledgement."""
        self.wait()
        return self._acknowledged - self._sent

    @property
    def ephemeral(self) -> bool:
        """Whether only the user who asked sees the response."""
        return bool((self.wait()["data"].get("flags") or 0) & EPHEMERAL)

    def _told(self) -> str:
        return f"{self.interaction['data']} has {self.responses=}, {self.refused=}, {self.calls=}"

    def _no_modal(self, _values: Mapping[str, Any]) -> Handle:
        raise AssertionError("no modal here")
