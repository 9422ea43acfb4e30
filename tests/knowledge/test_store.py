"""The store: strict tables, an index for each look-up, readers that cannot write."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest
from sqlite_utils import Database

from knowledge import schema
from knowledge.loading.plans import apply_plan, plan_load
from knowledge.loading.writer import FactWriter
from knowledge.packs import read_pack
from knowledge.schema import SchemaError, check_sqlite
from knowledge.store import CROWD, FactStore, StatementFilter


def test_all_tables_are_strict_and_foreign_keys_hold(facts: Path) -> None:
    db = Database(sqlite3.connect(facts))
    ours = [t for t in db.tables if not t.name.startswith(("_", "statements_fts", "sqlite_"))]
    assert len(ours) > 20
    assert all("STRICT" in table.schema for table in ours)
    assert list(db.execute("PRAGMA foreign_key_check")) == []
    assert db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"


def test_a_reader_cannot_write(facts: Path) -> None:
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        FactStore(facts)._reader.connection.execute("DELETE FROM rounds")


def test_wal_and_busy_timeout(facts: Path) -> None:
    writer = FactWriter(facts)
    assert writer._connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
    assert writer._connection.execute("PRAGMA busy_timeout").fetchone()[0] > 0
    assert FactStore(facts)._reader.connection.execute("PRAGMA busy_timeout").fetchone()[0] > 0


def test_an_sqlite_that_cannot_hold_the_store_is_named_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    connection = sqlite3.connect(":memory:")
    check_sqlite(connection)
    monkeypatch.setattr(schema, "OLDEST_SQLITE", (99, 0, 0))
    with pytest.raises(SchemaError, match="is too old"):
        check_sqlite(connection)


def test_no_look_up_scans_a_table_of_facts_or_names(facts: Path) -> None:
    store = FactStore(facts)
    latest = store.rounds.edge("astana", last=True)
    assert latest is not None
    everything = StatementFilter(
        speakers=("russia",), to=("turkey",), acts=("asked",), topics=("idlib",), talks="astana", mentions=("Iran",), wide=True
    )
    with store.traced() as ran:
        store.rounds.of("astana", numbers=[1])
        store.attendance.rows(rounds=["astana/1"], actors=["russia"])
        store.attendance.rows(actors=["russia"], talks="astana")
        store.attendance.standing_absences(latest, ["united-states"])
        store.statements.find(everything)
        store.statements.find(StatementFilter(topics=("idlib",), talks="astana"))
        store.statements.find(StatementFilter(speakers=("russia",), talks="astana"))
        store.statements.find(StatementFilter(rounds=("astana/1",)))
        store.names.meanings(["russia", "who"])
        store.names.near_words(["rusia", "~rs"])
        store.events.find(ids=["truce-2016"])
        store.actors.by_id(["russia"])
    explained = sqlite3.connect(facts)
    tables = "statements rounds attendance actors names word_keys name_words voices sources events fact_sources".split()
    for sql in ran:
        for row in explained.execute("EXPLAIN QUERY PLAN " + sql):
            step = str(row[3])
            scanned = step.split()[1] if step.startswith("SCAN") else ""
            assert scanned not in (*tables, "s", "a", "r", "b", "q"), (step, sql[:200])


def test_what_a_person_says_counts_for_its_side_and_a_bloc_for_its_members(facts: Path) -> None:
    store = FactStore(facts)
    assert "mohammed-alloush" in store.actors.voices("syrian-opposition")
    narrow = store.statements.find(StatementFilter(speakers=("russia",), acts=("agreed",)))
    wide = store.statements.find(StatementFilter(speakers=("russia",), acts=("agreed",), wide=True))
    assert "guarantors" not in {one.speaker for one in narrow}
    assert "guarantors" in {one.speaker for one in wide}
    assert {one.speaker for one in store.statements.find(StatementFilter(speakers=("guarantors",)))} == {"guarantors"}


def test_an_absence_that_holds_onwards_stands_until_another_status(facts: Path) -> None:
    store = FactStore(facts)
    rounds = {one.number: one for one in store.rounds.of("astana")}
    assert [row.key for row in store.attendance.standing_absences(rounds[22])] == ["astana/15:united-states"]
    assert store.attendance.standing_absences(rounds[15]) == []
    assert store.attendance.standing_absences(rounds[9]) == []


def test_what_was_found_is_kept_until_others_load(facts: Path) -> None:
    store = FactStore(facts)
    with store.snapshot():
        assert "xanadu-land" not in store.actors.by_id(["xanadu-land"])
        assert store.names.meanings(["xanadu talks"]) == []
        assert store.rounds.of("astana", numbers=[99]) == []
    with store.snapshot(), store.traced() as ran:
        store.actors.by_id(["xanadu-land"])
        store.names.meanings(["xanadu talks"])
        store.rounds.of("astana", numbers=[99])
    assert ran == []
    more = {
        "pack": "more",
        "sources": [{"id": "w", "publisher": "Wire", "title": "Title"}],
        "actors": [{"id": "xanadu-land", "kind": "state", "name": "Xanadu Land"}],
        "talks": [{"id": "xanadu", "name": "Xanadu talks"}],
        "rounds": [{"talks": "astana", "number": 99, "starts": "2030-01-01", "ends": "2030-01-01", "sources": ["w"]}],
    }
    writer = FactWriter(facts)
    with store.snapshot():
        assert "xanadu-land" not in store.actors.by_id(["xanadu-land"])
        apply_plan(writer, plan_load(writer, read_pack(json.dumps(more).encode(), "more.json")), "tester", "test")
        assert "xanadu-land" not in store.actors.by_id(["xanadu-land"]), (
            "one state of the facts is seen for the whole of an answer"
        )
    with store.snapshot():
        assert store.actors.by_id(["xanadu-land"])["xanadu-land"].name == "Xanadu Land"
        assert [name.id for name in store.names.meanings(["xanadu talks"])] == ["xanadu"]
        assert [one.number for one in store.rounds.of("astana", numbers=[99])] == [99]


def test_few_are_looked_at_of_a_name_that_many_bear(facts: Path) -> None:
    person = {"kind": "person", "role": "envoy of Nowhere", "sources": ["w"]}
    actors = [{"id": f"p{at}", "name": f"Zardoz Number{at}", **person} for at in range(3 * CROWD)]
    pack = {"pack": "crowd", "sources": [{"id": "w", "publisher": "Wire", "title": "Title"}], "actors": actors}
    pack["topics"] = [{"id": "zardoz", "name": "Zardoz"}]
    writer = FactWriter(facts)
    apply_plan(writer, plan_load(writer, read_pack(json.dumps(pack).encode(), "crowd.json")), "tester", "test")
    found = FactStore(facts).names.meanings(["zardoz", "envoy of nowhere"])
    assert [name.id for name in found if name.kind == "topic"] == ["zardoz"], "what is called so is not lost among them"
    assert len(found) == 2 * CROWD + 1
