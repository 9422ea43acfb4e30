"""What a Telegram server knows, and its answers to each method except those about the queue of updates."""

from __future__ import annotations

import copy
import json
import re
import time
from collections import Counter
from typing import Any

from tests.servers import telegram_rules as rules
from tests.servers.telegram_html import Json
from tests.servers.telegram_rules import Refused

_OLD_QUERY = "query is too old and response timeout expired or query ID is invalid"
_SAME = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current content"
    " and reply markup of the message"
)
_SHOWN = ("text", "entities", "caption", "caption_entities", "reply_markup")
_MESSAGES = ("message", "edited_message", "channel_post", "edited_channel_post")
_RIGHTS = (
    "can_be_edited is_anonymous can_manage_chat can_delete_messages can_manage_video_chats can_restrict_members"
    " can_promote_members can_change_info can_invite_users can_post_stories can_edit_stories can_delete_stories"
).split()


class World:
    """Chats, messages, files and commands; whoever calls holds the server's lock."""

    def __init__(self, me: Json) -> None:
        self.me = me
        self.violations: list[str] = []
        self.chats: dict[int, Json] = {}
        self.left: set[int] = set()
        self.messages: dict[tuple[int, int], Json] = {}
        self.own: set[tuple[int, int]] = set()
        self.threads: set[tuple[int, int]] = set()
        self.inline: dict[str, Json] = {}
        self.callbacks: dict[str, bool] = {}
        self.queries: dict[str, dict[str, Json] | None] = {}
        self.files: dict[str, tuple[Json, str, bytes]] = {}
        self.commands: dict[tuple[str, str], list[Json]] = {}
        self.profile: dict[tuple[str, str], str] = {}
        self.roles: dict[tuple[int, int], str] = {}
        self._last: Counter[str] = Counter()

    def blame(self, text: str) -> None:
        """Puts on record what the real server would let pass, or what is not modelled."""
        self.violations.append(text)

    def number(self, what: str) -> int:
        """The next number of a sort."""
        self._last[what] += 1
        return self._last[what]

    def message_id(self, chat: Json) -> int:
        """The next message's id: supergroups and channels count for themselves, all other chats together."""
        return self.number(f"messages of {chat['id'] if chat['type'] in ('supergroup', 'channel') else 'the account'}")

    def take(self, update: Json) -> None:
        """Remembers the chats and messages that an update tells of."""
        for kind in _MESSAGES:
            if message := update.get(kind):
                self.chats[message["chat"]["id"]] = message["chat"]
                self.messages[message["chat"]["id"], message["message_id"]] = message
                if message["chat"]["type"] == "private":
                    self.left.discard(message["chat"]["id"])
                if message.get("is_topic_message"):
                    self.threads.add((message["chat"]["id"], message["message_thread_id"]))
        if member := update.get("my_chat_member"):
            self.chats[member["chat"]["id"]] = member["chat"]
            gone = member["new_chat_member"]["status"] in ("left", "kicked")
            (self.left.add if gone else self.left.discard)(member["chat"]["id"])
        if callback := update.get("callback_query"):
            self.callbacks[callback["id"]] = False
        if query := update.get("inline_query"):
            self.queries[query["id"]] = None

    def new_file(self, content: bytes, name: str, mime: str) -> Json:
        """Keeps a file; returns its document."""
        number = self.number("files")
        ids: Json = {"file_id": f"BQACAgIAAxk{number:06}", "file_unique_id": f"AgAD{number:06}", "file_size": len(content)}
        suffix = re.search(r"\.\w+$", name)
        self.files[ids["file_id"]] = (ids, f"documents/file_{number}{suffix[0] if suffix else ''}", content)
        return {"file_name": name, "mime_type": mime, **ids}

    def answer(self, method: str, params: Json, files: dict[str, bytes]) -> Any:
        """The result of a method."""
        name = re.sub(r"(?=[A-Z])", "_", method).lower()
        if method.startswith(("setMy", "getMy")) and not method.endswith("Commands"):
            return self._profile(method, params)
        return copy.deepcopy(getattr(self, f"_on_{name}")(params, files))

    # --- what several methods need -----------------------------------------------------------------------------------

    def _chat(self, params: Json, *, member: bool = True) -> Json:
        """The chat that a request names; the bot must have seen it, and be in it still."""
        wanted = params["chat_id"]
        found = [chat for chat in self.chats.values() if wanted in (chat["id"], f"@{chat.get('username')}")]
        if not found:
            raise Refused("chat not found")
        chat = found[0]
        if member and chat["id"] in self.left:
            raise Refused(
                "Forbidden: bot was blocked by the user"
                if chat["type"] == "private"
                else f"Forbidden: bot is not a member of the {chat['type']} chat",
                403,
            )
        return chat

    def _reply(self, params: Json, chat: Json) -> Json:
        """The message replied to, as fields of the reply."""
        wanted = params.get("reply_parameters")
        if not wanted:
            return {}
        rules.known_fields("reply_parameters", wanted, self.blame)
        message = self.messages.get((int(wanted.get("chat_id", chat["id"])), wanted.get("message_id", 0)))
        if message is None:
            if wanted.get("allow_sending_without_reply"):
                return {}
            raise Refused("message to be replied not found")
        if wanted.get("quote", "") not in str(message.get("text", message.get("caption", ""))):
            raise Refused("QUOTE_TEXT_INVALID")
        fields: Json = {"reply_to_message": {name: value for name, value in message.items() if name != "reply_to_message"}}
        if message.get("is_topic_message"):
            fields |= {"message_thread_id": message["message_thread_id"], "is_topic_message": True}
        return fields

    def _thread(self, params: Json, chat: Json) -> Json:
        """The topic of a message as fields of it; a topic must have been seen."""
        if not (thread := params.get("message_thread_id")):
            return {}
        if (chat["id"], thread) not in self.threads:
            raise Refused("message thread not found")
        return {"message_thread_id": thread, "is_topic_message": True}

    def _send(self, params: Json, content: Json) -> Json:
        """Puts a message of the bot into a chat."""
        chat = self._chat(params)
        markup = rules.inline_markup(params.get("reply_markup"), self.blame)
        fields = self._reply(params, chat) | self._thread(params, chat) | content | markup
        author = {"sender_chat": chat} if chat["type"] == "channel" else {"from": self._short_me()}
        message = {"message_id": self.message_id(chat), **author, "chat": chat, "date": int(time.time()), **fields}
        self.messages[chat["id"], message["message_id"]] = message
        self.own.add((chat["id"], message["message_id"]))
        return message

    def _short_me(self) -> Json:
        """The bot as the author of a message."""
        return {name: self.me[name] for name in ("id", "is_bot", "first_name", "username")}

    def mine(self, message: Json) -> bool:
        """Whether the bot wrote a message."""
        return (message["chat"]["id"], message["message_id"]) in self.own

    def _edited(self, params: Json, content: Json) -> Any:
        """Gives a message new content; what is not given stays, except for the keyboard."""
        markup = rules.inline_markup(params.get("reply_markup"), self.blame, only_inline=True)
        old = self._to_edit(params)
        new = {name: value for name, value in old.items() if name != "reply_markup"} | content | markup
        new = {name: value for name, value in new.items() if value != []}
        if all(new.get(name) == (old.get(name) or None) for name in _SHOWN):
            raise Refused(_SAME)
        old.clear()
        old.update(new)
        if "inline_message_id" in params:
            return True
        old["edit_date"] = int(time.time())
        return old

    def _to_edit(self, params: Json) -> Json:
        """The message that an edit names."""
        if "inline_message_id" in params:
            if params["inline_message_id"] not in self.inline:
                raise Refused("MESSAGE_ID_INVALID")
            return self.inline[params["inline_message_id"]]
        if "chat_id" not in params or "message_id" not in params:
            raise Refused("message identifier is not specified")
        message = self.messages.get((self._chat(params)["id"], params["message_id"]))
        if message is None:
            raise Refused("message to edit not found")
        if not self.mine(message):
            raise Refused("message can't be edited")
        return message

    # --- the methods -------------------------------------------------------------------------------------------------

    def _on_get_me(self, params: Json, files: dict[str, bytes]) -> Any:
        return self.me

    def _on_log_out(self, params: Json, files: dict[str, bytes]) -> Any:
        return True

    _on_close = _on_log_out

    def _on_send_message(self, params: Json, files: dict[str, bytes]) -> Any:
        text, entities = rules.formatted(params, self.blame)
        return self._send(params, {"text": text, **({"entities": entities} if entities else {})})

    def _on_send_document(self, params: Json, files: dict[str, bytes]) -> Any:
        self._chat(params)
        if "document" not in files and params["document"] not in self.files:
            raise Refused("wrong file identifier/HTTP URL specified")
        if files.get("document") == b"":
            raise Refused("file must be non-empty")
        described = rules.caption(params, self.blame)
        if "document" in files:
            document = self.new_file(files["document"], params["document"], "application/octet-stream")
        else:
            document = self.files[params["document"]][0]
        return self._send(params, {"document": document, **described})

    def _on_send_chat_action(self, params: Json, files: dict[str, bytes]) -> Any:
        self._thread(params, self._chat(params))
        if params["action"] not in rules.CHAT_ACTIONS:
            raise Refused("wrong parameter action in request")
        return True

    def _on_get_file(self, params: Json, files: dict[str, bytes]) -> Any:
        if params["file_id"] not in self.files:
            raise Refused("wrong file_id or the file is temporarily unavailable")
        ids, path, content = self.files[params["file_id"]]
        if len(content) > 20 * 1024 * 1024:
            raise Refused("file is too big")
        return {**ids, "file_path": path}

    def _on_get_chat(self, params: Json, files: dict[str, bytes]) -> Any:
        gifts = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels")
        full = {"accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": dict.fromkeys(gifts, False)}
        return self._chat(params) | full

    def _on_leave_chat(self, params: Json, files: dict[str, bytes]) -> Any:
        chat = self._chat(params)
        if chat["type"] == "private":
            raise Refused("chat member status can't be changed in private chats")
        self.left.add(chat["id"])
        return True

    def _on_get_chat_member(self, params: Json, files: dict[str, bytes]) -> Any:
        chat = self._chat(params)
        return self.member(chat, {"id": params["user_id"], "is_bot": params["user_id"] == self.me["id"], "first_name": "?"})

    def member(self, chat: Json, user: Json) -> Json:
        """A user as a member of a chat; "member" unless a role was given."""
        status = self.roles.get((chat["id"], user["id"]), "member")
        rights = _RIGHTS if status == "administrator" else ["is_anonymous"] if status == "creator" else []
        return {
            "status": status,
            "user": user,
            **dict.fromkeys(rights, False),
            **({"until_date": 0} if status == "kicked" else {}),
        }

    def _on_edit_message_text(self, params: Json, files: dict[str, bytes]) -> Any:
        text, entities = rules.formatted(params, self.blame)
        if "text" not in self._to_edit(params):
            raise Refused("there is no text in the message to edit")
        return self._edited(params, {"text": text, "entities": entities})

    def _on_edit_message_reply_markup(self, params: Json, files: dict[str, bytes]) -> Any:
        return self._edited(params, {})

    def _on_delete_message(self, params: Json, files: dict[str, bytes]) -> Any:
        chat = self._chat(params)
        message = self.messages.get((chat["id"], params["message_id"]))
        if message is None:
            raise Refused("message to delete not found")
        if chat["type"] != "private" and not self.mine(message):
            raise Refused("message can't be deleted")
        del self.messages[chat["id"], params["message_id"]]
        return True

    def _on_answer_callback_query(self, params: Json, files: dict[str, bytes]) -> Any:
        if self.callbacks.get(params["callback_query_id"], True):
            raise Refused(_OLD_QUERY)
        if len(params.get("text", "")) > 200:
            raise Refused("MESSAGE_TOO_LONG")
        self.callbacks[params["callback_query_id"]] = True
        return True

    def _on_answer_inline_query(self, params: Json, files: dict[str, bytes]) -> Any:
        if self.queries.get(params["inline_query_id"], {}) is not None:
            raise Refused(_OLD_QUERY)
        self.queries[params["inline_query_id"]] = rules.check_results(params, self.blame)
        return True

    def _scope(self, params: Json) -> tuple[str, str]:
        """What commands are kept under; a chat must have been seen."""
        scope = rules.check_scope(params.get("scope"))
        if "chat_id" in scope:
            self._chat(scope, member=False)
        return json.dumps(scope, sort_keys=True), params.get("language_code", "")

    def _on_set_my_commands(self, params: Json, files: dict[str, bytes]) -> Any:
        rules.check_commands(params["commands"], self.blame)
        self.commands[self._scope(params)] = params["commands"]
        return True

    def _on_delete_my_commands(self, params: Json, files: dict[str, bytes]) -> Any:
        self.commands.pop(self._scope(params), None)
        return True

    def _on_get_my_commands(self, params: Json, files: dict[str, bytes]) -> Any:
        return self.commands.get(self._scope(params), [])

    def _profile(self, method: str, params: Json) -> Any:
        """Sets or gets the name or a description."""
        name = re.sub(r"(?=[A-Z])", "_", method[5:]).lower().strip("_")
        key = (name, params.get("language_code", ""))
        if method.startswith("getMy"):
            return {name: self.profile.get(key, self.me["first_name"] if name == "name" else "")}
        if len(params.get(name, "")) > {"name": 64, "description": 512, "short_description": 120}[name]:
            raise Refused(f"bot {name.replace('_', ' ')} is too long")
        self.profile[key] = params.get(name, "")
        return True
