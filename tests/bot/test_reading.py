"""A table question → Question: intent and slots, on names alone, whatever the facts."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.dialogue.service import TalksBot
from bot.question import Question, RoundPhrase
from bot.reading.linking import Linker
from bot.reading.phrasings import Phrasebook
from bot.reading.reading import Reader
from bot.reading.vocabulary import typed_for, vocabulary
from knowledge.loading.plans import apply_plan, plan_load
from knowledge.loading.writer import FactWriter
from knowledge.packs import read_pack
from knowledge.store import FactStore

NAMES = Path(__file__).parents[1] / "data" / "names.yaml"
TABLE: list[tuple[str, str, dict[str, Any]]] = [
    ("who attended round 21", "attendees", {"rounds": (21,)}),
    ("In round 8, who was there?", "attendees", {"rounds": (8,)}),
    ("round 14 attendees", "attendees", {"rounds": (14,)}),
    ("which countries joined the twelfth round", "attendees", {"rounds": (12,), "kind": "states"}),
    ("I'd like to know who came to round 3", "attendees", {"rounds": (3,)}),
    ("did the us attend round 22", "presence", {"actor": ("united-states",), "rounds": (22,), "polar": True}),
    ("was Pedersen at the 13th round", "presence", {"actor": ("geir-pedersen",), "rounds": (13,), "polar": True}),
    ("is it true that Jordan took part in round 21", "presence", {"actor": ("jordan",), "rounds": (21,), "polar": True}),
    ("why didn't the opposition come to round 3", "presence", {"actor": ("syrian-opposition",), "rounds": (3,)}),
    ("which rounds did jordan attend", "rounds_of", {"actor": ("jordan",)}),
    ("rounds attended by the Red Cross", "rounds_of", {"actor": ("icrc",)}),
    ("who was missing from round 13", "absentees", {"rounds": (13,)}),
    ("who were the observers at round 21", "roles_at", {"role": "observer", "rounds": (21,)}),
    ("who are the guarantors", "roles_at", {"role": "guarantor"}),
    ("who led the Turkish delegation at round 13", "leader", {"actor": ("turkey",), "rounds": (13,)}),
    ("head of the delegation of Turkey in round 13", "leader", {"actor": ("turkey",), "rounds": (13,)}),
    ("who led the government delegation in round 21", "leader", {"actor": ("syria-government",), "rounds": (21,)}),
    # Who speaks and who is addressed is never mixed up.
    (
        "what did the opposition ask Russia",
        "statements_to",
        {"speaker": ("syrian-opposition",), "addressee": ("russia",), "acts": ("asked",)},
    ),
    (
        "what was Russia asked by the opposition",
        "statements_to",
        {"speaker": ("syrian-opposition",), "addressee": ("russia",), "acts": ("asked",)},
    ),
    (
        "what did Russia ask the opposition",
        "statements_to",
        {"speaker": ("russia",), "addressee": ("syrian-opposition",), "acts": ("asked",)},
    ),
    ("what was the opposition asked by Russia", "statements_to", {"speaker": ("russia",), "addressee": ("syrian-opposition",)}),
    ("the opposition's demands to Russia", "statements_to", {"speaker": ("syrian-opposition",), "addressee": ("russia",)}),
    ("what demands were made of Russia", "to_addressee", {"addressee": ("russia",), "speaker": ()}),
    ("who accused Turkey", "speakers", {"addressee": ("turkey",), "speaker": (), "acts": ("accused",)}),
    ("who did Turkey accuse", "addressees", {"speaker": ("turkey",), "addressee": (), "acts": ("accused",)}),
    ("who was accused by Damascus", "addressees", {"speaker": ("syria-government",), "acts": ("accused",)}),
    ("what did Lavrentiev say about Idlib", "statements", {"speaker": ("alexander-lavrentiev",), "topics": ("idlib",)}),
    ("Tohmeh's remarks on Idlib", "statements", {"speaker": ("ahmed-tohmeh",), "topics": ("idlib",)}),
    ("what was Turkey's position on the constitution", "statements", {"speaker": ("turkey",), "topics": ("constitution",)}),
    (
        "what did Lavrentiev say about Iran",
        "statements_about_actor",
        {"speaker": ("alexander-lavrentiev",), "mention": ("iran",)},
    ),
    ("who condemned the Israeli strikes", "speakers", {"topics": ("israel-strikes",), "acts": ("condemned",)}),
    ("UN envoy Pedersen's comments on the constitution", "statements", {"speaker": ("geir-pedersen",)}),
    ("what did the Army of Islam say", "statements", {"speaker": ("jaish-al-islam",)}),
    ("idlib in round 13?", "topic", {"topics": ("idlib",), "rounds": (13,)}),
    ("what was agreed in round 22", "agreed", {"rounds": (22,)}),
    ("what did they agree about Idlib", "agreed", {"topics": ("idlib",)}),
    ("final statement of round 13", "final_statement", {"rounds": (13,)}),
    ("when and where was the second round", "when_where", {"rounds": (2,)}),
    ("which rounds were held in Sochi", "which_round", {"places": ("sochi",)}),
    ("how many rounds were there in 2017", "count", {}),
    ("how long was it between round 21 and round 22", "between", {"rounds": (21, 22)}),
    ("round 22", "card", {"rounds": (22,)}),
    ("vershinin?", "who_is", {"actor": ("sergey-vershinin",)}),
    ("who is the Russian foreign minister", "who_is", {"actor": ("sergei-lavrov",)}),
    ("who is the foreign minister of Russia", "by_title", {"actor": ("russia",), "title": "foreign minister"}),
    ("what is the Astana process", "talks", {"talks": "astana"}),
    ("compare rounds 1 and 22", "compare", {"rounds": (1, 22)}),
    ("round 1 vs round 22", "compare", {"rounds": (1, 22)}),
    (
        "how did the opposition's demands to Russia change over time",
        "change",
        {"speaker": ("syrian-opposition",), "addressee": ("russia",)},
    ),
    ("what happened in January 2018", "timeline", {}),
    ("when did the United States stop attending", "stopped", {"actor": ("united-states",)}),
    ("when did Jordan first attend", "edge_time", {"actor": ("jordan",), "wants": ("first",)}),
    ("sources for round 21", "sources_of_round", {"rounds": (21,)}),
    ("do the sources disagree about round 2", "disputed", {"rounds": (2,)}),
    # Slips of typing, other scripts.
    ("what did Lavrentyev say", "statements", {"speaker": ("alexander-lavrentiev",)}),
    ("what did Jafari say", "statements", {"speaker": ("bashar-jaafari",)}),
    ("what did Aloush say", "statements", {"speaker": ("mohammed-alloush",)}),
    ("did Tukey attend round 5", "presence", {"actor": ("turkey",)}),
    ("who is Лаврентьев", "who_is", {"actor": ("alexander-lavrentiev",)}),
    ("who attneded rond 21", "attendees", {"rounds": (21,)}),
]


def numbers(rounds: tuple[RoundPhrase, ...]) -> tuple[int, ...]:
    return tuple(number for one in rounds for number in one.numbers)


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory, bot: TalksBot) -> Reader:
    """A reader on a store of names alone: what it reads does not hang on any fact."""
    path = tmp_path_factory.mktemp("names") / "names.db"
    writer = FactWriter(path)
    apply_plan(writer, plan_load(writer, read_pack(NAMES.read_bytes(), NAMES.name)), "tester", "test")
    store = FactStore(path)
    assert store.counts()["attendance"] == store.counts()["statements"] == 0
    return Reader(Linker(vocabulary(), store.names.meanings, store.names.near_words, bot.book.words), bot.book)


@pytest.mark.parametrize(("text", "intent", "slots"), TABLE, ids=[row[0] for row in TABLE])
def test_question(reader: Reader, text: str, intent: str, slots: dict[str, Any]) -> None:
    reading = reader.read(text)
    assert reading.question is not None, reading.status
    assert reading.question.intent == intent
    for name, value in slots.items():
        found = getattr(reading.question, name)
        assert (numbers(found) if name == "rounds" else found) == value, name


FILLED = {
    "round": ("round 21", "round 13"),
    "actor": ("Russia", "Turkey"),
    "speaker": ("Russia",),
    "addressee": ("Turkey",),
    "mention": ("Iran",),
    "role": ("observers",),
    "topic": ("Idlib",),
    "period": ("2018",),
    "place": ("Sochi",),
    "talks": ("Astana talks",),
    "event": ("Tehran summit",),
    "act": ("said",),
    "acts": ("demands",),
}


def filled(phrasing: str) -> str:
    """A phrasing with names in its slots."""
    seen: Counter[str] = Counter()

    def fill(match: re.Match[str]) -> str:
        choices = FILLED[match[1]]
        seen[match[1]] += 1
        return choices[min(seen[match[1]], len(choices)) - 1]

    return re.sub(r"\{(\w+)\}", fill, phrasing.partition("|")[0]).strip()


def test_every_phrasing_is_read_as_its_own_intent_when_its_slots_are_filled(bot: TalksBot) -> None:
    book: Phrasebook = bot.book
    wrong = []
    for intent in book.intents.values():
        for phrasing in intent.phrasings:
            reading = bot.reader.read(filled(phrasing))
            # What lacks a slot by design is asked back about.
            asked_back = "missing=" in phrasing or reading.status == "missing"
            read = reading.question and book.intents[reading.question.intent].answer
            if not asked_back and read is not intent.answer and not (intent.name == "duration" and reading.question):
                wrong.append((intent.name, phrasing, reading.status))
    assert wrong == []


@pytest.mark.parametrize(
    "text",
    [
        "what is russia's GDP",
        "who won the world cup in russia",
        "how tall is putin",
        "what's the weather in astana",
        "what do you think",
        "tell us a joke",
        "do you know french",
        "what countries are around egypt",
        "who attended the inauguration",
    ],
)
def test_a_telling_word_that_nobody_accounts_for_means_no_question(bot: TalksBot, text: str) -> None:
    assert bot.reader.read(text).question is None


def test_us_in_lower_case_is_a_party_only_where_one_is_meant(bot: TalksBot) -> None:
    meant = bot.reader.read("did the us attend round 3").question
    assert isinstance(meant, Question)
    assert meant.actor == ("united-states",)
    told = bot.reader.read("tell us who attended round 3").question
    assert told is not None
    assert (told.intent, told.actor) == ("attendees", ())


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=120))
def test_no_text_breaks_the_reader(bot: TalksBot, text: str) -> None:
    assert bot.reader.read(text).status


_WORDS = (
    "who what did the opposition ask russia attend round 21 and turkey idlib agreed in 2018 when was that jordan "
    "about to by us it they"
).split()


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(_WORDS), max_size=9))
def test_no_order_of_our_words_breaks_an_answer(bot: TalksBot, words: list[str]) -> None:
    answer = bot.ask("words", " ".join(words))
    assert answer.status in ("answered", "unknown", "clarify", "off_topic", "chat")
    assert answer.heading


@pytest.mark.parametrize(
    ("typed", "known", "may"),
    [
        ("rudn", "round", True),
        ("tonheh", "tohmeh", True),
        ("guaranrs", "guarantors", True),
        ("thhaat", "that", True),
        ("lavetniev", "lavrentiev", True),
        ("turner", "turkey", False),
        ("lavrenov", "lavrov", False),
        ("edwards", "towards", False),
        ("ground", "round", False),
    ],
)
def test_two_slips_of_fingers_are_told_from_another_word(typed: str, known: str, may: bool) -> None:
    assert typed_for(typed, known) is may


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("who was at rudn 8", "who was at round 8"),
        ("when was rod 8", "when was round 8"),
        ("what was sadi about detainees", "what was said about detainees"),
        ("who headed the oppoitoin in round 8", "who headed the opposition in round 8"),
        ("what did they agree at the fourth rind", "what did they agree at the fourth round"),
    ],
)
def test_slips_are_mended_to_the_question_that_was_meant(reader: Reader, typed: str, meant: str) -> None:
    assert reader.read(typed).question == reader.read(meant).question is not None


@pytest.mark.parametrize("name", ["Edwards", "Havel", "Raisi", "OPEC", "Sudan"])
def test_a_name_that_nobody_recorded_is_no_slip_of_a_plain_word(reader: Reader, name: str) -> None:
    reading = reader.read(f"did {name} attend round 5")
    assert (reading.status, [word.lower() for word in reading.unknown]) == ("unknown_word", [name.lower()])
