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
from bot.reading.core import ACTOR, ROLE, UNKNOWN, Core, Party, build
from bot.reading.dates import whole_year
from bot.reading.linking import Linker, Piece
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
"""Phrasings that share a symbol with a question, of which it is noted in one step."""
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
    """A compiled phrasing: its symbols, the slots of the parties among them, the adjuncts it names, and fixed values."""

    intent: Intent
    text: str
    symbols: tuple[str, ...]
    parties: tuple[str, ...]
    adjuncts: frozenset[str]
    fixed: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Match:
    """A phrasing that fits a core: which party takes which slot, what is missing, and how well it fits (1 is exact)."""

    phrasing: Phrasing
    parties: tuple[tuple[str, Party], ...]
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
    by_symbol: dict[str, dict[tuple[str, ...], None]] = field(default_factory=dict)
    """In the order of the phrasings, so that of two that fit alike the same is taken whenever the bot runs."""
    weights: dict[str, float] = field(default_factory=dict)
    words: frozenset[str] = frozenset()
    beginnings: frozenset[tuple[str, ...]] = frozenset()
    """What the phrasings begin with, up to the whole of each; the longest has so many symbols."""
    longest: int = 0
    own: dict[tuple[str, ...], float] = field(default_factory=dict)
    parties: dict[tuple[str, ...], int] = field(default_factory=dict)
    _near: dict[tuple[tuple[str, ...], int], dict[tuple[str, ...], float]] = field(default_factory=dict)

    @classmethod
    def of(cls, intents: Iterable[Intent], vocabulary: Vocabulary) -> Phrasebook:
        """Compiles the phrasings of intents; raises ValueError for a phrasing with words that the vocabulary has not."""
        book = cls({intent.name: intent for intent in intents})
        linker = Linker(vocabulary, lambda norms: [], lambda keys: [])
        exact: dict[tuple[str, ...], list[Phrasing]] = defaultdict(list)
        symbols_in: dict[str, set[str]] = defaultdict(set)
        by_symbol: dict[str, dict[tuple[str, ...], None]] = defaultdict(dict)
        for intent in book.intents.values():
            seen: set[tuple[tuple[str, ...], frozenset[str], tuple[str, ...]]] = set()
            for text in intent.phrasings:
                for phrasing in _compile(intent, text, linker):
                    mark = (phrasing.symbols, phrasing.adjuncts, phrasing.parties)
                    if mark in seen:
                        continue
                    seen.add(mark)
                    exact[phrasing.symbols].append(phrasing)
                    for symbol in set(phrasing.symbols):
                        symbols_in[symbol].add(intent.name)
                        by_symbol[symbol][phrasing.symbols] = None
        book.exact, book.by_symbol = dict(exact), dict(by_symbol)
        texts = (_SLOT.sub(" ", text.partition("|")[0]) for intent in book.intents.values() for text in intent.phrasings)
        book.words = frozenset(word for text in texts for word in words(text) if len(word) > 3)
        count = len(book.intents)
        book.weights = {
            symbol: _LIGHT.get(symbol, 0.8 + 0.4 * math.log(count / len(names), 2) / math.log(count, 2))
            for symbol, names in symbols_in.items()
        } | {ACTOR: 1.5, ROLE: 1.5, UNKNOWN: 2.5}
        book.beginnings = frozenset(symbols[:end] for symbols in book.exact for end in range(1, len(symbols) + 1))
        book.longest = max(map(len, book.exact), default=0)
        book.parties = {symbols: len(phrasings[0].parties) for symbols, phrasings in book.exact.items()}
        book.own = {symbols: sum(book.weight((symbol,)) for symbol in symbols) for symbols in book.exact}
        return book

    def weight(self, symbols: Sequence[str]) -> float:
        """How telling a symbol (given by its alternatives) is."""
        if symbols[-1] == "act":
            return self.weights.get("act", 1.2)
        return max(self.weights.get(symbol, _LIGHT.get(symbol, 1.2)) for symbol in symbols)

    def matches(self, core: Core, budget: Budget, exactly: bool = False) -> list[Match]:
        """Phrasings that fit a core, best first: those that fit exactly, or else (unless `exactly`) those that are alike."""
        found = self._exact(core, budget)
        if not found and not exactly:
            found = self._alike(core, budget)
        return sorted(found, key=lambda match: match.rank, reverse=True)

    def _fit(self, phrasing: Phrasing, core: Core) -> tuple[frozenset[str], float] | None:
        """(what is missing, how specific) when the adjuncts of a core go with a phrasing."""
        intent = phrasing.intent
        if core.operators.keys() - intent.operators - (frozenset() if core.polar else intent.lists):
            # An operator that nobody evaluates is never dropped.
            return None
        if NONE in core.operators and not core.polar:
            # "At which rounds was neither": of none a yes or no alone is told.
            return None
        here = core.adjuncts()
        extra = here - phrasing.adjuncts - phrasing.intent.takes
        if "period" in extra and ("round" in phrasing.adjuncts | phrasing.intent.takes):
            extra -= {"period"}
        if "place" in extra and ("round" in phrasing.adjuncts | phrasing.intent.takes):
            extra -= {"place"}
        if "talks" in extra and (core.places or "round" in here):
            extra -= {"talks"}
        if "event" in extra and "topic" in here and "topic" not in extra:
            extra -= {"event"}
        if "topic" in extra and "event" in here and "event" not in extra:
            extra -= {"topic"}
        if core.talks_or_topic and ("talks" in phrasing.adjuncts or "talks" in phrasing.intent.takes):
            extra -= {"topic"}
        if extra:
            return None
        missing = phrasing.adjuncts - here
        if "talks" in missing:
            # "Who attends the Astana talks" is another question than "who attended?".
            return None
        if "round" in missing and here & {"period", "place"}:
            missing -= {"round"}
        specific = len(phrasing.adjuncts & here) + 0.5 * sum(s in (ROLE, "noun") or "=" in s for s in phrasing.symbols)
        return missing, specific + phrasing.intent.preference

    def _exact(self, core: Core, budget: Budget) -> list[Match]:
        found = []
        seen: set[int] = set()
        for symbols in self._variants(core.symbols, budget):
            for phrasing in self.exact.get(symbols, ()):
                fit = self._fit(phrasing, core)
                if fit and id(phrasing) not in seen:
                    seen.add(id(phrasing))
                    parties = tuple(zip(phrasing.parties, core.parties, strict=True))
                    found.append(Match(phrasing, parties, fit[0], 1.0, fit[1]))
        return found

    def _variants(self, symbols: Sequence[tuple[str, ...]], budget: Budget) -> list[tuple[str, ...]]:
        """The choices of alternatives that are phrasings, the most specific first; no beginning is followed that none has."""
        if len(symbols) > self.longest:
            return []
        found: list[tuple[str, ...]] = [()]
        for alternatives in symbols:
            found = [one for before in found for symbol in alternatives if (one := (*before, symbol)) in self.beginnings]
            budget.read(len(found))
        return found

    def _alike(self, core: Core, budget: Budget) -> list[Match]:
        total = sum(self.weight(symbols) for symbols in core.symbols)
        wanted = sum(ACTOR in symbols or ROLE in symbols for symbols in core.symbols)
        found = []
        for symbols in self._worth(core.symbols, total, wanted, budget):
            budget.read(len(symbols) * len(core.symbols))
            if any(self.weights[one] >= DUE and not any(one in own for own in core.symbols) for one in symbols):
                continue
            # Of one party the order tells nothing, unless it says who speaks and who is spoken to.
            free = wanted <= 1 and not any(own[-1] == "act" for own in core.symbols)
            ordered = matched = _common(core.symbols, symbols, self.weights)
            if free and not any(self.weights[one] >= LOOSE and not any(one in own for own in core.symbols) for one in symbols):
                matched = _shared(core.symbols, symbols, self.weights)
            likeness, coverage = 2 * matched / (total + self.own[symbols]), matched / total
            score = likeness * coverage * (1.0 if matched == ordered else DISORDER)
            if coverage < COVERAGE or likeness < LIKENESS:
                continue
            for phrasing in self.exact[symbols]:
                fit = self._fit(phrasing, core)
                if fit is not None:
                    parties = tuple(zip(phrasing.parties, core.parties, strict=True))
                    found.append(Match(phrasing, parties, fit[0], score, fit[1], likeness, coverage))
        return found

    def _worth(self, symbols: Sequence[tuple[str, ...]], total: float, parties: int, budget: Budget) -> list[tuple[str, ...]]:
        """The symbols of phrasings of so many parties that could be alike enough: they share enough weight, in any order."""
        shared: dict[tuple[str, ...], float] = defaultdict(float)
        for alternatives in symbols:
            near = self._near.get((alternatives, parties))
            if near is None:
                having = ((self.weights[symbol], own) for symbol in alternatives for own in self.by_symbol.get(symbol, ()))
                near = {own: weight for weight, own in having if self.parties[own] == parties}
                # The lexicon has but so many symbols: what is kept is bounded by it.
                self._near[alternatives, parties] = near
            budget.read(len(near) // TALLIED)
            for own, weight in near.items():
                shared[own] += weight
        enough = COVERAGE * total
        return [own for own, weight in shared.items() if weight >= enough and 2 * weight >= LIKENESS * (total + self.own[own])]


def _shared(core: Sequence[tuple[str, ...]], phrasing: Sequence[str], weights: dict[str, float]) -> float:
    """The weight of the symbols that both have, whatever their order."""
    left, weight = list(phrasing), 0.0
    for alternatives in core:
        found = next((symbol for symbol in alternatives if symbol in left), None)
        if found is not None:
            left.remove(found)
            weight += weights.get(found, 1.0)
    return weight


def _common(core: Sequence[tuple[str, ...]], phrasing: Sequence[str], weights: dict[str, float]) -> float:
    """The weight of the longest common subsequence."""
    row = [0.0] * (len(phrasing) + 1)
    for alternatives in core:
        previous = row[:]
        for at, symbol in enumerate(phrasing):
            gain = 0.0
            if symbol in alternatives:
                # "say" for "ask": an act of another kind is still an act.
                gain = weights.get(symbol, 1.0)
            row[at + 1] = max(previous[at + 1], row[at], previous[at] + gain if gain else 0.0)
    return row[-1]


def _compile(intent: Intent, text: str, linker: Linker) -> list[Phrasing]:
    phrase, _, settings = text.partition("|")
    pieces: list[Piece] = []
    # A slot is a word of its own while the words around it are linked, so that "the first {actor}" is no round.
    for piece in linker.pieces(_SLOT.sub(r"slot\1", phrase)):
        if piece.text.startswith("slot"):
            pieces.append(_slot_piece(piece.text.removeprefix("slot"), len(pieces)))
        elif piece.unknown:
            raise ValueError(f"{intent.name}: the lexicon lacks “{piece.text}” of the phrasing “{text}”")
        else:
            pieces.append(piece)
    core = build(pieces)
    fixed = tuple(
        (key.strip(), value.strip()) for key, _, value in (pair.partition("=") for pair in settings.split(",") if pair)
    )
    choices = [_own(alternatives) for alternatives in core.symbols]
    slots = tuple(party.text for party in core.parties)
    if any(" " in slot for slot in slots):
        raise ValueError(f"{intent.name}: two parties of the phrasing “{text}” run together")
    found: list[tuple[str, ...]] = [()]
    for choice in choices:
        found = [(*one, symbol) for one in found for symbol in choice]
    return [Phrasing(intent, text, symbols, slots, frozenset(core.adjuncts()), fixed) for symbols in found]


def _own(alternatives: tuple[str, ...]) -> tuple[str, ...]:
    """The symbols under which a phrasing is filed: a named act is that act, a role slot is a role."""
    if alternatives[0] == "act=":
        return ("act",)
    if alternatives[-1] == "act" or alternatives[0] == ROLE:
        return alternatives[:1]
    return alternatives


def _slot_piece(slot: str, at: int) -> Piece:
    if slot == "acts":
        return Piece(at, at + 1, slot, slot, senses=(Sense("noun"),))
    if slot == "act":
        return Piece(at, at + 1, slot, slot, senses=(Sense("act"),))
    if slot == "round":
        return Piece(at, at + 1, slot, slot, rounds=RoundPhrase())
    if slot == "period":
        return Piece(at, at + 1, slot, slot, period=whole_year(2000))
    kind = slot if slot in _ADJUNCTS else "actor"
    shown = "observers" if slot == "role" else slot
    return Piece(at, at + 1, shown, shown, names=(Named(shown, kind, slot, "name", slot),))
