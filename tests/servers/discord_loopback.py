"""An aiohttp server on 127.0.0.1 in a thread of its own, for tests that are not asynchronous."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from collections.abc import Callable
from typing import Any, Self, TypeVar

from aiohttp import web

from tests.servers.process import PATIENCE

T = TypeVar("T")


class LoopbackServer:
    """The server's thread and its lock: whatever tests and server share is read and changed under `changed`."""

    def __init__(self) -> None:
        self.changed = threading.Condition()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name=type(self).__name__, daemon=True)
        self._socket: socket.socket | None = self._bind(0)
        self.port: int = self._socket.getsockname()[1]
        self._runner: web.AppRunner | None = None
        self._site: web.SockSite | None = None

    @property
    def api_url(self) -> str:
        """The address a bot is given instead of https://discord.com/api/v10."""
        return f"http://127.0.0.1:{self.port}/api/v10"

    @property
    def gateway_url(self) -> str:
        """The address GET /gateway/bot answers."""
        return f"ws://127.0.0.1:{self.port}/gateway"

    def routes(self, app: web.Application) -> None:
        """Add the routes of the server to the application."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        self._thread.start()
        self._finish(self._start())
        return self

    def __exit__(self, *_: object) -> None:
        self._finish(self._stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(PATIENCE)
        self._loop.close()

    def down(self) -> None:
        """Stop listening and cut every connection."""
        self._finish(self._unlisten())

    def up(self) -> None:
        """Listen again on the same port."""
        self._finish(self._listen())

    def later(self, function: Callable[..., object], *args: object) -> None:
        """Run a function in the server's thread, in the order of the calls."""
        self._loop.call_soon_threadsafe(function, *args)

    def wait_for(self, look: Callable[[], T | None], timeout: float, what: Callable[[], str]) -> T:
        """Wait until `look` finds something; it is asked again after each change."""
        found = self.look_for(look, timeout)
        if found is None:
            raise TimeoutError(f"not within {timeout} s: {what()}")
        return found

    def look_for(self, look: Callable[[], T | None], timeout: float) -> T | None:
        """What `look` finds within the time, or None."""
        until = time.monotonic() + timeout
        with self.changed:
            while (found := look()) is None and (left := until - time.monotonic()) > 0:
                self.changed.wait(left)
            return found

    # ------------------------------------------------------------------------------------------------ the server's thread

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()

    def _finish(self, work: Any) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(PATIENCE)

    @staticmethod
    def _bind(port: int) -> socket.socket:
        bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(("127.0.0.1", port))
        return bound

    async def _start(self) -> None:
        app = web.Application(client_max_size=64 * 2**20)
        self.routes(app)
        self._runner = web.AppRunner(app, handle_signals=False, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await self._listen()

    async def _listen(self) -> None:
        assert self._runner is not None
        self._site = web.SockSite(self._runner, self._socket or self._bind(self.port))
        self._socket = None
        await self._site.start()

    async def _unlisten(self) -> None:
        assert self._runner is not None and self._runner.server is not None and self._site is not None
        await self._site.stop()
        for connection in list(self._runner.server.connections):
            if connection.transport is not None:
                connection.transport.abort()

    async def _stop(self) -> None:
        assert self._runner is not None
        await self._runner.cleanup()


def answer(status: int, body: object = None, headers: dict[str, str] | None = None) -> web.Response:
    """A REST answer; discord.py reads JSON only from exactly `application/json`, without a charset."""
    if body is None:
        return web.Response(status=204 if status == 200 else status, headers=headers)
    return web.Response(status=status, body=json.dumps(body).encode(), content_type="application/json", headers=headers)
