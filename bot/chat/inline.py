"""Answers offered while somebody still types: the answer so far, its closest alternatives, rounds and persons that match."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.chat.desk import TOO_OLD, Button, Desk, Reply
from bot.telling.answer import Answer, Page, pages
from knowledge.text import readable

MOST = 50
ALTERNATIVES = 4
CARDS = 10
DATA_BYTES = 64
_PAGE = re.compile(r"i(\d{1,3}):(.+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Offer:
    """An answer that may be sent: a title, what it says in short, and the reply itself."""

    title: str
    description: str
    reply: Reply


def offers(desk: Desk, user: str, typed: str) -> list[Offer]:
    """At most MOST offers for what is typed so far, the answer to it first; nothing of it is remembered."""
    typed = readable(typed).strip()
    found: dict[str, Offer] = {}
    answer = _asked(desk, user, typed) if typed else None
    if answer is not None and answer.status in ("answered", "unknown"):
        found[answer.heading] = _offer(answer, typed)
    for question in _near(desk, typed, answer):
        other = _asked(desk, user, question)
        if other.status == "answered":
            found.setdefault(other.heading, _offer(other, question))
    return list(found.values())[:MOST]


def turned(data: str, desk: Desk, user: str) -> Reply:
    """The page of an answer that a button under a message sent inline asks for."""
    match = _PAGE.fullmatch(data)
    if match is None:
        return Reply(notice=TOO_OLD)
    answer = _asked(desk, user, match[2])
    screens = pages(answer)
    page = screens[min(max(int(match[1]), 1), len(screens)) - 1]
    return Reply(page, _buttons(page, match[2]), text=match[2], edit=True)


def _asked(desk: Desk, user: str, question: str) -> Answer:
    # A conversation of its own, forgotten at once: what is typed inline is no turn of any chat.
    chat = f"inline:{user}"
    answer = desk.bot.ask(chat, question)
    desk.bot.conversations.forget(chat)
    return answer


def _near(desk: Desk, typed: str, answer: Answer | None) -> Iterator[str]:
    """The closest alternatives to what is typed, and the rounds and persons that it may be the beginning of."""
    complete = desk.completion.choices
    if answer is None:
        yield from desk.examples()
    elif answer.status == "off_topic" and " " in typed:
        return
    else:
        yield from (answer.choices or answer.suggestions)[:ALTERNATIVES] if answer.status != "off_topic" else ()
    yield from (choice.value for choice in complete("round", typed, CARDS))
    if typed:
        yield from (f"who is {choice.value}" for choice in complete("actor", typed, CARDS))


def _offer(answer: Answer, question: str) -> Offer:
    page = pages(answer)[0]
    said = " · ".join(line.text for line in answer.lines[:3])
    return Offer(answer.heading, said, Reply(page, _buttons(page, question), text=question))


def _buttons(page: Page, question: str) -> tuple[tuple[Button, ...], ...]:
    """Page buttons that carry the question itself, where it is short enough: nothing is kept for what is only typed."""
    found = []
    for label, number in (("‹ back", page.number - 1), (f"more › {page.number + 1}/{page.count}", page.number + 1)):
        data = f"i{number}:{question}"
        if 1 <= number <= page.count and len(data.encode()) <= DATA_BYTES:
            found.append(Button(label, data))
    return (tuple(found),) if found else ()
