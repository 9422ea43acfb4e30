"""Operators: every, none, both, but, or, most. What a look-up evaluates is answered over it, the rest is refused and named."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import pytest

from bot.intents.truth import Truth, all_of, any_of, negated, none_of
from bot.telling.answer import Answer, whole_text
from knowledge.facts import Attendance

Ask = Callable[..., Answer]
TRUTHS: tuple[Truth, ...] = ("yes", "no", None)


def keys(answer: Answer) -> set[str]:
    return {fact.key for fact in answer.facts if isinstance(fact, Attendance)}


@pytest.mark.parametrize(
    ("text", "there", "not_there"),
    [
        ("who attended every round in 2018", {"astana/9:russia", "astana/11:united-nations"}, {"astana/9:united-states"}),
        ("which delegations took part in all three rounds of 2019", {"astana/12:iran"}, {"astana/14:red-cross"}),
        ("who was at both Sochi rounds", {"astana/10:turkey", "astana/15:turkey"}, {"astana/15:iraq", "astana/15:lebanon"}),
        ("delegations that were at round 5 as well as at round 15", {"astana/5:jordan"}, {"astana/15:iraq"}),
        ("who attended round 21 except Jordan", {"astana/21:iraq"}, {"astana/21:jordan"}),
        ("who was at round 16 aside from the two Syrian sides", {"astana/16:russia"}, {"astana/16:syria-government"}),
        ("who came to round 22 other than observers", {"astana/22:russia"}, {"astana/22:jordan"}),
        ("which rounds did the UN but not the US attend", {"astana/9:united-nations"}, {"astana/8:united-nations"}),
        ("rounds with the US or Iraq", {"astana/8:united-states", "astana/13:iraq"}, set()),
    ],
)
def test_what_is_listed_is_what_the_operator_leaves(ask: Ask, text: str, there: set[str], not_there: set[str]) -> None:
    answer = ask(text)
    assert answer.status == "answered", whole_text(answer)
    assert there <= keys(answer)
    assert not not_there & keys(answer)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("were the rounds all in Astana", "all"),
        ("what was said about both refugees and reconstruction", "both"),
        ("which rounds did each observer attend", "each"),
        ("did Jordan and Iraq attend the same rounds", "the same"),
        ("who was at both round 8 and round 9 as an observer", "both"),
        ("did everyone at round 14 condemn the Israeli strikes", "everyone"),
        ("who raised reconstruction, apart from Moscow", "apart from"),
        ("who attended none of the rounds", "none of the"),
        ("was reconstruction mentioned in all statements since 2018", "all"),
        ("latest round without Lebanon", "without"),
        ("did Damascus sign the memorandum as well as Russia", "as well"),
        ("did the US never attend", "never"),
        ("was the US never at a round", "never"),
        ("which observers never came", "never"),
    ],
)
def test_what_nobody_evaluates_is_refused_and_named(ask: Ask, text: str, named: str) -> None:
    answer = ask(text)
    assert answer.status == "unknown"
    assert f"I cannot tell that of “{named}”" in answer.heading


@pytest.mark.parametrize(
    "text",
    [
        "list all rounds of 2017",
        "all rounds Jordan attended",
        "name all those who took part in round 21",
        "all the demands of the opposition at round 22",
        "everyone who accused Russia",
        "what did Turkey ask the other guarantors in round 14",
    ],
)
def test_what_is_listed_anyway_needs_no_operator(ask: Ask, text: str) -> None:
    assert ask(text).status == "answered"


@pytest.mark.parametrize("then", ["and which of them missed round 13?", "how many of them were also at round 22?"])
def test_a_part_of_those_before_is_no_plain_question(ask: Ask, then: str) -> None:
    assert ask("who attended round 21", then).status != "answered"


@pytest.mark.parametrize("word", ["three", "same", "every", "both", "fewer"])
def test_an_operator_is_no_slip_of_another_word(ask: Ask, word: str) -> None:
    assert f"“{word}” as" not in ask(f"were {word} observers present at round 12").read_as


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("has the US never attended a round", "no"),
        ("did the US never attend round 5", "no"),
        ("did Turkey not attend a round", "no"),
        ("has the opposition ever not attended a round", "yes"),
        ("did the US not attend round 5", "yes"),
    ],
)
def test_a_not_that_turns_the_question_round(ask: Ask, text: str, verdict: Truth) -> None:
    assert ask(text).verdict == verdict


def test_stretches_of_rounds(ask: Ask) -> None:
    assert "round 16" in whole_text(ask("who has headed the government team from round 15 on"))
    before = whole_text(ask("who led Kazakhstan before round 9"))
    assert "Abdrakhmanov" in before
    assert "round 9" not in before.split("Sources")[0].split("\n", 1)[1].lower()
    assert "Round 12 of" in ask("what was the first round in Nur-Sultan").heading


def test_three_truths() -> None:
    for one, other in product(TRUTHS, TRUTHS):
        both = {one, other}
        assert all_of([one, other]) == ("no" if "no" in both else None if None in both else "yes")
        assert any_of([one, other]) == ("yes" if "yes" in both else None if None in both else "no")
        assert none_of([one, other]) == negated(any_of([one, other]))
