"""Our own questions, by family: what passed once may not fail, but in *measuring*, which is only printed and has a ceiling."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

import pytest

from bot.dialogue.service import TalksBot
from tests.questions.judge import FOLDER, Asked, Rows, ask, fault, questions

MEASURING = "measuring"
"""The set whose failures are not looked at: a list of them would be one to tune to."""
SETS = ("tuning", MEASURING)
ALL = (*SETS, "wordings")
MOST_WRONG = 0.01
"""The share of a set that may be answered wrongly; a refusal is no wrong answer."""


@pytest.fixture(scope="module")
def rows() -> Rows:
    return Rows()


def known_faults() -> set[str]:
    lines = (FOLDER / "known_faults.txt").read_text(encoding="utf-8").splitlines()
    return {line for line in lines if line and not line.startswith("#")}


def judged(name: str, asked: Sequence[Asked], bot: TalksBot, rows: Rows) -> tuple[dict[str, str], int]:
    """Faults by set and id, and how many of them are answers (the others are refusals)."""
    faults, answered = {}, 0
    for one in asked:
        answer = ask(bot, one)
        if why := fault(rows, one, answer):
            faults[f"{name} {one.id}"] = why
            answered += answer.status == "answered"
    return faults, answered


@pytest.mark.parametrize("name", ALL)
def test_what_passed_once_passes(name: str, bot: TalksBot, rows: Rows, record_property: Callable[[str, object], None]) -> None:
    asked = list(questions(name))
    faults, answered = judged(name, asked, bot, rows)
    right, total = Counter[str](), Counter(one.family for one in asked)
    right.update(one.family for one in asked if f"{name} {one.id}" not in faults)
    share = sum(right.values()) / len(asked)
    lines = [f"{name}: {sum(right.values())} of {len(asked)} = {share:.1%}; wrongly answered {answered / len(asked):.2%}"]
    lines += [f"  {family:24} {right[family]:4} of {count}" for family, count in sorted(total.items())]
    record_property("figures", "\n".join(lines))
    assert answered <= MOST_WRONG * len(asked), faults
    if name == MEASURING:
        return
    known = known_faults()
    new = {key: why for key, why in faults.items() if key not in known}
    assert not new, "questions that passed before fail now"
    mended = {key for key in known if key.startswith(f"{name} ")} - faults.keys()
    assert not mended, "these pass now: take them out of known_faults.txt"


def test_verdicts_are_never_the_wrong_way_round(bot: TalksBot) -> None:
    wrong = []
    for name in ALL:
        for one in questions(name):
            if one.expect.get("verdict"):
                found = ask(bot, one).verdict
                if found and found != one.expect["verdict"]:
                    wrong.append((one.turns, found))
    assert wrong == []


def test_the_sets_are_as_large_and_as_mixed_as_they_must_be() -> None:
    asked: list[Asked] = [one for name in SETS for one in questions(name)]
    assert len(asked) >= 400
    for name in SETS:
        refused = [one.unanswerable for one in questions(name)]
        assert sum(refused) * 2 >= len(refused), name
    families = Counter(one.family for one in asked)
    assert all(count >= 12 for count in families.values()), families
    assert len({(name, one.id) for name in SETS for one in questions(name)}) == len(asked)
    wordings = [one.id for one in questions("wordings")]
    assert len(set(wordings)) == len(wordings)
