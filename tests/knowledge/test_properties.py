"""What holds for any packs: undo brings back exactly what was, an export loads elsewhere to the same facts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.loading.plans import Plan, UndoRefused, apply_plan, plan_file, plan_load, plan_undo
from knowledge.loading.single_facts import plan_retract, plan_rows
from knowledge.loading.writer import FactWriter
from knowledge.packs import Limits, PackRefused, Row, read_pack, write_pack, write_table
from knowledge.packs.fields import SECTION_OF
from tests.knowledge.test_loading import dump

WORDS = st.sampled_from(["alpha", "beta", "the “gamma”, delta", "=1+1", "no", "~", "2017-01-23", "йод"])
SOURCES = ["w"]


def some(strategy: st.SearchStrategy[Any], **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[list[dict[str, Any]]]:
    """Up to three rows with different values of `strategy` as their id."""
    rows = st.fixed_dictionaries({"id": strategy}, optional=fields)
    return st.lists(rows, max_size=3, unique_by=lambda row: str(row["id"]))


@st.composite
def packs(draw: st.DrawFn, name: str, ids: tuple[str, ...] = ("one", "two", "shared")) -> dict[str, Any]:
    """A pack that may share descriptions, and clash over facts, with another of these."""
    topics = [
        {"name": "peace", **row}
        for row in draw(some(st.sampled_from(["k1", "k2", "k3"]), name=WORDS, aliases=st.lists(WORDS, max_size=2)))
    ]
    owned = st.sampled_from([name, "both"])
    numbers = draw(st.sets(st.sampled_from([1, 2] if name == "one" else [2, 3])))
    about = [row["id"] for row in topics[:1]]
    said = [
        {"speaker": draw(st.sampled_from(["a", "p"])), "act": "said", "text": "that", "about": about, "sources": SOURCES, **row}
        for row in draw(
            some(
                st.tuples(owned, st.sampled_from(["s1", "s2"])).map("-".join),
                text=WORDS,
                note=WORDS,
                to=st.just(["a"]),
                date=st.just("2020-01-01"),
                disputed=st.just([{"field": "text", "value": "not that", "sources": SOURCES}]),
            )
        )
    ]
    rounds = [
        {"talks": "x", "number": number, "starts": "2020-01-01", "ends": "2020-01-02", "city": draw(WORDS), "sources": SOURCES}
        for number in sorted(numbers)
    ]
    came = [
        {"round": f"x/{number}", "actor": "a", "role": "party", "status": draw(st.sampled_from(["attended", "absent"]))}
        | {"head": "p", "sources": SOURCES}
        for number in sorted(numbers)
        if draw(st.booleans())
    ]
    retract = draw(
        st.sets(
            st.sampled_from(
                [("statement", "one-s1"), ("statement", "both-s1"), ("attendance", "x/2:a"), ("round", "x/2"), ("round", "x/1")]
            )
        )
        if name == "two"
        else st.just(set())
    )
    return {
        "pack": draw(st.sampled_from(ids)),
        "title": draw(WORDS),
        "sources": [{"id": "w", "publisher": "W", "title": draw(WORDS)}],
        "actors": [
            {"id": "a", "kind": "state", "name": "Aland", "aliases": draw(st.lists(WORDS, max_size=2, unique=True))},
            {"id": "p", "kind": "person", "name": "Pat", **draw(st.sampled_from([{}, {"affiliation": "a"}]))},
        ],
        "topics": topics,
        "talks": [{"id": "x", "name": "X talks"}],
        "rounds": rounds,
        "attendance": came,
        "statements": said,
        "retract": [{"kind": kind, "key": key, "reason": "wrong"} for kind, key in sorted(retract)],
    }


def as_file(writer: FactWriter, content: dict[str, Any]) -> Plan:
    return plan_load(writer, read_pack(json.dumps(content).encode(), "b.json"))


def as_table(writer: FactWriter, content: dict[str, Any]) -> Plan:
    """The rows of one section as CSV, added to the pack."""
    rows = read_pack(json.dumps(content).encode(), "b.json").rows
    section = "statements" if content["statements"] else "actors"
    data = write_table(rows, section).encode()
    return plan_file(writer, data, "b.csv", Limits(), pack=content["pack"], section=section)


def as_form(writer: FactWriter, content: dict[str, Any]) -> Plan:
    sections = ("sources", "topics", "rounds", "attendance", "statements", "retract")
    return plan_rows(writer, [(section, row) for section in sections for row in content[section]])


def as_retraction(writer: FactWriter, content: dict[str, Any]) -> Plan:
    statements = content["statements"] or [{"id": "one-s1"}]
    return plan_retract(writer, "statement", statements[0]["id"], "wrong", content["pack"])


WAYS = (as_file, as_table, as_form, as_retraction)


@pytest.mark.parametrize("way", WAYS)
@settings(max_examples=25)
@given(first=packs("one"), second=packs("two"))
def test_for_any_two_packs_undoing_the_second_gives_the_facts_after_the_first(
    tmp_path_factory: pytest.TempPathFactory, way: Any, first: dict[str, Any], second: dict[str, Any]
) -> None:
    path = tmp_path_factory.mktemp("undo") / "facts.db"
    writer = FactWriter(path)
    apply_plan(writer, as_file(writer, first), "t", "t")
    before = dump(path)
    try:
        plan = way(writer, second)
    except PackRefused as refused:
        assert refused.errors
        assert dump(path) == before
    else:
        if plan.changes:
            number = apply_plan(writer, plan, "t", "t")
            assert dump(path) != before
            assert list(writer._connection.execute("PRAGMA foreign_key_check")) == []
            apply_plan(writer, plan_undo(writer, number), "t", "t")
        assert dump(path) == before
    writer.close()


@settings(max_examples=40)
@given(contents=st.lists(st.tuples(packs("one", ("one", "shared")), st.sampled_from(WAYS)), min_size=2, max_size=4))
def test_undoing_in_turn_everything_that_was_loaded_leaves_nothing(
    tmp_path_factory: pytest.TempPathFactory, contents: list[tuple[dict[str, Any], Any]]
) -> None:
    path = tmp_path_factory.mktemp("turn") / "facts.db"
    writer = FactWriter(path)
    states = [dump(path)]
    for content, way in contents:
        try:
            plan = way(writer, content)
        except PackRefused:
            continue
        if plan.changes:
            apply_plan(writer, plan, "t", "t")
            states.append(dump(path))
    for number in range(len(states) - 1, 0, -1):
        if number > 1:
            # An earlier load is undone only when nothing later stands on it; either way nothing breaks.
            try:
                first = apply_plan(writer, plan_undo(writer, 1), "t", "t")
            except UndoRefused:
                pass
            else:
                apply_plan(writer, plan_undo(writer, first), "t", "t")
        assert dump(path) == states[number]
        apply_plan(writer, plan_undo(writer, number), "t", "t")
        assert dump(path) == states[number - 1]
    writer.close()


@settings(max_examples=40)
@given(
    first=packs("one", ("one",)),
    second=packs("two", ("two",)),
    third=packs("one", ("two",)),
    way=st.sampled_from(WAYS[1:]),
    form=st.sampled_from(["yaml", "json"]),
)
def test_all_packs_exported_and_loaded_elsewhere_give_the_same_facts(
    tmp_path_factory: pytest.TempPathFactory,
    first: dict[str, Any],
    second: dict[str, Any],
    third: dict[str, Any],
    way: Any,
    form: str,
) -> None:
    # No pack refers to a later one: packs load in the order in which they refer to each other.
    folder: Path = tmp_path_factory.mktemp("export")
    here, there = FactWriter(folder / "here.db"), FactWriter(folder / "there.db")
    for one, content in ((as_file, first), (as_file, second), (way, third)):
        try:
            apply_plan(here, one(here, content), "t", "t")
        except PackRefused:
            continue
    for pack, head in here.packs().items():
        rows = [Row(kind, key, json.loads(text)) for (kind, key), text in here.pack_rows(pack).items() if kind in SECTION_OF]
        data = write_pack(pack, head, rows, form).encode()
        apply_plan(there, plan_file(there, data, f"{pack}.{form}", Limits()), "t", "t")
    assert dump(folder / "there.db") == dump(folder / "here.db")
    here.close()
    there.close()
