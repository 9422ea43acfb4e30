"""What "and Iran?" or "when was that?" refers to: the last turns of a chat, bounded, forgotten after a while."""

from __future__ import annotations

import time
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.answers import Answer
from bot.question import Question

TURNS = 5
CHATS = 10_000


@dataclass(slots=True)
class Turn:
    """A question, its answer, what it was about, and the page that was shown last."""

    question: Question
    answer: Answer
    rounds: tuple[str, ...] = ()
    persons: tuple[str, ...] = ()
    page: int = 1


@dataclass(slots=True)
class _Chat:
    at: float
    turns: deque[Turn] = field(default_factory=lambda: deque(maxlen=TURNS))


class Conversations:
    """Turns by chat (and user); each chat is its own. The least recently used are forgotten beyond CHATS."""

    def __init__(self, minutes: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds = minutes * 60
        self._clock = clock
        self._chats: OrderedDict[str, _Chat] = OrderedDict()

    def last(self, chat: str) -> Turn | None:
        """The last turn of a chat, unless it was too long ago."""
        found = self._chats.get(chat)
        if found is None or self._clock() - found.at > self._seconds:
            self._chats.pop(chat, None)
            return None
        return found.turns[-1] if found.turns else None

    def add(self, chat: str, turn: Turn) -> None:
        """Remembers a turn."""
        found = self._chats.setdefault(chat, _Chat(0.0))
        found.at = self._clock()
        found.turns.append(turn)
        self._chats.move_to_end(chat)
        while len(self._chats) > CHATS:
            self._chats.popitem(last=False)

    def touch(self, chat: str) -> None:
        """A chat is being used."""
        if chat in self._chats:
            self._chats[chat].at = self._clock()

    def forget(self, chat: str) -> None:
        """Forgets a chat."""
        self._chats.pop(chat, None)
