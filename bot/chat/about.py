"""What the bot says about itself: start, help, about, privacy, and which topics are recorded."""

from __future__ import annotations

from importlib.metadata import version

from bot.chat.commands import COMMANDS, Platform
from bot.dialogue import small_talk as talking
from bot.intents.base import Look
from bot.settings import Settings
from bot.telling import wording
from bot.telling.answer import Answer, Block, Line
from knowledge.store import StatementFilter

TOPICS_OFFERED = 4


def page(name: str, look: Look, settings: Settings, platform: Platform) -> Answer:
    """The text of a command that asks nothing of the facts ("help", "privacy" …)."""
    makers = {"start": _start, "help": _help, "about": _about, "privacy": _privacy, "topics": _topics}
    return makers[name](look, settings, platform)


def examples(look: Look) -> tuple[str, ...]:
    """Questions that somebody who does not know what to ask may begin with."""
    return talking.talk("greeting", look).suggestions


def _start(look: Look, settings: Settings, platform: Platform) -> Answer:
    answer = talking.talk("greeting", look)
    text = (
        f"{answer.heading} Just write your question, or choose one below. Every line I say is a recorded fact with its source; "
        "where none is recorded, I say so. /help tells more."
    )
    return Answer("chat", text, "start", suggestions=answer.suggestions)


def _help(look: Look, settings: Settings, platform: Platform) -> Answer:
    answer = talking.talk("help", look)
    commands = [one for one in COMMANDS if platform in one.platforms and one.audience == "everyone" and one.name != "start"]
    lines = tuple(Line(f"/{one.name}{' ' + one.example if one.example else ''} — {one.description}") for one in commands)
    return Answer("chat", answer.heading, "help", blocks=(Block("Commands", lines),), suggestions=answer.suggestions)


def _about(look: Look, settings: Settings, platform: Platform) -> Answer:
    counts = look.store.counts()
    known = ", ".join(wording.counted(counts[one], noun) for one, noun in (("rounds", "round"), ("statements", "statement")))
    lines = [
        Line(f"{talks.name}: {wording.counted(look.store.rounds.count(talks.id), 'round')}, {look.as_of(talks.id)}")
        for talks in look.talks.values()
    ]
    lines.append(
        Line(f"in all {known}, {wording.counted(counts['attendance'], 'attendance')}, from {counts['sources']:,} sources")
    )
    text = (
        f"Talks Bot {version('talks-bot')} answers questions about diplomatic talks from recorded facts, each with its source. "
        "No language model is involved: what is not recorded is not said. Free software (MIT)."
    )
    return Answer("chat", text, "about", blocks=(Block("What is recorded", tuple(lines)),))


def _privacy(look: Look, settings: Settings, platform: Platform) -> Answer:
    lines = [
        Line(
            f"Your last question and what it was about, for {settings.memory_minutes:g} minutes, in memory only, so that "
            "“and Turkey?” is understood; each person's in each chat apart."
        ),
        Line(
            f"What the buttons of each answer mean (which round, who, what about), for {settings.button_days} days, not your "
            "words. The chat and you stand with it as codes that nobody can read back without a key that this bot alone has."
        ),
        Line(
            "Questions about the talks that I could not answer: the text, how often and when last, for "
            f"{settings.gap_days} days; not who asked, nor where."
            if settings.gap_days
            else "Questions I could not answer are not kept."
        ),
        Line(
            "Answers that you report: their first line and, if you asked within those minutes, your question, because you send "
            f"them to the admins with that; for {settings.gap_days} days, without you."
            if settings.gap_days
            else "Answers cannot be reported here."
        ),
        Line("Of messages that have nothing to do with the talks: their number, no more."),
        Line(
            "Of whoever uses /admin: what was done, with name, number, chat and time, for good; what was refused, likewise, "
            "for 90 days. Files and forms that wait for a yes, for a day."
        ),
        Line("What is deleted is gone from the file too. “/privacy delete” deletes what is kept of you at once."),
        Line("In groups I read only commands, mentions of me and replies to me. Nothing is passed on to anybody."),
    ]
    return Answer("chat", "What I keep:", "privacy", blocks=(Block("", tuple(lines)),))


def _topics(look: Look, settings: Settings, platform: Platform) -> Answer:
    counts = look.store.statements.by_topic(StatementFilter())
    names = look.store.topics.by_id([one for one, _ in counts])
    lines = tuple(Line(f"{names[one].name}: {wording.counted(count, 'statement')}") for one, count in counts if one in names)
    if not lines:
        return Answer("unknown", "No topics are recorded.", "topics")
    offered = [f"what was said about {names[one].name}" for one, _ in counts[:TOPICS_OFFERED] if one in names]
    text = "Topics that statements are recorded on:"
    return Answer("chat", text, "topics", blocks=(Block("", lines),), suggestions=tuple(offered))
