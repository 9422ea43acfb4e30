"""The desk where all platforms hand in what people do, and get back what to show: one set of rules for all of them.

A message, a command or the press of a button goes in with who did it; a Reply comes out, with its buttons. Buttons carry a
key of what is kept in the state, so that they go on working after a restart.
"""

from __future__ import annotations

import logging
import re
import secrets
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from rapidfuzz import process

from bot.chat import about
from bot.chat.asked import Asked
from bot.chat.commands import BY_NAME, Command, Option, Platform, offered, split
from bot.chat.completion import Choice, Completion
from bot.chat.limits import RateLimit, Verdict
from bot.dialogue.memory import Memory, as_json, memory_of
from bot.dialogue.service import LOOKED_AT, TalksBot
from bot.intents.base import Look
from bot.question.turn import Turn
from bot.state import State
from bot.telling.answer import Answer, Page, pages
from knowledge.budget import Spent
from knowledge.text import readable

ASKED_BACK = 8
GROUP_MINUTE = 20
"""Messages that go out to a group in a minute at most: Telegram takes no more (TALKS_FLOOD_CONTROL)."""
FILLING = 1_000
LONGEST_FILL = 6
LABEL = 60
TOO_OLD = "This button is too old; please ask again."
NOT_YOURS = "This answer belongs to somebody else; ask me yourself and you get your own."
NOT_HERE = "This button belongs to another chat; please ask here again."
REPORTED = "Thank you: the admins will look at your question and this answer."
ASK_AGAIN = "I keep no texts, so I no longer know this question: please ask it again and report that answer."
FORGET = "Delete what is kept of me"
FORGOTTEN = "Deleted: what the buttons of {} to you mean, and what we spoke of last. They do nothing any more."
OFF_TOPIC = "off_topic"
"""What messages are counted as that have nothing to do with the talks; nothing else of them is kept."""
SLOW_DOWN = "That is a lot at once; give me a few seconds, then go on."
TEXT_ONLY = "I read text only: write your question, for instance “who attended round 21”."
FAILED = "Something went wrong on my side; it is in the operator's log as error {}. Please try again."
_DATA = re.compile(r"([ocprf])([\w-]{11})(?::(\d{1,4}))?")
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Asker:
    """Who did something, and where; `chat` and `user` are the platform's ids, `topic` that of a part of the chat.

    `private` answers are for the user alone; `group` says that others read along.
    """

    platform: Platform
    chat: str
    user: str
    private: bool = False
    name: str = ""
    topic: str = ""
    group: bool = False

    @property
    def conversation(self) -> str:
        """The conversation that this belongs to: each person's in each chat, and each topic of it, is one of its own."""
        return f"{self.place}:{self.user}"

    @property
    def person(self) -> str:
        """The person, on the platform."""
        return f"{self.platform}:{self.user}"

    @property
    def place(self) -> str:
        """The chat, or the topic of it, on its platform."""
        return f"{self.platform}:{self.chat}{f'/{self.topic}' if self.topic else ''}"


@dataclass(frozen=True, slots=True)
class Button:
    """A button: its label, and what comes back when it is pressed (at most 64 bytes)."""

    label: str
    data: str


@dataclass(frozen=True, slots=True)
class Reply:
    """What to show: a page with its buttons, in rows, or a `notice` to the person alone.

    `edit` says that it takes the place of the message whose button was pressed. `key` names it in deep links. `file` goes with
    it; `announce` is a line for the log channel. `before` is what was spoken of before a question.
    """

    page: Page | None = None
    buttons: tuple[tuple[Button, ...], ...] = ()
    key: str = ""
    text: str = ""
    edit: bool = False
    notice: str = ""
    file: tuple[str, bytes] | None = None
    announce: str = ""
    before: Turn | None = None

    @property
    def answer(self) -> Answer | None:
        """The answer that the page is of."""
        return self.page.answer if self.page else None


class Desk:
    """Takes what people do on any platform to the bot. One thread at a time may use it."""

    def __init__(self, bot: TalksBot, state: State) -> None:
        self.bot = bot
        self.state = state
        self.completion = Completion(bot)
        self.limits = RateLimit(bot.settings.user_limit, bot.settings.chat_limit, GROUP_MINUTE * bot.settings.flood_control)
        self.asked = Asked(bot.settings.memory_minutes)
        self._filling: OrderedDict[str, tuple[Command, dict[str, str], Option]] = OrderedDict()
        self._shown: OrderedDict[str, str] = OrderedDict()

    def allowed(self, asker: Asker) -> Verdict:
        """Whether the asker may do one more thing now, which is counted if so."""
        return self.limits.check(asker.person, f"{asker.platform}:{asker.chat}", asker.group)

    def message(self, asker: Asker, text: str, replied: str = "", instead: Reply | None = None) -> Reply:
        """The reply to a question in somebody's own words; `replied` is a button's data of the answer it replies to.

        Of a question that was changed, `instead` is the reply that the new one takes the place of.
        """
        if instead is not None:
            self.bot.conversations.forget(asker.conversation)
            if instead.before is not None:
                self.bot.conversations.add(asker.conversation, instead.before)
        before = self.bot.conversations.last(asker.conversation)
        text = readable(text[: self.bot.settings.question_length * LOOKED_AT])
        waiting = self._filling.pop(asker.conversation, None)
        if waiting is not None:
            given = self._filled(waiting, text)
            if given is not None:
                return self.command(asker, waiting[0].name, given)
        self._turn_back(asker, replied)
        answer = self.bot.ask(asker.conversation, text)
        return replace(self._reply(asker, answer, text), before=before)

    def command(self, asker: Asker, name: str, arguments: str | Mapping[str, str] = "") -> Reply:
        """The reply to a slash command, its arguments in words or by option; a missing one is asked for."""
        command = BY_NAME.get(name)
        if command is None or asker.platform not in command.platforms or command.audience == "admins":
            return line(self._unknown_command(asker.platform, name))
        if command.words:
            said = arguments if isinstance(arguments, str) else arguments.get(command.options[0].name, "")
            if said.strip().lower() in command.words:
                return self._forget(asker)
        if command.page:
            answer = self._about(command.page, asker.platform)
            return self._reply(asker, answer, f"/{name}", about=command.page)
        given = (
            self._given(command, arguments)
            if isinstance(arguments, str)
            else {name: readable(value[: self.bot.settings.question_length * LOOKED_AT]) for name, value in arguments.items()}
        )
        missing = command.missing(given)
        if missing is not None:
            return self._ask_back(asker, command, given, missing)
        question = command.question(given)
        return self._reply(asker, self.bot.ask(asker.conversation, question), question)

    def press(self, asker: Asker, data: str) -> Reply:
        """What the press of a button does; a button that means nothing any more says so."""
        match = _DATA.fullmatch(data)
        record = self.state.kept(match[2]) if match else None
        if match is None or record is None:
            return Reply(notice=TOO_OLD)
        if record.chat != self.state.alias(asker.place):
            return Reply(notice=NOT_HERE)
        if record.body.get("private") and record.person != self.state.alias(asker.person):
            return Reply(notice=NOT_YOURS)
        kind, key, number = match[1], match[2], int(match[3] or 0)
        try:
            if kind == "f":
                return self._forget(asker)
            if kind == "r":
                return self._report(asker, key, record.body)
            return self._page(asker, key, record.body, number) if kind == "p" else self._offer(asker, key, record.body, number)
        except (KeyError, IndexError, TypeError, ValueError):
            # What another version kept may not be what this one expects.
            log.info("a button of an older version was pressed: %s", data)
            return Reply(notice=TOO_OLD)

    def shared(self, asker: Asker, key: str) -> Reply | None:
        """The reply to a deep link: the shared question, answered here; None when the link is too old."""
        record = self.state.kept(key) if re.fullmatch(r"[\w-]{11}", key) else None
        memory = self._memory(record.body) if record is not None and not record.body.get("private") else None
        if memory is None or not memory.asked:
            return None
        turn = self.bot.recall(memory)
        self._set_turn(asker, turn)
        return self._reply(asker, turn.answer, turn.answer.heading)

    def moved(self, platform: Platform, old: str, new: str) -> None:
        """A chat has another number from now on: what is kept of it and what was spoken of there moves."""
        before, after = f"{platform}:{old}", f"{platform}:{new}"
        self.state.move_chat(before, after)
        self.bot.conversations.move(before, after)

    def choices(self, kind: str, typed: str) -> list[Choice]:
        """What may be meant by what is typed of an option (autocompletion)."""
        return self.completion.choices(kind, typed)  # type: ignore[arg-type]

    def examples(self) -> tuple[str, ...]:
        """Questions that somebody who does not know what to ask may begin with."""
        with self.bot.store.snapshot():
            return about.examples(Look(self.bot.store, self.bot.settings.default_talks))

    def settle(self) -> None:
        """Has what is to be kept written; called after the answers went out, which never wait for it."""
        self.state.write_soon()

    def _about(self, page: str, platform: Platform) -> Answer:
        with self.bot.store.snapshot():
            look = Look(self.bot.store, self.bot.settings.default_talks)
            return about.page(page, look, self.bot.settings, platform)

    def _reply(self, asker: Asker, answer: Answer, text: str, **more: Any) -> Reply:
        turn = self.bot.conversations.last(asker.conversation)
        own = turn if turn is not None and turn.answer is answer else None
        screens = pages(answer)
        page = screens[min(own.page, len(screens)) - 1] if own else screens[0]
        offers = [Choice(one, one) for one in answer.choices or answer.suggestions]
        if answer.status == "unknown" and self.bot.settings.gap_days and answer.intent != "more":
            self.state.add_gap("unknown", text)
        if answer.status == "off_topic":
            self.state.count(OFF_TOPIC)
        key = self._keep(asker, offers, Memory.of(own) if own else None, **more)
        if answer.status != "chat":
            self.asked.add(key, asker.person, text, answer.heading)
        if own:
            self._showing(asker, key)
        return Reply(page, self._buttons(key, page, offers), key if own else "", text)

    def _keep(self, asker: Asker, offers: Sequence[Choice], memory: Memory | None, **more: Any) -> str:
        """Keeps what the buttons of an answer mean, which is no text of the asker's; returns its key."""
        key = secrets.token_urlsafe(8)
        body = {
            "offers": [one.value for one in offers],
            **({"private": True} if asker.private else {}),
            **({"memory": as_json(memory)} if memory else {}),
            **more,
        }
        self.state.keep(key, asker.place, asker.person, body)
        return key

    def _buttons(self, key: str, page: Page, offers: Sequence[Choice]) -> tuple[tuple[Button, ...], ...]:
        """Pages, offers, report."""
        rows: list[tuple[Button, ...]] = []
        if page.count > 1:
            back = [Button("‹ back", f"p{key}:{page.number - 1}")] if page.number > 1 else []
            more = [Button(f"more › {page.number + 1}/{page.count}", f"p{key}:{page.number + 1}")]
            rows.append((*back, *(more if page.number < page.count else [])))
        kind = "c" if page.answer.choices else "o"
        rows += [(Button(_label(one.label), f"{kind}{key}:{number}"),) for number, one in enumerate(offers)]
        if page.answer.intent == "privacy":
            rows.append((Button(FORGET, f"f{key}"),))
        if page.answer.status != "chat" and self.bot.settings.gap_days:
            rows.append((Button("⚑ report a mistake", f"r{key}"),))
        return tuple(rows)

    def _page(self, asker: Asker, key: str, record: Mapping[str, Any], number: int) -> Reply:
        if "about" in record:
            answer = self._about(record["about"], asker.platform)
        else:
            turn = self.bot.recall(memory_of(record["memory"]))
            answer, turn.page = turn.answer, number
            self._set_turn(asker, turn)
            self._showing(asker, key)
        screens = pages(answer)
        page = screens[min(max(number, 1), len(screens)) - 1]
        offers = [Choice(one, one) for one in record["offers"]]
        return Reply(page, self._buttons(key, page, offers), "" if "about" in record else key, answer.heading, edit=True)

    def _offer(self, asker: Asker, key: str, record: Mapping[str, Any], number: int) -> Reply:
        text = record["offers"][number]
        if "command" in record:
            self._filling.pop(asker.conversation, None)
            return self.command(asker, record["command"], {**record["given"], record["option"]: text})
        self._turn_back(asker, f"o{key}:0")
        return self.message(asker, text)

    def _report(self, asker: Asker, key: str, record: dict[str, Any]) -> Reply:
        if record.get("reported") or not self.bot.settings.gap_days:
            return Reply(notice=REPORTED)
        asked = self.asked.of(key)
        if asked is None and (memory := self._memory(record)) is not None:
            heading = self.bot.recall(memory).answer.heading
            asked = heading, heading
        if asked is None:
            return Reply(notice=ASK_AGAIN)
        self.state.add_gap("reported", *asked)
        self.state.keep(key, asker.place, asker.person, {**record, "reported": True})
        return Reply(notice=REPORTED)

    def _forget(self, asker: Asker) -> Reply:
        """Deletes what is kept of the asker."""
        self.bot.conversations.forget_person(asker.platform, asker.user)
        self.asked.forget(asker.person)
        self._filling.pop(asker.conversation, None)
        count = self.state.forget_person(asker.person)
        return line(FORGOTTEN.format(f"{count:,} answer{'' if count == 1 else 's'}"))

    def _turn_back(self, asker: Asker, data: str) -> None:
        """Takes the conversation back to the turn of the answer that is replied to, or whose button was pressed."""
        match = _DATA.fullmatch(data)
        fresh = self.bot.conversations.last(asker.conversation) is not None
        if match is None or (fresh and self._shown.get(asker.conversation) == match[2]):
            return
        record = self.state.kept(match[2])
        if record is None or record.chat != self.state.alias(asker.place):
            return
        if record.body.get("private") and record.person != self.state.alias(asker.person):
            return
        memory = self._memory(record.body)
        if memory is not None:
            self._set_turn(asker, self.bot.recall(memory))

    def _memory(self, record: Mapping[str, Any]) -> Memory | None:
        try:
            return memory_of(record["memory"]) if "memory" in record else None
        except (KeyError, TypeError, ValueError):
            return None

    def _set_turn(self, asker: Asker, turn: Turn) -> None:
        self.bot.conversations.forget(asker.conversation)
        self.bot.conversations.add(asker.conversation, turn)

    def _showing(self, asker: Asker, key: str) -> None:
        self._shown[asker.conversation] = key
        self._shown.move_to_end(asker.conversation)
        while len(self._shown) > FILLING:
            self._shown.popitem(last=False)

    def _ask_back(self, asker: Asker, command: Command, given: dict[str, str], missing: Option) -> Reply:
        usual = self.completion.choices(missing.kind, most=ASKED_BACK)
        offers = usual or [Choice(one, one) for one in self.examples()]
        text = missing.ask_back or f"Which {missing.name}?"
        answer = Answer("clarify", f"{text} Choose, or write it.", "missing", choices=tuple(one.label for one in offers))
        key = self._keep(asker, offers, None, command=command.name, given=given, option=missing.name)
        self._filling[asker.conversation] = (command, given, missing)
        self._filling.move_to_end(asker.conversation)
        while len(self._filling) > FILLING:
            self._filling.popitem(last=False)
        page = pages(answer)[0]
        buttons = self._buttons(key, page, offers)
        return Reply(page, buttons[: len(offers)])

    def _filled(self, waiting: tuple[Command, dict[str, str], Option], text: str) -> dict[str, str] | None:
        """The options with what was asked for filled in, when a message is no more than that."""
        command, given, option = waiting
        if option.kind == "text":
            return {**given, option.name: text}
        if len(text.split()) > LONGEST_FILL:
            return None
        with self.bot.store.snapshot():
            spans = self.bot.reader.linker.spans(text)
        if any(span.senses and not span.filler for span in spans):
            # A question of its own.
            return None
        alone = Command(command.name, "", (option, replace(option, name="rest", kind="text", required=False)))
        found = self._given(alone, text)
        if option.name in found and "rest" not in found:
            return {**given, option.name: found[option.name]}
        return None

    def _given(self, command: Command, words: str) -> dict[str, str]:
        """The options of a command from its arguments in words; all of them the first one's where they are too many to read."""
        words = readable(words[: self.bot.settings.question_length * LOOKED_AT])
        try:
            with self.bot.store.snapshot():
                return split(command, words, self.bot.reader.linker)
        except Spent:
            return {command.options[0].name: words}

    def _unknown_command(self, platform: Platform, name: str) -> str:
        names = [one.name for one in offered(platform)]
        near = process.extractOne(name[:64].lower(), names, score_cutoff=60)
        hint = f"Did you mean /{near[0]}?" if near else "/help lists what there is."
        return f"There is no command /{name[:64]}. {hint}"


def _label(text: str) -> str:
    return text if len(text) <= LABEL else text[: LABEL - 1].rstrip() + "…"


def line(text: str) -> Reply:
    """A reply that is one line about the bot itself."""
    return Reply(pages(Answer("chat", text))[0])


def failed(what: str, error: BaseException) -> str:
    """Logs an error with an id of its own; returns the one sentence that the person sees."""
    number = secrets.token_hex(4)
    log.error("error %s: %s failed", number, what, exc_info=error)
    return FAILED.format(number)
