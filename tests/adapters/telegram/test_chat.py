"""Private chats, groups and topics: what is answered, where, and what is left alone."""

from __future__ import annotations

from typing import Any

from tests.servers.process import TalksProcess
from tests.servers.telegram import Call, Fault, TelegramServer

Dict = dict[str, Any]


def asked(server: TelegramServer, text: str, user: Dict, **more: Any) -> str:
    """The plain text of the answer to a message in a private chat."""
    server.say(text, user=user, **more)
    return str(server.wait("sendMessage", chat_id=user["id"]).result["text"])


def buttons(call: Call) -> list[Dict]:
    """All buttons under a message, row after row."""
    return [one for row in call.result.get("reply_markup", {}).get("inline_keyboard", []) for one in row]


def button(call: Call, label: str) -> str:
    """The data of the button whose label holds a text."""
    found = [one["callback_data"] for one in buttons(call) if label in one["text"]]
    assert found, (label, buttons(call))
    return str(found[0])


def test_any_text_in_a_private_chat_is_a_question(server: TelegramServer, talks: TalksProcess, user: Dict) -> None:
    server.say("who attended round 21", user=user)
    call = server.wait("sendMessage", chat_id=user["id"])
    assert call.result["text"].startswith("12 participants attended round 21 (January 2024, Astana):\n• Iran — guarantor")
    assert "reply_parameters" not in call.params
    assert call.params["link_preview_options"] == {"is_disabled": True}


def test_citations_are_numbered_links_to_the_sources(server: TelegramServer, talks: TalksProcess, user: Dict) -> None:
    server.say("did Turkey attend round 21", user=user)
    sent = server.wait("sendMessage", chat_id=user["id"]).result
    links = [one["url"] for one in sent["entities"] if one["type"] == "text_link"]
    assert any(link.startswith("https://www.dailysabah.com/") for link in links)
    assert "[2]" in sent["text"]
    assert "Daily Sabah, 2024-01-24" in sent["text"]
    assert any(one["type"] in ("blockquote", "expandable_blockquote") for one in sent["entities"])


def test_what_is_not_recorded_is_said_so(server: TelegramServer, talks: TalksProcess, user: Dict) -> None:
    assert "It is not recorded whether France attended round 21" in asked(server, "did France attend round 21", user)
    assert "I have nothing on “GDP”" in asked(server, "what is Russia's GDP", user)


def test_follow_ups_are_per_chat_and_user(server: TelegramServer, talks: TalksProcess, user: Dict, group: Dict) -> None:
    other = server.user(user["id"] + 500_000, "Bob")
    asked(server, "who attended round 21", user)
    assert asked(server, "and Turkey?", user).startswith("Yes: Turkey attended round 21")
    assert "round 21" not in asked(server, "and Turkey?", other)
    # The same person in another chat starts anew.
    server.say("@TalksTestBot when was that?", user=user, chat=group)
    assert "January 2024" not in server.wait("sendMessage", chat_id=group["id"]).result["text"]


def test_in_a_group_only_what_is_meant_for_the_bot_is_answered(
    server: TelegramServer, talks: TalksProcess, user: Dict, group: Dict
) -> None:
    server.say("who attended round 21", user=user, chat=group)
    server.say("/attended@OtherBot 21", user=user, chat=group)
    server.say("/weather", user=user, chat=group)
    server.say("mail me at ada@TalksTestBotany.example", user=user, chat=group)
    server.none("sendMessage", chat_id=group["id"])
    question = server.say("hey @talkstestbot who attended round 21?", user=user, chat=group)
    call = server.wait("sendMessage", chat_id=group["id"])
    assert call.params["reply_parameters"]["message_id"] == question["message_id"]
    assert "12 participants attended" in call.result["text"]
    server.say("/attended@TalksTestBot 22", user=user, chat=group)
    assert "attended round 22" in server.wait("sendMessage", chat_id=group["id"]).result["text"]


def test_a_reply_to_the_bot_is_a_question_about_that_answer(
    server: TelegramServer, talks: TalksProcess, user: Dict, group: Dict
) -> None:
    other = server.user(user["id"] + 500_001, "Bob")
    server.say("/attended 21", user=user, chat=group)
    first = server.wait("sendMessage", chat_id=group["id"]).result
    server.say("/attended 13", user=user, chat=group)
    server.wait("sendMessage", chat_id=group["id"])
    server.say("and Turkey?", user=other, chat=group, reply_to_message=first)
    assert "Turkey attended round 21" in server.wait("sendMessage", chat_id=group["id"]).result["text"]
    server.say("when was that?", user=user, chat=group, reply_to_message=first)
    assert "24–25 January 2024" in server.wait("sendMessage", chat_id=group["id"]).result["text"]


def test_mentioned_in_reply_to_somebodys_question_it_answers_that(
    server: TelegramServer, talks: TalksProcess, user: Dict, group: Dict
) -> None:
    other = server.user(user["id"] + 500_002, "Bob")
    question = server.say("who led the Turkish delegation in round 13?", user=other, chat=group)
    server.say("@TalksTestBot", user=user, chat=group, reply_to_message=question)
    assert "Sedat Önal" in server.wait("sendMessage", chat_id=group["id"]).result["text"]


def test_in_a_topic_the_answer_stays_in_the_topic(server: TelegramServer, talks: TalksProcess, user: Dict) -> None:
    forum = server.forum(-user["id"], "Forum")
    message = server.say("/round 21", user=user, chat=forum, message_thread_id=7, is_topic_message=True)
    call = server.wait("sendMessage", chat_id=forum["id"])
    assert call.params["message_thread_id"] == 7
    assert call.params["reply_parameters"]["message_id"] == message["message_id"]


def test_other_bots_channels_and_forwarded_posts_are_ignored(
    server: TelegramServer, talks: TalksProcess, user: Dict, group: Dict
) -> None:
    robot = server.user(user["id"] + 500_003, "Robot", is_bot=True)
    channel = server.channel(-user["id"] - 1, "News")
    server.say("/attended 21", user=robot, chat=group)
    server.post("who attended round 21 @TalksTestBot", channel)
    server.say("/attended 21", user=robot, chat=group, sender_chat=channel, is_automatic_forward=True)
    server.none("sendMessage")


def test_an_anonymous_admin_is_a_person(server: TelegramServer, talks: TalksProcess, group: Dict) -> None:
    anonymous = server.user(1_087_968_824, "Group", username="GroupAnonymousBot", is_bot=True)
    server.say("/attended 21", user=anonymous, chat=group, sender_chat=group)
    assert "attended round 21" in server.wait("sendMessage", chat_id=group["id"]).result["text"]


def test_a_sticker_gets_a_line_in_private_and_nothing_in_a_group(
    server: TelegramServer, talks: TalksProcess, user: Dict, group: Dict
) -> None:
    server.sticker(user)
    assert "I read text only" in server.wait("sendMessage", chat_id=user["id"]).result["text"]
    server.sticker(user, group)
    server.none("sendMessage", chat_id=group["id"])


def test_an_edited_message_is_not_answered_again(server: TelegramServer, talks: TalksProcess, user: Dict) -> None:
    message = server.say("who attended round 21", user=user)
    server.wait("sendMessage", chat_id=user["id"])
    server.edit(message, "who attended round 22")
    server.none("sendMessage", chat_id=user["id"])


def test_a_question_that_is_too_long_is_cut_and_that_is_said(server: TelegramServer, talks: TalksProcess, user: Dict) -> None:
    text = asked(server, "who attended round 21 " + "please " * 80, user)
    assert text.startswith("Only the first 500 characters were read.")


def test_markup_and_right_to_left_text_in_a_question_do_no_harm(
    server: TelegramServer, talks: TalksProcess, user: Dict
) -> None:
    server.say("who is <b>Zzyzx</b> & Qwxyz<i>", user=user)
    sent = server.wait("sendMessage", chat_id=user["id"]).result
    assert "Zzyzx" in sent["text"]
    assert not [one for one in sent.get("entities", []) if one["type"] in ("bold", "italic")]
    server.say("did \u202e<a href='https://evil.example'>Zzyzx</a> attend round 21", user=user)
    sent = server.wait("sendMessage", chat_id=user["id"]).result
    assert "\u202e" not in sent["text"]
    assert not any("evil" in one.get("url", "") for one in sent.get("entities", []))
    server.say("did زلمان attend round 21", user=user)
    assert "\u2068زلمان\u2069" in server.wait("sendMessage", chat_id=user["id"]).result["text"]


def test_one_slow_chat_does_not_hold_up_others(server: TelegramServer, talks: TalksProcess, user: Dict) -> None:
    other = server.user(user["id"] + 500_004, "Bob")
    server.fault("sendMessage", Fault(delay=3.0, where=lambda params: params.get("chat_id") == user["id"]))
    server.say("who attended round 21", user=user)
    server.say("who attended round 22", user=other)
    fast = server.wait("sendMessage", chat_id=other["id"])
    slow = server.wait("sendMessage", chat_id=user["id"])
    assert "round 22" in fast.result["text"]
    assert "round 21" in slow.result["text"]
    server.say("and Turkey?", user=other)
    assert server.wait("sendMessage", chat_id=other["id"]).at - fast.at < 2.5
