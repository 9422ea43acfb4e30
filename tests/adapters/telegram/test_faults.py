"""What goes wrong on the way: limits, 429, 500, a dropped connection, a conflict, bad tokens, webhooks, stopping."""

from __future__ import annotations

import json
import shutil
import socket
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from knowledge.loading.plans import apply_plan, plan_file
from knowledge.loading.writer import FactWriter
from knowledge.packs import Limits
from tests.adapters.telegram.conftest import Start, environment
from tests.adapters.telegram.test_chat import asked
from tests.servers.process import TalksProcess
from tests.servers.telegram import Fault, TelegramServer

Dict = dict[str, Any]


def test_too_much_at_once_gets_a_line_then_silence(server: TelegramServer, talks: TalksProcess, user: Dict) -> None:
    for _ in range(16):
        server.say("who attended round 21", user=user)
    server.settle()
    answers = [server.wait("sendMessage", chat_id=user["id"]).result["text"] for _ in range(11)]
    assert sum("12 participants" in text for text in answers) == 10
    assert sum("That is a lot at once" in text for text in answers) == 1
    server.none("sendMessage", chat_id=user["id"])


def test_a_chat_has_a_limit_too(server: TelegramServer, talks: TalksProcess, group: Dict) -> None:
    for number in range(34):
        server.say("/round 21", user=server.user(900_000 + number, "Someone"), chat=group)
    server.settle()
    answers = [server.wait("sendMessage", chat_id=group["id"]).result["text"] for _ in range(31)]
    assert sum("That is a lot at once" in text for text in answers) == 1
    server.none("sendMessage", chat_id=group["id"])


def test_limits_are_settings(alone: TelegramServer, start: Start) -> None:
    bot = start(alone, TALKS_USER_LIMIT="0", TALKS_CHAT_LIMIT="0")
    ada = alone.user(1, "Ada")
    for _ in range(14):
        alone.say("hello", user=ada)
    texts = [alone.wait("sendMessage").result["text"] for _ in range(14)]
    assert all("Ask me about" in text for text in texts)
    bot.stop()


def test_flood_control_of_telegram_is_honoured(alone: TelegramServer, start: Start) -> None:
    bot = start(alone, TALKS_FLOOD_CONTROL="on")
    ada = alone.user(1, "Ada")
    alone.fault("sendMessage", Fault(status=429, retry_after=1))
    alone.say("who attended round 21", user=ada)
    refused = alone.wait("sendMessage", ok=False)
    sent = alone.wait("sendMessage", ok=True)
    assert sent.at - refused.at >= 1
    assert "12 participants" in sent.result["text"]
    bot.stop()


@pytest.mark.parametrize("fault", [Fault(status=500), Fault(status=502), Fault(drop=True)])
def test_a_failed_send_is_tried_again(alone: TelegramServer, start: Start, fault: Fault) -> None:
    bot = start(alone)
    ada = alone.user(1, "Ada")
    alone.fault("sendMessage", fault)
    assert "12 participants" in _delivered(alone, "who attended round 21", ada)
    alone.fault("getUpdates", fault)
    assert "round 22" in _delivered(alone, "who attended round 22", ada)
    bot.stop()


def _delivered(server: TelegramServer, text: str, user: Dict) -> str:
    server.say(text, user=user)
    return str(server.wait("sendMessage", ok=True).result["text"])


def test_refused_formatting_goes_out_plain(server: TelegramServer, talks: TalksProcess, user: Dict) -> None:
    server.fault("sendMessage", Fault(status=400, description="Bad Request: can't parse entities: unexpected end"))
    server.say("who attended round 21", user=user)
    sent = server.wait("sendMessage", ok=True, chat_id=user["id"])
    assert "parse_mode" not in sent.params
    assert sent.result["text"].startswith("12 participants")
    assert "<b>" not in sent.result["text"]


def test_facts_of_any_length_and_with_markup_fit_a_message(alone: TelegramServer, start: Start, facts: Path) -> None:
    long = "asked for " + "<b>peace</b> & &amp; “quiet” 🕊 " * 120
    named = {"publisher": "<i>Wire & Co</i> \u0628\u0631\u0642", "title": "T" * 900}
    pack = {
        "pack": "long",
        "title": "Long",
        "as_of": "2026-11-21",
        "sources": [{"id": f"s{n}", **named, "url": f"https://example.org/{n}?a=1&b=2"} for n in range(3)],
        "actors": [{"id": "loud", "kind": "state", "name": "Loud <script>", "sources": ["s0"]}],
        "statements": [
            {
                "id": f"long-{n}",
                "round": "astana/22",
                "speaker": "loud",
                "act": "said",
                "text": f"{n} {long}",
                "sources": ["s0", "s1", "s2"],
            }
            for n in range(9)
        ],
    }
    writer = FactWriter(facts)
    apply_plan(writer, plan_file(writer, json.dumps(pack).encode(), "long.json", Limits()), "me", "test")
    writer.close()
    bot = start(alone)
    ada = alone.user(1, "Ada")
    alone.say("what did Loud <script> say", user=ada)
    call = alone.wait("sendMessage")
    assert call.error is None
    assert "<b>peace</b>" in call.result["text"]
    assert "Loud <script>" in call.result["text"]
    assert not any(one["type"] == "bold" and "peace" in str(one) for one in call.result["entities"])
    bot.stop()
    assert alone.violations == []


def test_a_wrong_token_ends_with_one_sentence(alone: TelegramServer, start: Start) -> None:
    for token in ("123456:WRONG-TOKEN-abcdefghijklmnopqrst", "nonsense"):
        bot = start(alone, wait=False, TELEGRAM_TOKEN=token)
        assert bot.ended() == 1
        assert "TELEGRAM_TOKEN was refused by Telegram" in bot.log
        assert "Traceback" not in bot.log
        assert token not in bot.log
        assert token.split(":")[-1] not in bot.log


def test_a_second_instance_is_told_and_tried_again(alone: TelegramServer, start: Start, tmp_path: Path, facts: Path) -> None:
    first = start(alone)
    (tmp_path / "second").mkdir()
    database = tmp_path / "second" / "talks.db"
    shutil.copy(facts, database)
    second = TalksProcess(database, **environment(alone))
    try:
        while "Another instance polls" not in first.log + second.log:
            second.process.poll()
            (first if first.process.poll() is None else second).logged("serving")
        first.stop()
        assert "12 participants" in _delivered(alone, "who attended round 21", alone.user(1, "Ada"))
        assert "Traceback" not in first.log + second.log
        second.stop()
    finally:
        second.kill()


def test_a_server_that_cannot_be_reached_is_tried_again(alone: TelegramServer, start: Start) -> None:
    alone.down()
    bot = start(alone, wait=False)
    bot.logged("TELEGRAM_API_URL cannot be reached")
    assert "Traceback" not in bot.log
    alone.up()
    bot.logged("serving as")
    assert "12 participants" in _delivered(alone, "who attended round 21", alone.user(1, "Ada"))
    bot.stop()


@pytest.mark.parametrize("level", ["DEBUG", "INFO"])
def test_no_token_stands_in_a_log_at_any_level(alone: TelegramServer, start: Start, level: str) -> None:
    secret = "a-secret-of-the-webhook-0123456789"
    bot = start(alone, TALKS_LOG_LEVEL=level, TELEGRAM_WEBHOOK_SECRET=secret)
    ada = alone.user(1, "Ada")
    alone.fault("sendMessage", Fault(status=500))
    _delivered(alone, "who attended round 21", ada)
    alone.fault("sendMessage", Fault(status=400, description="Bad Request: odd"))
    _delivered(alone, "who attended round 20", ada)
    alone.unauthorized = True
    bot.logged("Telegram: the token was refused")
    bot.stop()
    assert (level == "DEBUG") == ("getUpdates" in bot.log)
    assert alone.token not in bot.log
    assert alone.token.split(":")[1] not in bot.log
    assert secret not in bot.log


def test_it_stops_within_five_seconds_with_answers_finished(alone: TelegramServer, start: Start) -> None:
    bot = start(alone)
    ada = alone.user(1, "Ada")
    alone.fault("sendMessage", Fault(delay=0.3))
    alone.say("who attended round 21", user=ada)
    alone.settle()
    alone.wait("sendMessage")
    bot.stop()
    assert "Traceback" not in bot.log
    # What its buttons mean was written before it ended.
    rows = sqlite3.connect(bot.database.with_name("talks-state.db")).execute("SELECT count(*) FROM records").fetchone()
    assert rows == (1,)


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def test_webhook(start: Start) -> None:
    secret = "a-secret-of-the-webhook-0123456789"
    listen = f"127.0.0.1:{free_port()}"
    with TelegramServer(webhook_listen=listen) as server:
        bot = start(
            server,
            TELEGRAM_WEBHOOK_URL="https://bot.example.org/telegram/talks",
            TELEGRAM_WEBHOOK_SECRET=secret,
            TELEGRAM_WEBHOOK_LISTEN=listen,
        )
        ada = server.user(1, "Ada")
        assert "12 participants" in asked(server, "who attended round 21", ada)
        call = server.wait("setWebhook")
        assert call.params["secret_token"] == secret
        message = {"message_id": 99, "date": 1, "chat": server.private(ada), "from": ada, "text": "hello"}
        assert server.push({"update_id": 10_000, "message": message}, secret="wrong") == 403
        assert server.push({"update_id": 10_001, "message": message}) == 403
        server.none("sendMessage")
        assert server.push({"update_id": 10_002, "message": message}, secret=secret) == 200
        assert "Ask me about" in server.wait("sendMessage").result["text"]
        bot.stop()
        assert secret not in bot.log
        assert server.violations == []


def test_a_webhook_without_its_secret_does_not_start(alone: TelegramServer, start: Start) -> None:
    bot = start(alone, wait=False, TELEGRAM_WEBHOOK_URL="https://bot.example.org/telegram")
    assert bot.ended() == 1
    assert "TELEGRAM_WEBHOOK_SECRET must be set" in bot.log


def test_without_a_token_run_says_what_to_set(facts: Path) -> None:
    bot = TalksProcess(facts, "run")
    assert bot.ended() == 1
    assert "Set TELEGRAM_TOKEN or DISCORD_TOKEN" in bot.log
