"""Whether the Telegram server answers python-telegram-bot's own client as the real one would."""

from __future__ import annotations

import asyncio
import html
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("telegram")
pytest.importorskip("aiohttp")

from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, InlineQueryResultArticle, InputTextMessageContent, Update
from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken, NetworkError, RetryAfter
from telegram.ext import (
    AIORateLimiter,
    Application,
    CallbackQueryHandler,
    CommandHandler,
    InlineQueryHandler,
    MessageHandler,
    filters,
)
from telegram.request import HTTPXRequest

from tests.servers.process import PATIENCE
from tests.servers.telegram import Fault, TelegramServer
from tests.servers.telegram_html import HtmlError, found_entities, parse_html

ROOT = Path(__file__).parents[2]
LOCAL = {"NO_PROXY": "127.0.0.1,localhost", "no_proxy": "127.0.0.1,localhost"}


# --- the bot that the tests drive, in a process of its own -------------------------------------------------------------


async def _echo(update: Update, _: Any) -> None:
    """Says a text again, with a button."""
    if update.effective_message and update.effective_message.text:
        text, button = (
            html.escape(update.effective_message.text, quote=False),
            InlineKeyboardButton("More", callback_data="more"),
        )
        markup = InlineKeyboardMarkup([[button]])
        await update.effective_message.reply_text(f"<b>{text}</b>", parse_mode="HTML", reply_markup=markup, do_quote=True)


async def _file(update: Update, _: Any) -> None:
    """Sends a document back."""
    if update.message and update.message.document:
        content = bytes(await (await update.message.document.get_file()).download_as_bytearray())
        await update.message.reply_document(content, filename="back.txt", caption="back")


async def _press(update: Update, _: Any) -> None:
    """Answers a press and changes the message."""
    if update.callback_query:
        await update.callback_query.answer("yes")
        await update.callback_query.edit_message_text("pressed")


async def _inline(update: Update, _: Any) -> None:
    """Answers an inline query."""
    if update.inline_query:
        content = InputTextMessageContent(f"<i>{update.inline_query.query}</i>", parse_mode="HTML")
        markup = InlineKeyboardMarkup([[InlineKeyboardButton("x", callback_data="x")]])
        await update.inline_query.answer([InlineQueryResultArticle("1", "One", content, reply_markup=markup)])


async def _broken(update: Update, _: Any) -> None:
    """Sends HTML that is not right, and tells of the error."""
    if update.message:
        try:
            await update.message.reply_text("<b>x</i>", parse_mode="HTML")
        except BadRequest as error:
            await update.message.reply_text(f"got {error}")


def run_bot(url: str, token: str, webhook_port: str = "") -> None:
    """Runs the bot until it is stopped."""
    builder = Application.builder().token(token).base_url(f"{url}/bot").base_file_url(f"{url}/file/bot")
    app = builder.rate_limiter(AIORateLimiter(max_retries=2)).build()
    app.add_handlers([CommandHandler("broken", _broken), CallbackQueryHandler(_press), InlineQueryHandler(_inline)])
    app.add_handlers([MessageHandler(filters.Document.ALL, _file), MessageHandler(filters.TEXT, _echo)])
    if webhook_port:
        address = "https://bot.example.org/hook"
        app.run_webhook("127.0.0.1", int(webhook_port), "/hook", webhook_url=address, secret_token="s3cret")
    else:
        app.run_polling()


@contextmanager
def _bot(server: TelegramServer, *more: str) -> Iterator[subprocess.Popen[bytes]]:
    """The bot as a process, serving."""
    command = [sys.executable, "-m", "tests.servers.test_telegram_server", server.url, server.token, *more]
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **LOCAL}, stderr=subprocess.DEVNULL)
    try:
        server.ready()
        yield process
    finally:
        process.terminate()
        process.wait(PATIENCE)


# --- the tests ---------------------------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keeps clients in this process from going through a proxy."""
    for name, value in LOCAL.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def server() -> Iterator[TelegramServer]:
    """A server of the test's own, for calls that need no bot process."""
    with TelegramServer() as running:
        yield running


@pytest.fixture(scope="module")
def shared() -> Iterator[TelegramServer]:
    """A server with a polling bot, for all tests that leave both as they were."""
    with TelegramServer() as running, _bot(running):
        yield running
    assert running.violations == []


def _do(server: TelegramServer, method: str, token: str | None = None, **params: Any) -> Any:
    """One call by the real client."""

    async def call() -> Any:
        """Makes it."""
        plain = [HTTPXRequest(httpx_kwargs={"verify": False}) for _ in range(2)]
        bot = Bot(token or server.token, f"{server.url}/bot", f"{server.url}/file/bot", plain[0], plain[1])
        async with plain[0], plain[1]:
            return await getattr(bot, method)(**params)

    return asyncio.run(call())


def test_message_press_and_edit(shared: TelegramServer) -> None:
    """A message is answered; a press on its button is answered and changes it."""
    ada = shared.user(11, "Ada", language_code="de")
    said = shared.say("a < b & /start@TalksTestBot", user=ada)
    assert said["entities"] == [{"type": "bot_command", "offset": 8, "length": 19}]
    call = shared.wait("sendMessage", chat_id=11, parse_mode="HTML")
    assert call.result["text"] == said["text"]
    assert call.result["entities"] == [{"type": "bold", "offset": 0, "length": 27}]
    assert call.result["reply_to_message"]["message_id"] == said["message_id"]
    name = shared.press(call.result, "more", ada)
    assert shared.wait("answerCallbackQuery", callback_query_id=name).params["text"] == "yes"
    assert shared.wait("editMessageText", text=lambda text: "press" in text).params["message_id"] == call.result["message_id"]
    assert [message["text"] for message in shared.messages(said["chat"])] == ["pressed"]
    assert "reply_markup" not in shared.messages(11)[0]
    assert shared.unanswered() == []


def test_edited_messages_posts_and_stickers(shared: TelegramServer) -> None:
    """Other kinds of messages arrive; what the bot does not answer leaves no call."""
    ada, group, channel = shared.user(12), shared.forum(-1_001_000_000_001, "Forum"), shared.channel(-1_001_000_000_002, "News")
    said = shared.say("one", user=ada, chat=group, message_thread_id=5, is_topic_message=True)
    assert shared.wait("sendMessage", chat_id=group["id"]).result["message_thread_id"] == 5
    shared.edit(said, "two")
    shared.wait("sendMessage", chat_id=group["id"], text="<b>two</b>")
    shared.post("three", channel)
    shared.wait("sendMessage", chat_id=channel["id"], text="<b>three</b>")
    assert [message["text"] for message in shared.messages(channel)] == ["three"]
    shared.join(group, ada)
    shared.sticker(ada)
    shared.none("sendMessage", within=0.1)


def test_inline(shared: TelegramServer) -> None:
    """An inline query is answered; its message can be pressed and edited."""
    ada = shared.user(13)
    name = shared.inline("hi", ada)
    shared.wait("answerInlineQuery", inline_query_id=name)
    message = shared.choose(name, "1", ada)
    assert shared.inline_message(message)["entities"] == [{"type": "italic", "offset": 0, "length": 2}]
    shared.press_inline(message, "x", ada)
    assert shared.wait("editMessageText", inline_message_id=message).result is True
    assert shared.inline_message(message) == {"text": "pressed"}


def test_files(shared: TelegramServer) -> None:
    """A file goes to the bot and back."""
    ada = shared.user(14)
    shared.say("look", user=ada, document=shared.file(b"content", "a.txt", "text/plain"))
    call = shared.wait("sendDocument", chat_id=14)
    assert call.files == {"document": b"content"}
    assert (call.params["document"], call.result["caption"]) == ("back.txt", "back")


def test_html_error(shared: TelegramServer) -> None:
    """Broken HTML is refused in Telegram's words."""
    shared.say("/broken", user=shared.user(15))
    assert shared.wait("sendMessage", ok=False, chat_id=15).error
    text = 'got Can\'t parse entities: unmatched end tag at byte offset 4, expected "</b>", found "</i>"'
    assert shared.wait("sendMessage", chat_id=15, ok=True).params["text"].lower() == text.lower()


def test_too_many_requests(shared: TelegramServer) -> None:
    """After 429 the client's rate limiter sends again."""
    shared.fault("sendMessage", Fault(status=429, retry_after=1, where=lambda params: params["chat_id"] == 16))
    shared.say("slow", user=shared.user(16))
    refused, sent = (shared.wait("sendMessage", chat_id=16, ok=ok) for ok in (False, True))
    assert refused.error and refused.error["parameters"] == {"retry_after": 1}
    assert sent.at - refused.at >= 1


def test_polling_survives_errors_and_an_outage(shared: TelegramServer) -> None:
    """The bot asks again after errors and when the server was away."""
    shared.fault("getUpdates", Fault(status=500))
    shared.down()
    shared.say("late", user=shared.user(17))
    shared.up()
    shared.wait("sendMessage", chat_id=17)


def test_conflict(shared: TelegramServer) -> None:
    """A second getUpdates ends the first; the bot takes its turn again."""
    with pytest.raises(Conflict, match="terminated by other getUpdates"):
        _do(shared, "get_updates", timeout=20)
    shared.say("still here", user=shared.user(18))
    shared.wait("sendMessage", chat_id=18)


def test_webhook() -> None:
    """Updates are pushed with the secret; another secret is refused; getUpdates is a conflict then."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    with TelegramServer(webhook_listen=f"127.0.0.1:{port}") as server, _bot(server, port):
        ada = server.user(21)
        server.say("hook", user=ada)
        server.wait("sendMessage", chat_id=21)
        server.settle()
        forged = {"message": {"message_id": 99, "chat": server.private(ada), "from": ada, "date": 1, "text": "forged"}}
        assert [server.push(forged, secret) for secret in ("wrong", None, "s3cret")] == [403, 403, 200]
        server.wait("sendMessage", text="<b>forged</b>")
        with pytest.raises(Conflict, match="webhook is active"):
            _do(server, "get_updates")
        assert _do(server, "get_webhook_info").url == "https://bot.example.org/hook"
        assert server.violations == []


def test_refusals(server: TelegramServer) -> None:
    """What the real server refuses is refused with its words."""
    ada = server.user(31)
    with pytest.raises(BadRequest, match="Chat not found"):
        _do(server, "set_my_commands", commands=[("a", "A")], scope={"type": "chat", "chat_id": 31})
    with pytest.raises(BadRequest, match="Chat not found"):
        _do(server, "send_message", chat_id=31, text="x")
    server.seen(server.private(ada))
    assert _do(server, "set_my_commands", commands=[("a", "A")], scope={"type": "chat", "chat_id": 31})
    assert server.commands({"type": "chat", "chat_id": 31}) == [{"command": "a", "description": "A"}]
    sent = _do(server, "send_message", chat_id=31, text="<i>x</i>", parse_mode="HTML")
    for match, method, params in _REFUSED:
        with pytest.raises(BadRequest, match=match):
            _do(server, method, **{"chat_id": 31, **params} if method.startswith(("send", "edit")) else params)
    with pytest.raises(BadRequest, match="Message is not modified"):
        _do(server, "edit_message_text", chat_id=31, message_id=sent.message_id, text="<em>x</em> ", parse_mode="HTML")
    assert server.violations == []


_LONG_DATA = {"inline_keyboard": [[{"text": "a", "callback_data": "ä" * 33}]]}
_NO_ACTION = {"inline_keyboard": [[{"text": "a"}]]}
_REFUSED: list[tuple[str, str, dict[str, Any]]] = [
    ("Message text is empty", "send_message", {"text": ""}),
    ("Text must be non-empty", "send_message", {"text": " <b> </b>\n", "parse_mode": "HTML"}),
    ("Message is too long", "send_message", {"text": "😀" * 2049}),
    ("unsupported start tag", "send_message", {"text": "<p>x</p>", "parse_mode": "HTML"}),
    ("Message to be replied not found", "send_message", {"text": "x", "reply_to_message_id": 999}),
    ("Message thread not found", "send_message", {"text": "x", "message_thread_id": 4}),
    (
        "Button_data_invalid",
        "send_message",
        {"text": "x", "reply_markup": {"inline_keyboard": [[{"text": "a", "callback_data": "ä" * 33}]]}},
    ),
    ("Text buttons are unallowed", "send_message", {"text": "x", "reply_markup": _NO_ACTION}),
    ("Message to edit not found", "edit_message_text", {"message_id": 999, "text": "x"}),
    ("Query is too old", "answer_callback_query", {"callback_query_id": "1"}),
    ("Query is too old", "answer_inline_query", {"inline_query_id": "1", "results": []}),
    ("Bot_command_invalid", "set_my_commands", {"commands": [("A", "x")]}),
    ("Bot_commands_too_much", "set_my_commands", {"commands": [(f"c{n}", "x") for n in range(101)]}),
    ("Wrong file_id", "get_file", {"file_id": "nothing"}),
    ("Bad webhook", "set_webhook", {"url": "http://bot.example.org/"}),
]


def test_faults(server: TelegramServer) -> None:
    """Each of the next calls has its fault happen to it."""
    server.seen(server.private(server.user(41)))
    server.fault("sendMessage", Fault(status=429, retry_after=7), Fault(status=403), Fault(status=502), Fault(drop=True))
    for error in (RetryAfter, Forbidden, NetworkError, NetworkError):
        with pytest.raises(error):
            _do(server, "send_message", chat_id=41, text="x")
    assert server.messages(41) == []
    server.fault("sendMessage", Fault(delay=0.2))
    assert _do(server, "send_message", chat_id=41, text="x").text == "x"
    assert len(server.messages(41)) == 1


def test_tokens_and_unknown_things(server: TelegramServer) -> None:
    """Wrong tokens are refused; parameters and methods that do not exist are put on record."""
    for refused, token in ((False, "123456:another"), (True, None)):
        server.unauthorized = refused
        with pytest.raises(InvalidToken):
            _do(server, "get_me", token)
    server.unauthorized = False
    assert _do(server, "get_me").username == "TalksTestBot"
    assert _do(server, "get_me", api_kwargs={"colour": "red"}).can_join_groups
    with pytest.raises(InvalidToken):
        _do(server, "get_star_transactions")
    with pytest.raises(BadRequest, match="Wrong parameters"):
        _do(server, "set_my_commands", commands=[], api_kwargs={"commands": ["a"]})
    assert "AttributeError" in server.violations.pop()
    assert server.violations == ["getMe: unknown parameter colour", "unknown method getStarTransactions"]


def test_stubs(server: TelegramServer) -> None:
    """Calls about chats and the bot itself have answers of the right form."""
    ada, group = server.user(51), server.group(-51, "Group")
    server.join(group, ada)
    server.role(group, ada, "administrator")
    assert _do(server, "get_chat_member", chat_id=-51, user_id=51).status == "administrator"
    assert _do(server, "get_chat", chat_id=-51).title == "Group"
    assert _do(server, "send_chat_action", chat_id=-51, action="typing")
    sent = _do(server, "send_message", chat_id=-51, text="x")
    assert _do(server, "delete_message", chat_id=-51, message_id=sent.message_id)
    assert _do(server, "set_my_short_description", short_description="Short")
    assert _do(server, "get_my_short_description").short_description == "Short"
    assert _do(server, "set_my_name", name="Name")
    assert _do(server, "get_my_name").name == "Name"
    assert _do(server, "leave_chat", chat_id=-51)
    with pytest.raises(Forbidden, match="not a member"):
        _do(server, "send_message", chat_id=-51, text="x")
    assert _do(server, "log_out")


def test_waits_tell_what_was_seen(server: TelegramServer) -> None:
    """A wait that ends in vain lists the calls."""
    _do(server, "get_me")
    with pytest.raises(AssertionError, match=r"no sendMessage with .* within 0.05 s; the calls were:\n  +getMe"):
        server.wait("sendMessage", timeout=0.05, chat_id=1)
    with pytest.raises(AssertionError, match="unexpected"):
        server.none("getMe", within=0)
    server.say("nobody reads this", user=server.user(61))
    with pytest.raises(AssertionError, match="nobody reads this"):
        server.settle(timeout=0.05)


def test_html_is_read_strictly() -> None:
    """Formatting becomes entities in UTF-16 units; errors are Telegram's."""
    assert parse_html("😀<b>a<i>b</i></b>&lt;&#33;&nbsp;") == (
        "😀ab<!&nbsp;",
        [{"type": "bold", "offset": 2, "length": 2}, {"type": "italic", "offset": 3, "length": 1}],
    )
    assert parse_html('<a href="https://e.org/?a=1&amp;b">x</a>')[1][0]["url"] == "https://e.org/?a=1&b"
    assert parse_html("<blockquote expandable>x</blockquote>")[1][0]["type"] == "expandable_blockquote"
    assert parse_html('<pre><code class="language-py">x</code></pre>')[1] == [
        {"type": "pre", "offset": 0, "length": 1, "language": "py"}
    ]
    for source, error in _BROKEN.items():
        with pytest.raises(HtmlError, match=error):
            parse_html(source)


_BROKEN = {
    "a < b": 'Unsupported start tag "" at byte offset 2',
    "ä<br>": 'Unsupported start tag "br" at byte offset 2',
    "<b>x": 'Can\'t find end tag corresponding to start tag "b"',
    "x</b>": "Unexpected end tag at byte offset 1",
    "<b ": "Unclosed start tag at byte offset 0",
    "<b": "Unclosed start tag at byte offset 0",
    '<a href="x>y</a>': "Unclosed start tag at byte offset 0",
    '<span class="x">y</span>': 'must have class "tg-spoiler"',
}


def test_commands_and_mentions_are_found() -> None:
    """Entities of a user's text, wherever they stand."""
    kinds = [
        (entity["type"], entity["offset"], entity["length"]) for entity in found_entities("😀 /a@some_bot @ada x/y a@b.c /b.")
    ]
    assert kinds == [("bot_command", 3, 11), ("mention", 15, 4), ("bot_command", 30, 2)]


if __name__ == "__main__":
    run_bot(*sys.argv[1:])
