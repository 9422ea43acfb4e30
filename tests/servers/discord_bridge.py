"""A model of Discord (simcord) behind a REST server and a gateway on 127.0.0.1, driven by tests without asyncio."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from types import SimpleNamespace
from typing import Any

import discord
from simcord.backend import serializers
from simcord.backend.models import Channel, Guild
from simcord.gateway import FakeGateway, FakeWebSocket

from tests.servers.discord_gateway import MEMBERS, PRIVILEGED, Frame, Gateway, Session
from tests.servers.discord_interactions import InteractionBridge
from tests.servers.process import PATIENCE

JSON = dict[str, Any]


class Parsers(dict[str, Callable[[JSON], None]]):
    """Stands for discord.py's table of parsers: each event goes to one function."""

    def __init__(self, take: Callable[[str, JSON], None]) -> None:
        super().__init__()
        self._take = take

    def __missing__(self, event: str) -> Callable[[JSON], None]:
        return lambda payload: self._take(event, payload)

    def get(self, event: str, _default: Any = None) -> Any:
        """Every event has a parser."""
        return self[event]


class DiscordBridge(InteractionBridge):
    """Discord for a bot process: the people and channels of `world`, what they do, and what the bot answers."""

    def __init__(self, *, token: str = "bridge-token", shards: int = 1, approved: Sequence[str] = tuple(PRIVILEGED)) -> None:
        super().__init__(token, shards)
        self.gateway = Gateway(self, token, self._opening, shards)
        self.gateway.approved = frozenset(approved)
        self.gateway.on_frame = self._frame
        self.backend.subscribers.append(self._emitted)

    # ------------------------------------------------------------------------------------------------ the bot's connection

    def wait_ready(self, timeout: float = PATIENCE) -> None:
        """Wait until every shard has identified and got READY and its guilds."""
        self.wait_for(self.gateway.ready, timeout, lambda: f"READY; REST calls {self.rest_calls}, closes {self.gateway.closes}")

    def wait_rest(self, method: str, part: str, timeout: float = PATIENCE, count: int = 1) -> list[Any]:
        """Wait for so many REST calls with that in their path; their bodies."""

        def look() -> list[Any] | None:
            bodies = [call.body for call in self.rest_calls if call.method == method and part in call.path]
            return bodies if len(bodies) >= count else None

        return self.wait_for(look, timeout, lambda: f"{count} {method} {part} among {self.rest_calls}")

    def refuse(self, method: str, path: str, *, status: int = 403, code: int = 50013, times: int | None = 1) -> None:
        """Answer the next such calls (path: a glob) with an error of Discord's."""
        fault = {"method": method, "path": path, "status": status, "code": code, "message": "refused", "times": times}
        with self.changed:
            self.backend.faults.append(fault)

    def _opening(self, session: Session) -> list[tuple[str, JSON]]:
        mine = [guild for guild in self.backend.guilds.values() if self._of_shard(guild.id, session)]
        user, application = dict(serializers.user_payload(self.bot_user)), str(self.backend.application_id)
        shaped: list[tuple[str, JSON]] = [self.gateway.ready_event(session, user, application, [guild.id for guild in mine])]
        intents = discord.Intents._from_value(session.intents)
        feeder = SimpleNamespace(intents=intents, parsers=Parsers(lambda event, payload: shaped.append((event, payload))))
        session.shape = FakeGateway(self.backend, feeder)
        for guild in mine:
            session.shape.feed("GUILD_CREATE", serializers.guild_create_payload(self.backend, guild))
        feeder.parsers = Parsers(lambda event, payload: self.gateway.send(session, event, payload))
        return shaped

    def _of_shard(self, guild_id: int, session: Session) -> bool:
        return self.world.with_bot(guild_id) and (guild_id >> 22) % session.shards == session.shard

    def _emitted(self, event: str, payload: Mapping[str, Any]) -> None:
        guild_id = int(payload.get("guild_id") or (payload.get("id") if event.startswith("GUILD_") else 0) or 0)
        hidden = not self.world.with_bot(guild_id) if guild_id else payload.get("channel_id") == str(self.private.id)
        if hidden and event not in ("INTERACTION_CREATE", "GUILD_DELETE"):
            return
        self.later(self._deliver, event, copy.deepcopy(dict(payload)), guild_id >> 22)

    def _deliver(self, event: str, payload: JSON, shard: int) -> None:
        with self.changed:
            for session in self.gateway.sessions(shard):
                session.shape.feed(event, payload)

    def _frame(self, session: Session, frame: Frame) -> None:
        if frame["op"] == MEMBERS:
            wanted = {"query": None, "user_ids": None, "presences": False, "nonce": None, "limit": 0} | frame["d"]
            guild_id = int(wanted.pop("guild_id"))
            asked = FakeWebSocket(self.backend, session.shape).request_chunks(guild_id, wanted.pop("query"), **wanted)
            self._loop.create_task(asked)

    # ------------------------------------------------------------------------------------------------ servers come and go

    def join(self, name: str) -> tuple[Guild, Channel]:
        """Add the bot to a new server with one channel; alice is a member."""
        with self.changed:
            guild = self.backend.create_guild(name, owner_id=self.owner.id)
            self.backend.add_member(guild.id, self.alice.id)
            return guild, self.backend.create_channel(guild.id, "general")

    def leave(self, guild: Guild) -> None:
        """Remove the bot from a server."""
        with self.changed:
            self.backend.remove_guild(guild.id)
