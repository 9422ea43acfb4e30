"""Sending to Telegram: formatted, or plain where it refuses the formatting; what cannot be sent is told in the log."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from typing import TypeVar

from telegram import LinkPreviewOptions, Message, ReplyParameters
from telegram.constants import ChatAction, ParseMode
from telegram.error import BadRequest, ChatMigrated, Forbidden, NetworkError, TelegramError, TimedOut
from telegram.ext import ExtBot

from adapters.serving import retried
from adapters.telegram.flow import WAIT_SECONDS, Dropped
from adapters.telegram.rendering import Rendered

TYPING_AFTER = 0.5
TYPING_AGAIN = 4.5
RETRY_AFTER = (0.5, 1.0, 2.0)
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
EVERYDAY = (
    "not enough rights",
    "have no rights",
    "need administrator rights",
    "chat_write_forbidden",
    "chat_restricted",
    "chat_send_",
    "chat not found",
    "chat was deactivated",
    "topic_closed",
    "topic_deleted",
    "thread not found",
    "message to edit not found",
    "message can't be edited",
    "message_id_invalid",
    "query is too old",
)
"""What Telegram says where the bot may not write, or to what is no longer there: nothing that could be mended here."""
Bot = ExtBot[float]
Moved = Callable[[int, int], Awaitable[None]]
_signals = asyncio.Semaphore(2)
T = TypeVar("T")
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Place:
    """Where to send: a chat, in groups a topic and the message that is replied to; `late` is the loop's time from which on
    nobody waits for it any more."""

    chat: int
    topic: int | None = None
    reply_to: int | None = None
    late: float = 0.0

    @classmethod
    def of(cls, message: Message) -> Place:
        """Where the answer to a message that just came goes: in groups it is a reply, in the same topic."""
        topic = message.message_thread_id if message.is_topic_message else None
        late = asyncio.get_running_loop().time() + WAIT_SECONDS
        return cls(message.chat.id, topic, None if message.chat.type == "private" else message.message_id, late)

    @property
    def is_late(self) -> bool:
        """Whether nobody waits any more."""
        return bool(self.late) and asyncio.get_running_loop().time() > self.late


def everyday(error: BaseException) -> bool:
    """Whether an error is a refusal of every day, which is one line in the log and no matter for a second try."""
    if isinstance(error, (Forbidden, Dropped)):
        return True
    return isinstance(error, BadRequest) and any(one in str(error).lower() for one in EVERYDAY)


def refused(what: str, error: BaseException) -> None:
    """Tells of a refusal in the log."""
    log.info("%s could not be sent: %s", what, error)


async def send(bot: Bot, place: Place, message: Rendered, moved: Moved | None = None) -> int | None:
    """Sends a message and returns its number, or None where the bot may not write.

    To a group that has become a supergroup it is sent there; `moved` is told the old and the new number.
    """
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
                rate_limit_args=place.late or None,
            )
        )
        return sent.message_id

    try:
        return await _formatted(message, attempt)
    except ChatMigrated as error:
        if moved is not None:
            await moved(place.chat, error.new_chat_id)
        return await send(bot, replace(place, chat=error.new_chat_id, topic=None, reply_to=None), message)
    except TelegramError as error:
        if not everyday(error):
            raise
        refused("a message", error)
        return None


async def edit(bot: Bot, message: Rendered, chat: int | None, number: int | None, inline: str | None) -> None:
    """Puts other content into a message of the bot; the same content is no error, nor is a message that is gone."""

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
        await _formatted(message, attempt)
    except ChatMigrated as error:
        refused("a page", error)
    except TelegramError as error:
        if "not modified" in str(error).lower():
            return
        if not everyday(error):
            raise
        refused("a page", error)


async def _formatted(message: Rendered, attempt: Callable[[str, str | None], Awaitable[T]]) -> T:
    """What an attempt with formatting gives, or one without where Telegram refuses the formatting."""
    try:
        return await attempt(message.html, ParseMode.HTML)
    except BadRequest as error:
        if not _formatting(error):
            raise
        log.warning("Telegram refused the formatting of a message, which went out plain: %s", error)
        return await attempt(message.plain, None)


async def _patiently(call: Callable[[], Awaitable[T]]) -> T:
    """Tries a call again when Telegram was not reached or had an error of its own (a 429 is the flow's matter).

    A call that timed out may have been carried out; it is not tried again, so that nothing is said twice.
    """

    def unreached(error: Exception) -> bool:
        return isinstance(error, NetworkError) and not isinstance(error, BadRequest | TimedOut)

    return await retried(call, unreached, RETRY_AFTER)


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
