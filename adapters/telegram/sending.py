"""Sending to Telegram: formatted, or plain where it refuses the formatting; what cannot be sent is told in the log."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import TypeVar

from telegram import Bot, LinkPreviewOptions, Message, ReplyParameters
from telegram.constants import ChatAction, ParseMode
from telegram.error import BadRequest, Forbidden, NetworkError, TelegramError, TimedOut

from adapters.telegram.rendering import Rendered

TYPING_AFTER = 0.5
TYPING_AGAIN = 4.5
RETRY_AFTER = (0.5, 1.0, 2.0)
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
_signals = asyncio.Semaphore(2)
T = TypeVar("T")
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Place:
    """Where to send: a chat, in groups a topic and the message that is replied to."""

    chat: int
    topic: int | None = None
    reply_to: int | None = None

    @classmethod
    def of(cls, message: Message) -> Place:
        """Where the answer to a message goes: in groups it is a reply, in the same topic."""
        topic = message.message_thread_id if message.is_topic_message else None
        return cls(message.chat.id, topic, None if message.chat.type == "private" else message.message_id)


async def send(bot: Bot, place: Place, message: Rendered) -> int | None:
    """Sends a message and returns its number. A chat that has blocked the bot is no error."""
    reply = ReplyParameters(place.reply_to, allow_sending_without_reply=True) if place.reply_to else None

    async def attempt(text: str, mode: str | None) -> int:
        sent = await _patiently(
            lambda: bot.send_message(
                place.chat,
                text,
                parse_mode=mode,
                message_thread_id=place.topic,
                reply_parameters=reply,
                reply_markup=message.keyboard,
                link_preview_options=NO_PREVIEW,
            )
        )
        return sent.message_id

    try:
        try:
            return await attempt(message.html, ParseMode.HTML)
        except BadRequest as error:
            if not _formatting(error):
                raise
            log.warning("Telegram refused the formatting of an answer, which went out plain: %s", error)
            return await attempt(message.plain, None)
    except Forbidden as error:
        log.info("chat %s takes no messages from the bot: %s", place.chat, error)
        return None


async def edit(bot: Bot, message: Rendered, chat: int | None, number: int | None, inline: str | None) -> None:
    """Puts other content into a message of the bot; the same content is no error."""

    async def attempt(text: str, mode: str | None) -> None:
        await _patiently(
            lambda: bot.edit_message_text(
                text,
                chat_id=chat,
                message_id=number,
                inline_message_id=inline,
                parse_mode=mode,
                reply_markup=message.keyboard,
                link_preview_options=NO_PREVIEW,
            )
        )

    try:
        await attempt(message.html, ParseMode.HTML)
    except BadRequest as error:
        if _formatting(error):
            log.warning("Telegram refused the formatting of a page, which went out plain: %s", error)
            await attempt(message.plain, None)
        elif "not modified" not in str(error).lower():
            raise


async def _patiently(call: Callable[[], Awaitable[T]]) -> T:
    """Tries a call again when Telegram was not reached or had an error of its own (a 429 is the rate limiter's matter).

    A call that timed out may have been carried out; it is not tried again, so that nothing is said twice.
    """
    for wait in RETRY_AFTER:
        try:
            return await call()
        except (BadRequest, TimedOut):
            raise
        except NetworkError as error:
            log.info("Telegram could not be reached (%s); trying again in %s s", error, wait)
            await asyncio.sleep(wait)
    return await call()


def _formatting(error: BadRequest) -> bool:
    text = str(error).lower()
    return "parse" in text or "entit" in text


@asynccontextmanager
async def typing(bot: Bot, place: Place) -> AsyncIterator[None]:
    """Shows that the bot is typing while what is done inside takes longer than half a second."""

    async def show() -> None:
        await asyncio.sleep(TYPING_AFTER)
        while True:
            # When very much is asked at once, signals must not take the place of answers.
            async with _signals:
                with suppress(TelegramError):
                    await bot.send_chat_action(place.chat, ChatAction.TYPING, message_thread_id=place.topic)
            await asyncio.sleep(TYPING_AGAIN)

    task = asyncio.create_task(show())
    try:
        yield
    finally:
        task.cancel()
