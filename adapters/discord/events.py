"""Discord's messages and interactions, each taken to the desk and its reply back."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable
from typing import Any

import aiohttp
import discord

from adapters.answered import Answer, Answered
from adapters.discord.administering import Administering, group
from adapters.discord.answering import (
    MAY_NOT_WRITE,
    Busy,
    answer_to,
    apologise,
    everyday,
    patiently,
    refused,
    respond,
    tell,
    typing,
)
from adapters.discord.commands import tree_of
from adapters.discord.rendering import line, rendered
from adapters.worker import Worker
from bot.chat.commands import Command
from bot.chat.desk import SLOW_DOWN, TEXT_ONLY, Asker, failed
from bot.chat.limits import Verdict

TOLD_AGAIN = 3_600.0
CANNOT_WRITE = (
    "You asked me in #{}, where I may not write. Somebody who manages that server can let me: I need View Channel and Send "
    "Messages there. Here I can answer you."
)
NO_TEXT = "There is no text in that message that I could answer."


class Client(discord.AutoShardedClient):
    """The library's client with our handlers; it needs no privileged intent, and keeps no messages and no members."""

    def __init__(self, worker: Worker) -> None:
        intents = discord.Intents(guilds=True, guild_messages=True, dm_messages=True)
        super().__init__(
            intents=intents,
            max_messages=None,
            chunk_guilds_at_startup=False,
            member_cache_flags=discord.MemberCacheFlags.none(),
            allowed_mentions=discord.AllowedMentions.none(),
        )
        self.worker = worker
        self.desk = worker.desk
        self.busy = Busy()
        self._answered = Answered()
        self._told_why: dict[tuple[int, int], float] = {}
        self.tree = tree_of(self, self.command, self.menu, worker)
        self.administering = Administering(worker, self.busy)
        self.tree.add_command(group(self.administering))

    async def on_message(self, message: discord.Message) -> None:
        """A message: in direct messages every one is a question, elsewhere those that mention the bot."""
        if self._to_me(message):
            with self.busy.answering():
                await self._safely(message, self._answer(message))

    async def on_raw_message_edit(self, payload: discord.RawMessageUpdateEvent) -> None:
        """A message that somebody changed: within two minutes its answer is changed in place."""
        message = payload.message
        before = self._answered.of(message.channel.id, message.id)
        if before is None or not self._to_me(message):
            return
        text, replied = self._said(message)
        asker = Asker("discord", str(message.channel.id), str(message.author.id))
        if not text or text == before.text or self.desk.allowed(asker) is not Verdict.ALLOWED:
            return
        with self.busy.answering():
            await self._safely(message, self._answer_again(message, asker, text, replied, before))

    async def _answer_again(self, message: discord.Message, asker: Asker, text: str, replied: str, before: Answer) -> None:
        reply = await self.worker.run(self.desk.message, asker, text, replied, before.reply)
        mine = self.get_partial_messageable(message.channel.id).get_partial_message(before.number)
        await patiently(lambda: mine.edit(**rendered(reply).arguments()))
        self._answered.add(message.channel.id, message.id, Answer(text, before.number, reply, before.at))

    def _to_me(self, message: discord.Message) -> bool:
        """Whether a message is a question to the bot."""
        if message.author.bot or message.webhook_id is not None or self.user is None:
            return False
        mentioned = any(one.id == self.user.id for one in message.mentions)
        if message.guild is not None and not mentioned:
            return False
        return message.type in (discord.MessageType.default, discord.MessageType.reply)

    async def _safely(self, message: discord.Message, work: Awaitable[None]) -> None:
        try:
            await work
        except Exception as error:  # noqa: BLE001  # the edge to the platform: one sentence for the person, the rest to the log
            if everyday(error):
                refused("an answer", error)
                await self._tell_why(message, error)
                return
            sentence = failed("a message", error)
            try:
                await answer_to(message, line(sentence))
            except (discord.HTTPException, aiohttp.ClientError, OSError) as again:
                refused("telling of an error", again)

    async def _tell_why(self, message: discord.Message, error: BaseException) -> None:
        """Where the bot may not write, whoever asked is told so in private, once an hour and channel."""
        if message.guild is None or not isinstance(error, discord.HTTPException) or error.code not in MAY_NOT_WRITE:
            return
        now = asyncio.get_running_loop().time()
        key = (message.channel.id, message.author.id)
        if now - self._told_why.get(key, -TOLD_AGAIN) < TOLD_AGAIN:
            return
        self._told_why = {one: at for one, at in self._told_why.items() if now - at < TOLD_AGAIN} | {key: now}
        try:
            await message.author.send(**line(CANNOT_WRITE.format(getattr(message.channel, "name", "there"))).arguments())
        except (discord.HTTPException, aiohttp.ClientError, OSError) as again:
            refused("telling why", again)

    async def _answer(self, message: discord.Message) -> None:
        asker = Asker("discord", str(message.channel.id), str(message.author.id))
        verdict = self.desk.allowed(asker)
        if verdict is Verdict.SILENT:
            return
        text, replied = self._said(message)
        if verdict is Verdict.TELL or not text:
            await answer_to(message, line(SLOW_DOWN if verdict is Verdict.TELL else TEXT_ONLY))
            return
        async with typing(message.channel):
            reply = await self.worker.run(self.desk.message, asker, text, replied)
        sent = await answer_to(message, rendered(reply))
        self._answered.add(message.channel.id, message.id, Answer(text, sent.id, reply))

    def _said(self, message: discord.Message) -> tuple[str, str]:
        """(what a message says to the bot, data of a button of the bot's answer that it replies to)."""
        assert self.user is not None
        text = " ".join(re.sub(rf"<@!?{self.user.id}>", " ", message.content).split())
        resolved = message.reference.resolved if message.reference else None
        if not isinstance(resolved, discord.Message):
            return text, ""
        if resolved.author.id == self.user.id:
            return text, _button_data(resolved)
        return text or resolved.content, ""

    async def command(self, interaction: discord.Interaction, command: Command, given: dict[str, str], private: bool) -> None:
        """A slash command."""
        asker = _asker(interaction, private)
        if await self._allowed(interaction, asker):
            await self._respond(interaction, self.worker.run(self.desk.command, asker, command.name, given), private)

    async def menu(self, interaction: discord.Interaction, text: str) -> None:
        """The context menu of a message: answers the question in it."""
        asker = _asker(interaction, False)
        if await self._allowed(interaction, asker):
            text = re.sub(r"<@!?\d+>", " ", text).strip()
            if text:
                await self._respond(interaction, self.worker.run(self.desk.message, asker, text), False)
            else:
                await tell(interaction, line(NO_TEXT), True)

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        """The press of a button; commands come by the tree."""
        if interaction.type is not discord.InteractionType.component:
            return
        data: Any = interaction.data or {}
        private = interaction.message is not None and interaction.message.flags.ephemeral
        asker = _asker(interaction, private)
        if await self._allowed(interaction, asker):
            pressed = str(data.get("custom_id", ""))
            if pressed.startswith("A"):
                await self.administering.press(interaction, pressed)
                return
            work = self.worker.run(self.desk.press, asker, pressed)
            await self._respond(interaction, work, private, edits=pressed.startswith("p"))

    async def _allowed(self, interaction: discord.Interaction, asker: Asker) -> bool:
        if self.desk.allowed(asker) is Verdict.ALLOWED:
            return True
        # An interaction that gets no answer at all shows as a failure of the bot: the person alone is told each time.
        await tell(interaction, line(SLOW_DOWN), True)
        return False

    async def _respond(self, interaction: discord.Interaction, work: Any, private: bool, edits: bool = False) -> None:
        with self.busy.answering():
            try:
                await respond(interaction, work, private, edits)
            except Exception as error:  # noqa: BLE001  # the edge to the platform: one sentence for the person, the rest to the log
                await apologise(interaction, error)


def _asker(interaction: discord.Interaction, private: bool) -> Asker:
    return Asker("discord", str(interaction.channel_id), str(interaction.user.id), private)


def _button_data(message: discord.Message) -> str:
    for row in message.components:
        for one in getattr(row, "children", ()):
            if getattr(one, "custom_id", None):
                return str(one.custom_id)
    return ""
