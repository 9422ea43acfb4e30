"""What an intent is: a kind of question, the phrasings that ask it, and the look-up that answers it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.intents.base import Look
    from bot.question.form import Question
    from bot.telling.answer import Answer


@dataclass(frozen=True, slots=True)
class Intent:
    """A kind of question.

    `phrasings` are examples with typed slots ("who led {actor} at {round}"), after "|" values that hold for them
    ("| wants=head"). `takes` are the slots (round, period, topic, event, place, talks) that a question of this kind may
    have besides those that its phrasing names. `preference` breaks ties between kinds. `operators` are those that the look-up
    evaluates (bot/reading/operators.py); `lists` those that ask for nothing more than what it lists, unless a yes or no
    is wanted.
    """

    name: str
    phrasings: tuple[str, ...]
    answer: Callable[[Question, Look], Answer]
    takes: frozenset[str] = frozenset({"talks"})
    preference: float = 0.0
    ask_back: str = ""
    operators: frozenset[str] = frozenset()
    lists: frozenset[str] = frozenset()
