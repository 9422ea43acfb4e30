"""Statements: from what is wanted of them to SQL, and their counts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from knowledge.facts import Statement
from knowledge.store.connection import Part, json_list

NEWEST = 500
"""How many statements an answer has at most: the newest; how many there are is counted up to COUNTED."""
COUNTED = 10_000
_NEWEST = "ORDER BY s.day DESC, s.id"


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


def _phrase(text: str) -> str:
    return '"' + text.replace('"', " ") + '"'


class Statements(Part):
    """Statements that fit a StatementFilter."""

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
                values.append(json_list(choices))
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
                values.append(json_list(keys))
            values += [wanted.talks] if wanted.talks else []
            led = True
        if wanted.speakers:
            sql.append(f"{'+' if led else ''}s.speaker IN ({named})")
            values.append(json_list(speakers))
        if wanted.acts:
            sql.append("+s.act IN (SELECT value FROM json_each(?))")
            values.append(json_list(wanted.acts))
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
        values: list[object] = [json_list(parties), int(wanted.wide)]
        if wanted.talks:
            # In the index a series is one stretch, so that each voice is one step in it.
            series = ("?", "''") if self._outside(table) else ("?",)
            sql += (
                " AND ("
                + " OR ".join(f"EXISTS (SELECT 1 FROM {table} WHERE series = {of} AND {column} = voice)" for of in series)
                + ")"
            )
            values.append(wanted.talks)
        found = partial(self._run, sql, values)
        return self._kept.one("voices_in", (table, parties, wanted.wide, wanted.talks), lambda: [row[0] for row in found()])

    def _outside(self, table: str) -> bool:
        """Whether any statement belongs to no series."""
        sql = f"SELECT 1 FROM {table} WHERE series = '' LIMIT 1"
        return self._kept.one("outside", table, lambda: self._run(sql).fetchone() is not None)

    def _found_by_text(self, joint: str, phrases: tuple[str, ...]) -> tuple[str, str]:
        """(SQL, its value) for the rows whose text has phrases. Where they are few they are looked up once for all series."""
        match = joint.join(map(_phrase, phrases))
        sql = "SELECT rowid FROM statements_fts WHERE statements_fts MATCH ?"
        find = partial(self._run, f"{sql} LIMIT ?", (match, COUNTED))
        rows = self._kept.one("by_text", match, lambda: [row[0] for row in find()])
        return ("SELECT value FROM json_each(?)", json_list(rows)) if len(rows) < COUNTED else (sql, match)

    def find(self, wanted: StatementFilter, limit: int = NEWEST) -> list[Statement]:
        """The statements that fit, the newest first, and of those `limit`."""
        where, values = self._statement_where(wanted)
        return self._all(Statement, f"SELECT s.body {where} {_NEWEST} LIMIT ?", *values, limit)

    def count(self, wanted: StatementFilter) -> int:
        """How many statements fit; COUNTED at most."""
        where, values = self._statement_where(wanted)
        sql = f"SELECT count(*) FROM (SELECT 1 {where} LIMIT ?)"
        return int(self._run(sql, [*values, COUNTED]).fetchone()[0])

    def any(self, wanted: StatementFilter) -> bool:
        """Whether any statement fits."""
        where, values = self._statement_where(wanted)
        return self._run(f"SELECT 1 {where} LIMIT 1", values).fetchone() is not None

    def by_topic(self, wanted: StatementFilter) -> list[tuple[str, int]]:
        """(topic id, number of statements that fit) for each topic, most first."""
        where, values = self._statement_where(wanted)
        sql = f"""SELECT topic, count(*) FROM statement_about WHERE statement IN (SELECT s.id {where})
            GROUP BY 1 ORDER BY 2 DESC, 1"""
        rows = self._kept.one("topic_counts", wanted, lambda: self._run(sql, values).fetchall())
        return [(row[0], row[1]) for row in rows]

    def by_speaker(self, wanted: StatementFilter, limit: int = 10) -> list[tuple[str, int]]:
        """(speaker id, number of statements that fit), most first."""
        where, values = self._statement_where(wanted)
        sql = f"SELECT s.speaker, count(*) {where} GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ?"
        found = self._kept.one("speaker_counts", (wanted, limit), lambda: self._run(sql, [*values, limit]).fetchall())
        return [(row[0], row[1]) for row in found]
