"""The console chat: for trying the bot without any platform."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from typing import Any

from bot.dialogue.service import TalksBot
from bot.dialogue.small_talk import EXAMPLES
from bot.telling.answer import page_text, pages

CHAT = "console"


def reply(bot: TalksBot, text: str) -> str:
    """What the console shows for a message: the answer's page that is due."""
    answer = bot.ask(CHAT, text)
    page = bot.page(CHAT)
    if page is None or page.answer is not answer:
        page = pages(answer)[0]
    return page_text(page)


def _line_editor() -> Any:
    # Not every platform has it; importing it is what turns line editing on.
    try:
        import readline
    except ImportError:
        return None
    return readline


def chat(bot: TalksBot, history: Path) -> None:
    """Reads questions until the end of input; history is kept in a file where the terminal has line editing."""
    interactive = sys.stdin.isatty()
    editor = _line_editor() if interactive else None
    if editor is not None:
        with contextlib.suppress(OSError):
            editor.read_history_file(history)
        editor.set_history_length(1_000)
    if interactive:
        print(f"Ask about the talks, for instance “{EXAMPLES[0]}”. “help” tells more; Ctrl-D ends.")
    while True:
        try:
            text = input("\n> " if interactive else "")
        except (EOFError, KeyboardInterrupt):
            break
        except UnicodeDecodeError:
            print("That was no UTF-8 text.")
            continue
        if text.strip().lower() in ("exit", "quit"):
            break
        if text.strip():
            print(reply(bot, text), flush=True)
    if interactive:
        print()
    if editor is not None:
        with contextlib.suppress(OSError):
            history.parent.mkdir(parents=True, exist_ok=True)
            editor.write_history_file(history)
