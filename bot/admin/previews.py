"""From what an admin wants to change to a plan, its preview, and a yes or no to it."""

from __future__ import annotations

import base64
import logging
import secrets
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.admin.changes import preview
from bot.admin.checks import is_ordinary
from bot.admin.context import AdminContext, Progress, Upload, who
from bot.chat.desk import Asker, Button, Reply, line
from bot.telling.answer import Answer, Block, Line, pages
from knowledge.loading.plans import Outdated, Plan, UndoRefused, apply_plan, last_load, plan_file, plan_undo
from knowledge.loading.single_facts import plan_retract, plan_rows
from knowledge.loading.writer import Change, FactWriter
from knowledge.packs import PackError, PackRefused, Unplaced

PREVIEW_SECONDS = 900
NOT_YOUR_PREVIEW = "Only who asked for this preview may confirm or cancel it."
EXPIRED = "This preview is older than 15 minutes; please ask for it again. Nothing was changed."
STOPPED = "I am being restarted."
GONE = "This was confirmed or cancelled already."
log = logging.getLogger(__name__)


class Stopped(Exception):
    """The bot is told to stop while it loads."""


class Previews:
    """Shows what would change, and changes it when the same person says so in time."""

    def __init__(self, context: AdminContext) -> None:
        self.context = context
        self.settings = context.settings
        self.state = context.state

    def load(self, asker: Asker, upload: Upload, pack: str, section: str, progress: Progress | None) -> Reply:
        """The preview of loading a file."""
        refused = self.too_large(upload.name, len(upload.content))
        if refused is not None:
            return refused
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
            return self.preview(asker, source, f"Loading {upload.name}")
        except Unplaced as unplaced:
            return self._unplaced(asker, unplaced, source)

    def too_large(self, name: str, size: int) -> Reply | None:
        """Why a file of `size` bytes is not loaded; platforms ask before they fetch it. None when it may be."""
        limit = self.settings.limits.max_bytes
        return line(f"{name} has {size:,} bytes, {limit:,} are allowed. Nothing was changed.") if size > limit else None

    def _unplaced(self, asker: Asker, unplaced: Unplaced, source: Mapping[str, Any]) -> Reply:
        """CSV whose pack or section must be asked for."""
        if unplaced.pack:
            return line(f"{unplaced.errors[0]}. Say which: “/admin load PACK”, for instance “/admin load local”.")
        sections = list(unplaced.sections)
        key = secrets.token_urlsafe(8)
        self.state.keep_preview(key, asker.person, {**source, "sections": sections})
        buttons = tuple((Button(one, f"Ak{key}:{number}"),) for number, one in enumerate(sections))
        return Reply(pages(Answer("clarify", "Which section are these rows of?", "admin"))[0], buttons)

    def placed(self, asker: Asker, key: str, number: int, progress: Progress | None) -> Reply:
        """The preview of CSV whose section was chosen by a button."""
        found = self.state.preview(key)
        if found is None or found[1] != self.state.alias(asker.person) or number >= len(found[2].get("sections", ())):
            return Reply(notice=GONE)
        source = found[2]
        upload = Upload(source["file"], base64.b64decode(source["data"]))
        return self.load(asker, upload, source["pack"], source["sections"][number], progress)

    def problems(self, source: Mapping[str, Any]) -> Sequence[PackError]:
        """What is wrong with a change; nothing when it can be previewed."""
        writer = self.context.writer()
        try:
            self._plan(writer, source)
        except PackRefused as refused:
            return refused.errors
        finally:
            writer.close()
        return ()

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

    def preview(self, asker: Asker, source: Mapping[str, Any], doing: str, before: str = "") -> Reply:
        """What a change would do, with buttons to confirm or cancel it; `before` is a line over it."""
        writer = self.context.writer()
        try:
            plan = self._plan(writer, source)
        except Unplaced:
            raise
        except PackRefused as refused:
            return self._errors(asker, refused.errors, doing)
        except UndoRefused as error:
            return line(str(error))
        else:
            base = _base(writer, plan.pack, source)
        finally:
            writer.close()
        answer = preview(plan, self.context.store, doing)
        if before:
            answer = replace(answer, read_as=before)
        if not plan.changes:
            return Reply(pages(answer)[0])
        key = secrets.token_urlsafe(8)
        body = {"source": source, "plan": _plan_json(plan), "doing": doing, "place": asker.place, "base": base}
        self.state.keep_preview(key, asker.person, body)
        return self.context.listed(asker, answer, preview=key)

    def _errors(self, asker: Asker, errors: Sequence[PackError], doing: str) -> Reply:
        count = f"{len(errors)} error{'s' if len(errors) > 1 else ''}"
        answer = Answer(
            "chat",
            f"{doing}: {count}; nothing was changed.",
            "errors",
            blocks=(Block("", tuple(Line(str(one)) for one in errors)),),
        )
        return self.context.listed(asker, answer)

    def decide(self, asker: Asker, key: str, confirmed: bool, progress: Progress | None) -> Reply:
        """A yes or no to a preview."""
        found = self.state.preview(key)
        if found is None:
            return Reply(notice=GONE)
        age, owner, body = found
        if owner != self.state.alias(asker.person) or body["place"] != asker.place:
            self.state.record(who(asker), asker.place, "deciding on another's preview", refused=True)
            return Reply(notice=NOT_YOUR_PREVIEW)
        if not self.state.take_preview(key):
            return Reply(notice=GONE)
        if age > PREVIEW_SECONDS:
            return replace(line(EXPIRED), edit=True)
        if not confirmed:
            return replace(line(f"{body['doing']}: cancelled. Nothing was changed."), edit=True)
        try:
            return replace(self._apply(asker, body, progress), edit=True)
        except (Stopped, sqlite3.Error, OSError) as error:
            # Rolled back, so the same preview can be confirmed again.
            self.state.keep_preview(key, asker.person, body, age)
            if not isinstance(error, Stopped):
                log.error("a load failed: %s", error)
            text = STOPPED if isinstance(error, Stopped) else f"{body['doing']}: the facts could not be written ({error})."
            again = Answer("chat", f"{text} Nothing was changed; you can confirm again.", "preview")
            return replace(self.context.listed(asker, again, preview=key), edit=True)

    def _apply(self, asker: Asker, body: Mapping[str, Any], progress: Progress | None) -> Reply:
        plan = _plan_of(body["plan"])
        writer = self.context.writer()

        def told(done: int, total: int) -> None:
            if self.context.stopping.is_set():
                raise Stopped
            if progress is not None:
                progress(f"{body['doing']}: {done:,} of {total:,} rows …")

        try:
            if _base(writer, plan.pack, body["source"]) != body["base"]:
                raise Outdated
            number = apply_plan(writer, plan, who(asker), asker.place, told)
        except Outdated:
            again = "The facts were changed meanwhile, so nothing was done. This is what it would change now."
            return self.preview(asker, body["source"], body["doing"], before=again)
        finally:
            writer.close()
        new, changed, gone = plan.counts
        counts = f"pack {plan.pack}, {new:,} new, {changed:,} changed, {gone:,} gone"
        self.state.record(who(asker), asker.place, f"load {number}: {counts}", refused=False)
        done = line(f"Done: load {number}. {body['doing']}: {counts}. /admin undo {number} takes it back.")
        return replace(done, announce=f"{who(asker)}: load {number}, {body['doing']}: {counts}.")


def _base(writer: FactWriter, pack: str, source: Mapping[str, Any]) -> int:
    """The newest load of a pack that a file is to say the whole of: rows that came later would silently stay."""
    if source["kind"] != "file" or source["pack"]:
        return 0
    last = last_load(writer.history(), pack)
    return last.number if last else 0


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
