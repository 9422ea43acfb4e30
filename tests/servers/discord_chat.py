"""Messages on the bridge: what people write, and what the bot has written."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import unquote

from simcord.backend import serializers
from simcord.backend.models import AllowedMentions, Channel, Message, Overwrite, User, Webhook
from simcord.backend.permissions import flag
from simcord.enums import OverwriteType

from tests.servers.discord_rest import RestBridge
from tests.servers.discord_world import LoopbackCdn
from tests.servers.process import PATIENCE

JSON = dict[str, Any]
Place = Channel | int | None


class ChatBridge(RestBridge):
    """Channels and their messages."""

    def __init__(self, token: str, shards: int) -> None:
        super().__init__(token, shards)
        world = self.world
        self.bot_user, self.owner, self.other_bot = world.bot_user, world.owner, world.other_bot
        self.alice, self.bob, self.mod = world.alice, world.bob, world.mod
        self.guild, self.guild2, self.foreign_guild = world.guild, world.guild2, world.foreign_guild
        self.channel, self.side, self.channel2 = world.channel, world.side, world.channel2
        self.thread, self.forum, self.post = world.thread, world.forum, world.post
        self.foreign, self.private, self.webhook = world.foreign, world.private, world.webhook
        self._taken: set[int] = set()

    @property
    def bot_mention(self) -> str:
        """The mention of the bot under test."""
        return f"<@{self.bot_user.id}>"

    def dm(self, user: User) -> Channel:
        """The channel of direct messages between the bot and a user."""
        with self.changed:
            return self.world.dm(user)

    def message(
        self,
        channel: Place,
        author: User | Webhook,
        content: str,
        *,
        reply_to: Mapping[str, Any] | None = None,
        ping: bool = True,
        files: Sequence[tuple[str, bytes]] = (),
        **extra: Any,
    ) -> JSON:
        """Write a message as a user, a bot or a webhook; further keywords are those of simcord's create_message."""
        with self.changed:
            where = self._place(channel)
            if reply_to is not None:
                extra["reference"] = {"message_id": reply_to["id"], "channel_id": reply_to["channel_id"]}
            if "message_reference" in extra:
                extra["reference"] = extra.pop("message_reference")
            if isinstance(author, Webhook):
                extra["webhook_id"] = author.id
            if files:
                extra["attachments"] = self.backend.store_attachments(where.id, files)
            extra.setdefault("allowed_mentions", AllowedMentions(replied_user=ping))
            return self._payload(self.backend.create_message(where.id, author.id, content, **extra))

    def edit(self, message: Mapping[str, Any], content: str) -> JSON:
        """Change the text of a message as its author."""
        with self.changed:
            return self._payload(
                self.backend.edit_message(int(message["channel_id"]), int(message["id"]), {"content": content})
            )

    def delete(self, message: Mapping[str, Any]) -> None:
        """Delete a message."""
        with self.changed:
            self.backend.delete_message(int(message["channel_id"]), int(message["id"]))

    def wait_message(self, channel: Place, predicate: Callable[[JSON], bool] = bool, timeout: float = PATIENCE) -> JSON:
        """The next message the bot wrote by itself (not by an interaction) in a channel and that nobody has taken yet."""
        where = self._place(channel)

        def look() -> JSON | None:
            for message in self._untaken(where):
                payload = self._payload(message)
                if predicate(payload):
                    self._taken.add(message.id)
                    return payload
            return None

        return self.wait_for(look, timeout, lambda: f"a message in {where.name or 'the DM'}; there are {self.messages(where)}")

    def none(self, channel: Place, within: float = 0.5) -> bool:
        """Make sure that the bot writes nothing in a channel for a while."""
        where = self._place(channel)
        found = self.look_for(lambda: next(iter(self._untaken(where)), None), within)
        assert found is None, self._payload(found)
        return True

    def messages(self, channel: Place, *, bot_only: bool = False) -> list[JSON]:
        """The messages of a channel as they are now, without ephemeral ones."""
        with self.changed:
            stored = self.backend.messages[self._place(channel).id].values()
            wanted = [m for m in stored if not m.is_ephemeral and (not bot_only or m.author_id == self.bot_user.id)]
            return [self._payload(message) for message in wanted]

    def pings(self, message: Mapping[str, Any]) -> list[int]:
        """The ids of the users a message notifies."""
        with self.changed:
            return list(self.backend.get_message(int(message["channel_id"]), int(message["id"])).ping_user_ids)

    def file(self, attachment: Mapping[str, Any]) -> bytes:
        """The content of an attachment of a message."""
        cdn = self.backend.cdn
        assert isinstance(cdn, LoopbackCdn)
        content = cdn.read(unquote(attachment["url"].removeprefix(cdn.base)).lstrip("/"))
        assert content is not None, attachment
        return content

    def deny(self, channel: Place, *permissions: str) -> None:
        """Take permissions (discord.py's names) from the bot in a channel; none given: give all back."""
        bits = sum(map(flag, permissions))
        with self.changed:
            overwrite = Overwrite(target_id=self.bot_user.id, type=OverwriteType.MEMBER, deny=bits)
            self.backend.set_overwrite(self._place(channel).id, overwrite)

    def _place(self, channel: Place) -> Channel:
        if channel is None:
            return self.channel
        return channel if isinstance(channel, Channel) else self.backend.get_channel(channel)

    def _untaken(self, where: Channel) -> list[Message]:
        stored = self.backend.messages[where.id].values()
        own = [message for message in stored if message.author_id == self.bot_user.id and message.interaction_metadata is None]
        return [message for message in own if message.id not in self._taken]

    def _payload(self, message: Message) -> JSON:
        return copy.deepcopy(dict(serializers.message_payload(self.backend, message)))
