"""TF-IDF with logistic regression over the intents' phrasings: the usual intent classifier.

It links names, rounds and dates by the project's own grammar and exact aliases (no slips of typing are mended), learns from the
same phrasings, fills the slots in the order that the class says, and asks the project's own look-ups.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from bot.intents.base import Look
from bot.intents.catalogue import INTENTS
from bot.question import Question
from bot.question.intent import Intent
from bot.reading.linking import Linker, Span
from bot.reading.phrasings import _SLOT
from bot.reading.vocabulary import vocabulary
from bot.telling.answer import whole_text
from knowledge.store import FactStore
from tests.peers.given import REFUSED, Given, Setting, polar

Label = tuple[str, tuple[str, ...], tuple[tuple[str, str], ...]]
_KINDS = ("actor", "topic", "talks", "place", "event")
_PARTIES = ("actor", "speaker", "addressee", "mention", "role")
_SAID = {"round": "in slotround", "topic": "about slottopic", "period": "in slotperiod", "place": "in slotplace"}


def _kind(span: Span) -> str:
    return next((kind for kind in _KINDS if span.of_kind(kind)), "")


def _words(spans: Sequence[Span]) -> str:
    """The words that the classifier sees: names, rounds, dates as their kind; acts as themselves and as acts."""
    said = []
    for span in spans:
        if span.text.startswith("slot"):
            name = span.text.removeprefix("slot")
            said.append("slotactor" if name in _PARTIES else span.text)
        elif span.rounds:
            said.append("slotround")
        elif span.period:
            said.append("slotperiod")
        elif span.names:
            said.append(f"slot{_kind(span)}")
        elif span.has("act"):
            said.append(f"slotact {span.read}")
        else:
            said.append(span.read)
    return " ".join(said)


class Classifier:
    """The most likely class of a question, and what its look-up answers; how much it is smoothed is chosen by tuning."""

    options = tuple({"c": c} for c in (10.0, 100.0))

    def __init__(self, setting: Setting) -> None:
        self.store = FactStore(setting.database)
        self.linker = Linker(vocabulary(), self.store.names.meanings, lambda keys: [])
        self.intents = {intent.name: intent for intent in INTENTS}
        texts, labels = self._phrasings()
        self.labels = list(dict.fromkeys(labels))
        numbers = [self.labels.index(label) for label in labels]
        self.vectors = TfidfVectorizer(ngram_range=(1, 3), sublinear_tf=True, token_pattern=r"\S+")
        features = self.vectors.fit_transform(texts)
        self.models = {
            options["c"]: LogisticRegression(C=options["c"], max_iter=200, class_weight="balanced").fit(features, numbers)
            for options in self.options
        }

    def _phrasings(self) -> tuple[list[str], list[Label]]:
        """The phrasings, each also with the slots that its intent takes, and the class of each."""
        plain = Linker(vocabulary(), lambda norms: [], lambda keys: [])
        texts, labels = [], []
        for intent in INTENTS:
            for phrasing in intent.phrasings:
                phrase, _, settings = phrasing.partition("|")
                slots = tuple(slot for slot in _SLOT.findall(phrase) if slot in _PARTIES)
                fixed = tuple((k.strip(), v.strip()) for k, _, v in (p.partition("=") for p in settings.split(",") if p))
                said = _words(plain.spans(_SLOT.sub(r"slot\1", phrase)))
                more = [f"{said} {text}" for name, text in _SAID.items() if name in intent.takes and text not in said]
                for text in (said, *more):
                    texts.append(text)
                    labels.append((intent.name, slots, fixed))
        return texts, labels

    def guess(self, text: str, options: dict[str, Any], but: str = "") -> tuple[float, Given]:
        """(probability of the class, what its look-up answers)."""
        spans = self.linker.spans(text)
        parties = self._parties(spans)
        model = self.models[options["c"]]
        chances = model.predict_proba(self.vectors.transform([_words(spans)]))[0]
        # A class with another number of parties than the question has is not meant.
        fits = [len(self.labels[number][1]) == len(parties) for number in model.classes_]
        chances = np.where(fits, chances, chances * 0.1)
        at = int(chances.argmax())
        label = self.labels[model.classes_[at]]
        question = self._question(label, spans, parties, text)
        return float(chances[at]), self._answer(self.intents[label[0]], question)

    def _parties(self, spans: Sequence[Span]) -> list[tuple[str, ...]]:
        """The actors named, those that "and" joins as one."""
        found: list[tuple[str, ...]] = []
        joined = False
        for span in spans:
            if _kind(span) == "actor":
                ids = tuple(name.id for name in span.of_kind("actor"))
                if joined and found:
                    found[-1] += ids
                else:
                    found.append(ids)
                joined = False
            else:
                joined = span.read == "and"
        return found

    def _question(self, label: Label, spans: Sequence[Span], parties: list[tuple[str, ...]], text: str) -> Question:
        name, slots, fixed = label
        values: dict[str, Any] = {
            "rounds": tuple(span.rounds for span in spans if span.rounds),
            "period": next((span.period for span in spans if span.period), None),
            "acts": tuple(s.value for p in spans for s in p.senses if s.token_class == "act"),
            "talks": next((span.of_kind("talks")[0].id for span in spans if _kind(span) == "talks"), ""),
            "polar": polar(text),
        }
        for slot, kind in (("topics", "topic"), ("places", "place"), ("events", "event")):
            values[slot] = tuple(span.of_kind(kind)[0].id for span in spans if _kind(span) == kind)
        for at, slot in enumerate(slots):
            if at < len(parties):
                values[slot] = values.get(slot, ()) + parties[at] if slot != "role" else ""
        for key, value in fixed:
            if key != "missing":
                values[key] = (value,) if key in ("wants", "acts") else value
        roles = [sense.value for span in spans for sense in span.senses if sense.token_class == "role noun"]
        if roles:
            values["role"] = roles[0]
        return Question(name, **values)

    def _answer(self, intent: Intent, question: Question) -> Given:
        try:
            answer = intent.answer(question, Look(self.store, "astana"))
        except (LookupError, TypeError, AttributeError):
            # A slot that the look-up needs was not filled.
            return REFUSED
        facts = tuple((fact.KIND, fact.key) for fact in answer.facts)
        return Given(answer.status, whole_text(answer), facts, answer.verdict)
