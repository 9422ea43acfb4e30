"""Taking a fact back: found by its key, or by the question that it answers."""

from __future__ import annotations

from bot.admin.context import AdminContext
from bot.admin.previews import Previews
from bot.chat.desk import Asker, Button, Reply, line
from bot.dialogue.service import TalksBot
from bot.telling.answer import Answer, Block, Line, pages
from knowledge.packs.fields import DESCRIBED, FACTS

CANDIDATES = 6
HOW = "Say what and why: /admin retract astana/21:jordan because the source was withdrawn."


class Retracting:
    """Finds the fact that is meant, and previews its retraction."""

    def __init__(self, context: AdminContext, previews: Previews, bot: TalksBot) -> None:
        self.context = context
        self.previews = previews
        self.bot = bot

    def retract(self, asker: Asker, fact: str, reason: str) -> Reply:
        """The preview of taking a fact back; where several may be meant, a choice of them."""
        if not fact or not reason:
            return line(HOW)
        found = self._by_key(fact)
        if len(found) == 1:
            return self.preview(asker, *found[0], reason)
        chat = f"admin:{asker.conversation}"
        answer = self.bot.ask(chat, fact)
        self.bot.conversations.forget(chat)
        facts = found or [(one.KIND, one.key) for one in answer.facts if one.KIND in FACTS][:CANDIDATES]
        if not facts:
            return line(f"No recorded fact has the key “{fact[:100]}” or says that. Name its key, or ask for it in a question.")
        key = self.context.keep(asker, {"facts": facts, "reason": reason})
        said = () if found else tuple(Line(one.text) for one in answer.lines[:CANDIDATES])
        buttons = tuple((Button(f"{kind} {one}"[:60], f"Ar{key}:{number}"),) for number, (kind, one) in enumerate(facts))
        which = Answer("clarify", "Which of these facts?", "retract", blocks=(Block("", said),) if said else ())
        return Reply(pages(which)[0], buttons)

    def preview(self, asker: Asker, kind: str, key: str, reason: str) -> Reply:
        """The preview of taking one fact back."""
        source = {"kind": "retract", "fact_kind": kind, "key": key, "reason": reason}
        return self.previews.preview(asker, source, f"Taking back {kind} {key}")

    def _by_key(self, key: str) -> list[tuple[str, str]]:
        writer = self.context.writer()
        try:
            return [(kind, key) for kind in (*FACTS, *DESCRIBED) if writer.described(kind, [key]).get(key)]
        finally:
            writer.close()
