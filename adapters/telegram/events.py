"""Telegram's updates, each taken to the desk and its reply back; an update that fails never stops the next."""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
from contextlib import suppress
from dataclasses import replace
from typing import Any
from weakref import WeakValueDictionary

from telegram import (
    CallbackQuery,
    InlineQuery,
    InlineQueryResultArticle,
    InputTextMessageContent,
    Message,
    Update,
)
from telegram.constants import ParseMode
from telegram.error import TelegramError
from telegram.ext import Application, CallbackContext

from adapters.answered import Answer, Answered
from adapters.telegram import administering
from adapters.telegram.addressing import Heard, asker_in, heard
from adapters.telegram.menus import Menus
from adapters.telegram.rendering import SHARED, Rendered, rendered, text
from adapters.telegram.sending import NO_PREVIEW, Place, edit, everyday, refused, send, typing
from adapters.worker import Worker
from bot.chat.commands import BY_NAME
from bot.chat.desk import SLOW_DOWN, TEXT_ONLY, TOO_OLD, Asker, Reply, failed, line
from bot.chat.inline import offers, turned
from bot.chat.limits import Verdict
from bot.telling.answer import clipped

QUESTION = "q"
"""What a deep link to a question in its own words begins with; the rest is base64url of UTF-8."""
INLINE_SECONDS = 60
App = Application[Any, Any, Any, Any, Any, Any]
Context = CallbackContext[Any, Any, Any, Any]


class Events:
    """The handlers of an application's updates."""

    def __init__(self, worker: Worker, menus: Menus) -> None:
        self.worker = worker
        self.desk = worker.desk
        self.menus = menus
        # What somebody writes in a chat is answered in order; others are not waited for.
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._answered = Answered()

    async def message(self, update: Update, context: Context) -> None:
        """A message in a chat."""
        message = update.message
        if message is None:
            return
        if message.migrate_to_chat_id is not None:
            await self._moved(message.chat.id, message.migrate_to_chat_id)
            return
        said = heard(message, context.bot.bot)
        if said is None or (said.command and not self._ours(said, message)):
            return
        place = Place.of(message)
        verdict = self.desk.allowed(said.asker)
        if verdict is not Verdict.ALLOWED:
            if verdict is Verdict.TELL:
                await self._safely(self._send(context, place, _plain(SLOW_DOWN)), "a message", context, place)
            return
        await self._safely(self._answer(said, message, context, place), "a message", context, place)
        if message.chat.type == "private":
            await self.menus.owner_wrote(context.bot, message.chat.id)

    async def edited(self, update: Update, context: Context) -> None:
        """A message that somebody changed: within two minutes its answer is changed in place."""
        message = update.edited_message
        if message is None:
            return
        before = self._answered.of(message.chat.id, message.message_id)
        said = heard(message, context.bot.bot) if before is not None else None
        if before is None or said is None or said.command or not said.text.strip() or said.text == before.text:
            return
        if self.desk.allowed(said.asker) is Verdict.ALLOWED:
            place = Place.of(message)
            await self._safely(self._answer_again(said, message, before, context, place), "a changed message", context, place)

    async def _answer_again(self, said: Heard, message: Message, before: Answer, context: Context, place: Place) -> None:
        async with self._turns.setdefault(said.asker.conversation, asyncio.Lock()):
            reply = await self.worker.run(self.desk.message, said.asker, said.text, said.replied, before.reply)
            await edit(context.bot, rendered(reply, context.bot.username), place.chat, before.number, None)
            self._answered.add(place.chat, message.message_id, Answer(said.text, before.number, reply, before.at))

    async def _send(self, context: Context, place: Place, message: Rendered) -> int | None:
        return await send(context.bot, place, message, self._moved)

    async def _moved(self, old: int, new: int) -> None:
        """A group has become a supergroup, which has another number."""
        await self.worker.run(self.desk.moved, "telegram", str(old), str(new))

    def _ours(self, said: Heard, message: Message) -> bool:
        """In a group an unknown command that does not name the bot is another bot's."""
        return said.command in BY_NAME or said.named or message.chat.type == "private"

    async def _answer(self, said: Heard, message: Message, context: Context, place: Place) -> None:
        if said.command == "admin":
            await administering.command(self.worker, said, message, context.bot)
            return
        turn = self._turns.setdefault(said.asker.conversation, asyncio.Lock())
        async with turn, typing(context.bot, place):
            reply = await self._reply(said, message) if not place.is_late else None
            if reply is not None:
                number = await self._send(context, place, rendered(reply, context.bot.username))
                if number is not None and reply.answer is not None and not said.command:
                    self._answered.add(place.chat, message.message_id, Answer(said.text, number, reply))

    async def _reply(self, said: Heard, message: Message) -> Reply | None:
        if said.command == "start" and said.text:
            return await self._started(said.asker, said.text)
        if said.command == "cancel" and self.worker.administration.in_dialogue(said.asker):
            return await self.worker.administer(self.worker.administration.typed, said.asker, "cancel")
        if said.command:
            return await self.worker.run(self.desk.command, said.asker, said.command, said.text)
        if said.text.strip() and self.worker.administration.in_dialogue(said.asker):
            reply = await self.worker.administer(self.worker.administration.typed, said.asker, said.text)
            if reply is not None:
                return reply
        if said.text.strip():
            return await self.worker.run(self.desk.message, said.asker, said.text, said.replied)
        if message.effective_attachment is not None or message.chat.type != "private":
            return line(TEXT_ONLY)
        return None

    async def _started(self, asker: Asker, parameter: str) -> Reply:
        if parameter.startswith(SHARED):
            reply = await self.worker.run(self.desk.shared, asker, parameter[1:])
            if reply is not None:
                return reply
        if parameter.startswith(QUESTION):
            question = _question(parameter[1:])
            if question:
                return await self.worker.run(self.desk.message, asker, question)
        return await self.worker.run(self.desk.command, asker, "start")

    async def press(self, update: Update, context: Context) -> None:
        """The press of a button, which is always answered."""
        query = update.callback_query
        if query is None:
            return
        notice = ""
        try:
            notice = await self._pressed(query, context)
        except Exception as error:  # noqa: BLE001  # the edge to the platform: whatever happened, the person is told
            if everyday(error):
                refused("an answer to a button", error)
            else:
                notice = failed("a button", error)
        finally:
            # When it is too late to be answered, nothing more can be told.
            with suppress(TelegramError):
                await query.answer(notice[:200] or None)

    async def _pressed(self, query: CallbackQuery, context: Context) -> str:
        message = query.message
        user = str(query.from_user.id)
        asker = asker_in(message, user) if message else Asker("telegram", "inline", user)
        verdict = self.desk.allowed(asker)
        if verdict is not Verdict.ALLOWED:
            return SLOW_DOWN if verdict is Verdict.TELL else ""
        if message is None:
            reply = await self.worker.run(turned, query.data or "", self.desk, asker.user)
            if reply.page:
                await edit(context.bot, rendered(reply), None, None, query.inline_message_id)
            return reply.notice
        if (query.data or "").startswith("A"):
            named = replace(asker, name=query.from_user.full_name[:60])
            return await administering.press(self.worker, named, query.data or "", message, context.bot)
        reply = await self.worker.run(self.desk.press, asker, query.data or "")
        if reply.page is None:
            return reply.notice
        shown = rendered(reply, context.bot.username)
        if not isinstance(message, Message):
            # Older than what Telegram still shows to bots: it cannot be edited.
            if reply.edit:
                return TOO_OLD
            await self._send(context, Place(message.chat.id), shown)
        elif reply.edit:
            await edit(context.bot, shown, message.chat.id, message.message_id, None)
        else:
            await self._send(context, Place.of(message), shown)
        return ""

    async def inline(self, update: Update, context: Context) -> None:
        """What somebody types after the bot's name in any chat."""
        query = update.inline_query
        if query is None:
            return
        try:
            await self._offer(query, context)
        except Exception as error:  # noqa: BLE001  # the edge to the platform: an update that fails never stops the next
            if everyday(error):
                # An answer that comes after the person typed on is refused: the next query is under way.
                refused("offers", error)
            else:
                failed("an inline query", error)

    async def _offer(self, query: InlineQuery, context: Context) -> None:
        asker = Asker("telegram", "inline", f"inline {query.from_user.id}")
        if self.desk.allowed(Asker("telegram", asker.user, asker.user)) is not Verdict.ALLOWED:
            await query.answer([], cache_time=1)
            return
        limit = self.desk.bot.settings.question_length
        found = await self.worker.run(offers, self.desk, asker.user, query.query[:limit])
        results = []
        for number, offer in enumerate(found):
            shown = rendered(offer.reply, "")
            digest = hashlib.sha256(offer.title.encode()).hexdigest()[:16]
            results.append(
                InlineQueryResultArticle(
                    f"{number}-{digest}",
                    clipped(offer.title, 100),
                    InputTextMessageContent(shown.html, parse_mode=ParseMode.HTML, link_preview_options=NO_PREVIEW),
                    reply_markup=shown.keyboard,
                    description=clipped(offer.description, 150),
                )
            )
        await query.answer(results, cache_time=INLINE_SECONDS, is_personal=False)

    async def _safely(self, work: Any, what: str, context: Context, place: Place) -> None:
        try:
            await work
        except Exception as error:  # noqa: BLE001  # the edge to the platform: the person gets one sentence, the log the rest
            if everyday(error):
                refused(what, error)
                return
            sentence = failed(what, error)
            try:
                await self._send(context, place, _plain(sentence))
            except TelegramError as again:
                refused("telling of an error", again)


def _question(encoded: str) -> str:
    """The question of a deep link, or "" when it holds none."""
    try:
        return base64.b64decode(encoded + "=" * (-len(encoded) % 4), altchars=b"-_", validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _plain(sentence: str) -> Rendered:
    return Rendered(text(sentence), sentence)
