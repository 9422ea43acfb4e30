"""The Telegram bot from its start to its end: connecting, polling or webhook, and stopping cleanly."""

from __future__ import annotations

import asyncio
import logging
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from telegram import Update
from telegram.error import Conflict, InvalidToken, NetworkError, RetryAfter, TelegramError
from telegram.ext import (
    Application,
    ApplicationBuilder,
    CallbackQueryHandler,
    InlineQueryHandler,
    MessageHandler,
    filters,
)
from telegram.request import HTTPXRequest

if TYPE_CHECKING:
    from adapters.telegram.webhook import Webhook

from adapters.serving import AdapterFailed, backoff, pause
from adapters.telegram.events import App, Events
from adapters.telegram.flow import Flow, seconds
from adapters.telegram.menus import Menus
from adapters.telegram.rendering import Rendered, text
from adapters.telegram.sending import Place, send
from adapters.worker import Worker
from bot.chat.desk import failed
from bot.settings import Settings

CONNECTIONS = 32
POOL_SECONDS = 60.0
UPDATES_AT_ONCE = 1_000_000
"""Bounds nothing: what waits for one chat is to hold no place of others; what is let in is bounded chat by chat."""
TOKEN_REFUSED = (HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND)
REFUSED_SECONDS = 180.0
"""For how long Telegram must go on refusing a token that it took before, until it is believed."""
CONFLICT_AGAIN = 300.0
UPDATES = ["message", "edited_message", "callback_query", "inline_query"]
REFUSED = "TELEGRAM_TOKEN was refused by Telegram: copy the token that @BotFather gives for your bot."
CONFLICT = "Another instance polls with the same TELEGRAM_TOKEN (Telegram serves only one): stop it. Trying again meanwhile."
log = logging.getLogger(__name__)


class _TokenRefused(NetworkError):
    """Updates could not be fetched because the token was refused."""


class _Polling(HTTPXRequest):
    """Fetches updates, and notes when the token is refused.

    PTB would stop polling for good, which a single such answer is no reason for; to it this is an error of the network.
    """

    def __init__(self, refused: asyncio.Event) -> None:
        super().__init__(connection_pool_size=1)
        self._refused = refused

    async def do_request(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        """One request, as the base class does it."""
        code, payload = await super().do_request(*args, **kwargs)
        if code in TOKEN_REFUSED:
            self._refused.set()
            raise _TokenRefused(f"the token was refused ({code})")
        return code, payload


def _telling(record: logging.LogRecord) -> bool:
    """Whether a record of PTB says more than the adapter does: a refused token ends in a traceback of its own."""
    return not (record.exc_info and isinstance(record.exc_info[1], InvalidToken))


class TelegramAdapter:
    """Serves Telegram until it is told to stop."""

    name = "Telegram"

    def __init__(self, settings: Settings, worker: Worker) -> None:
        self.settings = settings
        self.worker = worker
        owners = [number for platform, number in settings.owners if platform == "telegram"]
        self.menus = Menus(worker, owners)
        self.refused = asyncio.Event()
        self._conflict_told = -CONFLICT_AGAIN
        self._webhook: Webhook | None = None

    async def run(self, stop: asyncio.Event) -> None:
        """Connects, again and again until it works, and serves until `stop`. Raises AdapterFailed when that is no use."""
        self.refused.clear()
        app = self._application()
        if not await self._connect(app, stop):
            return
        await app.start()
        try:
            await self._listen(app, stop)
            if not stop.is_set():
                self.worker.announcers["telegram"] = lambda chat, said: _told(app, chat, said)
                await self.menus.register(app.bot)
                mode = "webhook" if self.settings.telegram_webhook_url else "polling"
                log.info("Telegram: serving as @%s (%s)", app.bot.username, mode)
            await self._serve(app, stop)
        finally:
            await self._end(app)

    async def _serve(self, app: App, stop: asyncio.Event) -> None:
        while not stop.is_set():
            waiting = {asyncio.create_task(stop.wait()), asyncio.create_task(self.refused.wait())}
            _, left = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            for task in left:
                task.cancel()
            if not stop.is_set():
                await self._ask_again(app, stop)

    async def _ask_again(self, app: App, stop: asyncio.Event) -> None:
        """Asks whether Telegram means it that it refused the token. Raises AdapterFailed when it does."""
        log.warning("Telegram: the token was refused while updates were fetched; asking whether it still holds")
        loop = asyncio.get_running_loop()
        began, waits = loop.time(), backoff()
        while not stop.is_set():
            try:
                await app.bot.get_me()
                break
            except InvalidToken:
                if loop.time() - began >= REFUSED_SECONDS:
                    raise AdapterFailed(REFUSED) from None
            except TelegramError as error:
                log.info("Telegram: could not be asked (%s)", _brief(error))
            await pause(stop, next(waits))
        self.refused.clear()
        if not stop.is_set():
            log.info("Telegram: the token holds; serving again")

    def _application(self) -> App:
        builder: ApplicationBuilder[Any, Any, Any, Any, Any, Any] = Application.builder()
        builder = (
            builder.token(self.settings.telegram_token)
            .concurrent_updates(UPDATES_AT_ONCE)
            .job_queue(None)
            .rate_limiter(Flow(paced=self.settings.flood_control))
        )
        # What the client's pool costs grows with its connections; a burst waits for one rather than opening hundreds.
        builder = builder.connection_pool_size(CONNECTIONS).pool_timeout(POOL_SECONDS)
        if self.settings.telegram_api_url:
            builder = builder.base_url(f"{self.settings.telegram_api_url}/bot")
            builder = builder.base_file_url(f"{self.settings.telegram_api_url}/file/bot")
        builder = builder.get_updates_request(_Polling(self.refused))
        logging.getLogger("telegram.ext").addFilter(_telling)
        app = builder.build()
        events = Events(self.worker, self.menus)
        app.add_handler(MessageHandler(filters.UpdateType.MESSAGE, events.message))
        app.add_handler(MessageHandler(filters.UpdateType.EDITED_MESSAGE, events.edited))
        app.add_handler(CallbackQueryHandler(events.press))
        app.add_handler(InlineQueryHandler(events.inline))
        app.add_error_handler(_unexpected)
        return app

    async def _connect(self, app: App, stop: asyncio.Event) -> bool:
        """Whether the first connection came about; it is tried until it does or `stop` is set."""
        waits = backoff()
        while not stop.is_set():
            try:
                await app.initialize()
                return True
            except InvalidToken:
                # Its text holds the token.
                raise AdapterFailed(REFUSED) from None
            except RetryAfter as error:
                await pause(stop, seconds(error))
            except TelegramError as error:
                server = "TELEGRAM_API_URL" if self.settings.telegram_api_url else "Telegram"
                wait = next(waits)
                log.warning("Telegram: %s cannot be reached (%s); trying again in %.0f s", server, _brief(error), wait)
                await pause(stop, wait)
        return False

    async def _listen(self, app: App, stop: asyncio.Event) -> None:
        updater = app.updater
        assert updater is not None
        waits = backoff()
        while not stop.is_set():
            try:
                if self.settings.telegram_webhook_url:
                    await self._hook(app)
                else:
                    await updater.start_polling(allowed_updates=UPDATES, error_callback=self._polling_error)
                return
            except OSError as error:
                raise AdapterFailed(f"TELEGRAM_WEBHOOK_LISTEN cannot be listened on: {error.strerror or error}.") from None
            except TelegramError as error:
                wait = seconds(error) if isinstance(error, RetryAfter) else next(waits)
                log.warning("Telegram: listening did not start (%s); trying again in %.0f s", _brief(error), wait)
                await pause(stop, wait)

    async def _hook(self, app: App) -> None:
        """Listens for updates and tells Telegram where."""
        # Its library is loaded where it is used alone.
        from adapters.telegram.webhook import Webhook

        settings = self.settings

        async def take(body: dict[str, Any]) -> None:
            try:
                update = Update.de_json(body, app.bot)
            except (AttributeError, KeyError, TypeError, ValueError) as error:
                log.warning("Telegram: an update could not be read (%s: %s)", type(error).__name__, error)
                return
            await app.update_queue.put(update)

        if self._webhook is None:
            host, _, port = settings.telegram_webhook_listen.rpartition(":")
            path = f"/{settings.telegram_webhook_url.split('/', 3)[3]}" if settings.telegram_webhook_url.count("/") > 2 else "/"
            webhook = Webhook(path, settings.telegram_webhook_secret, take)
            await webhook.start(host, int(port))
            self._webhook = webhook
        await app.bot.set_webhook(
            settings.telegram_webhook_url, secret_token=settings.telegram_webhook_secret, allowed_updates=UPDATES
        )

    def _polling_error(self, error: TelegramError) -> None:
        """PTB polls on by itself, with backoff; this only tells."""
        if isinstance(error, _TokenRefused):
            # Told by who asks about it.
            return
        if isinstance(error, Conflict):
            now = asyncio.get_running_loop().time()
            if now - self._conflict_told >= CONFLICT_AGAIN:
                self._conflict_told = now
                log.error(CONFLICT)
        elif isinstance(error, NetworkError):
            log.warning("Telegram: updates could not be fetched (%s); trying again", _brief(error))
        else:
            log.warning("Telegram: updates could not be fetched: %s", _brief(error))

    async def _end(self, app: App) -> None:
        """Takes no more updates, finishes the answers under way, and closes."""
        if self._webhook is not None:
            await self._webhook.stop()
            self._webhook = None
        if app.updater is not None and app.updater.running:
            await app.updater.stop()
        await app.stop()
        await app.shutdown()
        log.info("Telegram: stopped")


async def _told(app: App, chat: int, said: str) -> None:
    await send(app.bot, Place(chat), Rendered(text(said), said))


async def _unexpected(update: object, context: Any) -> None:
    kind = next((name for name in UPDATES if isinstance(update, Update) and getattr(update, name, None)), "an update")
    failed(kind, context.error)


def _brief(error: TelegramError) -> str:
    return str(error).split("\n", 1)[0][:200] or type(error).__name__
