"""The words of questions and what they mean (lexicon.txt), and which word a slip of typing was meant to be."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from itertools import pairwise

from rapidfuzz.distance import OSA

from bot.reading.dates import MONTHS
from bot.reading.inflection import inflected
from bot.reading.numbers import NUMBER_WORDS
from knowledge.text import slips, words

FILLER, NOUN, LIGHT, CARRIER, OPERATOR = "-", "noun", "light", "carrier", "op"
LAST = frozenset([NOUN, LIGHT, CARRIER])
"""What a form is besides, when it means something of its own."""
VERB = "~"
"""Stands before a verb of which all forms mean the same."""
_ROUND_WORDS = frozenset(["latest", "penultimate", "previous", "recent", "following", "inaugural", "preceding"])


@dataclass(frozen=True, slots=True)
class Sense:
    """One meaning of a form: its token class, and a value ("act" has "asked")."""

    token_class: str
    value: str = ""


class Vocabulary:
    """Forms of one or more folded words → their senses; built once, at start."""

    def __init__(self, lines: Iterable[str], ordinary: Iterable[str], foreign: Iterable[str] = ()) -> None:
        self.forms: dict[tuple[str, ...], tuple[Sense, ...]] = {}
        self.ordinary = frozenset(ordinary)
        self.foreign = frozenset(foreign)
        self.words: set[str] = set()
        self._near: dict[str, list[str]] = defaultdict(list)
        verbs: list[tuple[str, Sense]] = []
        for line in lines:
            head, _, forms = line.partition(":")
            if line.startswith("#") or not forms.strip():
                continue
            token_class, _, value = head.strip().partition("=")
            sense = Sense(token_class, value)
            for form in map(str.strip, forms.split(",")):
                if form.startswith(VERB):
                    verbs.append((form.removeprefix(VERB), sense))
                else:
                    self._add(form, sense)
        # What a form is said to mean goes before what it would mean as the form of a verb: "meeting", "opening".
        said = {form for form, senses in self.forms.items() if any(one.token_class not in LAST for one in senses)}
        for verb, sense in verbs:
            for form in inflected(verb):
                if words(form) not in said or form == verb:
                    self._add(form, sense)
        # "Demands" is an act first, and one that a noun names; "raise" is one, and may carry another.
        self.forms = {key: tuple(sorted(senses, key=lambda one: one.token_class in LAST)) for key, senses in self.forms.items()}
        # The most words of a form that starts with a word.
        self.longest: dict[str, int] = {}
        for key in self.forms:
            self.longest[key[0]] = max(len(key), self.longest.get(key[0], 0))
        self.words = {word for form in self.forms for word in form} | NUMBER_WORDS | MONTHS.keys() | _ROUND_WORDS
        # What is never a slip of another word: "three" is not "there".
        self.meant = NUMBER_WORDS | {
            word for form, senses in self.forms.items() if senses[0].token_class == OPERATOR for word in form
        }
        self.longest_word = max(map(len, self.words), default=0)
        for word in self.words:
            for slip in near_slips(word):
                self._near[slip].append(word)

    def _add(self, form: str, sense: Sense) -> None:
        key = words(form) or tuple(form.split())
        if sense not in self.forms.get(key, ()):
            self.forms[key] = (*self.forms.get(key, ()), sense)

    def senses(self, form: tuple[str, ...]) -> tuple[Sense, ...]:
        """What a form means; nothing when it is none of ours."""
        return self.forms.get(form, ())

    def near(self, word: str) -> set[str]:
        """Words of ours that `word` may be a slip of."""
        return {known for key in near_slips(word) for known in self._near.get(key, ())}


def near_slips(word: str) -> set[str]:
    """The keys of knowledge.text.slips, for words of three letters too."""
    keys = slips(word)
    if len(word) == 3:
        keys |= {word[:i] + word[i + 1 :] for i in range(3)}
    return keys


def far_slips(word: str) -> set[str]:
    """For words of five letters or more, what is left of them without two letters: two slips in one word."""
    if len(word) < 5:
        return set()
    keys = {word[:i] + word[i + 1 :] for i in range(len(word))}
    return keys | {one[:i] + one[i + 1 :] for one in keys for i in range(len(one))}


_DOUBLE = re.compile(r"(.)\1+")
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_NEIGHBOURS = {(a, b) for row in _ROWS for pair in pairwise(row) for a, b in (pair, pair[::-1])}
_BESIDE = {a: tuple(sorted(b for one, b in _NEIGHBOURS if one == a)) for a, _ in _NEIGHBOURS}


def closeness(typed: str, known: str) -> float:
    """How likely `typed` is a slip of `known`, up to 1: one slip in four letters gives 0.75, of a next key or a swap more."""
    near = float(OSA.normalized_similarity(typed, known))
    if len(typed) == len(known):
        changed = [(a, b) for a, b in zip(typed, known, strict=True) if a != b]
        swapped = len(changed) == 2 and changed[0] == changed[1][::-1] and OSA.distance(typed, known) == 1
        if swapped or (len(changed) == 1 and changed[0] in _NEIGHBOURS):
            near += 0.05
    if typed[0] != known[0]:
        near -= 0.12
    if typed[-1] != known[-1]:
        near -= 0.02
    if len(typed) > len(known) and _DOUBLE.sub(r"\1", typed) == _DOUBLE.sub(r"\1", known):
        near += 0.04
    return near


@lru_cache(10_000)
def repairs(typed: str) -> frozenset[str]:
    """What a word may have been before its last slip, the first letter kept: a swap, a doubled letter, a neighbouring key.

    A letter left out is not put back here: what is compared knows of words less a letter.
    """
    found = set()
    for at in range(1, len(typed)):
        before, letter, after = typed[:at], typed[at], typed[at + 1 :]
        found |= {before + key + after for key in _BESIDE.get(letter, ())}
        if after and after[0] != letter:
            found.add(before + after[0] + letter + after[1:])
        if letter == typed[at - 1]:
            found.add(before + after)
    return frozenset(found)


@lru_cache(20_000)
def typed_for(typed: str, known: str) -> bool:
    """Whether two slips of fingers make `typed` of `known`: letters swapped, left out, doubled, of a neighbouring key."""
    if typed[0] != known[0] or not -3 < len(typed) - len(known) < 3:
        return False
    steps = repairs(known) | {known[:at] + known[at : at + 1] + known[at:] for at in range(1, len(known))}
    shorter = {known[:at] + known[at + 1 :] for at in range(1, len(known))}
    before = repairs(typed) | {typed}
    if (steps | shorter | {known}) & before:
        return True
    left_out = {one[:at] + one[at + 1 :] for one in steps | shorter for at in range(1, len(one))}
    return typed in left_out


def _read(name: str) -> list[str]:
    return resources.files("bot.reading").joinpath(name).read_text(encoding="utf-8").splitlines()


@cache
def vocabulary() -> Vocabulary:
    """The vocabulary that the bot ships with."""
    ordinary = (word for word in _read("ordinary.txt") if not word.startswith("#"))
    foreign = (word for line in _read("foreign.txt") if not line.startswith("#") for word in line.split())
    return Vocabulary(_read("lexicon.txt"), ordinary, foreign)
