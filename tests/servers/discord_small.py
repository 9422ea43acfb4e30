"""A few people and one guild with one channel, as Discord's API writes them."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime
from typing import Any, NamedTuple

from tests.servers.discord_loopback import LoopbackServer

JSON = dict[str, Any]
ALL = str(2**50 - 1)
MENTION = re.compile(r"<@!?(\d+)>")


class Person(NamedTuple):
    """A user."""

    id: int
    name: str
    bot: bool = False

    def wire(self) -> JSON:
        """The user as the API writes it."""
        plain = {"id": str(self.id), "username": self.name, "global_name": self.name, "bot": self.bot}
        return plain | {"discriminator": "0", "avatar": None, "public_flags": 0}


class SmallWorld(LoopbackServer):
    """The people, the guild, the channel, and the messages in it."""

    def __init__(self) -> None:
        super().__init__()
        self._last_id = int(time.time() * 1000 - 1420070400000) << 22
        self.bot_user = Person(self._id(), "TestBot", True)
        self.alice, self.bob, self.owner = (Person(self._id(), name) for name in ("alice", "bob", "owner"))
        self.application_id, self.guild_id, self.channel, self.dm_channel = (self._id() for _ in range(4))
        self._messages: dict[str, JSON] = {}

    def _id(self) -> int:
        self._last_id += 1
        return self._last_id

    def _command_ids(self) -> JSON:
        return {"id": str(self._id()), "application_id": str(self.application_id), "version": "1"}

    def _message(self, channel: int, author: Person, body: JSON) -> JSON:
        number = str(self._id())
        plain: JSON = {key: body.get(key) or [] for key in ("embeds", "components")}
        mentioned = [int(found) for found in MENTION.findall(body.get("content") or "")]
        people = (self.alice, self.bob, self.owner, self.bot_user)
        message = plain | {
            "id": number,
            "channel_id": str(channel),
            "author": author.wire(),
            "content": body.get("content") or "",
            "timestamp": datetime.now(UTC).isoformat(),
            "edited_timestamp": None,
            "tts": False,
            "mention_everyone": False,
            "mentions": [person.wire() for person in people if person.id in mentioned],
            "mention_roles": [],
            "attachments": [],
            "pinned": False,
            "type": 0,
            "flags": body.get("flags") or 0,
        }
        if channel == self.channel:
            message["guild_id"] = str(self.guild_id)
        self._messages[number] = message
        return message

    def _member(self) -> JSON:
        return {"roles": [], "nick": None, "joined_at": "2025-01-01T00:00:00+00:00", "deaf": False, "mute": False, "flags": 0}

    def _channel(self, number: int | None = None) -> JSON:
        if number == self.dm_channel:
            return {"id": str(number), "type": 1, "recipients": [self.alice.wire()], "last_message_id": None}
        plain = {"id": str(self.channel), "type": 0, "guild_id": str(self.guild_id), "name": "general", "position": 0}
        return plain | {"permission_overwrites": [], "parent_id": None, "topic": None, "nsfw": False, "permissions": ALL}

    def _guild(self) -> JSON:
        role = {"id": str(self.guild_id), "name": "@everyone", "permissions": ALL, "position": 0, "color": 0, "hoist": False}
        role |= {"managed": False, "mentionable": False, "flags": 0}
        member = self._member() | {"user": self.bot_user.wire()}
        empty = ("threads", "emojis", "stickers", "features", "presences", "voice_states", "stage_instances")
        plain: JSON = {"id": str(self.guild_id), "name": "Palais", "owner_id": str(self.owner.id), "member_count": 3}
        plain |= {key: [] for key in (*empty, "guild_scheduled_events")}
        plain |= {"roles": [role], "members": [member], "channels": [self._channel()], "large": False, "unavailable": False}
        levels = ("verification_level", "default_message_notifications", "explicit_content_filter", "mfa_level", "nsfw_level")
        plain |= dict.fromkeys((*levels, "premium_tier", "afk_timeout", "system_channel_flags"), 0)
        return plain | {"preferred_locale": "en-US", "joined_at": "2025-01-01T00:00:00+00:00"}

    def _application(self) -> JSON:
        plain = {"id": str(self.application_id), "name": "TestBot", "icon": None, "description": "", "verify_key": "0" * 64}
        return plain | {"bot_public": True, "bot_require_code_grant": False, "owner": self.owner.wire(), "flags": 0}
