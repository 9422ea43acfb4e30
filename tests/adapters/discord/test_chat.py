"""Direct messages, mentions, replies, threads; buttons; what is left alone."""

from __future__ import annotations

from typing import Any

from bot.state import State
from tests.adapters.discord.conftest import Start
from tests.servers.discord_bridge import DiscordBridge
from tests.servers.process import TalksProcess


def said(discord: DiscordBridge, channel: Any, author: Any, text: str, **more: Any) -> dict[str, Any]:
    """The bot's answer to a message."""
    discord.message(channel, author, text, **more)
    found: dict[str, Any] = discord.wait_message(channel)
    return found


def test_direct_messages_are_questions(discord: DiscordBridge, talks: TalksProcess) -> None:
    dm = discord.dm(discord.alice)
    assert "12 participants" in said(discord, dm, discord.alice, "who attended round 21")["content"]
    assert "Yes: Turkey attended round 21" in said(discord, dm, discord.alice, "and Turkey?")["content"]
    assert "I read text only" in said(discord, dm, discord.alice, "", files=[("a.png", b"\x89PNG")])["content"]


def test_in_a_channel_only_mentions_are_read_and_nobody_is_pinged(discord: DiscordBridge, talks: TalksProcess) -> None:
    discord.message(discord.channel, discord.alice, "who attended round 21")
    discord.none(discord.channel)
    question = discord.message(discord.channel, discord.alice, f"{discord.bot_mention} who attended round 21? @everyone <@1>")
    answer = discord.wait_message(discord.channel)
    assert answer["message_reference"]["message_id"] == question["id"]
    assert discord.pings(answer) == []
    assert answer["mention_everyone"] is False


def test_replies_take_up_the_answer_they_reply_to(discord: DiscordBridge, talks: TalksProcess) -> None:
    first = said(discord, discord.channel, discord.alice, f"{discord.bot_mention} who attended round 21")
    said(discord, discord.channel, discord.alice, f"{discord.bot_mention} who attended round 13")
    discord.message(discord.channel, discord.bob, "and Turkey?", reply_to=first)
    assert "Turkey attended round 21" in discord.wait_message(discord.channel)["content"]
    # Without a mention a reply is talk among people.
    discord.message(discord.channel, discord.bob, "and Turkey?", reply_to=first, ping=False)
    discord.none(discord.channel)


def test_follow_ups_are_per_chat_and_user(discord: DiscordBridge, talks: TalksProcess) -> None:
    said(discord, discord.side, discord.alice, f"{discord.bot_mention} who attended round 20")
    other = said(discord, discord.side, discord.bob, f"{discord.bot_mention} and Turkey?")
    assert "round 20" not in other["content"]
    elsewhere = said(discord, discord.channel2, discord.alice, f"{discord.bot_mention} and Turkey?")
    assert "round 20" not in elsewhere["content"]


def test_threads_and_forum_posts(discord: DiscordBridge, talks: TalksProcess) -> None:
    for place in (discord.thread, discord.post):
        assert (
            "12 participants" in said(discord, place, discord.alice, f"{discord.bot_mention} who attended round 21")["content"]
        )


def test_other_bots_and_webhooks_are_ignored(discord: DiscordBridge, talks: TalksProcess) -> None:
    discord.message(discord.channel, discord.other_bot, f"{discord.bot_mention} who attended round 21")
    discord.message(discord.channel, discord.webhook, f"{discord.bot_mention} who attended round 21")
    discord.none(discord.channel)


def test_buttons_ask_page_and_report(discord: DiscordBridge, talks: TalksProcess) -> None:
    answer = said(discord, discord.channel, discord.alice, f"{discord.bot_mention} list all rounds")
    assert "(2/4)" in discord.press(answer, "more › 2/4", discord.bob).message()["content"]
    assert "attended round 22" in discord.press(answer, "who attended round 22", discord.bob).message()["content"]
    reported = discord.press(answer, "⚑ report a mistake", discord.bob)
    assert "admins will look" in reported.message()["content"]
    assert reported.ephemeral


def test_buttons_work_after_a_restart(bridge: DiscordBridge, start: Start) -> None:
    bot = start(bridge)
    answer = said(bridge, bridge.channel, bridge.alice, f"{bridge.bot_mention} list all rounds")
    private = bridge.slash("rounds", {"private": True}, bridge.alice).message()
    bot.stop()
    start(bridge)
    assert "(2/4)" in bridge.press(answer, "more › 2/4", bridge.alice).message()["content"]
    assert "(2/4)" in bridge.press(private, "more › 2/4", bridge.alice).message()["content"]
    report = next(one["custom_id"] for row in answer["components"] for one in row["components"] if "report" in one["label"])
    for _ in range(2):
        assert "admins will look" in bridge.press(answer, report, bridge.alice).message()["content"]
    bridge.message(bridge.channel, bridge.alice, "when was the first?", reply_to=answer)
    assert "23–24 January 2017" in bridge.wait_message(bridge.channel)["content"]


def test_gaps_and_reports_are_kept(bridge: DiscordBridge, start: Start) -> None:
    bot = start(bridge)
    dm = bridge.dm(bridge.alice)
    said(bridge, dm, bridge.alice, "did France attend round 3")
    bot.stop()
    assert [gap.text for gap in State(bot.database.with_name("talks-state.db")).gaps()] == ["did France attend round 3"]


def test_markup_in_a_question_is_escaped(discord: DiscordBridge, talks: TalksProcess) -> None:
    answer = said(
        discord, discord.dm(discord.alice), discord.alice, "did **Zzyzx** [x](https://evil.example) @everyone attend round 21"
    )
    assert "**Zzyzx**" not in answer["content"]
    assert "[x](https" not in answer["content"]
    assert answer["mention_everyone"] is False


def test_limits(bridge: DiscordBridge, start: Start) -> None:
    start(bridge, TALKS_USER_LIMIT="3")
    dm = bridge.dm(bridge.alice)
    for _ in range(6):
        bridge.message(dm, bridge.alice, "hello")
    texts = [bridge.wait_message(dm)["content"] for _ in range(4)]
    assert sum("Hello" in text for text in texts) == 3
    assert sum("That is a lot at once" in text for text in texts) == 1
    bridge.none(dm)
    handle = bridge.slash("rounds", {}, bridge.alice, bridge.channel)
    assert "That is a lot at once" in handle.message()["content"]
    assert handle.ephemeral


def test_a_channel_where_it_may_not_write_harms_nobody(bridge: DiscordBridge, start: Start) -> None:
    bot = start(bridge)
    bridge.deny(bridge.channel, "send_messages")
    bridge.message(bridge.channel, bridge.alice, f"{bridge.bot_mention} who attended round 21")
    bot.logged("may not write there")
    assert (
        "12 participants" in said(bridge, bridge.side, bridge.alice, f"{bridge.bot_mention} who attended round 21")["content"]
    )
