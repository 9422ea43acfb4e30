"""What all commands start with: settings, the bot, one sentence when something is in the way."""

from __future__ import annotations

import time
from typing import NoReturn

import click

from bot.app import StartError, open_bot, prepare
from bot.dialogue.service import TalksBot
from bot.settings import SettingError, Settings, read_settings
from bot.state import State, StateUnusable
from knowledge.loading.writer import FactWriter

SLOW_SECONDS = 1.0


def fail(message: str) -> NoReturn:
    """Ends with exit code 1 and a message on stderr."""
    click.echo(message, err=True)
    raise SystemExit(1)


class Progress:
    """Tells on stderr how far a long work has got, once it takes over a second."""

    def __init__(self, what: str) -> None:
        self.what = what
        self.started = time.monotonic()
        self.told = self.started

    def __call__(self, done: int, total: int) -> None:
        """Called with rows done and rows in all."""
        now = time.monotonic()
        if now - self.started >= SLOW_SECONDS and now - self.told >= SLOW_SECONDS:
            self.told = now
            click.echo(f"{self.what}: {done:,} of {total:,}", err=True)


def settings() -> Settings:
    """The settings; a wrong one ends the command with one sentence."""
    try:
        return read_settings()
    except SettingError as error:
        fail(str(error))


def start() -> TalksBot:
    """The bot; what keeps it from starting ends the command with one sentence."""
    try:
        return open_bot(settings(), Progress("loading the bundled facts"))
    except StartError as error:
        fail(str(error))


def open_state(chosen: Settings) -> State:
    """What the bot remembers that is no fact; a file that cannot be used ends the command with one sentence."""
    try:
        return State(chosen.state_file)
    except StateUnusable as error:
        fail(str(error))


def store() -> FactWriter:
    """The writer of the store, with the bundled facts in it; the bot itself is not started."""
    try:
        return prepare(settings(), Progress("loading the bundled facts"))
    except StartError as error:
        fail(str(error))
