"""A Telegram Bot API server on the loopback interface, for tests that drive a bot in a process of its own.

The bot takes `server.url + "/bot"` as its base URL and `server.url + "/file/bot"` as that of files. Tests queue updates (`say`,
`press`, `inline` …), wait for the bot's calls (`wait`), and look at what stands in the chats (`messages`). The server answers
as the real one does, with its error texts; what that one lets pass, but no bot should send, is put into `violations`.

It finds no entities in the bot's own texts: a message that it returns has those that the bot asked for.
"""

from __future__ import annotations

import asyncio
import copy
import http.client
import json
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Self

from aiohttp import ClientError, ClientSession, ClientTimeout, web

from tests.servers import telegram_rules as rules
from tests.servers.process import PATIENCE
from tests.servers.telegram_html import Json
from tests.servers.telegram_inputs import Inputs
from tests.servers.telegram_queue import Queue
from tests.servers.telegram_rules import Refused, Upload
from tests.servers.telegram_world import World

TOKEN = "123456:TEST-TOKEN-abcdefghijklmnopqrstuv"
_CONFLICT = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
_HOOKED = "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
_WORDS = {401: "Unauthorized", 403: "Forbidden: bot was blocked by the user", 404: "Not Found", 502: "Bad Gateway"}
_QUEUE = ("setWebhook", "deleteWebhook", "getWebhookInfo")


@dataclass
class Call:
    """A call that the bot made: what it sent, and what it got for it (a result, or an error)."""

    method: str
    params: Json
    files: dict[str, bytes] = field(default_factory=dict)
    result: Any = None
    error: Json | None = None
    at: float = field(default_factory=time.monotonic, repr=False)
    taken: bool = field(default=False, repr=False)

    def fits(self, method: str, wanted: dict[str, Any]) -> bool:
        """Whether the call is of that method and has these parameters; a callable is asked about the value, if there is one."""
        return self.method == method and all(
            (name in self.params and bool(value(self.params[name]))) if callable(value) else self.params.get(name) == value
            for name, value in wanted.items()
        )


@dataclass
class Fault:
    """What happens to one call: an error, no answer at all (drop), or a late one (delay; the call itself is carried out)."""

    status: int = 0
    description: str = ""
    retry_after: int = 0
    drop: bool = False
    delay: float = 0.0
    migrate_to_chat_id: int = 0
    where: Callable[[Json], bool] | None = None

    def refused(self) -> Refused:
        """The error."""
        parameters = {name: getattr(self, name) for name in ("retry_after", "migrate_to_chat_id") if getattr(self, name)}
        words = f"Too Many Requests: retry after {self.retry_after}" if self.status == 429 else _WORDS.get(self.status)
        found = Refused("", self.status, **parameters)
        found.body["description"] = self.description or words or "Internal Server Error"
        return found


class _Poll:
    """A getUpdates call that is open."""

    def __init__(self) -> None:
        self.event = asyncio.Event()
        self.ended = False


class TelegramServer(Inputs):
    """The server; everything public may be called from any thread while it runs."""

    def __init__(self, token: str = TOKEN, username: str = "TalksTestBot", webhook_listen: str = "") -> None:
        self.token = token
        self.webhook_listen = webhook_listen
        self.calls: list[Call] = []
        self.changed = threading.Condition()
        self.queue = Queue()
        self.world = World(_me(token, username))
        self.port = 0
        self._unauthorized = False
        self._faults: dict[str, list[Fault]] = defaultdict(list)
        self._poll: _Poll | None = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="telegram", daemon=True)
        self._runner: web.AppRunner | None = None
        self._work = asyncio.Event()

    # --- the server itself -------------------------------------------------------------------------------------------

    def __enter__(self) -> Self:
        """Starts serving."""
        self._thread.start()
        self.up()
        self._pusher = asyncio.run_coroutine_threadsafe(self._push_all(), self._loop)
        return self

    def __exit__(self, *_: object) -> None:
        """Stops serving; open calls are cut off."""
        self._pusher.cancel()
        self.down()
        self._run(self._loop.shutdown_asyncgens())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    @property
    def url(self) -> str:
        """The address of the server."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def violations(self) -> list[str]:
        """What the bot sent that the real server would let pass, but that is wrong."""
        return self.world.violations

    @property
    def unauthorized(self) -> bool:
        """Whether every call gets 401, as with a token that was revoked; can be set."""
        return self._unauthorized

    @unauthorized.setter
    def unauthorized(self, value: bool) -> None:
        """Revokes the token, or makes it good again."""
        self._unauthorized = value
        self._woken()

    def down(self) -> None:
        """Cuts all connections and refuses new ones."""
        self._run(self._close())

    def up(self) -> None:
        """Serves (again), on the same port as before."""
        self._run(self._open())

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        """Runs something in the server's thread, to its end."""
        asyncio.run_coroutine_threadsafe(work, self._loop).result(PATIENCE)

    async def _open(self) -> None:
        """Opens the port."""
        if self._runner is not None:
            return
        app = web.Application(client_max_size=60 * 1024 * 1024)
        app.router.add_route("*", "/bot{token:[^/]+}/{method}", self._serve)
        app.router.add_get("/file/bot{token:[^/]+}/{path:.+}", self._serve_file)
        self._runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=0.01)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port).start()
        self.port = self._runner.addresses[0][1]

    async def _close(self) -> None:
        """Closes the port."""
        runner, self._runner = self._runner, None
        if runner is not None:
            await runner.cleanup()

    # --- waits -------------------------------------------------------------------------------------------------------

    def wait(self, method: str, timeout: float = PATIENCE, *, ok: bool | None = None, **params: object) -> Call:
        """The first call of the method that no wait returned yet and that has these parameters; waits for it to come.

        A value may be a predicate. With ok=True only a call that was carried out counts, with ok=False one that got an error.
        """
        with self.changed:
            self.changed.wait_for(lambda: self._untaken(method, ok, params), timeout)
            if (call := self._untaken(method, ok, params)) is None:
                raise AssertionError(f"no {method} with {params} within {timeout} s; the calls were:{self._listed()}")
            call.taken = True
            return call

    def none(self, method: str, within: float = 0.3, *, ok: bool | None = None, **params: object) -> None:
        """Asserts that no such call is left that no wait returned, after the bot took all updates and had a moment more."""
        self.settle()
        with self.changed:
            self.changed.wait_for(lambda: self._untaken(method, ok, params), within)
            if call := self._untaken(method, ok, params):
                raise AssertionError(f"unexpected {call}")

    def settle(self, timeout: float = PATIENCE) -> None:
        """Waits until the bot has taken all updates: confirmed by the next getUpdates, or accepted by its webhook.

        The bot may still be at work on the last ones then.
        """
        with self.changed:
            if not self.changed.wait_for(lambda: not self.queue.pending, timeout):
                raise AssertionError(f"not taken within {timeout} s: {self.queue.pending} {self.queue.error}{self._listed()}")

    def ready(self, timeout: float = PATIENCE) -> None:
        """Waits until the bot asks for updates or has set its webhook."""
        with self.changed:
            if not self.changed.wait_for(lambda: self._poll is not None or self.queue.webhook, timeout):
                raise AssertionError(f"the bot does not ask for updates within {timeout} s; the calls were:{self._listed()}")

    def messages(self, chat: Json | int) -> list[Json]:
        """The bot's messages in a chat as they stand now, in their order."""
        number = chat if isinstance(chat, int) else chat["id"]
        with self.changed:
            found = [m for (place, _), m in self.world.messages.items() if place == number and self.world.mine(m)]
            return copy.deepcopy(found)

    def inline_message(self, inline_message_id: str) -> Json:
        """The text, entities and keyboard of a message that came by inline query, as they stand now."""
        with self.changed:
            return copy.deepcopy(self.world.inline[inline_message_id])

    def commands(self, scope: Json | None = None, language_code: str = "") -> list[Json]:
        """The commands that were set for a scope and language."""
        key = (json.dumps(scope or {"type": "default"}, sort_keys=True), language_code)
        with self.changed:
            return copy.deepcopy(self.world.commands.get(key, []))

    def unanswered(self) -> list[str]:
        """The ids of callback queries that were never answered."""
        with self.changed:
            return [name for name, answered in self.world.callbacks.items() if not answered]

    def _untaken(self, method: str, ok: bool | None, params: dict[str, object]) -> Call | None:
        """The first call that fits and that no wait returned."""
        calls = (call for call in self.calls if not call.taken and call.fits(method, params))
        return next((call for call in calls if ok is None or ok == (call.error is None)), None)

    def _listed(self) -> str:
        """The calls so far, one a line."""
        lines = [f"{'*' if call.taken else ' '} {call.method} {call.params} {call.error or ''}" for call in self.calls]
        return "".join(f"\n  {line}" for line in lines or ["none"])

    # --- faults ------------------------------------------------------------------------------------------------------

    def fault(self, method: str, *faults: Fault) -> None:
        """Each of the next calls of a method (also "getUpdates"; "file" for downloads) gets one of the faults, in turn."""
        with self.changed:
            self._faults[method].extend(faults)

    def _fault(self, method: str, params: Json) -> Fault | None:
        """The fault for a call, which is used up by that."""
        with self.changed:
            waiting = self._faults[method]
            found = next((fault for fault in waiting if fault.where is None or fault.where(params)), None)
            if found:
                waiting.remove(found)
            return found

    # --- requests ----------------------------------------------------------------------------------------------------

    def _admit(self, request: web.Request) -> None:
        """Checks the token."""
        if self.unauthorized:
            raise Refused("Unauthorized", 401)
        if request.match_info["token"] != self.token:
            raise Refused("Not Found", 404)

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        """Answers a call."""
        method = request.match_info["method"]
        try:
            self._admit(request)
            if method not in rules.METHODS:
                self.world.blame(f"unknown method {method}")
                raise Refused("Not Found", 404)
            raw, uploads = await _read(request)
            return await self._call(request, method, raw, uploads)
        except Refused as error:
            return web.json_response(error.body, status=error.status)

    async def _call(self, request: web.Request, method: str, raw: Json, uploads: dict[str, Upload]) -> web.StreamResponse:
        """Carries a call out, or has a fault happen to it; puts it on record."""
        call = Call(method, raw)
        fault = None
        try:
            call.params, call.files = rules.decoded(method, raw, uploads, self.world.blame)
            fault = self._fault(method, call.params)
            await self._meet(fault, request)
            call.result = await self._result(call)
        except Refused as error:
            call.error = error.body
            raise
        finally:
            self._record(call)
        if fault:
            await asyncio.sleep(fault.delay)
        return web.json_response({"ok": True, "result": call.result})

    async def _meet(self, fault: Fault | None, request: web.Request) -> None:
        """Has a fault happen that keeps a call from being carried out."""
        if fault is None or not (fault.drop or fault.status):
            return
        await asyncio.sleep(fault.delay)
        if fault.drop and request.transport:
            request.transport.close()
            raise Refused("dropped", 499)
        raise fault.refused()

    async def _result(self, call: Call) -> Any:
        """The result of a call."""
        if call.method == "getUpdates":
            return await self._updates(call.params)
        with self.changed:
            if call.method not in _QUEUE:
                return self._of_world(call)
            result = self.queue.answer(call.method, call.params)
        self._wake()
        return result

    def _of_world(self, call: Call) -> Any:
        """The result of a call about chats; what cannot even be read is refused and put on record."""
        try:
            return self.world.answer(call.method, call.params, call.files)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            self.world.blame(f"{call.method}: {error!r} with {call.params}")
            raise Refused("wrong parameters") from error

    def _record(self, call: Call) -> None:
        """Puts a call on record."""
        with self.changed:
            if call.method != "getUpdates":
                self.calls.append(call)
            self.changed.notify_all()

    async def _serve_file(self, request: web.Request) -> web.StreamResponse:
        """Answers a download."""
        path = request.match_info["path"]
        try:
            self._admit(request)
            fault = self._fault("file", {"path": path})
            await self._meet(fault, request)
            found = [content for _, place, content in self.world.files.values() if place == path]
            if not found:
                raise Refused("Not Found", 404)
        except Refused as error:
            return web.json_response(error.body, status=error.status)
        await asyncio.sleep(fault.delay if fault else 0)
        return web.Response(body=found[0], content_type="application/octet-stream")

    # --- long polling ------------------------------------------------------------------------------------------------

    async def _updates(self, params: Json) -> list[Json]:
        """Answers getUpdates: at once, or when an update comes, or when another such call takes its place."""
        poll = self._take_turn(params)
        end = self._loop.time() + min(params.get("timeout", 0), 50)
        try:
            while True:
                poll.event.clear()
                with self.changed:
                    found = self.queue.batch(params.get("limit", 100))
                    if self.unauthorized:
                        raise Refused("Unauthorized", 401)
                    if poll.ended:
                        raise Refused(_HOOKED if self.queue.webhook else _CONFLICT, 409)
                if found or self._loop.time() >= end:
                    return found
                with suppress(TimeoutError):
                    await asyncio.wait_for(poll.event.wait(), end - self._loop.time())
        finally:
            with self.changed:
                self._poll = None if self._poll is poll else self._poll

    def _take_turn(self, params: Json) -> _Poll:
        """Makes a getUpdates call the one that gets updates; the older one ends."""
        poll = _Poll()
        with self.changed:
            if self.queue.webhook:
                raise Refused(_HOOKED, 409)
            self.queue.ask(params)
            self._end_poll()
            self._poll = poll
            self.changed.notify_all()
        return poll

    def _end_poll(self) -> None:
        """Ends the open getUpdates call."""
        if self._poll:
            self._poll.ended = True
            self._poll.event.set()

    def _woken(self) -> None:
        """Has the server's thread look at the queue."""
        self._loop.call_soon_threadsafe(self._wake)

    def _wake(self) -> None:
        """Looks at the queue: for the open getUpdates call, and for the webhook."""
        if self.queue.webhook:
            self._end_poll()
        elif self._poll:
            self._poll.event.set()
        self._work.set()
        with self.changed:
            self.changed.notify_all()

    # --- webhook -----------------------------------------------------------------------------------------------------

    async def _push_all(self) -> None:
        """Posts updates to the webhook, one after the other, each until it is accepted."""
        async with ClientSession(timeout=ClientTimeout(total=60)) as session:
            while True:
                await self._work.wait()
                self._work.clear()
                while self.queue.webhook and (waiting := self.queue.batch(1)):
                    if error := await self._posted(session, waiting[0]):
                        self.queue.failed(error)
                        await asyncio.sleep(0.05)
                        continue
                    with self.changed:
                        self.queue.pushed(waiting[0])
                        self.changed.notify_all()

    async def _posted(self, session: ClientSession, update: Json) -> str:
        """Posts an update to the webhook; returns what went wrong, in Telegram's words."""
        secret = self.queue.webhook.get("secret_token")
        headers = {"X-Telegram-Bot-Api-Secret-Token": secret} if secret else {}
        address = f"http://{self.webhook_listen}{self.queue.path}"
        try:
            async with session.post(address, json=update, headers=headers) as response:
                return "" if response.ok else f"Wrong response from the webhook: {response.status} {response.reason}"
        except (ClientError, OSError, ValueError) as error:
            return f"Connection failed: {error!r}"

    def push(self, update: Json, secret: str | None = None) -> int:
        """Posts one update to the webhook with a secret of its own (None: without); returns the HTTP status."""
        with self.changed:
            body = json.dumps(self.queue.number(update))
            path = self.queue.path
        headers = {"Content-Type": "application/json"} | ({} if secret is None else {"X-Telegram-Bot-Api-Secret-Token": secret})
        connection = http.client.HTTPConnection(self.webhook_listen, timeout=PATIENCE)
        try:
            connection.request("POST", path, body, headers)
            return connection.getresponse().status
        finally:
            connection.close()


async def _read(request: web.Request) -> tuple[Json, dict[str, Upload]]:
    """The parameters of a request as they came, and its files."""
    if request.content_type == "application/json":
        return dict(await request.json()), {}
    form = await request.post()
    uploads = {n: Upload(v.filename, v.file.read()) for n, v in form.items() if isinstance(v, web.FileField)}
    texts = {name: value for name, value in form.items() if isinstance(value, str)}
    return {**request.query, **texts}, uploads


def _me(token: str, username: str) -> Json:
    """What getMe tells of the bot."""
    names = {"id": int(token.partition(":")[0]), "is_bot": True, "first_name": "Talks", "username": username}
    no = ("can_read_all_group_messages", "can_connect_to_business", "has_main_web_app", "has_topics_enabled")
    return {**names, "can_join_groups": True, "supports_inline_queries": True, **dict.fromkeys(no, False)}
