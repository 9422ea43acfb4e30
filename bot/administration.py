"""What admins may do, who is one, and the record of what they did. Denied by default, checked at the moment of each action."""

from __future__ import annotations

import base64
import json
import logging
import re
import secrets
import sqlite3
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.answers import Answer, Block, Line, pages
from bot.changes import preview, shown
from bot.checks import is_ordinary
from bot.completion import Choice, Completion
from bot.desk import NOT_HERE, TOO_OLD, Asker, Button, Reply, line
from bot.forms import SECTION_OF_FORM, Filler, FormField, form
from bot.service import TalksBot
from bot.settings import Settings
from bot.state import Admin, State
from knowledge.by_hand import plan_retract, plan_rows
from knowledge.loading import Outdated, Plan, UndoRefused, apply_plan, plan_file, plan_undo
from knowledge.packs import PackError, PackRefused, Row, Unplaced, write_pack
from knowledge.packs.fields import SECTION_OF
from knowledge.store import Change, FactStore, FactWriter

PREVIEW_SECONDS = 900
GAPS_SHOWN = 4
CANDIDATES = 6
CHOICES = 8
SHORT = 14
LONGEST_FIELD = 4_000
NO_ADMIN = "Only admins of this bot may do that. Its owners can grant it to you: you are {}."
NO_OWNER = "Only the owners of this bot (setting TALKS_OWNERS) may do that; you are {}."
ANONYMOUS = "You write as the group, not as yourself, so I cannot know who you are. Turn off “Remain anonymous” to do that."
NOT_YOUR_PREVIEW = "Only who asked for this preview may confirm or cancel it."
NO_FILE = "Send the file (YAML, JSON or CSV) with the caption “/admin load”, or reply to it with /admin load."
EXPIRED = "This preview is older than 15 minutes; please ask for it again. Nothing was changed."
GONE = "This was confirmed or cancelled already."
LEFT = "Left; nothing was changed."
_DATA = re.compile(r"A([a-z])([\w-]{11})(?::(\d{1,5}))?")
Progress = Callable[[str], None]
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


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a command; `size` may be known before its content is fetched."""

    name: str
    content: bytes


class Administration:
    """Does what admins ask for. It has files of its own, so that questions are answered meanwhile; one thread may use it."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.store = FactStore(settings.database)
        self.state = State(settings.state_file)
        self.bot = TalksBot(self.store, settings)
        self.filler = Filler(self.store, Completion(self.bot), settings.default_talks)
        self.in_dialogue = set(self.state.dialogues())

    def close(self) -> None:
        """Closes its files."""
        self.state.close()
        self.store.close()

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
        self.state.record(_who(asker), asker.place, action, refused=True)
        log.info("refused: %s by %s in %s", action, _who(asker), asker.place)
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
        self.state.record(_who(asker), asker.place, f"/admin {name} {' '.join(given.values())}".strip(), refused=False)
        if name == "load":
            if upload is None:
                return line(NO_FILE)
            return self._load(asker, upload, given.get("pack", ""), given.get("section", ""), progress)
        doers: Mapping[str, Callable[[], Reply]] = {
            "add": lambda: self._begin(asker, given.get("kind", "")),
            "retract": lambda: self._retract(asker, given.get("fact", ""), given.get("reason", "")),
            "history": lambda: self._history(asker),
            "show": lambda: self._show(asker, given.get("number", "")),
            "undo": lambda: self._undo(asker, given.get("number", "")),
            "export": lambda: self._export(given.get("pack", ""), given.get("format", "")),
            "gaps": lambda: self._gaps(asker),
            "list": lambda: self._list(),
            "grant": lambda: self._grant(asker, given.get("person", ""), given.get("name", "")),
            "revoke": lambda: self._revoke(asker, given.get("person", "")),
            "backup": lambda: self._backup(asker),
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
            return Reply(notice=_notice(refused))
        if verb in "yn":
            return self._decide(asker, key, verb == "y", progress)
        record = self.state.kept(key)
        if record is None:
            return Reply(notice=TOO_OLD)
        if record["chat"] != asker.place:
            return Reply(notice=NOT_HERE)
        if record["user"] != asker.user:
            self.state.record(_who(asker), asker.place, f"button {verb} of {record['user']}", refused=True)
            return Reply(notice=NOT_YOUR_PREVIEW)
        try:
            return self._pressed(asker, verb, key, record, number, progress)
        except (KeyError, IndexError, TypeError):
            return Reply(notice=TOO_OLD)

    def _pressed(
        self, asker: Asker, verb: str, key: str, record: Mapping[str, Any], number: int, progress: Progress | None
    ) -> Reply:
        if verb == "p":
            return replace(self._listed(asker, _answer(record["answer"]), number, key), edit=True)
        if verb == "g":
            return replace(self._gaps(asker, number), edit=True)
        if verb == "x":
            self.state.drop_gap(record["gaps"][number], for_good=True)
            return replace(self._gaps(asker), edit=True)
        if verb == "f":
            return self._begin(asker, "", asked=record["gaps"][number])
        if verb == "r":
            kind, fact = record["facts"][number]
            return self._retract_plan(asker, kind, fact, record["reason"])
        if verb == "k":
            upload = Upload(record["file"], base64.b64decode(record["data"]))
            return self._load(asker, upload, record["pack"], record["sections"][number], progress)
        return self._stepped(asker, verb, record, number)

    def _usage(self, asker: Asker) -> Reply:
        lines = [
            Line(f"/admin {one.name}{' ' + one.usage if one.usage else ''} — {one.description}")
            for one in ACTIONS
            if not one.owners or self.is_owner(asker)
        ]
        return Reply(pages(Answer("chat", "What admins can do:", "admin", blocks=(Block("", tuple(lines)),)))[0])

    # Loading: plan, preview, confirm

    def _load(self, asker: Asker, upload: Upload, pack: str, section: str, progress: Progress | None) -> Reply:
        limit = self.settings.limits.max_bytes
        if len(upload.content) > limit:
            return line(f"{upload.name} has {len(upload.content):,} bytes, {limit:,} are allowed. Nothing was changed.")
        source = {
            "kind": "file",
            "file": upload.name,
            "data": base64.b64encode(upload.content).decode(),
            "pack": pack,
            "section": section,
        }
        if progress is not None:
            progress(f"Reading {upload.name} and comparing it with the facts …")
        try:
            return self._preview(asker, source, f"Loading {upload.name}")
        except Unplaced as unplaced:
            return self._unplaced(asker, unplaced, source)

    def _unplaced(self, asker: Asker, unplaced: Unplaced, source: Mapping[str, Any]) -> Reply:
        """CSV whose pack or section must be asked for."""
        if unplaced.pack:
            return line(f"{unplaced.errors[0]}. Say which: “/admin load PACK”, for instance “/admin load local”.")
        sections = list(unplaced.sections)
        key = self._keep(asker, {**source, "sections": sections})
        buttons = tuple((Button(one, f"Ak{key}:{number}"),) for number, one in enumerate(sections))
        return Reply(pages(Answer("clarify", "Which section are these rows of?", "admin"))[0], buttons)

    def _plan(self, writer: FactWriter, source: Mapping[str, Any]) -> Plan:
        limits = self.settings.limits
        if source["kind"] == "file":
            data = base64.b64decode(source["data"])
            pack, section = source["pack"] or None, source["section"] or None
            return plan_file(writer, data, source["file"], limits, is_ordinary, pack, section)
        if source["kind"] == "rows":
            rows = [(section, body) for section, body in source["rows"]]
            return plan_rows(writer, rows, limits=limits, is_ordinary=is_ordinary)
        if source["kind"] == "undo":
            return plan_undo(writer, source["number"])
        return plan_retract(writer, source["fact_kind"], source["key"], source["reason"])

    def _preview(self, asker: Asker, source: Mapping[str, Any], doing: str, before: str = "") -> Reply:
        writer = FactWriter(self.settings.database)
        try:
            plan = self._plan(writer, source)
        except Unplaced:
            raise
        except PackRefused as refused:
            return self._errors(asker, refused.errors, doing)
        except UndoRefused as error:
            return line(str(error))
        finally:
            writer.close()
        answer = preview(plan, self.store, doing)
        if before:
            answer = replace(answer, read_as=before)
        if not plan.changes:
            return Reply(pages(answer)[0])
        key = secrets.token_urlsafe(8)
        body = {"source": source, "plan": _plan_json(plan), "doing": doing, "place": asker.place}
        self.state.keep_preview(key, f"{asker.platform}:{asker.user}", body)
        return Reply(pages(answer)[0], ((Button("Confirm", f"Ay{key}"), Button("Cancel", f"An{key}")),))

    def _errors(self, asker: Asker, errors: Sequence[PackError], doing: str) -> Reply:
        count = f"{len(errors)} error{'s' if len(errors) > 1 else ''}"
        answer = Answer(
            "chat",
            f"{doing}: {count}; nothing was changed.",
            "errors",
            blocks=(Block("", tuple(Line(str(one)) for one in errors)),),
        )
        return self._listed(asker, answer)

    def _decide(self, asker: Asker, key: str, confirmed: bool, progress: Progress | None) -> Reply:
        found = self.state.preview(key)
        if found is None:
            return Reply(notice=GONE)
        age, who, body = found
        if who != f"{asker.platform}:{asker.user}" or body["place"] != asker.place:
            self.state.record(_who(asker), asker.place, f"deciding on the preview of {who}", refused=True)
            return Reply(notice=NOT_YOUR_PREVIEW)
        if not self.state.take_preview(key):
            return Reply(notice=GONE)
        if age > PREVIEW_SECONDS:
            return replace(line(EXPIRED), edit=True)
        if not confirmed:
            return replace(line(f"{body['doing']}: cancelled. Nothing was changed."), edit=True)
        try:
            return replace(self._apply(asker, body, progress), edit=True)
        except (sqlite3.Error, OSError) as error:
            # Nothing was changed, so the same preview can be confirmed again.
            self.state.keep_preview(key, who, body)
            log.error("a load failed: %s", error)
            return Reply(notice=f"The facts could not be written ({error}). Nothing was changed; try again.")

    def _apply(self, asker: Asker, body: Mapping[str, Any], progress: Progress | None) -> Reply:
        plan = _plan_of(body["plan"])
        writer = FactWriter(self.settings.database)

        def told(done: int, total: int) -> None:
            if progress is not None:
                progress(f"{body['doing']}: {done:,} of {total:,} rows …")

        try:
            number = apply_plan(writer, plan, _who(asker), asker.place, told)
        except Outdated:
            again = "The facts were changed meanwhile, so nothing was done. This is what it would change now."
            return self._preview(asker, body["source"], body["doing"], before=again)
        finally:
            writer.close()
        new, changed, gone = plan.counts
        counts = f"pack {plan.pack}, {new:,} new, {changed:,} changed, {gone:,} gone"
        self.state.record(_who(asker), asker.place, f"load {number}: {counts}", refused=False)
        done = line(f"Done: load {number}. {body['doing']}: {counts}. /admin undo {number} takes it back.")
        return replace(done, announce=f"{_who(asker)}: load {number}, {body['doing']}: {counts}.")

    # One fact by hand

    def add(self, asker: Asker, kind: str, typed: Mapping[str, str]) -> Reply:
        """The preview of one fact that a filled form says."""
        refused = self.refusal(asker, f"/admin add {kind}")
        if refused is not None:
            return refused
        section, row = self.filler.row(kind, typed)
        source = {"kind": "rows", "rows": [[section, row]]}
        return self._preview(asker, source, f"Adding one fact ({kind})")

    def choices(self, asker: Asker, kind: str, field: str, typed: str) -> list[Choice]:
        """What may be chosen for a field of a form (autocompletion); nothing for who is no admin."""
        found = next((one for one in form(kind) if one.name == field), None)
        return self.filler.choices(found, typed) if found and self.may(asker) else []

    def typed(self, asker: Asker, text: str) -> Reply | None:
        """The next step of a dialogue under way, or None when there is none."""
        dialogue = self.state.dialogue(asker.conversation)
        if dialogue is None or not self.may(asker):
            return None
        if text.strip().lower() in ("cancel", "/cancel", "stop", "leave"):
            self._dialogue(asker, None)
            return line(LEFT)
        return self._answered(asker, dialogue, text.strip()[:LONGEST_FIELD])

    def _dialogue(self, asker: Asker, dialogue: dict[str, Any] | None) -> None:
        self.state.keep_dialogue(asker.conversation, dialogue)
        if dialogue is None:
            self.in_dialogue.discard(asker.conversation)
        else:
            self.in_dialogue.add(asker.conversation)

    def kind_chosen(self, asker: Asker, data: str) -> str:
        """The kind of fact that a button chooses, for platforms that show a form for it; "" when it is another button."""
        match = _DATA.fullmatch(data)
        record = self.state.kept(match[2]) if match and match[1] == "d" and self.may(asker) else None
        kinds = record.get("kinds", []) if record and record["user"] == asker.user else []
        return str(kinds[int(match[3])]) if match and match[3] and int(match[3]) < len(kinds) else ""

    def _begin(self, asker: Asker, kind: str, asked: str = "") -> Reply:
        if kind not in SECTION_OF_FORM:
            kinds = list(SECTION_OF_FORM)
            key = self._keep(asker, {"kinds": kinds})
            text = f"What kind of fact would answer “{asked}”?" if asked else "What kind of fact?"
            buttons = tuple((Button(one, f"Ad{key}:{number}"),) for number, one in enumerate(kinds))
            return Reply(pages(Answer("clarify", text, "add"))[0], buttons)
        return self._ask(asker, {"kind": kind, "given": {}, "skipped": []})

    def _ask(self, asker: Asker, dialogue: dict[str, Any]) -> Reply:
        """Asks for the next open field; when none is left, the preview."""
        done = {*dialogue["given"], *dialogue["skipped"]}
        field = next((one for one in form(dialogue["kind"]) if one.name not in done), None)
        if field is None:
            self._dialogue(asker, None)
            return self.add(asker, dialogue["kind"], dialogue["given"])
        self._dialogue(asker, dialogue)
        offered = self.filler.choices(field, most=max(CHOICES, len(field.choices)))
        key = self._keep(asker, {"field": field.name, "values": [one.value for one in offered]})
        offers = [Button(one.label[:60], f"Ad{key}:{number}") for number, one in enumerate(offered)]
        wide = 3 if all(len(one.label) <= SHORT for one in offers) else 1
        rows = [tuple(offers[at : at + wide]) for at in range(0, len(offers), wide)]
        last = [] if field.required else [Button("skip", f"As{key}"), Button("that is all", f"Aa{key}")]
        buttons = (*rows, (*last, Button("leave", f"Ae{key}")))
        text = f"{field.name}: {field.prompt}.{'' if field.required else ' (optional)'}"
        return Reply(pages(Answer("clarify", text, "add"))[0], buttons)

    def _answered(self, asker: Asker, dialogue: dict[str, Any], text: str) -> Reply:
        done = {*dialogue["given"], *dialogue["skipped"]}
        field: FormField | None = next((one for one in form(dialogue["kind"]) if one.name not in done), None)
        if field is not None and text:
            dialogue["given"][field.name] = text
        return self._ask(asker, dialogue)

    def _stepped(self, asker: Asker, verb: str, record: Mapping[str, Any], number: int) -> Reply:
        if "kinds" in record:
            return self._begin(asker, record["kinds"][number])
        dialogue = self.state.dialogue(asker.conversation)
        if dialogue is None:
            return Reply(notice=TOO_OLD)
        if verb == "e":
            self._dialogue(asker, None)
            return replace(line(LEFT), edit=True)
        done = {*dialogue["given"], *dialogue["skipped"]}
        field = next((one for one in form(dialogue["kind"]) if one.name not in done), None)
        if field is None or field.name != record["field"]:
            return Reply(notice=TOO_OLD)
        if verb == "d":
            return self._answered(asker, dialogue, record["values"][number])
        left = [one.name for one in form(dialogue["kind"]) if one.name not in done and not one.required]
        dialogue["skipped"] += left if verb == "a" else [field.name]
        return self._ask(asker, dialogue)

    def _retract(self, asker: Asker, fact: str, reason: str) -> Reply:
        if not fact or not reason:
            return line("Say what and why: /admin retract astana/21:jordan because the source was withdrawn.")
        writer = FactWriter(self.settings.database)
        try:
            kinds = ("round", "attendance", "statement", "event", "source", "actor", "topic", "talks")
            found = [(kind, fact) for kind in kinds if writer.described(kind, [fact])]
        finally:
            writer.close()
        if len(found) == 1:
            return self._retract_plan(asker, *found[0], reason)
        chat = f"admin:{asker.conversation}"
        answer = self.bot.ask(chat, fact)
        self.bot.conversations.forget(chat)
        facts = [(one.KIND, one.key) for one in answer.facts if one.KIND in ("round", "attendance", "statement", "event")]
        if not facts:
            return line(f"No recorded fact has the key “{fact[:100]}” or says that. Name its key, or ask for it in a question.")
        facts = facts[:CANDIDATES]
        key = self._keep(asker, {"facts": facts, "reason": reason})
        lines = [Line(f"{number}: {kind} {one}") for number, (kind, one) in enumerate(facts, 1)]
        lines += [Line(one.text) for one in answer.lines[:CANDIDATES]]
        buttons = tuple((Button(f"{kind} {one}"[:60], f"Ar{key}:{number}"),) for number, (kind, one) in enumerate(facts))
        shown_ = Answer("clarify", "Which of these facts?", "retract", blocks=(Block("", tuple(lines)),))
        return Reply(pages(shown_)[0], buttons)

    def _retract_plan(self, asker: Asker, kind: str, key: str, reason: str) -> Reply:
        source = {"kind": "retract", "fact_kind": kind, "key": key, "reason": reason}
        return self._preview(asker, source, f"Taking back {kind} {key}")

    # Looking back

    def _history(self, asker: Asker) -> Reply:
        writer = FactWriter(self.settings.database)
        try:
            records = writer.history()
        finally:
            writer.close()
        lines = []
        for one in records:
            what = f"undo of {one.undoes}" if one.undoes else one.file
            undone = f", undone by {one.undone_by}" if one.undone_by else ""
            counts = f"+{one.added} ~{one.changed} −{one.gone}"
            lines.append(Line(f"{one.number}: {one.at[:16]}, {one.who} ({one.origin}), {one.pack}: {what} {counts}{undone}"))
        return self._listed(asker, Answer("chat", "Loads, the newest first:", "history", blocks=(Block("", tuple(lines)),)))

    def _show(self, asker: Asker, number: str) -> Reply:
        if not number.isdecimal():
            return line("Which load? /admin history lists their numbers: /admin show 3.")
        writer = FactWriter(self.settings.database)
        try:
            record = next((one for one in writer.history() if one.number == int(number)), None)
            changes = writer.load_changes(int(number))
        finally:
            writer.close()
        if record is None:
            return line(f"There is no load {number}. /admin history lists them.")
        heading = f"Load {number}: {record.at[:16]}, {record.who}, pack {record.pack}, {len(changes):,} rows."
        plan = Plan(record.pack, record.file, record.digest, tuple(changes))
        return self._listed(asker, shown(changes[:1_000], self.store, heading, plan))

    def _undo(self, asker: Asker, number: str) -> Reply:
        if not number.isdecimal():
            return line("Which load? /admin history lists their numbers: /admin undo 3.")
        return self._preview(asker, {"kind": "undo", "number": int(number)}, f"Undoing load {number}")

    def _export(self, pack: str, form_: str) -> Reply:
        writer = FactWriter(self.settings.database)
        try:
            heads = writer.packs()
            pack = pack or (next(iter(heads)) if len(heads) == 1 else "")
            if pack not in heads:
                return line(f"Which pack? Loaded: {', '.join(heads) or 'none'}.")
            rows = [Row(kind, key, json.loads(one)) for (kind, key), one in writer.pack_rows(pack).items() if kind != "pack"]
        finally:
            writer.close()
        rows.sort(key=lambda row: (list(SECTION_OF).index(row.kind), row.key))
        kind = "json" if form_ == "json" else "yaml"
        content = write_pack(pack, heads[pack], rows, kind).encode()
        return replace(line(f"Pack {pack}, {len(rows):,} rows."), file=(f"{pack}.{kind}", content))

    def _backup(self, asker: Asker) -> Reply:
        if not (asker.private or asker.chat == asker.user):
            return line("A backup holds everything, so I send it in private only: write /admin backup to me there.")
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "backup.db"
            writer = FactWriter(self.settings.database)
            try:
                writer.backup(path)
            finally:
                writer.close()
            content = path.read_bytes()
        name = f"talks-{datetime.now(UTC):%Y-%m-%d}.db"
        return replace(line(f"All facts with their record, {len(content):,} bytes."), file=(name, content))

    def _gaps(self, asker: Asker, start: int = 0) -> Reply:
        found = self.state.gaps()
        if not found:
            return line("Nothing was asked in vain and nothing was reported.")
        part = found[start : start + GAPS_SHOWN]
        key = self._keep(asker, {"gaps": [one.text for one in part]})
        lines, rows = [], []
        for number, one in enumerate(part):
            last = datetime.fromtimestamp(one.last, UTC)
            label = f"{start + number + 1}"
            lines.append(Line(f"{label}: {one.count}× “{one.text}” ({one.kind}, last {last:%Y-%m-%d})", aside=one.answer))
            add = Button(f"{label}: add a fact", f"Af{key}:{number}")
            rows.append((add, Button(f"{label}: not ours", f"Ax{key}:{number}")))
        turns = [Button("‹ back", f"Ag{key}:{max(start - GAPS_SHOWN, 0)}")] if start else []
        turns += [Button("more ›", f"Ag{key}:{start + GAPS_SHOWN}")] if start + GAPS_SHOWN < len(found) else []
        heading = f"{len(found)} question{'s' if len(found) > 1 else ''} without a good answer, the most frequent first:"
        answer = Answer("chat", heading, "gaps", blocks=(Block("", tuple(lines)),))
        return Reply(pages(answer)[0], (*rows, *((tuple(turns),) if turns else ())))

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
        self.state.grant(Admin(asker.platform, person, name, _who(asker)))
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

    # Pages of what is listed

    def _listed(self, asker: Asker, answer: Answer, number: int = 1, key: str = "") -> Reply:
        """A page of a long list, with buttons for the others."""
        screens = pages(answer)
        page = screens[min(max(number, 1), len(screens)) - 1]
        if len(screens) == 1:
            return Reply(page)
        key = key or self._keep(asker, {"answer": _answer_json(answer)})
        back = [Button("‹ back", f"Ap{key}:{page.number - 1}")] if page.number > 1 else []
        more = [Button(f"more › {page.number + 1}/{page.count}", f"Ap{key}:{page.number + 1}")]
        return Reply(page, ((*back, *(more if page.number < page.count else [])),))

    def _keep(self, asker: Asker, body: Mapping[str, Any]) -> str:
        key = secrets.token_urlsafe(8)
        self.state.keep(key, {"chat": asker.place, "user": asker.user, **body})
        self.state.flush()
        return key


def _who(asker: Asker) -> str:
    return f"{asker.platform}:{asker.user}{f' ({asker.name})' if asker.name else ''}"


def _notice(reply: Reply) -> str:
    return reply.answer.heading if reply.answer else ""


def _answer_json(answer: Answer) -> dict[str, Any]:
    blocks = [[block.title, [[one.text, one.aside] for one in block.lines]] for block in answer.blocks]
    return {"heading": answer.heading, "blocks": blocks}


def _answer(body: Mapping[str, Any]) -> Answer:
    blocks = [Block(title, tuple(Line(text, aside=aside) for text, aside in lines)) for title, lines in body["blocks"]]
    return Answer("chat", body["heading"], "listed", blocks=tuple(blocks))


def _plan_json(plan: Plan) -> dict[str, Any]:
    return {
        "pack": plan.pack,
        "file": plan.file,
        "digest": plan.digest,
        "undoes": plan.undoes,
        "changes": [[one.kind, one.key, one.before, one.after] for one in plan.changes],
    }


def _plan_of(body: Mapping[str, Any]) -> Plan:
    changes = tuple(Change(*one) for one in body["changes"])
    return Plan(body["pack"], body["file"], body["digest"], changes, undoes=body["undoes"])
