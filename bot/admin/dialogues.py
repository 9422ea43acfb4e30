"""One fact by hand: step by step in a dialogue, or by a filled form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.admin.context import AdminContext
from bot.admin.forms import SECTION_OF_FORM, Filler, FormField, form
from bot.admin.previews import Previews
from bot.chat.desk import TOO_OLD, Asker, Button, Reply, line
from bot.telling.answer import Answer, pages

CHOICES = 8
SHORT = 14
LONGEST_FIELD = 4_000
LEFT = "Left; nothing was changed."
LEAVING = ("cancel", "/cancel", "stop", "leave")


class Dialogues:
    """Fills in forms; how far somebody has got outlives a restart."""

    def __init__(self, context: AdminContext, previews: Previews, filler: Filler) -> None:
        self.context = context
        self.state = context.state
        self.previews = previews
        self.filler = filler
        self.under_way = set(self.state.dialogues())

    def row_preview(self, asker: Asker, kind: str, typed: Mapping[str, str]) -> Reply:
        """The preview of one fact that a filled form says."""
        return self.previews.preview(asker, self._source(kind, typed), f"Adding one fact ({kind})")

    def _source(self, kind: str, typed: Mapping[str, str]) -> dict[str, Any]:
        section, row = self.filler.row(kind, typed)
        return {"kind": "rows", "rows": [[section, row]]}

    def typed(self, asker: Asker, text: str) -> Reply | None:
        """The next step of a dialogue under way, or None when there is none."""
        dialogue = self.state.dialogue(asker.conversation)
        if dialogue is None:
            # It lapsed: what is written now is a question again.
            self.under_way.discard(self.state.alias(asker.conversation))
            return None
        if text.strip().lower() in LEAVING:
            return self._leave(asker)
        return self._answered(asker, dialogue, text.strip()[:LONGEST_FIELD])

    def begin(self, asker: Asker, kind: str, asked: str = "") -> Reply:
        """Asks for the first field of a form, or for the kind of fact; `asked` is a question that it would answer."""
        if kind in SECTION_OF_FORM:
            return self._ask(asker, {"kind": kind, "given": {}, "skipped": []})
        kinds = list(SECTION_OF_FORM)
        key = self.context.keep(asker, {"kinds": kinds})
        text = f"What kind of fact would answer “{asked}”?" if asked else "What kind of fact?"
        buttons = tuple((Button(one, f"Ad{key}:{number}"),) for number, one in enumerate(kinds))
        return Reply(pages(Answer("clarify", text, "add"))[0], buttons)

    def stepped(self, asker: Asker, verb: str, record: Mapping[str, Any], number: int) -> Reply:
        """A button of a dialogue: a choice (d), skip (s), that is all (a), leave (e)."""
        if "kinds" in record:
            return self.begin(asker, record["kinds"][number])
        dialogue = self.state.dialogue(asker.conversation)
        field = _next(dialogue) if dialogue else None
        if verb == "e" and dialogue:
            return replace(self._leave(asker), edit=True)
        if dialogue is None or field is None or field.name != record["field"]:
            return Reply(notice=TOO_OLD)
        if verb == "d":
            return self._answered(asker, dialogue, record["values"][number])
        dialogue["skipped"] += [one.name for one in form(dialogue["kind"]) if not one.required] if verb == "a" else [field.name]
        return self._ask(asker, dialogue)

    def _leave(self, asker: Asker) -> Reply:
        self._keep(asker, None)
        return line(LEFT)

    def _keep(self, asker: Asker, dialogue: dict[str, Any] | None) -> None:
        self.state.keep_dialogue(asker.conversation, dialogue)
        if dialogue is None:
            self.under_way.discard(self.state.alias(asker.conversation))
        else:
            self.under_way.add(self.state.alias(asker.conversation))

    def _answered(self, asker: Asker, dialogue: dict[str, Any], text: str) -> Reply:
        field = _next(dialogue)
        if field is not None and text:
            dialogue["given"][field.name] = text
        return self._ask(asker, dialogue)

    def _ask(self, asker: Asker, dialogue: dict[str, Any]) -> Reply:
        """Asks for the next open field; when none is left, the preview."""
        field = _next(dialogue)
        told = ""
        if field is None:
            errors = self.previews.problems(self._source(dialogue["kind"], dialogue["given"]))
            wrong = {error.field for error in errors} & dialogue["given"].keys()
            if not wrong:
                self._keep(asker, None)
                return self.row_preview(asker, dialogue["kind"], dialogue["given"])
            # What is right is kept; what is wrong is asked for again.
            dialogue["given"] = {name: value for name, value in dialogue["given"].items() if name not in wrong}
            dialogue["skipped"] = [name for name in dialogue["skipped"] if name not in wrong]
            told = (
                " ".join(f"{error.field}: {error.problem}." for error in errors if error.field in wrong)[:1_000]
                + " Once more: "
            )
            field = _next(dialogue)
            assert field is not None
        self._keep(asker, dialogue)
        offered = self.filler.choices(field, most=max(CHOICES, len(field.choices)))
        key = self.context.keep(asker, {"field": field.name, "values": [one.value for one in offered]})
        offers = [Button(one.label[:60], f"Ad{key}:{number}") for number, one in enumerate(offered)]
        wide = 3 if all(len(one.label) <= SHORT for one in offers) else 1
        rows = [tuple(offers[at : at + wide]) for at in range(0, len(offers), wide)]
        last = [] if field.required else [Button("skip", f"As{key}"), Button("that is all", f"Aa{key}")]
        text = f"{told}{field.name}: {field.prompt}.{'' if field.required else ' (optional)'} “cancel” leaves."
        return Reply(pages(Answer("clarify", text, "add"))[0], (*rows, (*last, Button("leave", f"Ae{key}"))))


def _next(dialogue: Mapping[str, Any]) -> FormField | None:
    """The first field that was neither given nor skipped."""
    done = {*dialogue["given"], *dialogue["skipped"]}
    return next((one for one in form(dialogue["kind"]) if one.name not in done), None)
