"""The admins' side on Telegram: files, progress shown in the chat, files sent back."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace
from typing import Any

from telegram import Document, InputFile, Message
from telegram.error import TelegramError

from adapters.telegram.addressing import Heard
from adapters.telegram.rendering import Rendered, rendered, text
from adapters.telegram.sending import Bot, Place, edit, send
from adapters.worker import Worker
from bot.admin.context import Upload
from bot.chat.desk import Asker, Reply

PROGRESS_AFTER = 1.0
TELEGRAM_ITSELF = 777_000
PROGRESS_AGAIN = 2.0


class Board:
    """Shows in one message of the chat how far a long work has got, and then its result."""

    def __init__(self, bot: Bot, place: Place, number: int | None = None) -> None:
        self.bot = bot
        self.place = place
        self.number = number
        self._said = ""
        self._loop = asyncio.get_running_loop()
        self._task: asyncio.Task[None] | None = None

    def progress(self, said: str) -> None:
        """Called from the administration's thread with how far it has got."""
        self._loop.call_soon_threadsafe(self._told, said)

    def _told(self, said: str) -> None:
        self._said = said
        if self._task is None:
            self._task = asyncio.create_task(self._show())

    async def _show(self) -> None:
        await asyncio.sleep(PROGRESS_AFTER)
        before = ""
        while True:
            if self._said != before:
                before = self._said
                shown = Rendered(text(before), before)
                with suppress(TelegramError):
                    if self.number is None:
                        self.number = await send(self.bot, self.place, shown)
                    else:
                        await edit(self.bot, shown, self.place.chat, self.number, None)
            await asyncio.sleep(PROGRESS_AGAIN)

    async def done(self, reply: Reply, in_place: bool) -> None:
        """Shows the result: in the message of the progress, or of the button, else in a new one; files after it."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        if reply.page is not None:
            if self.number is not None and (in_place or self._task is not None):
                await edit(self.bot, rendered(reply), self.place.chat, self.number, None)
            else:
                await send(self.bot, self.place, rendered(reply))
        if reply.file is not None:
            name, content = reply.file
            await self.bot.send_document(
                self.place.chat, InputFile(content, filename=name), message_thread_id=self.place.topic, write_timeout=60
            )


async def command(worker: Worker, said: Heard, message: Message, bot: Bot) -> None:
    """`/admin …`, with the file or the person that it speaks of."""
    asker = _named(said.asker, message)
    replied = message.reply_to_message
    if replied is not None and replied.forum_topic_created is not None:
        # In a topic every message that replies to nothing seems to reply to the one that opened it.
        replied = None
    loads = said.text.split()[:1] in ([], ["load"])
    document = message.document or (replied.document if replied and loads else None)
    author = replied.from_user if replied else None
    person = str(author.id) if author and not author.is_bot and author.id != TELEGRAM_ITSELF else ""
    board = Board(bot, Place.of(message))
    upload: Upload | None = None
    if document is not None:
        refused = worker.gate.refusal(asker, "/admin with a file")
        found = refused or await _fetched(document, worker, bot)
        if isinstance(found, Reply):
            await board.done(found, False)
            return
        upload = found
    work = worker.administration.command
    reply = await worker.administer(work, asker, said.text, upload, person, board.progress)
    await board.done(reply, False)
    await worker.announce(reply.announce)


async def press(worker: Worker, asker: Asker, data: str, message: Any, bot: Bot) -> str:
    """A button of an admin's message; returns what the person alone is told."""
    place = Place.of(message) if isinstance(message, Message) else Place(message.chat.id)
    board = Board(bot, place, message.message_id)
    reply = await worker.administer(worker.administration.press, asker, data, board.progress)
    await board.done(reply, reply.edit)
    await worker.announce(reply.announce)
    return reply.notice


def _named(asker: Asker, message: Message) -> Asker:
    user = message.from_user
    name = user.full_name[:60] if user and str(user.id) == asker.user else ""
    return replace(asker, name=name)


async def _fetched(document: Document, worker: Worker, bot: Bot) -> Upload | Reply:
    name = document.file_name or "the file"
    refused = worker.administration.previews.too_large(name, document.file_size or 0)
    if refused is not None:
        return refused
    file = await bot.get_file(document.file_id)
    return Upload(name, bytes(await file.download_as_bytearray()))
