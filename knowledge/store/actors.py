"""Actors, those who belong to them, and whose words count for whom."""

from __future__ import annotations

from collections.abc import Iterable

from knowledge.cache import fact_of
from knowledge.facts import Actor
from knowledge.store.connection import Part


class Actors(Part):
    """Actors by id, and what they are to each other."""

    def by_id(self, ids: Iterable[str]) -> dict[str, Actor]:
        """The actors with these ids; unknown ids are left out."""
        return self._by_id(Actor, "SELECT body FROM actors WHERE id IN (SELECT value FROM json_each(?))", ids)

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
        return self._run(sql, (actor,)).fetchone() is not None

    def voices(self, actor: str) -> list[str]:
        """Ids of all whose words are this actor's own: itself and those affiliated to it."""
        sql = "SELECT voice FROM voices WHERE party = ? AND NOT wide"
        return self._kept.one("voices", actor, lambda: [row[0] for row in self._run(sql, (actor,))])

    def listed(self) -> list[tuple[Actor, int, int]]:
        """(actor, rounds attended as a delegation, statements made) of all actors, by kind and name."""
        sql = """SELECT body, (SELECT count(*) FROM attendance a WHERE a.actor = actors.id AND a.status = 'attended'),
                (SELECT count(*) FROM statements s WHERE s.speaker = actors.id)
            FROM actors ORDER BY kind = 'person', kind, json_extract(body, '$.name')"""
        return [(fact_of(Actor, body), came, said) for body, came, said in self._run(sql)]
