"""Packs of made-up talks: a world of states, bodies and topics, and series of talks with rounds of their own.

A series brings what a real one does (the bundled pack has much the same shares): about 5,000 facts, of them 16% sources, 4%
persons, 16% attendance, 60% statements; its persons, groups and some topics are its own, states and common topics the world's.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from knowledge.facts import ACTS
from tests.scale.names import Names

A_SERIES = 5_000
ROUNDS, PERSONS, SOURCES, TOPICS, EVENTS, DELEGATIONS = 25, 200, 800, 8, 25, 32
Rows = dict[str, list[dict[str, Any]]]
_OFFICES = ("foreign minister", "deputy foreign minister", "special envoy", "ambassador", "chief negotiator")
_MATTERS = (
    "ceasefire observers", "border crossings", "prisoner lists", "fishing rights", "water shares", "mine clearance",
    "reconstruction funds", "refugee camps", "grain transport", "air corridors", "sanctions relief", "police training",
)  # fmt: skip
_SAYS = {
    "asked": "to take part in {}", "said": "that {} must be settled first", "proposed": "a joint body for {}",
    "agreed": "to go on with {}", "rejected": "every condition on {}", "condemned": "the breaches of {}",
    "hoped": "that {} will not be forgotten", "warned": "that {} may fail", "announced": "a plan for {}",
    "accused": "of holding up {}", "refused": "to speak about {}",
}  # fmt: skip


class World:
    """All that is made up, for a number of facts; the same number and seed make the same."""

    def __init__(self, facts: int, seed: int = 7) -> None:
        self.facts = facts
        self.names = Names(seed)
        self.random = self.names.random
        self.series = max(1, facts // A_SERIES)
        persons = self.series * PERSONS
        self.given = self.names.words(60 + int(6 * persons**0.5), 2)
        self.families = self.names.words(150 + int(25 * persons**0.5), 3)
        self.towns = self.names.words(20 + 4 * self.series, 2)
        self.states = self.names.words(min(190, 40 + self.series), 3)
        self.persons: list[tuple[str, str]] = []
        self.talks: list[tuple[str, str]] = []
        self.topics: list[tuple[str, str]] = []

    def state(self, at: int) -> str:
        """The id of a state."""
        return f"state-{self.states[at].lower()}"

    @cached_property
    def common_topics(self) -> list[str]:
        """Ids of the topics of all talks."""
        return [f"matter-{one.replace(' ', '-')}" for one in _MATTERS]

    def packs(self) -> Iterator[tuple[str, Rows]]:
        """(id, sections) of all packs: the world's, then one for each series."""
        yield "world", self._world()
        share = max(1_000, self.facts // self.series)
        for number in range(self.series):
            yield f"series-{number}", self._series(number, share)

    def _world(self) -> Rows:
        actors = [
            {"id": self.state(at), "kind": "state", "name": name, "demonym": f"{name}ian",
             "aliases": list({self.names.spelling(name)} - {name})}
            for at, name in enumerate(self.states)
        ]  # fmt: skip
        for number in range(10 + self.series // 5):
            name = f"{self.names.word(2)} {self.random.choice(('League', 'Union', 'Council', 'Pact'))}"
            members = [self.state(at) for at in self.random.sample(range(len(self.states)), 3)]
            actors.append({"id": f"bloc-{number}", "kind": "bloc", "name": name, "members": members})
        topics = [{"id": key, "name": name} for key, name in zip(self.common_topics, _MATTERS, strict=True)]
        self.topics += [(key, name) for key, name in zip(self.common_topics, _MATTERS, strict=True)]
        return {"actors": actors, "topics": topics}

    def _series(self, number: int, share: int) -> Rows:
        self.here = f"t{number}"
        self.began = date(1990, 1, 1) + timedelta(days=self.random.randrange(9_000))
        town = self.towns[number % len(self.towns)]
        self.rounds = [f"{self.here}/{at}" for at in range(1, ROUNDS + 1)]
        self.sources = [f"{self.here}-source-{at}" for at in range(SOURCES * share // A_SERIES)]
        name = f"{self.names.word(3)} talks"
        self.talks.append((self.here, name))
        parties = self.random.sample(range(len(self.states)), min(DELEGATIONS, len(self.states)))
        self.parties = [self.state(at) for at in parties]
        persons = self._persons(PERSONS * share // A_SERIES)
        groups = self._groups()
        self.speakers = [one["id"] for one in persons] + [one["id"] for one in groups]
        topics = self._topics()
        self.about = [*self.common_topics, *(one["id"] for one in topics)]
        rows: Rows = {
            "sources": [
                {"id": one, "publisher": f"{town} Post", "title": f"Report {at} on the {name}", "url": f"https://example.org/{one}"}
                for at, one in enumerate(self.sources)
            ],
            "actors": [*groups, *persons],
            "topics": topics,
            "talks": [{"id": self.here, "name": name, "summary": f"Made-up talks held in {town}", "sources": self._cite()}],
            "rounds": [self._round(at) for at in range(1, ROUNDS + 1)],
            "attendance": self._attendance(),
            "events": [self._event(at) for at in range(EVENTS * share // A_SERIES)],
        }  # fmt: skip
        left = share - sum(map(len, rows.values()))
        rows["statements"] = [self._statement(at) for at in range(left)]
        return rows

    def _cite(self) -> list[str]:
        return [self.random.choice(self.sources)]

    def _persons(self, count: int) -> list[dict[str, Any]]:
        found = []
        for at in range(count):
            name = f"{self.names.common(self.given)} {self.names.common(self.families)}"
            state = self.random.choice(self.parties)
            other = self.names.spelling(name)
            person = {"id": f"{self.here}-p{at}", "kind": "person", "name": name, "affiliation": state,
                      "role": f"{self.states_name(state)} {self.random.choice(_OFFICES)}", "sources": self._cite()}  # fmt: skip
            found.append(person | ({"aliases": [other]} if other != name else {}))
            self.persons.append((f"{self.here}-p{at}", name))
        return found

    def states_name(self, state: str) -> str:
        """The name of a state."""
        return state.removeprefix("state-").capitalize()

    def _groups(self) -> list[dict[str, Any]]:
        found = []
        for at in range(8):
            words = [self.names.word(2), self.random.choice(("Liberation", "People's", "National")), "Front"]
            short = "".join(word[0] for word in words) + self.random.choice("ABCDEFGH")
            found.append({"id": f"{self.here}-g{at}", "kind": "armed-group", "name": " ".join(words), "aliases": [short]})
        return found

    def _topics(self) -> list[dict[str, Any]]:
        found = []
        for at in range(TOPICS):
            name = f"{self.names.word(2)} {self.random.choice(('dam', 'corridor', 'province', 'accord', 'ceasefire'))}"
            found.append({"id": f"{self.here}-topic-{at}", "name": name})
            self.topics.append((found[-1]["id"], name))
        return found

    def _day(self, number: int) -> date:
        return self.began + timedelta(days=100 * number)

    def _round(self, number: int) -> dict[str, Any]:
        starts = self._day(number)
        return {"talks": self.here, "number": number, "starts": starts.isoformat(), "ends": (starts + timedelta(1)).isoformat(),
                "city": self.towns[int(self.here[1:]) % len(self.towns)], "country": self.states_name(self.parties[0]),
                "sources": self._cite()}  # fmt: skip

    def _attendance(self) -> list[dict[str, Any]]:
        found = []
        for one in self.rounds:
            for at, party in enumerate(self.parties):
                role = "guarantor" if at < 3 else "party" if at < 20 else "observer"
                status = self.random.choice(("attended",) * 8 + ("absent", "declined"))
                row = {"round": one, "actor": party, "role": role, "status": status, "sources": self._cite()}
                if status == "attended" and self.random.random() < 0.5:
                    row["head"] = self.random.choice(self.speakers[:-8])
                found.append(row)
        return found

    def _event(self, at: int) -> dict[str, Any]:
        return {"id": f"{self.here}-e{at}", "date": self._day(at).isoformat(), "name": f"{self.names.word(2)} incident",
                "text": "Shots were fired", "about": [self.random.choice(self.about)], "sources": self._cite()}  # fmt: skip

    def _statement(self, at: int) -> dict[str, Any]:
        number = self.random.randrange(1, ROUNDS + 1)
        act = self.random.choice(ACTS)
        topic = self.random.choice(self.about)
        matter = topic.split("-", 1)[1].replace("-", " ")
        speaker = self.random.choice(self.parties if self.random.random() < 0.4 else self.speakers)
        row = {"id": f"{self.here}-s{at}", "round": f"{self.here}/{number}", "date": self._day(number).isoformat(),
               "speaker": speaker, "act": act, "about": [topic],
               "text": f"{_SAYS[act].format(matter)}, point {at} of the paper", "sources": self._cite()}  # fmt: skip
        if self.random.random() < 0.2:
            row["text"] += f", whatever {self.states_name(self.random.choice(self.parties))} may think"
        if act in ("asked", "accused", "warned") or self.random.random() < 0.2:
            row["to"] = [self.random.choice(self.parties)]
        return row
