"""The Discord bot from its start to its end: connecting, again and again where need be, and stopping cleanly."""

from __future__ import annotations

import asyncio
import logging
import re
from contextlib import suppress

import aiohttp
import discord
import yarl

from adapters.discord.commands import sync
from adapters.discord.events import Client
from adapters.discord.rendering import line
from adapters.serving import AdapterFailed, backoff, pause
from adapters.worker import Worker
from bot.settings import Settings

BAD_TOKEN = 4_004
FINISH_SECONDS = 2.5
GOOD_SECONDS = 60.0
"""A connection that held so long was a good one: the next wait is short again."""
REFUSED = "DISCORD_TOKEN was refused by Discord: copy the bot token of your application (Developer Portal, Bot, Reset Token)."
log = logging.getLogger(__name__)


class DiscordAdapter:
    """Serves Discord until it is told to stop."""

    name = "Discord"

    def __init__(self, settings: Settings, worker: Worker) -> None:
        self.settings = settings
        self.worker = worker
        if settings.discord_api_url:
            discord.http.Route.BASE = settings.discord_api_url
        # No voice is meant to be served; that its libraries are not there is no news.
        discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
        for name in ("discord.client", "discord.shard"):
            logging.getLogger(name).addFilter(_without_traceback)

    async def run(self, stop: asyncio.Event) -> None:
        """Connects, again and again, and serves until `stop`. Raises AdapterFailed when trying again is no use."""
        waits = backoff()
        loop = asyncio.get_running_loop()
        while not stop.is_set():
            client = Client(self.worker)
            began = loop.time()
            try:
                await self._serve(client, stop)
            except discord.LoginFailure:
                raise AdapterFailed(REFUSED) from None
            except discord.ConnectionClosed as error:
                if error.code == BAD_TOKEN:
                    raise AdapterFailed(REFUSED) from None
                log.warning("Discord closed the connection (code %s)", error.code)
            except discord.PrivilegedIntentsRequired:
                raise AdapterFailed("Discord asks for privileged intents, which this bot does not use.") from None
            except (discord.DiscordException, aiohttp.ClientError, OSError, AttributeError, TimeoutError) as error:
                # AttributeError: a first connection to the gateway that fails (Rapptz/discord.py#10520).
                server = "DISCORD_API_URL" if self.settings.discord_api_url else "Discord"
                log.warning("Discord: %s cannot be reached (%s: %s)", server, type(error).__name__, str(error)[:200])
            finally:
                await self._end(client)
            if not stop.is_set():
                waits = backoff() if loop.time() - began > GOOD_SECONDS else waits
                wait = next(waits)
                log.warning("Discord: connecting again in %.0f s", wait)
                await pause(stop, wait)
        log.info("Discord: stopped")

    async def _serve(self, client: Client, stop: asyncio.Event) -> None:
        await client.login(self.settings.discord_token)
        if self.settings.discord_api_url:
            # The library asks for the gateway's address for the first connection alone, later ones go to a constant.
            _, address, _ = await client.http.get_bot_gateway()
            discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(address)
        try:
            log.info(await sync(client.tree, self.worker))
        except discord.HTTPException as error:
            log.warning("Discord: the commands could not be sent (%s); they are sent at the next start", str(error)[:200])
        self.worker.announcers["discord"] = lambda channel, said: _told(client, channel, said)
        log.info("Discord: serving as %s (%s)", client.user, client.application_id)
        connection = asyncio.create_task(client.connect())
        stopped = asyncio.create_task(stop.wait())
        await asyncio.wait({connection, stopped}, return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        if connection.done():
            connection.result()
            return
        with suppress(TimeoutError):
            await asyncio.wait_for(client.busy.idle(), FINISH_SECONDS)
        await client.close()
        with suppress(Exception):
            await connection

    async def _end(self, client: Client) -> None:
        if not client.is_closed():
            await client.close()


async def _told(client: Client, channel: int, said: str) -> None:
    await client.get_partial_messageable(channel).send(**line(said).arguments())


def _without_traceback(record: logging.LogRecord) -> bool:
    """What the library says of a reconnect it is about to try is one line, not a traceback."""
    if record.exc_info and re.search("econnect|etrying", record.getMessage()):
        error = record.exc_info[1]
        record.msg = f"Discord: the connection was lost ({type(error).__name__}); {record.getMessage()}"
        record.args, record.exc_info, record.exc_text = (), None, None
        record.levelno, record.levelname = logging.WARNING, "WARNING"
    return True


async def sync_now(settings: Settings, worker: Worker) -> str:
    """Sends the commands to Discord, changed or not (`talks sync`); returns a line about it. Raises AdapterFailed."""
    DiscordAdapter(settings, worker)
    client = Client(worker)
    try:
        await client.login(settings.discord_token)
        return await sync(client.tree, worker, always=True)
    except discord.LoginFailure:
        raise AdapterFailed(REFUSED) from None
    except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
        raise AdapterFailed(f"Discord could not be reached: {str(error)[:200]}") from None
    finally:
        await client.close()
