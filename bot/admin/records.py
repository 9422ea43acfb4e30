"""Looking back: loads, what they changed, packs and backups as files, and what people asked in vain."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from bot.admin.changes import shown
from bot.admin.context import AdminContext
from bot.chat.desk import OFF_TOPIC, Asker, Button, Reply, line
from bot.telling.answer import Answer, Block, Line, pages
from knowledge.loading.exporting import exported
from knowledge.loading.plans import Plan
from knowledge.packs import write_pack

GAPS_SHOWN = 4
WHICH = "Which load? /admin history lists their numbers: /admin {} 3."


class Records:
    """Shows what was done and what is missing."""

    def __init__(self, context: AdminContext) -> None:
        self.context = context
        self.state = context.state

    def history(self, asker: Asker) -> Reply:
        """All loads, the newest first."""
        writer = self.context.writer()
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
        return self.context.listed(
            asker, Answer("chat", "Loads, the newest first:", "history", blocks=(Block("", tuple(lines)),))
        )

    def show(self, asker: Asker, number: str) -> Reply:
        """What a load changed."""
        if not number.isdecimal() or len(number) > 9:
            return line(WHICH.format("show"))
        writer = self.context.writer()
        try:
            record = next((one for one in writer.history() if one.number == int(number)), None)
            changes = writer.load_changes(int(number))
        finally:
            writer.close()
        if record is None:
            return line(f"There is no load {number}. /admin history lists them.")
        heading = f"Load {number}: {record.at[:16]}, {record.who}, pack {record.pack}, {len(changes):,} rows."
        plan = Plan(record.pack, record.file, record.digest, tuple(changes))
        return self.context.listed(asker, shown(changes[:1_000], self.context.store, heading, plan))

    def export(self, pack: str, form_: str) -> Reply:
        """A pack as a file."""
        writer = self.context.writer()
        try:
            heads = writer.packs()
            pack = pack or (next(iter(heads)) if len(heads) == 1 else "")
            if pack not in heads:
                return line(f"Which pack? Loaded: {', '.join(heads) or 'none'}.")
            rows = exported(writer, pack)
        finally:
            writer.close()
        kind = "json" if form_ == "json" else "yaml"
        content = write_pack(pack, heads[pack], rows, kind).encode()
        return replace(line(f"Pack {pack}, {len(rows):,} rows."), file=(f"{pack}.{kind}", content))

    def backup(self, asker: Asker) -> Reply:
        """The whole database as a file, in private."""
        if not (asker.private or asker.chat == asker.user):
            return line("A backup holds everything, so I send it in private only: write /admin backup to me there.")
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "backup.db"
            writer = self.context.writer()
            try:
                writer.backup(path)
            finally:
                writer.close()
            content = path.read_bytes()
        name = f"talks-{datetime.now(UTC):%Y-%m-%d}.db"
        return replace(line(f"All facts with their record, {len(content):,} bytes."), file=(name, content))

    def gaps(self, asker: Asker, start: int = 0) -> Reply:
        """Questions without a good answer, from the one numbered `start` on."""
        found = self.state.gaps()
        others = self.state.counted(OFF_TOPIC)
        besides = f" {others:,} message{'' if others == 1 else 's'} had nothing to do with the talks." if others else ""
        if not found:
            return line(f"Nothing was asked in vain and nothing was reported.{besides}")
        part = found[start : start + GAPS_SHOWN]
        key = self.context.keep(asker, {"gaps": [one.text for one in part]})
        lines, rows = [], []
        for number, one in enumerate(part):
            last = datetime.fromtimestamp(one.last, UTC)
            label = f"{start + number + 1}"
            lines.append(Line(f"{label}: {one.count}× “{one.text}” ({one.kind}, last {last:%Y-%m-%d})", aside=one.answer))
            add = Button(f"{label}: add a fact", f"Af{key}:{number}")
            rows.append((add, Button(f"{label}: not ours", f"Ax{key}:{number}")))
        turns = [Button("‹ back", f"Ag{key}:{max(start - GAPS_SHOWN, 0)}")] if start else []
        turns += [Button("more ›", f"Ag{key}:{start + GAPS_SHOWN}")] if start + GAPS_SHOWN < len(found) else []
        heading = (
            f"{len(found)} question{'s' if len(found) > 1 else ''} without a good answer, the most frequent first.{besides}"
        )
        answer = Answer("chat", heading, "gaps", blocks=(Block("", tuple(lines)),))
        return Reply(pages(answer)[0], (*rows, *((tuple(turns),) if turns else ())))
