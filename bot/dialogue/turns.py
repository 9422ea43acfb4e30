"""What "and Iran?" or "when was that?" refers to: what a chat spoke of last, bounded, forgotten after a while."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable

from bot.question.turn import Turn

CHATS = 5_000


class Conversations:
    """The last turn of each chat (and user); each chat is its own. The least recently used are forgotten beyond CHATS."""

    def __init__(self, minutes: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds = minutes * 60
        self._clock = clock
        self._chats: OrderedDict[str, tuple[float, Turn]] = OrderedDict()

    def last(self, chat: str) -> Turn | None:
        """The last turn of a chat, unless it was too long ago."""
        at, turn = self._chats.get(chat, (0.0, None))
        if turn is None or self._clock() - at > self._seconds:
            self._chats.pop(chat, None)
            return None
        return turn

    def add(self, chat: str, turn: Turn) -> None:
        """Remembers a turn, in the place of the one before, whose referents live on in it where it has none of its own."""
        before = self.last(chat)
        if before is not None:
            turn.rounds = turn.rounds or before.rounds
            turn.persons = turn.persons or before.persons
        self._chats[chat] = (self._clock(), turn)
        self._chats.move_to_end(chat)
        while len(self._chats) > CHATS:
            self._chats.popitem(last=False)

    def forget(self, chat: str) -> None:
        """Forgets a chat."""
        self._chats.pop(chat, None)

    def forget_person(self, platform: str, user: str) -> None:
        """Forgets what somebody spoke of in any chat of a platform."""
        for chat in [one for one in self._chats if one.startswith(f"{platform}:") and one.endswith(f":{user}")]:
            del self._chats[chat]

    def move(self, old: str, new: str) -> None:
        """What was spoken of in a chat was in another one: its number has changed. Chats by their names ("telegram:-1")."""
        for chat in [one for one in self._chats if one.startswith(f"{old}:") or one.startswith(f"{old}/")]:
            self._chats[new + chat.removeprefix(old)] = self._chats.pop(chat)
