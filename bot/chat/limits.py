"""How much one person and one chat may ask: a friendly line at the limit, then silence until it is quieter."""

from __future__ import annotations

import time
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum

WINDOW_SECONDS = 10.0
MINUTE = 60.0
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
    told_at: float = -MINUTE


class RateLimit:
    """Counts what persons and chats do in the last WINDOW_SECONDS; 0 means no limit. What is refused does not count.

    In a group no more is let in than goes out: `group` messages a minute, of which one is kept for saying that it is too much.
    """

    def __init__(self, person: int, chat: int, group: int = 0, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = {"person": person, "chat": chat}
        self._group = group
        self._clock = clock
        self._windows: OrderedDict[tuple[str, str], _Window] = OrderedDict()

    def check(self, person: str, chat: str, group: bool = False) -> Verdict:
        """Whether `person` may do one more thing in `chat` now, which is counted if so; `group` says what the chat is."""
        now = self._clock()
        windows = [self._window(name, now, WINDOW_SECONDS) for name in (("person", person), ("chat", chat))]
        full = [one for one, most in zip(windows, self._most.values(), strict=True) if most and len(one.done) >= most]
        minute = self._window(("group", chat), now, MINUTE) if group and self._group else None
        if minute is not None and len(minute.done) >= self._group - 1:
            full.append(minute)
        if not full:
            for one in [*windows, *([minute] if minute else ())]:
                one.done.append(now)
                one.told = False
            return Verdict.ALLOWED
        return self._tell(full, minute, now)

    def _tell(self, full: list[_Window], minute: _Window | None, now: float) -> Verdict:
        """Whether it is to be said: once for as long as it is too much, in a group once a minute, where it counts as well."""
        told = any(one.told for one in full)
        for one in full:
            one.told = True
        if told or (minute is not None and now - minute.told_at < MINUTE):
            return Verdict.SILENT
        if minute is not None:
            minute.told_at = now
            minute.done.append(now)
        return Verdict.TELL

    def _window(self, name: tuple[str, str], now: float, seconds: float) -> _Window:
        window = self._windows.setdefault(name, _Window())
        self._windows.move_to_end(name)
        while window.done and now - window.done[0] > seconds:
            window.done.popleft()
        while len(self._windows) > KEPT:
            self._windows.popitem(last=False)
        return window
