"""Discord's messages and interactions, each taken to the desk and its reply back."""

from __future__ import annotations

import re
from typing import Any

import discord

from adapters.discord.administering import Administering, group
from adapters.discord.answering import Busy, apologise, patiently, respond, tell, typing
from adapters.discord.commands import tree_of
from adapters.discord.rendering import line, rendered
from adapters.worker import Worker
from bot.commands import Command
from bot.desk import SLOW_DOWN, TEXT_ONLY, Asker, failed
from bot.limits import Verdict

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
        self.tree = tree_of(self, self.command, self.menu, worker)
        self.administering = Administering(worker, self.busy)
        self.tree.add_command(group(self.administering))

    async def on_message(self, message: discord.Message) -> None:
        """A message: in direct messages every one is a question, elsewhere those that mention the bot."""
        if message.author.bot or message.webhook_id is not None or self.user is None:
            return
        mentioned = any(one.id == self.user.id for one in message.mentions)
        if message.guild is not None and not mentioned:
            return
        if message.type not in (discord.MessageType.default, discord.MessageType.reply):
            return
        with self.busy.answering():
            try:
                await self._answer(message)
            except discord.Forbidden as error:
                failed("a message (the bot may not write there)", error)
            except Exception as error:  # noqa: BLE001  # the edge to the platform: one sentence for the person, the rest to the log
                sentence = failed("a message", error)
                try:
                    await message.reply(**line(sentence).arguments(), mention_author=False)
                except Exception as again:  # noqa: BLE001  # nothing more can be told
                    failed("telling of an error", again)

    async def _answer(self, message: discord.Message) -> None:
        asker = Asker("discord", str(message.channel.id), str(message.author.id))
        verdict = self.desk.allowed(asker)
        if verdict is Verdict.SILENT:
            return
        if verdict is Verdict.TELL:
            shown = line(SLOW_DOWN)
        else:
            async with typing(message.channel):
                text, replied = self._said(message)
                shown = rendered(await self.worker.run(self.desk.message, asker, text, replied)) if text else line(TEXT_ONLY)
        await patiently(lambda: message.reply(**shown.arguments(), mention_author=False))

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
