"""Rounds by number, edge, time and place."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import partial

from knowledge.facts import Round
from knowledge.store.connection import Part, day, json_list


class Rounds(Part):
    """The rounds of series."""

    def of(
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
            values.append(json_list(numbers))
        if since is not None:
            sql.append("AND ends >= ?")
            values.append(day(since))
        if until is not None:
            sql.append("AND starts <= ?")
            values.append(day(until))
        if places is not None:
            wanted = json_list(places)
            sql.append("AND (city IN (SELECT value FROM json_each(?)) OR country IN (SELECT value FROM json_each(?)))")
            values += [wanted, wanted]
        return self._all(Round, " ".join([*sql, "ORDER BY number"]), *values)

    def by_key(self, keys: Iterable[str]) -> dict[str, Round]:
        """The rounds with these keys ("astana/21")."""
        return self._by_id(Round, "SELECT body FROM rounds WHERE key IN (SELECT value FROM json_each(?))", keys)

    def count(self, talks: str) -> int:
        """How many rounds of a series are recorded."""
        sql = "SELECT count(*) FROM rounds WHERE talks = ?"
        return self._kept.one("round_count", talks, lambda: int(self._run(sql, (talks,)).fetchone()[0]))

    def edge(self, talks: str, last: bool) -> Round | None:
        """The first or the last recorded round of a series."""
        order = "DESC" if last else "ASC"
        sql = f"SELECT body FROM rounds WHERE talks = ? ORDER BY number {order} LIMIT 1"
        return self._kept.one("edge_round", (talks, last), lambda: next(iter(self._all(Round, sql, talks)), None))

    def series_at(self, places: Iterable[str]) -> list[str]:
        """Ids of the talks that had a round in one of these cities or countries."""
        wanted = json_list(places)
        sql = """SELECT DISTINCT talks FROM rounds WHERE city IN (SELECT value FROM json_each(?))
                 OR country IN (SELECT value FROM json_each(?)) ORDER BY talks"""
        return [row[0] for row in self._run(sql, (wanted, wanted))]
