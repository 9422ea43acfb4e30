"""What the bot must remember that is no fact: meanings of buttons, questions asked in vain, admins, previews, dialogues.

A SQLite file of its own beside the facts; the only SQL over it. What is to be kept waits in memory until `flush`, so that it
is written after the answer went out, many at a time.
"""

from __future__ import annotations

import json
import sqlite3
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from sqlite_utils import Database, Migrations

from knowledge.text import norm

BUSY_MS = 5_000
DAY = 86_400
DIALOGUE_SECONDS = 900
REFUSED_DAYS = 90
REFUSED_KEPT = 5_000
GAPS_KEPT = 5_000
GapKind = Literal["unknown", "reported"]
migrations = Migrations("talks-bot-state")


@migrations()
def create_state(db: Database) -> None:
    """The first version of the file."""
    for statement in (
        "CREATE TABLE notes (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID",
        "CREATE TABLE records (key TEXT PRIMARY KEY, at INTEGER NOT NULL, body TEXT NOT NULL) STRICT, WITHOUT ROWID",
        "CREATE INDEX records_by_time ON records (at)",
        """CREATE TABLE gaps (
            kind TEXT NOT NULL, norm TEXT NOT NULL, text TEXT NOT NULL, answer TEXT NOT NULL, count INTEGER NOT NULL,
            last INTEGER NOT NULL, PRIMARY KEY (kind, norm)) STRICT, WITHOUT ROWID""",
        "CREATE INDEX gaps_by_count ON gaps (count DESC, last DESC)",
    ):
        db.execute(statement)


@migrations()
def administration(db: Database) -> None:
    """Admins, what was done and refused, previews that wait for a yes, dialogues under way."""
    for statement in (
        """CREATE TABLE admins (platform TEXT NOT NULL, user TEXT NOT NULL, name TEXT NOT NULL, granted_by TEXT NOT NULL,
            at INTEGER NOT NULL, PRIMARY KEY (platform, user)) STRICT, WITHOUT ROWID""",
        """CREATE TABLE actions (number INTEGER PRIMARY KEY, at INTEGER NOT NULL, who TEXT NOT NULL, place TEXT NOT NULL,
            action TEXT NOT NULL, refused INTEGER NOT NULL) STRICT""",
        """CREATE TABLE previews (key TEXT PRIMARY KEY, at INTEGER NOT NULL, who TEXT NOT NULL, body BLOB NOT NULL)
            STRICT, WITHOUT ROWID""",
        "CREATE TABLE dialogues (conversation TEXT PRIMARY KEY, at INTEGER NOT NULL, body TEXT NOT NULL) STRICT, WITHOUT ROWID",
        "CREATE TABLE not_ours (norm TEXT PRIMARY KEY) STRICT, WITHOUT ROWID",
    ):
        db.execute(statement)


@dataclass(frozen=True, slots=True)
class Admin:
    """Somebody who may change facts; `granted_by` is who said so."""

    platform: str
    user: str
    name: str
    granted_by: str


@dataclass(frozen=True, slots=True)
class Gap:
    """A question that was asked in vain, or whose answer somebody reported; `last` in seconds since 1970."""

    kind: GapKind
    text: str
    answer: str
    count: int
    last: int


class State:
    """Reads and writes the file. One thread at a time may use it."""

    def __init__(self, path: Path, clock: Callable[[], float] = time.time) -> None:
        self.path = path
        self._clock = clock
        path.parent.mkdir(parents=True, exist_ok=True)
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._connection.execute(f"PRAGMA busy_timeout={BUSY_MS}")
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=NORMAL")
        migrations.apply(Database(self._connection))
        path.chmod(0o600)
        self._waiting: dict[str, dict[str, Any]] = {}
        self._gaps: list[tuple[GapKind, str, str]] = []

    def close(self) -> None:
        """Writes what waits, and closes the file."""
        self.flush()
        self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def note(self, name: str) -> str:
        """A value kept under a name ("commands of telegram"), or ""."""
        row = self._connection.execute("SELECT value FROM notes WHERE name = ?", (name,)).fetchone()
        return str(row[0]) if row else ""

    def set_note(self, name: str, value: str) -> None:
        """Keeps a value under a name."""
        self._connection.execute("INSERT OR REPLACE INTO notes VALUES (?, ?)", (name, value))

    def keep(self, key: str, body: Mapping[str, Any]) -> None:
        """Keeps what the buttons of an answer mean under a key; on the disk after the next flush."""
        self._waiting[key] = dict(body)

    def kept(self, key: str) -> dict[str, Any] | None:
        """What was kept under a key, or None when it never was or is too old."""
        if key in self._waiting:
            return self._waiting[key]
        row = self._connection.execute("SELECT body FROM records WHERE key = ?", (key,)).fetchone()
        found: dict[str, Any] | None = json.loads(row[0]) if row else None
        return found

    def add_gap(self, kind: GapKind, text: str, answer: str = "") -> None:
        """Counts a question that was asked in vain, or reported with its answer; on the disk after the next flush."""
        self._gaps.append((kind, text, answer))

    def gaps(self, limit: int = 1_000) -> list[Gap]:
        """Questions asked in vain and reported answers, most frequent first."""
        self.flush()
        rows = self._connection.execute(
            "SELECT kind, text, answer, count, last FROM gaps ORDER BY count DESC, last DESC LIMIT ?", (limit,)
        )
        return [Gap(*row) for row in rows]

    def flush(self) -> None:
        """Writes what waits, in one transaction. Raises sqlite3.Error; what waited then waits on."""
        if not self._waiting and not self._gaps:
            return
        now = int(self._clock())
        records = [(key, now, json.dumps(body, ensure_ascii=False)) for key, body in self._waiting.items()]
        gaps = [(kind, norm(text) or text, text, answer, now) for kind, text, answer in self._gaps]
        with self.transaction():
            self._connection.executemany("INSERT OR REPLACE INTO records VALUES (?, ?, ?)", records)
            self._connection.executemany(
                """INSERT INTO gaps SELECT ?1, ?2, ?3, ?4, 1, ?5 WHERE ?2 NOT IN (SELECT norm FROM not_ours)
                ON CONFLICT (kind, norm) DO UPDATE SET count = count + 1, last = excluded.last, answer = excluded.answer""",
                gaps,
            )
        self._waiting.clear()
        self._gaps.clear()

    def drop_gap(self, text: str, for_good: bool) -> None:
        """Takes a question off the list; `for_good` when it is not ours, so that it is not kept again."""
        form = norm(text) or text
        with self.transaction():
            self._connection.execute("DELETE FROM gaps WHERE norm = ?", (form,))
            if for_good:
                self._connection.execute("INSERT OR IGNORE INTO not_ours VALUES (?)", (form,))

    def admins(self) -> list[Admin]:
        """Everybody who was granted to change facts, and not revoked."""
        rows = self._connection.execute("SELECT platform, user, name, granted_by FROM admins ORDER BY platform, at")
        return [Admin(*row) for row in rows]

    def is_admin(self, platform: str, user: str) -> bool:
        """Whether somebody was granted to change facts."""
        sql = "SELECT 1 FROM admins WHERE platform = ? AND user = ?"
        return self._connection.execute(sql, (platform, user)).fetchone() is not None

    def grant(self, admin: Admin) -> None:
        """Grants somebody to change facts."""
        values = (admin.platform, admin.user, admin.name, admin.granted_by, int(self._clock()))
        self._connection.execute("INSERT OR REPLACE INTO admins VALUES (?, ?, ?, ?, ?)", values)

    def revoke(self, platform: str, user: str) -> bool:
        """Takes it back; whether there was anything to take back."""
        sql = "DELETE FROM admins WHERE platform = ? AND user = ?"
        return self._connection.execute(sql, (platform, user)).rowcount > 0

    def record(self, who: str, place: str, action: str, refused: bool) -> None:
        """Records what somebody did, or tried and was refused."""
        values = (int(self._clock()), who, place, action[:500], int(refused))
        self._connection.execute("INSERT INTO actions (at, who, place, action, refused) VALUES (?, ?, ?, ?, ?)", values)

    def actions(self) -> list[tuple[str, str, str, bool]]:
        """(who, place, action, whether it was refused), oldest first."""
        rows = self._connection.execute("SELECT who, place, action, refused FROM actions ORDER BY number")
        return [(row[0], row[1], row[2], bool(row[3])) for row in rows]

    def keep_preview(self, key: str, who: str, body: Mapping[str, Any], age: int = 0) -> None:
        """Keeps what waits for somebody's yes; `age` in seconds when it was made before."""
        packed = zlib.compress(json.dumps(body, ensure_ascii=False).encode(), 1)
        values = (key, int(self._clock()) - age, who, packed)
        self._connection.execute("INSERT OR REPLACE INTO previews VALUES (?, ?, ?, ?)", values)

    def preview(self, key: str) -> tuple[int, str, dict[str, Any]] | None:
        """(seconds since it was made, whose it is, what was kept) of a preview."""
        row = self._connection.execute("SELECT at, who, body FROM previews WHERE key = ?", (key,)).fetchone()
        return (int(self._clock()) - row[0], row[1], json.loads(zlib.decompress(row[2]))) if row else None

    def take_preview(self, key: str) -> bool:
        """Takes a preview away; whether it was still there, so that of two presses one alone counts."""
        return self._connection.execute("DELETE FROM previews WHERE key = ?", (key,)).rowcount > 0

    def dialogue(self, conversation: str) -> dict[str, Any] | None:
        """How far somebody has got with filling in a form."""
        sql = "SELECT body FROM dialogues WHERE conversation = ? AND at >= ?"
        since = int(self._clock()) - DIALOGUE_SECONDS
        row = self._connection.execute(sql, (conversation, since)).fetchone()
        found: dict[str, Any] | None = json.loads(row[0]) if row else None
        return found

    def dialogues(self) -> list[str]:
        """The conversations in which a form is being filled in."""
        return [row[0] for row in self._connection.execute("SELECT conversation FROM dialogues")]

    def keep_dialogue(self, conversation: str, body: Mapping[str, Any] | None) -> None:
        """Keeps how far somebody has got with a form; None ends it."""
        if body is None:
            self._connection.execute("DELETE FROM dialogues WHERE conversation = ?", (conversation,))
        else:
            values = (conversation, int(self._clock()), json.dumps(body, ensure_ascii=False))
            self._connection.execute("INSERT OR REPLACE INTO dialogues VALUES (?, ?, ?)", values)

    def forget_old(self, button_days: int, gap_days: int) -> None:
        """Deletes meanings of buttons and gaps that are too old, and the rarest gaps beyond GAPS_KEPT."""
        now = int(self._clock())
        with self.transaction():
            self._connection.execute("DELETE FROM records WHERE at < ?", (now - button_days * DAY,))
            self._connection.execute("DELETE FROM gaps WHERE last < ?", (now - gap_days * DAY,))
            self._connection.execute("DELETE FROM previews WHERE at < ?", (now - DAY,))
            self._connection.execute("DELETE FROM dialogues WHERE at < ?", (now - DAY,))
            self._connection.execute("DELETE FROM actions WHERE refused AND at < ?", (now - REFUSED_DAYS * DAY,))
            self._connection.execute(
                "DELETE FROM actions WHERE refused AND number <= (SELECT max(number) FROM actions) - ?", (REFUSED_KEPT,)
            )
            self._connection.execute(
                """DELETE FROM gaps WHERE (kind, norm) IN (
                    SELECT kind, norm FROM gaps ORDER BY count DESC, last DESC LIMIT -1 OFFSET ?)""",
                (GAPS_KEPT,),
            )
