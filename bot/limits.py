"""How much one person and one chat may ask: a friendly line at the limit, then silence until it is quieter."""

from __future__ import annotations

import time
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum

WINDOW_SECONDS = 10.0
KEPT = 10_000


class Verdict(Enum):
    """Whether something may be done: yes; no, and say so; no, and say nothing more."""

    ALLOWED = "allowed"
    TELL = "tell"
    SILENT = "silent"


@dataclass(slots=True)
class _Window:
    done: deque[float] = field(default_factory=deque)
    told: bool = False


class RateLimit:
    """Counts what persons and chats do in the last WINDOW_SECONDS; 0 means no limit. What is refused does not count."""

    def __init__(self, person: int, chat: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = {"person": person, "chat": chat}
        self._clock = clock
        self._windows: OrderedDict[tuple[str, str], _Window] = OrderedDict()

    def check(self, person: str, chat: str) -> Verdict:
        """Whether `person` may do one more thing in `chat` now, which is counted if so."""
        now = self._clock()
        windows = [self._window(("person", person), now), self._window(("chat", chat), now)]
        full = [one for one, most in zip(windows, self._most.values(), strict=True) if most and len(one.done) >= most]
        if not full:
            for one in windows:
                one.done.append(now)
                one.told = False
            return Verdict.ALLOWED
        told = any(one.told for one in full)
        for one in full:
            one.told = True
        return Verdict.SILENT if told else Verdict.TELL

    def _window(self, name: tuple[str, str], now: float) -> _Window:
        window = self._windows.setdefault(name, _Window())
        self._windows.move_to_end(name)
        while window.done and now - window.done[0] > WINDOW_SECONDS:
            window.done.popleft()
        while len(self._windows) > KEPT:
            self._windows.popitem(last=False)
        return window
