"""Conversations for README and docs, as they were really had: the shipped bot over loopback with a server of the tests."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from knowledge.loading.plans import load_bundle
from knowledge.loading.writer import FactWriter
from tests.servers.discord_bridge import DiscordBridge
from tests.servers.process import TalksProcess
from tests.servers.telegram import Call, TelegramServer

LINES = 4
WIDTH = 110
ADA = 1
EDITING = ("more", "‹", "Confirm")
GENEVA = Path(__file__).parents[1] / "data" / "geneva.yaml"


def bundle(folder: Path) -> Path:
    """A store with the bundled facts."""
    path = folder / "talks.db"
    writer = FactWriter(path)
    load_bundle(writer)
    writer.close()
    return path


def shown(text: str, lines: int = LINES) -> str:
    """The first lines of a message, as a reader sees them; "…" stands for the rest."""
    kept = [line for line in text.splitlines() if line.strip()]
    cut = [line if len(line) <= WIDTH else line[: WIDTH - 1] + "…" for line in kept[:lines]]
    return "\n".join(f"      {line}" for line in [*cut, *(["…"] if len(kept) > lines else [])])


def keys(message: dict[str, Any]) -> str:
    """The buttons of a message, row after row."""
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    return "\n".join("      " + " ".join(f"[ {one['text']} ]" for one in row) for row in rows)


def data_of(message: dict[str, Any], label: str) -> str:
    """What a button sends whose label holds a text."""
    rows = message["reply_markup"]["inline_keyboard"]
    return str(next(one["callback_data"] for row in rows for one in row if label in one["text"]))


class TelegramTalk:
    """Writes down what is said between Ada, a group and the bot."""

    def __init__(self, server: TelegramServer, lines: int = LINES) -> None:
        self.server = server
        self.shown = lines
        self.ada = server.user(ADA, "Ada")
        self.lines: list[str] = []
        self.last: dict[str, Any] = {}

    def _bot(self, call: Call, doing: str = "") -> None:
        self.last = call.result
        self.lines.append(f"Bot:{doing}\n{shown(call.result['text'], self.shown)}")
        if keys(call.result):
            self.lines.append(keys(call.result))

    def say(self, text: str, **more: Any) -> None:
        """Ada writes, perhaps with a file, and the bot answers."""
        file = more.get("document", {}).get("file_name", "")
        self.lines.append(f"Ada:  {f'[file {file}] ' if file else ''}{text}")
        self.server.say(text, user=self.ada, **more)
        self._bot(self.server.wait("sendMessage"))

    def press(self, label: str) -> None:
        """Ada presses a button of the last message."""
        self.lines.append(f"Ada presses [ {label} ]")
        method = "editMessageText" if label.startswith(EDITING) else "sendMessage"
        self.server.press(self.last, data_of(self.last, label), self.ada)
        self._bot(self.server.wait(method), " (the same message, changed)" if method == "editMessageText" else "")


def telegram(database: Path) -> str:
    """A conversation on Telegram."""
    with TelegramServer() as server:
        process = TalksProcess(database, TELEGRAM_TOKEN=server.token, TELEGRAM_API_URL=server.url)
        try:
            server.ready()
            talk = TelegramTalk(server)
            talk.say("who led the Turkish delegation in round 13?")
            talk.say("and Russia?")
            talk.say("/attended")
            talk.press("21 · January 2024 · Astana")
            talk.say("and France?")
            talk.say("/rounds")
            talk.press("more › 2/4")
            process.stop()
        finally:
            process.kill()
        assert server.violations == []
    return "\n".join(talk.lines)


def admin(database: Path) -> str:
    """What an admin does on Telegram."""
    with TelegramServer() as server:
        env = {"TELEGRAM_TOKEN": server.token, "TELEGRAM_API_URL": server.url, "TALKS_OWNERS": f"telegram:{ADA}"}
        process = TalksProcess(database, **env)
        try:
            server.ready()
            talk = TelegramTalk(server, lines=12)
            file = server.file(GENEVA.read_bytes(), "geneva.yaml", "application/x-yaml")
            talk.say("/admin load", document=file)
            talk.press("Confirm")
            talk.say("who attended geneva round 4")
            talk.say("/admin undo 2")
            talk.press("Confirm")
            broken = GENEVA.read_bytes().replace(b"actor: switzerland", b"actor: swizerland")
            talk.say("/admin load", document=server.file(broken, "geneva.yaml", "application/x-yaml"))
            process.stop()
        finally:
            process.kill()
        assert server.violations == []
    return "\n".join(talk.lines)


@contextmanager
def on_discord(database: Path) -> Iterator[DiscordBridge]:
    """The shipped bot on Discord; alice is called Ada."""
    with DiscordBridge() as server:
        server.bot_user.global_name, server.alice.global_name = "Talks Bot", "Ada"
        process = TalksProcess(database, DISCORD_TOKEN=server.token, DISCORD_API_URL=server.api_url)
        try:
            server.wait_ready()
            yield server
            process.stop()
        finally:
            process.kill()
        assert server.violations == []


class DiscordTalk:
    """Writes down what is said between Ada and the bot in a channel."""

    def __init__(self, server: DiscordBridge) -> None:
        self.server = server
        self.lines: list[str] = []
        self.last: dict[str, Any] = {}

    def _bot(self, message: dict[str, Any], doing: str = "") -> None:
        self.last = message
        text = re.sub(r"\\([^\w\s])", r"\1", message["content"])
        self.lines.append(f"Bot:{doing}\n{shown(text, 3)}")
        buttons = [one["label"] for row in message["components"] for one in row["components"]]
        self.lines.append("      " + " ".join(f"[ {label} ]" for label in buttons))

    def choose(self, name: str, option: str, typed: str) -> None:
        """Ada gives a command, typing into an option and taking the first choice that is offered."""
        choices = self.server.autocomplete(name, {option: typed}, option, self.server.alice)
        self.lines += [f"Ada types  /{name} {option}: {typed}", *(f"      ▸ {one['name']}" for one in choices[:LINES])]
        self.lines.append(f"Ada:  /{name} {option}: {choices[0]['name']}")
        self._bot(self.server.slash(name, {option: choices[0]["value"]}, self.server.alice).message())

    def command(self, name: str, **options: Any) -> None:
        """Ada gives a command."""
        self.lines.append(" ".join([f"Ada:  /{name}", *(f"{option}: {value}" for option, value in options.items())]))
        handle = self.server.slash(name, options, self.server.alice)
        self._bot(handle.message(), " (only Ada sees it)" if handle.ephemeral else "")

    def mention(self, text: str) -> None:
        """Ada mentions the bot in the channel."""
        self.lines.append(f"Ada:  @Talks Bot {text}")
        self.server.message(self.server.channel, self.server.alice, f"{self.server.bot_mention} {text}")
        self._bot(self.server.wait_message(self.server.channel))

    def press(self, label: str) -> None:
        """Ada presses a button of the last message, which changes it."""
        self.lines.append(f"Ada presses [ {label} ]")
        self._bot(self.server.press(self.last, label, self.server.alice).message(), " (the same message, changed)")


def discord(database: Path) -> str:
    """A conversation on Discord."""
    with on_discord(database) as server:
        talk = DiscordTalk(server)
        talk.choose("attended", "round", "soc")
        talk.mention("and Iraq?")
        talk.command("rounds")
        talk.press("more › 2/4")
        talk.command("attended", round="latest", delegation="France", private=True)
    return "\n".join(talk.lines)


MAKERS = {"telegram": telegram, "discord": discord, "admin": admin}


def transcript(name: str) -> str:
    """The transcript of a conversation, had now."""
    with tempfile.TemporaryDirectory() as folder:
        return MAKERS[name](bundle(Path(folder)))
