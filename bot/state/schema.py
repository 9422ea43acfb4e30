"""The tables of the state's file, as sqlite-utils migrations, and how the file is opened for its owner alone."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import sqlite3
from pathlib import Path
from typing import Any

from sqlite_utils import Database, Migrations

BUSY_MS = 1_000
"""How long a statement waits for a lock of another process; what has to be written is tried again."""
SECRET = "secret"
"""The note that holds the key of the hashes."""
_UNKNOWN = frozenset(["chat", "user", "text", "heading"])
"""Of records of before: who and where, which is hashed, and the text, which is not kept any more."""
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


@migrations()
def nothing_more_than_is_said(db: Database) -> None:
    """Chats and persons as keyed hashes, no texts of questions that were answered; counts of what nobody needs to read."""
    secret = secrets.token_hex(32)
    db.execute("INSERT OR REPLACE INTO notes VALUES (?, ?)", (SECRET, secret))
    for statement in (
        "ALTER TABLE records RENAME TO records_before",
        "DROP INDEX records_by_time",
        """CREATE TABLE records (number INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE, at INTEGER NOT NULL,
            chat TEXT NOT NULL, person TEXT NOT NULL, body TEXT NOT NULL) STRICT""",
        "CREATE INDEX records_by_time ON records (at)",
        "CREATE INDEX records_by_chat ON records (chat, number)",
        "CREATE INDEX records_by_person ON records (person, number)",
        """CREATE TABLE counts (name TEXT NOT NULL, day INTEGER NOT NULL, count INTEGER NOT NULL,
            PRIMARY KEY (name, day)) STRICT, WITHOUT ROWID""",
    ):
        db.execute(statement)
    for key, at, body in db.execute("SELECT key, at, body FROM records_before ORDER BY at").fetchall():
        db.execute(
            "INSERT INTO records (key, at, chat, person, body) VALUES (?, ?, ?, ?, ?)", (key, at, *_without(body, secret))
        )
    for statement in ("DROP TABLE records_before", "DELETE FROM previews", "DELETE FROM dialogues"):
        db.execute(statement)


def _without(body: str, secret: str) -> tuple[str, str, str]:
    """(chat, person, body) of a record of before, with nothing in it that tells who asked what."""
    found: dict[str, Any] = json.loads(body)
    platform = str(found.get("chat", "")).partition(":")[0]
    person = alias(f"{platform}:{found['user']}", secret) if found.get("user") else ""
    kept = {name: value for name, value in found.items() if name not in _UNKNOWN}
    if person:
        kept["private"] = True
    return alias(str(found.get("chat", "")), secret), person, json.dumps(kept, ensure_ascii=False)


def alias(name: str, secret: str) -> str:
    """A name of a chat or person as a hash with a key: the same each time, and nobody without the key can tell whose it is."""
    return hashlib.blake2b(name.encode("utf-8", "replace"), key=bytes.fromhex(secret), digest_size=16).hexdigest()


def open_file(path: Path) -> sqlite3.Connection:
    """The file, made when there is none and brought to the newest version; nobody else may read it or what lies beside it.

    Raises OSError and sqlite3.Error.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    # SQLite gives what it makes beside the file the same rights.
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    for suffix in ("", "-wal", "-shm"):
        beside = path.with_name(path.name + suffix)
        if beside.exists():
            beside.chmod(0o600)
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    try:
        connection.execute(f"PRAGMA busy_timeout={BUSY_MS}")
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.execute("PRAGMA secure_delete=ON")
        db = Database(connection)
        if pending := migrations.pending(db):
            migrations.apply(db)
            if len(pending) < len(migrations.applied(db)):
                # What an older version deleted may still stand in pages that nothing uses.
                connection.execute("VACUUM")
                fold_in(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def fold_in(connection: sqlite3.Connection) -> None:
    """Writes what lies beside the file into it, and empties what lies beside."""
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
