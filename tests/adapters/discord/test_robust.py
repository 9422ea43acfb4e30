"""Nobody silences the bot on Discord: what is gone, what is forbidden, changed questions, floods, long words."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.adapters.discord.conftest import Start
from tests.adapters.discord.test_chat import said
from tests.servers.discord_bridge import DiscordBridge
from tests.servers.discord_faults import FaultyDiscord
from tests.servers.process import TalksProcess, slowed


def test_one_long_word_holds_up_nobody(discord: DiscordBridge, talks: TalksProcess) -> None:
    dm = discord.dm(discord.bob)
    for word in ("qwertyuiopasdfghjklzxcvbnm" * 19, "中国代表团参加了第二十一轮" * 35, "haha" * 120):
        discord.message(dm, discord.bob, word)
        discord.slash("who", {"name": word[:100]}, discord.bob)
        discord.autocomplete("who", {"name": word[:100]}, "name", discord.bob)
    assert "12 participants" in said(discord, discord.dm(discord.alice), discord.alice, "who attended round 21")["content"]


def test_a_question_that_is_gone_is_answered_without_a_reference(bridge: DiscordBridge, start: Start, tmp_path: Path) -> None:
    slow = tmp_path / "slow"
    slow.touch()
    bot = start(bridge, kind=slowed(slow))
    question = bridge.message(bridge.channel, bridge.alice, f"{bridge.bot_mention} who attended round 21")
    bridge.delete(question)
    slow.unlink()
    answer = bridge.wait_message(bridge.channel)
    assert "12 participants" in answer["content"]
    assert "Traceback" not in bot.log
    bot.stop()


def test_without_the_history_it_answers_without_a_reference(bridge: DiscordBridge, start: Start) -> None:
    bot = start(bridge)
    bridge.deny(bridge.channel, "read_message_history")
    bridge.message(bridge.channel, bridge.alice, f"{bridge.bot_mention} who attended round 21")
    assert "12 participants" in bridge.wait_message(bridge.channel)["content"]
    assert "Traceback" not in bot.log
    bot.stop()


def test_a_refused_reference_is_left_out(faulty: FaultyDiscord, start: Start) -> None:
    bot = start(faulty)
    for code in (160_002, 50_035):
        faulty.fault("POST /channels/*/messages", status=400, code=code, errors={"message_reference": "Unknown message"})
        faulty.message(faulty.dm_channel, faulty.alice, "who attended round 21")
        answer = faulty.wait_message(faulty.dm_channel)
        assert "12 participants" in str(answer["content"])
        assert "message_reference" not in answer
    assert "Traceback" not in bot.log
    bot.stop()


def test_where_it_may_not_write_the_asker_is_told_in_private_once(bridge: DiscordBridge, start: Start) -> None:
    bot = start(bridge)
    bridge.deny(bridge.channel, "send_messages")
    before = len(bot.log.splitlines())
    for _ in range(2):
        bridge.message(bridge.channel, bridge.alice, f"{bridge.bot_mention} who attended round 21")
    dm = bridge.dm(bridge.alice)
    assert "where I may not write" in bridge.wait_message(dm)["content"]
    assert (
        "12 participants" in said(bridge, bridge.side, bridge.alice, f"{bridge.bot_mention} who attended round 21")["content"]
    )
    bridge.none(dm)
    lines = bot.log.splitlines()[before:]
    assert len(lines) == 2
    assert all("INFO" in one and "may not write" in one for one in lines)
    bot.stop()


@pytest.mark.parametrize("code", [50_013, 50_001, 50_007, 10_003, 10_008])
def test_a_refusal_of_every_day_is_one_line(faulty: FaultyDiscord, start: Start, code: int) -> None:
    bot = start(faulty)
    before = len(bot.log.splitlines())
    faulty.fault("POST /channels/*/messages", status=403 if code > 50_000 else 404, code=code)
    faulty.message(faulty.dm_channel, faulty.alice, "who attended round 21")
    faulty.wait_calls("POST /channels/*/messages", 1)
    bot.logged("could not be sent")
    faulty.message(faulty.dm_channel, faulty.alice, "who attended round 20")
    assert "10 participants" in str(faulty.wait_message(faulty.dm_channel)["content"])
    assert len(bot.log.splitlines()) == before + 1
    assert len(faulty.wait_calls("POST /channels/*/messages", 2)) == 2
    bot.stop()


def test_an_interaction_that_is_too_old_is_one_line(faulty: FaultyDiscord, start: Start) -> None:
    bot = start(faulty)
    before = len(bot.log.splitlines())
    faulty.fault("POST /interactions/*/callback", status=404, code=10_062)
    faulty.slash("attended", {"round": "21"})
    bot.logged("the interaction is too old")
    assert "attended round 20" in faulty.slash("attended", {"round": "20"}).message()["content"]
    assert len(bot.log.splitlines()) == before + 1
    bot.stop()


def test_a_changed_question_changes_its_answer_in_place(discord: DiscordBridge, talks: TalksProcess) -> None:
    dm = discord.dm(discord.alice)
    said(discord, dm, discord.alice, "who attended round 13")
    question = discord.message(dm, discord.alice, "and Turky?")
    answer = discord.wait_message(dm)
    assert "Turkey attended round 13" in answer["content"]
    discord.edit(question, "and Jordan?")
    discord.wait_for(
        lambda: next((one for one in discord.messages(dm) if "Jordan attended round 13" in one["content"]), None),
        60,
        lambda: f"{discord.messages(dm)}",
    )
    assert "Jordan attended round 14" in said(discord, dm, discord.alice, "and in round 14?")["content"]


def test_it_stops_when_told_whatever_is_under_way(faulty: FaultyDiscord, start: Start) -> None:
    bot = start(faulty)
    faulty.fault("POST /channels/*/messages", delay=300)
    faulty.message(faulty.dm_channel, faulty.alice, "who attended round 21")
    faulty.wait_calls("POST /channels/*/messages", 1)
    bot.stop()
