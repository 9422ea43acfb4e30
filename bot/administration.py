"""What admins may do, who is one, and the record of what they did. Denied by default, checked at the moment of each action.

The parts are in bot/admins/: previews, dialogues, retracting, records.
"""

from __future__ import annotations

import base64
import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.admins.dialogues import Dialogues
from bot.admins.office import Office, Progress, Upload, listed_answer, who
from bot.admins.previews import NOT_YOUR_PREVIEW, Previews
from bot.admins.records import WHICH, Records
from bot.admins.retracting import Retracting
from bot.answers import Answer, Block, Line, pages
from bot.completion import Choice, Completion
from bot.desk import NOT_HERE, TOO_OLD, Asker, Reply, line
from bot.forms import Filler, form
from bot.service import TalksBot
from bot.settings import Settings
from bot.state import Admin

NO_ADMIN = "Only admins of this bot may do that. Its owners can grant it to you: you are {}."
NO_OWNER = "Only the owners of this bot (setting TALKS_OWNERS) may do that; you are {}."
ANONYMOUS = "You write as the group, not as yourself, so I cannot know who you are. Turn off “Remain anonymous” to do that."
NO_FILE = "Send the file (YAML, JSON or CSV) with the caption “/admin load”, or reply to it with /admin load."
_DATA = re.compile(r"A([a-z])([\w-]{11})(?::(\d{1,5}))?")
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

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.office = Office(settings)
        self.state = self.office.state
        bot = TalksBot(self.office.store, settings)
        self.previews = Previews(self.office)
        self.dialogues = Dialogues(
            self.office, self.previews, Filler(self.office.store, Completion(bot), settings.default_talks)
        )
        self.retracting = Retracting(self.office, self.previews, bot)
        self.records = Records(self.office)

    @property
    def in_dialogue(self) -> set[str]:
        """The conversations in which a form is being filled in."""
        return self.dialogues.under_way

    # Who may

    def is_owner(self, asker: Asker) -> bool:
        """Whether somebody stands in TALKS_OWNERS."""
        return any(platform == asker.platform and str(number) == asker.user for platform, number in self.settings.owners)

    def may(self, asker: Asker) -> bool:
        """Whether somebody may change facts."""
        return self.is_owner(asker) or self.state.is_admin(asker.platform, asker.user)

    def refusal(self, asker: Asker, action: str, owners: bool = False) -> Reply | None:
        """Why somebody may not do something, which is recorded; None when they may."""
        if self.is_owner(asker) if owners else self.may(asker):
            return None
        self.state.record(who(asker), asker.place, action, refused=True)
        log.info("refused: %s by %s in %s", action, who(asker), asker.place)
        if asker.user.startswith("-"):
            return line(ANONYMOUS)
        return line((NO_OWNER if owners else NO_ADMIN).format(f"{asker.platform}:{asker.user}"))

    # Commands

    def command(
        self, asker: Asker, words: str, upload: Upload | None = None, person: str = "", progress: Progress | None = None
    ) -> Reply:
        """`/admin …` in words; `person` is somebody whose message it replies to."""
        name, _, rest = words.strip().partition(" ")
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
        refused = self.refusal(asker, f"/admin {name}", action is not None and action.owners)
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
        return doers[name]()

    def press(self, asker: Asker, data: str, progress: Progress | None = None) -> Reply:
        """What a button of an admin's message does."""
        match = _DATA.fullmatch(data)
        if match is None:
            return Reply(notice=TOO_OLD)
        verb, key, number = match[1], match[2], int(match[3] or 0)
        refused = self.refusal(asker, f"button {verb}")
        if refused is not None:
            return Reply(notice=refused.answer.heading if refused.answer else "")
        if verb in "yn":
            return self.previews.decide(asker, key, verb == "y", progress)
        record = self.state.kept(key)
        if record is None:
            return Reply(notice=TOO_OLD)
        if record["chat"] != asker.place:
            return Reply(notice=NOT_HERE)
        if record["user"] != asker.user:
            self.state.record(who(asker), asker.place, f"button {verb} of {record['user']}", refused=True)
            return Reply(notice=NOT_YOUR_PREVIEW)
        try:
            return self._pressed(asker, verb, key, record, number, progress)
        except (KeyError, IndexError, TypeError):
            return Reply(notice=TOO_OLD)

    def _pressed(
        self, asker: Asker, verb: str, key: str, record: Mapping[str, Any], number: int, progress: Progress | None
    ) -> Reply:
        if verb == "p":
            return replace(self.office.listed(asker, listed_answer(record["answer"]), number, key), edit=True)
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
        if verb == "k":
            upload = Upload(record["file"], base64.b64decode(record["data"]))
            return self.previews.load(asker, upload, record["pack"], record["sections"][number], progress)
        return self.dialogues.stepped(asker, verb, record, number)

    def _usage(self, asker: Asker) -> Reply:
        lines = [
            Line(f"/admin {one.name}{' ' + one.usage if one.usage else ''} — {one.description}")
            for one in ACTIONS
            if not one.owners or self.is_owner(asker)
        ]
        return Reply(pages(Answer("chat", "What admins can do:", "admin", blocks=(Block("", tuple(lines)),)))[0])

    # Forms

    def add(self, asker: Asker, kind: str, typed: Mapping[str, str]) -> Reply:
        """The preview of one fact that a filled form says."""
        return self.refusal(asker, f"/admin add {kind}") or self.dialogues.row_preview(asker, kind, typed)

    def choices(self, asker: Asker, kind: str, field: str, typed: str) -> list[Choice]:
        """What may be chosen for a field of a form (autocompletion); nothing for who is no admin."""
        found = next((one for one in form(kind) if one.name == field), None)
        return self.dialogues.filler.choices(found, typed) if found and self.may(asker) else []

    def typed(self, asker: Asker, text: str) -> Reply | None:
        """The next step of a dialogue under way, or None when there is none."""
        return self.dialogues.typed(asker, text) if self.may(asker) else None

    def kind_chosen(self, asker: Asker, data: str) -> str:
        """The kind of fact that a button chooses, for platforms that show a form for it; "" when it is another button."""
        match = _DATA.fullmatch(data)
        record = self.state.kept(match[2]) if match and match[1] == "d" and self.may(asker) else None
        kinds = record.get("kinds", []) if record and record["user"] == asker.user else []
        return str(kinds[int(match[3])]) if match and match[3] and int(match[3]) < len(kinds) else ""

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
