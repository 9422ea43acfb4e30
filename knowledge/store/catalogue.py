"""Series of talks, topics, events and sources."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from knowledge.facts import Event, Source, Talks, Topic
from knowledge.store.connection import Part, day, json_list


class Series(Part):
    """The series of talks."""

    def all(self) -> dict[str, Talks]:
        """All series of talks."""
        sql = "SELECT body FROM talks ORDER BY rowid"
        return self._kept.one("talks", "", lambda: {talks.id: talks for talks in self._all(Talks, sql)})

    def of_parties(self, parties: Iterable[str], to: Iterable[str], topics: Iterable[str], limit: int) -> list[str]:
        """Some series in which a party spoke (to one of `to`), was spoken to or was there, about one of the topics."""
        who, whom, what = json_list(parties), json_list(to), json_list(topics)
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
            series = [row[0] for row in self._run(sql, (what, limit + 1))]
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
            rows = self._run(f"SELECT DISTINCT * FROM ({sql}) LIMIT ?", (*values, limit))
            found.update((row[0], None) for row in rows if row[0])
        return list(found)[:limit]

    def with_round(self, numbers: Iterable[int], limit: int) -> list[str]:
        """Some series that have rounds of these numbers."""
        sql = "SELECT DISTINCT talks FROM rounds WHERE number IN (SELECT value FROM json_each(?)) LIMIT ?"
        return [row[0] for row in self._run(sql, (json_list(numbers), limit))]

    def as_of(self, talks: str) -> date | None:
        """The day on which the facts of the pack that describes these talks were gathered."""
        sql = """SELECT json_extract(h.body, '$.as_of') FROM pack_rows t JOIN pack_rows h ON h.kind = 'pack' AND h.pack = t.pack
                 WHERE t.kind = 'talks' AND t.key = ? ORDER BY json_extract(h.body, '$.rank') LIMIT 1"""
        row = self._kept.one("as_of", talks, lambda: self._run(sql, (talks,)).fetchone())
        return date.fromisoformat(row[0]) if row and row[0] else None


class Topics(Part):
    """Topics."""

    def by_id(self, ids: Iterable[str] | None = None) -> dict[str, Topic]:
        """The topics with these ids, or all."""
        if ids is None:
            return {topic.id: topic for topic in self._all(Topic, "SELECT body FROM topics ORDER BY id")}
        return self._by_id(Topic, "SELECT body FROM topics WHERE id IN (SELECT value FROM json_each(?))", ids)


class Events(Part):
    """Events."""

    def find(
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
            values.append(json_list(ids))
        if since is not None:
            sql.append("AND date >= ?")
            values.append(day(since))
        if until is not None:
            sql.append("AND date <= ?")
            values.append(day(until))
        if topics is not None:
            sql.append("AND id IN (SELECT event FROM event_about WHERE topic IN (SELECT value FROM json_each(?)))")
            values.append(json_list(topics))
        return self._all(Event, " ".join([*sql, "ORDER BY date, id"]), *values)


class Sources(Part):
    """Sources, and what they disagree about."""

    def by_id(self, ids: Iterable[str]) -> dict[str, Source]:
        """The sources with these ids."""
        return self._by_id(Source, "SELECT body FROM sources WHERE id IN (SELECT value FROM json_each(?))", ids)

    def like(self, text: str, limit: int) -> list[Source]:
        """Sources whose id, publisher or title holds a text, the newest first (for admins; it reads all sources)."""
        sql = """SELECT body FROM sources WHERE id LIKE ?1 OR json_extract(body, '$.publisher') LIKE ?1
            OR json_extract(body, '$.title') LIKE ?1 ORDER BY json_extract(body, '$.published') DESC LIMIT ?2"""
        return self._all(Source, sql, f"%{text}%", limit)

    def disputed(self, kind: str, limit: int = -1) -> list[str]:
        """Keys of the facts of a kind that sources disagree about, at most `limit` when it is given."""
        rows = self._run("SELECT key FROM disputes WHERE kind = ? ORDER BY key LIMIT ?", (kind, limit))
        return [row[0] for row in rows]
