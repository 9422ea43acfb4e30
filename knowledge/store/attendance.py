"""Who was at rounds: rows, and absences that still hold."""

from __future__ import annotations

from collections.abc import Iterable

from knowledge.facts import Attendance, Round
from knowledge.store.connection import Part, json_list


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


class Attendances(Part):
    """The rows of attendance."""

    def rows(
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
            values.append(json_list(rounds))
        if actors is not None:
            # Keys start with the talks and the round, so that those of one series, or one round, are a range of the index.
            within = _range(talks, rounds)
            who, listed = "IN (SELECT value FROM json_each(?))", json_list(actors)
            sql.append(
                f"""AND a.key IN (SELECT key FROM attendance WHERE actor {who} AND key >= ? AND key < ?
                UNION SELECT attendance FROM attendance_people WHERE person {who} AND attendance >= ? AND attendance < ?)"""
            )
            values += [listed, *within] * 2
        for column, wanted in (("status", statuses), ("role", roles)):
            if wanted is not None:
                sql.append(f"AND a.{column} IN (SELECT value FROM json_each(?))")
                values.append(json_list(wanted))
        sql.append(
            """ORDER BY r.starts,
            CASE a.role WHEN 'guarantor' THEN 0 WHEN 'syrian-party' THEN 1 WHEN 'party' THEN 1
            WHEN 'mediator' THEN 2 WHEN 'observer' THEN 3 ELSE 4 END, a.rowid LIMIT ?"""
        )
        return self._all(Attendance, " ".join(sql), *values, limit)

    def keys_of(self, actor: str) -> list[str]:
        """Keys of the attendance rows by which an actor was at rounds, itself or as head or member of a delegation."""
        sql = """SELECT key FROM attendance WHERE actor = ? AND status = 'attended'
            UNION SELECT a.key FROM attendance_people p JOIN attendance a ON a.key = p.attendance
                WHERE p.person = ? AND a.status = 'attended'"""
        return [row[0] for row in self._run(sql, (actor, actor))]

    def came(self, actor: str, talks: str) -> bool:
        """Whether an actor was at any round of a series, itself or as head or member of a delegation."""
        within = _range(talks, None)
        sql = """SELECT 1 FROM attendance WHERE actor = ? AND key >= ? AND key < ? AND status = 'attended'
            UNION ALL SELECT 1 FROM attendance_people p JOIN attendance a ON a.key = p.attendance
                WHERE p.person = ? AND p.attendance >= ? AND p.attendance < ? AND a.status = 'attended' LIMIT 1"""
        return self._run(sql, (actor, *within, actor, *within)).fetchone() is not None

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
            values.append(json_list(actors))
        return self._all(Attendance, sql, *values, round_.number, round_.number)
