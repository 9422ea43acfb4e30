"""No message costs more than its budget, whatever is in it: keys and steps are counted, not seconds."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import pytest

from bot.dialogue.service import TOO_MUCH, TalksBot
from bot.settings import Settings
from knowledge.budget import KEYS, READING, Spent
from knowledge.store import FactStore
from tests import fuzz

LETTERS = "qwertyuiopasdfghjklzxcvbnm"
ALONE = 2 * 24**2
"""Spellings that a word as long as the longest name may take."""


def used(bot: TalksBot, text: str) -> tuple[int, int, int]:
    """Steps and spellings that a message takes which nobody asked before."""
    bot.store.forget()
    bot.ask("budget", text)
    return bot.store.budget.used


@pytest.mark.parametrize(
    "text",
    [
        (LETTERS * 20)[:200],
        (LETTERS * 20)[:499],
        "中国代表团参加了第二十一轮阿斯塔纳会谈吗" * 5,
        "haha" * 60,
        "абвгдежзик" * 50,
        "한국" * 250,
    ],
)
def test_a_word_longer_than_any_is_a_slip_of_none(bot: TalksBot, text: str) -> None:
    reading, _, keys = used(bot, text)
    assert keys == 0
    assert reading < READING / 10


def test_a_sentence_in_signs_is_not_spelled_out(bot: TalksBot) -> None:
    assert used(bot, "请问上一轮阿斯塔纳会谈有哪些国家的代表团参加，俄罗斯和土耳其说了什么？" * 2)[2] == 0


def test_many_slips_share_one_ceiling(bot: TalksBot) -> None:
    slipped = " ".join(f"{LETTERS[at:]}{LETTERS[:at]}"[:21] for at in range(26))
    assert used(bot, slipped)[2] <= KEYS
    assert used(bot, slipped[:22])[2] <= ALONE


@pytest.mark.parametrize("length", [500, 4_000])
@pytest.mark.parametrize(
    "text",
    ["who attended round 21 and ", "demands ", "who, ", "please ", ", right", "round 1 to ", "Russia ", "? ", "opositoin "],
)
def test_repetition_ends_within_the_budget(bundle_file: Path, text: str, length: int) -> None:
    bot = TalksBot(FactStore(bundle_file), Settings(database=bundle_file, question_length=length))
    reading, _, keys = used(bot, (text * length)[:length])
    assert reading <= READING * 1.25
    assert keys <= KEYS


def test_what_is_too_much_ends_with_a_line_and_the_next_is_answered(bundle_file: Path) -> None:
    store = FactStore(bundle_file)
    bot = TalksBot(store, Settings(database=bundle_file))
    whole, store.budget.most = store.budget.most, (20, 400_000, 10)
    answer = bot.ask("chat", "who attended round 21")
    assert (answer.status, answer.heading) == ("clarify", TOO_MUCH)
    store.budget.most = (10_000, 1, 10)
    assert bot.ask("chat", "tell me about round 2").heading == TOO_MUCH
    store.budget.most = whole
    assert bot.ask("chat", "who attended round 21").status == "answered"


def test_a_statement_of_the_database_ends_with_its_budget(bundle_file: Path) -> None:
    store = FactStore(bundle_file)
    store.budget.most = (READING, 500, KEYS)
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
    with pytest.raises(Spent), store.snapshot():
        store._reader.connection.execute(endless).fetchone()
    assert store.talks.all()


def test_a_message_takes_no_more_than_five_mebibytes(bot: TalksBot) -> None:
    for text in ((LETTERS * 20)[:499], "中" * 500, " ".join(["opositoin", "delegaton"] * 25)[:500]):
        bot.store.forget()
        tracemalloc.start()
        bot.ask("memory", text)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 5 * 1024 * 1024


def test_what_nobody_would_type_breaks_nothing() -> None:
    found = fuzz.run(5_000, seed=12)
    assert found.wrong == []
