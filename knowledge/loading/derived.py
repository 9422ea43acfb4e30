"""From the rows of packs to the tables that answers are read from: one function a kind of fact."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from knowledge.loading.merging import merge, names_of, sources_of
from knowledge.packs.fields import DESCRIBED, FACTS
from knowledge.store.connection import json_list
from knowledge.text import norm, slips

if TYPE_CHECKING:
    from knowledge.loading.writer import Change, FactWriter


class Derived:
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
        self.dropped.update(word for (word,) in self.run(sql, (kind, json_list(keys))))

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
        return dict(self.run(sql, (json_list(rounds),)).fetchall())

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
        touched = json_list(self.touched["actor"])
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
