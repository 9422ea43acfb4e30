"""What `talks check` looks for: damage, clashing names, texts that do not read on, rows that no question can reach."""

from __future__ import annotations

from dataclasses import dataclass

from bot.reading.vocabulary import vocabulary
from knowledge.loading.plans import BUNDLE, BUNDLED, bundle_digest, last_load
from knowledge.loading.writer import FactWriter
from knowledge.packs.wording import reads_on
from knowledge.text import words


@dataclass(frozen=True, slots=True)
class Finding:
    """Something found: an error (the store is damaged) or a remark."""

    error: bool
    text: str


def is_ordinary(name: str) -> bool:
    """Whether a name is a word that questions consist of, so that it is a name only when it is typed as one."""
    senses = vocabulary().senses(words(name))
    return bool(senses) and not (name.isupper() and senses[0].token_class == "person")


def findings(writer: FactWriter) -> list[Finding]:
    """Everything that is found, errors first."""
    found = [Finding(True, text) for text in writer.troubles()]
    found += [Finding(True, f"migration {name} was not applied") for name in writer.pending_migrations()]
    found += [Finding(False, text) for text in _remarks(writer)]
    return found


def _remarks(writer: FactWriter) -> list[str]:
    remarks = []
    last = last_load(writer.history(), BUNDLE.removesuffix(".yaml"))
    if last is not None and last.origin != BUNDLED and last.digest != bundle_digest():
        remarks.append("a newer bundled pack “astana” waits: the one that is loaded (or was undone) is an admin's, which stays")
    remarks += [f"the name “{name}” means several {kind}s: {ids}" for name, kind, ids in writer.shared_names()]
    for _, kind, key, shown in writer.single_word_names():
        if is_ordinary(shown):
            remarks.append(
                f"the name “{shown}” of {kind} {key} is an ordinary word of questions; it counts only with a capital"
            )
    remarks += [f"one address under several sources: {ids} ({url})" for url, ids in writer.shared_urls()]
    remarks += [
        f"statement {key}: the text does not read on after “{act}”: “{text[:60]}”"
        for key, act, text in writer.statement_texts()
        if not reads_on(act, text)
    ]
    remarks += [f"no question can reach {kind} {key}: no fact names it" for kind, key in writer.unreachable()]
    return remarks
