"""What the look-ups of intents may use."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from bot.question import Question, RoundPhrase
from bot.telling import wording
from bot.telling.answer import Answer, Block, Line
from knowledge.facts import Actor, Attendance, Dispute, Event, Round, Statement, Talks, Topic
from knowledge.places import same_city
from knowledge.store import FactStore
from knowledge.text import norm


@dataclass(slots=True)
class RoundsFound:
    """Rounds that a question names: those recorded, and what is not."""

    rounds: list[Round] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    talks: str = ""

    @property
    def keys(self) -> list[str]:
        """The keys of the recorded ones."""
        return [one.key for one in self.rounds]


class Look:
    """The store and what all look-ups need of it, for one question; names it has looked up are kept."""

    def __init__(self, store: FactStore, default_talks: str) -> None:
        self.store = store
        self.trying = False
        """Whether only an answer counts, and what else would be offered is nobody's to see."""
        self.talks = store.talks.all()
        self.default = default_talks if default_talks in self.talks else next(iter(self.talks), "")
        self._actors: dict[str, Actor] = {}

    def actors(self, ids: Iterable[str]) -> dict[str, Actor]:
        """Actors by id, and those that they are affiliated to."""
        wanted = {one for one in ids if one} - self._actors.keys()
        while wanted:
            self._actors.update(self.store.actors.by_id(wanted))
            wanted = {a.affiliation for a in self._actors.values() if a.affiliation} - self._actors.keys()
        return self._actors

    def actor(self, one: str) -> Actor:
        """One actor by id."""
        return self.actors([one])[one]

    def names(self, ids: Sequence[str], last: str = "and") -> str:
        """Actors as they stand in a sentence: "Russia and the United States"."""
        known = self.actors(ids)
        return wording.listed([known[one].inside if known[one].kind != "person" else known[one].name for one in ids], last)

    def topic_names(self, ids: Sequence[str]) -> str:
        """Topics as they stand in a sentence."""
        known: dict[str, Topic] = self.store.topics.by_id(ids)
        return wording.listed([known[one].name for one in ids if one in known], "or")

    def series(self, question: Question) -> Talks | None:
        """The talks that a question means."""
        named = question.talks or next((phrase.talks for phrase in question.rounds if phrase.talks), "")
        return self.talks.get(named or self._by_place(question) or self.default)

    def _by_place(self, question: Question) -> str:
        if not question.places or len(self.talks) < 2:
            return ""
        found = self.store.rounds.series_at(same_city(question.places))
        return self.default if self.default in found else next(iter(found), "")

    def talks_name(self, talks: str) -> str:
        """The talks as they stand in a sentence: "the Astana talks"."""
        return f"the {self.talks[talks].name}" if talks in self.talks else "the talks"

    def title(self, found: Round) -> str:
        """ "Round 21 (January 2024, Astana)", with its series when it is not the default."""
        other = "" if found.talks == self.default else self.talks[found.talks].name
        return wording.round_title(found, other)

    def label(self, found: Round) -> str:
        """The title inside a sentence: "round 21 (January 2024, Astana)"."""
        title = self.title(found)
        return title[0].lower() + title[1:] if found.talks == self.default else title

    def rounds(self, question: Question) -> RoundsFound:
        """The rounds that a question names, by number, edge, place or time."""
        talks = self.series(question)
        found = RoundsFound(talks=talks.id if talks else "")
        if talks is None:
            return found
        chosen: dict[str, Round] = {}
        for phrase in question.rounds:
            for one in self._phrase(phrase, question, found):
                chosen[one.key] = one
        if not question.rounds and (question.period or question.places):
            chosen = {one.key: one for one in self._within(found.talks, question)}
            if not chosen:
                found.missing.append(f"no round {self.where_when(question)}")
        found.rounds = sorted(chosen.values(), key=lambda one: (one.talks, one.number))
        return found

    def _within(self, talks: str, question: Question) -> list[Round]:
        period, places = question.period, question.places
        if period and period.month:
            rounds = self.store.rounds.of(talks, places=same_city(places) if places else None)
            return [one for one in rounds if period.month in (one.starts.month, one.ends.month)]
        return self.store.rounds.of(
            talks,
            since=period.since if period else None,
            until=period.until if period else None,
            places=same_city(places) if places else None,
        )

    def _phrase(self, phrase: RoundPhrase, question: Question, found: RoundsFound) -> list[Round]:
        talks = phrase.talks or found.talks
        if phrase.open:
            within = self._within(talks, question)
            rounds = [one for one in within if phrase.since <= one.number and (one.number <= phrase.until or not phrase.until)]
            if not rounds:
                found.missing.append("no round there")
            return rounds
        if phrase.numbers:
            rounds = self.store.rounds.of(talks, numbers=phrase.numbers)
            if question.period or question.places:
                return self._inside(rounds, phrase, talks, question, found)
            have = {one.number for one in rounds}
            found.missing += [f"no round {number}" for number in phrase.numbers if number not in have]
            return rounds
        if phrase.place:
            question = question.but(places=(phrase.place,))
        if phrase.edge:
            if phrase.nth == 1 and phrase.count == 1 and not (question.period or question.places):
                edge = self.store.rounds.edge(talks, phrase.edge == "last")
                return [edge] if edge else []
            rounds = self._within(talks, question)
            if not rounds:
                found.missing.append(f"no round {self.where_when(question)}")
            # "The last round in Nur-Sultan" goes by the name that the city then had.
            named = [one for one in rounds if norm(one.city) in question.places]
            rounds = named or rounds
            ordered = rounds[::-1] if phrase.edge == "last" else rounds
            return ordered[phrase.nth - 1 : phrase.nth - 1 + phrase.count]
        if phrase.offset:
            base = self._phrase(phrase.base, question, found) if phrase.base else []
            if not base and not found.missing:
                edge = self.store.rounds.edge(talks, last=True)
                base = [edge] if edge else []
            if base:
                number = (base[-1] if phrase.offset > 0 else base[0]).number + phrase.offset
                rounds = self.store.rounds.of(talks, numbers=[number])
                if not rounds:
                    side = "after" if phrase.offset > 0 else "before"
                    found.missing.append(f"no round {side} round {number - phrase.offset}")
                return rounds
        return []

    def _inside(
        self, rounds: list[Round], phrase: RoundPhrase, talks: str, question: Question, found: RoundsFound
    ) -> list[Round]:
        """Numbered rounds that are at the place and time of the question; "the second round of 2018" is the second there."""
        within = self._within(talks, question)
        inside = [one for one in rounds if one in within]
        if not inside and phrase.nth > 1 and len(within) >= phrase.nth:
            inside = [within[phrase.nth - 1]]
        if not inside:
            listed = wording.listed([str(number) for number in phrase.numbers], "or")
            found.missing.append(f"no round {listed} {self.where_when(question)}")
        return inside

    def where_when(self, question: Question) -> str:
        """The place and time of a question: "in Sochi in December 2017"."""
        parts = []
        if question.places:
            names = [name.shown for name in self.store.names.of("place", same_city(question.places))]
            parts.append(f"in {wording.listed(list(dict.fromkeys(names)), 'or') or question.places[0]}")
        if question.period:
            text = question.period.text
            preposition = "on" if text[:1].isdigit() and " " in text else "in"
            parts.append(
                text if text.split()[0] in ("since", "after", "before", "until", "till", "from") else f"{preposition} {text}"
            )
        return " ".join(parts)

    def as_of(self, talks: str) -> str:
        """ "as of 21 November 2026", when the pack says its day."""
        found: date | None = self.store.talks.as_of(talks)
        return f"as of {wording.day(found)}" if found else "as recorded"


def unknown(intent: str, text: str, suggestions: Iterable[str] = (), lines: Iterable[Line] = (), title: str = "") -> Answer:
    """An honest end: understood, and nothing recorded; `lines` are the nearest that is."""
    nearest = tuple(lines)
    blocks = (Block(title, nearest),) if nearest else ()
    return Answer("unknown", text, intent, blocks=blocks, suggestions=tuple(suggestions)[:3])


def no_round(intent: str, found: RoundsFound, look: Look) -> Answer:
    """The end of a question about rounds that are not recorded."""
    last = look.store.rounds.edge(found.talks, last=True) if found.talks else None
    if last is None:
        return unknown(intent, "No rounds are recorded.")
    count = look.store.rounds.count(found.talks)
    what = wording.listed(found.missing or ["no such round"])
    text = (
        f"{wording.capital(what)} of {look.talks_name(found.talks)} is recorded. {count} are, {look.as_of(found.talks)}; "
        f"the latest is {look.label(last)}."
    )
    return unknown(intent, text, (f"when was round {last.number}", f"who attended round {last.number}"))


Disputable = Round | Attendance | Statement | Event


def dispute_lines(fact: Disputable, look: Look) -> list[Line]:
    """What other sources say of a fact, each with its sources."""
    return [Line(_dispute(one, look), (fact,), sources=one.sources) for one in fact.disputed]


def _dispute(one: Dispute, look: Look) -> str:
    value = one.value
    if one.field in ("head", "actor", "speaker", "members", "to"):
        known = look.actors([one.value])
        value = known[one.value].name if one.value in known else value
    elif one.field in ("starts", "ends", "date"):
        value = wording.day(date.fromisoformat(one.value))
    names = {"starts": "start", "ends": "end", "head": "head of the delegation", "date": "date"}
    if one.field == "note":
        return f"another account: {value}"
    note = f" ({one.note})" if one.note else ""
    return f"{names.get(one.field, one.field)} according to others: {value}{note}"


def disputes(facts: Iterable[Disputable], look: Look) -> tuple[Block, ...]:
    """A block with the other side of disputed facts, if any is."""
    lines = [line for fact in facts for line in dispute_lines(fact, look)]
    return (Block("Sources differ", tuple(lines)),) if lines else ()
