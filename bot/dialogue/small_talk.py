"""Small talk: greetings, thanks, help, and the words that turn pages. Whole messages only, never parts of a question."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib import resources
from itertools import islice

from rapidfuzz import fuzz, process

from bot.intents.base import Look
from bot.reading.frames import without_emoji
from bot.reading.vocabulary import closeness, typed_for
from bot.telling.answer import Answer
from knowledge.text import norm


def _forms() -> dict[str, str]:
    lines = resources.files("bot.dialogue").joinpath("small_talk.txt").read_text(encoding="utf-8").splitlines()
    pairs = (line.split(":", 1) for line in lines if not line.startswith("#"))
    return {norm(form): kind for kind, forms in pairs for form in forms.split(",")}


_EXACT = _forms()
_LONG = [form for form in _EXACT if len(form) > 5]
# Longer messages are not alike enough to any of them.
_LONGEST = max(map(len, _LONG)) * 110 / 90
_SHORT = ("help", "hello", "thanks", "more", "sources")
# Messages that start so are small talk while they are short: "many thanks, that was helpful".
_LEADS = (
    ("thanks", "thanks", 6),
    ("thanks", "thx", 4),
    ("thanks", "i am most obliged", 12),
    ("thanks", "i am very grateful", 12),
    ("thanks", "i am most grateful", 12),
    ("thanks", "i am grateful", 10),
    ("thanks", "much appreciated", 6),
    ("greeting", "good evening", 6),
    ("greeting", "good morning", 6),
    ("greeting", "good afternoon", 6),
    ("greeting", "good day", 6),
    ("thanks", "thank you", 7),
    ("thanks", "many thanks", 7),
    ("help", "help", 3),
    ("help", "show me help", 4),
    ("help", "what kind of questions", 9),
    ("help", "what sort of questions", 9),
    ("help", "what are you able", 7),
    ("help", "how can i use", 6),
    ("help", "how do i ask", 6),
)
NAMED = 4
"""How many series of talks are named when the bot says what it knows about."""
_DRAWN_OUT = re.compile(r"([eyiouha])\1+$")
_HAILS = frozenset(["hey", "hi", "hello", "ok", "okay", "oh", "well", "ah", "right", "yo", "there"])
_PART = re.compile(r"[,.!?;:]+|\s[-–—]+\s")
_FIRST = ("help", "sources", "more", "thanks", "bye", "greeting", "no", "yes")
_ASKING = frozenset("who whom which when where why did".split())
_POLITE = frozenset(["please", "pls", "plz", "bot", "the"])
EXAMPLES = (
    "who attended the latest round",
    "what did the opposition ask Russia",
    "what was agreed about Idlib",
)


def small_talk(text: str) -> str:
    """The kind of small talk that a whole message is ("greeting", "more" …), or ""."""
    text = without_emoji(text)
    form = " ".join(word for word in norm(text).split() if word not in _POLITE) or norm(text)
    form = form if form in _EXACT else _DRAWN_OUT.sub(r"\1", form)
    if form in _EXACT:
        return _EXACT[form]
    rest = form.split()
    while len(rest) > 1 and rest[0] in _HAILS:
        rest = rest[1:]
        if " ".join(rest) in _EXACT:
            return _EXACT[" ".join(rest)]
    parts = [part for part in map(norm, _PART.split(text)) if part]
    if 1 < len(parts) < 6 and all(part in _EXACT or part in _POLITE for part in parts):
        # "Great, thank you so much!", "hello, what can I ask here?": what asks for more than an "ok" is answered.
        kinds = [_EXACT[part] for part in parts if part in _EXACT]
        return next((kind for kind in _FIRST if kind in kinds), "")
    for kind, lead, most in _LEADS:
        if form.startswith(lead) and len(form.split()) <= most and not _ASKING & set(form.split()):
            return kind
    if 3 <= len(form) <= 7 and form.isalpha():
        near = max(_SHORT, key=lambda known: closeness(form, known))
        if closeness(form, near) >= 0.75 or (len(near) > 4 and typed_for(form, near)):
            return _EXACT[near]
    if 5 < len(form) <= _LONGEST:
        best = process.extractOne(form, _LONG, scorer=fuzz.ratio, score_cutoff=90)
        if best and len(best[0].split()) == len(form.split()):
            return _EXACT[best[0]]
    return ""


def talk(kind: str, look: Look) -> Answer:
    """What the bot says to small talk."""
    about = _about(look)
    texts = {
        "greeting": f"Hello! Ask me about {about}.",
        "thanks": "You're welcome.",
        "bye": "Goodbye!",
        "no": "All right.",
        "yes": f"Ask away: I know {about}.",
        "help": (
            f"I answer questions about {about} from recorded facts, each with its source; where none is recorded, I say so.\n"
            "Ask who attended a round, who said, asked, agreed or rejected what, when and where rounds were, who somebody is, "
            "and follow up with “and Turkey?”, “when was that?”, “more” or “sources?”."
        ),
    }
    return Answer("chat", texts[kind], kind, suggestions=_examples(look) if kind != "bye" else ())


def off_topic(look: Look, unknown: tuple[str, ...] = ()) -> Answer:
    """The end for what has nothing to do with the talks: one line, with examples."""
    why = f"I have nothing on {', '.join(f'“{word}”' for word in unknown[:3])}. " if unknown else ""
    return Answer("off_topic", f"{why}I only know about {_about(look)}.", "off_topic", suggestions=_examples(look))


@lru_cache(100)
def _names(names: tuple[str, ...]) -> str:
    return " and ".join(f"the {name}" for name in names)


def _about(look: Look) -> str:
    names = tuple(talks.name for talks in islice(look.talks.values(), NAMED))
    more = len(look.talks) - len(names)
    return (_names(names) + (f" and {more} more" if more else "")) or "talks, once facts are loaded"


def _examples(look: Look) -> tuple[str, ...]:
    return EXAMPLES if look.default == "astana" else ("how many rounds have there been", "who attended the latest round")
