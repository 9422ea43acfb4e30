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
from bot.desk import Reply, failed

DEFER_AFTER = 1.5
"""Half of the three seconds that Discord waits: deferring costs a second call, so under load it must not come too early."""
TYPING_AFTER = 0.5
CUT_OFF = (aiohttp.ClientConnectionError, ConnectionError)
RETRY_AFTER = (0.2, 0.5)
T = TypeVar("T")
log = logging.getLogger(__name__)


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
    for wait in RETRY_AFTER:
        try:
            return await call()
        except CUT_OFF as error:
            log.info("Discord cut the connection (%s); trying again", type(error).__name__)
            await asyncio.sleep(wait)
    return await call()


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
TOO_LATE = 10_062


async def apologise(interaction: discord.Interaction, error: BaseException) -> None:
    """Tells the person that something failed, in one sentence with an error id; the log has the rest."""
    sentence = failed("an interaction", error)
    if isinstance(error, discord.NotFound) and error.code == TOO_LATE:
        return
    try:
        await tell(interaction, line(sentence), True)
    except (discord.HTTPException, aiohttp.ClientError, OSError) as again:
        failed("telling of an error", again)


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
