"""What happens in Telegram's chats, as tests tell it: messages, presses, inline queries."""

from __future__ import annotations

import copy
import threading
import time

from tests.servers.telegram_html import Json, found_entities
from tests.servers.telegram_queue import Queue
from tests.servers.telegram_world import World


class Inputs:
    """Makes updates and puts them into the queue."""

    world: World
    queue: Queue
    changed: threading.Condition

    def _woken(self) -> None:
        """Tells whoever serves updates that there is one."""
        raise NotImplementedError

    def update(self, update: Json) -> int:
        """Queues any update; returns its id."""
        with self.changed:
            update = copy.deepcopy(update)
            self.world.take(update)
            number = self.queue.add(copy.deepcopy(update))
        self._woken()
        return number

    # --- who and where -----------------------------------------------------------------------------------------------

    def user(
        self,
        id: int,
        first_name: str = "Ada",
        username: str | None = None,
        language_code: str | None = None,
        is_bot: bool = False,
    ) -> Json:
        """A user."""
        extra = {"username": username, "language_code": language_code}
        given = {name: value for name, value in extra.items() if value is not None}
        return {"id": id, "is_bot": is_bot, "first_name": first_name, **given}

    def private(self, user: Json) -> Json:
        """The private chat with a user; unknown to the server until the user writes."""
        return {"id": user["id"], "type": "private"} | {name: user[name] for name in ("first_name", "username") if name in user}

    def group(self, id: int, title: str) -> Json:
        """A group; a supergroup if its id looks like one (-100…)."""
        return {"id": id, "title": title, "type": "supergroup" if id <= -1_000_000_000_000 else "group"}

    def forum(self, id: int, title: str) -> Json:
        """A supergroup with topics."""
        return {"id": id, "title": title, "type": "supergroup", "is_forum": True}

    def channel(self, id: int, title: str) -> Json:
        """A channel."""
        return {"id": id, "title": title, "type": "channel"}

    def role(self, chat: Json, user: Json, status: str) -> None:
        """Gives a user a status in a chat ("creator", "administrator", "member", "left", "kicked"), for getChatMember."""
        with self.changed:
            self.world.roles[chat["id"], user["id"]] = status

    def seen(self, chat: Json) -> None:
        """Lets the server know a chat without an update: one where somebody wrote to the bot before."""
        with self.changed:
            self.world.chats[chat["id"]] = chat

    # --- messages ----------------------------------------------------------------------------------------------------

    def say(self, text: str, *, user: Json, chat: Json | None = None, **extra: object) -> Json:
        """A user writes a message; with a document (or the like) in the extra fields the text is its caption."""
        return self._message("message", text, chat or self.private(user), {"from": user, **extra})

    def post(self, text: str, channel: Json, **extra: object) -> Json:
        """A post in a channel."""
        return self._message("channel_post", text, channel, {"sender_chat": channel, **extra})

    def sticker(self, user: Json, chat: Json | None = None) -> Json:
        """A user sends a sticker."""
        ids = {"file_id": "CAACAgIAAxkBAAE", "file_unique_id": "AgADAAE", "type": "regular"}
        sticker = {**ids, "width": 512, "height": 512, "is_animated": False, "is_video": False, "emoji": "👍"}
        return self._message("message", "", chat or self.private(user), {"from": user, "sticker": sticker})

    def _message(self, kind: str, text: str, chat: Json, fields: Json) -> Json:
        """Queues a message; returns it."""
        with self.changed:
            number = self.world.message_id(chat)
            caption = any(name in fields for name in ("document", "photo", "video", "audio", "voice"))
            message = {"message_id": number, "chat": chat, "date": int(time.time()), **_written(text, caption=caption)}
            message |= copy.deepcopy(fields)
            message.get("reply_to_message", {}).pop("reply_to_message", None)
            self.update({kind: message})
        return message

    def edit(self, message: Json, text: str) -> Json:
        """The author of a message changes its text."""
        kept = {name: value for name, value in message.items() if name not in ("text", "entities")}
        edited = {**kept, "edit_date": int(time.time()), **_written(text, caption="caption" in message)}
        self.update({"edited_channel_post" if message["chat"]["type"] == "channel" else "edited_message": edited})
        return edited

    def join(self, chat: Json, by: Json, status: str = "member") -> int:
        """Somebody adds the bot to a chat, or (status "left" or "kicked") takes it out or blocks it."""
        with self.changed:
            me = {name: self.world.me[name] for name in ("id", "is_bot", "first_name", "username")}
            before, self.world.roles[chat["id"], me["id"]] = self.world.roles.get((chat["id"], me["id"]), "left"), status
            new = self.world.member(chat, me)
            change = {"chat": chat, "from": by, "date": int(time.time()), "new_chat_member": new}
            old = {"status": before, "user": me, **({"until_date": 0} if before == "kicked" else {})}
            return self.update({"my_chat_member": {**change, "old_chat_member": old}})

    def file(self, content: bytes, name: str, mime: str) -> Json:
        """A file that can be sent: the value of a message's "document"."""
        with self.changed:
            return self.world.new_file(content, name, mime)

    # --- presses and inline queries ----------------------------------------------------------------------------------

    def press(self, message: Json, data: str, user: Json) -> str:
        """A user presses a button below a message of the bot, as the message is now; returns the callback's id."""
        with self.changed:
            chat = message["chat"]
            gone = {"chat": chat, "message_id": message["message_id"], "date": 0}
            now = self.world.messages.get((chat["id"], message["message_id"]), gone)
            return self._pressed(user, {"message": now, "data": data, "chat_instance": str(chat["id"] * 7919 + 13)})

    def press_inline(self, inline_message_id: str, data: str, user: Json) -> str:
        """A user presses a button below a message that came by inline query; an id not known yet becomes known."""
        with self.changed:
            self.world.inline.setdefault(inline_message_id, {"text": ""})
            return self._pressed(user, {"inline_message_id": inline_message_id, "data": data, "chat_instance": "-77777"})

    def _pressed(self, user: Json, fields: Json) -> str:
        """Queues a callback query; returns its id."""
        name = str(4_000_000_000_000 + self.world.number("callbacks"))
        self.update({"callback_query": {"id": name, "from": user, **fields}})
        return name

    def inline(self, query: str, user: Json, offset: str = "", chat_type: str = "sender") -> str:
        """A user types an inline query; returns its id."""
        with self.changed:
            name = str(5_000_000_000_000 + self.world.number("queries"))
            typed = {"id": name, "from": user, "query": query, "offset": offset, "chat_type": chat_type}
            self.update({"inline_query": typed})
        return name

    def choose(self, query_id: str, result_id: str, user: Json, *, query: str = "", feedback: bool = False) -> str:
        """A user sends a result of an answered inline query; returns the id of the message (feedback: tells the bot)."""
        with self.changed:
            name = f"INLINE{self.world.number('inline messages'):06}"
            self.world.inline[name] = copy.deepcopy((self.world.queries[query_id] or {})[result_id])
            keyboard = {"inline_message_id": name} if "reply_markup" in self.world.inline[name] else {}
            if feedback:
                self.update({"chosen_inline_result": {"result_id": result_id, "from": user, "query": query, **keyboard}})
        return name


def _written(text: str, *, caption: bool) -> Json:
    """The fields of a text that a user wrote."""
    names = ("caption", "caption_entities") if caption else ("text", "entities")
    values = (text, found_entities(text))
    return {name: value for name, value in zip(names, values, strict=True) if value}
