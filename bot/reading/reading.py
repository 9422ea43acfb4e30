"""From text to a Question: link, take the core, find the phrasing, fill in what the conversation supplies, or refuse."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from bot.question import Question
from bot.question.turn import Turn
from bot.reading.frame import ACTOR, UNKNOWN, Frame, Mention, build
from bot.reading.frames import plain
from bot.reading.linking import Linked, Linker
from bot.reading.phrasings import Match, Phrasebook
from bot.reading.resolve import (
    ACTOR_INTENTS,
    JOINTS,
    asked_again,
    boundless,
    by_whom,
    merged,
    named_alone,
    referent,
    resolved,
    supplied,
)
from knowledge.budget import Budget
from knowledge.store import Named

# How far the second reading must be behind the best (how near the best must be: phrasings.py).
GAP = 0.04
SURE, TELLING = 0.9, 0.6
OPERATED = 0.8
"""How near a phrasing must be to a question with an operator."""
# Symbols that are telling enough to say that a question with unknown words is still one about talks.
_OURS = frozenset(
    {
        "attend",
        "attendees",
        "absent",
        "lead",
        "role",
        "outcome",
        "communique",
        "act",
        "speak for",
        "rounds",
        "source",
        "stop",
        "how long",
    }
)
_ASKING = frozenset(["who", "what", "which", "when", "where", "why", "how", "how many", "how long"])
_IDLE = frozenset(["which", "what", "who", "when", "be", "why"])
_OF_ONE = frozenset({"attend", "absent", "lead", "speak for", "role", "stop"})
"""What some do and others do not; the rest all do together, so that "they" need be nobody in particular."""


@dataclass(slots=True)
class Reading:
    """How a text was read: a question, or why there is none; with what --explain tells."""

    status: str
    question: Question | None = None
    unknown: tuple[str, ...] = ()
    choices: tuple[Named, ...] = ()
    missing: frozenset[str] = frozenset()
    linked: Linked | None = None
    frame: Frame | None = None
    matches: list[Match] = field(default_factory=list)
    ask_back: str = ""
    followed: bool = False
    guess: Question | None = None

    @property
    def empty(self) -> bool:
        """Whether nothing telling was said: "and which one"."""
        frame = self.frame
        return (
            frame is not None
            and not (frame.slots() or frame.unknown or frame.operators)
            and all(s[0] in _IDLE for s in frame.classes)
        )

    @property
    def sure(self) -> bool:
        """Whether a phrasing fits exactly, or nothing but a name was said after "and"."""
        return self.followed or (bool(self.matches) and self.matches[0].score >= 1.0)


class Reader:
    """Reads questions with the linker of a store and the phrasings of all intents."""

    def __init__(self, linker: Linker, book: Phrasebook, budget: Budget | None = None) -> None:
        self.linker = linker
        self.book = book
        self.budget = budget or Budget()

    def read(self, text: str, last: Turn | None = None) -> Reading:
        """How `text` is read after the turn `last` of the same conversation."""
        self.budget.read(len(text))
        asking = text.rstrip().endswith("?")
        text = plain(text)
        linked = self.linker.link(text)
        reading = self._read(linked, last, asking)
        if reading.unknown:
            # Perhaps a slip made another word of it: taken so only if the question then fits a phrasing exactly.
            dared = self.linker.link(text, linked)
            if dared.spans != linked.spans:
                second = self._read(dared, last)
                if second.question is not None and second.sure:
                    return second
        if reading.question is None or not reading.sure:
            for other in self.linker.others(text, linked):
                second = self._read(other, last)
                if second.question is not None and (second.sure or not self.linker.ordinary(other)):
                    return second
        return reading

    def _read(self, linked: Linked, last: Turn | None, asking: bool = False) -> Reading:
        frame = build(linked.spans)
        reading = self._of_core(frame, linked, last, asking)
        if frame.operators and (reading.question is None or reading.followed):
            return self._unevaluated(frame, reading)
        return reading

    def _unevaluated(self, frame: Frame, reading: Reading) -> Reading:
        """A question that would be read if an operator were not there: refused, and the operator named."""
        without = replace(frame, operators={}, besides=[], besides_roles=[])
        best = self._best(self.book.matches(without, self.budget)) if not frame.unknown else None
        if best is None and not reading.followed:
            return reading
        guess = _question(best, without) if best is not None else None
        return replace(reading, status="operator", question=None, unknown=tuple(frame.operators.values()), guess=guess)

    def _of_core(self, frame: Frame, linked: Linked, last: Turn | None, asking: bool) -> Reading:
        reading = Reading("off_topic", linked=linked, frame=frame)
        if not frame.classes and not frame.slots() and not frame.anaphor:
            return reading
        choices = next((mention.choices for mention in frame.mentions if mention.choices), frame.topic_choices)
        if choices:
            return replace(reading, status="choose", choices=choices, guess=self._but_for_choice(frame))
        if frame.unknown:
            return self._with_unknown(frame, reading)
        self._point(frame, last)
        if (
            last is not None
            and (frame.follow or last.pending or (asking and named_alone(frame, last)))
            and self._elliptical(frame)
        ):
            question = merged(frame, last)
            # "Who are they?" waits for a name, which a round is not.
            if question.actor or question.intent not in ACTOR_INTENTS:
                return replace(reading, status="question", question=question, followed=True)
        if last is not None and by_whom(frame, last):
            return replace(reading, status="unsure")
        if last is not None and not frame.slots() and not any(mention.ids for mention in frame.mentions):
            again = asked_again(frozenset(classes[0] for classes in frame.classes), frame.anaphor, last)
            if again is not None:
                return replace(reading, status="question", question=again, followed=True)
        if last is not None and not frame.classes and frame.anaphor and not frame.slots():
            return reading
        return self._matched(frame, reading, last)

    def _but_for_choice(self, frame: Frame) -> Question | None:
        """The question that waits for one of several who share a name."""
        best = self._best(self.book.matches(frame, self.budget))
        return _question(best, frame) if best is not None and len(frame.classes) > 1 else None

    def _elliptical(self, frame: Frame) -> bool:
        """Whether nothing is said but a name, a round, a topic: "and Iran?"."""
        if frame.anaphor and not frame.slots() and not frame.mentions:
            return False
        if any(not (mention.ids or mention.role) for mention in frame.mentions):
            # "They", and nobody was named.
            return False
        return all(ACTOR in classes or classes[0] in JOINTS or classes[0] in ("rounds", "between") for classes in frame.classes)

    def _point(self, frame: Frame, last: Turn | None) -> None:
        """Resolves "he", "they", "that round", "the one after" by the last turn."""
        if last is not None and last.rounds:
            frame.rounds = [resolved(phrase, last.rounds) for phrase in frame.rounds]
        for at, mention in enumerate(frame.mentions):
            if not mention.anaphor:
                continue
            ids = referent(mention.anaphor, last) if last else ()
            if ids:
                frame.mentions[at] = replace(mention, ids=ids, anaphor="")
                frame.resolved = True
        if any(mention.anaphor == "any" for mention in frame.mentions):
            # "what did they agree": nobody in particular when nobody was named before. "Who spoke for them" needs somebody.
            without = _without_pronouns(frame)
            alone = not without.classes or any(classes[0] in _OF_ONE for classes in frame.classes)
            if not alone and self.book.matches(without, self.budget):
                frame.classes, frame.mentions = without.classes, without.mentions

    def _matched(self, frame: Frame, reading: Reading, last: Turn | None) -> Reading:
        matches = self.book.matches(frame, self.budget)
        reading.matches = matches
        best = self._best(matches)
        if best is not None and best.score < 1.0:
            mended = reading.linked is not None and bool(reading.linked.corrections)
            telling = any(self.book.weight(classes) >= TELLING for classes in frame.classes)
            if not telling or (mended and best.score < SURE) or (frame.operators and best.score < OPERATED):
                # What an operator stands on is not to be guessed.
                best = None
        if best is not None and reading.linked is not None and _defining(reading.linked, frame):
            return reading
        if best is not None and self._vague(frame):
            return replace(reading, status="unsure") if frame.mentions and not frame.mentions[0].demonym else reading
        if best is None:
            reading.status = "unsure" if frame.slots() or frame.mentions else "off_topic"
            if len(matches) > 1:
                reading.status = "unsure"
            return reading
        if any(mention.anaphor for mention in frame.mentions):
            guess = _question(best, frame)
            return replace(reading, status="missing", missing=frozenset({"person"}), ask_back="Whom do you mean?", guess=guess)
        if any(phrase.base is not None and phrase.base.anaphor for phrase in frame.rounds):
            return replace(reading, status="missing", missing=frozenset({"round"}), ask_back="Next to which round do you mean?")
        question = _question(best, frame)
        missing = set(best.missing) | {value for name, value in best.phrasing.fixed if name == "missing"}
        if last is not None:
            question, missing = supplied(question, missing, frame, last)
        elif frame.anaphor and question.intent != "count" and not (frame.slots() - {"place", "kind"} or frame.mentions):
            # "When did it start?", and nothing was spoken of.
            missing.add("round")
        if boundless(question):
            missing.add("topic")
        if missing:
            if not frame.anaphor and not self._ours(frame):
                return replace(reading, status="unsure") if frame.slots() or frame.mentions else reading
            back = best.phrasing.intent.ask_back
            return replace(reading, status="missing", missing=frozenset(missing), ask_back=back, guess=question)
        return replace(reading, status="question", question=question)

    def _vague(self, frame: Frame) -> bool:
        """Whether nothing telling is said: "what is on the list", "French"."""
        if frame.slots() - {"kind"} or frame.anaphor:
            return False
        if not any(self.book.weight(classes) >= TELLING for classes in frame.classes):
            return True
        return len(frame.classes) == 1 and bool(frame.mentions) and frame.mentions[0].demonym

    def _best(self, matches: Sequence[Match]) -> Match | None:
        if not matches:
            return None
        best = matches[0]
        if best.score < 1.0:
            other = next(
                (match for match in matches[1:] if match.phrasing.intent.answer is not best.phrasing.intent.answer),
                None,
            )
            if other and best.score - other.score < GAP and other.rank >= best.rank:
                return None
        return best

    def _ours(self, frame: Frame) -> bool:
        return any(token_class in _OURS for alternatives in frame.classes for token_class in alternatives)

    def _with_unknown(self, frame: Frame, reading: Reading) -> Reading:
        """Words that nobody accounts for: never answered; ours only when the rest is clearly so."""
        reading.unknown = tuple(frame.unknown)
        known = bool(frame.slots() - {"place", "period"}) or bool(frame.mentions)
        if not self._ours(frame) or not known:
            return reading
        for stripped in (_unknown_as_actor(frame), _without_unknown(frame)):
            if stripped is None:
                continue
            matches = self.book.matches(stripped, self.budget, exactly=True)
            best = self._best(matches)
            if best is not None and best.score >= 0.8:
                reading.matches = matches
                return replace(reading, status="unknown_word", guess=_question(best, stripped))
        return reading


def _defining(linked: Linked, frame: Frame) -> bool:
    """Whether a word is to be explained: "what is a ceasefire" asks for none in particular."""
    if not frame.topics or frame.mentions or any(classes[0] not in ("what", "be", "tell", "mean") for classes in frame.classes):
        return False
    return (
        any(before.read in ("a", "an") and span.of_kind("topic") for before, span in pairwise(linked.spans)) and not frame.polar
    )


def _without_pronouns(frame: Frame) -> Frame:
    classes: list[tuple[str, ...]] = []
    mentions: list[Mention] = []
    waiting = list(frame.mentions)
    for alternatives in frame.classes:
        if ACTOR in alternatives:
            mention = waiting.pop(0)
            if mention.anaphor == "any":
                if classes and classes[-1][0] in JOINTS:
                    # "What was said about them"
                    classes.pop()
                continue
            mentions.append(mention)
        classes.append(alternatives)
    return replace(frame, classes=classes, mentions=mentions)


def _unknown_as_actor(frame: Frame) -> Frame | None:
    """The core with each unknown phrase as a party of no known name: "did Germany attend round 5"."""
    classes: list[tuple[str, ...]] = []
    mentions: list[Mention] = []
    waiting, unknown = list(frame.mentions), list(frame.unknown)
    for alternatives in frame.classes:
        if alternatives == (UNKNOWN,):
            mentions.append(Mention(text=unknown.pop(0), unknown="yes"))
            classes.append((ACTOR,))
            continue
        if ACTOR in alternatives:
            mentions.append(waiting.pop(0))
        classes.append(alternatives)
    return replace(frame, classes=classes, mentions=mentions, unknown=[])


def _without_unknown(frame: Frame) -> Frame:
    classes: list[tuple[str, ...]] = []
    for alternatives in frame.classes:
        if alternatives == (UNKNOWN,):
            if classes and classes[-1][0] in ("about", "of", "for", "to", "with"):
                classes.pop()
            continue
        classes.append(alternatives)
    return replace(frame, classes=classes, unknown=[])


def _question(match: Match, frame: Frame) -> Question:
    intent = match.phrasing.intent
    values: dict[str, object] = {
        "rounds": tuple(frame.rounds),
        "topics": tuple(frame.topics),
        "events": tuple(frame.events),
        "places": tuple(frame.places),
        "period": frame.period,
        "talks": frame.talks,
        "acts": tuple(dict.fromkeys(frame.acts)),
        "kind": frame.kind,
        "title": frame.title,
        # A fragment ("jordan at round 21?") wants a yes or no where there is one.
        "operators": tuple(sorted(frame.operators)),
        "besides": tuple(frame.besides),
        "besides_roles": tuple(frame.besides_roles),
        "polar": frame.polar or (intent.name == "presence" and not any(classes[0] in _ASKING for classes in frame.classes)),
    }
    for slot, mention in match.mentions:
        if slot == "observers":
            values["role"] = mention.role
            if not values.get("actor"):
                values["actor"] = mention.ids
        else:
            earlier = values.get(slot, ())
            values[slot] = (*earlier, *mention.ids) if isinstance(earlier, tuple) else mention.ids
    if "noun" in match.phrasing.classes and len(frame.acts) > 1 and "act" in match.phrasing.classes:
        # "Who slammed the US decision": what was done is slamming, the decision is its object.
        values["acts"] = tuple(frame.acts[:1])
    if "between" in match.phrasing.classes:
        values["wants"] = ("between",)
    for name, value in match.phrasing.fixed:
        if name == "missing":
            continue
        values[name] = (value,) if name in ("wants", "acts") else value
    return Question(intent.name, **values)  # type: ignore[arg-type]
