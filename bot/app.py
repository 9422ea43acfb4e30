"""Opening the store: made and filled with the bundled facts on the first start."""

from __future__ import annotations

import gc
import sqlite3
from collections.abc import Callable

from bot.dialogue.service import TalksBot
from bot.dialogue.small_talk import EXAMPLES
from bot.settings import Settings
from knowledge.loading.plans import load_bundle
from knowledge.loading.writer import FactWriter
from knowledge.schema import SchemaError
from knowledge.store import FactStore

MOVE_IT = (
    "The file is damaged: move it away, and the bundled facts are loaded anew at the next start; what else was loaded comes "
    "back by `talks restore` from a backup, or by loading those packs again."
)


class StartError(Exception):
    """The bot cannot start; the text is one sentence for the operator."""


def open_writer(settings: Settings) -> FactWriter:
    """The writer of the facts' file, which is made when there is none. Raises StartError."""
    try:
        return FactWriter(settings.database)
    except SchemaError as error:
        raise StartError(str(error)) from error
    except (OSError, sqlite3.OperationalError) as error:
        raise StartError(f"TALKS_DB cannot be used: {settings.database}: {error}.") from error
    except sqlite3.DatabaseError as error:
        raise StartError(f"TALKS_DB cannot be used: {settings.database}: {error}. {MOVE_IT}") from error


def prepare(settings: Settings, progress: Callable[[int, int], None] | None = None) -> FactWriter:
    """The writer on a store that is made and has the bundled facts. Raises StartError."""
    writer = open_writer(settings)
    try:
        load_bundle(writer, progress)
    except sqlite3.Error as error:
        writer.close()
        damaged = isinstance(error, sqlite3.DatabaseError) and not isinstance(error, sqlite3.OperationalError)
        what = f" {MOVE_IT}" if damaged else ""
        raise StartError(f"The facts cannot be written to {settings.database}: {error}.{what}") from error
    return writer


def open_bot(settings: Settings, progress: Callable[[int, int], None] | None = None) -> TalksBot:
    """The bot on its store. Raises StartError."""
    prepare(settings, progress).close()
    bot = TalksBot(FactStore(settings.database), settings)
    # What the first look at the file and the first use of all there is cost is paid before anybody asks.
    for example in EXAMPLES:
        bot.ask("", example)
        bot.conversations.forget("")
    bot.store.warm()
    # What was made at start stays; the collector need not look at it again while questions are answered.
    gc.freeze()
    # What an answer leaves is freed at once, without it; what the platforms' libraries leave in circles is looked for in steps
    # that take some milliseconds, and what conversations hold but seldom.
    gc.set_threshold(4_000, 10, 1_000)
    known = bot.store.talks.all()
    if known and settings.default_talks not in known and settings.default_talks != "astana":
        raise StartError(f"TALKS_DEFAULT must be the id of talks that are loaded ({', '.join(known)}).")
    return bot
