"""Rounds and dates as they are typed."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.question import Period, RoundPhrase
from bot.reading.dates import period_at
from bot.reading.rounds import RoundGrammar
from knowledge.text import tokens


def read(text: str) -> list[RoundPhrase | Period | str]:
    """The words of a text, rounds and dates read out of them."""
    words = [token.word for token in tokens(text)]

    def talks_at(at: int) -> tuple[str, int] | None:
        if at < len(words) and words[at] == "astana":
            return "astana", 2 if words[at + 1 : at + 2] == ["talks"] else 1
        return None

    grammar = RoundGrammar(words, talks_at)
    found: list[RoundPhrase | Period | str] = []
    at = 0
    while at < len(words):
        period = period_at(words, at)
        rounds = None if period else grammar.at(at)
        hit = period or rounds
        found.append(hit[0] if hit else words[at])
        at += hit[1] if hit else 1
    return found


def number(text: str) -> list[int]:
    return [one for part in read(text) if isinstance(part, RoundPhrase) for one in part.numbers]


@pytest.mark.parametrize(
    "text",
    [
        "who attended 21",
        "round 21",
        "the 21st",
        "21st round",
        "twenty-first round",
        "the twenty first round",
        "round twenty one",
        "astana-21",
        "Astana 21",
        "r21",
        "round21",
        "round #21",
        "round no. 21",
        "round number 21",
        "meeting 21",
        "21st astana round",
        "the 21st round of the Astana talks",
        "in 21",
    ],
)
def test_a_round_by_number_in_every_form(text: str) -> None:
    assert number(text) == [21]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("rounds 1 and 22", [1, 22]),
        ("rounds 3 to 5", [3, 4, 5]),
        ("rounds 20-22", [20, 21, 22]),
        ("rounds 20 – 22", [20, 21, 22]),
        ("rounds 1, 2 and 3", [1, 2, 3]),
        ("compare 1 and 22", [1, 22]),
        ("round 21 and round 22", [21, 22]),
        ("21st and 22nd rounds", [21, 22]),
        ("the first and second round", [1, 2]),
    ],
)
def test_several_rounds(text: str, numbers: list[int]) -> None:
    assert number(text) == numbers


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("the latest", RoundPhrase(edge="last")),
        ("most recent round", RoundPhrase(edge="last")),
        ("the final meeting", RoundPhrase(edge="last")),
        ("first round", RoundPhrase(edge="first")),
        ("last two rounds", RoundPhrase(edge="last", count=2)),
        ("penultimate round", RoundPhrase(edge="last", nth=2)),
        ("second to last round", RoundPhrase(edge="last", nth=2)),
        ("the one after 13", RoundPhrase(offset=1, base=RoundPhrase((13,)))),
        ("the round before 8", RoundPhrase(offset=-1, base=RoundPhrase((8,)))),
        ("next round after 21", RoundPhrase(offset=1, base=RoundPhrase((21,)))),
        ("what about the one after", RoundPhrase(offset=1, base=RoundPhrase(anaphor=True))),
        ("previous round", RoundPhrase(offset=-1, base=RoundPhrase(anaphor=True))),
        ("next round", RoundPhrase(offset=1, anaphor=True)),
    ],
)
def test_rounds_from_an_edge_or_another_round(text: str, phrase: RoundPhrase) -> None:
    assert phrase in read(text)


@pytest.mark.parametrize(
    ("text", "since", "until"),
    [
        ("in December 2017", date(2017, 12, 1), date(2017, 12, 31)),
        ("24 January 2024", date(2024, 1, 24), date(2024, 1, 24)),
        ("January 24th, 2024", date(2024, 1, 24), date(2024, 1, 24)),
        ("24-25 January 2024", date(2024, 1, 24), date(2024, 1, 24)),
        ("2024-01-24", date(2024, 1, 24), date(2024, 1, 24)),
        ("24.01.2024", date(2024, 1, 24), date(2024, 1, 24)),
        ("may 2018", date(2018, 5, 1), date(2018, 5, 31)),
        ("in 2018", date(2018, 1, 1), date(2018, 12, 31)),
        ("between 2017 and 2019", date(2017, 1, 1), date(2019, 12, 31)),
    ],
)
def test_dates(text: str, since: date, until: date) -> None:
    found = [part for part in read(text) if isinstance(part, Period)]
    assert [(one.since, one.until) for one in found] == [(since, until)]


@pytest.mark.parametrize("text", ["who may attend", "march on", "they had 30 seconds", "second thoughts", "at 2am"])
def test_words_are_not_read_as_dates_or_rounds(text: str) -> None:
    assert not [part for part in read(text) if isinstance(part, Period)]
    assert not [part for part in read(text) if isinstance(part, RoundPhrase) and part.numbers != (2,)]


@given(
    st.lists(
        st.sampled_from("round rounds the first last 21 twenty one after before in may 2017 and to astana 3rd that".split()),
        max_size=9,
    )
)
def test_no_order_of_words_breaks_the_grammar(words: list[str]) -> None:
    assert len(read(" ".join(words))) <= len(words)
