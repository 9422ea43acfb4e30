"""What the bot answers in a second over loopback, beside a bare echo bot of the same library: `make bench`."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.docs.transcripts import bundle
from tests.fuzz import Inputs
from tests.questions.judge import questions
from tests.servers.discord_faults import FaultyDiscord
from tests.servers.discord_handles import Handle
from tests.servers.discord_small import Person
from tests.servers.process import TalksProcess
from tests.servers.telegram import TelegramServer

ASKED = 200
LETTERS = "qwertyuiopasdfghjklzxcvbnm"
CHATS = 200
MESSAGES = 5
TYPED = 200
NO_LIMITS = {"TALKS_USER_LIMIT": "0", "TALKS_CHAT_LIMIT": "0", "TALKS_FLOOD_CONTROL": "off"}
TELEGRAM_ECHO = """
import os
from telegram.ext import Application, MessageHandler, filters

async def echo(update, context):
    await update.message.reply_text(update.message.text)

url = os.environ["TELEGRAM_API_URL"]
app = Application.builder().token(os.environ["TELEGRAM_TOKEN"]).base_url(url + "/bot").concurrent_updates(True).build()
app.add_handler(MessageHandler(filters.TEXT, echo))
app.run_polling()
"""
DISCORD_ECHO = """
import os
import discord
from discord import app_commands

class Echo(discord.AutoShardedClient):
    async def setup_hook(self):
        await tree.sync()

discord.http.Route.BASE = os.environ["DISCORD_API_URL"]
client = Echo(intents=discord.Intents(guilds=True))
tree = app_commands.CommandTree(client)

@tree.command(description="Echo")
async def ask(interaction: discord.Interaction, question: str):
    await interaction.response.send_message(question)

client.run(os.environ["DISCORD_TOKEN"], log_handler=None)
"""
Measure = Callable[[Path, bool], float]


def texts() -> list[str]:
    """Questions that stand by themselves."""
    return [one.turns[0] for one in questions("tuning") if len(one.turns) == 1]


@contextmanager
def running(folder: Path, ours: bool, script: str, env: dict[str, str]) -> Iterator[None]:
    """The shipped bot, or a bare echo bot."""
    if ours:
        process = TalksProcess(bundle(folder), **env, **NO_LIMITS)
        try:
            yield
        finally:
            process.kill()
        return
    file = folder / "echo.py"
    file.write_text(script, encoding="utf-8")
    bare = subprocess.Popen(
        [sys.executable, str(file)], env={**os.environ, **env, "NO_PROXY": "127.0.0.1"}, stderr=subprocess.DEVNULL
    )
    try:
        yield
    finally:
        bare.kill()
        bare.wait()


def telegram(folder: Path, ours: bool) -> float:
    """Messages answered a second when CHATS people write at once, MESSAGES each."""
    asked = texts()
    with TelegramServer() as server:
        env = {"TELEGRAM_TOKEN": server.token, "TELEGRAM_API_URL": server.url}
        with running(folder, ours, TELEGRAM_ECHO, env):
            server.ready()
            users = [server.user(1_000 + number, f"User {number}") for number in range(CHATS)]
            server.say("hello", user=users[0])
            server.wait("sendMessage")
            started = time.perf_counter()
            for turn in range(MESSAGES):
                for number, user in enumerate(users):
                    server.say(asked[(turn * CHATS + number) % len(asked)], user=user)
            for _ in range(CHATS * MESSAGES):
                server.wait("sendMessage", timeout=120)
            return CHATS * MESSAGES / (time.perf_counter() - started)


@contextmanager
def on_discord(folder: Path, ours: bool) -> Iterator[FaultyDiscord]:
    """A server with a bot that has registered its commands and answered one."""
    with FaultyDiscord() as server:
        env = {"DISCORD_TOKEN": server.token, "DISCORD_API_URL": server.api_url}
        with running(folder, ours, DISCORD_ECHO, env):
            server.wait_commands(30)
            server.wait_ready()
            server.slash("ask", {"question": "hello"}).message()
            yield server


def discord(folder: Path, ours: bool) -> float:
    """Commands answered a second when CHATS people wait for an answer at any time, MESSAGES times each."""
    asked = texts()
    with on_discord(folder, ours) as server:
        users = [Person(1_000 + number, f"User {number}") for number in range(CHATS)]
        waiting: deque[Handle] = deque()
        started = time.perf_counter()
        for number in range(CHATS * MESSAGES):
            if len(waiting) == CHATS:
                waiting.popleft().message(120)
            waiting.append(server.slash("ask", {"question": asked[number % len(asked)]}, users[number % CHATS]))
        while waiting:
            waiting.popleft().message(120)
        return CHATS * MESSAGES / (time.perf_counter() - started)


def completion_times(folder: Path) -> list[float]:
    """Milliseconds that each of TYPED autocompletions took, one after another."""
    typed = ("", "1", "soc", "rus", "opp", "lavr", "lavrntiev", "idl", "the united", "zzzz")
    focused = (("attended", "round"), ("asked", "speaker"), ("asked", "addressee"), ("said", "about"), ("who", "name"))
    found = []
    with on_discord(folder, True) as server:
        for number in range(TYPED):
            name, option = focused[number // len(typed) % len(focused)]
            started = time.perf_counter()
            server.autocomplete(name, {option: typed[number % len(typed)]}, option)
            found.append((time.perf_counter() - started) * 1_000)
    return found


def flood() -> Iterator[str]:
    """What two people send who want the bot to be busy."""
    fuzzed = Inputs(1)
    while True:
        yield from (fuzzed.one().encode("utf-8", "replace").decode() or "x", LETTERS * 20, "who attended round 21 and " * 19)


def waits_on_telegram(folder: Path) -> list[float]:
    """Milliseconds that somebody waits for each of ASKED answers while two others flood the bot elsewhere."""
    times, heavy = [], flood()
    with TelegramServer() as server:
        env = {"TELEGRAM_TOKEN": server.token, "TELEGRAM_API_URL": server.url, "TALKS_FLOOD_CONTROL": "off"}
        process = TalksProcess(bundle(folder), **env, TALKS_USER_LIMIT="0", TALKS_CHAT_LIMIT="0")
        try:
            server.ready()
            ada, loud = server.user(1, "Ada"), [server.user(2, "Eve"), server.user(3, "Mallory")]
            server.say("hello", user=ada)
            server.wait("sendMessage", chat_id=1)
            for text in texts()[:ASKED]:
                started = time.perf_counter()
                for user in loud:
                    server.say(next(heavy)[:500], user=user)
                server.say(text, user=ada)
                server.wait("sendMessage", chat_id=1)
                times.append((time.perf_counter() - started) * 1_000)
        finally:
            process.kill()
    return times


def waits_on_discord(folder: Path) -> list[float]:
    """The same on Discord."""
    times, heavy = [], flood()
    with on_discord(folder, True) as server:
        loud = [Person(2, "Eve"), Person(3, "Mallory")]
        for text in texts()[:ASKED]:
            started = time.perf_counter()
            for user in loud:
                server.slash("ask", {"question": next(heavy)[:500]}, user)
            server.slash("ask", {"question": text}, Person(1, "Ada")).message(120)
            times.append((time.perf_counter() - started) * 1_000)
    return times


def beside(measure: Measure, folder: Path) -> tuple[float, float]:
    """The best of three runs of the shipped bot and of the bare one."""
    # In turns, so that what else the machine does falls on both.
    rounds = []
    for number in range(3):
        place = folder / f"{measure.__name__} {number}"
        place.mkdir()
        rounds.append((measure(place, True), measure(place, False)))
    ours, bare = (max(side) for side in zip(*rounds, strict=True))
    return ours, bare


def main() -> None:
    """Prints the figures."""
    with tempfile.TemporaryDirectory() as folder:
        for name, what, measure in (("Telegram", "messages", telegram), ("Discord", "commands", discord)):
            ours, bare = beside(measure, Path(folder))
            print(f"{name}, {CHATS} people at once: {ours:.0f} {what}/s; bare echo bot {bare:.0f}/s; ratio {ours / bare:.2f}")
        for name, waits in (("Telegram", waits_on_telegram), ("Discord", waits_on_discord)):
            (place := Path(folder) / f"flood {name}").mkdir()
            cuts = statistics.quantiles(waits(place), n=100)
            print(f"{name}, two flooding while a third asks: median {cuts[49]:.0f} ms, 99th percentile {cuts[98]:.0f} ms")
        times = completion_times(Path(folder))
        cuts = statistics.quantiles(times, n=100)
        print(f"Discord, {TYPED} autocompletions: median {statistics.median(times):.1f} ms, 99th percentile {cuts[98]:.1f} ms")


if __name__ == "__main__":
    main()
