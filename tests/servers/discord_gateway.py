"""Discord's gateway as far as a bot sees it: HELLO, IDENTIFY, RESUME, heartbeats, numbered events and their replay."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import ClientError, WSMsgType, web

from tests.servers.discord_loopback import LoopbackServer

Frame = dict[str, Any]
Out = asyncio.Queue[Frame | int | None]
Opening = Callable[["Session"], Iterable[tuple[str, dict[str, Any]]]]
DISPATCH, HEARTBEAT, IDENTIFY, PRESENCE, RESUME, RECONNECT, MEMBERS, INVALID, HELLO, ACK = 0, 1, 2, 3, 6, 7, 8, 9, 10, 11
BAD_TOKEN, INVALID_SHARD, DISALLOWED_INTENTS = 4004, 4010, 4014
PRIVILEGED = {"members": 1 << 1, "presences": 1 << 8, "message_content": 1 << 15}


@dataclass
class Session:
    """What the gateway knows of one shard since its IDENTIFY; it outlives the connection."""

    id: str
    shard: int
    shards: int
    intents: int
    events: list[Frame] = field(default_factory=list)
    out: Out | None = None
    shape: Any = None


class Gateway:
    """The websocket side of a server; events of a shard without a connection wait for its RESUME."""

    def __init__(self, server: LoopbackServer, token: str, opening: Opening, shards: int = 1) -> None:
        self._server, self.token, self._opening, self.shards = server, token, opening, shards
        self.approved: frozenset[str] = frozenset(PRIVILEGED)
        self.identifies: list[Frame] = []
        self.resumes: list[Frame] = []
        self.received: list[Frame] = []
        self.closes: list[int | None] = []
        self.connections = 0
        self.resumed = 0
        self.refuse = 0
        self.on_frame: Callable[[Session, Frame], None] = lambda _session, _frame: None
        self._sessions: dict[str, Session] = {}
        self._transports: set[asyncio.Transport] = set()

    # ------------------------------------------------------------------------------------------------ for tests, any thread

    def ready(self) -> bool | None:
        """Whether every shard has a session; for `wait_for`."""
        return {session.shard for session in self._sessions.values()} >= set(range(self.shards)) or None

    @property
    def connected(self) -> int:
        """How many sessions have a connection now."""
        return sum(session.out is not None for session in self._sessions.values())

    def close(self, code: int = 4000) -> None:
        """Close every connection with a code."""
        self._server.later(self._put_all, code)

    def drop(self) -> None:
        """Cut every connection without a word."""
        self._server.later(self._abort)

    def reconnect(self) -> None:
        """Ask every shard to connect again and RESUME (op 7)."""
        self._server.later(self._put_all, {"op": RECONNECT, "d": None})

    def invalidate(self, *, resumable: bool = False) -> None:
        """Say that the session is invalid (op 9)."""
        self._server.later(self._invalidate, resumable)

    # ------------------------------------------------------------------------------------------------ the server's thread

    def sessions(self, shard: int) -> list[Session]:
        """The sessions of a shard."""
        return [session for session in self._sessions.values() if session.shard == shard % session.shards]

    def send(self, session: Session, event: str, payload: dict[str, Any]) -> None:
        """Number an event, keep it for a RESUME, and send it if the session has a connection."""
        frame = {"op": DISPATCH, "t": event, "s": len(session.events) + 1, "d": payload}
        session.events.append(frame)
        if session.out is not None:
            session.out.put_nowait(frame)

    def _put_all(self, item: Frame | int) -> None:
        for session in self._sessions.values():
            if session.out is not None:
                session.out.put_nowait(item)

    def _invalidate(self, resumable: bool) -> None:
        self._put_all({"op": INVALID, "d": resumable})
        if not resumable:
            self._sessions.clear()

    def _abort(self) -> None:
        for transport in self._transports:
            transport.abort()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Serve one connection."""
        with self._server.changed:
            self.connections += 1
            refused, self.refuse = self.refuse > 0, max(0, self.refuse - 1)
            self._server.changed.notify_all()
        if refused:
            return web.Response(status=503)
        transport = request.transport
        assert isinstance(transport, asyncio.Transport)
        socket = web.WebSocketResponse(compress=False, max_msg_size=0)
        await socket.prepare(request)
        self._transports.add(transport)
        out: Out = asyncio.Queue()
        out.put_nowait({"op": HELLO, "d": {"heartbeat_interval": 41250}})
        reader = asyncio.create_task(self._read_all(socket, out))
        code: int | None = None
        try:
            code = await self._write(socket, out)
            reader.cancel()
            await asyncio.wait([reader])  # while it reads, close() would not wait for the other side's close
            if code is not None:
                await socket.close(code=code)
        finally:
            reader.cancel()
            self._transports.discard(transport)
            with self._server.changed:
                self.closes.append(code or socket.close_code)
                for session in self._sessions.values():
                    if session.out is out:
                        session.out = None
                self._server.changed.notify_all()
        return socket

    @staticmethod
    async def _write(socket: web.WebSocketResponse, out: Out) -> int | None:
        """Send what is put out until there is a code to close with, or None."""
        while isinstance(item := await out.get(), dict):
            try:
                await socket.send_str(json.dumps(item))
            except (ConnectionError, ClientError):
                return None
        return item

    async def _read_all(self, socket: web.WebSocketResponse, out: Out) -> None:
        session: Session | None = None
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    session = self._read(json.loads(message.data), out, session)
        finally:
            out.put_nowait(None)

    def _read(self, frame: Frame, out: Out, session: Session | None) -> Session | None:
        with self._server.changed:
            try:
                if frame["op"] == HEARTBEAT:
                    out.put_nowait({"op": ACK})
                    return session
                if frame["op"] == IDENTIFY:
                    return self._identify(frame["d"], out)
                if frame["op"] == RESUME:
                    return self._resume(frame["d"], out)
                self.received.append(frame)
                if session is not None:
                    self.on_frame(session, frame)
                return session
            finally:
                self._server.changed.notify_all()

    def _identify(self, wanted: Frame, out: Out) -> Session | None:
        self.identifies.append(wanted)
        shard, shards = wanted.get("shard") or (0, 1)
        disallowed = any(wanted["intents"] & bit and name not in self.approved for name, bit in PRIVILEGED.items())
        for fault, code in (
            (wanted["token"] != self.token, BAD_TOKEN),
            (not 0 <= shard < shards, INVALID_SHARD),
            (disallowed, DISALLOWED_INTENTS),
        ):
            if fault:
                out.put_nowait(code)
                return None
        for old in self.sessions(shard):
            del self._sessions[old.id]
        session = Session(f"session-{len(self.identifies)}", shard, shards, wanted["intents"], out=out)
        self._sessions[session.id] = session
        for event, payload in self._opening(session):
            self.send(session, event, payload)
        return session

    def _resume(self, wanted: Frame, out: Out) -> Session | None:
        self.resumes.append(wanted)
        if wanted["token"] != self.token:
            out.put_nowait(BAD_TOKEN)
            return None
        session = self._sessions.get(wanted["session_id"] or "")
        if session is None:
            out.put_nowait({"op": INVALID, "d": False})
            return None
        session.out = out
        for missed in session.events[wanted["seq"] or 0 :]:
            out.put_nowait(missed)
        self.send(session, "RESUMED", {})
        self.resumed += 1
        return session

    def ready_event(self, session: Session, user: Frame, application: str, guilds: Iterable[int]) -> tuple[str, Frame]:
        """The READY of a session."""
        return "READY", {
            "v": 10,
            "user": user,
            "guilds": [{"id": str(guild), "unavailable": True} for guild in guilds],
            "session_id": session.id,
            "resume_gateway_url": self._server.gateway_url,
            "shard": [session.shard, session.shards],
            "application": {"id": application, "flags": 0},
        }
