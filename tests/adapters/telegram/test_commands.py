"""Slash commands: their arguments in words, what is asked back for, and the menus."""

from __future__ import annotations

from typing import Any

import pytest

from bot.chat.commands import offered
from tests.adapters.telegram.conftest import OWNER, Start
from tests.adapters.telegram.test_chat import asked, button, buttons
from tests.servers.process import TalksProcess
from tests.servers.telegram import TelegramServer

Dict = dict[str, Any]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("/start", "Just write your question"),
        ("/help", "/asked opposition russia — Who asked whom for what"),
        ("/ask who attended round 21", "12 participants attended round 21"),
        ("/attended 21", "12 participants attended round 21"),
        ("/attended@TalksTestBot 21 Turkey", "Yes: Turkey attended round 21"),
        ("/attended sochi 2021", "round 15 (February 2021, Sochi)"),
        ("/asked opposition russia", "what the Syrian opposition asked Russia"),
        ("/said lavrov idlib", "what Sergei Lavrov said about Idlib"),
        ("/said lavrentiev idlib 13", "at round 13 (August 2019"),
        ("/said Zzyzxov idlib", "I have nothing on “Zzyzxov”"),
        ("/agreed 22", "recorded as agreed at round 22"),
        ("/round 21", "Round 21 of the Astana talks, 24–25 January 2024"),
        ("/round latest", "Round 22 of the Astana talks"),
        ("/who tohmeh", "Ahmed Tohmeh — head of the opposition delegation"),
        ("/rounds", "22 rounds of the Astana talks are recorded"),
        ("/topics", "Idlib: "),
        ("/sources 21", "sources for round 21"),
        ("/about", "No language model is involved"),
        ("/privacy", "What I keep:"),
        ("/ATTENDED 21", "12 participants attended round 21"),
        ("/abuot", "There is no command /abuot. Did you mean /about?"),
        ("/zzzzzz", "There is no command /zzzzzz. /help lists what there is."),
    ],
)
def test_commands_in_words(server: TelegramServer, talks: TalksProcess, user: Dict, typed: str, said: str) -> None:
    assert said in asked(server, typed, user)


def test_more_turns_the_pages(server: TelegramServer, talks: TalksProcess, user: Dict) -> None:
    assert "(1/" in asked(server, "/rounds", user)
    assert "(2/" in asked(server, "/more", user)


def test_a_missing_argument_is_asked_for_with_buttons(server: TelegramServer, talks: TalksProcess, user: Dict) -> None:
    server.say("/attended", user=user)
    call = server.wait("sendMessage", chat_id=user["id"])
    assert call.result["text"] == "Which round? Choose, or write it."
    assert [one["text"] for one in buttons(call)][:2] == ["22 · November 2024 · Astana", "21 · January 2024 · Astana"]
    server.press(call.result, button(call, "21 ·"), user)
    assert "12 participants attended round 21" in server.wait("sendMessage", chat_id=user["id"]).result["text"]


def test_what_is_asked_for_may_be_written_too(server: TelegramServer, talks: TalksProcess, user: Dict) -> None:
    assert asked(server, "/asked", user) == "Who asked? Choose, or write it."
    assert asked(server, "the opposition", user) == "Whom did they ask? Choose, or write it."
    assert "what the Syrian opposition asked Russia" in asked(server, "Russia", user)
    asked(server, "/attended", user)
    # A question of its own is none of the asked-for kind.
    assert "Sedat Önal" in asked(server, "who led the Turkish delegation in round 13?", user)


def test_two_missing_arguments_are_asked_for_in_turn(server: TelegramServer, talks: TalksProcess, user: Dict) -> None:
    server.say("/asked", user=user)
    call = server.wait("sendMessage", chat_id=user["id"])
    server.press(call.result, button(call, "Ahmed Tohmeh"), user)
    call = server.wait("sendMessage", chat_id=user["id"])
    assert call.result["text"].startswith("Whom did they ask?")
    server.say("russia", user=user)
    assert "Ahmed Tohmeh asked Russia" in server.wait("sendMessage", chat_id=user["id"]).result["text"]


def test_menus_are_registered_by_scope_and_only_when_they_changed(alone: TelegramServer, start: Start) -> None:
    first = start(alone)
    private = alone.commands({"type": "all_private_chats"})
    assert [one["command"] for one in private] == [one.name for one in offered("telegram") if one.audience == "everyone"]
    assert {one["command"] for one in alone.commands({"type": "all_group_chats"})} < {one["command"] for one in private}
    alone.wait("setMyCommands", ok=False, scope={"type": "chat", "chat_id": OWNER})
    owner = alone.user(OWNER, "Olga")
    alone.say("/about", user=owner)
    alone.wait("sendMessage", chat_id=OWNER)
    alone.wait("setMyCommands", ok=True, scope={"type": "chat", "chat_id": OWNER})
    assert alone.commands({"type": "chat", "chat_id": OWNER})
    first.stop()
    before = len([call for call in alone.calls if call.method == "setMyCommands"])
    assert "command menus: 0 sent, 3 unchanged" in start(alone).log
    assert len([call for call in alone.calls if call.method == "setMyCommands"]) == before
