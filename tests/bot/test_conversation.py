"""Follow-ups: what is missing comes from the question before, never from another chat."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.dialogue.service import TalksBot
from bot.dialogue.turns import CHATS, Conversations
from bot.question import Question
from bot.question.turn import Turn
from bot.settings import Settings
from bot.telling.answer import Answer, whole_text
from knowledge.store import FactStore

Ask = Callable[..., Answer]


def keys(answer: Answer) -> set[str]:
    return {fact.key for fact in answer.facts}


@pytest.mark.parametrize(
    ("turns", "same_as"),
    [
        (["who attended round 21", "and round 20?"], "who attended round 20"),
        (["who attended round 13", "what about the one after?"], "who attended round 14"),
        (["did jordan attend round 21", "and iraq?"], "did iraq attend round 21"),
        (["tell me about round 8", "who was there?"], "who attended round 8"),
        (["who led the turkish delegation at round 13", "and the russian one?"], "who led the russian delegation at round 13"),
        (["what did the opposition ask Russia", "and Turkey?"], "what did the opposition ask Turkey"),
        (["what did the opposition ask Russia in round 22", "and what did turkey say?"], "what did turkey say in round 22"),
        (
            ["what did Lavrentiev say about Idlib", "and about the constitution?"],
            "what did Lavrentiev say about the constitution",
        ),
        (["who led the opposition in round 8", "which rounds did he attend?"], "which rounds did Tohmeh attend"),
        (["what was agreed in round 21", "and in round 22?"], "what was agreed in round 22"),
        (["who attended round 21", "when was that?"], "when was round 21"),
        (["who attended round 10", "where was it?"], "where was round 10"),
        (["round 17", "who headed the UN team?"], "who headed the UN team at round 17"),
        (["who attended round 21", "did egypt come?"], "did egypt attend round 21"),
        (
            ["who led the opposition in round 8", "when was that?", "which rounds did he attend?"],
            "which rounds did Tohmeh attend",
        ),
        (["who attended round 21", "who is Tohmeh", "what was agreed there?"], "what was agreed in round 21"),
        (["did the opposition come to round 3", "why not?"], "why was the opposition absent from round 3"),
        (["how many rounds in 2018", "which ones?"], "which rounds were in 2018"),
        (["how many rounds were there in 2017", "list them"], "which rounds were in 2017"),
        (["which rounds did UNHCR attend", "so how many is that in total?"], "how many rounds did UNHCR attend"),
        (["who attended round 21", "only the observers"], "who were the observers at round 21"),
        (["did jordan attend round 17", "who else?"], "who attended round 17"),
        (["who attended round 18", "did the americans?"], "did the US attend round 18"),
        (["when was round 4", "did jordan attend?"], "did jordan attend round 4"),
        (["did america take part in round 10", "round 8 though?"], "did america take part in round 8"),
        (["was jordan at round 21", "iraq?"], "was iraq at round 21"),
        (["who led iran at round 16", "sorry, I meant 17"], "who led iran at round 17"),
        (["what did russia say in round 17", "not russia, iran"], "what did iran say in round 17"),
        (["tell me about round 22", "compare it with round 7"], "compare rounds 22 and 7"),
        (["who led the UN team at round 17", "who is that?"], "who is Khawla Matar"),
        (["who represented the US in round 8", "and two rounds earlier?"], "who represented the US in round 6"),
        (["what is the astana process", "who takes part in it?"], "who takes part in the Astana talks"),
        (["what did we hear from Bogdanov in round 20", "from Lavrentiev?"], "what did Lavrentiev say in round 20"),
        (["when was round 5", "was it in sochi"], "was round 5 in sochi"),
        (["timeline of Idlib", "what did Russia say about it"], "what did Russia say about Idlib"),
        (["who led the turkish delegation in round 13", "no I meant Russia"], "who led the russian delegation in round 13"),
        (["who attended round 11", "who declined?"], "who was absent from round 11"),
    ],
)
def test_follow_up(ask: Ask, turns: list[str], same_as: str) -> None:
    followed, whole = ask(*turns), ask(same_as)
    assert (followed.status, followed.verdict) == (whole.status, whole.verdict)
    assert keys(followed) == keys(whole)


def test_sources_of_the_last_answer(ask: Ask) -> None:
    answer = ask("what did the opposition ask Russia in round 22", "sources?")
    assert answer.status == "answered"
    assert "Syria" in whole_text(answer)
    assert all(line.sources for line in answer.lines)


@pytest.mark.parametrize(
    ("turns", "same_as"),
    [
        (["who attended?", "round 21"], "who attended round 21"),
        (["who attended?", "the latest"], "who attended the latest round"),
        (["when was it", "the Sochi round in 2018"], "when was the Sochi round in 2018"),
        (["which rounds did he attend?", "Tohmeh"], "which rounds did Tohmeh attend"),
        (["what did he say about Idlib", "Lavrentiev"], "what did Lavrentiev say about Idlib"),
        (["who led the delegation", "Turkey"], "who led Turkey"),
    ],
)
def test_what_was_asked_back_for_completes_the_question(ask: Ask, turns: list[str], same_as: str) -> None:
    assert ask(turns[0]).status == "clarify"
    completed, whole = ask(*turns), ask(same_as)
    assert completed.status == whole.status == "answered"
    assert keys(completed) == keys(whole)


@pytest.mark.parametrize(
    "text", ["and Iran?", "when was that?", "more", "which rounds did he attend?", "the one after?", "sources?"]
)
def test_what_nothing_supplies_is_asked_for_or_a_card(ask: Ask, text: str) -> None:
    answer = ask(text)
    assert answer.status in ("clarify", "answered", "unknown")
    if text == "and Iran?":
        assert keys(answer) >= {"iran"}
    else:
        assert answer.status in ("clarify", "unknown")


def test_chats_share_nothing(bot: TalksBot) -> None:
    bot.ask("one", "who attended round 21")
    assert bot.ask("two", "when was that?").status == "clarify"


def test_a_conversation_is_forgotten_after_a_while(bundle_file: Path) -> None:
    now = [0.0]
    bot = TalksBot(FactStore(bundle_file), Settings(database=bundle_file))
    bot.conversations = Conversations(15, clock=lambda: now[0])
    bot.ask("c", "who attended round 21")
    now[0] = 14 * 60
    assert bot.ask("c", "when was that?").status == "answered"
    now[0] += 15 * 60 + 1
    assert bot.ask("c", "when was that?").status == "clarify"


def test_memory_is_bounded() -> None:
    conversations = Conversations(15)
    turn = Turn(Question("card"), Answer("answered", "x"))
    for number in range(CHATS + 10):
        conversations.add(str(number), turn)
    assert conversations.last("0") is None
    assert conversations.last(str(CHATS + 9)) is turn
