"""What a phrase may mean, names that are being typed, and words near others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from knowledge.store.connection import Part, json_list

CROWD = 100
"""How many meanings of a name are looked at."""
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


class Names(Part):
    """Names and their words; `kind` is that of a fact ("actor", "topic" …)."""

    def meanings(self, norms: Iterable[str]) -> list[Named]:
        """The meanings of these folded phrases: of each at most CROWD, and as many of those that any number may bear."""
        found = self._kept.many("names", norms, self._meanings)
        return [name for meanings in found.values() for name in meanings]

    def _meanings(self, norms: list[str]) -> dict[str, list[Named]]:
        sql = "SELECT value FROM json_each(?) WHERE EXISTS (SELECT 1 FROM names WHERE norm = value)"
        known = [row[0] for row in self._run(sql, (json_list(norms),))]
        found = {}
        for phrase in known:
            rows: list[tuple[str, str, str, str]] = []
            for index, loose in (("names_proper", "NOT IN"), ("names_loose", "IN")):
                # Named, for else all that bear a name as a part are passed over on the way to those whose name it is.
                sql = f"SELECT kind, id, sort, shown FROM names INDEXED BY {index} WHERE norm = ? AND sort {loose} {_LOOSE}"
                rows += self._run(f"{sql} LIMIT {CROWD}", (phrase,))
            found[phrase] = [Named(phrase, *row) for row in sorted(rows)]
        return found

    def longest_word(self) -> int:
        """How many letters the longest word of a name has."""
        sql = "SELECT coalesce(max(length(word)), 0) FROM (SELECT DISTINCT word FROM name_words)"
        return self._kept.one("longest word", "", lambda: int(self._run(sql).fetchone()[0]))

    def near_words(self, keys: Iterable[str]) -> list[tuple[str, str]]:
        """(key, word of a name) for each of these keys (knowledge.text.slips)."""
        sql = "SELECT key, word FROM word_keys WHERE key IN (SELECT value FROM json_each(?))"
        return [(row[0], row[1]) for row in self._run(sql, (json_list(keys),))]

    def starting(self, prefix: str, kinds: Iterable[str], limit: int) -> list[tuple[str, str]]:
        """(kind, id) of facts with a name that starts with a folded phrase, at most `limit` names read."""
        sql = """SELECT DISTINCT kind, id FROM (SELECT kind, id FROM names WHERE norm >= ? AND norm < ? AND sort <> 'role'
            AND +kind IN (SELECT value FROM json_each(?)) LIMIT ?)"""
        return [(row[0], row[1]) for row in self._run(sql, (prefix, f"{prefix}\x7f", json_list(kinds), limit))]

    def with_words(self, words: Sequence[str], kinds: Iterable[str], limit: int) -> list[tuple[str, str]]:
        """(kind, id) of facts whose names have all these folded words, the last of which may be unfinished."""
        # A whole word leads, else the unfinished one; a "+" keeps the sort of fact, of which there is any number, from leading.
        *whole, last = words
        values: list[object] = [last, f"{last}\x7f", json_list(kinds)]
        source = "name_words w"
        if whole:
            source = "name_words o CROSS JOIN name_words w ON (w.kind, w.id) = (o.kind, o.id) AND o.word = ?"
            values.insert(0, whole[0])
        having = "".join(
            " AND EXISTS (SELECT 1 FROM name_words x WHERE (x.word, x.kind, x.id) = (?, w.kind, w.id))" for _ in whole[1:]
        )
        sql = f"""SELECT DISTINCT kind, id FROM (SELECT w.kind, w.id FROM {source} WHERE w.word >= ? AND w.word < ?
            AND +w.kind IN (SELECT value FROM json_each(?)){having} LIMIT ?)"""
        return [(row[0], row[1]) for row in self._run(sql, (*values, *whole[1:], limit))]

    def of(self, kind: str, ids: Iterable[str]) -> list[Named]:
        """All names of facts of a kind."""
        sql = "SELECT norm, kind, id, sort, shown FROM names WHERE kind = ? AND id IN (SELECT value FROM json_each(?))"
        return [Named(*row) for row in self._run(sql, (kind, json_list(ids)))]
