"""The made-up talks of the bench are packs like any other, and the same each time."""

from __future__ import annotations

import json

from knowledge.loading.plans import apply_plan, plan_load
from knowledge.loading.writer import FactWriter
from knowledge.packs import read_pack
from tests.scale.asking import questions
from tests.scale.made_up import World


def test_made_up_packs_are_read_and_loaded_without_a_word_of_complaint(writer: FactWriter) -> None:
    world = World(1_000)
    for identity, rows in world.packs():
        pack = read_pack(json.dumps({"pack": identity, **rows}).encode(), identity)
        apply_plan(writer, plan_load(writer, pack), "tester", "test")
    assert writer.troubles() == []
    assert len(writer.pack_rows("series-0")) >= 1_000


def test_the_same_world_is_made_again() -> None:
    first, second = World(1_000), World(1_000)
    assert list(first.packs()) == list(second.packs())
    assert questions(first, 2) == questions(second, 2)
