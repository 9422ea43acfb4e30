"""Loads as plans: what is new, changed and gone; several packs; undo; a process killed in the middle."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path
from random import Random
from typing import Any

import pytest

from knowledge.loading import plans as loading
from knowledge.loading.plans import (
    Outdated,
    Plan,
    UndoRefused,
    apply_plan,
    bundle_digest,
    bundled_pack,
    load_bundle,
    plan_load,
    plan_undo,
)
from knowledge.loading.writer import FactWriter
from knowledge.packs import Pack, PackRefused, Row, read_pack
from knowledge.store import FactStore, StatementFilter
from tests.conftest import GENEVA

BASE: dict[str, Any] = {
    "pack": "base",
    "sources": [{"id": "w", "publisher": "W", "title": "T"}],
    "actors": [{"id": "a", "kind": "state", "name": "Aland"}, {"id": "b", "kind": "state", "name": "Bland"}],
    "topics": [{"id": "t", "name": "trade"}],
    "talks": [{"id": "x", "name": "X talks"}],
    "rounds": [{"talks": "x", "number": 1, "starts": "2020-01-01", "ends": "2020-01-02", "sources": ["w"]}],
    "attendance": [{"round": "x/1", "actor": "a", "role": "party", "status": "attended", "sources": ["w"]}],
    "statements": [
        {
            "id": "s1",
            "round": "x/1",
            "speaker": "a",
            "act": "said",
            "to": ["b"],
            "about": ["t"],
            "text": "that",
            "sources": ["w"],
        }
    ],
}
TABLES = (
    "pack_rows sources actors actor_members voices topics talks rounds attendance attendance_people statements statement_to "
    "statement_about events event_about fact_sources disputes names name_words word_keys"
).split()


def load(writer: FactWriter, content: dict[str, Any], file: str = "test.json") -> tuple[int, Plan]:
    plan = plan_load(writer, read_pack(json.dumps(content).encode(), file))
    return apply_plan(writer, plan, "tester", "test"), plan


def dump(path: Path) -> dict[str, list[Any]]:
    """All facts and all that follows from them."""
    connection = sqlite3.connect(path)
    found = {table: sorted(map(repr, connection.execute(f"SELECT * FROM {table}"))) for table in TABLES}  # noqa: S608
    connection.close()
    return found


def path_of(writer: FactWriter) -> Path:
    return Path(writer._connection.execute("PRAGMA database_list").fetchone()[2])


def problems(writer: FactWriter, content: dict[str, Any]) -> str:
    with pytest.raises(PackRefused) as caught:
        plan_load(writer, read_pack(json.dumps(content).encode(), "test.json"))
    return str(caught.value)


def test_a_load_counts_what_is_new_changed_and_gone(writer: FactWriter) -> None:
    load(writer, BASE)
    changed = {**BASE, "topics": [{"id": "t", "name": "commerce"}, {"id": "u", "name": "peace"}], "attendance": []}
    plan = plan_load(writer, read_pack(json.dumps(changed).encode(), "x"))
    assert plan.counts == (1, 1, 1)
    assert plan.count("gone", "attendance") == 1


def test_loading_the_same_pack_again_changes_nothing(writer: FactWriter) -> None:
    load(writer, BASE)
    assert plan_load(writer, read_pack(json.dumps(BASE).encode(), "x")).changes == ()


def test_the_record_says_who_when_which_file_and_how_much(writer: FactWriter) -> None:
    load(writer, BASE, "facts.json")
    record = writer.history()[0]
    assert (record.who, record.origin, record.pack, record.file) == ("tester", "test", "base", "facts.json")
    assert (record.added, record.changed, record.gone, len(record.digest)) == (9, 0, 0, 64)
    assert record.at.endswith("+00:00")


def test_an_unknown_id_is_an_error_with_the_nearest(writer: FactWriter) -> None:
    load(writer, BASE)
    text = problems(
        writer,
        {
            "pack": "more",
            "attendance": [{"round": "x/2", "actor": "aa", "role": "party", "status": "attended", "sources": ["w"]}],
        },
    )
    assert "field round: unknown round “x/2”; did you mean “x/1”?" in text
    assert "field actor: unknown actor “aa”" in text
    assert "attendance x/2:aa" in text


def test_a_pack_with_one_error_changes_nothing(writer: FactWriter) -> None:
    load(writer, BASE)
    before = dump(path_of(writer))
    problems(writer, {**BASE, "statements": [{**BASE["statements"][0], "speaker": "nobody"}]})
    assert dump(path_of(writer)) == before


def test_a_fact_belongs_to_one_pack(writer: FactWriter) -> None:
    load(writer, BASE)
    assert "the pack “base” holds this key" in problems(writer, {"pack": "more", "statements": BASE["statements"]})


def test_a_retraction_takes_a_fact_back_and_allows_it_anew(writer: FactWriter) -> None:
    load(writer, BASE)
    mine = {**BASE["statements"][0], "text": "something else"}
    number, _ = load(
        writer, {"pack": "more", "retract": [{"kind": "statement", "key": "s1", "reason": "wrong"}], "statements": [mine]}
    )
    store = FactStore(path_of(writer))
    assert [one.text for one in store.statements.find(StatementFilter())] == ["something else"]
    apply_plan(writer, plan_undo(writer, number), "t", "t")
    assert [one.text for one in store.statements.find(StatementFilter())] == ["that"]


def test_a_retraction_of_nothing_is_an_error(writer: FactWriter) -> None:
    load(writer, BASE)
    text = problems(writer, {"pack": "more", "retract": [{"kind": "statement", "key": "s2", "reason": "wrong"}]})
    assert "no other pack holds statement “s2”" in text


def test_descriptions_add_up_and_contradictions_are_warned_of(writer: FactWriter) -> None:
    load(writer, BASE)
    _, plan = load(
        writer,
        {"pack": "more", "actors": [{"id": "a", "kind": "state", "name": "Other", "demonym": "Alandish", "aliases": ["AL"]}]},
    )
    assert "the first loaded stays" in str(plan.warnings[0])
    actor = FactStore(path_of(writer)).actors.by_id(["a"])["a"]
    assert (actor.name, actor.demonym, actor.aliases) == ("Aland", "Alandish", ("AL",))


def test_a_name_that_two_actors_share_is_warned_of(writer: FactWriter) -> None:
    load(writer, BASE)
    _, plan = load(writer, {"pack": "more", "actors": [{"id": "c", "kind": "state", "name": "Cland", "aliases": ["Aland"]}]})
    assert "the name “aland” means a too" in str(plan.warnings[0])


def test_one_address_under_two_sources_is_warned_of(writer: FactWriter) -> None:
    one = {"id": "p", "publisher": "P", "title": "T", "url": "https://example.org/p"}
    load(writer, {"pack": "one", "sources": [one]})
    _, plan = load(writer, {"pack": "two", "sources": [{**one, "id": "q"}]})
    assert "the source p has the same address" in str(plan.warnings[0])


def test_a_row_that_others_refer_to_cannot_go(writer: FactWriter) -> None:
    load(writer, BASE)
    load(
        writer,
        {
            "pack": "more",
            "statements": [{"id": "s9", "speaker": "b", "act": "said", "text": "x", "about": ["t"], "sources": ["w"]}],
        },
    )
    text = problems(writer, {**BASE, "topics": [], "statements": []})
    assert "topic t cannot go: statement s9 (pack more, load 2) refer to it" in text


def test_affiliations_may_not_run_in_a_circle(writer: FactWriter) -> None:
    actors = [
        {"id": "a", "kind": "person", "name": "A", "affiliation": "b"},
        {"id": "b", "kind": "person", "name": "B", "affiliation": "a"},
    ]
    assert "leads back to this actor" in problems(writer, {"pack": "x", "actors": actors})


def test_undo_brings_back_exactly_what_was_also_after_other_loads(writer: FactWriter) -> None:
    load(writer, BASE)
    path = path_of(writer)
    number, _ = load(writer, {**BASE, "topics": [{"id": "t", "name": "commerce"}]})
    load(writer, {"pack": "other", "topics": [{"id": "o", "name": "other"}]})
    apply_plan(writer, plan_undo(writer, number), "t", "t")
    expected = FactWriter(path.with_name("expected.db"))
    load(expected, BASE)
    load(expected, {"pack": "other", "topics": [{"id": "o", "name": "other"}]})
    assert {k: v for k, v in dump(path).items() if k != "pack_rows"} == {
        k: v for k, v in dump(path_of(expected)).items() if k != "pack_rows"
    }


def test_undo_says_which_later_load_stands_in_the_way(writer: FactWriter) -> None:
    load(writer, BASE)
    first, _ = load(writer, {**BASE, "topics": [{"id": "t", "name": "commerce"}]})
    second, _ = load(writer, {**BASE, "topics": [{"id": "t", "name": "barter"}]})
    with pytest.raises(UndoRefused, match=f"Load {second} stands in the way"):
        plan_undo(writer, first)


def test_undo_is_refused_when_a_later_pack_refers_to_what_would_go(writer: FactWriter) -> None:
    number, _ = load(writer, BASE)
    load(writer, {"pack": "more", "statements": [{"id": "s9", "speaker": "b", "act": "said", "text": "x", "sources": ["w"]}]})
    with pytest.raises(UndoRefused, match="statement s9 \\(pack more, load 2\\)"):
        plan_undo(writer, number)


def retracting(pack: str, text: str) -> dict[str, Any]:
    """A pack that takes statement s1 back and states it anew."""
    anew = {**BASE["statements"][0], "text": text}
    return {"pack": pack, "retract": [{"kind": "statement", "key": "s1", "reason": "wrong"}], "statements": [anew]}


def test_the_pack_that_was_retracted_from_still_loads_to_no_change(writer: FactWriter) -> None:
    load(writer, BASE)
    load(writer, retracting("more", "something else"))
    assert plan_load(writer, read_pack(json.dumps(BASE).encode(), "x")).changes == ()
    load(writer, {**BASE, "topics": [{"id": "t", "name": "commerce"}]})


def test_one_pack_alone_may_retract_a_fact(writer: FactWriter) -> None:
    load(writer, BASE)
    load(writer, retracting("more", "something else"))
    assert "the pack “more” retracts statement s1 already" in problems(writer, retracting("third", "a third thing"))


def test_a_round_can_be_retracted_with_all_its_rows(writer: FactWriter) -> None:
    load(writer, BASE)
    keys = [("round", "x/1"), ("attendance", "x/1:a"), ("statement", "s1")]
    load(writer, {"pack": "more", "retract": [{"kind": kind, "key": key, "reason": "never held"} for kind, key in keys]})
    assert FactStore(path_of(writer)).counts()["rounds"] == 0


def test_a_pack_that_retracts_a_round_cannot_refer_to_it(writer: FactWriter) -> None:
    load(writer, BASE)
    row = {"round": "x/1", "actor": "b", "role": "party", "status": "attended", "sources": ["w"]}
    pack = {"pack": "more", "retract": [{"kind": "round", "key": "x/1", "reason": "never held"}], "attendance": [row]}
    assert "unknown round “x/1”" in problems(writer, pack)


def test_undoing_the_first_load_of_a_pack_that_has_grown_names_the_later_load(writer: FactWriter) -> None:
    number, _ = load(writer, {"pack": "p", "topics": [{"id": "t1", "name": "one"}]})
    later, _ = load(writer, {"pack": "p", "topics": [{"id": "t1", "name": "one"}, {"id": "t2", "name": "two"}]})
    with pytest.raises(UndoRefused, match=f"Load {later} stands in the way"):
        plan_undo(writer, number)


def test_a_fact_may_be_stated_anew_in_a_later_load_than_the_one_that_retracts_it(writer: FactWriter) -> None:
    load(writer, BASE)
    pack = retracting("more", "something else")
    load(writer, {**pack, "statements": []})
    load(writer, pack)
    store = FactStore(path_of(writer))
    assert [one.text for one in store.statements.find(StatementFilter())] == ["something else"]


def test_undo_is_refused_when_a_later_row_of_the_same_pack_refers_to_what_would_go(writer: FactWriter) -> None:
    load(writer, {**BASE, "topics": [], "statements": []})
    number, _ = load(writer, {**BASE, "statements": []})
    load(writer, BASE)
    with pytest.raises(UndoRefused, match="statement s1 \\(pack base, load 3\\)"):
        plan_undo(writer, number)


def test_a_round_stated_anew_cannot_go_while_rows_refer_to_it(writer: FactWriter) -> None:
    load(writer, BASE)
    keys = [("round", "x/1"), ("attendance", "x/1:a"), ("statement", "s1")]
    taken = {"pack": "more", "retract": [{"kind": kind, "key": key, "reason": "wrong"} for kind, key in keys]}
    load(writer, {**taken, "rounds": BASE["rounds"]})
    load(writer, {"pack": "third", "statements": [{**BASE["statements"][0], "id": "s2"}]})
    assert "round x/1 cannot go: statement s2 (pack third" in problems(writer, taken)


def test_two_plans_for_one_key_do_not_both_go_through(writer: FactWriter) -> None:
    load(writer, BASE)
    statement = {"id": "s9", "speaker": "a", "act": "said", "text": "x", "sources": ["w"]}
    plans = [plan_load(writer, read_pack(json.dumps({"pack": p, "statements": [statement]}).encode(), p)) for p in ("p", "q")]
    apply_plan(writer, plans[0], "t", "t")
    with pytest.raises(Outdated):
        apply_plan(writer, plans[1], "t", "t")
    assert list(writer.packs()) == ["base", "p"]


def test_a_reference_that_went_meanwhile_is_found_before_anything_is_written(writer: FactWriter) -> None:
    load(writer, BASE)
    load(writer, {"pack": "topics", "topics": [{"id": "u", "name": "other"}]})
    statement = {"id": "s9", "speaker": "a", "act": "said", "text": "x", "about": ["u"], "sources": ["w"]}
    plan = plan_load(writer, read_pack(json.dumps({"pack": "p", "statements": [statement]}).encode(), "p"))
    load(writer, {"pack": "topics", "topics": []})
    with pytest.raises(Outdated):
        apply_plan(writer, plan, "t", "t")


def test_a_chain_of_affiliations_is_short(writer: FactWriter) -> None:
    actors = [{"id": f"a{n}", "kind": "organisation", "name": f"A {n}", "affiliation": f"a{n + 1}"} for n in range(3_000)]
    actors.append({"id": "a3000", "kind": "organisation", "name": "last"})
    assert "longer than 8" in problems(writer, {"pack": "x", "actors": actors})


def test_a_thousand_actors_of_one_name_are_warned_of_once(writer: FactWriter) -> None:
    actors = [{"id": f"a{n}", "kind": "organisation", "name": "Same"} for n in range(1_000)]
    _, plan = load(writer, {"pack": "x", "actors": actors})
    assert [str(warning).split(": ", 1)[1] for warning in plan.warnings] == [
        "the name “same” means a1 and a10 and a100 and 996 more too; who asks is asked back"
    ]


def test_a_bundle_that_cannot_be_loaded_leaves_what_is_there(writer: FactWriter, monkeypatch: pytest.MonkeyPatch) -> None:
    load_bundle(writer)
    load(
        writer,
        {"pack": "local", "rounds": [{**BASE["rounds"][0], "talks": "astana", "number": 23, "sources": ["tass-2017-01-23"]}]},
    )
    newer = bundled_pack()
    rows = (
        *newer.rows,
        next(Row("round", "astana/23", {**row.body, "number": 23}) for row in newer.rows if row.kind == "round"),
    )
    monkeypatch.setattr(loading, "bundled_pack", lambda: Pack("astana", newer.head, rows, newer.file, "newer"))
    monkeypatch.setattr(loading, "bundle_digest", lambda: "newer")
    assert not load_bundle(writer)
    assert len(writer.history()) == 2


def test_processes_that_start_at_the_same_moment_all_find_the_store(tmp_path: Path) -> None:
    code = "import sys, pathlib; from knowledge.loading.writer import FactWriter as W; W(pathlib.Path(sys.argv[1])).close()"
    started = [
        subprocess.Popen([sys.executable, "-c", code, str(tmp_path / "new.db")], stderr=subprocess.PIPE) for _ in range(6)
    ]
    assert [(process.wait(), process.communicate()[1]) for process in started] == [(0, b"")] * 6


def test_a_load_is_undone_once_and_an_undo_can_be_undone(writer: FactWriter) -> None:
    number, _ = load(writer, BASE)
    undo = apply_plan(writer, plan_undo(writer, number), "t", "t")
    with pytest.raises(UndoRefused, match="undone already"):
        plan_undo(writer, number)
    apply_plan(writer, plan_undo(writer, undo), "t", "t")
    assert FactStore(path_of(writer)).counts()["statements"] == 1
    with pytest.raises(UndoRefused, match="There is no load 99"):
        plan_undo(writer, 99)


def test_a_plan_is_refused_when_the_facts_changed_meanwhile(writer: FactWriter) -> None:
    load(writer, BASE)
    plan = plan_load(writer, read_pack(json.dumps({**BASE, "topics": [{"id": "t", "name": "one"}]}).encode(), "x"))
    load(writer, {**BASE, "topics": [{"id": "t", "name": "two"}]})
    with pytest.raises(Outdated):
        apply_plan(writer, plan, "t", "t")


def test_the_bundle_is_loaded_once_and_leaves_an_admins_own_alone(writer: FactWriter) -> None:
    assert load_bundle(writer)
    assert not load_bundle(writer)
    assert writer.history()[0].digest == bundle_digest()
    apply_plan(writer, plan_undo(writer, 1), "admin", "chat")
    assert not load_bundle(writer), "what an admin took back stays away"


_LOADER = """
import sys
from pathlib import Path
from random import Random
from knowledge.loading.plans import apply_plan, plan_load
from knowledge.packs import Limits, read_pack
from knowledge.loading.writer import FactWriter
writer = FactWriter(Path(sys.argv[1]))
pack = read_pack(Path(sys.argv[2]).read_bytes(), "big.json", Limits(10**9, 10**9))
plan = plan_load(writer, pack)
apply_plan(writer, plan, "t", "t", lambda done, total: print(done, flush=True))
"""


@pytest.mark.parametrize("after", [1, 4])
def test_a_process_killed_in_the_middle_of_a_load_leaves_the_old_facts_whole(facts: Path, tmp_path: Path, after: int) -> None:
    before = dump(facts)
    big = {
        "pack": "big",
        "sources": [{"id": f"big-{n}", "publisher": "P", "title": "T"} for n in range(3_000)],
        "statements": [
            {
                "id": f"big-s{n}",
                "speaker": "russia",
                "act": "said",
                "text": f"that {n}",
                "about": ["idlib"],
                "sources": ["big-1"],
            }
            for n in range(5_000)
        ],
    }
    file = tmp_path / "big.json"
    file.write_text(json.dumps(big))
    process = subprocess.Popen([sys.executable, "-c", _LOADER, str(facts), str(file)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    for _ in range(after):
        assert process.stdout.readline().strip(), "the load was killed while it was writing"
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert process.returncode == -signal.SIGKILL
    assert dump(facts) == before
    store = FactStore(facts)
    assert store.counts()["statements"] == 729
    writer = FactWriter(facts)
    assert len(writer.history()) == 1


def test_readers_go_on_while_a_load_is_being_written(facts: Path) -> None:
    store, writer = FactStore(facts), FactWriter(facts)
    with store.snapshot(), writer.transaction():
        writer.record("now", "t", "t", "p", "f", "d", (0, 0, 0), None)
        # A reader that had to wait for the writer would fail at once.
        store._reader.connection.execute("PRAGMA busy_timeout=0")
        assert store.rounds.count("astana") == 22


def test_an_answer_under_way_sees_the_facts_of_its_start(facts: Path) -> None:
    store, writer = FactStore(facts), FactWriter(facts)
    with store.snapshot():
        assert "geneva" not in store.talks.all()
        apply_plan(writer, plan_load(writer, read_pack(GENEVA.read_bytes(), "geneva.yaml")), "t", "t")
        assert "geneva" not in store.talks.all()
    assert "geneva" in store.talks.all()


def actors_at_random(random: Random) -> dict[str, Any]:
    """A pack of actors who belong to each other, in blocs or not, with statements of a round that has its day anew."""
    ids = "abcdefgh"
    there = [one for one in ids if random.random() < 0.8]
    actors = []
    for at, one in enumerate(there):
        actor: dict[str, Any] = {"id": one, "kind": random.choice(("bloc", "state")), "name": f"Name {random.choice(ids) * 5}"}
        if at and random.random() < 0.6:
            actor["affiliation"] = random.choice(there[:at])
        if actor["kind"] == "bloc":
            actor["members"] = random.sample(there, min(2, len(there)))
        actors.append(actor)
    starts = f"2017-01-{random.randrange(10, 20)}"
    round_ = {"talks": "x", "number": 1, "starts": starts, "ends": "2017-01-24", "city": "Astana", "sources": ["w"]}
    said = {"round": "x/1", "act": "said", "text": "that", "sources": ["w"]}
    return {
        "pack": "base",
        "sources": [{"id": "w", "publisher": "Wire", "title": "Title"}],
        "talks": [{"id": "x", "name": "X talks"}],
        "actors": actors,
        "rounds": [round_],
        "statements": [{**said, "id": f"s-{one}", "speaker": one, "to": [there[0]]} for one in there],
    }


@pytest.mark.parametrize("seed", range(25))
def test_what_follows_from_changes_is_what_a_fresh_load_makes(seed: int, tmp_path: Path) -> None:
    random = Random(seed)
    changed, fresh = FactWriter(tmp_path / "changed.db"), FactWriter(tmp_path / "fresh.db")
    for _ in range(4):
        content = actors_at_random(random)
        if plan_load(changed, read_pack(json.dumps(content).encode(), "x")).changes:
            load(changed, content)
    load(fresh, content)
    one, other = dump(path_of(changed)), dump(path_of(fresh))
    assert one == other


def test_a_statement_without_a_date_follows_the_day_of_its_round_in_another_pack(writer: FactWriter) -> None:
    load(writer, BASE)
    said = {"id": "s9", "round": "x/1", "speaker": "a", "act": "said", "text": "so", "sources": ["w"]}
    load(writer, {"pack": "more", "statements": [said]})
    moved = [{**BASE["rounds"][0], "starts": "2017-01-20"}]
    load(writer, {**BASE, "rounds": moved})
    assert writer._rows("SELECT DISTINCT day FROM statements WHERE id = 's9'") == [("2017-01-20",)]
