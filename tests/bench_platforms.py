"""How many messages a second the bot answers over loopback, beside a bare echo bot of the same library: `make bench`."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.docs.transcripts import bundle
from tests.questions.judge import questions
from tests.servers.process import TalksProcess
from tests.servers.telegram import TelegramServer

CHATS = 200
MESSAGES = 5
NO_LIMITS = {"TALKS_USER_LIMIT": "0", "TALKS_CHAT_LIMIT": "0", "TALKS_FLOOD_CONTROL": "off"}
ECHO = """
import os
from telegram.ext import Application, MessageHandler, filters

async def echo(update, context):
    await update.message.reply_text(update.message.text)

url = os.environ["TELEGRAM_API_URL"]
app = Application.builder().token(os.environ["TELEGRAM_TOKEN"]).base_url(url + "/bot").concurrent_updates(True).build()
app.add_handler(MessageHandler(filters.TEXT, echo))
app.run_polling()
"""


def texts() -> list[str]:
    """Questions that stand by themselves."""
    return [one.turns[0] for one in questions("tuning") if len(one.turns) == 1]


def messages_a_second(server: TelegramServer) -> float:
    """Messages answered a second when CHATS people write at once, MESSAGES each."""
    asked = texts()
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


def ours(folder: Path) -> float:
    """Messages a second of the shipped bot."""
    with TelegramServer() as server:
        process = TalksProcess(bundle(folder), TELEGRAM_TOKEN=server.token, TELEGRAM_API_URL=server.url, **NO_LIMITS)
        try:
            server.ready()
            return messages_a_second(server)
        finally:
            process.kill()


def echo(folder: Path) -> float:
    """Messages a second of the bare echo bot."""
    script = folder / "echo.py"
    script.write_text(ECHO, encoding="utf-8")
    with TelegramServer() as server:
        env = {**os.environ, "TELEGRAM_TOKEN": server.token, "TELEGRAM_API_URL": server.url, "NO_PROXY": "127.0.0.1"}
        process = subprocess.Popen([sys.executable, str(script)], env=env, stderr=subprocess.DEVNULL)
        try:
            server.ready()
            return messages_a_second(server)
        finally:
            process.kill()


def main() -> None:
    """Prints the figures."""
    with tempfile.TemporaryDirectory() as folder:
        # In turns, so that what else the machine does falls on both.
        rounds = []
        for number in range(3):
            place = Path(folder) / str(number)
            place.mkdir()
            rounds.append((echo(place), ours(place)))
    bare, found = (max(side) for side in zip(*rounds, strict=True))
    print(
        f"Telegram, {CHATS} chats at once: {found:.0f} messages/s; bare echo bot {bare:.0f} messages/s; ratio {found / bare:.2f}"
    )


if __name__ == "__main__":
    main()
