"""The texts of the questions that were just asked, so that a report of an answer says to what: in memory only, for minutes."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable

MOST = 2_000


class Asked:
    """By the key of an answer: the text that was asked and what the answer says first. The oldest are forgotten beyond MOST."""

    def __init__(self, minutes: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds = minutes * 60
        self._clock = clock
        self._texts: OrderedDict[str, tuple[float, str, str, str]] = OrderedDict()

    def add(self, key: str, person: str, text: str, heading: str) -> None:
        """Remembers to what question of a person an answer was given."""
        now = self._clock()
        self._texts[key] = (now, person, text, heading)
        while len(self._texts) > MOST or (self._texts and now - next(iter(self._texts.values()))[0] > self._seconds):
            self._texts.popitem(last=False)

    def of(self, key: str) -> tuple[str, str] | None:
        """(text, heading) of an answer, unless it was too long ago."""
        at, _, text, heading = self._texts.get(key, (0.0, "", "", ""))
        return (text, heading) if text and self._clock() - at <= self._seconds else None

    def forget(self, person: str) -> None:
        """Forgets what a person asked."""
        for key in [key for key, (_, whose, _, _) in self._texts.items() if whose == person]:
            del self._texts[key]
