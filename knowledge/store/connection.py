"""The file of the facts, read-only: snapshots, traces, the budget of a question, what is kept while the facts stay."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TypeVar

from knowledge.budget import INSTRUCTIONS, Budget, Spent
from knowledge.cache import Cache, F, fact_of

_V = TypeVar("_V")
BUSY_MS = 10_000
CACHE_KB = 32_000
"""How much of a large file a reader keeps in memory at most."""
MAPPED = 1 << 31
"""How much of a file is read as memory, without a copy of what the system has of it already; the system takes the pages back
when others need them."""
COUNTED_AT = 100
"""After how many steps of a statement its budget is looked at."""


def json_list(values: Iterable[object]) -> str:
    """Values as the parameter that json_each reads."""
    return json.dumps(list(values))


def day(value: date | str) -> str:
    """A day as it stands in the tables."""
    return value if isinstance(value, str) else value.isoformat()


class Reader:
    """The file, opened read-only, with what look-ups found kept while the facts are what they are."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.connection = sqlite3.connect(
            f"{path.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None, check_same_thread=False
        )
        self.connection.execute(f"PRAGMA busy_timeout={BUSY_MS}")
        self.connection.execute("PRAGMA query_only=1")
        self.connection.execute(f"PRAGMA cache_size=-{CACHE_KB}")
        self.connection.execute(f"PRAGMA mmap_size={MAPPED}")
        self.kept = Cache()
        self.budget = Budget()
        self.connection.set_progress_handler(self._worked, COUNTED_AT * INSTRUCTIONS)

    def close(self) -> None:
        """Closes the file."""
        self.connection.close()

    def _worked(self) -> int:
        """Told every COUNTED_AT steps of a statement; whether it is to end because its question has no more of them."""
        try:
            self.budget.look(COUNTED_AT)
        except Spent:
            return 1
        return 0

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """All look-ups inside see the same facts, whatever is loaded meanwhile; what was found is kept until others are.

        What is done inside is one question's, with its budget. Raises Spent when that is used up.
        """
        self.connection.execute("BEGIN")
        try:
            # The first look at the file, which settles the state that is seen; the number tells of commits by others.
            self.kept.see(self.connection.execute("PRAGMA data_version").fetchone()[0])
            self.kept.open = True
            self.budget.start()
            yield
        except sqlite3.OperationalError as error:
            if self.budget.spent:
                raise Spent from error
            raise
        finally:
            self.budget.end()
            self.kept.open = False
            self.connection.execute("COMMIT")

    def forget(self) -> None:
        """Forgets what look-ups found: each is made anew."""
        self.kept.forget()

    @contextmanager
    def traced(self) -> Iterator[list[str]]:
        """Collects the SQL of the statements that run inside, with their values."""
        ran: list[str] = []
        # What full-text search runs within a statement comes as comments; the pragma is snapshot's.
        self.connection.set_trace_callback(lambda sql: None if sql.startswith(("--", "PRAGMA")) else ran.append(sql))
        try:
            yield ran
        finally:
            self.connection.set_trace_callback(None)


class Part:
    """A part of the store: look-ups of one sort, on the reader that all parts share."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._kept = reader.kept
        self._run = reader.connection.execute

    def _all(self, kind: type[F], sql: str, *values: object) -> list[F]:
        found = [fact_of(kind, row[0]) for row in self._run(sql, values)]
        self._reader.budget.look(len(found))
        return found

    def _by_id(self, kind: type[F], sql: str, ids: Iterable[str]) -> dict[str, F]:
        """Facts by key, in the order of their keys; `sql` selects bodies by a list of keys."""
        return self._kept.many(kind.__name__, ids, lambda keys: {one.key: one for one in self._all(kind, sql, json_list(keys))})
