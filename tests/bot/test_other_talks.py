"""A second series of talks, with round numbers and actors that the first has too."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.dialogue.service import TalksBot
from bot.settings import Settings
from bot.telling.answer import whole_text
from knowledge.facts import Statement
from knowledge.loading.plans import apply_plan, plan_load
from knowledge.loading.writer import FactWriter
from knowledge.packs import read_pack
from knowledge.store import NEWEST, FactStore
from tests.conftest import GENEVA


@pytest.fixture
def both(facts: Path) -> TalksBot:
    writer = FactWriter(facts)
    plan = plan_load(writer, read_pack(GENEVA.read_bytes(), GENEVA.name))
    assert [warning.field for warning in plan.warnings] == []
    apply_plan(writer, plan, "tester", "test")
    return TalksBot(FactStore(facts), Settings(database=facts))


def keys(bot: TalksBot, text: str) -> list[str]:
    return [fact.key for fact in bot.ask(text, text).facts if fact.KIND in ("attendance", "round", "statement")]


def test_a_question_that_names_the_talks_means_them(both: TalksBot) -> None:
    assert keys(both, "who attended geneva round 4") == ["geneva/4:syrian-opposition", "geneva/4:switzerland"]
    assert "Geneva talks round 4 (February 2017, Geneva)" in whole_text(both.ask("x", "who attended geneva round 4"))


def test_a_question_that_names_none_means_the_default_talks(both: TalksBot) -> None:
    found = keys(both, "who attended round 4")
    assert found
    assert all(key.startswith("astana/4") for key in found)


def test_when_only_another_fits_that_one_is_meant(both: TalksBot) -> None:
    assert keys(both, "when was the Vienna round") == ["geneva/5"]
    assert keys(both, "what did Muster ask Russia")


def test_follow_ups_stay_with_the_talks_spoken_of(both: TalksBot) -> None:
    both.ask("stay", "who attended geneva round 4")
    assert [fact.key for fact in both.ask("stay", "when was that?").facts] == ["geneva/4"]
    assert [fact.key for fact in both.ask("stay", "when was round 5 of the geneva talks").facts] == ["geneva/5"]
    both.ask("stay", "who attended geneva round 4")
    assert "Geneva" in whole_text(both.ask("stay", "and round 5?"))


def test_the_default_is_a_setting(facts: Path, both: TalksBot) -> None:
    bot = TalksBot(FactStore(facts), Settings(database=facts, default_talks="geneva"))
    assert keys(bot, "who attended round 4") == ["geneva/4:syrian-opposition", "geneva/4:switzerland"]
    assert keys(bot, "what did Muster ask Russia")


def test_what_the_new_pack_says_of_known_actors_works_at_once(both: TalksBot) -> None:
    assert both.reader.read("who is Rossiya").question is not None
    assert both.ask("swiss", "who is Jan Muster").status == "answered"


def test_a_city_of_two_names_is_one(both: TalksBot) -> None:
    assert keys(both, "which rounds were held in Nur-Sultan") == keys(both, "which rounds were held in Astana")


def test_an_organisation_of_the_name_of_a_question_word_takes_no_questions(facts: Path) -> None:
    writer = FactWriter(facts)
    actor = {"id": "who", "kind": "organisation", "name": "World Health Organization", "aliases": ["WHO"]}
    pack = json.dumps({"pack": "who", "actors": [actor]}).encode()
    apply_plan(writer, plan_load(writer, read_pack(pack, "who.json")), "tester", "test")
    bot = TalksBot(FactStore(facts), Settings(database=facts))
    assert bot.ask("a", "who attended round 21").intent == "attendees"
    assert bot.ask("b", "WHO ATTENDED ROUND 21").intent == "attendees"
    assert bot.ask("c", "did the WHO attend round 21").status == "unknown"


def test_disputed_statements_and_events_show_both_sides(facts: Path) -> None:
    writer = FactWriter(facts)
    source = {"id": "w", "publisher": "Wire", "title": "T"}
    other = {"id": "o", "publisher": "Other", "title": "U"}
    statement = {
        "id": "d1", "round": "astana/22", "speaker": "jordan", "act": "said", "about": ["golan"], "text": "that it rained",
        "sources": ["w"], "disputed": [{"field": "speaker", "value": "iraq", "sources": ["o"]}],
    }  # fmt: skip
    event = {
        "id": "e1", "date": "2020-01-01", "name": "Great gathering", "text": "people met", "sources": ["w"],
        "disputed": [{"field": "date", "value": "2020-01-02", "sources": ["o"]}],
    }  # fmt: skip
    pack = json.dumps({"pack": "d", "sources": [source, other], "statements": [statement], "events": [event]}).encode()
    apply_plan(writer, plan_load(writer, read_pack(pack, "d.json")), "tester", "test")
    bot = TalksBot(FactStore(facts), Settings(database=facts))
    assert "speaker according to others: Iraq" in whole_text(bot.ask("a", "what did Jordan say about the golan"))
    assert "date according to others: 2 January 2020" in whole_text(bot.ask("b", "when was the Great gathering"))
    everywhere = whole_text(bot.ask("c", "do the sources disagree"))
    assert "Iraq" in everywhere
    assert "2 January 2020" in everywhere


def test_rounds_of_several_actors_are_those_of_all_of_them(both: TalksBot) -> None:
    together = set(keys(both, "which rounds did Jordan and Iraq attend"))
    assert together
    assert {key.split(":")[0] for key in together} == {key.split(":")[0] for key in keys(both, "which rounds did Iraq attend")}


def load_made_up(writer: FactWriter, content: dict[str, object]) -> None:
    data = json.dumps({"sources": [{"id": "w", "publisher": "Wire", "title": "Title"}], **content}).encode()
    apply_plan(writer, plan_load(writer, read_pack(data, "made-up.json")), "tester", "test")


def test_of_many_other_talks_those_that_fit_are_found(facts: Path) -> None:
    writer = FactWriter(facts)
    for number in range(8):
        rounds = [
            {"talks": f"t{number}", "number": 90 + number, "starts": "2001-01-01", "ends": "2001-01-02", "sources": ["w"]}
        ]
        here = [{"round": f"t{number}/{90 + number}", "actor": "chad", "role": "party", "status": "attended", "sources": ["w"]}]
        load_made_up(
            writer,
            {
                "pack": f"p{number}",
                "actors": [{"id": "chad", "kind": "state", "name": "Chad"}],
                "talks": [{"id": f"t{number}", "name": f"Xanadu{number} talks"}],
                "rounds": rounds,
                "attendance": here,
            },
        )
    plan = plan_load(writer, read_pack(GENEVA.read_bytes(), GENEVA.name))
    apply_plan(writer, plan, "tester", "test")
    bot = TalksBot(FactStore(facts), Settings(database=facts))
    assert keys(bot, "what did Muster ask Russia")
    assert keys(bot, "what did Muster say about ceasefire")
    assert keys(bot, "which rounds did Switzerland attend") == ["geneva/4:switzerland"]
    assert keys(bot, "who attended round 97") == ["t7/97:chad"]
    assert "and 6 more" in bot.ask("x", "tell me a joke").heading


def test_of_very_many_statements_the_newest_are_shown_and_all_are_counted(facts: Path) -> None:
    writer = FactWriter(facts)
    said = {"speaker": "chad", "act": "said", "sources": ["w"]}
    days = [f"20{at // 300:02}-{at // 28 % 12 + 1:02}-{at % 28 + 1:02}" for at in range(NEWEST + 100)]
    load_made_up(
        writer,
        {
            "pack": "chad",
            "actors": [{"id": "chad", "kind": "state", "name": "Chad"}],
            "statements": [
                {"id": f"c{at}", "date": day, "text": f"that {at} is a number", **said} for at, day in enumerate(days)
            ],
        },
    )
    answer = TalksBot(FactStore(facts), Settings(database=facts)).ask("x", "what did Chad say")
    assert f"{NEWEST + 100} recorded statements (here the newest {NEWEST})" in answer.heading
    shown = {fact.date.isoformat() for fact in answer.facts if isinstance(fact, Statement) and fact.date}
    assert len(answer.facts) == NEWEST
    assert min(shown) >= sorted(days)[100]
