"""The command menu, by scope: private chats, groups, owners; sent to Telegram only when it changed."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Sequence

from telegram import (
    Bot,
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
)
from telegram.error import TelegramError

from adapters.worker import Worker
from bot.chat.commands import Command, offered

log = logging.getLogger(__name__)
_NOT_IN_GROUPS = frozenset({"start", "privacy", "about", "more"})


class Menus:
    """Registers the menu of each scope; what was sent is noted in the state."""

    def __init__(self, worker: Worker, owners: Sequence[int]) -> None:
        self.worker = worker
        self._owners = owners
        self._waiting: set[int] = set()

    async def register(self, bot: Bot) -> None:
        """Sends the menus that changed. What Telegram refuses is told in the log and stops nothing."""
        everyone = [one for one in offered("telegram") if one.audience == "everyone"]
        groups = [one for one in everyone if one.name not in _NOT_IN_GROUPS]
        sent = [
            await self._set(bot, "private chats", BotCommandScopeAllPrivateChats(), everyone),
            await self._set(bot, "groups", BotCommandScopeAllGroupChats(), groups),
        ]
        for owner in self._owners:
            done = await self._set_owner(bot, owner)
            sent.append(done)
            if done is None:
                self._waiting.add(owner)
        log.info("command menus: %d sent, %d unchanged", sent.count(True), sent.count(False))

    async def owner_wrote(self, bot: Bot, chat: int) -> None:
        """An owner's menu can only be sent once they have written to the bot."""
        if chat in self._waiting:
            self._waiting.discard(chat)
            await self._set_owner(bot, chat)

    async def _set_owner(self, bot: Bot, owner: int) -> bool | None:
        return await self._set(bot, f"owner {owner}", BotCommandScopeChat(owner), offered("telegram"))

    async def _set(self, bot: Bot, name: str, scope: BotCommandScope, commands: Sequence[Command]) -> bool | None:
        """Whether the menu of a scope was sent (True) or had not changed (False); None when it was refused."""
        shown = [(one.name, one.description) for one in commands]
        digest = hashlib.sha256(json.dumps(shown).encode()).hexdigest()
        note = f"telegram {bot.id} menu of {name}"
        state = self.worker.desk.state
        if await self.worker.run(state.note, note) == digest:
            return False
        try:
            await bot.set_my_commands([BotCommand(*one) for one in shown], scope=scope)
        except TelegramError as error:
            log.info("the command menu of %s could not be sent: %s", name, error)
            return None
        await self.worker.run(state.set_note, note, digest)
        return True
