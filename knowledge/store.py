"""The only SQL over facts: FactStore reads them, FactWriter changes them.

Readers open the file read-only; there is one writer at a time (`BEGIN IMMEDIATE`), and the journal is a write-ahead log, so
that questions go on being answered while facts are loaded.
"""

from __future__ import annotations

import json
import re
import sqlite3
import time
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from sqlite_utils import Database

from knowledge.budget import INSTRUCTIONS, Budget, Spent
from knowledge.facts import Actor, Attendance, Event, Round, Source, Statement, Talks, Topic
from knowledge.keeping import F, Kept, fact_of
from knowledge.packs.fields import DESCRIBED, FACTS, references
from knowledge.schema import migrate, migrations, table_names
from knowledge.text import norm, slips, words

_V = TypeVar("_V")
BUSY_MS = 10_000
CACHE_KB = 32_000
"""How much of a large file a reader keeps in memory at most."""
MAPPED = 1 << 31
"""How much of a file is read as memory, without a copy of what the system has of it already; the system takes the pages back
when others need them."""
NEWEST = 500
"""How many statements an answer has at most: the newest; how many there are is counted up to COUNTED."""
COUNTED = 10_000
WARM = 1_000
"""How many facts of a sort are read before anybody asks."""
COUNTED_AT = 100
"""After how many steps of a statement its budget is looked at."""
CROWD = 100
"""How many meanings of a name are looked at."""
_NEWEST = "ORDER BY s.day DESC, s.id"
_LOOSE = "('part', 'role')"
"""Sorts of names that any number of persons may bear."""


@dataclass(frozen=True, slots=True)
class Named:
    """What a name may mean: a fact's kind and id, what sort of name it is, and how it is written."""

    norm: str
    kind: str
    id: str
    sort: str
    shown: str


@dataclass(frozen=True, slots=True)
class StatementFilter:
    """Which statements are wanted; empty fields want nothing in particular.

    `speakers` and `to` are actor ids; `wide` lets the blocs that they are members of speak (or be spoken to) for them.
    `mentions` are phrases of which one must stand in the text. Dates are ISO days, both ends included.
    """

    speakers: tuple[str, ...] = ()
    to: tuple[str, ...] = ()
    acts: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    rounds: tuple[str, ...] = ()
    talks: str = ""
    since: str = ""
    until: str = ""
    ids: tuple[str, ...] = ()
    mentions: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    wide: bool = False


def _list(values: Iterable[object]) -> str:
    return json.dumps(list(values))


def _day(value: date | str) -> str:
    return value if isinstance(value, str) else value.isoformat()


def _range(talks: str, rounds: Iterable[str] | None) -> tuple[str, str]:
    """The (first, beyond the last) key of attendance at a round, in a series, or in all.

    In ASCII "0" comes next after "/", ";" after ":", and "{" after all that keys consist of.
    """
    keys = list(rounds or ())
    if len(keys) == 1:
        return f"{keys[0]}:", f"{keys[0]};"
    series = {key.split("/")[0] for key in keys} or {talks}
    only = series.pop()
    return (f"{only}/", f"{only}0") if only and not series else ("", "{")


def _phrase(text: str) -> str:
    return '"' + text.replace('"', " ") + '"'


class FactStore:
    """Reads facts. Each method is one thing that can be asked of them; lists come in the order they are shown."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._connection = sqlite3.connect(
            f"{path.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None, check_same_thread=False
        )
        self._connection.execute(f"PRAGMA busy_timeout={BUSY_MS}")
        self._connection.execute("PRAGMA query_only=1")
        self._connection.execute(f"PRAGMA cache_size=-{CACHE_KB}")
        self._connection.execute(f"PRAGMA mmap_size={MAPPED}")
        self._kept = Kept()
        self.budget = Budget()
        self._connection.set_progress_handler(self._worked, COUNTED_AT * INSTRUCTIONS)

    def close(self) -> None:
        """Closes the file."""
        self._connection.close()

    def linked(self, key: Hashable, find: Callable[[], _V]) -> _V:
        """What a text means, found once for as long as the names are what they are: many people ask the same."""
        return self._kept.one("links", key, find)

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
        self._connection.execute("BEGIN")
        try:
            # The first look at the file, which settles the state that is seen; the number tells of commits by others.
            self._kept.see(self._connection.execute("PRAGMA data_version").fetchone()[0])
            self._kept.open = True
            self.budget.start()
            yield
        except sqlite3.OperationalError as error:
            if self.budget.spent:
                raise Spent from error
            raise
        finally:
            self.budget.end()
            self._kept.open = False
            self._connection.execute("COMMIT")

    def warm(self) -> None:
        """Reads what most answers name, as far as it is kept, so that the first to ask does not wait for it."""
        with self.snapshot():
            self.talks()
            for read, table, key in (
                (self.actors, "actors", "id"),
                (self.sources, "sources", "id"),
                (self.topics, "topics", "id"),
                (self.rounds_by_key, "rounds", "key"),
            ):
                read(row[0] for row in self._connection.execute(f"SELECT {key} FROM {table} LIMIT {WARM}"))

    def forget(self) -> None:
        """Forgets what look-ups found: each is made anew."""
        self._kept.forget()

    @contextmanager
    def traced(self) -> Iterator[list[str]]:
        """Collects the SQL of the statements that run inside, with their values."""
        ran: list[str] = []
        # What full-text search runs within a statement comes as comments; the pragma is snapshot's.
        self._connection.set_trace_callback(lambda sql: None if sql.startswith(("--", "PRAGMA")) else ran.append(sql))
        try:
            yield ran
        finally:
            self._connection.set_trace_callback(None)

    def _all(self, kind: type[F], sql: str, *values: object) -> list[F]:
        found = [fact_of(kind, row[0]) for row in self._connection.execute(sql, values)]
        self.budget.look(len(found))
        return found

    def _by_id(self, kind: type[F], sql: str, ids: Iterable[str]) -> dict[str, F]:
        """Facts by key, in the order of their keys; `sql` selects bodies by a list of keys."""
        return self._kept.many(kind.__name__, ids, lambda keys: {one.key: one for one in self._all(kind, sql, _list(keys))})

    def actors(self, ids: Iterable[str]) -> dict[str, Actor]:
        """The actors with these ids; unknown ids are left out."""
        return self._by_id(Actor, "SELECT body FROM actors WHERE id IN (SELECT value FROM json_each(?))", ids)

    def sources(self, ids: Iterable[str]) -> dict[str, Source]:
        """The sources with these ids."""
        return self._by_id(Source, "SELECT body FROM sources WHERE id IN (SELECT value FROM json_each(?))", ids)

    def topics(self, ids: Iterable[str] | None = None) -> dict[str, Topic]:
        """The topics with these ids, or all."""
        if ids is None:
            return {topic.id: topic for topic in self._all(Topic, "SELECT body FROM topics ORDER BY id")}
        return self._by_id(Topic, "SELECT body FROM topics WHERE id IN (SELECT value FROM json_each(?))", ids)

    def talks(self) -> dict[str, Talks]:
        """All series of talks."""
        sql = "SELECT body FROM talks ORDER BY rowid"
        return self._kept.one("talks", "", lambda: {talks.id: talks for talks in self._all(Talks, sql)})

    def series_of(self, parties: Iterable[str], to: Iterable[str], topics: Iterable[str], limit: int) -> list[str]:
        """Some series in which a party spoke (to one of `to`), was spoken to or was there, about one of the topics."""
        who, whom, what = _list(parties), _list(to), _list(topics)
        named = "(SELECT value FROM json_each(?))"
        voices = f"SELECT voice FROM voices WHERE party IN {named}"
        queries: list[tuple[str, tuple[str, ...]]]
        if who != "[]" and whom != "[]":
            led = (
                f"SELECT s.series FROM statement_to t CROSS JOIN statements s ON s.id = t.statement WHERE t.actor IN ({voices})"
            )
            queries = [(f"{led} AND s.speaker IN ({voices})", (whom, who))]
        elif who != "[]" and what != "[]":
            sql = f"SELECT DISTINCT series FROM statement_about WHERE topic IN {named} LIMIT ?"
            series = [row[0] for row in self._connection.execute(sql, (what, limit + 1))]
            if len(series) <= limit:
                return [one for one in series if one]
            about = f"""EXISTS (SELECT 1 FROM statement_about a
                WHERE a.topic IN {named} AND a.series = s.series AND a.statement = s.%s)"""
            queries = [
                (f"SELECT series FROM statements s WHERE speaker IN ({voices}) AND {about % 'id'}", (who, what)),
                (f"SELECT series FROM statement_to s WHERE actor IN ({voices}) AND {about % 'statement'}", (who, what)),
            ]
        elif who != "[]" or whom != "[]":
            who = who if who != "[]" else whom
            queries = [
                (f"SELECT series FROM statements WHERE speaker IN ({voices})", (who,)),
                (f"SELECT series FROM statement_to WHERE actor IN ({voices})", (who,)),
                (f"SELECT substr(key, 1, instr(key, '/') - 1) FROM attendance WHERE actor IN {named}", (who,)),
            ]
        else:
            queries = [(f"SELECT series FROM statement_about WHERE topic IN {named}", (what,))]
        found: dict[str, None] = {}
        for sql, values in queries:
            rows = self._connection.execute(f"SELECT DISTINCT * FROM ({sql}) LIMIT ?", (*values, limit))
            found.update((row[0], None) for row in rows if row[0])
        return list(found)[:limit]

    def series_with_round(self, numbers: Iterable[int], limit: int) -> list[str]:
        """Some series that have rounds of these numbers."""
        sql = "SELECT DISTINCT talks FROM rounds WHERE number IN (SELECT value FROM json_each(?)) LIMIT ?"
        return [row[0] for row in self._connection.execute(sql, (_list(numbers), limit))]

    def affiliates(self, actor: str) -> list[Actor]:
        """The persons and groups that belong to an actor, those with a stated role first."""
        return self._all(
            Actor,
            "SELECT a.body FROM actors a WHERE a.affiliation = ? ORDER BY a.role IS NULL, a.id",
            actor,
        )

    def has_affiliates(self, actor: str) -> bool:
        """Whether anybody belongs to an actor."""
        sql = "SELECT 1 FROM actors WHERE affiliation = ? LIMIT 1"
        return self._connection.execute(sql, (actor,)).fetchone() is not None

    def voices(self, actor: str) -> list[str]:
        """Ids of all whose words are this actor's own: itself and those affiliated to it."""
        sql = "SELECT voice FROM voices WHERE party = ? AND NOT wide"
        return self._kept.one("voices", actor, lambda: [row[0] for row in self._connection.execute(sql, (actor,))])

    def rounds(
        self,
        talks: str,
        numbers: Iterable[int] | None = None,
        since: date | str | None = None,
        until: date | str | None = None,
        places: Iterable[str] | None = None,
    ) -> list[Round]:
        """Rounds of a series by number: those with these numbers, touching these days, in these cities or countries."""
        wanted = None if numbers is None else tuple(numbers)
        where = None if places is None else tuple(places)
        find = partial(self._rounds, talks, wanted, since, until, where)
        return list(self._kept.one("rounds", (talks, wanted, since, until, where), find))

    def _rounds(
        self,
        talks: str,
        numbers: Iterable[int] | None,
        since: date | str | None,
        until: date | str | None,
        places: Iterable[str] | None,
    ) -> list[Round]:
        sql, values = ["SELECT body FROM rounds WHERE talks = ?"], [talks]
        if numbers is not None:
            sql.append("AND number IN (SELECT value FROM json_each(?))")
            values.append(_list(numbers))
        if since is not None:
            sql.append("AND ends >= ?")
            values.append(_day(since))
        if until is not None:
            sql.append("AND starts <= ?")
            values.append(_day(until))
        if places is not None:
            wanted = _list(places)
            sql.append("AND (city IN (SELECT value FROM json_each(?)) OR country IN (SELECT value FROM json_each(?)))")
            values += [wanted, wanted]
        return self._all(Round, " ".join([*sql, "ORDER BY number"]), *values)

    def rounds_by_key(self, keys: Iterable[str]) -> dict[str, Round]:
        """The rounds with these keys ("astana/21")."""
        return self._by_id(Round, "SELECT body FROM rounds WHERE key IN (SELECT value FROM json_each(?))", keys)

    def round_count(self, talks: str) -> int:
        """How many rounds of a series are recorded."""
        sql = "SELECT count(*) FROM rounds WHERE talks = ?"
        return self._kept.one("round_count", talks, lambda: int(self._connection.execute(sql, (talks,)).fetchone()[0]))

    def edge_round(self, talks: str, last: bool) -> Round | None:
        """The first or the last recorded round of a series."""
        order = "DESC" if last else "ASC"
        sql = f"SELECT body FROM rounds WHERE talks = ? ORDER BY number {order} LIMIT 1"
        return self._kept.one("edge_round", (talks, last), lambda: next(iter(self._all(Round, sql, talks)), None))

    def round_place_talks(self, places: Iterable[str]) -> list[str]:
        """Ids of the talks that had a round in one of these cities or countries."""
        wanted = _list(places)
        sql = """SELECT DISTINCT talks FROM rounds WHERE city IN (SELECT value FROM json_each(?))
                 OR country IN (SELECT value FROM json_each(?)) ORDER BY talks"""
        return [row[0] for row in self._connection.execute(sql, (wanted, wanted))]

    def attendance(
        self,
        rounds: Iterable[str] | None = None,
        actors: Iterable[str] | None = None,
        statuses: Iterable[str] | None = None,
        roles: Iterable[str] | None = None,
        talks: str = "",
        limit: int = -1,
    ) -> list[Attendance]:
        """Attendance rows in the order round, role (guarantors first), status; an actor also counts as head or member.

        With a `limit` the first.
        """
        rounds = None if rounds is None else list(rounds)
        sql: list[str] = ["SELECT a.body FROM attendance a JOIN rounds r ON r.key = a.round WHERE 1"]
        values: list[object] = []
        if talks:
            sql.append(f"AND {'' if actors is None and rounds is None else '+'}r.talks = ?")
            values.append(talks)
        if rounds is not None:
            # With actors it is they that lead to the rows.
            sql.append(f"AND {'+' if actors is not None else ''}a.round IN (SELECT value FROM json_each(?))")
            values.append(_list(rounds))
        if actors is not None:
            # Keys start with the talks and the round, so that those of one series, or one round, are a range of the index.
            within = _range(talks, rounds)
            who, listed = "IN (SELECT value FROM json_each(?))", _list(actors)
            sql.append(
                f"""AND a.key IN (SELECT key FROM attendance WHERE actor {who} AND key >= ? AND key < ?
                UNION SELECT attendance FROM attendance_people WHERE person {who} AND attendance >= ? AND attendance < ?)"""
            )
            values += [listed, *within] * 2
        for column, wanted in (("status", statuses), ("role", roles)):
            if wanted is not None:
                sql.append(f"AND a.{column} IN (SELECT value FROM json_each(?))")
                values.append(_list(wanted))
        sql.append(
            """ORDER BY r.starts,
            CASE a.role WHEN 'guarantor' THEN 0 WHEN 'syrian-party' THEN 1 WHEN 'party' THEN 1
            WHEN 'mediator' THEN 2 WHEN 'observer' THEN 3 ELSE 4 END, a.rowid LIMIT ?"""
        )
        return self._all(Attendance, " ".join(sql), *values, limit)

    def attended_keys(self, actor: str) -> list[str]:
        """Keys of the attendance rows by which an actor was at rounds, itself or as head or member of a delegation."""
        sql = """SELECT key FROM attendance WHERE actor = ? AND status = 'attended'
            UNION SELECT a.key FROM attendance_people p JOIN attendance a ON a.key = p.attendance
                WHERE p.person = ? AND a.status = 'attended'"""
        return [row[0] for row in self._connection.execute(sql, (actor, actor))]

    def attended(self, actor: str, talks: str) -> bool:
        """Whether an actor was at any round of a series, itself or as head or member of a delegation."""
        within = _range(talks, None)
        sql = """SELECT 1 FROM attendance WHERE actor = ? AND key >= ? AND key < ? AND status = 'attended'
            UNION ALL SELECT 1 FROM attendance_people p JOIN attendance a ON a.key = p.attendance
                WHERE p.person = ? AND p.attendance >= ? AND p.attendance < ? AND a.status = 'attended' LIMIT 1"""
        return self._connection.execute(sql, (actor, *within, actor, *within)).fetchone() is not None

    def standing_absences(self, round_: Round, actors: Iterable[str] | None = None) -> list[Attendance]:
        """Rows of earlier rounds that hold `onwards` for this round: no later row of the actor, up to it, says otherwise."""
        only = "" if actors is None else "AND a.actor IN (SELECT value FROM json_each(?))"
        sql = f"""SELECT a.body FROM attendance a JOIN rounds r ON r.key = a.round
            WHERE a.onwards AND r.talks = ? AND r.number < ? {only} AND NOT EXISTS (
                SELECT 1 FROM attendance b JOIN rounds q ON q.key = b.round
                WHERE b.actor = a.actor AND q.talks = r.talks AND q.number > r.number AND q.number <= ?
                AND NOT (q.number < ? AND b.status = a.status))"""
        values: list[object] = [round_.talks, round_.number]
        if actors is not None:
            values.append(_list(actors))
        return self._all(Attendance, sql, *values, round_.number, round_.number)

    def _statement_where(self, wanted: StatementFilter) -> tuple[str, list[object]]:
        """FROM and WHERE of what is wanted. One limit leads to the rows, the others are tested on them (a "+" keeps an index
        from being used): ids, rounds and words are few, then what is about a topic or addressed to somebody in a series,
        then what somebody said there."""
        sql: list[str] = []
        values: list[object] = []
        named = "SELECT value FROM json_each(?)"
        series = "series IN (?, '')"
        speakers = self._voices_in("statements", "speaker", wanted.speakers, wanted)
        if wanted.speakers and not speakers:
            return "FROM statements s WHERE 0", []
        led = bool(wanted.ids or wanted.rounds or wanted.mentions or wanted.words)
        for column, choices in (("id", wanted.ids), ("round", wanted.rounds)):
            if choices:
                sql.append(f"s.{column} IN (SELECT value FROM json_each(?))")
                values.append(_list(choices))
        source = "statements s"
        for table, column, keys in (
            ("statement_about", "topic", wanted.topics),
            ("statement_to", "actor", self._voices_in("statement_to", "actor", wanted.to, wanted)),
        ):
            if not keys and not (wanted.to and column == "actor"):
                continue
            if len(keys) == 1 and not led:
                # Read as it is needed, not listed first.
                source = f"{table} k CROSS JOIN statements s ON s.id = k.statement"
                sql.append(f"k.{column} = ?" + (f" AND k.{series}" if wanted.talks else ""))
                values.append(keys[0])
            else:
                within = f" AND {series}" if wanted.talks else ""
                sql.append(f"{'+' if led else ''}s.id IN (SELECT statement FROM {table} WHERE {column} IN ({named}){within})")
                values.append(_list(keys))
            values += [wanted.talks] if wanted.talks else []
            led = True
        if wanted.speakers:
            sql.append(f"{'+' if led else ''}s.speaker IN ({named})")
            values.append(_list(speakers))
        if wanted.acts:
            sql.append("+s.act IN (SELECT value FROM json_each(?))")
            values.append(_list(wanted.acts))
        if wanted.talks:
            sql.append(f"{'+' if led else ''}s.{series}")
            values.append(wanted.talks)
        if wanted.since:
            sql.append("coalesce(s.date, (SELECT ends FROM rounds WHERE key = s.round)) >= ?")
            values.append(wanted.since)
        if wanted.until:
            sql.append(f"s.day > '' AND {'+' if led else ''}s.day <= ?")
            values.append(wanted.until)
        for joint, phrases in ((" OR ", wanted.mentions), (" AND ", wanted.words)):
            if phrases:
                found, value = self._found_by_text(joint, phrases)
                sql.append(f"s.rowid IN ({found})")
                values.append(value)
        return f"FROM {source} WHERE {' AND '.join(sql) or '1'}", values

    def _voices_in(self, table: str, column: str, parties: tuple[str, ...], wanted: StatementFilter) -> list[str]:
        """Whose words count for parties (or are addressed to them), of those that the series of a question knows at all: a
        state has hundreds of voices, in one series a few."""
        if not parties:
            return []
        sql = "SELECT DISTINCT voice FROM voices WHERE party IN (SELECT value FROM json_each(?)) AND wide <= ?"
        values: list[object] = [_list(parties), int(wanted.wide)]
        if wanted.talks:
            # In the index a series is one stretch, so that each voice is one step in it.
            series = ("?", "''") if self._outside(table) else ("?",)
            sql += (
                " AND ("
                + " OR ".join(f"EXISTS (SELECT 1 FROM {table} WHERE series = {of} AND {column} = voice)" for of in series)
                + ")"
            )
            values.append(wanted.talks)
        found = partial(self._connection.execute, sql, values)
        return self._kept.one("voices_in", (table, parties, wanted.wide, wanted.talks), lambda: [row[0] for row in found()])

    def _outside(self, table: str) -> bool:
        """Whether any statement belongs to no series."""
        sql = f"SELECT 1 FROM {table} WHERE series = '' LIMIT 1"
        return self._kept.one("outside", table, lambda: self._connection.execute(sql).fetchone() is not None)

    def _found_by_text(self, joint: str, phrases: tuple[str, ...]) -> tuple[str, str]:
        """(SQL, its value) for the rows whose text has phrases. Where they are few they are looked up once for all series."""
        match = joint.join(map(_phrase, phrases))
        sql = "SELECT rowid FROM statements_fts WHERE statements_fts MATCH ?"
        find = partial(self._connection.execute, f"{sql} LIMIT ?", (match, COUNTED))
        rows = self._kept.one("by_text", match, lambda: [row[0] for row in find()])
        return ("SELECT value FROM json_each(?)", _list(rows)) if len(rows) < COUNTED else (sql, match)

    def statements(self, wanted: StatementFilter, limit: int = NEWEST) -> list[Statement]:
        """The statements that fit, the newest first, and of those `limit`."""
        where, values = self._statement_where(wanted)
        return self._all(Statement, f"SELECT s.body {where} {_NEWEST} LIMIT ?", *values, limit)

    def statement_count(self, wanted: StatementFilter) -> int:
        """How many statements fit; COUNTED at most."""
        where, values = self._statement_where(wanted)
        sql = f"SELECT count(*) FROM (SELECT 1 {where} LIMIT ?)"
        return int(self._connection.execute(sql, [*values, COUNTED]).fetchone()[0])

    def has_statement(self, wanted: StatementFilter) -> bool:
        """Whether any statement fits."""
        where, values = self._statement_where(wanted)
        return self._connection.execute(f"SELECT 1 {where} LIMIT 1", values).fetchone() is not None

    def topic_counts(self, wanted: StatementFilter) -> list[tuple[str, int]]:
        """(topic id, number of statements that fit) for each topic, most first."""
        where, values = self._statement_where(wanted)
        sql = f"""SELECT topic, count(*) FROM statement_about WHERE statement IN (SELECT s.id {where})
            GROUP BY 1 ORDER BY 2 DESC, 1"""
        rows = self._kept.one("topic_counts", wanted, lambda: self._connection.execute(sql, values).fetchall())
        return [(row[0], row[1]) for row in rows]

    def speaker_counts(self, wanted: StatementFilter, limit: int = 10) -> list[tuple[str, int]]:
        """(speaker id, number of statements that fit), most first."""
        where, values = self._statement_where(wanted)
        sql = f"SELECT s.speaker, count(*) {where} GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ?"
        found = self._kept.one(
            "speaker_counts", (wanted, limit), lambda: self._connection.execute(sql, [*values, limit]).fetchall()
        )
        return [(row[0], row[1]) for row in found]

    def events(
        self,
        ids: Iterable[str] | None = None,
        since: date | str | None = None,
        until: date | str | None = None,
        topics: Iterable[str] | None = None,
    ) -> list[Event]:
        """Events in order of date: those with these ids, in these days, about these topics."""
        sql, values = ["SELECT body FROM events WHERE 1"], []
        if ids is not None:
            sql.append("AND id IN (SELECT value FROM json_each(?))")
            values.append(_list(ids))
        if since is not None:
            sql.append("AND date >= ?")
            values.append(_day(since))
        if until is not None:
            sql.append("AND date <= ?")
            values.append(_day(until))
        if topics is not None:
            sql.append("AND id IN (SELECT event FROM event_about WHERE topic IN (SELECT value FROM json_each(?)))")
            values.append(_list(topics))
        return self._all(Event, " ".join([*sql, "ORDER BY date, id"]), *values)

    def disputed(self, kind: str, limit: int = -1) -> list[str]:
        """Keys of the facts of a kind that sources disagree about, at most `limit` when it is given."""
        rows = self._connection.execute("SELECT key FROM disputes WHERE kind = ? ORDER BY key LIMIT ?", (kind, limit))
        return [row[0] for row in rows]

    def as_of(self, talks: str) -> date | None:
        """The day on which the facts of the pack that describes these talks were gathered."""
        sql = """SELECT json_extract(h.body, '$.as_of') FROM pack_rows t JOIN pack_rows h ON h.kind = 'pack' AND h.pack = t.pack
                 WHERE t.kind = 'talks' AND t.key = ? ORDER BY json_extract(h.body, '$.rank') LIMIT 1"""
        row = self._kept.one("as_of", talks, lambda: self._connection.execute(sql, (talks,)).fetchone())
        return date.fromisoformat(row[0]) if row and row[0] else None

    def names(self, norms: Iterable[str]) -> list[Named]:
        """The meanings of these folded phrases: of each at most CROWD, and as many of those that any number may bear."""
        found = self._kept.many("names", norms, self._meanings)
        return [name for meanings in found.values() for name in meanings]

    def _meanings(self, norms: list[str]) -> dict[str, list[Named]]:
        sql = "SELECT value FROM json_each(?) WHERE EXISTS (SELECT 1 FROM names WHERE norm = value)"
        known = [row[0] for row in self._connection.execute(sql, (_list(norms),))]
        found = {}
        for phrase in known:
            rows: list[tuple[str, str, str, str]] = []
            for index, loose in (("names_proper", "NOT IN"), ("names_loose", "IN")):
                # Named, for else all that bear a name as a part are passed over on the way to those whose name it is.
                sql = f"SELECT kind, id, sort, shown FROM names INDEXED BY {index} WHERE norm = ? AND sort {loose} {_LOOSE}"
                rows += self._connection.execute(f"{sql} LIMIT {CROWD}", (phrase,))
            found[phrase] = [Named(phrase, *row) for row in sorted(rows)]
        return found

    def longest_word(self) -> int:
        """How many letters the longest word of a name has."""
        sql = "SELECT coalesce(max(length(word)), 0) FROM (SELECT DISTINCT word FROM name_words)"
        return self._kept.one("longest word", "", lambda: int(self._connection.execute(sql).fetchone()[0]))

    def near_words(self, keys: Iterable[str]) -> list[tuple[str, str]]:
        """(key, word of a name) for each of these keys (knowledge.text.slips)."""
        sql = "SELECT key, word FROM word_keys WHERE key IN (SELECT value FROM json_each(?))"
        return [(row[0], row[1]) for row in self._connection.execute(sql, (_list(keys),))]

    def sources_like(self, text: str, limit: int) -> list[Source]:
        """Sources whose id, publisher or title holds a text, the newest first (for admins; it reads all sources)."""
        sql = """SELECT body FROM sources WHERE id LIKE ?1 OR json_extract(body, '$.publisher') LIKE ?1
            OR json_extract(body, '$.title') LIKE ?1 ORDER BY json_extract(body, '$.published') DESC LIMIT ?2"""
        return self._all(Source, sql, f"%{text}%", limit)

    def starting(self, prefix: str, kinds: Iterable[str], limit: int) -> list[tuple[str, str]]:
        """(kind, id) of facts with a name that starts with a folded phrase, at most `limit` names read."""
        sql = """SELECT DISTINCT kind, id FROM (SELECT kind, id FROM names WHERE norm >= ? AND norm < ? AND sort <> 'role'
            AND +kind IN (SELECT value FROM json_each(?)) LIMIT ?)"""
        return [(row[0], row[1]) for row in self._connection.execute(sql, (prefix, f"{prefix}\x7f", _list(kinds), limit))]

    def with_words(self, words: Sequence[str], kinds: Iterable[str], limit: int) -> list[tuple[str, str]]:
        """(kind, id) of facts whose names have all these folded words, the last of which may be unfinished."""
        # A whole word leads, else the unfinished one; a "+" keeps the sort of fact, of which there is any number, from leading.
        *whole, last = words
        values: list[object] = [last, f"{last}\x7f", _list(kinds)]
        source = "name_words w"
        if whole:
            source = "name_words o CROSS JOIN name_words w ON (w.kind, w.id) = (o.kind, o.id) AND o.word = ?"
            values.insert(0, whole[0])
        having = "".join(
            " AND EXISTS (SELECT 1 FROM name_words x WHERE (x.word, x.kind, x.id) = (?, w.kind, w.id))" for _ in whole[1:]
        )
        sql = f"""SELECT DISTINCT kind, id FROM (SELECT w.kind, w.id FROM {source} WHERE w.word >= ? AND w.word < ?
            AND +w.kind IN (SELECT value FROM json_each(?)){having} LIMIT ?)"""
        return [(row[0], row[1]) for row in self._connection.execute(sql, (*values, *whole[1:], limit))]

    def names_of(self, kind: str, ids: Iterable[str]) -> list[Named]:
        """All names of facts of a kind."""
        sql = "SELECT norm, kind, id, sort, shown FROM names WHERE kind = ? AND id IN (SELECT value FROM json_each(?))"
        return [Named(*row) for row in self._connection.execute(sql, (kind, _list(ids)))]

    def actors_listed(self) -> list[tuple[Actor, int, int]]:
        """(actor, rounds attended as a delegation, statements made) of all actors, by kind and name."""
        sql = """SELECT body, (SELECT count(*) FROM attendance a WHERE a.actor = actors.id AND a.status = 'attended'),
                (SELECT count(*) FROM statements s WHERE s.speaker = actors.id)
            FROM actors ORDER BY kind = 'person', kind, json_extract(body, '$.name')"""
        return [(fact_of(Actor, body), came, said) for body, came, said in self._connection.execute(sql)]

    def troubles(self) -> list[str]:
        """What SQLite finds wrong with the file."""
        return _troubles(self._connection)

    def lacking(self) -> list[str]:
        """Tables of a store of facts that the file has not."""
        have = {row[0] for row in self._connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        return sorted(table_names() - have)

    def counts(self) -> dict[str, int]:
        """How many facts of each kind are recorded."""
        tables = ("sources", "actors", "topics", "talks", "rounds", "attendance", "statements", "events")
        return {table: self._connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables}


def _troubles(connection: sqlite3.Connection) -> list[str]:
    """Damage, and references that lead nowhere."""
    found = [str(row[0]) for row in connection.execute("PRAGMA integrity_check") if row[0] != "ok"]
    for table, rowid, parent, _ in connection.execute("PRAGMA foreign_key_check"):
        found.append(f"{table} row {rowid} refers to a missing row of {parent}")
    return found


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
        for key, pack, body in self._rows(sql, kind, _list(keys)):
            found.setdefault(key, []).append((pack, body))
        return found

    def retractions(self, kind: str, keys: Iterable[str]) -> dict[str, list[str]]:
        """key → packs that take back the rows of other packs with this key."""
        found: dict[str, list[str]] = {}
        sql = "SELECT key, pack FROM pack_rows WHERE kind = 'retract' AND key IN (SELECT value FROM json_each(?))"
        for key, pack in self._rows(sql, _list(f"{kind} {key}" for key in keys)):
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
        return _troubles(self._connection)

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
        for url, source in self._rows(sql, _list(urls)):
            found.setdefault(url, []).append(source)
        return found

    def name_owners(self, norms: Iterable[str]) -> dict[str, list[tuple[str, str]]]:
        """folded name → (kind, id) of the facts that bear it as name or alias."""
        found: dict[str, list[tuple[str, str]]] = {}
        sql = """SELECT DISTINCT norm, kind, id FROM names
            WHERE norm IN (SELECT value FROM json_each(?)) AND sort IN ('name', 'alias', 'person')"""
        for phrase, kind, key in self._rows(sql, _list(norms)):
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
        _Derived(self, pack, changes, progress).make()


class _Derived:
    """Makes anew what follows from the changed rows: the merged facts, their indexes, their names."""

    BATCH = 1_000

    def __init__(
        self,
        writer: FactWriter,
        pack: str,
        changes: Sequence[Change],
        progress: Callable[[int, int], None] | None,
    ) -> None:
        self.writer = writer
        self.run = writer._connection.execute
        self.many = writer._connection.executemany
        self.progress = progress
        touched: dict[str, dict[str, None]] = {}
        for change in changes:
            kind, key = change.kind, change.key
            if kind == "retract":
                kind, key = key.split(" ", 1)
            touched.setdefault(kind, {})[key] = None
        if "talks" in touched:
            # A statement outside the rounds belongs to the talks that its pack describes.
            for kind, key in writer.pack_rows(pack):
                if kind == "statement":
                    touched.setdefault("statement", {})[key] = None
        self.touched = touched
        self.pack_talks: dict[str, str | None] = {}
        self.dropped: set[str] = set()

    def make(self) -> None:
        kinds = (*DESCRIBED, *FACTS)
        total = sum(len(self.touched.get(kind, ())) for kind in kinds)
        done = 0
        for kind in kinds:
            keys = list(self.touched.get(kind, ()))
            for start in range(0, len(keys), self.BATCH):
                batch = keys[start : start + self.BATCH]
                self.remove(kind, batch)
                self.insert(kind, self.merged(kind, batch))
                done += len(batch)
                if self.progress:
                    self.progress(done, total)
        if "actor" in self.touched:
            self.make_voices()
        if "round" in self.touched:
            self.make_places()
            # A statement of no date of its own has the day of its round.
            sql = "UPDATE statements SET day = (SELECT starts FROM rounds WHERE key = round) WHERE date IS NULL AND round = ?"
            self.many(sql, [(key,) for key in self.touched["round"]])
        if {"actor", "topic", "talks", "event", "round"} & self.touched.keys():
            self.drop_unused_words()

    def merged(self, kind: str, keys: list[str]) -> list[tuple[str, str, dict[str, Any]]]:
        """(key, pack, body) of the facts as all packs together describe them."""
        described = self.writer.described(kind, keys)
        taken_back = self.writer.retractions(kind, keys)
        found = []
        for key, rows in described.items():
            packs = taken_back.get(key, [])
            rows = [row for row in rows if all(row[0] == pack for pack in packs)]
            if rows:
                found.append((key, rows[0][0], merge([json.loads(body) for _, body in rows])))
        return found

    def remove(self, kind: str, keys: list[str]) -> None:
        one = [(key,) for key in keys]
        children = {
            "actor": (
                "DELETE FROM actor_members WHERE actor = ?",
                "DELETE FROM voices WHERE party = ?1 OR voice = ?1",
            ),
            "attendance": ("DELETE FROM attendance_people WHERE attendance = ?",),
            "statement": (
                "DELETE FROM statement_to WHERE statement = ?",
                "DELETE FROM statement_about WHERE statement = ?",
            ),
            "event": ("DELETE FROM event_about WHERE event = ?",),
        }
        for sql in children.get(kind, ()):
            self.many(sql, one)
        table = {"talks": "talks", "attendance": "attendance"}.get(kind, kind + "s")
        column = "key" if kind in ("round", "attendance") else "id"
        self.many(f"DELETE FROM {table} WHERE {column} = ?", one)
        for sql in (
            "DELETE FROM fact_sources WHERE kind = ? AND key = ?",
            "DELETE FROM disputes WHERE kind = ? AND key = ?",
        ):
            self.many(sql, [(kind, key) for key in keys])
        if kind in ("actor", "topic", "talks", "event"):
            self.note_words(kind, keys)
            for sql in (
                "DELETE FROM names WHERE kind = ? AND id = ?",
                "DELETE FROM name_words WHERE kind = ? AND id = ?",
            ):
                self.many(sql, [(kind, key) for key in keys])

    def note_words(self, kind: str, keys: Iterable[str]) -> None:
        """Notes the words of names that go, of which some may be nobody's then."""
        sql = "SELECT DISTINCT word FROM name_words WHERE kind = ? AND id IN (SELECT value FROM json_each(?))"
        self.dropped.update(word for (word,) in self.run(sql, (kind, _list(keys))))

    def insert(self, kind: str, facts: list[tuple[str, str, dict[str, Any]]]) -> None:
        getattr(self, "insert_" + kind)(facts)
        pairs = [(kind, key, source) for key, _, body in facts for source in sources_of(body)]
        self.many("INSERT OR IGNORE INTO fact_sources VALUES (?, ?, ?)", pairs)
        self.many(
            "INSERT INTO disputes VALUES (?, ?)",
            [(kind, key) for key, _, body in facts if body.get("disputed")],
        )

    def insert_source(self, facts: list[tuple[str, str, dict[str, Any]]]) -> None:
        rows = [(key, body.get("url"), _json(body)) for key, _, body in facts]
        self.many("INSERT INTO sources VALUES (?, ?, ?)", rows)

    def insert_actor(self, facts: list[tuple[str, str, dict[str, Any]]]) -> None:
        rows = [(key, b["kind"], b.get("affiliation"), b.get("role"), _json(b)) for key, _, b in facts]
        self.many("INSERT INTO actors VALUES (?, ?, ?, ?, ?)", rows)
        members = [(key, member) for key, _, body in facts for member in body.get("members", ())]
        self.many("INSERT INTO actor_members VALUES (?, ?)", members)
        self.insert_names("actor", [(key, body) for key, _, body in facts])

    def insert_topic(self, facts: list[tuple[str, str, dict[str, Any]]]) -> None:
        self.many("INSERT INTO topics VALUES (?, ?)", [(key, _json(body)) for key, _, body in facts])
        self.insert_names("topic", [(key, body) for key, _, body in facts])

    def insert_talks(self, facts: list[tuple[str, str, dict[str, Any]]]) -> None:
        self.many("INSERT INTO talks VALUES (?, ?)", [(key, _json(body)) for key, _, body in facts])
        self.insert_names("talks", [(key, body) for key, _, body in facts])

    def insert_round(self, facts: list[tuple[str, str, dict[str, Any]]]) -> None:
        rows = [
            (
                key,
                b["talks"],
                b["number"],
                b["starts"],
                b["ends"],
                *(norm(b.get(n, "")) for n in ("city", "country")),
                _json(b),
            )
            for key, _, b in facts
        ]
        self.many("INSERT INTO rounds VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)

    def insert_attendance(self, facts: list[tuple[str, str, dict[str, Any]]]) -> None:
        rows = [
            (key, b["round"], b["actor"], b["role"], b["status"], int(b.get("onwards", False)), _json(b)) for key, _, b in facts
        ]
        self.many("INSERT INTO attendance VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
        people = [
            (key, person)
            for key, _, b in facts
            for person in dict.fromkeys([*([b["head"]] if "head" in b else []), *b.get("members", ())])
        ]
        self.many("INSERT INTO attendance_people (attendance, person) VALUES (?, ?)", people)

    def insert_statement(self, facts: list[tuple[str, str, dict[str, Any]]]) -> None:
        talks = {key: b["round"].split("/")[0] if "round" in b else self.talks_of(pack) for key, pack, b in facts}
        starts = self.starts_of({b["round"] for _, _, b in facts if "round" in b and "date" not in b})
        rows = [
            (
                key,
                b.get("round"),
                talks[key],
                b.get("date"),
                b["speaker"],
                b["act"],
                b["text"],
                b.get("quote"),
                _json(b),
                talks[key] or "",
                b.get("date") or starts.get(b.get("round", ""), ""),
            )
            for key, _, b in facts
        ]
        self.many("INSERT INTO statements VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
        for table, name in (("statement_to", "to"), ("statement_about", "about")):
            found = [(one, talks[key] or "", key) for key, _, body in facts for one in body.get(name, ())]
            self.many(f"INSERT INTO {table} VALUES (?, ?, ?)", found)

    def starts_of(self, rounds: Iterable[str]) -> dict[str, str]:
        """key → first day of rounds."""
        sql = "SELECT key, starts FROM rounds WHERE key IN (SELECT value FROM json_each(?))"
        return dict(self.run(sql, (_list(rounds),)).fetchall())

    def insert_event(self, facts: list[tuple[str, str, dict[str, Any]]]) -> None:
        self.many(
            "INSERT INTO events VALUES (?, ?, ?)",
            [(key, body["date"], _json(body)) for key, _, body in facts],
        )
        pairs = [(key, topic) for key, _, body in facts for topic in body.get("about", ())]
        self.many("INSERT INTO event_about VALUES (?, ?)", pairs)
        self.insert_names("event", [(key, body) for key, _, body in facts])

    def talks_of(self, pack: str) -> str | None:
        """The talks that a pack describes, when it is one."""
        if pack not in self.pack_talks:
            rows = self.run("SELECT key FROM pack_rows WHERE pack = ? AND kind = 'talks'", (pack,)).fetchall()
            self.pack_talks[pack] = rows[0][0] if len(rows) == 1 else None
        return self.pack_talks[pack]

    def insert_names(self, kind: str, facts: list[tuple[str, dict[str, Any]]]) -> None:
        rows = [row for key, body in facts for row in names_of(kind, key, body)]
        self.many("INSERT OR IGNORE INTO names VALUES (?, ?, ?, ?, ?)", rows)
        self.insert_words({(word, kind, key) for phrase, _, key, sort, _ in rows if sort != "role" for word in phrase.split()})

    def insert_words(self, found: set[tuple[str, str, str]]) -> None:
        found = {row for row in found if len(row[0]) > 3 and row[0].isalpha()}
        self.many("INSERT OR IGNORE INTO name_words VALUES (?, ?, ?)", sorted(found))
        keys = {(key, word) for word in {row[0] for row in found} for key in slips(word)}
        self.many("INSERT OR IGNORE INTO word_keys VALUES (?, ?)", sorted(keys))

    def make_voices(self) -> None:
        """Of the changed actors, all that speak for them or through them, and the blocs they are members of."""
        touched = _list(self.touched["actor"])
        below = """WITH RECURSIVE below (id) AS (SELECT value FROM json_each(?)
            UNION SELECT a.id FROM below JOIN actors a ON a.affiliation = below.id)"""
        self.run(f"{below} DELETE FROM voices WHERE voice IN (SELECT id FROM below) AND NOT wide", (touched,))
        self.run(
            f"""{below}, up (voice, party) AS (
                SELECT a.id, a.id FROM below JOIN actors a ON a.id = below.id UNION
                SELECT up.voice, a.affiliation FROM up JOIN actors a ON a.id = up.party WHERE a.affiliation IS NOT NULL)
            INSERT OR REPLACE INTO voices (party, voice, wide) SELECT party, voice, 0 FROM up""",
            (touched,),
        )
        self.run(
            f"""{below} INSERT OR IGNORE INTO voices (party, voice, wide)
            SELECT m.member, m.actor, 1 FROM actors a JOIN actor_members m ON m.actor = a.id WHERE a.kind = 'bloc'
                AND a.id IN (SELECT id FROM below
                    UNION SELECT actor FROM actor_members WHERE member IN (SELECT value FROM json_each(?)))""",
            (touched, touched),
        )

    def make_places(self) -> None:
        self.note_words("place", [place for (place,) in self.run("SELECT DISTINCT id FROM names WHERE kind = 'place'")])
        for table in ("names", "name_words"):
            self.run(f"DELETE FROM {table} WHERE kind = 'place'")
        found = self.run(
            "SELECT DISTINCT json_extract(body, '$.city') FROM rounds UNION SELECT json_extract(body, '$.country') FROM rounds"
        )
        rows = [(norm(place), "place", norm(place), "name", place) for (place,) in found.fetchall() if place]
        self.many("INSERT OR IGNORE INTO names VALUES (?, ?, ?, ?, ?)", rows)
        self.insert_words({(word, "place", row[2]) for row in rows for word in row[0].split()})

    def drop_unused_words(self) -> None:
        sql = "DELETE FROM word_keys WHERE word = ?1 AND NOT EXISTS (SELECT 1 FROM name_words WHERE word = ?1)"
        self.many(sql, [(word,) for word in sorted(self.dropped)])


def _json(body: Mapping[str, Any]) -> str:
    return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def sources_of(body: Mapping[str, Any]) -> list[str]:
    """All sources that a row names, those of its disputes included."""
    return [
        *body.get("sources", ()),
        *(source for one in body.get("disputed", ()) for source in one.get("sources", ())),
    ]


def merge(bodies: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """One body of several that describe the same: lists add up, the first to state another field has it."""
    merged: dict[str, Any] = {}
    for body in bodies:
        for name, value in body.items():
            if isinstance(value, list) and isinstance(merged.get(name), list):
                merged[name] = [*merged[name], *(one for one in value if one not in merged[name])]
            else:
                merged.setdefault(name, value)
    return merged


_ASIDE = re.compile(r"\(.*?\)|,.*$")


def names_of(kind: str, key: str, body: Mapping[str, Any]) -> list[tuple[str, str, str, str, str]]:
    """(folded name, kind, id, sort, as written) of all names that a fact answers to."""
    found = [(body["name"], "name")]
    found += [(alias, "alias") for alias in body.get("aliases", ())]
    if kind == "actor":
        if "demonym" in body:
            found.append((body["demonym"], "demonym"))
        if "role" in body:
            found.append((_ASIDE.sub("", body["role"]), "role"))
        if body["kind"] == "person":
            found = [(name, "person" if sort in ("name", "alias") else sort) for name, sort in found]
            found += [(part, "part") for part in words(body["name"]) if len(part) > 2]
    head, of, _ = body["name"].partition(" of ")
    if kind == "event" and of and norm(body.get("place", "")) in norm(head).split():
        # "Tehran summit of the guarantors' presidents" is the Tehran summit.
        found.append((head, "alias"))
    folded = ((norm(name).removeprefix("the "), sort, name) for name, sort in found)
    return [(phrase, kind, key, sort, name) for phrase, sort, name in folded if phrase]
