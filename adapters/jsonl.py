"""The machine-readable door: JSON lines of questions in, JSON lines of answers out (docs/json.md)."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator
from typing import Any

from bot.dialogue.service import TalksBot
from bot.telling.answer import Answer, whole_text


def as_object(answer: Answer, identity: Any, chat: Any, elapsed_ms: float) -> dict[str, Any]:
    """An answer as the door's JSON object."""
    return {
        "id": identity,
        "chat": chat,
        "status": answer.status,
        "verdict": answer.verdict,
        "intent": answer.intent,
        "text": whole_text(answer),
        "facts": [{"kind": fact.KIND, "key": fact.key} for fact in answer.facts],
        "sources": [source.id for source in answer.citations],
        "suggestions": list(answer.suggestions or answer.choices),
        "elapsed_ms": round(elapsed_ms, 3),
    }


def answer_lines(bot: TalksBot, lines: Iterable[str]) -> Iterator[str]:
    """An answer line for each question line, in order; a line that is no question gets an object with an `error`."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        text = json.dumps(_answer_line(bot, line, number), ensure_ascii=False)
        # A lone surrogate in an id is no text that could be written.
        yield text.encode("utf-8", "backslashreplace").decode()


def _answer_line(bot: TalksBot, line: str, number: int) -> dict[str, Any]:
    try:
        asked = json.loads(line)
    except (ValueError, RecursionError) as error:
        return _error(None, number, f"this is not valid JSON: {error}")
    if not isinstance(asked, dict):
        return _error(
            None,
            number,
            'an object was expected, as {"id": "1", "chat": "a", "text": "who attended round 21"}',
        )
    identity, text = asked.get("id"), asked.get("text")
    if not isinstance(text, str):
        return _error(identity, number, "“text” is missing or is no text")
    # A line without a chat is a conversation of its own.
    chat = asked.get("chat")
    started = time.perf_counter()
    answer = bot.ask(f"line {number}" if chat is None else json.dumps(chat), text)
    return as_object(answer, identity, chat, (time.perf_counter() - started) * 1000)


def _error(identity: Any, number: int, problem: str) -> dict[str, Any]:
    return {"id": identity, "status": "error", "error": f"line {number}: {problem}"}
