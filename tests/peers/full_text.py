"""SQLite FTS5 over the texts of all facts, ranked by bm25: a search box over the same store."""

from __future__ import annotations

import sqlite3
from itertools import product
from typing import Any

from knowledge.store import FactStore
from knowledge.text import words
from tests.peers.given import REFUSED, Given, Setting, polar
from tests.peers.texts import fact_texts

_STOP = frozenset(
    """a about all also an and any anyone are as at be been but by can could did do does for from give had has have he
    her him his how i if in is it its list me my of on or our please she show so some tell that the their them there
    these they this those to us was we were what when where which who whom whose why will with would you your""".split()
)
MOST = 60


class FullText:
    """Facts that hold all the telling words, else those that come near the best; how near is chosen by tuning."""

    options = tuple({"all": every, "band": band} for every, band in product((True, False), (1.0, 0.9, 0.75, 0.5)))

    def __init__(self, setting: Setting) -> None:
        self.texts = fact_texts(FactStore(setting.database))
        self.index = sqlite3.connect(":memory:")
        self.index.execute("CREATE VIRTUAL TABLE facts USING fts5 (text, tokenize = 'porter unicode61 remove_diacritics 2')")
        self.index.executemany("INSERT INTO facts VALUES (?)", [(text,) for _, _, text in self.texts])

    def _hits(self, said: list[str], joint: str) -> list[tuple[int, float]]:
        sql = "SELECT rowid, -bm25(facts) FROM facts WHERE facts MATCH ? ORDER BY 2 DESC LIMIT ?"
        match = joint.join(f'"{word}"' for word in said)
        return self.index.execute(sql, (match, MOST)).fetchall() if said else []

    def guess(self, text: str, options: dict[str, Any], but: str = "") -> tuple[float, Given]:
        """(how much of the question the best hit accounts for, the hits within the band)."""
        said = [word for word in dict.fromkeys(words(text)) if word not in _STOP]
        hits = self._hits(said, " AND ") if options["all"] else []
        whole = bool(hits)
        hits = hits or self._hits(said, " OR ")
        if not hits:
            return 0.0, REFUSED
        best = hits[0][1]
        kept = [at for at, score in hits if score >= best * (0.0 if whole else options["band"])]
        facts = tuple(self.texts[at - 1][:2] for at in kept)
        answer = "\n".join(self.texts[at - 1][2] for at in kept)
        # Per word, so that long questions need not find more than short ones do.
        return (100.0 if whole else 0.0) + best / len(said), Given("answered", answer, facts, "yes" if polar(text) else None)
