"""What somebody who types a round, a name or a topic may mean: for autocompletion, and for what is asked back for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from bot.chat.commands import OptionKind
from bot.dialogue.service import TalksBot
from bot.intents.base import Look
from bot.question import Question
from bot.reading.linking import SPARE
from bot.telling import wording
from knowledge.budget import Spent
from knowledge.facts import Round
from knowledge.store import StatementFilter
from knowledge.text import norm, readable, slips

MOST = 25
CANDIDATES = 100
LONGEST = 100


@dataclass(frozen=True, slots=True)
class Choice:
    """Something that may be meant: how it is shown, the text that means it to a command, and the key of the fact."""

    label: str
    value: str
    key: str = ""


class Completion:
    """Completes what is typed from the store: an index gives candidates, rapidfuzz orders them."""

    def __init__(self, bot: TalksBot) -> None:
        self.bot = bot

    def choices(self, kind: OptionKind, typed: str = "", most: int = MOST) -> list[Choice]:
        """At most `most` choices for an option of a kind, the likeliest first; without `typed`, the usual ones."""
        typed = readable(typed[:LONGEST]).strip()
        try:
            with self.bot.store.snapshot():
                return self._choices(kind, typed, most, Look(self.bot.store, self.bot.settings.default_talks))
        except Spent:
            return []

    def _choices(self, kind: OptionKind, typed: str, most: int, look: Look) -> list[Choice]:
        if kind == "round":
            return self._rounds(typed, look, most)
        if kind in ("actor", "topic"):
            ids = self._named(kind, typed) if norm(typed) else self._usual(kind, look, most)
            return self._shown(kind, ids[:most], look)
        return []

    def _rounds(self, typed: str, look: Look, most: int) -> list[Choice]:
        latest = look.store.rounds.edge(look.default, last=True)
        if latest is None:
            return []
        if not norm(typed):
            numbers = range(latest.number, max(latest.number - most, 0), -1)
            return [_round(one, look) for one in reversed(look.store.rounds.of(look.default, numbers=numbers))]
        if typed.isdecimal():
            like = [number for number in range(1, latest.number + 1) if str(number).startswith(typed)][:most]
            return [_round(one, look) for one in look.store.rounds.of(look.default, numbers=like)]
        return [_round(one, look) for one in self._rounds_said(typed, look)[-most:][::-1]]

    def _rounds_said(self, typed: str, look: Look) -> list[Round]:
        """Rounds by what was said of them so far: a place, a month, "latest"."""
        spans = self.bot.reader.linker.link(typed).spans
        places = [name.id for span in spans for name in span.names if name.kind == "place"]
        talks = next((name.id for span in spans for name in span.names if name.kind == "talks"), "")
        places += [one for kind, one in look.store.names.starting(norm(typed), ("place",), CANDIDATES) if kind == "place"]
        question = Question(
            "card",
            rounds=tuple(span.rounds for span in spans if span.rounds),
            period=next((span.period for span in spans if span.period), None),
            places=tuple(dict.fromkeys(places)),
            talks=talks,
        )
        if talks and not (question.rounds or question.period or question.places):
            return look.store.rounds.of(talks)
        return look.rounds(question).rounds

    def _usual(self, kind: OptionKind, look: Look, most: int) -> list[str]:
        wanted = StatementFilter(talks=look.default)
        counts = look.store.statements.by_speaker(wanted, most) if kind == "actor" else look.store.statements.by_topic(wanted)
        return [one for one, _ in counts[:most]]

    def _named(self, kind: OptionKind, typed: str) -> list[str]:
        """Ids of facts of a kind with a name like what is typed, whose last word may be unfinished."""
        store, form = self.bot.store, norm(typed)
        found = {one for _, one in store.names.starting(form, (kind,), CANDIDATES)}
        found |= {one for _, one in store.names.with_words(form.split(), (kind,), CANDIDATES)}
        if not found and len(form) > 3 and " " not in form:
            near = (
                {word for _, word in store.names.near_words(slips(form))}
                if len(form) <= store.names.longest_word() + SPARE
                else set()
            )
            found = {one for word in near for _, one in store.names.with_words([word], (kind,), CANDIDATES)}
        best: dict[str, float] = {}
        for name in store.names.of(kind, found):
            if name.sort != "role":
                best[name.id] = max(best.get(name.id, 0.0), _likeness(form, name.norm))
        return sorted(best, key=lambda one: (-best[one], one))

    def _shown(self, kind: OptionKind, ids: Sequence[str], look: Look) -> list[Choice]:
        if kind == "topic":
            topics = look.store.topics.by_id(ids)
            return [Choice(topics[one].name, topics[one].name, one) for one in ids if one in topics]
        known = look.actors(ids)
        return [Choice(wording.with_side(known[one], known, start=True), known[one].name, one) for one in ids if one in known]


def _round(found: Round, look: Look) -> Choice:
    other = "" if found.talks == look.default else f"{look.talks[found.talks].name} "
    place = f" · {found.city}" if found.city else ""
    label = f"{other}{found.number} · {wording.month(found.starts)}{place}"
    return Choice(label, f"{other}round {found.number}", found.key)


def _likeness(typed: str, name: str) -> float:
    if name == typed:
        return 3.0
    if name.startswith(typed):
        return 2.0 + len(typed) / len(name)
    if f" {typed}" in name:
        return 1.0 + len(typed) / len(name)
    return float(max(fuzz.ratio(typed, word) for word in (name, *name.split()))) / 100
