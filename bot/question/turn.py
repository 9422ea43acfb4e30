"""What a chat spoke of: a question with its answer, which the next one may refer to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.question.form import Question

if TYPE_CHECKING:
    from bot.telling.answer import Answer


@dataclass(slots=True)
class Turn:
    """A question, its answer and the page of it that was shown last; what it was about, or else the turns before it.

    `rounds` are keys of the rounds spoken of last, `persons` ids of the actors that "he" or "they" may mean. A `pending`
    question waits for what was asked back for. `asked` are the questions that the answer joins; `of_sources` says that it
    lists the sources of their answers.
    """

    question: Question
    answer: Answer
    rounds: tuple[str, ...] = ()
    persons: tuple[str, ...] = ()
    page: int = 1
    pending: bool = False
    asked: tuple[Question, ...] = ()
    of_sources: bool = False
