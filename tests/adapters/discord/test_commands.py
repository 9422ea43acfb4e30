"""Slash commands, autocompletion, the context menu, and their registration."""

from __future__ import annotations

from typing import Any

import pytest

from bot.admin.administration import ACTIONS
from bot.admin.forms import SECTION_OF_FORM
from bot.chat.commands import offered
from tests.adapters.discord.conftest import Start
from tests.servers.discord_bridge import DiscordBridge
from tests.servers.process import TalksProcess

Dict = dict[str, Any]


@pytest.mark.parametrize(
    ("name", "options", "said"),
    [
        ("ask", {"question": "who attended round 21"}, "12 participants attended round 21"),
        ("attended", {"round": "round 21"}, "12 participants attended round 21"),
        ("attended", {"round": "21", "delegation": "Turkey"}, "Yes: Turkey attended round 21"),
        ("asked", {"speaker": "The Syrian opposition", "addressee": "Russia"}, "what the Syrian opposition asked Russia"),
        ("asked", {"speaker": "the opposition", "addressee": "russia", "round": "22"}, "asked Russia at round 22"),
        ("said", {"speaker": "Sergei Lavrov", "about": "Idlib"}, "what Sergei Lavrov said about Idlib"),
        ("said", {"speaker": "Lavrentiev", "round": "13", "to": "Zzyzx"}, "I have nothing on “Zzyzx”"),
        ("agreed", {"round": "latest"}, "recorded as agreed at round 22"),
        ("round", {"number": "the Sochi round in 2021"}, "Round 15 of the Astana talks"),
        ("who", {"name": "Ahmed Tohmeh"}, "Ahmed Tohmeh — head of the opposition delegation"),
        ("rounds", {}, "22 rounds of the Astana talks are recorded"),
        ("topics", {}, "Idlib: "),
        ("sources", {"round": "21"}, "sources for round 21"),
        ("help", {}, "/asked opposition russia — Who asked whom for what"),
        ("about", {}, "No language model is involved"),
        ("privacy", {}, "What I keep:"),
    ],
)
def test_slash_commands(discord: DiscordBridge, talks: TalksProcess, name: str, options: Dict, said: str) -> None:
    handle = discord.slash(name, options, discord.alice)
    message = handle.message()
    assert said in message["content"].replace("\\", "")
    assert not handle.ephemeral


def test_an_answer_is_an_embed_with_a_plain_twin(discord: DiscordBridge, talks: TalksProcess) -> None:
    message = discord.slash("attended", {"round": "21"}, discord.alice).message()
    (embed,) = message["embeds"]
    assert embed["description"].startswith("**12 participants attended round 21 (January 2024, Astana):**\n• Iran — guarantor")
    assert "[2] [Daily Sabah](https://www.dailysabah.com/" in embed["fields"][0]["value"]
    assert message["content"].startswith("12 participants attended round 21 (January 2024, Astana):\n• Iran — guarantor")
    assert "Sources: [1] Enab Baladi, [2] Daily Sabah" in message["content"]


def test_private_answers_are_for_the_asker_alone(discord: DiscordBridge, talks: TalksProcess) -> None:
    handle = discord.slash("rounds", {"private": True}, discord.alice)
    message = handle.message()
    assert handle.ephemeral
    pressed = discord.press(message, "more › 2/4", discord.alice)
    assert "(2/4)" in pressed.message()["content"]
    followed = discord.press(message, "who attended round 22", discord.alice)
    assert "attended round 22" in followed.message()["content"]
    assert followed.ephemeral


def test_autocompletion(discord: DiscordBridge, talks: TalksProcess) -> None:
    def labels(name: str, focused: str, typed: str) -> list[str]:
        return [one["name"] for one in discord.autocomplete(name, {focused: typed}, focused, discord.alice)]

    assert labels("attended", "round", "")[:2] == ["22 · November 2024 · Astana", "21 · January 2024 · Astana"]
    assert labels("attended", "round", "soc") == ["15 · February 2021 · Sochi", "10 · July 2018 · Sochi"]
    assert labels("asked", "speaker", "lavrntiev") == ["Alexander Lavrentiev (Russia)"]
    assert "Idlib" in labels("said", "about", "idl")
    assert len(labels("said", "speaker", "")) == 25
    assert labels("who", "name", "zzzzzzzz") == []


def test_the_context_menu_answers_the_question_in_a_message(discord: DiscordBridge, talks: TalksProcess) -> None:
    question = discord.message(discord.channel, discord.bob, "who led the Turkish delegation in round 13?")
    discord.none(discord.channel)
    assert "Sedat Önal" in discord.context_menu("Ask the talks bot", question, discord.alice).message()["content"]
    empty = discord.message(discord.channel, discord.bob, "", files=[("a.png", b"\x89PNG\r\n\x1a\n")])
    handle = discord.context_menu("Ask the talks bot", empty, discord.alice)
    assert "no text in that message" in handle.message()["content"]
    assert handle.ephemeral


def test_it_works_as_a_user_install_too(discord: DiscordBridge, talks: TalksProcess) -> None:
    handle = discord.slash("attended", {"round": "21"}, discord.alice, user_install=True)
    assert "12 participants" in handle.message()["content"]


def test_every_command_of_the_table_is_registered(discord: DiscordBridge, talks: TalksProcess) -> None:
    registered = {one["name"]: one for one in discord.commands()}
    assert set(registered) == {one.name for one in offered("discord")} | {"Ask the talks bot", "admin"}
    assert str(registered["admin"]["default_member_permissions"]) == "8"
    adding = next(one for one in registered["admin"]["options"] if one["name"] == "add")
    assert {one["name"] for one in registered["admin"]["options"]} == {one.name for one in ACTIONS}
    assert {one["name"] for one in adding["options"]} == set(SECTION_OF_FORM)
    for command in offered("discord"):
        body = registered[command.name]
        assert body["description"] == command.description
        assert set(body["contexts"]) == {0, 1, 2}
        assert set(body["integration_types"]) == {0, 1}
        options = {one["name"]: one for one in body.get("options", [])}
        assert list(options) == [*(one.name for one in command.options), "private"]
        for option in command.options:
            assert options[option.name]["required"] is option.required
            assert options[option.name].get("autocomplete", False) is (option.kind != "text")
            assert options[option.name]["description"] == option.description


def test_commands_are_sent_only_when_they_changed_or_on_request(bridge: DiscordBridge, start: Start, facts: Any) -> None:
    first = start(bridge)
    assert "15 commands were sent" in first.log
    first.stop()
    again = start(bridge)
    assert "the 15 commands are unchanged; nothing was sent" in again.log
    assert bridge.sync_count == 1
    again.stop()
    asked = TalksProcess(facts, "sync", DISCORD_TOKEN=bridge.token, DISCORD_API_URL=bridge.api_url)
    assert asked.ended() == 0
    assert "15 commands were sent" in asked.log
    assert bridge.sync_count == 2


def test_sync_says_what_is_missing(facts: Any, bridge: DiscordBridge) -> None:
    assert TalksProcess(facts, "sync").ended() == 1
    wrong = TalksProcess(facts, "sync", DISCORD_TOKEN="wrong.token.value", DISCORD_API_URL=bridge.api_url)
    assert wrong.ended() == 1
    assert "DISCORD_TOKEN was refused" in wrong.log
    assert "Traceback" not in wrong.log
