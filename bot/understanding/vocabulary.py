"""The words of questions and what they mean (lexicon.txt), and which word a slip of typing was meant to be."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import resources

from rapidfuzz.distance import OSA

from bot.understanding.dates import MONTHS
from bot.understanding.numbers import NUMBER_WORDS
from knowledge.text import slips, words

FILLER = "-"
_ROUND_WORDS = frozenset("latest penultimate previous recent following inaugural preceding".split())


@dataclass(frozen=True, slots=True)
class Sense:
    """One meaning of a form: its symbol, and a value ("act" has "asked")."""

    symbol: str
    value: str = ""


class Vocabulary:
    """Forms of one or more folded words → their senses; built once, at start."""

    def __init__(self, lines: Iterable[str], ordinary: Iterable[str]) -> None:
        self.forms: dict[tuple[str, ...], tuple[Sense, ...]] = {}
        self.ordinary = frozenset(ordinary)
        self.words: set[str] = set()
        self._near: dict[str, list[str]] = defaultdict(list)
        for line in lines:
            head, _, forms = line.partition(":")
            if line.startswith("#") or not forms.strip():
                continue
            symbol, _, value = head.strip().partition("=")
            for form in forms.split(","):
                key = words(form) or tuple(form.split())
                self.forms[key] = (*self.forms.get(key, ()), Sense(symbol, value))
        self.longest = max(map(len, self.forms))
        self.words = {word for form in self.forms for word in form} | NUMBER_WORDS | MONTHS.keys() | _ROUND_WORDS
        for word in self.words:
            if len(word) > 3:
                for key in slips(word):
                    self._near[key].append(word)

    def senses(self, form: tuple[str, ...]) -> tuple[Sense, ...]:
        """What a form means; nothing when it is none of ours."""
        return self.forms.get(form, ())

    def near(self, word: str) -> set[str]:
        """Words of ours that `word` may be a slip of."""
        return {known for key in slips(word) for known in self._near.get(key, ())}


def closeness(typed: str, known: str) -> float:
    """How likely `typed` is a slip of `known`, from 0 to 1: one slip of four letters gives 0.75."""
    return float(OSA.normalized_similarity(typed, known))


def _read(name: str) -> list[str]:
    return resources.files("bot.understanding").joinpath(name).read_text(encoding="utf-8").splitlines()


@cache
def vocabulary() -> Vocabulary:
    """The vocabulary that the bot ships with."""
    return Vocabulary(_read("lexicon.txt"), (word for word in _read("ordinary.txt") if not word.startswith("#")))
