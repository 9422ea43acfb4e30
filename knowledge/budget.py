"""How much work one question may cause: counted in steps, so that the same question ends the same way on any machine."""

from __future__ import annotations

READING = 10_000
"""Steps of reading: a phrase looked up, a word compared, a phrasing tried; each takes about a microsecond. Of the 3,400
questions of our sets the one that takes most takes half."""
LOOKING = 400_000
"""Steps of looking up: a row fetched is one, and so are INSTRUCTIONS of SQLite."""
INSTRUCTIONS = 100
KEYS = 3_000
"""Spellings that the words of one message may be looked up under while slips of typing are repaired."""


class Spent(Exception):
    """A question took more steps than one may; nothing of it is answered."""


class Budget:
    """The steps that are left to the question under way; while none is, there is no bound. One thread at a time may use it.

    `most` are the steps of reading, those of looking up, and the spellings that each question may take.
    """

    def __init__(self, reading: int = READING, looking: int = LOOKING, keys: int = KEYS) -> None:
        self.most = (reading, looking, keys)
        self._left = [0, 0, 0]
        self.bounded = False

    def start(self) -> None:
        """A question begins."""
        self._left[:] = self.most
        self.bounded = True

    def end(self) -> None:
        """It is answered; what comes next is no question."""
        self.bounded = False

    @property
    def used(self) -> tuple[int, int, int]:
        """Steps of reading, steps of looking up, and spellings that the question under way, or the last one, has taken."""
        reading, looking, keys = (most - left for most, left in zip(self.most, self._left, strict=True))
        return reading, looking, keys

    @property
    def spent(self) -> bool:
        """Whether nothing is left of what the question under way may take."""
        return self.bounded and min(self._left[:2]) < 0

    def read(self, steps: int = 1) -> None:
        """Takes steps of reading. Raises Spent."""
        self._take(0, steps)

    def look(self, steps: int = 1) -> None:
        """Takes steps of looking up. Raises Spent."""
        self._take(1, steps)

    def spell(self, keys: int) -> bool:
        """Whether so many spellings more may be looked up, which are taken if so."""
        if self.bounded and self._left[2] < keys:
            return False
        self._left[2] -= keys
        return True

    def _take(self, purse: int, steps: int) -> None:
        self._left[purse] -= steps
        if self.bounded and self._left[purse] < 0:
            raise Spent
