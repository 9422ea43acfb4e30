"""A small Discord of our own for faults: 429, 5xx, cut connections, invalid sessions, and being away."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatch
from typing import Any, NamedTuple

from aiohttp import web

from tests.servers.discord_gateway import Gateway, Session
from tests.servers.discord_handles import DEFERRED, EPHEMERAL, LOADING, MESSAGE, Handle, RestCall
from tests.servers.discord_loopback import answer
from tests.servers.discord_payloads import AUTOCOMPLETE, COMMAND, COMPONENT, slash_data
from tests.servers.discord_small import ALL, JSON, Person, SmallWorld
from tests.servers.process import PATIENCE

CALLBACK = re.compile(r"/interactions/(\d+)/([^/]+)/callback")
RESPONSE = re.compile(r"/webhooks/\d+/([^/]+)(/messages/(@original|\d+))?")
CHANNEL = re.compile(r"/channels/(\d+)(/messages(?:/(\d+))?|/typing)?")


class Call(NamedTuple):
    """A REST call, the status it was answered with (0: cut off), and when it came (monotonic)."""

    method: str
    path: str
    body: Any
    status: int
    at: float


@dataclass
class Fault:
    """What happens to the next calls of a route (a glob of method and path) instead of an answer."""

    route: str
    status: int = 500
    times: int = 1
    retry_after: float = 0.2
    is_global: bool = False
    via: bool = True
    drop: bool = False
    applied: bool = False
    delay: float = 0.0
    code: int = 0
    errors: Mapping[str, str] | None = None

    def answer(self) -> web.Response:
        """The answer; a 429 without Via is what Cloudflare sends."""
        if self.status != 429:
            fields = {name: {"_errors": [{"code": "FAULT", "message": why}]} for name, why in (self.errors or {}).items()}
            body = {"message": f"{self.status}: fault", "code": self.code, **({"errors": fields} if fields else {})}
            return answer(self.status, body)
        limited = {"message": "You are being rate limited.", "retry_after": self.retry_after, "global": self.is_global}
        headers = {"Retry-After": str(self.retry_after), "X-RateLimit-Scope": "global" if self.is_global else "user"}
        return answer(429, limited, headers | ({"Via": "1.1 google"} if self.via else {}))


class FaultyDiscord(SmallWorld):
    """One guild with one channel, a few routes, and the faults a test asks for."""

    def __init__(self, *, token: str = "faulty-token", shards: int = 1) -> None:
        super().__init__()
        self.token = token
        self.gateway = Gateway(self, token, self._opening, shards)
        self.calls: list[Call] = []
        self.registered: list[JSON] = []
        self.sync_count = 0
        self._faults: list[Fault] = []
        self._handles: dict[str, Handle] = {}
        self._taken: set[str] = set()

    # ------------------------------------------------------------------------------------------------ faults

    def fault(self, route: str, status: int = 500, times: int = 1, **how: Any) -> None:
        """Let the next calls of a route fail: `"POST /channels/*/messages"`; for `how` see Fault."""
        with self.changed:
            self._faults.append(Fault(route, status, times, **how))

    def forbid(self, *, allowed: str = "another-token") -> None:
        """Let the token be wrong from now on: REST answers 401, IDENTIFY and RESUME are closed with 4004."""
        with self.changed:
            self.token = self.gateway.token = allowed

    def down(self) -> None:
        """Go away: refuse connections and cut those there are."""
        super().down()
        self.wait_for(lambda: self.gateway.connected == 0 or None, 10, lambda: "no connections")

    # ------------------------------------------------------------------------------------------------ what a test does

    def wait_ready(self, timeout: float = PATIENCE) -> None:
        """Wait until every shard has identified and got READY and its guild."""
        self.wait_for(self.gateway.ready, timeout, lambda: f"READY; calls {self.calls}, closes {self.gateway.closes}")

    def wait_connected(self, timeout: float = PATIENCE) -> None:
        """Wait until every shard has a session with a connection, by IDENTIFY or RESUME."""
        self.wait_for(lambda: self.gateway.connected >= self.gateway.shards or None, timeout, lambda: f"{self.gateway.closes}")

    def wait_resumed(self, count: int = 1, timeout: float = PATIENCE) -> None:
        """Wait until so many RESUMEs have succeeded since the start."""
        self.wait_for(lambda: self.gateway.resumed >= count or None, timeout, lambda: f"RESUME; closes {self.gateway.closes}")

    def wait_identified(self, count: int, timeout: float = PATIENCE) -> None:
        """Wait for so many IDENTIFYs since the start."""
        self.wait_for(lambda: len(self.gateway.identifies) >= count or None, timeout, lambda: f"{self.gateway.closes}")

    def wait_closed(self, count: int = 1, timeout: float = PATIENCE) -> list[int | None]:
        """Wait for so many ended connections; their close codes."""
        closes = self.gateway.closes
        return list(self.wait_for(lambda: closes if len(closes) >= count else None, timeout, lambda: f"{closes}"))

    def wait_calls(self, route: str, count: int = 1, timeout: float = PATIENCE) -> list[Call]:
        """Wait for so many calls of a route (a glob of method and path)."""

        def look() -> list[Call] | None:
            found = [call for call in self.calls if fnmatch(f"{call.method} {call.path}", route)]
            return found if len(found) >= count else None

        return self.wait_for(look, timeout, lambda: f"{count} {route} among {self.calls}")

    def wait_commands(self, timeout: float = PATIENCE) -> list[JSON]:
        """Wait for the first registration of commands."""
        self.wait_for(lambda: self.sync_count or None, timeout, lambda: "PUT of the commands")
        return self.registered

    def message(self, channel: int | None, author: Person, content: str, **extra: Any) -> JSON:
        """Write a message; `channel` None is the guild's; further keywords go into the event."""
        with self.changed:
            payload = self._message(channel or self.channel, author, {"content": content}) | extra
            if channel != self.dm_channel:
                payload["member"] = self._member()
            self.gateway_send("MESSAGE_CREATE", payload)
            return payload

    send_message = message

    def wait_message(
        self, channel: int | None = None, predicate: Callable[[JSON], bool] = bool, timeout: float = PATIENCE
    ) -> JSON:
        """The next message of the bot in a channel that nobody has taken yet."""
        where = str(channel or self.channel)

        def look() -> JSON | None:
            for number, message in self._messages.items():
                mine = message["author"]["id"] == str(self.bot_user.id) and "interaction_metadata" not in message
                if mine and message["channel_id"] == where and number not in self._taken and predicate(message):
                    self._taken.add(number)
                    return message
            return None

        return self.wait_for(look, timeout, lambda: f"a message; calls {self.calls}")

    def slash(
        self,
        name: str,
        options: Mapping[str, Any] | list[JSON] | None = None,
        user: Person | None = None,
        channel: int | None = None,
    ) -> Handle:
        """Give a command of those registered."""
        return self._command(COMMAND, name, options or {}, user, channel, None)

    def autocomplete(
        self, name: str, options: Mapping[str, Any], focused: str, user: Person | None = None, *, timeout: float = PATIENCE
    ) -> list[JSON]:
        """Type into the focused option; the choices the bot offers."""
        return self._command(AUTOCOMPLETE, name, options, user, None, focused).choices(timeout)

    def press(self, message: JSON, custom_id: str, user: Person | None = None) -> Handle:
        """Press a button of a message."""
        data = {"custom_id": custom_id, "component_type": 2, "id": 0}
        return self.send_interaction(COMPONENT, data, user, int(message["channel_id"]), message=message)

    def send_interaction(
        self, kind: int, data: JSON, user: Person | None = None, channel: int | None = None, **extra: Any
    ) -> Handle:
        """Send an interaction as it is."""
        user = user or self.alice
        with self.changed:
            number = self._id()
            where = channel or self.channel
            private = where == self.dm_channel
            payload: JSON = {
                "id": str(number),
                "application_id": str(self.application_id),
                "type": kind,
                "token": f"interaction-{number}",
                "version": 1,
                "data": data,
                "channel_id": str(where),
                "channel": {"id": str(where), "type": 1, "recipients": [user.wire()]} if private else self._channel(),
                "locale": "en-US",
                "entitlements": [],
                "authorizing_integration_owners": {"0": "0" if private else str(self.guild_id)},
                "context": int(private),
                "attachment_size_limit": 10485760,
                "app_permissions": ALL,
            }
            if private:
                payload["user"] = user.wire()
            else:
                member = self._member() | {"user": user.wire(), "permissions": ALL}
                payload |= {"guild_id": str(self.guild_id), "guild_locale": "en-US", "member": member}
            payload |= extra
            handle = self._handles[payload["token"]] = Handle(self, payload, user, self._results)
            self.gateway_send("INTERACTION_CREATE", payload)
            return handle

    def gateway_send(self, event: str, payload: JSON) -> None:
        """Send any event; without a connection it waits for the RESUME."""
        shard = (int(payload.get("guild_id") or 0) >> 22) % self.gateway.shards
        self.later(self._deliver, event, json.loads(json.dumps(payload)), shard)

    def _command(
        self, kind: int, name: str, options: Any, user: Person | None, channel: int | None, focused: str | None
    ) -> Handle:
        root, *path = name.split()
        command = self.wait_for(
            lambda: next((item for item in self.registered if item["name"] == root), None), 10, lambda: f"command {root!r}"
        )
        return self.send_interaction(kind, slash_data(command, path, options, lambda _, value: value, focused), user, channel)

    # ------------------------------------------------------------------------------------------------ the server's thread

    def routes(self, app: web.Application) -> None:
        """Add REST and the gateway."""
        app.router.add_get("/gateway", self.gateway.handle)
        app.router.add_get("/gateway/", self.gateway.handle)
        app.router.add_route("*", "/api/v10/{path:.*}", self._rest)

    def _deliver(self, event: str, payload: JSON, shard: int) -> None:
        for session in self.gateway.sessions(shard):
            self.gateway.send(session, event, payload)

    def _opening(self, session: Session) -> list[tuple[str, JSON]]:
        mine = (self.guild_id >> 22) % session.shards == session.shard
        ready = self.gateway.ready_event(
            session, self.bot_user.wire(), str(self.application_id), [self.guild_id] if mine else []
        )
        return [ready, ("GUILD_CREATE", self._guild())] if mine else [ready]

    async def _rest(self, request: web.Request) -> web.StreamResponse:
        path = request.rel_url.raw_path.removeprefix("/api/v10")
        body = await self._body(request)
        authorized = request.headers.get("Authorization") == f"Bot {self.token}"
        with self.changed:
            route = f"{request.method} {path}"
            fault = next((fault for fault in self._faults if fault.times > 0 and fnmatch(route, fault.route)), None)
            if fault is not None:
                fault.times -= 1
            if fault is None or fault.applied:
                status, told = self._answer(request.method, path, body, authorized)
            if fault is not None:
                status = 0 if fault.drop else fault.status
            self.calls.append(Call(request.method, path, body, status, time.monotonic()))
            self.changed.notify_all()
        if fault is None:
            return answer(status, told)
        await asyncio.sleep(fault.delay)
        if fault.drop and request.transport is not None:
            request.transport.abort()
        return fault.answer()

    @staticmethod
    async def _body(request: web.Request) -> Any:
        if request.content_type.startswith("multipart/"):
            return json.loads(str((await request.post())["payload_json"]))
        text = await request.text()
        return json.loads(text) if text else None

    def _answer(self, method: str, path: str, body: Any, authorized: bool) -> tuple[int, Any]:
        if found := CALLBACK.fullmatch(path):
            return self._callback(found[2], body)
        if found := RESPONSE.fullmatch(path):
            return self._response(method, found[1], found[3], body)
        if path in ("/gateway", "/gateway/bot") and (authorized or path == "/gateway"):
            limit = {"total": 1000, "remaining": 1000, "reset_after": 0, "max_concurrency": 16}
            return 200, {"url": self.gateway_url, "shards": self.gateway.shards, "session_start_limit": limit}
        if not authorized:
            return 401, {"message": "401: Unauthorized", "code": 0}
        if path == f"/applications/{self.application_id}/commands":
            if method == "PUT":
                self.registered = [{"type": 1, "description": "", "options": []} | item | self._command_ids() for item in body]
                self.sync_count += 1
            return 200, self.registered
        if path == "/users/@me":
            return 200, self.bot_user.wire()
        if path == "/oauth2/applications/@me":
            return 200, self._application()
        if path == "/users/@me/channels":
            return 200, self._channel(self.dm_channel)
        if found := CHANNEL.fullmatch(path):
            return self._in_channel(method, int(found[1]), found[2] or "", found[3], body)
        return 404, {"message": "404: Not Found", "code": 0}

    def _in_channel(self, method: str, channel: int, tail: str, number: str | None, body: Any) -> tuple[int, Any]:
        if channel not in (self.channel, self.dm_channel):
            return 404, {"message": "Unknown Channel", "code": 10003}
        if not tail:
            return 200, self._channel(channel)
        if tail == "/typing":
            return 204, None
        if number is None and method == "POST":
            return 200, self._message(channel, self.bot_user, body)
        if number is None:
            return 200, [message for message in self._messages.values() if message["channel_id"] == str(channel)][::-1]
        return self._change(method, number, body)

    def _change(self, method: str, number: str | None, body: Any) -> tuple[int, Any]:
        message = self._messages.get(number or "")
        if message is None:
            return 404, {"message": "Unknown Message", "code": 10008}
        if method == "DELETE":
            del self._messages[message["id"]]
            return 204, None
        if method == "PATCH":
            message |= {key: value for key, value in body.items() if value is not None and key != "flags"}
            message["flags"] &= ~LOADING
        return 200, message

    def _callback(self, token: str, body: JSON) -> tuple[int, Any]:
        handle = self._handles.get(token)
        if handle is None:
            return 404, {"message": "Unknown interaction", "code": 10062}
        if handle.responses:
            handle.refused.append({"status": 400, "body": body})
            return 400, {"message": "Interaction has already been acknowledged.", "code": 40060}
        handle.callback(body)
        told: JSON = {"interaction": {"id": handle.id, "type": handle.interaction["type"], "response_message_loading": False}}
        told["interaction"]["response_message_ephemeral"] = bool(((body.get("data") or {}).get("flags") or 0) & EPHEMERAL)
        if body["type"] in (MESSAGE, DEFERRED):
            made = self._message(int(handle.interaction["channel_id"]), self.bot_user, body.get("data") or {})
            made |= {"interaction_metadata": {"id": handle.id, "type": 2, "user": handle.user.wire()}}
            made["flags"] |= LOADING if body["type"] == DEFERRED else 0
            handle.result = made["id"]
            told["interaction"]["response_message_id"] = made["id"]
            told["resource"] = {"type": body["type"], "message": made}
        elif "message" in handle.interaction:
            handle.result = handle.interaction["message"]["id"]
            self._change("PATCH" if body["type"] == 7 else "GET", handle.result, body.get("data") or {})
        return 200, told

    def _response(self, method: str, token: str, number: str | None, body: Any) -> tuple[int, Any]:
        handle = self._handles.get(token)
        if handle is None:
            return 404, {"message": "Unknown Webhook", "code": 10015}
        handle.calls.append(RestCall(method, f"/messages/{number}", body))
        if number is not None:
            return self._change(method, handle.result if number == "@original" else number, body)
        made = self._message(int(handle.interaction["channel_id"]), self.bot_user, body)
        made["interaction_metadata"] = {"id": handle.id, "type": 2, "user": handle.user.wire()}
        handle.followups.append(made["id"])
        return 200, made

    def _results(self, handle: Handle) -> list[JSON]:
        stored = [self._messages[number] for number in (handle.result, *handle.followups) if number in self._messages]
        return [message for message in stored if not message["flags"] & LOADING]
