"""The REST side of the bridge: HTTP requests in and out of simcord's router, all of them recorded."""

from __future__ import annotations

import io
import json
import re
from dataclasses import dataclass
from typing import Any, NamedTuple

import simcord.http.routes  # noqa: F401  (registers the routes)
from aiohttp import web
from simcord.backend import serializers
from simcord.backend.errors import BackendError
from simcord.http.router import RouteNotImplemented, UnsupportedField, dispatch

from tests.servers.discord_gateway import Gateway
from tests.servers.discord_handles import Handle, RestCall
from tests.servers.discord_limits import breaches
from tests.servers.discord_loopback import LoopbackServer, answer
from tests.servers.discord_world import LoopbackCdn, World

UNAUTHORIZED: tuple[int, Any] = (401, {"message": "401: Unauthorized", "code": 0})
WITH_TOKEN = re.compile(r"/(?:interactions|webhooks)/\d+/([^/]+)")


class Refusal(NamedTuple):
    """A call that was answered with 4xx, and the answer."""

    status: int
    method: str
    path: str
    body: Any
    answer: Any


@dataclass
class Upload:
    """A file as simcord's routes want it."""

    filename: str
    fp: io.BytesIO
    description: str | None = None


async def request_body(request: web.Request) -> tuple[Any, list[Upload]]:
    """The JSON body and the files of a request, multipart or not."""
    if not request.content_type.startswith("multipart/"):
        text = await request.text()
        return (json.loads(text) if text else None), []
    form = await request.post()
    body = json.loads(str(form["payload_json"])) if "payload_json" in form else None
    told = ((body or {}).get("data") or body or {}).get("attachments") or []
    descriptions = {f"files[{item['id']}]": item.get("description") for item in told if "id" in item}
    files = [
        Upload(value.filename, io.BytesIO(value.file.read()), descriptions.get(key))
        for key, value in form.items()
        if isinstance(value, web.FileField)
    ]
    return body, files


class RestBridge(LoopbackServer):
    """simcord's routes over HTTP."""

    def __init__(self, token: str, shards: int) -> None:
        super().__init__()
        self.token = token
        self.world = World(f"http://127.0.0.1:{self.port}/cdn", shards)
        self.backend = self.world.backend
        self.rest_calls: list[RestCall] = []
        self.refusals: list[Refusal] = []
        self.gaps: list[str] = []
        self.violations: list[str] = []
        self.sync_count = 0
        self.gateway: Gateway
        self._handles: dict[str, Handle] = {}

    def routes(self, app: web.Application) -> None:
        """Add REST, the gateway and the files."""
        app.router.add_get("/gateway", self.gateway.handle)
        app.router.add_get("/gateway/", self.gateway.handle)
        app.router.add_get("/cdn/{path:.*}", self._file)
        app.router.add_route("*", "/api/v10/{path:.*}", self._rest)

    async def _file(self, request: web.Request) -> web.Response:
        assert isinstance(self.backend.cdn, LoopbackCdn)
        content = self.backend.cdn.read(request.match_info["path"])
        return web.Response(status=404) if content is None else web.Response(body=content)

    async def _rest(self, request: web.Request) -> web.Response:
        path = request.rel_url.raw_path.removeprefix("/api/v10")
        body, files = await request_body(request)
        authorized = request.headers.get("Authorization") == f"Bot {self.token}"
        with self.changed:
            call = RestCall(request.method, path, body)
            self.rest_calls.append(call)
            handle = self._handle_of(path)
            if not authorized and path != "/gateway" and not WITH_TOKEN.match(path):
                status, told = UNAUTHORIZED
            else:
                status, told = self._answer(call, dict(request.query), files, request.headers.get("X-Audit-Log-Reason"))
            if status >= 400:
                self.refusals.append(Refusal(status, *call, told))
            if handle is not None:
                self._note(handle, call, status, told)
            self.changed.notify_all()
        if path.endswith("/callback") and status == 200 and request.query.get("with_response") not in ("1", "true"):
            told = None
        return answer(status, told)

    def _answer(self, call: RestCall, params: dict[str, str], files: list[Upload], reason: str | None) -> tuple[int, Any]:
        method, path, body = call
        if (method, path) in (("GET", "/gateway"), ("GET", "/gateway/bot")):
            limit = {"total": 1000, "remaining": 1000, "reset_after": 0, "max_concurrency": 16}
            return 200, {"url": self.gateway_url, "shards": self.gateway.shards, "session_start_limit": limit}
        if found := breaches(method, path, body):
            self.violations += [f"{method} {path}: {breach}" for breach in found]
            return 400, {"code": 50035, "message": f"Invalid Form Body: {'; '.join(found)}"}
        if path.startswith(f"/channels/{self.world.private.id}"):
            return 403, {"code": 50001, "message": "Missing Access"}
        content = "message_content" in self.gateway.approved
        try:
            told = dispatch(
                self.backend, method, path, json=body, params=params, files=files, reason=reason, message_content_access=content
            )
        except (RouteNotImplemented, UnsupportedField, NotImplementedError) as gap:
            # 400 and not 501: that one discord.py would try five times.
            self.gaps.append(f"{method} {path}: {gap}")
            return 400, {"code": 0, "message": f"simcord cannot do this: {gap}"}
        except BackendError as error:
            if error.status == 400:
                self.violations.append(f"{method} {path}: {error.message}")
            return error.status, error.to_json()
        if method == "PUT" and path == f"/applications/{self.backend.application_id}/commands":
            self.sync_count += 1
        if path == "/oauth2/applications/@me":
            told = told | {"owner": serializers.user_payload(self.world.owner)}
        if path == "/users/@me/guilds":
            told = [guild for guild in told if self.world.with_bot(int(guild["id"]))]
        return 200, told

    def _handle_of(self, path: str) -> Handle | None:
        found = WITH_TOKEN.match(path)
        return self._handles.get(found[1]) if found else None

    @staticmethod
    def _note(handle: Handle, call: RestCall, status: int, told: Any) -> None:
        if status >= 400:
            handle.refused.append({"status": status, "body": call.body, "answer": told})
        elif call.path.endswith("/callback"):
            handle.callback(call.body)
        else:
            handle.calls.append(call)
