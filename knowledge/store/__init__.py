"""Reads facts: FactStore has a part for each sort of look-up. The SQL over facts that answers ask is here and nowhere else."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from knowledge.budget import Budget
from knowledge.schema import table_names
from knowledge.store.actors import Actors
from knowledge.store.attendance import Attendances
from knowledge.store.catalogue import Events, Series, Sources, Topics
from knowledge.store.connection import Reader
from knowledge.store.names import CROWD, Named, Names
from knowledge.store.rounds import Rounds
from knowledge.store.statements import COUNTED, NEWEST, StatementFilter, Statements

__all__ = ["COUNTED", "CROWD", "NEWEST", "FactStore", "Named", "StatementFilter"]
_V = TypeVar("_V")
WARM = 1_000
"""How many facts of a sort are read before anybody asks."""


class FactStore:
    """The facts, read-only, by parts: `store.rounds.edge(…)`. Lists come in the order they are shown."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._reader = Reader(path)
        self.names = Names(self._reader)
        self.actors = Actors(self._reader)
        self.rounds = Rounds(self._reader)
        self.attendance = Attendances(self._reader)
        self.statements = Statements(self._reader)
        self.talks = Series(self._reader)
        self.topics = Topics(self._reader)
        self.events = Events(self._reader)
        self.sources = Sources(self._reader)

    @property
    def budget(self) -> Budget:
        """What the question under way may still cost."""
        return self._reader.budget

    def close(self) -> None:
        """Closes the file."""
        self._reader.close()

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """All look-ups inside see the same facts and are one question's, with its budget. Raises Spent when that is used up."""
        with self._reader.snapshot():
            yield

    @contextmanager
    def traced(self) -> Iterator[list[str]]:
        """Collects the SQL of the statements that run inside, with their values."""
        with self._reader.traced() as ran:
            yield ran

    def forget(self) -> None:
        """Forgets what look-ups found: each is made anew."""
        self._reader.forget()

    def linked(self, key: Hashable, find: Callable[[], _V]) -> _V:
        """What a text means, found once for as long as the names are what they are: many people ask the same."""
        return self._reader.kept.one("links", key, find)

    def warm(self) -> None:
        """Reads what most answers name, as far as it is kept, so that the first to ask does not wait for it."""
        with self.snapshot():
            self.talks.all()
            for read, table, key in (
                (self.actors.by_id, "actors", "id"),
                (self.sources.by_id, "sources", "id"),
                (self.topics.by_id, "topics", "id"),
                (self.rounds.by_key, "rounds", "key"),
            ):
                read(row[0] for row in self._reader.connection.execute(f"SELECT {key} FROM {table} LIMIT {WARM}"))

    def troubles(self) -> list[str]:
        """What SQLite finds wrong with the file."""
        return troubles(self._reader.connection)

    def lacking(self) -> list[str]:
        """Tables of a store of facts that the file has not."""
        have = {row[0] for row in self._reader.connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        return sorted(table_names() - have)

    def counts(self) -> dict[str, int]:
        """How many facts of each kind are recorded."""
        tables = ("sources", "actors", "topics", "talks", "rounds", "attendance", "statements", "events")
        return {table: self._reader.connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables}


def troubles(connection: sqlite3.Connection) -> list[str]:
    """Damage, and references that lead nowhere."""
    found = [str(row[0]) for row in connection.execute("PRAGMA integrity_check") if row[0] != "ok"]
    for table, rowid, parent, _ in connection.execute("PRAGMA foreign_key_check"):
        found.append(f"{table} row {rowid} refers to a missing row of {parent}")
    return found
