"""Judges answers to the questions of a set: what must be in them, what may be, and what may not."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.dialogue.service import TalksBot
from bot.telling.answer import Answer, whole_text
from knowledge.loading.plans import bundled_pack

FOLDER = Path(__file__).parent
MISSING = STRAY = 0.1
Fact = tuple[str, str]


@dataclass(frozen=True)
class Asked:
    """A question of a set: its turns (the last is judged), its family, and what is expected."""

    id: str
    family: str
    turns: tuple[str, ...]
    expect: dict[str, Any]

    @property
    def unanswerable(self) -> bool:
        """Whether it must not be answered from facts."""
        return "answered" not in _list(self.expect.get("status", "answered"))


def _list(value: Any) -> list[Any]:
    return [] if value is None else value if isinstance(value, list) else [value]


def questions(name: str) -> Iterator[Asked]:
    """The questions of tests/questions/<name>.yaml."""
    yield from questions_in(FOLDER / f"{name}.yaml")


def questions_in(path: Path) -> Iterator[Asked]:
    """The questions of a file."""
    for row in yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader):
        yield Asked(row["id"], row.get("family", ""), tuple(row.get("turns") or [row["ask"]]), row["expect"])


class Rows:
    """The rows of the bundled pack, for selecting the facts that a question asks for."""

    def __init__(self) -> None:
        self.rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for row in bundled_pack().rows:
            self.rows[row.kind].append({**row.body, "key": row.key})
        self.actors = {row["id"]: row for row in self.rows["actor"]}

    def voices(self, actor: str, wide: bool) -> set[str]:
        """All whose words are this actor's; `wide` with the blocs that it is a member of."""
        found = {actor}
        while more := {row["id"] for row in self.actors.values() if row.get("affiliation") in found} - found:
            found |= more
        if wide:
            found |= {row["id"] for row in self.actors.values() if row["kind"] == "bloc" and actor in row.get("members", ())}
        return found

    def select(self, wanted: dict[str, Any]) -> set[Fact]:
        """The facts that a selection names. Raises ValueError when there is none."""
        kind = wanted["kind"]
        rows = self.rows[kind]
        for name, value in wanted.items():
            plain = name.removesuffix("_wide")
            if name == "kind":
                continue
            if plain in ("speaker", "to"):
                allowed = set().union(*(self.voices(one, name != plain) for one in _list(value)))
                rows = [row for row in rows if allowed & set(_list(row.get(plain)))]
            elif name in ("about", "members"):
                rows = [row for row in rows if set(_list(row.get(name))) & set(_list(value))]
            else:
                rows = [row for row in rows if str(row.get(name)) in {str(one) for one in _list(value)}]
        if not rows:
            raise ValueError(f"no row of the bundled pack fits {wanted}")
        return {(kind, row["key"]) for row in rows}

    def all_of(self, selections: list[dict[str, Any]] | None) -> set[Fact]:
        """The facts that any of the selections names."""
        return set().union(*(self.select(one) for one in selections or ()))


def ask(bot: TalksBot, asked: Asked) -> Answer:
    """Asks all turns in a chat of their own; the last answer."""
    chat = f"question {asked.id}"
    bot.conversations.forget(chat)
    answers = [bot.ask(chat, turn) for turn in asked.turns]
    return answers[-1]


def fault(rows: Rows, asked: Asked, answer: Answer) -> str:
    """Why an answer falls short, or an empty text."""
    expect = asked.expect
    statuses = _list(expect.get("status", "answered"))
    if answer.status not in statuses:
        return f"status {answer.status}, not {'/'.join(statuses)}"
    if "verdict" in expect and answer.verdict != expect["verdict"]:
        return f"verdict {answer.verdict}, not {expect['verdict']}"
    wanted = rows.all_of(expect.get("facts"))
    if wanted:
        kinds = {kind for kind, _ in wanted}
        have = {(fact.KIND, fact.key) for fact in answer.facts if fact.KIND in kinds}
        stray = have - wanted - rows.all_of(expect.get("allow"))
        if len(wanted - have) > MISSING * len(wanted):
            return f"{len(wanted - have)} of {len(wanted)} facts missing"
        if len(stray) > STRAY * len(have):
            return f"{len(stray)} facts that were not asked for"
    text = whole_text(answer)
    lacking = [pattern for pattern in _list(expect.get("text")) if not re.search(pattern, text, re.IGNORECASE)]
    wrong = [pattern for pattern in _list(expect.get("not_text")) if re.search(pattern, text, re.IGNORECASE)]
    return f"text lacks {lacking}" if lacking else f"text has {wrong}" if wrong else ""
