"""Answering on Discord: acknowledged within its three seconds, deferred when it takes longer, tried again when cut off."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import TypeVar

import aiohttp
import discord

from adapters.discord.rendering import Rendered, line, rendered
from adapters.serving import retried
from bot.chat.desk import Reply, failed

DEFER_AFTER = 1.5
"""Half of the three seconds that Discord waits: deferring costs a second call, so under load it must not come too early."""
TYPING_AFTER = 0.5
CUT_OFF = (aiohttp.ClientConnectionError, ConnectionError)
RETRY_AFTER = (0.2, 0.5)
T = TypeVar("T")
log = logging.getLogger(__name__)


EVERYDAY = {
    10_003: "the channel is gone",
    10_008: "the message is gone",
    10_062: "the interaction is too old",
    50_001: "the bot may not see the channel",
    50_007: "the person takes no direct messages",
    50_013: "the bot may not write there",
    50_083: "the thread is archived",
    160_005: "the thread is locked",
}
"""Codes of what Discord refuses every day: one line in the log, no second try."""
MAY_NOT_WRITE = (50_001, 50_013)
NO_REFERENCE = 160_002
"""The bot may not read the history, which a reply would show."""
INVALID_FORM = 50_035


def everyday(error: BaseException) -> bool:
    """Whether an error is a refusal of every day."""
    return isinstance(error, discord.HTTPException) and error.code in EVERYDAY


def refused(what: str, error: BaseException) -> None:
    """Tells of a refusal in the log."""
    why = EVERYDAY.get(error.code, "") if isinstance(error, discord.HTTPException) else ""
    log.info("%s could not be sent: %s", what, why or type(error).__name__)


async def answer_to(message: discord.Message, shown: Rendered) -> discord.Message:
    """Answers a message: as a reply to it, or where it is gone or may not be referred to, without the reference."""
    arguments = shown.arguments()
    reference = message.to_reference(fail_if_not_exists=False)
    try:
        return await patiently(lambda: message.channel.send(**arguments, reference=reference, mention_author=False))
    except discord.HTTPException as error:
        if error.code != NO_REFERENCE and not (error.code == INVALID_FORM and "message_reference" in str(error)):
            raise
        return await patiently(lambda: message.channel.send(**arguments))


class Busy:
    """How many answers are under way, so that they can be finished before the end."""

    def __init__(self) -> None:
        self._count = 0
        self._idle = asyncio.Event()
        self._idle.set()

    @contextmanager
    def answering(self) -> Iterator[None]:
        """While inside, an answer is under way."""
        self._count += 1
        self._idle.clear()
        try:
            yield
        finally:
            self._count -= 1
            if not self._count:
                self._idle.set()

    async def idle(self) -> None:
        """Waits until none is."""
        await self._idle.wait()


async def patiently(call: Callable[[], Awaitable[T]]) -> T:
    """The result of a call, tried again when the connection was cut (the library retries only errors of the server)."""
    return await retried(call, lambda error: isinstance(error, CUT_OFF), RETRY_AFTER)


async def respond(interaction: discord.Interaction, work: Awaitable[Reply], private: bool, edits: bool = False) -> None:
    """Shows the reply that `work` gives; defers first when it takes longer than DEFER_AFTER."""
    task = asyncio.ensure_future(work)
    done, _ = await asyncio.wait({task}, timeout=DEFER_AFTER)
    if not done:
        if edits:
            await interaction.response.defer()
        else:
            await interaction.response.defer(ephemeral=private, thinking=True)
    reply = await task
    if reply.page is None:
        await tell(interaction, line(reply.notice), True)
    elif reply.edit:
        await _edit(interaction, rendered(reply))
    else:
        await tell(interaction, rendered(reply), private)


async def tell(interaction: discord.Interaction, message: Rendered, private: bool) -> None:
    """Sends a message in answer to an interaction, deferred or not."""
    arguments = message.arguments()
    if not interaction.response.is_done():
        try:
            await patiently(lambda: interaction.response.send_message(**arguments, ephemeral=private))
            return
        except discord.InteractionResponded:
            # The first try came through although its connection was cut.
            return
        except discord.HTTPException as error:
            if error.code != ALREADY_ACKNOWLEDGED:
                raise
            return
    await patiently(lambda: interaction.followup.send(**arguments, ephemeral=private))


async def _edit(interaction: discord.Interaction, message: Rendered) -> None:
    arguments = message.arguments()
    if interaction.response.is_done():
        await patiently(lambda: interaction.edit_original_response(**arguments))
    else:
        await patiently(lambda: interaction.response.edit_message(**arguments))


ALREADY_ACKNOWLEDGED = 40_060


async def apologise(interaction: discord.Interaction, error: BaseException) -> None:
    """Tells the person that something failed, in one sentence with an error id; the log has the rest."""
    if everyday(error):
        refused("an answer to an interaction", error)
        return
    sentence = failed("an interaction", error)
    try:
        await tell(interaction, line(sentence), True)
    except (discord.HTTPException, aiohttp.ClientError, OSError) as again:
        refused("telling of an error", again)


@asynccontextmanager
async def typing(channel: discord.abc.Messageable) -> AsyncIterator[None]:
    """Shows that the bot is typing while what is done inside takes longer than half a second."""

    async def show() -> None:
        await asyncio.sleep(TYPING_AFTER)
        try:
            async with channel.typing():
                await asyncio.Event().wait()
        except (discord.HTTPException, aiohttp.ClientError, OSError):
            return

    task = asyncio.create_task(show())
    try:
        yield
    finally:
        task.cancel()
