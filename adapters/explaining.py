"""How a question was read, for `talks ask --explain`."""

from __future__ import annotations

from dataclasses import fields

from bot.dialogue.service import Explained
from bot.question import Question
from bot.reading.linking import Span

SHOWN = 5


def explanation(explained: Explained) -> str:
    """What was linked, which phrasing matched with which scores, the question, and the look-ups that ran."""
    lines = ["How this was read:"]
    reading = explained.reading
    if reading is None:
        lines.append("  small talk: the whole message is a known form")
    else:
        if reading.linked:
            lines += [f"  corrected: {typed} → {read}" for typed, read in reading.linked.corrections]
            lines += [f"  “{span.text}”: {_meaning(span)}" for span in reading.linked.spans]
        if reading.frame:
            classes = " ".join(alternatives[0] for alternatives in reading.frame.classes)
            lines.append(
                f"  core: {classes or '(nothing)'}; slots outside it: {', '.join(sorted(reading.frame.slots())) or 'none'}"
            )
        for match in reading.matches[:SHOWN]:
            missing = f", missing {', '.join(sorted(match.missing))}" if match.missing else ""
            lines.append(
                f"  phrasing “{match.phrasing.text}” of {match.phrasing.intent.name}: likeness {match.likeness:.2f} "
                f"× coverage {match.coverage:.2f} = {match.score:.2f}, specific {match.specific:.2f}{missing}"
            )
        lines.append(f"  read as: {reading.status}{' ' + _question(reading.question) if reading.question else ''}")
    lines.append(f"Look-ups ({len(explained.ran)} statements, {explained.milliseconds:.1f} ms):")
    lines += [f"  {' '.join(sql.split())[:300]}" for sql in explained.ran]
    return "\n".join(lines)


def _meaning(span: Span) -> str:
    if span.rounds:
        return f"rounds {_slots(span.rounds)}"
    if span.period:
        return f"time, {span.period.text}"
    if span.names:
        return "name: " + ", ".join(f"{name.kind} {name.id} ({name.sort})" for name in span.names)
    if span.senses:
        return (
            "filler" if span.filler else " or ".join(f"{s.token_class}{'=' + s.value if s.value else ''}" for s in span.senses)
        )
    return "unknown"


def _slots(value: object) -> str:
    found = [(field.name, getattr(value, field.name)) for field in fields(value)]  # type: ignore[arg-type]
    return ", ".join(f"{name}={content!r}" for name, content in found if content not in ((), "", 0, None, False, 1, {}))


def _question(question: Question) -> str:
    return _slots(question)
