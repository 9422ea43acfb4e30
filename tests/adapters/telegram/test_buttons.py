"""Buttons: suggestions, pages, report and share; after a restart, too late, in the wrong chat; inline mode and deep links."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from bot.state import State
from tests.adapters.telegram.conftest import Start
from tests.adapters.telegram.test_chat import asked, button, buttons
from tests.servers.process import TalksProcess, slowed
from tests.servers.telegram import Call, Fault, TelegramServer

Dict = dict[str, Any]


def answered(server: TelegramServer, text: str, user: Dict, chat: Dict | None = None) -> Call:
    """The call that sends the answer to a message."""
    server.say(text, user=user, chat=chat)
    return server.wait("sendMessage", chat_id=(chat or user)["id"])


def notice(server: TelegramServer, query: str) -> str:
    """What the person is told who pressed a button."""
    return str(server.wait("answerCallbackQuery", callback_query_id=query).params.get("text", ""))


def test_a_suggestion_is_asked_by_its_button(server: TelegramServer, talks: TalksProcess, user: Dict) -> None:
    call = answered(server, "who attended round 21", user)
    query = server.press(call.result, button(call, "what was agreed in round 21"), user)
    assert "agreed" in server.wait("sendMessage", chat_id=user["id"]).result["text"]
    assert notice(server, query) == ""


def test_pages_edit_the_message_in_place(server: TelegramServer, talks: TalksProcess, user: Dict) -> None:
    call = answered(server, "/rounds", user)
    first = call.result["text"]
    server.press(call.result, button(call, "more ›"), user)
    second = server.wait("editMessageText", message_id=call.result["message_id"])
    assert "(2/" in second.result["text"]
    assert "round 1:" not in second.result["text"]
    server.press(second.result, button(second, "‹ back"), user)
    back = server.wait("editMessageText", message_id=call.result["message_id"])
    assert back.result["text"] == first
    # "more" goes on from the page that is shown.
    server.press(second.result, button(second, "more › 3/") if "3/" in str(buttons(second)) else button(call, "more ›"), user)
    server.wait("editMessageText")


def test_a_button_works_after_a_restart(alone: TelegramServer, start: Start) -> None:
    bot = start(alone)
    ada = alone.user(1, "Ada")
    alone.say("who attended round 13", user=ada)
    alone.wait("sendMessage")
    alone.say("what did the opposition ask Russia", user=ada)
    call = alone.wait("sendMessage")
    alone.say("/rounds", user=ada)
    pages = alone.wait("sendMessage")
    alone.say("/said", user=ada)
    missing = alone.wait("sendMessage")
    bot.stop()
    again = start(alone)
    alone.press(pages.result, button(pages, "more ›"), ada)
    assert "(2/" in alone.wait("editMessageText").result["text"]
    alone.press(missing.result, button(missing, "Lavrentiev"), ada)
    assert "Alexander Lavrentiev" in alone.wait("sendMessage").result["text"]
    alone.press(call.result, button(call, "ceasefire"), ada)
    assert "Syrian opposition said" in alone.wait("sendMessage").result["text"]
    # A reply takes up the conversation of the answer that it replies to, although the process has forgotten it.
    alone.say("and in round 22?", user=ada, reply_to_message=call.result)
    assert "asked Russia at round 22" in alone.wait("sendMessage").result["text"]
    again.stop()
    assert alone.violations == []


def test_a_button_that_means_nothing_any_more_says_so(server: TelegramServer, talks: TalksProcess, user: Dict) -> None:
    call = answered(server, "who attended round 21", user)
    for data in ("oAAAAAAAAAAA:0", "p", "xxx", "' OR 1=1 --", button(call, "what was agreed")[:-1] + "99"):
        query = server.press(call.result, data, user)
        assert notice(server, query) == "This button is too old; please ask again."


def test_a_button_of_another_chat_does_nothing_here(
    server: TelegramServer, talks: TalksProcess, user: Dict, group: Dict
) -> None:
    call = answered(server, "who attended round 21", user)
    there = answered(server, "/rounds", user, group)
    query = server.press(there.result, button(call, "what was agreed"), user)
    assert notice(server, query) == "This button belongs to another chat; please ask here again."


def test_reports_go_to_the_list_of_gaps_once(alone: TelegramServer, start: Start) -> None:
    bot = start(alone)
    ada = alone.user(1, "Ada")
    call = answered(alone, "who attended round 21", ada)
    for _ in range(2):
        query = alone.press(call.result, button(call, "report"), ada)
        assert "admins will look" in notice(alone, query)
    asked(alone, "did France attend round 3", ada)
    asked(alone, "what is the best pizza in town", ada)
    bot.stop()
    found = State(bot.database.with_name("talks-state.db")).gaps()
    assert {(gap.kind, gap.text, gap.count) for gap in found} == {
        ("reported", "who attended round 21", 1),
        ("unknown", "did France attend round 3", 1),
    }
    assert next(gap for gap in found if gap.kind == "reported").answer.startswith("12 participants attended")


def test_a_shared_answer_opens_by_its_deep_link(server: TelegramServer, talks: TalksProcess, user: Dict) -> None:
    asked(server, "who attended round 21", user)
    call = answered(server, "and Turkey?", user)
    share = next(one["url"] for one in buttons(call) if "share" in one["text"])
    link = parse_qs(urlsplit(share).query)["url"][0]
    parameter = parse_qs(urlsplit(link).query)["start"][0]
    assert link.startswith("https://t.me/TalksTestBot?start=")
    assert len(parameter) <= 64
    other = server.user(user["id"] + 500_010, "Bob")
    assert asked(server, f"/start {parameter}", other).startswith("Yes: Turkey attended round 21")


def test_a_deep_link_may_carry_a_question_itself(server: TelegramServer, talks: TalksProcess, user: Dict) -> None:
    parameter = base64.urlsafe_b64encode(b"who attended round 21").decode().rstrip("=")
    assert "12 participants" in asked(server, f"/start q{parameter}", user)
    for broken in ("q%%%", "qzzzzz", "aAAAAAAAAAAA", "x"):
        assert "Just write your question" in asked(server, f"/start {broken}", user)


def test_inline_mode_offers_the_answer_and_what_is_near(server: TelegramServer, talks: TalksProcess, user: Dict) -> None:
    query = server.inline("who attended 21", user)
    call = server.wait("answerInlineQuery", inline_query_id=query)
    results = call.params["results"]
    assert results[0]["title"].startswith("12 participants attended round 21")
    assert "Iran" in results[0]["description"]
    assert 1 < len(results) <= 50
    assert call.params["cache_time"] >= 10
    server.inline("lavr", user)
    titles = [one["title"] for one in server.wait("answerInlineQuery").params["results"]]
    assert any("Sergei Lavrov" in title for title in titles)
    assert any("Alexander Lavrentiev" in title for title in titles)
    server.inline("", user)
    assert len(server.wait("answerInlineQuery").params["results"]) > 5
    server.inline("what is the weather in Paris", user)
    assert server.wait("answerInlineQuery").params["results"] == []


def test_pages_of_an_answer_sent_inline(server: TelegramServer, talks: TalksProcess, user: Dict) -> None:
    query = server.inline("list all rounds", user)
    result = server.wait("answerInlineQuery", inline_query_id=query).params["results"][0]
    sent = server.choose(query, result["id"], user)
    data = result["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    pressed = server.press_inline(sent, data, user)
    assert "(2/" in server.wait("editMessageText", inline_message_id=sent).params["text"]
    assert notice(server, pressed) == ""
    assert notice(server, server.press_inline(sent, "nonsense", user)).startswith("This button is too old")


def test_typing_is_shown_when_it_takes_longer(alone: TelegramServer, start: Start, tmp_path: Path) -> None:
    slow = tmp_path / "slow"
    slow.touch()
    bot = start(alone, kind=slowed(slow))
    alone.say("who attended round 22", user=alone.user(1, "Ada"))
    alone.wait("sendChatAction", chat_id=1, action="typing")
    slow.unlink()
    assert "round 22" in alone.wait("sendMessage").result["text"]
    bot.stop()


def test_an_error_is_one_sentence_with_an_id(alone: TelegramServer, start: Start) -> None:
    bot = start(alone)
    ada = alone.user(1, "Ada")
    asked(alone, "who attended round 21", ada)
    alone.fault("sendMessage", Fault(status=400, description="Bad Request: something nobody expected"))
    alone.say("who attended round 20", user=ada)
    alone.wait("sendMessage", ok=False)
    text = alone.wait("sendMessage", ok=True).result["text"]
    number = text.split("as error ")[1].split(".")[0]
    assert number in bot.log
    assert "Something nobody expected" in bot.log
    alone.say("who attended round 19", user=ada)
    assert "round 19" in alone.wait("sendMessage", ok=True).result["text"]
    bot.stop()
