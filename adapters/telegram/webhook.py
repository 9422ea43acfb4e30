"""The listener of a webhook: the secret first, then a bounded body, then the update is handed on.

The library's own server reads a body of any size before it looks at the secret, and compares it letter by letter.
"""

from __future__ import annotations

import hmac
import json
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

BODY = 1024 * 1024
"""Bytes of an update at most; the largest that Telegram sends are some kilobytes."""
SEEN = 20_000
"""Updates that are remembered, so that one that is delivered again is not answered again."""
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
log = logging.getLogger(__name__)


class Seen:
    """The numbers of the last updates."""

    def __init__(self, most: int = SEEN) -> None:
        self._most = most
        self._numbers: OrderedDict[int, None] = OrderedDict()

    def again(self, number: int) -> bool:
        """Whether an update came before; it is remembered."""
        if number in self._numbers:
            return True
        self._numbers[number] = None
        if len(self._numbers) > self._most:
            self._numbers.popitem(last=False)
        return False


class Webhook:
    """Listens for updates; `take` is given each new one as JSON."""

    def __init__(self, path: str, secret: str, take: Callable[[dict[str, Any]], Awaitable[None]]) -> None:
        self._path = path
        self._secret = secret.encode()
        self._take = take
        self._seen = Seen()
        self._runner: web.AppRunner | None = None

    async def start(self, host: str, port: int) -> None:
        """Raises OSError when the address cannot be listened on."""
        app = web.Application(client_max_size=BODY)
        app.router.add_post(self._path, self._post)
        # What a stranger goes on sending is not waited for.
        self._runner = web.AppRunner(app, access_log=None, lingering_time=0, shutdown_timeout=1)
        await self._runner.setup()
        await web.TCPSite(self._runner, host, port).start()

    async def stop(self) -> None:
        """Takes no more updates."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def _post(self, request: web.Request) -> web.Response:
        given = request.headers.get(SECRET_HEADER, "").encode("utf-8", "replace")
        if not hmac.compare_digest(given, self._secret):
            return web.Response(status=403)
        if (request.content_length or 0) > BODY:
            return web.Response(status=413)
        try:
            update = json.loads(await request.read())
        except web.HTTPRequestEntityTooLarge:
            return web.Response(status=413)
        except ValueError:
            return web.Response(status=400)
        if not isinstance(update, dict):
            return web.Response(status=400)
        number = update.get("update_id")
        if not isinstance(number, int):
            return web.Response(status=400)
        if not self._seen.again(number):
            await self._take(update)
        return web.Response()
