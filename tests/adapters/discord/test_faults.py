"""What goes wrong on the way to Discord, and both platforms in one process."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.adapters.discord.conftest import Start, environment
from tests.servers.discord_bridge import DiscordBridge
from tests.servers.discord_faults import FaultyDiscord
from tests.servers.process import TalksProcess, slowed
from tests.servers.telegram import TelegramServer

MESSAGES = "POST /channels/*/messages"


def answered(server: FaultyDiscord, text: str) -> str:
    """The bot's answer to a direct message."""
    server.message(server.dm_channel, server.alice, text)
    return str(server.wait_message(server.dm_channel)["content"])


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 429, "retry_after": 0.3},
        {"status": 429, "retry_after": 0.3, "is_global": True},
        {"status": 500},
        {"drop": True},
    ],
    ids=["429", "global 429", "500", "cut"],
)
def test_a_failed_send_is_tried_again(faulty: FaultyDiscord, start: Start, fault: dict[str, Any]) -> None:
    bot = start(faulty)
    faulty.fault(MESSAGES, **fault)
    assert "12 participants" in answered(faulty, "who attended round 21")
    assert "Traceback" not in bot.log
    bot.stop()


def test_a_dropped_gateway_resumes_and_loses_nothing(faulty: FaultyDiscord, start: Start) -> None:
    bot = start(faulty)
    assert "12 participants" in answered(faulty, "who attended round 21")
    faulty.gateway.drop()
    assert "Turkey attended round 21" in answered(faulty, "and Turkey?")
    faulty.wait_resumed(1)
    faulty.gateway.reconnect()
    assert "attended round 22" in answered(faulty, "who attended round 22")
    faulty.wait_resumed(2)
    assert len(faulty.gateway.identifies) == 1
    assert "Traceback" not in bot.log
    bot.stop()


def test_an_invalid_session_is_begun_anew(faulty: FaultyDiscord, start: Start) -> None:
    bot = start(faulty)
    faulty.gateway.invalidate(resumable=False)
    faulty.wait_identified(2)
    assert "12 participants" in answered(faulty, "who attended round 21")
    assert "Traceback" not in bot.log
    bot.stop()


def test_a_failed_first_connection_is_survived(faulty: FaultyDiscord, start: Start) -> None:
    faulty.gateway.refuse = 1
    bot = start(faulty, wait=False)
    faulty.wait_ready()
    assert "12 participants" in answered(faulty, "who attended round 21")
    assert "Traceback" not in bot.log
    bot.stop()


def test_a_server_that_cannot_be_reached_is_tried_again(faulty: FaultyDiscord, start: Start) -> None:
    faulty.down()
    bot = start(faulty, wait=False)
    bot.logged("DISCORD_API_URL cannot be reached")
    assert "Traceback" not in bot.log
    faulty.up()
    bot.logged("serving as")
    faulty.wait_ready()
    assert "12 participants" in answered(faulty, "who attended round 21")
    bot.stop()


def test_a_wrong_token_ends_with_one_sentence(faulty: FaultyDiscord, start: Start) -> None:
    for token in ("wrong.token.of-discord-0123456789", "nonsense"):
        bot = start(faulty, wait=False, DISCORD_TOKEN=token)
        assert bot.ended() == 1
        assert "DISCORD_TOKEN was refused by Discord" in bot.log
        assert "Traceback" not in bot.log
        assert token not in bot.log


def test_a_token_that_is_revoked_ends_with_one_sentence(faulty: FaultyDiscord, start: Start) -> None:
    bot = start(faulty)
    faulty.forbid()
    faulty.gateway.close(4004)
    assert bot.ended() == 1
    assert "DISCORD_TOKEN was refused by Discord" in bot.log
    assert "Traceback" not in bot.log


@pytest.mark.parametrize("level", ["DEBUG", "INFO"])
def test_no_token_stands_in_a_log_at_any_level(faulty: FaultyDiscord, start: Start, level: str) -> None:
    bot = start(faulty, TALKS_LOG_LEVEL=level)
    faulty.fault(MESSAGES, status=400)
    faulty.message(faulty.dm_channel, faulty.alice, "who attended round 21")
    assert "as error" in str(faulty.wait_message(faulty.dm_channel)["content"])
    bot.stop()
    assert "Traceback" in bot.log
    assert (level == "DEBUG") == ("discord.gateway" in bot.log)
    assert faulty.token not in bot.log


def test_an_error_is_one_sentence_with_an_id(faulty: FaultyDiscord, start: Start) -> None:
    bot = start(faulty)
    faulty.fault(MESSAGES, status=400)
    sentence = answered(faulty, "who attended round 21")
    number = sentence.split("as error ")[1].split(".")[0]
    assert f"error {number}" in bot.log
    assert "12 participants" in answered(faulty, "who attended round 21")
    bot.stop()


def test_what_takes_longer_is_deferred(bridge: DiscordBridge, start: Start, tmp_path: Path) -> None:
    slow = tmp_path / "slow"
    slow.touch()
    bot = start(bridge, kind=slowed(slow))
    handle = bridge.slash("attended", {"round": "22"}, bridge.alice, bridge.channel)
    assert handle.wait()["type"] == 5
    slow.unlink()
    assert "attended round 22" in handle.message()["content"]
    bot.stop()


def test_it_stops_within_five_seconds_with_answers_finished(faulty: FaultyDiscord, start: Start) -> None:
    bot = start(faulty)
    faulty.fault(MESSAGES, delay=0.3)
    faulty.message(faulty.dm_channel, faulty.alice, "who attended round 21")
    faulty.wait_calls(MESSAGES, 1)
    bot.stop()
    assert "12 participants" in str(faulty.wait_message(faulty.dm_channel)["content"])
    assert "Traceback" not in bot.log


def test_both_platforms_in_one_process_and_one_failing(facts: Path, bridge: DiscordBridge) -> None:
    with TelegramServer() as telegram:
        telegram_env = {"TELEGRAM_TOKEN": telegram.token, "TELEGRAM_API_URL": telegram.url}
        both = TalksProcess(facts, "run", **environment(bridge, **telegram_env))
        try:
            both.logged("Telegram: serving as")
            both.logged("Discord: serving as")
            bridge.wait_ready()
            ada = telegram.user(1, "Ada")
            telegram.say("who attended round 21", user=ada)
            assert "12 participants" in telegram.wait("sendMessage").result["text"]
            assert "12 participants" in bridge.slash("attended", {"round": "21"}, bridge.alice).message()["content"]
            telegram.unauthorized = True
            both.logged("Telegram: the token was refused")
            assert "attended round 22" in bridge.slash("attended", {"round": "22"}, bridge.alice).message()["content"]
            telegram.unauthorized = False
            both.logged("Telegram: the token holds")
            telegram.say("who attended round 20", user=ada)
            assert "10 participants" in telegram.wait("sendMessage").result["text"]
            assert "Traceback" not in both.log
            both.stop()
        finally:
            both.kill()


def test_with_discord_refused_telegram_goes_on(facts: Path, faulty: FaultyDiscord) -> None:
    with TelegramServer() as telegram:
        env = {"TELEGRAM_TOKEN": telegram.token, "TELEGRAM_API_URL": telegram.url, "DISCORD_API_URL": faulty.api_url}
        both = TalksProcess(facts, "run", DISCORD_TOKEN="wrong.token.of-discord-0123456789", **env)
        try:
            both.logged("DISCORD_TOKEN was refused")
            both.logged("Telegram: serving as")
            telegram.say("who attended round 21", user=telegram.user(1, "Ada"))
            assert "12 participants" in telegram.wait("sendMessage").result["text"]
            both.stop()
        finally:
            both.kill()
