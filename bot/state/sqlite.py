"""The state in a SQLite file beside the facts: meanings of buttons, questions asked in vain, admins, previews, dialogues.

An answer never waits for it. Reading takes no lock; what is to be kept of answers waits in memory and is written by a thread of
its own, many at a time; where the file cannot be written for a while, the newest wait on. Only what an admin decides is written
at once.
"""

from __future__ import annotations

import errno
import json
import logging
import secrets
import sqlite3
import threading
import time
import zlib
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from bot.state.schema import SECRET, alias, fold_in, open_file
from knowledge.text import norm, whole

DAY = 86_400
DIALOGUE_SECONDS = 900
REFUSED_DAYS = 90
REFUSED_KEPT = 5_000
GAPS_KEPT = 5_000
RECORDS_OF_CHAT, RECORDS_OF_PERSON, RECORDS_KEPT = 1_000, 500, 10_000
"""Answers whose buttons work: of a chat, of a person, in all; beyond it the oldest go first."""
WAITING = 5_000
"""How many things wait to be written at most; of more the oldest are given up."""
AGAIN_SECONDS = 2.0
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
GapKind = Literal["unknown", "reported"]
Job = Callable[[sqlite3.Connection], object]
log = logging.getLogger(__name__)


class StateUnusable(Exception):
    """The file cannot be used, and waiting would not help; the text is one sentence for the operator."""


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


@dataclass(frozen=True, slots=True)
class Record:
    """What the buttons of an answer mean, and whose it is and where: `chat` and `person` are aliases (State.alias)."""

    chat: str
    person: str
    body: dict[str, Any]


class State:
    """Reads and writes the file; any thread may use it.

    Raises StateUnusable when the file is no database or may not be opened. One that is locked or on a full disk is opened as
    soon as it can be: until then nothing is known of before, and what is to be kept waits.
    """

    def __init__(self, path: Path, clock: Callable[[], float] = time.time) -> None:
        self.path = path
        self._clock = clock
        self._secret = secrets.token_hex(32)
        self._reading = threading.RLock()
        self._writing = threading.RLock()
        self._reader: sqlite3.Connection | None = None
        self._writer: sqlite3.Connection | None = None
        self._waiting: dict[str, tuple[int, str, str, str]] = {}
        self._jobs: deque[tuple[Job, str]] = deque()
        self._changed = threading.Condition()
        self._asked = self._done = 0
        self._folded = True
        self._troubled = self._closed = False
        self._thread: threading.Thread | None = None
        self._open()

    # The file

    def _open(self) -> None:
        try:
            writer = open_file(self.path)
        except sqlite3.OperationalError as error:
            self._trouble(error)
            return
        except sqlite3.DatabaseError as error:
            raise StateUnusable(
                f"{self.path} cannot be used ({error}): move it away; buttons of before and granted admins go with it."
            ) from error
        except OSError as error:
            if error.errno in FULL:
                self._trouble(error)
                return
            raise StateUnusable(f"{self.path}, which lies beside TALKS_DB, cannot be used: {error}.") from error
        reader = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False)
        reader.execute("PRAGMA busy_timeout=50")
        reader.execute("PRAGMA query_only=1")
        with self._writing, self._reading:
            self._writer, self._reader = writer, reader
            self._secret = self._rows("SELECT value FROM notes WHERE name = ?", SECRET)[0][0]
        self._troubled = False

    def _trouble(self, error: Exception) -> None:
        """Tells in the log that the file cannot be used now, once for as long as it cannot."""
        if not self._troubled:
            log.warning("%s cannot be written (%s); what is to be kept waits, and is tried again", self.path.name, error)
        self._troubled = True
        self.write_soon()

    def close(self, seconds: float = 1.0) -> None:
        """Writes what waits, for so many seconds at most, folds in what lies beside the file, and closes it."""
        self.flush(seconds)
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join(seconds)
        if self._writing.acquire(timeout=seconds):
            try:
                with self._reading:
                    if self._reader is not None:
                        self._reader.close()
                    if self._writer is not None:
                        with suppress(sqlite3.Error):
                            fold_in(self._writer)
                        self._writer.close()
                    self._reader = self._writer = None
            finally:
                self._writing.release()

    def _rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """What stands in the file; nothing while it cannot be read."""
        with self._reading:
            if self._reader is None:
                return []
            try:
                return self._reader.execute(sql, values).fetchall()
            except sqlite3.Error as error:
                self._trouble(error)
                return []

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing, at once. Raises sqlite3.Error."""
        with self._writing:
            if self._writer is None:
                raise sqlite3.OperationalError(f"{self.path.name} cannot be used now")
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                yield self._writer
                self._writer.execute("COMMIT")
            except BaseException:
                if self._writer.in_transaction:
                    self._writer.execute("ROLLBACK")
                raise

    # The thread that writes

    def write_soon(self) -> None:
        """Has what waits written, and does not wait for it."""
        with self._changed:
            if self._closed:
                return
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="state", daemon=True)
                self._thread.start()
            self._asked += 1
            self._changed.notify_all()

    def flush(self, seconds: float = 5.0) -> bool:
        """Has what waits written; whether it was, within so many seconds."""
        self.write_soon()
        with self._changed:
            wanted = self._asked
            return self._changed.wait_for(lambda: self._done >= wanted or self._closed, seconds) and not self._closed

    def _work(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._asked > self._done or self._closed)
                if self._closed:
                    return
                wanted = self._asked
            if self._writer is None:
                self._open_again()
            done = self._write_all()
            with self._changed:
                if done:
                    self._done = wanted
                    self._changed.notify_all()
                else:
                    self._changed.wait_for(lambda: self._closed, AGAIN_SECONDS)

    def _open_again(self) -> None:
        try:
            self._open()
        except StateUnusable as error:
            self._trouble(error)

    def _later(self, job: Job, key: str = "") -> None:
        """Has something written with the next that is; `key` is that of the record that it writes."""
        with self._changed:
            while len(self._jobs) >= WAITING:
                _, oldest = self._jobs.popleft()
                self._waiting.pop(oldest, None)
            self._jobs.append((job, key))

    def _write_all(self) -> bool:
        """Whether what waits is written: together, or where something cannot be, one by one without it."""
        with self._changed:
            jobs = list(self._jobs)
        if not jobs:
            return self._writer is not None
        try:
            with self.transaction() as connection:
                for job, _ in jobs:
                    job(connection)
                self._trim(connection, [key for _, key in jobs if key])
        except sqlite3.OperationalError as error:
            self._trouble(error)
            return False
        except Exception:  # noqa: BLE001  # whatever is the matter with one of them, the others are written without it
            for job, _ in jobs:
                self._write_one(job)
        if self._troubled:
            log.info("%s can be written again", self.path.name)
            self._troubled = False
        self._fold_in()
        written = {id(job) for job, _ in jobs}
        with self._changed:
            self._jobs = deque(one for one in self._jobs if id(one[0]) not in written)
            still = {key for _, key in self._jobs}
            for _, key in jobs:
                if key not in still:
                    self._waiting.pop(key, None)
        return True

    def _fold_in(self) -> None:
        """After something was deleted: what was is not to stand in what lies beside the file either."""
        if self._folded or self._writer is None:
            return
        self._folded = True
        with self._writing:
            try:
                fold_in(self._writer)
            except sqlite3.Error:
                # A reader is in the way; the next time.
                self._folded = False

    def _write_one(self, job: Job) -> None:
        try:
            with self.transaction() as connection:
                job(connection)
        except Exception as error:  # noqa: BLE001  # what cannot be written is dropped, not the rest
            log.warning("%s: something could not be written and is given up (%s)", self.path.name, type(error).__name__)

    def _trim(self, connection: sqlite3.Connection, keys: Sequence[str]) -> None:
        """Deletes the oldest records beyond what is kept of the chats and persons of these, and in all."""
        if not keys:
            return
        sql = "SELECT DISTINCT chat, person FROM records WHERE key IN (SELECT value FROM json_each(?))"
        rows = connection.execute(sql, (json.dumps(keys),)).fetchall()
        for column, at, most in (("person", 1, RECORDS_OF_PERSON), ("chat", 0, RECORDS_OF_CHAT)):
            for name in {row[at] for row in rows if row[at]}:
                connection.execute(
                    f"""DELETE FROM records WHERE number IN (
                        SELECT number FROM records WHERE {column} = ? ORDER BY number DESC LIMIT -1 OFFSET ?)""",
                    (name, most),
                )
        connection.execute("DELETE FROM records WHERE number <= (SELECT max(number) FROM records) - ?", (RECORDS_KEPT,))

    # Answers and their buttons

    def alias(self, name: str) -> str:
        """What a chat or person ("telegram:123") is called in the file: a hash with a key that the file alone has."""
        return alias(name, self._secret)

    def keep(self, key: str, chat: str, person: str, body: Mapping[str, Any]) -> None:
        """Keeps what the buttons of an answer mean under a key; soon on the disk. `chat` and `person` by their names."""
        written = json.dumps(body, ensure_ascii=False)
        with self._changed:
            self._waiting[key] = (int(self._clock()), chat, person, written)
            self._later(lambda connection: self._write_record(connection, key), key)

    def _write_record(self, connection: sqlite3.Connection, key: str) -> None:
        with self._changed:
            found = self._waiting.get(key)
        if found is not None:
            at, chat, person, body = found
            values = (key, at, self.alias(chat), self.alias(person), whole(body))
            connection.execute("INSERT OR REPLACE INTO records (key, at, chat, person, body) VALUES (?, ?, ?, ?, ?)", values)

    def kept(self, key: str) -> Record | None:
        """What was kept under a key, or None when it never was, is too old, or was given up."""
        with self._changed:
            found = self._waiting.get(key)
        if found is not None:
            return Record(self.alias(found[1]), self.alias(found[2]), json.loads(found[3]))
        rows = self._rows("SELECT chat, person, body FROM records WHERE key = ?", key)
        return Record(rows[0][0], rows[0][1], json.loads(rows[0][2])) if rows else None

    def forget_person(self, person: str) -> int:
        """Deletes what is kept of a person, in the file too as soon as it can be written; how many answers that were."""
        name = self.alias(person)
        with self._changed:
            mine = [key for key, (_, _, whose, _) in self._waiting.items() if whose == person]
            for key in mine:
                del self._waiting[key]
        count = self._rows("SELECT count(*) FROM records WHERE person = ?", name)

        def forget(connection: sqlite3.Connection) -> None:
            connection.execute("DELETE FROM records WHERE person = ?", (name,))

        self._later(forget)
        self._folded = False
        self.write_soon()
        return len(mine) + (count[0][0] if count else 0)

    def move_chat(self, old: str, new: str) -> None:
        """What is kept of a chat is another one's from now on: a group that became a supergroup."""
        before, after = self.alias(old), self.alias(new)
        with self._changed:
            for key, (at, chat, person, body) in list(self._waiting.items()):
                if chat == old:
                    self._waiting[key] = (at, new, person, body)
        self._later(lambda connection: connection.execute("UPDATE records SET chat = ? WHERE chat = ?", (after, before)))

    # Notes and counts

    def note(self, name: str) -> str:
        """A value kept under a name ("commands of telegram"), or ""."""
        rows = self._rows("SELECT value FROM notes WHERE name = ?", name)
        return str(rows[0][0]) if rows else ""

    def set_note(self, name: str, value: str) -> None:
        """Keeps a value under a name; soon on the disk."""
        self._later(lambda connection: connection.execute("INSERT OR REPLACE INTO notes VALUES (?, ?)", (name, value)))

    def count(self, name: str) -> None:
        """Counts something that happened today, and nothing else of it."""
        sql = """INSERT INTO counts VALUES (?, ?, 1) ON CONFLICT (name, day) DO UPDATE SET count = count + 1"""
        day = int(self._clock()) // DAY
        self._later(lambda connection: connection.execute(sql, (name, day)))

    def counted(self, name: str) -> int:
        """How often something happened, of the days that are kept."""
        rows = self._rows("SELECT coalesce(sum(count), 0) FROM counts WHERE name = ?", name)
        return int(rows[0][0]) if rows else 0

    # What was asked in vain

    def add_gap(self, kind: GapKind, text: str, answer: str = "") -> None:
        """Counts a question that was asked in vain, or reported with its answer; soon on the disk."""
        text, now = whole(text), int(self._clock())
        values = (kind, norm(text) or text, text, whole(answer), now)
        sql = """INSERT INTO gaps SELECT ?1, ?2, ?3, ?4, 1, ?5 WHERE ?2 NOT IN (SELECT norm FROM not_ours)
            ON CONFLICT (kind, norm) DO UPDATE SET count = count + 1, last = excluded.last, answer = excluded.answer"""
        self._later(lambda connection: connection.execute(sql, values))

    def gaps(self, limit: int = 1_000) -> list[Gap]:
        """Questions asked in vain and reported answers, most frequent first."""
        self.flush(1.0)
        sql = "SELECT kind, text, answer, count, last FROM gaps ORDER BY count DESC, last DESC LIMIT ?"
        return [Gap(*row) for row in self._rows(sql, limit)]

    def drop_gap(self, text: str, for_good: bool) -> None:
        """Takes a question off the list; `for_good` when it is not ours, so that it is not kept again. Raises sqlite3.Error."""
        form = norm(text) or text
        with self.transaction() as connection:
            connection.execute("DELETE FROM gaps WHERE norm = ?", (form,))
            if for_good:
                connection.execute("INSERT OR IGNORE INTO not_ours VALUES (?)", (form,))

    # Admins

    def admins(self) -> list[Admin]:
        """Everybody who was granted to change facts, and not revoked."""
        return [Admin(*row) for row in self._rows("SELECT platform, user, name, granted_by FROM admins ORDER BY platform, at")]

    def is_admin(self, platform: str, user: str) -> bool:
        """Whether somebody was granted to change facts."""
        return bool(self._rows("SELECT 1 FROM admins WHERE platform = ? AND user = ?", platform, user))

    def grant(self, admin: Admin) -> None:
        """Grants somebody to change facts. Raises sqlite3.Error."""
        values = (admin.platform, admin.user, admin.name, admin.granted_by, int(self._clock()))
        with self.transaction() as connection:
            connection.execute("INSERT OR REPLACE INTO admins VALUES (?, ?, ?, ?, ?)", values)

    def revoke(self, platform: str, user: str) -> bool:
        """Takes it back; whether there was anything to take back. Raises sqlite3.Error."""
        with self.transaction() as connection:
            sql = "DELETE FROM admins WHERE platform = ? AND user = ?"
            return connection.execute(sql, (platform, user)).rowcount > 0

    def record(self, who: str, place: str, action: str, refused: bool) -> None:
        """Records what somebody did, or tried and was refused; soon on the disk."""
        values = (int(self._clock()), whole(who), place, whole(action[:500]), int(refused))
        sql = "INSERT INTO actions (at, who, place, action, refused) VALUES (?, ?, ?, ?, ?)"
        self._later(lambda connection: connection.execute(sql, values))
        self.write_soon()

    def actions(self) -> list[tuple[str, str, str, bool]]:
        """(who, place, action, whether it was refused), oldest first."""
        self.flush(1.0)
        rows = self._rows("SELECT who, place, action, refused FROM actions ORDER BY number")
        return [(row[0], row[1], row[2], bool(row[3])) for row in rows]

    # Previews and dialogues

    def keep_preview(self, key: str, person: str, body: Mapping[str, Any], age: int = 0) -> None:
        """Keeps what waits for a person's yes; `age` in seconds when it was made before. Raises sqlite3.Error."""
        packed = zlib.compress(whole(json.dumps(body, ensure_ascii=False)).encode(), 1)
        values = (key, int(self._clock()) - age, self.alias(person), packed)
        with self.transaction() as connection:
            connection.execute("INSERT OR REPLACE INTO previews VALUES (?, ?, ?, ?)", values)

    def preview(self, key: str) -> tuple[int, str, dict[str, Any]] | None:
        """(seconds since it was made, alias of the person whose it is, what was kept) of a preview."""
        rows = self._rows("SELECT at, who, body FROM previews WHERE key = ?", key)
        return (int(self._clock()) - rows[0][0], rows[0][1], json.loads(zlib.decompress(rows[0][2]))) if rows else None

    def take_preview(self, key: str) -> bool:
        """Takes a preview away; whether it was still there, so that of two presses one alone counts. Raises sqlite3.Error."""
        with self.transaction() as connection:
            return connection.execute("DELETE FROM previews WHERE key = ?", (key,)).rowcount > 0

    def dialogue(self, conversation: str) -> dict[str, Any] | None:
        """How far somebody has got with filling in a form."""
        sql = "SELECT body FROM dialogues WHERE conversation = ? AND at >= ?"
        rows = self._rows(sql, self.alias(conversation), int(self._clock()) - DIALOGUE_SECONDS)
        found: dict[str, Any] | None = json.loads(rows[0][0]) if rows else None
        return found

    def dialogues(self) -> list[str]:
        """Aliases of the conversations in which a form is being filled in."""
        return [row[0] for row in self._rows("SELECT conversation FROM dialogues")]

    def keep_dialogue(self, conversation: str, body: Mapping[str, Any] | None) -> None:
        """Keeps how far somebody has got with a form; None ends it. Raises sqlite3.Error."""
        name = self.alias(conversation)
        with self.transaction() as connection:
            if body is None:
                connection.execute("DELETE FROM dialogues WHERE conversation = ?", (name,))
            else:
                values = (name, int(self._clock()), whole(json.dumps(body, ensure_ascii=False)))
                connection.execute("INSERT OR REPLACE INTO dialogues VALUES (?, ?, ?)", values)

    # Forgetting

    def forget_old(self, button_days: int, gap_days: int) -> None:
        """Has what is too old deleted, and the rarest gaps beyond GAPS_KEPT, from the file too."""
        now = int(self._clock())

        def forget(connection: sqlite3.Connection) -> None:
            for sql, value in (
                ("DELETE FROM records WHERE at < ?", now - button_days * DAY),
                ("DELETE FROM gaps WHERE last < ?", now - gap_days * DAY),
                ("DELETE FROM counts WHERE day < ?", now // DAY - gap_days),
                ("DELETE FROM previews WHERE at < ?", now - DAY),
                ("DELETE FROM dialogues WHERE at < ?", now - DAY),
                ("DELETE FROM actions WHERE refused AND at < ?", now - REFUSED_DAYS * DAY),
                ("DELETE FROM actions WHERE refused AND number <= (SELECT max(number) FROM actions) - ?", REFUSED_KEPT),
                (
                    """DELETE FROM gaps WHERE (kind, norm) IN (
                        SELECT kind, norm FROM gaps ORDER BY count DESC, last DESC LIMIT -1 OFFSET ?)""",
                    GAPS_KEPT,
                ),
            ):
                connection.execute(sql, (value,))

        self._later(forget)
        self._folded = False
        self.write_soon()
