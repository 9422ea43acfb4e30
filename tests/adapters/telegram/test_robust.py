"""Nobody silences the bot on Telegram: floods, limits, refusals, moved groups, topics, changed questions, strange webhooks."""

from __future__ import annotations

import asyncio
import http.client
import itertools
import json
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from adapters.serving import AdapterFailed
from adapters.telegram import adapter as telegram_adapter
from adapters.telegram.adapter import TelegramAdapter
from adapters.worker import Worker
from bot.admin.administration import Administration
from bot.chat.desk import Desk
from bot.dialogue.service import TOO_MUCH, TalksBot
from bot.settings import Settings
from bot.state import State
from knowledge.store import FactStore
from tests.adapters.telegram.conftest import OWNER, Start
from tests.adapters.telegram.test_chat import asked
from tests.adapters.telegram.test_faults import free_port
from tests.servers.process import PATIENCE, Piped, TalksProcess
from tests.servers.telegram import Fault, TelegramServer

Dict = dict[str, Any]
SECRET = "a-secret-of-the-webhook-0123456789"
_numbers = itertools.count(500_000)


def test_one_long_word_holds_up_nobody(server: TelegramServer, talks: TalksProcess, user: Dict) -> None:
    for word in ("qwertyuiopasdfghjklzxcvbnm" * 19, "中国代表团参加了第二十一轮" * 35, "haha" * 120):
        server.say(word, user=server.user(next(_numbers), "Eve"))
        server.inline(word[:250], server.user(next(_numbers), "Eve"))
    assert "12 participants" in asked(server, "who attended round 21", user)


def test_a_message_that_is_too_much_gets_an_honest_line(server: TelegramServer, talks: TalksProcess, user: Dict) -> None:
    text = (
        "rounds with Krol - what is Sousan's job. sid Iraq pay Lebanon at round 17? or Did Belarus dispatCh a team to round 12?"
    )
    assert TOO_MUCH in asked(server, f"{text} and {text}", user)


@pytest.mark.parametrize("text", ["whoſ attended round 21", "İntl gımme round 21", "who \ud83d attended round 21", "\u200b"])
def test_odd_letters_crash_nothing(server: TelegramServer, talks: TalksProcess, user: Dict, text: str) -> None:
    server.say(text, user=user)
    server.wait("sendMessage", chat_id=user["id"])
    assert "12 participants" in asked(server, "who attended round 2️⃣1️⃣", user)
    assert "12 participants" in asked(server, "who attended round 2\u200b1", user)
    assert "as error" not in str(server.messages(user["id"]))


def test_a_busy_group_silences_nobody_else(alone: TelegramServer, start: Start) -> None:
    """Of 400 questions in a group no more is let in than goes out; others are answered meanwhile."""
    bot = start(alone, TALKS_FLOOD_CONTROL="on", TALKS_CHAT_LIMIT="0")
    group = alone.group(-42, "Busy")
    for _ in range(400):
        alone.say("/round 21", user=alone.user(next(_numbers), "Someone"), chat=group)
    assert "12 participants" in asked(alone, "who attended round 21", alone.user(1, "Ada"))
    alone.settle(PATIENCE)
    assert "10 participants" in asked(alone, "who attended round 20", alone.user(2, "Bob"))
    found = [one["text"] for one in alone.messages(group)]
    assert len(found) <= 20
    assert sum("That is a lot at once" in text for text in found) <= 1
    bot.stop()


def test_a_chat_that_has_to_wait_holds_up_no_other(alone: TelegramServer, start: Start) -> None:
    bot = start(alone, TALKS_FLOOD_CONTROL="on")
    ada, bob = alone.user(1, "Ada"), alone.user(2, "Bob")
    alone.fault("sendMessage", Fault(status=429, retry_after=40, where=lambda params: params["chat_id"] == 1))
    alone.say("who attended round 21", user=ada)
    alone.wait("sendMessage", ok=False, chat_id=1)
    # Others are answered, and pressed and typed inline, while Ada's chat waits.
    sent = alone.wait("sendMessage", chat_id=bob["id"]) if alone.say("list all rounds", user=bob) else None
    assert sent is not None
    press = alone.press(sent.result, sent.result["reply_markup"]["inline_keyboard"][0][0]["callback_data"], bob)
    alone.wait("editMessageText", chat_id=bob["id"])
    alone.wait("answerCallbackQuery", callback_query_id=press)
    alone.wait("answerInlineQuery", inline_query_id=alone.inline("who attended 21", bob))
    assert not alone.messages(1)
    # Told to stop in the middle of it, it does, and says that all went well.
    bot.stop()


def test_what_would_have_to_wait_for_over_a_minute_is_dropped(alone: TelegramServer, start: Start) -> None:
    bot = start(alone, TALKS_FLOOD_CONTROL="on")
    alone.fault("sendMessage", Fault(status=429, retry_after=3_600, where=lambda params: params["chat_id"] == 1))
    alone.say("who attended round 21", user=alone.user(1, "Ada"))
    bot.logged("could not be sent: sendMessage would have had to wait")
    assert "Traceback" not in bot.log
    assert " ERROR " not in bot.log
    bot.stop()


REFUSALS = [
    (403, "Forbidden: bot was kicked from the supergroup chat"),
    (400, "Bad Request: not enough rights to send text messages to the chat"),
    (400, "Bad Request: TOPIC_CLOSED"),
    (400, "Bad Request: CHAT_WRITE_FORBIDDEN"),
    (400, "Bad Request: message thread not found"),
]


@pytest.mark.parametrize(("status", "words"), REFUSALS)
def test_a_refusal_of_every_day_is_one_line(alone: TelegramServer, start: Start, status: int, words: str) -> None:
    bot = start(alone)
    alone.fault("sendMessage", Fault(status=status, description=words))
    before = len(bot.log.splitlines())
    alone.say("/round 21", user=alone.user(1, "Ada"), chat=alone.group(-5, "Closed"))
    alone.wait("sendMessage", ok=False, chat_id=-5)
    bot.logged("could not be sent")
    assert "12 participants" in asked(alone, "who attended round 21", alone.user(2, "Bob"))
    assert len(bot.log.splitlines()) == before + 1
    assert alone.messages(-5) == []
    bot.stop()


def test_an_answer_finds_a_group_that_became_a_supergroup(alone: TelegramServer, start: Start) -> None:
    bot = start(alone)
    ada, old, new = alone.user(1, "Ada"), alone.group(-7, "Small"), alone.group(-1_007, "Large")
    alone.say("hello", user=ada, chat=new)
    alone.say("/rounds", user=ada, chat=old)
    listed = alone.wait("sendMessage", chat_id=-7)
    words = "Bad Request: group chat was upgraded to a supergroup chat"
    fault = Fault(status=400, description=words, migrate_to_chat_id=-1_007, where=lambda params: params["chat_id"] == -7)
    alone.fault("sendMessage", fault)
    alone.say("/round 21", user=ada, chat=old)
    assert "round 21" in alone.wait("sendMessage", chat_id=-1_007).result["text"].lower()
    # The buttons of before go on working there.
    data = listed.result["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    moved = {**listed.result, "chat": new}
    alone.world.messages[-1_007, moved["message_id"]] = moved
    alone.world.own.add((-1_007, moved["message_id"]))
    alone.press(moved, data, ada)
    assert "(2/" in alone.wait("editMessageText", chat_id=-1_007).params["text"]
    assert "Traceback" not in bot.log
    bot.stop()


def test_topics_of_a_group_are_conversations_of_their_own(server: TelegramServer, talks: TalksProcess, user: Dict) -> None:
    forum = server.forum(-1_000_000_000_000 - next(_numbers), "Forum")
    first, second = ({"message_thread_id": number, "is_topic_message": True} for number in (11, 12))
    server.say("/attended 21", user=user, chat=forum, **first)
    assert "12 participants" in server.wait("sendMessage", chat_id=forum["id"], message_thread_id=11).result["text"]
    server.say(f"@{server.world.me['username']} and Turkey?", user=user, chat=forum, **second)
    assert "round 21" not in server.wait("sendMessage", chat_id=forum["id"], message_thread_id=12).result["text"]
    server.say(f"@{server.world.me['username']} and Turkey?", user=user, chat=forum, **first)
    assert "Turkey attended round 21" in server.wait("sendMessage", chat_id=forum["id"], message_thread_id=11).result["text"]


def test_a_changed_question_changes_its_answer_in_place(server: TelegramServer, talks: TalksProcess, user: Dict) -> None:
    asked(server, "who attended round 13", user)
    message = server.say("and Turky?", user=user)
    answer = server.wait("sendMessage", chat_id=user["id"])
    assert "Turkey attended round 13" in answer.result["text"]
    server.edit(message, "and Jordan?")
    changed = server.wait("editMessageText", chat_id=user["id"], message_id=answer.result["message_id"])
    assert "Jordan attended round 13" in changed.params["text"]
    # What is said next refers to the changed question.
    assert "Jordan attended round 14" in asked(server, "and in round 14?", user)
    # The same text again (a link preview came) changes nothing.
    server.edit(message, "and Jordan?")
    server.settle()
    assert "12 participants" in asked(server, "who attended round 21", user)
    server.none("editMessageText", chat_id=user["id"])


def test_a_token_that_was_refused_once_is_asked_about(alone: TelegramServer, start: Start) -> None:
    bot = start(alone)
    for status in (401, 404):
        alone.fault("getUpdates", Fault(status=status))
        alone.say("hello", user=alone.user(1, "Ada"))
        alone.wait("sendMessage")
        end = time.monotonic() + PATIENCE
        while bot.log.count("the token holds; serving again") < (1 if status == 401 else 2):
            assert time.monotonic() < end, bot.log
            time.sleep(0.02)
    assert bot.log.count("the token was refused while") == 2
    assert "Traceback" not in bot.log
    assert "12 participants" in asked(alone, "who attended round 21", alone.user(1, "Ada"))
    bot.stop()


def test_a_token_that_stays_refused_ends_telegram(bundle_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its patience is shortened; all else is the shipped adapter on the wire."""
    monkeypatch.setattr(telegram_adapter, "REFUSED_SECONDS", 0.5)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with TelegramServer() as server:
        settings = Settings(
            database=bundle_file, telegram_token=server.token, telegram_api_url=server.url, owners=(("telegram", 1),)
        )
        state = State(tmp_path / "state.db")
        worker = Worker(Desk(TalksBot(FactStore(bundle_file), settings), state), Administration(settings, state))

        async def run() -> None:
            serving = asyncio.create_task(TelegramAdapter(settings, worker).run(asyncio.Event()))
            await asyncio.to_thread(server.ready)
            server.unauthorized = True
            with pytest.raises(AdapterFailed, match="TELEGRAM_TOKEN was refused"):
                await asyncio.wait_for(serving, PATIENCE)

        asyncio.run(run())
        worker.close()


def test_a_locked_state_stops_neither_the_start_nor_an_answer(alone: TelegramServer, start: Start, facts: Path) -> None:
    start(alone).stop()
    holder = sqlite3.connect(facts.with_name("talks-state.db"), isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    bot = start(alone)
    ada = alone.user(1, "Ada")
    sent = [asked(alone, f"who attended round {number}", ada) for number in range(18, 23)]
    assert all("attended round" in one for one in sent)
    bot.logged("what is to be kept waits")
    assert bot.log.count("what is to be kept waits") == 1
    assert "Traceback" not in bot.log
    holder.execute("ROLLBACK")
    bot.logged("can be written again")
    bot.stop()
    assert holder.execute("SELECT count(*) FROM records").fetchone() == (5,)
    holder.close()


def test_on_a_full_disk_it_starts_answers_and_admins_can_read(alone: TelegramServer, start: Start) -> None:
    bot = start(alone, kind=Piped)
    assert isinstance(bot, Piped)
    owner = alone.user(OWNER, "Owner")
    bot.full_disk()
    assert "12 participants" in asked(alone, "who attended round 21", owner)
    alone.say("/admin history", user=owner)
    assert "Loads, the newest first" in alone.wait("sendMessage", chat_id=OWNER).result["text"]
    alone.say("/admin list", user=owner)
    assert f"telegram:{OWNER} — owner" in alone.wait("sendMessage", chat_id=OWNER).result["text"]
    alone.say("/admin grant 99", user=owner)
    assert "is the disk full?" in alone.wait("sendMessage", chat_id=OWNER).result["text"]
    assert "Traceback" not in bot.log
    bot.full_disk(False)
    bot.logged("can be written again")
    bot.stop()


def test_nothing_of_whoever_asked_stands_in_the_state_file(alone: TelegramServer, start: Start, facts: Path) -> None:
    bot = start(alone)
    ada = alone.user(987_654_321, "Ada")
    for text in ("my marmalade is burning", "please list everyone who attended round 21", "/asked opposition russia"):
        asked(alone, text, ada)
    bot.stop()
    path = facts.with_name("talks-state.db")
    assert [one.name for one in path.parent.glob("talks-state.db*")] == [path.name]
    raw = path.read_bytes()
    for word in (b"987654321", b"marmalade", b"please list", b"Ada"):
        assert word not in raw
    start(alone)
    alone.say("/privacy", user=ada)
    page = alone.wait("sendMessage", chat_id=ada["id"])
    assert "not your words" in page.result["text"]
    button = page.result["reply_markup"]["inline_keyboard"][-1][0]
    alone.press(page.result, button["callback_data"], ada)
    assert "Deleted" in alone.wait("sendMessage", chat_id=ada["id"]).result["text"]


@contextmanager
def hooked(start: Start) -> Iterator[tuple[TelegramServer, TalksProcess, str]]:
    """A server with a bot that listens for its webhook: (server, bot, where it listens)."""
    listen = f"127.0.0.1:{free_port()}"
    with TelegramServer(webhook_listen=listen) as server:
        url = "https://bot.example.org/telegram/talks"
        env = {"TELEGRAM_WEBHOOK_URL": url, "TELEGRAM_WEBHOOK_SECRET": SECRET, "TELEGRAM_WEBHOOK_LISTEN": listen}
        bot = start(server, **env)
        yield server, bot, listen
        bot.stop()


def test_a_webhook_reads_no_body_of_whoever_lacks_the_secret(start: Start) -> None:
    with hooked(start) as (server, _, listen):
        connection = http.client.HTTPConnection(listen, timeout=PATIENCE)
        # Ninety megabytes are announced and none is sent: who reads them first would wait for ever.
        connection.putrequest("POST", "/telegram/talks")
        connection.putheader("Content-Length", str(90_000_000))
        connection.putheader("X-Telegram-Bot-Api-Secret-Token", "wrong")
        connection.endheaders()
        assert connection.getresponse().status == 403
        connection.close()
        for body, status in (
            (b"x" * 1_100_000, 413),
            (b"not json", 400),
            (b"[]", 400),
            (b'{"update_id": "x"}', 400),
            (b'{"update_id": 7, "message": 1}', 200),
        ):
            connection = http.client.HTTPConnection(listen, timeout=PATIENCE)
            connection.request("POST", "/telegram/talks", body, {"X-Telegram-Bot-Api-Secret-Token": SECRET})
            assert connection.getresponse().status == status
            connection.close()
        assert "12 participants" in asked(server, "who attended round 21", server.user(1, "Ada"))


def test_an_update_that_is_delivered_again_is_answered_once(start: Start) -> None:
    with hooked(start) as (server, _, listen):
        ada = server.user(1, "Ada")
        asked(server, "hello", ada)
        message = {"message_id": 99, "date": 1, "chat": server.private(ada), "from": ada, "text": "who attended round 21"}
        body = json.dumps({"update_id": 90_000, "message": message})
        for _ in range(3):
            connection = http.client.HTTPConnection(listen, timeout=PATIENCE)
            connection.request("POST", "/telegram/talks", body, {"X-Telegram-Bot-Api-Secret-Token": SECRET})
            assert connection.getresponse().status == 200
            connection.close()
        assert "12 participants" in server.wait("sendMessage", chat_id=1).result["text"]
        assert "10 participants" in asked(server, "who attended round 20", ada)
        server.none("sendMessage", chat_id=1)


def test_it_stops_when_told_whatever_is_under_way(alone: TelegramServer, start: Start) -> None:
    bot = start(alone)
    alone.fault("sendMessage", Fault(delay=300), Fault(delay=300))
    for number in (1, 2):
        alone.say("who attended round 21", user=alone.user(number, "Ada"))
    alone.wait("sendMessage")
    stopping = threading.Thread(target=bot.stop)
    stopping.start()
    stopping.join(PATIENCE)
    assert not stopping.is_alive()


def test_a_damaged_facts_file_is_told_with_what_to_do(alone: TelegramServer, start: Start, facts: Path) -> None:
    facts.write_bytes(b"this was a database" * 1_000)
    bot = start(alone, wait=False)
    assert bot.ended() == 1
    assert "move it away" in bot.log
    assert "Traceback" not in bot.log
