"""Facts added and taken out one by one: the pack `local`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from knowledge.loading.plans import LOCAL, Plan, UndoRefused, apply_plan, plan_load, plan_undo
from knowledge.loading.single_facts import plan_retract, plan_rows
from knowledge.loading.writer import FactWriter
from knowledge.packs import Limits, PackRefused, Row, read_pack, write_pack
from knowledge.store import FactStore, StatementFilter
from tests.knowledge.test_loading import BASE, dump, load, path_of

SAID = {"id": "l1", "round": "x/1", "speaker": "b", "act": "asked", "to": ["a"], "text": "for more", "sources": ["w"]}


@pytest.fixture
def base(writer: FactWriter) -> FactWriter:
    """A store with the pack "base"."""
    load(writer, BASE)
    return writer


def add(writer: FactWriter, *rows: tuple[str, dict[str, Any]], **more: Any) -> Plan:
    plan = plan_rows(writer, rows, **more)
    apply_plan(writer, plan, "t", "t")
    return plan


def take(writer: FactWriter, kind: str, key: str, reason: str = "wrong") -> Plan:
    plan = plan_retract(writer, kind, key, reason)
    apply_plan(writer, plan, "t", "t")
    return plan


def refused(writer: FactWriter, kind: str, key: str, reason: str = "wrong") -> str:
    before = dump(path_of(writer))
    with pytest.raises(PackRefused) as caught:
        plan_retract(writer, kind, key, reason)
    assert dump(path_of(writer)) == before
    return str(caught.value)


def texts(writer: FactWriter) -> set[str]:
    return {one.text for one in FactStore(path_of(writer)).statements.find(StatementFilter())}


def test_a_row_is_added_to_the_pack_local_beside_those_it_has(base: FactWriter) -> None:
    assert add(base, ("statements", SAID)).counts == (2, 0, 0)
    assert add(base, ("statements", {**SAID, "id": "l2", "text": "for peace"})).counts == (1, 0, 0)
    assert texts(base) == {"that", "for more", "for peace"}
    assert base.packs()[LOCAL]["title"] == "Facts added by hand"
    assert base.history()[0].file == "form"


def test_fields_come_as_forms_give_them(base: FactWriter) -> None:
    row = {**SAID, "to": "a | b", "date": date(2020, 1, 1), "quote": "", "note": None, "round": ""}
    add(base, ("statements", row), ("rounds", {**BASE["rounds"][0], "number": 2, "note": "two\nlines"}))
    add(base, ("attendance", {**BASE["attendance"][0], "actor": "b", "status": "absent", "onwards": True}))
    rows = {key: json.loads(text) for key, text in base.pack_rows(LOCAL).items()}
    assert rows["statement", "l1"]["to"] == ["a", "b"]
    assert rows["statement", "l1"]["date"] == "2020-01-01"
    assert {"quote", "note", "round"}.isdisjoint(rows["statement", "l1"])
    assert rows["round", "x/2"]["note"] == "two lines"
    assert rows["attendance", "x/1:b"]["onwards"] is True


def test_a_row_of_the_pack_is_changed_by_its_key_and_keeps_what_is_not_given(base: FactWriter) -> None:
    add(base, ("statements", {**SAID, "about": ["t"], "quote": "more!"}))
    plan = add(base, ("statements", {**SAID, "text": "for less", "quote": None}))
    assert plan.counts == (0, 1, 0)
    row = json.loads(base.pack_rows(LOCAL)["statement", "l1"])
    assert (row["text"], row["about"]) == ("for less", ["t"])
    assert "quote" not in row


def test_the_same_checks_hold_as_for_a_file(base: FactWriter) -> None:
    rows: list[tuple[str, Mapping[str, object]]] = [
        ("statements", {**SAID, "speaker": "c", "act": "askd", "date": "31.02.2017", "color": "red"}),
        ("statements", {**SAID, "id": "l2", "round": "x/9", "text": "turned \u202e back"}),
        ("topics", {"id": "Two Words", "name": ""}),
        ("statements", {**SAID, "id": "l3", "speaker": "aa"}),
        ("statement", SAID),
    ]
    with pytest.raises(PackRefused) as caught:
        plan_rows(base, rows)
    text = str(caught.value)
    assert "form, statement l1, field act: “askd” was found" in text
    assert "form, statement l1, field date: “31.02.2017” is no date" in text
    assert "form, statement l1, field color: unknown key" in text
    assert "form, statement l2, field text: it holds the unseen character U+202E" in text
    assert "field id: “Two Words” is no id" in text
    assert "field name: it is empty" in text
    assert "form, statement l3, field speaker: unknown actor “aa”" in text
    assert "“statement” is no section; did you mean “statements”?" in text
    assert "line" not in text


def test_a_fact_of_another_pack_cannot_be_stated_again(base: FactWriter) -> None:
    with pytest.raises(PackRefused, match="the pack “base” holds this key"):
        plan_rows(base, [("statements", BASE["statements"][0])])


def test_a_key_given_twice_is_an_error_without_a_line(base: FactWriter) -> None:
    with pytest.raises(PackRefused, match="statement l1: the same key stands already; a key is stated once"):
        plan_rows(base, [("statements", SAID), ("statements", SAID)])


def test_limits_hold(base: FactWriter) -> None:
    with pytest.raises(PackRefused, match="there are 1 rows, 0 are allowed"):
        plan_rows(base, [("statements", SAID)], limits=Limits(max_rows=0))


def test_what_was_added_by_hand_exports_and_loads_like_any_pack(base: FactWriter) -> None:
    add(base, ("statements", SAID))
    take(base, "statement", "s1")
    rows = [Row(kind, key, json.loads(text)) for (kind, key), text in base.pack_rows(LOCAL).items() if kind != "pack"]
    text = write_pack(LOCAL, base.packs()[LOCAL], rows)
    other = FactWriter(path_of(base).with_name("other.db"))
    load(other, BASE)
    apply_plan(other, plan_load(other, read_pack(text.encode(), "local.yaml")), "t", "t")
    assert dump(path_of(other)) == dump(path_of(base))
    other.close()


def test_a_row_of_local_goes_and_the_record_says_why(base: FactWriter) -> None:
    add(base, ("statements", SAID))
    plan = take(base, "statement", "l1", "told twice")
    assert plan.counts == (0, 0, 1)
    assert texts(base) == {"that"}
    assert base.history()[0].file == "retraction of statement l1: told twice"


def test_a_fact_of_another_pack_is_retracted_in_local_with_the_reason(base: FactWriter) -> None:
    plan = take(base, "statement", "s1", "told twice")
    assert [(change.kind, change.key) for change in plan.changes] == [("pack", LOCAL), ("retract", "statement s1")]
    assert json.loads(base.pack_rows(LOCAL)["retract", "statement s1"])["reason"] == "told twice"
    assert texts(base) == set()
    assert ("statement", "s1") in base.pack_rows("base")
    apply_plan(base, plan_undo(base, 2), "t", "t")
    assert texts(base) == {"that"}


def test_a_fact_stated_anew_in_local_goes_too_and_stays_away(base: FactWriter) -> None:
    take(base, "statement", "s1")
    add(base, ("statements", {**BASE["statements"][0], "text": "something else"}))
    assert texts(base) == {"something else"}
    take(base, "statement", "s1")
    assert texts(base) == set()
    assert "the pack “local” retracts it already" in refused(base, "statement", "s1")


@pytest.mark.parametrize(
    ("kind", "key", "reason", "said"),
    [
        ("attendance", "x/1:b", "wrong", "x/1:b: nothing is recorded under this key; did you mean “x/1:a”?"),
        ("statemnt", "s1", "wrong", "“statemnt” is no kind of fact: one of round, attendance, statement, event, source"),
        ("statement", "s1", " ", "field reason: it is empty"),
        ("statement", "s1", "", "field reason: it is empty"),
        ("statement", "s1", "\x1b[2J", "field reason: it holds the unseen character U+001B"),
        ("actor", "a", "wrong", "it stands in the pack “base”, and only round, attendance, statement, event can be retracted"),
        ("round", "x/1", "wrong", "round x/1 cannot go: attendance x/1:a (pack base, load 1), statement s1"),
    ],
)
def test_what_cannot_be_taken_out_is_said(base: FactWriter, kind: str, key: str, reason: str, said: str) -> None:
    assert said in refused(base, kind, key, reason)


def test_a_description_of_local_goes_and_what_others_say_stays(base: FactWriter) -> None:
    add(base, ("actors", {"id": "a", "kind": "state", "name": "Aland", "aliases": ["Åland"]}))
    plan = take(base, "actor", "a")
    assert "the pack “base” describes it too; what that says stays" in str(plan.warnings[0])
    assert FactStore(path_of(base)).actors.by_id(["a"])["a"].aliases == ()


def test_a_row_of_local_that_others_refer_to_stays(base: FactWriter) -> None:
    add(base, ("statements", SAID))
    add(base, ("rounds", {**BASE["rounds"][0], "number": 2}))
    add(base, ("attendance", {**BASE["attendance"][0], "round": "x/2"}))
    assert "round x/2 cannot go: attendance x/2:a (pack local, load 4) refer to it" in refused(base, "round", "x/2")
    with pytest.raises(UndoRefused, match=r"attendance x/2:a \(pack local, load 4\)"):
        plan_undo(base, 3)
    take(base, "attendance", "x/2:a")
    take(base, "round", "x/2")


def test_a_round_that_local_refers_to_is_not_retracted_in_local(base: FactWriter) -> None:
    load(base, {**BASE, "attendance": [], "statements": []})
    add(base, ("statements", SAID))
    assert "round x/1 cannot go: statement l1 (pack local, load 3)" in refused(base, "round", "x/1")
