"""What of Telegram's messages is meant for the bot, by whom, and what it says."""

from __future__ import annotations

import re
from dataclasses import dataclass

from telegram import MaybeInaccessibleMessage, Message, MessageEntity, User

from bot.chat.desk import Asker

_COMMAND = re.compile(r"/([A-Za-z0-9_]{1,64})(?:@(\w+))?(?:\s+|$)(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Heard:
    """A message that is meant for the bot: a command with its arguments, or a text.

    `named` says that the bot was named with the command; `replied` is the data of a button of the bot's answer that it
    replies to.
    """

    asker: Asker
    text: str
    command: str = ""
    named: bool = False
    replied: str = ""


def asker_of(message: Message) -> Asker | None:
    """Who wrote a message; None when it was another bot, a channel, or nobody.

    An anonymous admin of a group writes as the group itself: that is a person, known by the group's id.
    """
    sender = message.sender_chat
    if sender is not None:
        if sender.id != message.chat.id or message.is_automatic_forward:
            return None
        return asker_in(message, str(sender.id))
    user = message.from_user
    if user is None or user.is_bot or message.is_automatic_forward:
        return None
    return asker_in(message, str(user.id))


def asker_in(message: MaybeInaccessibleMessage, user: str) -> Asker:
    """A person where a message stands: topics of a group are apart from each other."""
    topic = str(message.message_thread_id) if isinstance(message, Message) and message.is_topic_message else ""
    return Asker("telegram", str(message.chat.id), user, topic=topic, group=message.chat.type != "private")


def heard(message: Message, me: User) -> Heard | None:
    """What a message says to the bot; None when it is not meant for it.

    In a private chat everything is; in a group commands, mentions of the bot and replies to it.
    """
    asker = asker_of(message)
    if asker is None or (message.via_bot is not None and message.via_bot.id == me.id):
        return None
    text = message.text or message.caption or ""
    replied = message.reply_to_message
    to_me = replied is not None and replied.from_user is not None and replied.from_user.id == me.id
    data = _button_data(replied) if to_me and replied is not None else ""
    match = _COMMAND.fullmatch(text.strip()) if text.lstrip().startswith("/") else None
    if match is not None:
        if match[2] and match[2].lower() != (me.username or "").lower():
            return None
        return Heard(asker, match[3].strip(), match[1].lower(), bool(match[2]), data)
    mentioned, text = _without_mention(message, text, me)
    if message.chat.type == "private" or mentioned or (to_me and not _opens_topic(replied)):
        if mentioned and not text and replied is not None and not to_me:
            # "@bot" alone, in reply to somebody's question.
            text = replied.text or replied.caption or ""
        return Heard(asker, text, replied=data)
    return None


def _opens_topic(message: Message | None) -> bool:
    return message is not None and message.forum_topic_created is not None


def _without_mention(message: Message, text: str, me: User) -> tuple[bool, str]:
    entities = {**message.parse_entities(), **message.parse_caption_entities()}
    name = f"@{me.username}".lower()
    found = False
    for entity, said in entities.items():
        if (entity.type == MessageEntity.MENTION and said.lower() == name) or (
            entity.type == MessageEntity.TEXT_MENTION and entity.user is not None and entity.user.id == me.id
        ):
            found = True
            text = text.replace(said, " ", 1)
    return found, " ".join(text.split()) if found else text


def _button_data(message: Message) -> str:
    rows = message.reply_markup.inline_keyboard if message.reply_markup else ()
    return next((str(one.callback_data) for row in rows for one in row if one.callback_data), "")
