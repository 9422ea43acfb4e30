"""The guilds, channels and people of the bridge, in a simcord backend with the real time."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import discord
from simcord._clock import Clock
from simcord.backend import Backend
from simcord.backend.cdn import CDN_BASE, CdnStore
from simcord.backend.models import Channel, Guild, Role, User
from simcord.enums import ChannelType


class RealClock(Clock):
    """The real time: discord.py reads the age of an interaction from its id, and three seconds are a limit."""

    def now(self) -> datetime:
        """Now, plus what a test has advanced."""
        return datetime.now(UTC) + (super().now() - self._epoch)


class LoopbackCdn(CdnStore):
    """Files at an address the bot can reach."""

    def __init__(self, base: str) -> None:
        super().__init__()
        self.base = base

    def store_attachment(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Store a file and say where it can be fetched."""
        stored = super().store_attachment(*args, **kwargs)
        url = self.base + quote(stored["url"].removeprefix(CDN_BASE))
        return stored | {"url": url, "proxy_url": url}

    def read(self, path: str) -> bytes | None:
        """The file at a path (decoded) below the base."""
        return self.get(f"{CDN_BASE}/{path}")


class World:
    """Two guilds with the bot, one without it, and the channels and people in them."""

    def __init__(self, cdn: str, shards: int) -> None:
        self.backend = backend = Backend(clock=RealClock())
        backend.cdn = LoopbackCdn(cdn)
        self.bot_user: User = backend.bot_user
        self.owner = backend.make_user("owner")
        self.alice = backend.make_user("alice")
        self.bob = backend.make_user("bob")
        self.mod = backend.make_user("mod")
        self.other_bot = backend.make_user("otherbot", bot=True)
        self.guild = self._guild("Palais", 0, shards)
        self.channel = backend.create_channel(self.guild.id, "general")
        self.side = backend.create_channel(self.guild.id, "side")
        self.thread = backend.create_thread(self.channel.id, "a thread", self.alice.id, broadcast=False)
        self.forum = backend.create_channel(self.guild.id, "forum", type=ChannelType.FORUM)
        self.post = backend.create_thread(self.forum.id, "a post", self.alice.id, broadcast=False)
        self.webhook = backend.create_webhook(self.channel.id, "News", self.mod.id)
        self.guild2 = self._guild("Annex", shards - 1, shards)
        self.channel2 = backend.create_channel(self.guild2.id, "general")
        self.foreign_guild = self._guild("Elsewhere", 0, shards)
        self.foreign = backend.create_channel(self.foreign_guild.id, "general")
        del self.foreign_guild.members[self.bot_user.id]
        self.private = backend.create_channel(None, None, type=ChannelType.DM)
        self.private.recipient_ids = [self.bob.id]
        for user in (self.alice, self.bob, self.mod, self.owner):
            backend.get_dm_channel(user.id)
        backend.create_message(self.post.id, self.alice.id, "The first message of the post")

    def _guild(self, name: str, shard: int, shards: int) -> Guild:
        guild = self.backend.create_guild(name, owner_id=self.owner.id, shard_id=shard, shard_count=shards)
        bits = discord.Permissions(administrator=True).value
        role = Role(id=self.backend.snowflake(), name="Moderators", permissions=bits, position=2)
        guild.roles[role.id] = role
        for user in (self.alice, self.bob, self.other_bot):
            self.backend.add_member(guild.id, user.id)
        self.backend.add_member(guild.id, self.mod.id, roles=[role.id])
        return guild

    def dm(self, user: User) -> Channel:
        """The channel of direct messages between the bot and a user."""
        return self.backend.get_dm_channel(user.id)

    def with_bot(self, guild_id: int | None) -> bool:
        """Whether the bot is in that guild."""
        guild = self.backend.guilds.get(guild_id or 0)
        return guild is not None and self.bot_user.id in guild.members

    def installed(self, channel: Channel) -> bool:
        """Whether the bot itself is where the channel is; if not, only a user-installed command reaches it."""
        return channel.id != self.private.id if channel.guild_id is None else self.with_bot(channel.guild_id)
