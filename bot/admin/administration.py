"""What admins may do, who is one, and the record of what they did. Denied by default, checked at the moment of each action.

The parts are in this folder: previews, dialogues, retracting, records.
"""

from __future__ import annotations

import logging
import re
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.admin.access import BUTTON, Access
from bot.admin.context import AdminContext, Progress, Upload, listed_answer, who
from bot.admin.dialogues import Dialogues
from bot.admin.forms import Filler
from bot.admin.previews import NOT_YOUR_PREVIEW, Previews
from bot.admin.records import WHICH, Records
from bot.admin.retracting import Retracting
from bot.chat.completion import Completion
from bot.chat.desk import NOT_HERE, TOO_OLD, Asker, Reply, line
from bot.dialogue.service import TalksBot
from bot.settings import Settings
from bot.state import Admin, State
from bot.telling.answer import Answer, Block, Line, pages
from knowledge.text import whole

BUSY = "The facts are being written by somebody else just now; try again in a moment. Nothing was changed."
CANNOT_WRITE = "This cannot be written now ({}): is the disk full? Nothing was changed; looking things up goes on working."
NO_FILE = "Send the file (YAML, JSON or CSV) with the caption “/admin load”, or reply to it with /admin load."
LONGEST_NUMBER = 9
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Action:
    """Something that admins may do: `/admin name`."""

    name: str
    usage: str
    description: str
    owners: bool = False


ACTIONS = (
    Action("load", "", "Load facts from a file: YAML, JSON or CSV"),
    Action("add", "[statement|attendance|round|source|actor]", "Add one fact, step by step"),
    Action("retract", "[key, or what it says] because [reason]", "Take a fact back"),
    Action("history", "", "All loads: number, who, when, from where, pack, counts"),
    Action("show", "[number]", "What a load changed"),
    Action("undo", "[number]", "Take a load back"),
    Action("export", "[pack] [yaml|json]", "A pack as a file"),
    Action("gaps", "", "What people asked in vain, and reported answers"),
    Action("list", "", "Who the admins are"),
    Action("grant", "[number of a person]", "Let somebody change facts", owners=True),
    Action("revoke", "[number of a person]", "Take that back", owners=True),
    Action("backup", "", "The whole database as a file, in private", owners=True),
)
BY_NAME = {one.name: one for one in ACTIONS}


class Administration:
    """Does what admins ask for. It has files of its own, so that questions are answered meanwhile; one thread may use it."""

    def __init__(self, settings: Settings, state: State) -> None:
        self.settings = settings
        self.context = AdminContext(settings, state)
        self.state = state
        self.access = Access(settings, self.state)
        bot = TalksBot(self.context.store, settings)
        self.previews = Previews(self.context)
        self.dialogues = Dialogues(
            self.context, self.previews, Filler(self.context.store, Completion(bot), settings.default_talks)
        )
        self.retracting = Retracting(self.context, self.previews, bot)
        self.records = Records(self.context)

    def in_dialogue(self, asker: Asker) -> bool:
        """Whether somebody is filling in a form."""
        under_way = self.dialogues.under_way
        return bool(under_way) and self.state.alias(asker.conversation) in under_way

    # Commands

    def command(
        self, asker: Asker, words: str, upload: Upload | None = None, person: str = "", progress: Progress | None = None
    ) -> Reply:
        """`/admin …` in words; `person` is somebody whose message it replies to."""
        name, _, rest = whole(words).strip().partition(" ")
        name = name.lower() or ("load" if upload else "")
        rest = rest.strip()
        if name in ("grant", "revoke"):
            return self.do(asker, name, {"person": rest or person}, progress=progress)
        if name == "load":
            pack, _, section = rest.partition(" ")
            return self.do(asker, name, {"pack": pack, "section": section.strip()}, upload, progress)
        if name == "retract":
            fact, _, reason = rest.partition(" because ")
            return self.do(asker, name, {"fact": fact.strip(), "reason": reason.strip()}, progress=progress)
        if name == "export":
            pack, _, form_ = rest.partition(" ")
            return self.do(asker, name, {"pack": pack, "format": form_.strip()}, progress=progress)
        return self.do(asker, name, {"number": rest, "kind": rest}, progress=progress)

    def do(
        self,
        asker: Asker,
        name: str,
        given: Mapping[str, str],
        upload: Upload | None = None,
        progress: Progress | None = None,
    ) -> Reply:
        """The reply to one of ACTIONS with its options."""
        action = BY_NAME.get(name)
        refused = self.access.refusal(asker, f"/admin {name}", action is not None and action.owners)
        if refused is not None:
            return refused
        if action is None:
            return self._usage(asker)
        self.state.record(who(asker), asker.place, f"/admin {name} {' '.join(given.values())}".strip(), refused=False)
        if name == "load":
            if upload is None:
                return line(NO_FILE)
            return self.previews.load(asker, upload, given.get("pack", ""), given.get("section", ""), progress)
        doers: Mapping[str, Callable[[], Reply]] = {
            "add": lambda: self.dialogues.begin(asker, given.get("kind", "")),
            "retract": lambda: self.retracting.retract(asker, given.get("fact", ""), given.get("reason", "")),
            "history": lambda: self.records.history(asker),
            "show": lambda: self.records.show(asker, given.get("number", "")),
            "undo": lambda: self._undo(asker, given.get("number", "")),
            "export": lambda: self.records.export(given.get("pack", ""), given.get("format", "")),
            "gaps": lambda: self.records.gaps(asker),
            "list": lambda: self._list(),
            "grant": lambda: self._grant(asker, given.get("person", ""), given.get("name", "")),
            "revoke": lambda: self._revoke(asker, given.get("person", "")),
            "backup": lambda: self.records.backup(asker),
        }
        try:
            return doers[name]()
        except sqlite3.OperationalError as error:
            log.warning("/admin %s: %s", name, error)
            return line(BUSY if "locked" in str(error) else CANNOT_WRITE.format(error))

    def press(self, asker: Asker, data: str, progress: Progress | None = None) -> Reply:
        """What a button of an admin's message does."""
        match = BUTTON.fullmatch(data)
        if match is None:
            return Reply(notice=TOO_OLD)
        verb, key, number = match[1], match[2], int(match[3] or 0)
        refused = self.access.refusal(asker, f"button {verb}")
        if refused is not None:
            return Reply(notice=refused.answer.heading if refused.answer else "")
        if verb in "yn":
            return self.previews.decide(asker, key, verb == "y", progress)
        if verb == "k":
            return self.previews.placed(asker, key, number, progress)
        record = self.state.kept(key)
        if record is None:
            return Reply(notice=TOO_OLD)
        if record.chat != self.state.alias(asker.place):
            return Reply(notice=NOT_HERE)
        if record.person != self.state.alias(asker.person):
            self.state.record(who(asker), asker.place, f"button {verb} of somebody else", refused=True)
            return Reply(notice=NOT_YOUR_PREVIEW)
        try:
            return self._pressed(asker, verb, key, record.body, number, progress)
        except (KeyError, IndexError, TypeError):
            return Reply(notice=TOO_OLD)

    def _pressed(
        self, asker: Asker, verb: str, key: str, record: Mapping[str, Any], number: int, progress: Progress | None
    ) -> Reply:
        if verb == "p":
            turned = self.context.listed(asker, listed_answer(record["answer"]), number, key, record.get("preview", ""))
            return replace(turned, edit=True)
        if verb == "g":
            return replace(self.records.gaps(asker, number), edit=True)
        if verb == "x":
            self.state.drop_gap(record["gaps"][number], for_good=True)
            return replace(self.records.gaps(asker), edit=True)
        if verb == "f":
            return self.dialogues.begin(asker, "", asked=record["gaps"][number])
        if verb == "r":
            kind, fact = record["facts"][number]
            return self.retracting.preview(asker, kind, fact, record["reason"])
        return self.dialogues.stepped(asker, verb, record, number)

    def _usage(self, asker: Asker) -> Reply:
        lines = [
            Line(f"/admin {one.name}{' ' + one.usage if one.usage else ''} — {one.description}")
            for one in ACTIONS
            if not one.owners or self.access.is_owner(asker)
        ]
        return Reply(pages(Answer("chat", "What admins can do:", "admin", blocks=(Block("", tuple(lines)),)))[0])

    # Forms

    def add(self, asker: Asker, kind: str, typed: Mapping[str, str]) -> Reply:
        """The preview of one fact that a filled form says."""
        given = {name: whole(value) for name, value in typed.items()}
        return self.access.refusal(asker, f"/admin add {kind}") or self.dialogues.row_preview(asker, kind, given)

    def typed(self, asker: Asker, text: str) -> Reply | None:
        """The next step of a dialogue under way, or None when there is none."""
        return self.dialogues.typed(asker, whole(text)) if self.access.may(asker) else None

    def _undo(self, asker: Asker, number: str) -> Reply:
        if not number.isdecimal() or len(number) > LONGEST_NUMBER:
            return line(WHICH.format("undo"))
        return self.previews.preview(asker, {"kind": "undo", "number": int(number)}, f"Undoing load {number}")

    # Who is an admin

    def _list(self) -> Reply:
        lines = [Line(f"{platform}:{number} — owner") for platform, number in self.settings.owners]
        lines += [
            Line(f"{one.platform}:{one.user}{f' ({one.name})' if one.name else ''} — admin, granted by {one.granted_by}")
            for one in self.state.admins()
        ]
        return Reply(pages(Answer("chat", "Who may change facts:", "admins", blocks=(Block("", tuple(lines)),)))[0])

    def _person(self, asker: Asker, text: str) -> str:
        match = re.fullmatch(r"(?:(telegram|discord):)?(\d{1,20})", text.strip())
        return match[2] if match and match[1] in (None, asker.platform) else ""

    def _grant(self, asker: Asker, text: str, name: str) -> Reply:
        person = self._person(asker, text)
        if not person:
            return line("Whom? Name their number, or reply to a message of theirs: /admin grant 123456789.")
        self.state.grant(Admin(asker.platform, person, name, who(asker)))
        return line(f"{asker.platform}:{person} may change facts now. /admin revoke {person} takes that back.")

    def _revoke(self, asker: Asker, text: str) -> Reply:
        person = self._person(asker, text)
        if not person:
            return line("Whose? Name their number: /admin revoke 123456789. /admin list shows them.")
        if any(platform == asker.platform and str(number) == person for platform, number in self.settings.owners):
            return line(f"{asker.platform}:{person} is an owner; owners stand in the setting TALKS_OWNERS.")
        done = self.state.revoke(asker.platform, person)
        return line(
            f"{asker.platform}:{person} may no longer change facts." if done else f"{asker.platform}:{person} was no admin."
        )
