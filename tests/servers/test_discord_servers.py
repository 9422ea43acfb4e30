"""The two servers that stand for Discord, tried with an unmodified discord.py in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.servers.discord_bridge import DiscordBridge
from tests.servers.discord_faults import FaultyDiscord
from tests.servers.discord_payloads import NotOffered
from tests.servers.process import PATIENCE

BOT = """
import os

import discord
import yarl
from discord import app_commands

discord.http.Route.BASE = os.environ["DISCORD_API_URL"]
intents = discord.Intents(guilds=True, guild_messages=True, dm_messages=True)
client = discord.AutoShardedClient(intents=intents, allowed_mentions=discord.AllowedMentions.none())
tree = app_commands.CommandTree(client)


class Ask(discord.ui.Modal, title="Ask"):
    question = discord.ui.TextInput(label="Question", max_length=20)

    async def on_submit(self, interaction):
        await interaction.response.send_message(f"asked {self.question.value}")


class Buttons(discord.ui.View):
    @discord.ui.button(label="More", custom_id="more")
    async def more(self, interaction, _button):
        await interaction.response.edit_message(content="more", view=None)

    @discord.ui.button(label="Ask", custom_id="ask")
    async def ask(self, interaction, _button):
        await interaction.response.send_modal(Ask())


@tree.command(description="Say it")
@app_commands.allowed_installs(guilds=True, users=True)
@app_commands.allowed_contexts(guilds=True, dms=True, private_channels=True)
async def say(interaction: discord.Interaction, text: str):
    owner = interaction.is_user_integration()
    await interaction.response.send_message(f"{text} {interaction.locale} {owner}", ephemeral=True, view=Buttons(timeout=None))


@say.autocomplete("text")
async def texts(_interaction, current):
    many = 26 if current == "many" else 2
    return [app_commands.Choice(name=f"{current} {number}", value=str(number)) for number in range(many)]


@tree.command(description="Say it later")
async def later(interaction: discord.Interaction):
    await interaction.response.defer(thinking=True)
    await interaction.edit_original_response(content="later", view=Buttons())
    await interaction.followup.send("and more", ephemeral=True)


admin = app_commands.Group(name="admin", description="Rule", default_permissions=discord.Permissions(administrator=True))


@admin.command(description="Read a file")
async def load(interaction: discord.Interaction, file: discord.Attachment):
    content = await file.read()
    await interaction.response.send_message(file=discord.File(__import__("io").BytesIO(content[::-1]), "back.txt"))


tree.add_command(admin)


@tree.context_menu(name="Count")
async def count(interaction: discord.Interaction, message: discord.Message):
    await interaction.response.send_message(str(len(message.content)))


@client.event
async def setup_hook():
    _, url, _ = await client.http.get_bot_gateway()
    discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(url)
    await tree.sync()


@client.event
async def on_message(message):
    if not message.author.bot and message.content:
        await message.reply("x" * 2001 if "long" in message.content else f"heard {message.content}")


client.run(os.environ["DISCORD_TOKEN"])
"""


@contextmanager
def bot(folder: Path, url: str, token: str) -> Iterator[subprocess.Popen[bytes]]:
    """The little bot as a process."""
    script = folder / "bot.py"
    script.write_text(BOT)
    env = os.environ | {"DISCORD_API_URL": url, "DISCORD_TOKEN": token, "NO_PROXY": "127.0.0.1,localhost"}
    with (folder / "bot.log").open("wb") as log:
        process = subprocess.Popen([sys.executable, str(script)], env=env, stdout=log, stderr=log)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(PATIENCE)


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[DiscordBridge, FaultyDiscord]]:
    """Both servers, each with a bot; discord.py waits 5 s before its second shard, so both start at once."""
    with (
        DiscordBridge(shards=2) as bridge,
        FaultyDiscord() as faulty,
        bot(tmp_path_factory.mktemp("bridge"), bridge.api_url, bridge.token),
        bot(tmp_path_factory.mktemp("faulty"), faulty.api_url, faulty.token),
    ):
        yield bridge, faulty


@pytest.fixture
def bridge(servers: tuple[DiscordBridge, FaultyDiscord]) -> DiscordBridge:
    """The bridge with a bot that is ready."""
    servers[0].wait_ready()
    return servers[0]


@pytest.fixture
def faulty(servers: tuple[DiscordBridge, FaultyDiscord]) -> FaultyDiscord:
    """The server for faults with a bot that is ready."""
    servers[1].wait_ready()
    return servers[1]


def test_limits_and_errors_are_retried(faulty: FaultyDiscord) -> None:
    route = "POST /channels/*/messages"
    faulty.fault(route, 502)
    faulty.fault(route, 429, times=2, retry_after=0.1)
    faulty.message(faulty.dm_channel, faulty.alice, "hi")
    assert faulty.wait_message(faulty.dm_channel)["content"] == "heard hi"
    assert [call.status for call in faulty.wait_calls(route, 4)] == [502, 429, 429, 200]


def test_a_cut_call_is_recorded(faulty: FaultyDiscord) -> None:
    faulty.fault("POST /interactions/*", drop=True, applied=True)
    handle = faulty.slash("say", {"text": "cut"}, faulty.alice)
    assert handle.wait()["data"]["content"].startswith("cut")
    assert faulty.calls[-1].status == 0


def test_events_are_replayed(faulty: FaultyDiscord) -> None:
    for number, disturb in enumerate((faulty.gateway.drop, faulty.gateway.reconnect, faulty.gateway.close), start=1):
        disturb()
        handle = faulty.slash("later", {}, faulty.alice)
        assert handle.message(20)["content"] == "later"
        faulty.wait_resumed(number)
    assert len(faulty.gateway.identifies) == 1


def test_an_invalid_session_is_identified_anew(faulty: FaultyDiscord) -> None:
    faulty.gateway.invalidate()
    faulty.wait_identified(2)
    assert faulty.press(faulty.slash("later").message(), "more").message()["content"] == "more"


def test_the_server_goes_away_and_comes_back(faulty: FaultyDiscord) -> None:
    faulty.down()
    faulty.up()
    faulty.wait_connected()
    assert faulty.slash("say", {"text": "back"}).message()["content"].startswith("back")


def test_commands_are_registered_once(bridge: DiscordBridge) -> None:
    assert [command["name"] for command in bridge.wait_commands()] == ["say", "later", "admin", "Count"]
    assert bridge.sync_count == 1
    assert bridge.offered(bridge.alice) == ["say", "later"]
    assert bridge.offered(bridge.mod) == ["say", "later", "admin"]
    with pytest.raises(NotOffered):
        bridge.slash("admin load", {"file": ("a.txt", b"abc")}, bridge.alice)


def test_a_command_is_answered_for_one_pair_of_eyes(bridge: DiscordBridge) -> None:
    handle = bridge.slash("say", {"text": "hello"}, bridge.alice, locale="de")
    assert handle.message()["content"] == "hello de False"
    assert handle.ephemeral
    assert bridge.messages(bridge.channel) == []
    with pytest.raises(NotOffered):
        bridge.press(handle.message(), "More", bridge.bob)


def test_autocomplete(bridge: DiscordBridge) -> None:
    choices = bridge.autocomplete("say", {"text": "so"}, "text", bridge.alice)
    assert choices == [{"name": "so 0", "value": "0"}, {"name": "so 1", "value": "1"}]
    before = len(bridge.violations)
    with pytest.raises(TimeoutError):
        bridge.autocomplete("say", {"text": "many"}, "text", bridge.alice, timeout=0.5)
    assert "26 choices" in bridge.violations[before]


def test_buttons_and_modals(bridge: DiscordBridge) -> None:
    handle = bridge.slash("later", {}, bridge.bob)
    answer, more = handle.messages(2)
    assert (answer["content"], more["content"], handle.ephemeral) == ("later", "and more", False)
    modal = bridge.press(answer, "ask", bridge.alice)
    assert modal.modal()["title"] == "Ask"
    with pytest.raises(NotOffered):
        modal.submit({"Question": "x" * 21})
    assert modal.submit({"Question": "why"}).message()["content"] == "asked why"
    custom_id = bridge.press(answer, "ask", bridge.alice).modal()["custom_id"]
    assert bridge.modal(custom_id, {"Question": "how"}, bridge.alice).message()["content"] == "asked how"
    assert bridge.press(answer, "More", bridge.alice).message()["content"] == "more"


def test_files_go_both_ways(bridge: DiscordBridge) -> None:
    sent = bridge.slash("admin load", {"file": ("ä b.txt", b"abc")}, bridge.mod).message()
    assert bridge.file(sent["attachments"][0]) == b"cba"


def test_user_install_and_menu(bridge: DiscordBridge) -> None:
    assert bridge.slash("say", {"text": "far"}, bridge.alice, user_install=True).message()["content"] == "far en-US True"
    assert bridge.slash("say", {"text": "us"}, bridge.alice, bridge.private).message()["content"] == "us en-US True"
    with pytest.raises(NotOffered):
        bridge.slash("later", {}, bridge.alice, user_install=True)
    target = bridge.message(bridge.side, bridge.bob, "four")
    assert bridge.context_menu("Count", target, bridge.alice).message()["content"] == "4"


def test_messages_are_heard_as_the_intents_allow(bridge: DiscordBridge) -> None:
    bridge.message(bridge.dm(bridge.alice), bridge.alice, "psst")
    assert bridge.wait_message(bridge.dm(bridge.alice))["content"] == "heard psst"
    for author in (bridge.alice, bridge.other_bot, bridge.webhook):
        bridge.message(bridge.channel, author, "not for the bot")
    asked = bridge.message(bridge.channel, bridge.bob, f"{bridge.bot_mention} hello")
    told = bridge.wait_message(bridge.channel)
    assert told["content"] == f"heard {asked['content']}"
    assert told["message_reference"]["message_id"] == asked["id"] and bridge.pings(told) == []
    for place in (bridge.thread, bridge.post, bridge.channel2):
        bridge.message(place, bridge.bob, f"{bridge.bot_mention} here")
        bridge.wait_message(place)
    assert bridge.none(bridge.channel, within=0.1)


def test_breaches_and_refusals_are_kept(bridge: DiscordBridge) -> None:
    bridge.message(bridge.dm(bridge.bob), bridge.bob, "long")
    bridge.wait_rest("POST", f"{bridge.dm(bridge.bob).id}/messages")
    assert bridge.none(bridge.dm(bridge.bob), within=0.1)
    assert "2000 or fewer" in bridge.violations[-1]
    bridge.refuse("POST", "/channels/*/messages", code=50007)
    bridge.message(bridge.dm(bridge.bob), bridge.bob, "hi")
    bridge.wait_rest("POST", f"{bridge.dm(bridge.bob).id}/messages", count=2)
    assert bridge.refusals[-1].answer["code"] == 50007
    assert bridge.gaps == []


def test_a_dropped_connection_is_resumed(bridge: DiscordBridge) -> None:
    before = bridge.gateway.resumed
    bridge.gateway.drop()
    handle = bridge.slash("say", {"text": "again"}, bridge.alice)
    assert handle.message(20)["content"] == "again en-US False"
    assert bridge.gateway.resumed > before
    assert len(bridge.gateway.identifies) == 2


@pytest.mark.parametrize("where", ["REST", "gateway"])
def test_a_bad_token_ends_the_bot(tmp_path: Path, where: str) -> None:
    with FaultyDiscord() as server:
        if where == "gateway":
            server.gateway.token = "another"
        with bot(tmp_path, server.api_url, "wrong" if where == "REST" else server.token) as process:
            assert process.wait(PATIENCE) == 1
        if where == "gateway":
            assert server.wait_closed() == [4004]
        else:
            assert {call.status for call in server.calls} == {401}
