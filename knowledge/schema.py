"""Tables, indexes and full-text search of the facts' database, as sqlite-utils migrations.

`pack_rows` holds each pack's rows as they were loaded and is the truth; the other tables are made from it, so that each
look-up has an index. `loads` and `load_changes` are the record that makes undo exact.
"""

from __future__ import annotations

import sqlite3

from sqlite_utils import Database, Migrations
from sqlite_utils.db import Table

OLDEST_SQLITE = (3, 37, 0)
migrations = Migrations("talks-bot")

_TABLES = (
    """CREATE TABLE pack_rows (
        pack TEXT NOT NULL, kind TEXT NOT NULL, key TEXT NOT NULL, body TEXT NOT NULL,
        PRIMARY KEY (pack, kind, key)) STRICT, WITHOUT ROWID""",
    "CREATE INDEX pack_rows_by_key ON pack_rows (kind, key)",
    """CREATE TABLE loads (
        number INTEGER PRIMARY KEY, at TEXT NOT NULL, who TEXT NOT NULL, origin TEXT NOT NULL, pack TEXT NOT NULL,
        file TEXT NOT NULL, digest TEXT NOT NULL, added INTEGER NOT NULL, changed INTEGER NOT NULL, gone INTEGER NOT NULL,
        undoes INTEGER REFERENCES loads (number)) STRICT""",
    "CREATE INDEX loads_by_pack ON loads (pack)",
    "CREATE INDEX loads_by_undoes ON loads (undoes)",
    """CREATE TABLE load_changes (
        load INTEGER NOT NULL REFERENCES loads (number), pack TEXT NOT NULL, kind TEXT NOT NULL, key TEXT NOT NULL,
        before TEXT, after TEXT, PRIMARY KEY (load, kind, key)) STRICT, WITHOUT ROWID""",
    "CREATE INDEX load_changes_by_row ON load_changes (pack, kind, key, load)",
    "CREATE TABLE sources (id TEXT PRIMARY KEY, url TEXT, body TEXT NOT NULL) STRICT",
    "CREATE INDEX sources_by_url ON sources (url)",
    """CREATE TABLE actors (
        id TEXT PRIMARY KEY, kind TEXT NOT NULL, affiliation TEXT REFERENCES actors (id), role TEXT,
        body TEXT NOT NULL) STRICT""",
    "CREATE INDEX actors_by_affiliation ON actors (affiliation)",
    """CREATE TABLE actor_members (
        actor TEXT NOT NULL REFERENCES actors (id), member TEXT NOT NULL REFERENCES actors (id),
        PRIMARY KEY (actor, member)) STRICT, WITHOUT ROWID""",
    "CREATE INDEX actor_members_by_member ON actor_members (member)",
    # Whose words count for whom: `voice` speaks for `party`; `wide` when only as a bloc of which `party` is a member.
    """CREATE TABLE voices (
        party TEXT NOT NULL REFERENCES actors (id), voice TEXT NOT NULL REFERENCES actors (id), wide INTEGER NOT NULL,
        PRIMARY KEY (party, voice)) STRICT, WITHOUT ROWID""",
    "CREATE INDEX voices_by_voice ON voices (voice)",
    "CREATE TABLE topics (id TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT",
    "CREATE TABLE talks (id TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT",
    """CREATE TABLE rounds (
        key TEXT PRIMARY KEY, talks TEXT NOT NULL REFERENCES talks (id), number INTEGER NOT NULL, starts TEXT NOT NULL,
        ends TEXT NOT NULL, city TEXT, country TEXT, body TEXT NOT NULL) STRICT""",
    "CREATE INDEX rounds_by_number ON rounds (talks, number)",
    "CREATE INDEX rounds_by_start ON rounds (talks, starts)",
    "CREATE INDEX rounds_by_city ON rounds (city, talks)",
    "CREATE INDEX rounds_by_country ON rounds (country, talks)",
    """CREATE TABLE attendance (
        key TEXT PRIMARY KEY, round TEXT NOT NULL REFERENCES rounds (key), actor TEXT NOT NULL REFERENCES actors (id),
        role TEXT NOT NULL, status TEXT NOT NULL, onwards INTEGER NOT NULL, body TEXT NOT NULL) STRICT""",
    "CREATE INDEX attendance_by_round ON attendance (round, status)",
    "CREATE INDEX attendance_by_actor ON attendance (actor, status)",
    "CREATE INDEX attendance_onwards ON attendance (onwards) WHERE onwards",
    """CREATE TABLE attendance_people (
        attendance TEXT NOT NULL REFERENCES attendance (key), person TEXT NOT NULL REFERENCES actors (id),
        PRIMARY KEY (person, attendance)) STRICT, WITHOUT ROWID""",
    "CREATE INDEX attendance_people_by_row ON attendance_people (attendance)",
    """CREATE TABLE statements (
        id TEXT PRIMARY KEY, round TEXT REFERENCES rounds (key), talks TEXT REFERENCES talks (id), date TEXT,
        speaker TEXT NOT NULL REFERENCES actors (id), act TEXT NOT NULL, text TEXT NOT NULL, quote TEXT,
        body TEXT NOT NULL) STRICT""",
    "CREATE INDEX statements_by_round ON statements (round, act)",
    "CREATE INDEX statements_by_speaker ON statements (speaker, round)",
    "CREATE INDEX statements_by_date ON statements (date)",
    "CREATE INDEX statements_by_talks ON statements (talks, act)",
    """CREATE TABLE statement_to (
        statement TEXT NOT NULL REFERENCES statements (id), actor TEXT NOT NULL REFERENCES actors (id),
        PRIMARY KEY (actor, statement)) STRICT, WITHOUT ROWID""",
    "CREATE INDEX statement_to_by_statement ON statement_to (statement)",
    """CREATE TABLE statement_about (
        statement TEXT NOT NULL REFERENCES statements (id), topic TEXT NOT NULL REFERENCES topics (id),
        PRIMARY KEY (topic, statement)) STRICT, WITHOUT ROWID""",
    "CREATE INDEX statement_about_by_statement ON statement_about (statement)",
    "CREATE TABLE events (id TEXT PRIMARY KEY, date TEXT NOT NULL, body TEXT NOT NULL) STRICT",
    "CREATE INDEX events_by_date ON events (date)",
    """CREATE TABLE event_about (
        event TEXT NOT NULL REFERENCES events (id), topic TEXT NOT NULL REFERENCES topics (id),
        PRIMARY KEY (topic, event)) STRICT, WITHOUT ROWID""",
    "CREATE INDEX event_about_by_event ON event_about (event)",
    """CREATE TABLE fact_sources (
        kind TEXT NOT NULL, key TEXT NOT NULL, source TEXT NOT NULL REFERENCES sources (id),
        PRIMARY KEY (kind, key, source)) STRICT, WITHOUT ROWID""",
    "CREATE INDEX fact_sources_by_source ON fact_sources (source)",
    "CREATE TABLE disputes (kind TEXT NOT NULL, key TEXT NOT NULL, PRIMARY KEY (kind, key)) STRICT, WITHOUT ROWID",
    # Names: what a folded phrase may mean. `sort`: name, alias, demonym; of persons: person (a name
    # or alias), part (of the name) or role.
    """CREATE TABLE names (
        norm TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, sort TEXT NOT NULL, shown TEXT NOT NULL,
        PRIMARY KEY (norm, kind, id, sort)) STRICT, WITHOUT ROWID""",
    "CREATE INDEX names_by_id ON names (kind, id)",
    "CREATE TABLE name_words (word TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (word, kind, id)) STRICT",
    "CREATE INDEX name_words_by_id ON name_words (kind, id)",
    "CREATE TABLE word_keys (key TEXT NOT NULL, word TEXT NOT NULL, PRIMARY KEY (key, word)) STRICT, WITHOUT ROWID",
    "CREATE INDEX word_keys_by_word ON word_keys (word)",
)


def table_names() -> set[str]:
    """The names of all tables of a store."""
    words = [statement.split() for statement in _TABLES]
    return {word[2] for word in words if word[1] == "TABLE"} | {"statements_fts", migrations.migrations_table}


class SchemaError(Exception):
    """The SQLite of this machine, or the file, cannot hold the store; the text says what to do."""


def check_sqlite(connection: sqlite3.Connection) -> None:
    """Raises SchemaError when this SQLite has no STRICT tables or no full-text search (FTS5)."""
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        raise SchemaError(
            f"SQLite {sqlite3.sqlite_version} is too old: STRICT tables need 3.37 or newer; use a newer Python or SQLite."
        )
    options = {row[0] for row in connection.execute("PRAGMA compile_options")}
    if "ENABLE_FTS5" not in options:
        raise SchemaError("This SQLite was built without FTS5 (full-text search); use a Python whose SQLite has it.")


@migrations()
def create_store(db: Database) -> None:
    """The first version of the store."""
    for statement in _TABLES:
        db.execute(statement)
    statements = db["statements"]
    assert isinstance(statements, Table)
    statements.enable_fts(["text", "quote"], create_triggers=True, tokenize="unicode61 remove_diacritics 2")


_BY_SERIES = (
    # `series` is the talks of a statement, or '' for none; `day` its date, else the first day of its round, or ''.
    "ALTER TABLE statements ADD COLUMN series TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE statements ADD COLUMN day TEXT NOT NULL DEFAULT ''",
    """UPDATE statements SET series = coalesce(talks, ''),
        day = coalesce(date, (SELECT starts FROM rounds WHERE key = round), '')""",
    "CREATE INDEX statements_by_series ON statements (series, day)",
    "CREATE INDEX statements_by_series_speaker ON statements (series, speaker)",
    "CREATE INDEX statements_by_voice ON statements (speaker, series, day, id)",
    "DROP INDEX statements_by_speaker",
    """CREATE TABLE statement_to_whom (
        actor TEXT NOT NULL REFERENCES actors (id), series TEXT NOT NULL,
        statement TEXT NOT NULL REFERENCES statements (id), PRIMARY KEY (actor, series, statement)) STRICT, WITHOUT ROWID""",
    """INSERT INTO statement_to_whom SELECT t.actor, s.series, s.id
        FROM statement_to t JOIN statements s ON s.id = t.statement""",
    "DROP TABLE statement_to",
    "ALTER TABLE statement_to_whom RENAME TO statement_to",
    "CREATE INDEX statement_to_by_statement ON statement_to (statement)",
    "CREATE INDEX statement_to_by_series ON statement_to (series, actor)",
    """CREATE TABLE statement_about_what (
        topic TEXT NOT NULL REFERENCES topics (id), series TEXT NOT NULL,
        statement TEXT NOT NULL REFERENCES statements (id), PRIMARY KEY (topic, series, statement)) STRICT, WITHOUT ROWID""",
    """INSERT INTO statement_about_what SELECT a.topic, s.series, s.id
        FROM statement_about a JOIN statements s ON s.id = a.statement""",
    "DROP TABLE statement_about",
    "ALTER TABLE statement_about_what RENAME TO statement_about",
    "CREATE INDEX statement_about_by_statement ON statement_about (statement)",
    "CREATE INDEX attendance_of_actor ON attendance (actor, key)",
    "DROP INDEX attendance_by_actor",
    "CREATE INDEX rounds_of_number ON rounds (number)",
    # Parts of names and offices are borne by any number of persons: apart from the others, so that few can be taken of them.
    "CREATE INDEX names_proper ON names (norm) WHERE sort NOT IN ('part', 'role')",
    "CREATE INDEX names_loose ON names (norm) WHERE sort IN ('part', 'role')",
)


@migrations()
def order_by_series(db: Database) -> None:
    """Statements are found by series and day, and few of many names are looked at: what is asked of a million facts."""
    for statement in _BY_SERIES:
        db.execute(statement)


@migrations()
def attendance_by_its_index(db: Database) -> None:
    """Whether an actor attended is read from the index alone, however many rounds there are."""
    for statement in (
        "CREATE INDEX attendance_of_whom ON attendance (actor, key, status)",
        "DROP INDEX attendance_of_actor",
    ):
        db.execute(statement)


def migrate(db: Database) -> None:
    """Brings a database to the newest version. Raises SchemaError when this SQLite cannot hold it."""
    check_sqlite(db.conn)
    names = {table.name for table in db.tables}
    if names and "pack_rows" not in names:
        raise SchemaError("This file is the database of another program; name another one in TALKS_DB.")
    migrations.apply(db)
