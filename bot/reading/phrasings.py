"""Intents' phrasings, compiled; a question's core is looked up among them, exactly, then by likeness."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from bot.question import RoundPhrase
from bot.question.intent import Intent
from bot.question.operators import NONE
from bot.reading.dates import whole_year
from bot.reading.frame import ACTOR, ROLE, UNKNOWN, Frame, Mention, build
from bot.reading.linking import Linker, Span
from bot.reading.vocabulary import Sense, Vocabulary
from knowledge.budget import Budget
from knowledge.store import Named
from knowledge.text import words

# Refusal: how much of a question a phrasing must cover, and how alike it must be.
COVERAGE, LIKENESS = 0.8, 0.6
DISORDER = 0.95
"""What a phrasing is worth whose words stand in another order."""
LOOSE = 0.6
"""What weighs this much must be said where the words stand in another order."""
DUE = 0.7
"""What weighs this much in a phrasing must be said in a question for it to be alike."""
TALLIED = 10
"""Phrasings that share a token class with a question, of which it is noted in one step."""
_SLOT = re.compile(r"\{(\w+)\}")
_ADJUNCTS = ("round", "period", "topic", "event", "place", "talks")
# Words that ask for nothing in particular weigh little; "A" and unknown words weigh most.
_LIGHT = {
    "what": 0.4,
    "which": 0.4,
    "be": 0.2,
    "of": 0.2,
    "and": 0.2,
    "hold": 0.9,
    "rounds": 0.6,
    "tell": 0.5,
    "to": 0.7,
    "by": 0.9,
    "that": 0.1,
    "for": 0.5,
    "with": 1.6,
    "from": 1.0,
    "about": 1.0,
    "exist": 0.4,
    "how": 0.8,
    "delegation": 0.4,
    "between": 1.0,
    "not": 1.5,
    "person": 1.0,
    "act": 1.2,
}


@dataclass(frozen=True, slots=True)
class Phrasing:
    """A compiled phrasing: its token classes, the slots of the parties among them, the slots it names, and fixed values."""

    intent: Intent
    text: str
    classes: tuple[str, ...]
    mentions: tuple[str, ...]
    slots: frozenset[str]
    fixed: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Match:
    """A phrasing that fits a core: which party takes which slot, what is missing, and how well it fits (1 is exact)."""

    phrasing: Phrasing
    mentions: tuple[tuple[str, Mention], ...]
    missing: frozenset[str]
    score: float
    specific: float = 0.0
    likeness: float = 1.0
    coverage: float = 1.0

    @property
    def rank(self) -> tuple[float, float]:
        """Better matches sort higher."""
        return self.score - 0.35 * len(self.missing) + 0.05 * ("round" in self.missing), self.specific


@dataclass(slots=True)
class Phrasebook:
    """All phrasings; built once, at start."""

    intents: dict[str, Intent]
    exact: dict[tuple[str, ...], list[Phrasing]] = field(default_factory=dict)
    by_class: dict[str, dict[tuple[str, ...], None]] = field(default_factory=dict)
    """In the order of the phrasings, so that of two that fit alike the same is taken whenever the bot runs."""
    weights: dict[str, float] = field(default_factory=dict)
    words: frozenset[str] = frozenset()
    beginnings: frozenset[tuple[str, ...]] = frozenset()
    """What the phrasings begin with, up to the whole of each; the longest has so many token classes."""
    longest: int = 0
    own: dict[tuple[str, ...], float] = field(default_factory=dict)
    mentions: dict[tuple[str, ...], int] = field(default_factory=dict)
    _near: dict[tuple[tuple[str, ...], int], dict[tuple[str, ...], float]] = field(default_factory=dict)

    @classmethod
    def of(cls, intents: Iterable[Intent], vocabulary: Vocabulary) -> Phrasebook:
        """Compiles the phrasings of intents; raises ValueError for a phrasing with words that the vocabulary has not."""
        book = cls({intent.name: intent for intent in intents})
        linker = Linker(vocabulary, lambda norms: [], lambda keys: [])
        exact: dict[tuple[str, ...], list[Phrasing]] = defaultdict(list)
        classes_in: dict[str, set[str]] = defaultdict(set)
        by_class: dict[str, dict[tuple[str, ...], None]] = defaultdict(dict)
        for intent in book.intents.values():
            seen: set[tuple[tuple[str, ...], frozenset[str], tuple[str, ...]]] = set()
            for text in intent.phrasings:
                for phrasing in _compile(intent, text, linker):
                    mark = (phrasing.classes, phrasing.slots, phrasing.mentions)
                    if mark in seen:
                        continue
                    seen.add(mark)
                    exact[phrasing.classes].append(phrasing)
                    for token_class in set(phrasing.classes):
                        classes_in[token_class].add(intent.name)
                        by_class[token_class][phrasing.classes] = None
        book.exact, book.by_class = dict(exact), dict(by_class)
        texts = (_SLOT.sub(" ", text.partition("|")[0]) for intent in book.intents.values() for text in intent.phrasings)
        book.words = frozenset(word for text in texts for word in words(text) if len(word) > 3)
        count = len(book.intents)
        book.weights = {
            token_class: _LIGHT.get(token_class, 0.8 + 0.4 * math.log(count / len(names), 2) / math.log(count, 2))
            for token_class, names in classes_in.items()
        } | {ACTOR: 1.5, ROLE: 1.5, UNKNOWN: 2.5}
        book.beginnings = frozenset(classes[:end] for classes in book.exact for end in range(1, len(classes) + 1))
        book.longest = max(map(len, book.exact), default=0)
        book.mentions = {classes: len(phrasings[0].mentions) for classes, phrasings in book.exact.items()}
        book.own = {classes: sum(book.weight((token_class,)) for token_class in classes) for classes in book.exact}
        return book

    def weight(self, classes: Sequence[str]) -> float:
        """How telling a token class (given by its alternatives) is."""
        if classes[-1] == "act":
            return self.weights.get("act", 1.2)
        return max(self.weights.get(token_class, _LIGHT.get(token_class, 1.2)) for token_class in classes)

    def matches(self, frame: Frame, budget: Budget, exactly: bool = False) -> list[Match]:
        """Phrasings that fit a core, best first: those that fit exactly, or else (unless `exactly`) those that are alike."""
        found = self._exact(frame, budget)
        if not found and not exactly:
            found = self._alike(frame, budget)
        return sorted(found, key=lambda match: match.rank, reverse=True)

    def _fit(self, phrasing: Phrasing, frame: Frame) -> tuple[frozenset[str], float] | None:
        """(what is missing, how specific) when the slots of a core go with a phrasing."""
        intent = phrasing.intent
        if frame.operators.keys() - intent.operators - (frozenset() if frame.polar else intent.lists):
            # An operator that nobody evaluates is never dropped.
            return None
        if NONE in frame.operators and not frame.polar:
            # "At which rounds was neither": of none a yes or no alone is told.
            return None
        here = frame.slots()
        extra = here - phrasing.slots - phrasing.intent.takes
        if "period" in extra and ("round" in phrasing.slots | phrasing.intent.takes):
            extra -= {"period"}
        if "place" in extra and ("round" in phrasing.slots | phrasing.intent.takes):
            extra -= {"place"}
        if "talks" in extra and (frame.places or "round" in here):
            extra -= {"talks"}
        if "event" in extra and "topic" in here and "topic" not in extra:
            extra -= {"event"}
        if "topic" in extra and "event" in here and "event" not in extra:
            extra -= {"topic"}
        if frame.talks_or_topic and ("talks" in phrasing.slots or "talks" in phrasing.intent.takes):
            extra -= {"topic"}
        if extra:
            return None
        missing = phrasing.slots - here
        if "talks" in missing:
            # "Who attends the Astana talks" is another question than "who attended?".
            return None
        if "round" in missing and here & {"period", "place"}:
            missing -= {"round"}
        specific = len(phrasing.slots & here) + 0.5 * sum(s in (ROLE, "noun") or "=" in s for s in phrasing.classes)
        return missing, specific + phrasing.intent.preference

    def _exact(self, frame: Frame, budget: Budget) -> list[Match]:
        found = []
        seen: set[int] = set()
        for classes in self._variants(frame.classes, budget):
            for phrasing in self.exact.get(classes, ()):
                fit = self._fit(phrasing, frame)
                if fit and id(phrasing) not in seen:
                    seen.add(id(phrasing))
                    mentions = tuple(zip(phrasing.mentions, frame.mentions, strict=True))
                    found.append(Match(phrasing, mentions, fit[0], 1.0, fit[1]))
        return found

    def _variants(self, classes: Sequence[tuple[str, ...]], budget: Budget) -> list[tuple[str, ...]]:
        """The choices of alternatives that are phrasings, the most specific first; no beginning is followed that none has."""
        if len(classes) > self.longest:
            return []
        found: list[tuple[str, ...]] = [()]
        for alternatives in classes:
            found = [
                one for before in found for token_class in alternatives if (one := (*before, token_class)) in self.beginnings
            ]
            budget.read(len(found))
        return found

    def _alike(self, frame: Frame, budget: Budget) -> list[Match]:
        total = sum(self.weight(classes) for classes in frame.classes)
        wanted = sum(ACTOR in classes or ROLE in classes for classes in frame.classes)
        found = []
        for classes in self._worth(frame.classes, total, wanted, budget):
            budget.read(len(classes) * len(frame.classes))
            if any(self.weights[one] >= DUE and not any(one in own for own in frame.classes) for one in classes):
                continue
            # Of one party the order tells nothing, unless it says who speaks and who is spoken to.
            free = wanted <= 1 and not any(own[-1] == "act" for own in frame.classes)
            ordered = matched = _common(frame.classes, classes, self.weights)
            if free and not any(self.weights[one] >= LOOSE and not any(one in own for own in frame.classes) for one in classes):
                matched = _shared(frame.classes, classes, self.weights)
            likeness, coverage = 2 * matched / (total + self.own[classes]), matched / total
            score = likeness * coverage * (1.0 if matched == ordered else DISORDER)
            if coverage < COVERAGE or likeness < LIKENESS:
                continue
            for phrasing in self.exact[classes]:
                fit = self._fit(phrasing, frame)
                if fit is not None:
                    mentions = tuple(zip(phrasing.mentions, frame.mentions, strict=True))
                    found.append(Match(phrasing, mentions, fit[0], score, fit[1], likeness, coverage))
        return found

    def _worth(self, classes: Sequence[tuple[str, ...]], total: float, mentions: int, budget: Budget) -> list[tuple[str, ...]]:
        """The classes of phrasings of so many mentions that could be alike enough: they share weight enough, in any order."""
        shared: dict[tuple[str, ...], float] = defaultdict(float)
        for alternatives in classes:
            near = self._near.get((alternatives, mentions))
            if near is None:
                having = (
                    (self.weights[token_class], own)
                    for token_class in alternatives
                    for own in self.by_class.get(token_class, ())
                )
                near = {own: weight for weight, own in having if self.mentions[own] == mentions}
                # The lexicon has but so many token classes: what is kept is bounded by it.
                self._near[alternatives, mentions] = near
            budget.read(len(near) // TALLIED)
            for own, weight in near.items():
                shared[own] += weight
        enough = COVERAGE * total
        return [own for own, weight in shared.items() if weight >= enough and 2 * weight >= LIKENESS * (total + self.own[own])]


def _shared(frame: Sequence[tuple[str, ...]], phrasing: Sequence[str], weights: dict[str, float]) -> float:
    """The weight of the token classes that both have, whatever their order."""
    left, weight = list(phrasing), 0.0
    for alternatives in frame:
        found = next((token_class for token_class in alternatives if token_class in left), None)
        if found is not None:
            left.remove(found)
            weight += weights.get(found, 1.0)
    return weight


def _common(frame: Sequence[tuple[str, ...]], phrasing: Sequence[str], weights: dict[str, float]) -> float:
    """The weight of the longest common subsequence."""
    row = [0.0] * (len(phrasing) + 1)
    for alternatives in frame:
        previous = row[:]
        for at, token_class in enumerate(phrasing):
            gain = 0.0
            if token_class in alternatives:
                # "say" for "ask": an act of another kind is still an act.
                gain = weights.get(token_class, 1.0)
            row[at + 1] = max(previous[at + 1], row[at], previous[at] + gain if gain else 0.0)
    return row[-1]


def _compile(intent: Intent, text: str, linker: Linker) -> list[Phrasing]:
    phrase, _, settings = text.partition("|")
    spans: list[Span] = []
    # A slot is a word of its own while the words around it are linked, so that "the first {actor}" is no round.
    for span in linker.spans(_SLOT.sub(r"slot\1", phrase)):
        if span.text.startswith("slot"):
            spans.append(_slot_piece(span.text.removeprefix("slot"), len(spans)))
        elif span.unknown:
            raise ValueError(f"{intent.name}: the lexicon lacks “{span.text}” of the phrasing “{text}”")
        else:
            spans.append(span)
    frame = build(spans)
    fixed = tuple(
        (key.strip(), value.strip()) for key, _, value in (pair.partition("=") for pair in settings.split(",") if pair)
    )
    choices = [_own(alternatives) for alternatives in frame.classes]
    named = tuple(mention.text for mention in frame.mentions)
    if any(" " in slot for slot in named):
        raise ValueError(f"{intent.name}: two parties of the phrasing “{text}” run together")
    found: list[tuple[str, ...]] = [()]
    for choice in choices:
        found = [(*one, token_class) for one in found for token_class in choice]
    return [Phrasing(intent, text, classes, named, frozenset(frame.slots()), fixed) for classes in found]


def _own(alternatives: tuple[str, ...]) -> tuple[str, ...]:
    """The token classes under which a phrasing is filed: a named act is that act, a role slot is a role."""
    if alternatives[0] == "act=":
        return ("act",)
    if alternatives[-1] == "act" or alternatives[0] == ROLE:
        return alternatives[:1]
    return alternatives


def _slot_piece(slot: str, at: int) -> Span:
    if slot == "acts":
        return Span(at, at + 1, slot, slot, senses=(Sense("noun"),))
    if slot == "act":
        return Span(at, at + 1, slot, slot, senses=(Sense("act"),))
    if slot == "round":
        return Span(at, at + 1, slot, slot, rounds=RoundPhrase())
    if slot == "period":
        return Span(at, at + 1, slot, slot, period=whole_year(2000))
    kind = slot if slot in _ADJUNCTS else "actor"
    shown = "observers" if slot == "role" else slot
    return Span(at, at + 1, shown, shown, names=(Named(shown, kind, slot, "name", slot),))
