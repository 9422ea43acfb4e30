"""What the Bot API asks of a request: the parameters of each method, and the checks that end in 400."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any, NamedTuple

from tests.servers.telegram_html import HtmlError, Json, parse_html, trimmed, utf16

Blame = Callable[[str], None]

_SEND = (
    "business_connection_id chat_id:c! message_thread_id:i direct_messages_topic_id:i disable_notification:b protect_content:b"
    " allow_paid_broadcast:b message_effect_id suggested_post_parameters:j reply_parameters:j reply_markup:j"
)
_EDIT = "business_connection_id chat_id:c message_id:i inline_message_id reply_markup:j"
# name:kind, where the kind is i (number), b (true or false), j (JSON), c (chat), f (file) or none (text); ! is for required.
_TABLE = {
    "getUpdates": "offset:i limit:i timeout:i allowed_updates:j",
    "setWebhook": "url certificate:f ip_address max_connections:i allowed_updates:j drop_pending_updates:b secret_token",
    "deleteWebhook": "drop_pending_updates:b",
    "getWebhookInfo": "",
    "getMe": "",
    "logOut": "",
    "close": "",
    "sendMessage": f"{_SEND} text parse_mode entities:j link_preview_options:j",
    "sendDocument": f"{_SEND} document:f! thumbnail:f caption parse_mode caption_entities:j disable_content_type_detection:b",
    "sendChatAction": "business_connection_id chat_id:c! message_thread_id:i action!",
    "getFile": "file_id!",
    "getChat": "chat_id:c!",
    "leaveChat": "chat_id:c!",
    "getChatMember": "chat_id:c! user_id:i!",
    "editMessageText": f"{_EDIT} text parse_mode entities:j link_preview_options:j",
    "editMessageReplyMarkup": _EDIT,
    "deleteMessage": "chat_id:c! message_id:i!",
    "answerCallbackQuery": "callback_query_id! text show_alert:b url cache_time:i",
    "answerInlineQuery": "inline_query_id! results:j! cache_time:i is_personal:b next_offset button:j",
    "setMyCommands": "commands:j! scope:j language_code",
    "deleteMyCommands": "scope:j language_code",
    "getMyCommands": "scope:j language_code",
    "setMyName": "name language_code",
    "getMyName": "language_code",
    "setMyDescription": "description language_code",
    "getMyDescription": "language_code",
    "setMyShortDescription": "short_description language_code",
    "getMyShortDescription": "language_code",
}


def _row(row: str) -> dict[str, tuple[str, bool]]:
    """The parameters of one method: the kind of each, and whether it must be there."""
    entries = [entry.rstrip("!").partition(":") for entry in row.split()]
    return {name: (kind, entry.endswith("!")) for entry, (name, _, kind) in zip(row.split(), entries, strict=True)}


METHODS = {method: _row(row) for method, row in _TABLE.items()}

_ACTIONS = frozenset(
    "url callback_data web_app login_url switch_inline_query switch_inline_query_current_chat switch_inline_query_chosen_chat"
    " copy_text callback_game pay".split()
)
_FIELDS = {
    "button": _ACTIONS | {"text", "style", "icon_custom_emoji_id"},
    "inline keyboard": {"inline_keyboard"},
    "reply_parameters": set(
        "message_id chat_id allow_sending_without_reply quote quote_parse_mode quote_entities quote_position checklist_task_id"
        " poll_option_id".split()
    ),
    "link_preview_options": set("is_disabled url prefer_small_media prefer_large_media show_above_text".split()),
    "article": set(
        "type id title input_message_content reply_markup url description thumbnail_url thumbnail_width"
        " thumbnail_height".split()
    ),
    "input_message_content": set("message_text parse_mode entities link_preview_options".split()),
    "command": {"command", "description"},
}
CHAT_ACTIONS = frozenset(
    "typing upload_photo record_video upload_video record_voice upload_voice upload_document choose_sticker find_location"
    " record_video_note upload_video_note".split()
)
_SCOPES = {
    "default": set(),
    "all_private_chats": set(),
    "all_group_chats": set(),
    "all_chat_administrators": set(),
    "chat": {"chat_id"},
    "chat_administrators": {"chat_id"},
    "chat_member": {"chat_id", "user_id"},
}


class Upload(NamedTuple):
    """A file of a request."""

    name: str
    content: bytes


class Refused(Exception):
    """A request that gets an error for an answer."""

    def __init__(self, description: str, status: int = 400, **parameters: int) -> None:
        text = f"Bad Request: {description}" if status == 400 else description
        self.status = status
        self.body: Json = {"ok": False, "error_code": status, "description": text}
        if parameters:
            self.body["parameters"] = parameters
        super().__init__(text)


def decoded(method: str, raw: Json, uploads: dict[str, Upload], blame: Blame) -> tuple[Json, dict[str, bytes]]:
    """The parameters of a request as values (a file's name for a file), and its files; unknown parameters are put on record."""
    rules = METHODS[method]
    for name in raw.keys() - rules.keys():
        blame(f"{method}: unknown parameter {name}")
    params = {name: _value(name, rules[name][0] if name in rules else "", text) for name, text in raw.items()}
    fields = {value[9:]: name for name, value in params.items() if isinstance(value, str) and value.startswith("attach://")}
    files = {fields.get(name, name): upload.content for name, upload in uploads.items()}
    params |= {fields.get(name, name): upload.name for name, upload in uploads.items()}
    for name, (_, required) in rules.items():
        if required and params.get(name, "") == "":
            raise Refused(f"{name} is empty" if name == "chat_id" else f'parameter "{name}" is required')
    return params, files


def _value(name: str, kind: str, value: Any) -> Any:
    """One parameter as the value that it stands for."""
    if not isinstance(value, str):
        return value
    if kind == "i" or (kind == "c" and re.fullmatch(r"-?\d+", value)):
        if not re.fullmatch(r"-?\d+", value):
            raise Refused(f"invalid {name} specified")
        return int(value)
    if kind == "b":
        return value.lower() in ("true", "yes", "1")
    if kind == "j":
        try:
            return json.loads(value)
        except ValueError:
            raise Refused(f"can't parse {name} JSON object") from None
    return value


def known_fields(what: str, value: Any, blame: Blame) -> None:
    """Puts fields on record that an object of this sort does not have."""
    for name in value.keys() - _FIELDS[what]:
        blame(f"{what}: unknown field {name}")


def formatted(params: Json, blame: Blame, *, key: str = "text", entities: str = "entities") -> tuple[str, list[Json]]:
    """The plain text and entities of a message; at most 4096 UTF-16 units after the formatting is read."""
    plain, found = _parsed(params.get(key) or "", params.get("parse_mode") or "", blame)
    plain, found = trimmed(plain, found or params.get(entities) or [])
    if not plain:
        raise Refused("text must be non-empty" if params.get(key) else "message text is empty")
    if utf16(plain) > 4096:
        raise Refused("message is too long")
    if len(found) > 100:
        blame(f"{len(found)} entities in a message: Telegram keeps 100")
    if params.get("link_preview_options"):
        known_fields("link_preview_options", params["link_preview_options"], blame)
    return plain, found


def caption(params: Json, blame: Blame) -> Json:
    """The caption of a file, as fields of its message; at most 1024 UTF-16 units."""
    plain, found = _parsed(params.get("caption") or "", params.get("parse_mode") or "", blame)
    plain, found = trimmed(plain, found or params.get("caption_entities") or [])
    if utf16(plain) > 1024:
        raise Refused("message caption is too long")
    return {name: value for name, value in (("caption", plain), ("caption_entities", found)) if value}


def _parsed(text: str, mode: str, blame: Blame) -> tuple[str, list[Json]]:
    """The text with its formatting read; of the formats only HTML is modelled."""
    if mode.lower() == "html":
        try:
            return parse_html(text)
        except HtmlError as error:
            raise Refused(f"can't parse entities: {error}") from None
    if mode.lower() in ("markdown", "markdownv2"):
        blame(f"parse_mode {mode} is not modelled")
    elif mode:
        raise Refused("unsupported parse_mode")
    return text, []


def inline_markup(markup: Json | None, blame: Blame, *, only_inline: bool = False) -> Json:
    """The keyboard of a message as a field of it; keyboards below the text field leave no trace in the message."""
    if not markup:
        return {}
    if not isinstance(markup, dict):
        raise Refused("object expected as reply markup")
    if "inline_keyboard" not in markup:
        if only_inline or not markup.keys() & {"keyboard", "remove_keyboard", "force_reply"}:
            raise Refused("inline keyboard expected")
        return {}
    known_fields("inline keyboard", markup, blame)
    buttons = [button for row in markup["inline_keyboard"] for button in row]
    if len(buttons) > 100:
        raise Refused("reply markup is too long")
    for button in buttons:
        _check_button(button, blame)
    return {"reply_markup": markup} if buttons else {}


def _check_button(button: Json, blame: Blame) -> None:
    """Whether a button has a text and one thing that it does."""
    known_fields("button", button, blame)
    actions = button.keys() & _ACTIONS
    if not button.get("text"):
        raise Refused('can\'t parse inline keyboard button: Field "text" must be of type String')
    if not actions:
        raise Refused("text buttons are unallowed in the inline keyboard")
    if len(actions) > 1:
        blame(f"button {button['text']!r} has several actions: {sorted(actions)}")
    if "callback_data" in button and not 1 <= len(str(button["callback_data"]).encode()) <= 64:
        raise Refused("BUTTON_DATA_INVALID")
    if "url" in button and not re.match(r"(https?|tg)://[^\s/]+", button["url"]):
        raise Refused(f"inline keyboard button URL '{button['url']}' is invalid: Unsupported URL protocol")


def check_results(params: Json, blame: Blame) -> dict[str, Json]:
    """The message that each result of an inline query would put into a chat, by the result's id."""
    results = params["results"]
    ids = [str(result.get("id", "")) for result in results]
    if len(results) > 50:
        raise Refused("RESULTS_TOO_MUCH")
    if any(not 1 <= len(name.encode()) <= 64 for name in ids):
        raise Refused("RESULT_ID_INVALID")
    if len(set(ids)) < len(ids):
        raise Refused("RESULT_ID_DUPLICATE")
    if len(str(params.get("next_offset", "")).encode()) > 64:
        raise Refused("NEXT_OFFSET_INVALID")
    return {name: _check_result(result, blame) for name, result in zip(ids, results, strict=True)}


def _check_result(result: Json, blame: Blame) -> Json:
    """The message of one inline result; of the sorts of results only articles are modelled."""
    if result.get("type") != "article":
        blame(f"inline result of type {result.get('type')} is not modelled")
    known_fields("article", result, blame)
    if not result.get("title"):
        raise Refused("ARTICLE_TITLE_EMPTY")
    content = result.get("input_message_content")
    if not isinstance(content, dict):
        raise Refused("input message content is not specified")
    known_fields("input_message_content", content, blame)
    text, entities = formatted(content, blame, key="message_text")
    return {"text": text, "entities": entities, **inline_markup(result.get("reply_markup"), blame, only_inline=True)}


def check_commands(commands: list[Json], blame: Blame) -> None:
    """Whether a list of commands can be shown."""
    if len(commands) > 100:
        raise Refused("BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        known_fields("command", command, blame)
        if not re.fullmatch(r"[a-z0-9_]{1,32}", command.get("command", "")):
            raise Refused("BOT_COMMAND_INVALID")
        if not command.get("description"):
            raise Refused("command description must be non-empty")
        if utf16(command["description"]) > 256:
            raise Refused("command description length must not exceed 256")


def check_scope(scope: Json | None) -> Json:
    """The scope of commands, checked for its own form."""
    scope = scope or {"type": "default"}
    if scope.get("type") not in _SCOPES or scope.keys() - {"type"} != _SCOPES[scope["type"]]:
        raise Refused("can't parse BotCommandScope: Unsupported type specified")
    return scope


def check_webhook(params: Json) -> None:
    """Whether an address can be a webhook."""
    if not (match := re.match(r"https://[^/:\s]+(?::(\d+))?(/|$)", params["url"])):
        raise Refused("bad webhook: An HTTPS URL must be provided for webhook")
    if match[1] not in (None, "443", "80", "88", "8443"):
        raise Refused("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
    if not re.fullmatch(r"[A-Za-z0-9_-]{0,256}", params.get("secret_token", "")):
        raise Refused("secret token contains unallowed characters")
    if not 1 <= params.get("max_connections", 40) <= 100:
        raise Refused("max_connections must be between 1 and 100")
