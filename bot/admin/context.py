"""What all that admins do needs: settings, state, facts, and long lists in pages."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.chat.desk import Asker, Button, Reply
from bot.settings import Settings
from bot.state import State
from bot.telling.answer import Answer, Block, Line, pages
from knowledge.loading.writer import FactWriter
from knowledge.store import FactStore

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a command."""

    name: str
    content: bytes


class AdminContext:
    """Settings, state and facts of the administration; it reads the facts by a connection of its own."""

    def __init__(self, settings: Settings, state: State) -> None:
        self.settings = settings
        self.store = FactStore(settings.database)
        self.state = state
        self.stopping = threading.Event()

    def writer(self) -> FactWriter:
        """A writer of the facts, to be closed after use."""
        return FactWriter(self.settings.database)

    def keep(self, asker: Asker, body: Mapping[str, Any]) -> str:
        """Keeps what the buttons of a message mean for somebody; returns its key."""
        key = secrets.token_urlsafe(8)
        self.state.keep(key, asker.place, asker.person, {"private": True, **body})
        self.state.write_soon()
        return key

    def listed(self, asker: Asker, answer: Answer, number: int = 1, key: str = "", preview: str = "") -> Reply:
        """A page of a long list, with buttons for the others, and on each those of a preview if it is one."""
        screens = pages(answer)
        page = screens[min(max(number, 1), len(screens)) - 1]
        decide = (decision(preview),) if preview else ()
        if len(screens) == 1:
            return Reply(page, decide)
        key = key or self.keep(asker, {"answer": _answer_json(answer), "preview": preview})
        back = [Button("‹ back", f"Ap{key}:{page.number - 1}")] if page.number > 1 else []
        more = [Button(f"more › {page.number + 1}/{page.count}", f"Ap{key}:{page.number + 1}")]
        return Reply(page, ((*back, *(more if page.number < page.count else [])), *decide))


def decision(key: str) -> tuple[Button, ...]:
    """The buttons under a preview."""
    return Button("Confirm", f"Ay{key}"), Button("Cancel", f"An{key}")


def who(asker: Asker) -> str:
    """Somebody as the record names them."""
    return f"{asker.platform}:{asker.user}{f' ({asker.name})' if asker.name else ''}"


def _answer_json(answer: Answer) -> dict[str, Any]:
    blocks = [[block.title, [[one.text, one.aside] for one in block.lines]] for block in answer.blocks]
    return {"heading": answer.heading, "blocks": blocks}


def listed_answer(body: Mapping[str, Any]) -> Answer:
    """The answer whose pages a button turns."""
    blocks = [Block(title, tuple(Line(text, aside=aside) for text, aside in lines)) for title, lines in body["blocks"]]
    return Answer("chat", body["heading"], "listed", blocks=tuple(blocks))
