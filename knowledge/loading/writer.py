"""The only door through which the facts are written: one transaction, the rows of packs, the record of loads."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from knowledge.loading.derived import Derived
from knowledge.packs.fields import references
from knowledge.schema import migrate, migrations
from knowledge.store import troubles
from knowledge.store.connection import BUSY_MS, json_list


@dataclass(frozen=True, slots=True)
class Change:
    """A row of a pack that a load adds (`before` is None), changes, or removes (`after` is None)."""

    kind: str
    key: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class LoadRecord:
    """An entry of the record of loads."""

    number: int
    at: str
    who: str
    origin: str
    pack: str
    file: str
    digest: str
    added: int
    changed: int
    gone: int
    undoes: int | None
    undone_by: int | None


class FactWriter:
    """Changes facts; the only door through which the tables are written."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        connection.execute(f"PRAGMA busy_timeout={BUSY_MS}")
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.execute("PRAGMA foreign_keys=ON")
        self._connection = connection
        if migrations.pending(Database(connection)):
            self._migrate()
        for _ in range(BUSY_MS // 50):
            try:
                connection.execute("PRAGMA journal_mode=WAL")
                break
            except sqlite3.OperationalError:
                time.sleep(0.05)

    def _migrate(self) -> None:
        # Processes that start at the same moment migrate one after the other; who only looks things up waits for nobody.
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            migrate(Database(self._connection))
            self._connection.execute("COMMIT")
        finally:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")

    def close(self) -> None:
        """Closes the file."""
        self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """One writer at a time; all or nothing. Foreign keys are checked at the end, so rows may come in any order."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            self._connection.execute("PRAGMA defer_foreign_keys=ON")
            yield
            self._connection.execute("COMMIT")
        finally:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")

    def _rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        return self._connection.execute(sql, values).fetchall()

    def pack_rows(self, pack: str) -> dict[tuple[str, str], str]:
        """(kind, key) → body of all rows of a pack, its head (kind "pack") included."""
        rows = self._rows("SELECT kind, key, body FROM pack_rows WHERE pack = ?", pack)
        return {(kind, key): body for kind, key, body in rows}

    def packs(self) -> dict[str, dict[str, Any]]:
        """The heads of all packs, in the order they were first loaded."""
        rows = self._rows("SELECT pack, body FROM pack_rows WHERE kind = 'pack' ORDER BY json_extract(body, '$.rank')")
        return {pack: json.loads(body) for pack, body in rows}

    def described(self, kind: str, keys: Iterable[str]) -> dict[str, list[tuple[str, str]]]:
        """key → [(pack, body)] of the rows with these keys, in the order the packs were first loaded."""
        sql = """SELECT p.key, p.pack, p.body FROM pack_rows p
            JOIN pack_rows h ON h.pack = p.pack AND h.kind = 'pack' AND h.key = p.pack
            WHERE p.kind = ? AND p.key IN (SELECT value FROM json_each(?)) ORDER BY json_extract(h.body, '$.rank')"""
        found: dict[str, list[tuple[str, str]]] = {}
        for key, pack, body in self._rows(sql, kind, json_list(keys)):
            found.setdefault(key, []).append((pack, body))
        return found

    def retractions(self, kind: str, keys: Iterable[str]) -> dict[str, list[str]]:
        """key → packs that take back the rows of other packs with this key."""
        found: dict[str, list[str]] = {}
        sql = "SELECT key, pack FROM pack_rows WHERE kind = 'retract' AND key IN (SELECT value FROM json_each(?))"
        for key, pack in self._rows(sql, json_list(f"{kind} {key}" for key in keys)):
            found.setdefault(key.split(" ", 1)[1], []).append(pack)
        return found

    def backup(self, path: Path) -> None:
        """Copies the whole file to another while it is in use. Raises sqlite3.Error."""
        target = sqlite3.connect(path)
        try:
            self._connection.backup(target)
            # A copy is one file: no write-ahead log beside it.
            target.execute("PRAGMA journal_mode=DELETE")
        finally:
            target.close()

    def restore(self, path: Path) -> None:
        """Replaces everything by what stands in another file, in one step that readers see whole. Raises sqlite3.Error."""
        source = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
        try:
            source.backup(self._connection)
        finally:
            source.close()
        self._connection.execute("PRAGMA journal_mode=WAL")

    def shared_names(self) -> list[tuple[str, str, str]]:
        """(folded name, kind, ids) of names that several facts of a kind bear."""
        sql = """SELECT norm, kind, group_concat(id, ', ') FROM (
                SELECT DISTINCT norm, kind, id FROM names WHERE sort IN ('name', 'alias', 'person') ORDER BY id)
            GROUP BY norm, kind HAVING count(*) > 1 ORDER BY norm"""
        return [(row[0], row[1], row[2]) for row in self._rows(sql)]

    def single_word_names(self) -> list[tuple[str, str, str, str]]:
        """(folded name, kind, id, as written) of all names of one word."""
        sql = """SELECT norm, kind, id, shown FROM names WHERE instr(norm, ' ') = 0
            AND sort IN ('name', 'alias', 'person') AND kind IN ('actor', 'topic', 'talks') ORDER BY norm, id"""
        return [(row[0], row[1], row[2], row[3]) for row in self._rows(sql)]

    def shared_urls(self) -> list[tuple[str, str]]:
        """(address, ids) of addresses that several sources have."""
        sql = "SELECT url, group_concat(id, ', ') FROM sources WHERE url IS NOT NULL GROUP BY url HAVING count(*) > 1"
        return [(row[0], row[1]) for row in self._rows(sql)]

    def unreachable(self) -> list[tuple[str, str]]:
        """(kind, key) of rows that no question can reach: sources and topics that no fact names."""
        sql = """SELECT 'source', id FROM sources WHERE id NOT IN (SELECT source FROM fact_sources)
            UNION ALL SELECT 'topic', id FROM topics WHERE id NOT IN (SELECT topic FROM statement_about)
                AND id NOT IN (SELECT topic FROM event_about)"""
        return [(row[0], row[1]) for row in self._rows(sql)]

    def statement_texts(self) -> Iterator[tuple[str, str, str]]:
        """(id, act, text) of all statements."""
        yield from self._connection.execute("SELECT id, act, text FROM statements ORDER BY id")

    def troubles(self) -> list[str]:
        """What SQLite finds wrong with the file."""
        return troubles(self._connection)

    def pending_migrations(self) -> list[str]:
        """Names of migrations that were not applied."""
        return [migration.name for migration in migrations.pending(Database(self._connection))]

    def keys(self, kind: str) -> list[str]:
        """All keys of a kind, for naming the nearest to a wrong one."""
        return [row[0] for row in self._rows("SELECT DISTINCT key FROM pack_rows WHERE kind = ?", kind)]

    def referrers(self, kind: str, key: str) -> list[tuple[str, str, str]]:
        """(pack, kind, key) of the rows that refer to a fact."""
        queries = {
            "source": ("SELECT kind, key FROM fact_sources WHERE source = ?",),
            "actor": (
                "SELECT 'actor', id FROM actors WHERE affiliation = ?",
                "SELECT 'actor', actor FROM actor_members WHERE member = ?",
                "SELECT 'attendance', key FROM attendance WHERE actor = ?",
                "SELECT 'attendance', attendance FROM attendance_people WHERE person = ?",
                "SELECT 'statement', id FROM statements WHERE speaker = ?",
                "SELECT 'statement', statement FROM statement_to WHERE actor = ?",
            ),
            "topic": (
                "SELECT 'statement', statement FROM statement_about WHERE topic = ?",
                "SELECT 'event', event FROM event_about WHERE topic = ?",
            ),
            "talks": ("SELECT 'round', key FROM rounds WHERE talks = ?",),
            "round": (
                "SELECT 'attendance', key FROM attendance WHERE round = ?",
                "SELECT 'statement', id FROM statements WHERE round = ?",
            ),
        }
        found = []
        for sql in queries.get(kind, ()):
            for other_kind, other_key in self._rows(sql, key):
                for pack, body in self.described(other_kind, [other_key]).get(other_key, ()):
                    if (kind, key) in references(other_kind, json.loads(body)):
                        found.append((pack, other_kind, other_key))
        return list(dict.fromkeys(found))

    def history(self) -> list[LoadRecord]:
        """All loads, newest first."""
        sql = """SELECT l.*, (SELECT max(u.number) FROM loads u WHERE u.undoes = l.number) FROM loads l ORDER BY number DESC"""
        return [LoadRecord(*row) for row in self._rows(sql)]

    def load_changes(self, number: int) -> list[Change]:
        """What a load changed."""
        sql = "SELECT kind, key, before, after FROM load_changes WHERE load = ? ORDER BY kind, key"
        return [Change(*row) for row in self._rows(sql, number)]

    def later_change(self, number: int, pack: str, kind: str, key: str) -> int | None:
        """The newest load after `number` that touched a row."""
        sql = "SELECT max(load) FROM load_changes WHERE pack = ? AND kind = ? AND key = ? AND load > ?"
        found = self._rows(sql, pack, kind, key, number)[0][0]
        return None if found is None else int(found)

    def owners_of_url(self, urls: Iterable[str]) -> dict[str, list[str]]:
        """address → ids of the sources that have it."""
        found: dict[str, list[str]] = {}
        sql = "SELECT url, id FROM sources WHERE url IN (SELECT value FROM json_each(?))"
        for url, source in self._rows(sql, json_list(urls)):
            found.setdefault(url, []).append(source)
        return found

    def name_owners(self, norms: Iterable[str]) -> dict[str, list[tuple[str, str]]]:
        """folded name → (kind, id) of the facts that bear it as name or alias."""
        found: dict[str, list[tuple[str, str]]] = {}
        sql = """SELECT DISTINCT norm, kind, id FROM names
            WHERE norm IN (SELECT value FROM json_each(?)) AND sort IN ('name', 'alias', 'person')"""
        for phrase, kind, key in self._rows(sql, json_list(norms)):
            found.setdefault(phrase, []).append((kind, key))
        return found

    def record(
        self,
        at: str,
        who: str,
        origin: str,
        pack: str,
        file: str,
        digest: str,
        counts: Sequence[int],
        undoes: int | None,
    ) -> int:
        """Enters a load in the record; `counts` are added, changed, gone. Returns its number."""
        cursor = self._connection.execute(
            """INSERT INTO loads (at, who, origin, pack, file, digest, added, changed, gone, undoes)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
            (at, who, origin, pack, file, digest, *counts, undoes),
        )
        return int(cursor.lastrowid or 0)

    def apply(
        self,
        load: int,
        pack: str,
        changes: Sequence[Change],
        progress: Callable[[int, int], None] | None = None,
    ) -> None:
        """Writes the changed rows of a pack and what follows from them; to be called inside `transaction`.

        `progress` is told (rows done, rows in all).
        """
        self._connection.executemany(
            "INSERT INTO load_changes (load, pack, kind, key, before, after) VALUES (?, ?, ?, ?, ?, ?)",
            [(load, pack, c.kind, c.key, c.before, c.after) for c in changes],
        )
        self._connection.executemany(
            "DELETE FROM pack_rows WHERE pack = ? AND kind = ? AND key = ?",
            [(pack, c.kind, c.key) for c in changes if c.after is None],
        )
        self._connection.executemany(
            "INSERT OR REPLACE INTO pack_rows (pack, kind, key, body) VALUES (?, ?, ?, ?)",
            [(pack, c.kind, c.key, c.after) for c in changes if c.after is not None],
        )
        Derived(self, pack, changes, progress).make()
