"""Which message of the bot answers which message of a person, for as long as a changed question changes its answer."""

from __future__ import annotations

import time
from collections import OrderedDict
from dataclasses import dataclass, field

from bot.chat.desk import Reply

SECONDS = 120.0
MOST = 5_000


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a message: what was asked, the number of the bot's message, its reply, and when (seconds, monotonic)."""

    text: str
    number: int
    reply: Reply
    at: float = field(default_factory=time.monotonic)


class Answered:
    """The answers of the last SECONDS, at most MOST of them."""

    def __init__(self) -> None:
        self._answers: OrderedDict[tuple[int, int], Answer] = OrderedDict()

    def add(self, chat: int, number: int, answer: Answer) -> None:
        """Remembers the answer to a message of a chat."""
        self._answers[chat, number] = answer
        while len(self._answers) > MOST or (self._answers and self._old(next(iter(self._answers.values())))):
            self._answers.popitem(last=False)

    def of(self, chat: int, number: int) -> Answer | None:
        """The answer to a message, unless that is too long ago."""
        found = self._answers.get((chat, number))
        return None if found is None or self._old(found) else found

    def _old(self, answer: Answer) -> bool:
        return time.monotonic() - answer.at > SECONDS
