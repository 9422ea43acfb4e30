"""From text to a Question: link, take the core, find the phrasing, fill in what the conversation supplies, or refuse."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from bot.question import Question
from bot.question.turn import Turn
from bot.reading.around import plain
from bot.reading.core import ACTOR, UNKNOWN, Core, Party, build
from bot.reading.following import (
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
from bot.reading.linking import Linked, Linker
from bot.reading.phrasings import Match, Phrasebook
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
    core: Core | None = None
    matches: list[Match] = field(default_factory=list)
    ask_back: str = ""
    followed: bool = False
    guess: Question | None = None

    @property
    def empty(self) -> bool:
        """Whether nothing telling was said: "and which one"."""
        core = self.core
        return (
            core is not None
            and not (core.adjuncts() or core.unknown or core.operators)
            and all(s[0] in _IDLE for s in core.symbols)
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
            if dared.pieces != linked.pieces:
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
        core = build(linked.pieces)
        reading = self._of_core(core, linked, last, asking)
        if core.operators and (reading.question is None or reading.followed):
            return self._unevaluated(core, reading)
        return reading

    def _unevaluated(self, core: Core, reading: Reading) -> Reading:
        """A question that would be read if an operator were not there: refused, and the operator named."""
        without = replace(core, operators={}, besides=[], besides_roles=[])
        best = self._best(self.book.matches(without, self.budget)) if not core.unknown else None
        if best is None and not reading.followed:
            return reading
        guess = _question(best, without) if best is not None else None
        return replace(reading, status="operator", question=None, unknown=tuple(core.operators.values()), guess=guess)

    def _of_core(self, core: Core, linked: Linked, last: Turn | None, asking: bool) -> Reading:
        reading = Reading("off_topic", linked=linked, core=core)
        if not core.symbols and not core.adjuncts() and not core.pointing:
            return reading
        choices = next((party.choices for party in core.parties if party.choices), core.topic_choices)
        if choices:
            return replace(reading, status="choose", choices=choices, guess=self._but_for_choice(core))
        if core.unknown:
            return self._with_unknown(core, reading)
        self._point(core, last)
        if (
            last is not None
            and (core.follow or last.pending or (asking and named_alone(core, last)))
            and self._elliptical(core)
        ):
            question = merged(core, last)
            # "Who are they?" waits for a name, which a round is not.
            if question.actor or question.intent not in ACTOR_INTENTS:
                return replace(reading, status="question", question=question, followed=True)
        if last is not None and by_whom(core, last):
            return replace(reading, status="unsure")
        if last is not None and not core.adjuncts() and not any(party.ids for party in core.parties):
            again = asked_again(frozenset(symbols[0] for symbols in core.symbols), core.pointing, last)
            if again is not None:
                return replace(reading, status="question", question=again, followed=True)
        if last is not None and not core.symbols and core.pointing and not core.adjuncts():
            return reading
        return self._matched(core, reading, last)

    def _but_for_choice(self, core: Core) -> Question | None:
        """The question that waits for one of several who share a name."""
        best = self._best(self.book.matches(core, self.budget))
        return _question(best, core) if best is not None and len(core.symbols) > 1 else None

    def _elliptical(self, core: Core) -> bool:
        """Whether nothing is said but a name, a round, a topic: "and Iran?"."""
        if core.pointing and not core.adjuncts() and not core.parties:
            return False
        if any(not (party.ids or party.role) for party in core.parties):
            # "They", and nobody was named.
            return False
        return all(ACTOR in symbols or symbols[0] in JOINTS or symbols[0] in ("rounds", "between") for symbols in core.symbols)

    def _point(self, core: Core, last: Turn | None) -> None:
        """Resolves "he", "they", "that round", "the one after" by the last turn."""
        if last is not None and last.rounds:
            core.rounds = [resolved(phrase, last.rounds) for phrase in core.rounds]
        for at, party in enumerate(core.parties):
            if not party.pointing:
                continue
            ids = referent(party.pointing, last) if last else ()
            if ids:
                core.parties[at] = replace(party, ids=ids, pointing="")
                core.resolved = True
        if any(party.pointing == "any" for party in core.parties):
            # "what did they agree": nobody in particular when nobody was named before. "Who spoke for them" needs somebody.
            without = _without_pronouns(core)
            alone = not without.symbols or any(symbols[0] in _OF_ONE for symbols in core.symbols)
            if not alone and self.book.matches(without, self.budget):
                core.symbols, core.parties = without.symbols, without.parties

    def _matched(self, core: Core, reading: Reading, last: Turn | None) -> Reading:
        matches = self.book.matches(core, self.budget)
        reading.matches = matches
        best = self._best(matches)
        if best is not None and best.score < 1.0:
            mended = reading.linked is not None and bool(reading.linked.corrections)
            telling = any(self.book.weight(symbols) >= TELLING for symbols in core.symbols)
            if not telling or (mended and best.score < SURE) or (core.operators and best.score < OPERATED):
                # What an operator stands on is not to be guessed.
                best = None
        if best is not None and reading.linked is not None and _defining(reading.linked, core):
            return reading
        if best is not None and self._vague(core):
            return replace(reading, status="unsure") if core.parties and not core.parties[0].demonym else reading
        if best is None:
            reading.status = "unsure" if core.adjuncts() or core.parties else "off_topic"
            if len(matches) > 1:
                reading.status = "unsure"
            return reading
        if any(party.pointing for party in core.parties):
            guess = _question(best, core)
            return replace(reading, status="missing", missing=frozenset({"person"}), ask_back="Whom do you mean?", guess=guess)
        if any(phrase.base is not None and phrase.base.pointing for phrase in core.rounds):
            return replace(reading, status="missing", missing=frozenset({"round"}), ask_back="Next to which round do you mean?")
        question = _question(best, core)
        missing = set(best.missing) | {value for name, value in best.phrasing.fixed if name == "missing"}
        if last is not None:
            question, missing = supplied(question, missing, core, last)
        elif core.pointing and question.intent != "count" and not (core.adjuncts() - {"place", "kind"} or core.parties):
            # "When did it start?", and nothing was spoken of.
            missing.add("round")
        if boundless(question):
            missing.add("topic")
        if missing:
            if not core.pointing and not self._ours(core):
                return replace(reading, status="unsure") if core.adjuncts() or core.parties else reading
            back = best.phrasing.intent.ask_back
            return replace(reading, status="missing", missing=frozenset(missing), ask_back=back, guess=question)
        return replace(reading, status="question", question=question)

    def _vague(self, core: Core) -> bool:
        """Whether nothing telling is said: "what is on the list", "French"."""
        if core.adjuncts() - {"kind"} or core.pointing:
            return False
        if not any(self.book.weight(symbols) >= TELLING for symbols in core.symbols):
            return True
        return len(core.symbols) == 1 and bool(core.parties) and core.parties[0].demonym

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

    def _ours(self, core: Core) -> bool:
        return any(symbol in _OURS for alternatives in core.symbols for symbol in alternatives)

    def _with_unknown(self, core: Core, reading: Reading) -> Reading:
        """Words that nobody accounts for: never answered; ours only when the rest is clearly so."""
        reading.unknown = tuple(core.unknown)
        known = bool(core.adjuncts() - {"place", "period"}) or bool(core.parties)
        if not self._ours(core) or not known:
            return reading
        for stripped in (_unknown_as_actor(core), _without_unknown(core)):
            if stripped is None:
                continue
            matches = self.book.matches(stripped, self.budget, exactly=True)
            best = self._best(matches)
            if best is not None and best.score >= 0.8:
                reading.matches = matches
                return replace(reading, status="unknown_word", guess=_question(best, stripped))
        return reading


def _defining(linked: Linked, core: Core) -> bool:
    """Whether a word is to be explained: "what is a ceasefire" asks for none in particular."""
    if not core.topics or core.parties or any(symbols[0] not in ("what", "be", "tell", "mean") for symbols in core.symbols):
        return False
    return (
        any(before.read in ("a", "an") and piece.of_kind("topic") for before, piece in pairwise(linked.pieces))
        and not core.polar
    )


def _without_pronouns(core: Core) -> Core:
    symbols: list[tuple[str, ...]] = []
    parties: list[Party] = []
    waiting = list(core.parties)
    for alternatives in core.symbols:
        if ACTOR in alternatives:
            party = waiting.pop(0)
            if party.pointing == "any":
                if symbols and symbols[-1][0] in JOINTS:
                    # "What was said about them"
                    symbols.pop()
                continue
            parties.append(party)
        symbols.append(alternatives)
    return replace(core, symbols=symbols, parties=parties)


def _unknown_as_actor(core: Core) -> Core | None:
    """The core with each unknown phrase as a party of no known name: "did Germany attend round 5"."""
    symbols: list[tuple[str, ...]] = []
    parties: list[Party] = []
    waiting, unknown = list(core.parties), list(core.unknown)
    for alternatives in core.symbols:
        if alternatives == (UNKNOWN,):
            parties.append(Party(text=unknown.pop(0), unknown="yes"))
            symbols.append((ACTOR,))
            continue
        if ACTOR in alternatives:
            parties.append(waiting.pop(0))
        symbols.append(alternatives)
    return replace(core, symbols=symbols, parties=parties, unknown=[])


def _without_unknown(core: Core) -> Core:
    symbols: list[tuple[str, ...]] = []
    for alternatives in core.symbols:
        if alternatives == (UNKNOWN,):
            if symbols and symbols[-1][0] in ("about", "of", "for", "to", "with"):
                symbols.pop()
            continue
        symbols.append(alternatives)
    return replace(core, symbols=symbols, unknown=[])


def _question(match: Match, core: Core) -> Question:
    intent = match.phrasing.intent
    values: dict[str, object] = {
        "rounds": tuple(core.rounds),
        "topics": tuple(core.topics),
        "events": tuple(core.events),
        "places": tuple(core.places),
        "period": core.period,
        "talks": core.talks,
        "acts": tuple(dict.fromkeys(core.acts)),
        "kind": core.kind,
        "title": core.title,
        # A fragment ("jordan at round 21?") wants a yes or no where there is one.
        "operators": tuple(sorted(core.operators)),
        "besides": tuple(core.besides),
        "besides_roles": tuple(core.besides_roles),
        "polar": core.polar or (intent.name == "presence" and not any(symbols[0] in _ASKING for symbols in core.symbols)),
    }
    for slot, party in match.parties:
        if slot == "observers":
            values["role"] = party.role
            if not values.get("actor"):
                values["actor"] = party.ids
        else:
            earlier = values.get(slot, ())
            values[slot] = (*earlier, *party.ids) if isinstance(earlier, tuple) else party.ids
    if "noun" in match.phrasing.symbols and len(core.acts) > 1 and "act" in match.phrasing.symbols:
        # "Who slammed the US decision": what was done is slamming, the decision is its object.
        values["acts"] = tuple(core.acts[:1])
    if "between" in match.phrasing.symbols:
        values["wants"] = ("between",)
    for name, value in match.phrasing.fixed:
        if name == "missing":
            continue
        values[name] = (value,) if name in ("wants", "acts") else value
    return Question(intent.name, **values)  # type: ignore[arg-type]
