"""Numbers as they are typed: "21", "21st", "twenty-first", "twenty one"."""

from __future__ import annotations

import re
from collections.abc import Sequence

_UNITS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
_TEENS = ["ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_NTH_UNITS = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth"]
_NTH_TEENS = [
    "tenth",
    "eleventh",
    "twelfth",
    "thirteenth",
    "fourteenth",
    "fifteenth",
    "sixteenth",
    "seventeenth",
    "eighteenth",
    "nineteenth",
]
_NTH_TENS = ["twentieth", "thirtieth", "fortieth", "fiftieth", "sixtieth", "seventieth", "eightieth", "ninetieth"]

CARDINALS = {word: n for n, word in enumerate([*_UNITS, *_TEENS], 1)} | {w: n * 10 for n, w in enumerate(_TENS, 2)}
ORDINALS = {word: n for n, word in enumerate([*_NTH_UNITS, *_NTH_TEENS], 1)} | {
    word: n * 10 for n, word in enumerate(_NTH_TENS, 2)
}
NUMBER_WORDS = frozenset(CARDINALS) | frozenset(ORDINALS)
_SUFFIXED = re.compile(r"(\d{1,3})(?:st|nd|rd|th)")


def cardinal(words: Sequence[str], at: int) -> tuple[int, int] | None:
    """(number, words used) of a whole number up to 9999 at a place, or None."""
    if at >= len(words):
        return None
    word = words[at]
    if word.isdigit() and len(word) <= 4:
        return int(word), 1
    if word in _TENS and at + 1 < len(words) and words[at + 1] in _UNITS:
        return CARDINALS[word] + CARDINALS[words[at + 1]], 2
    if word in CARDINALS:
        return CARDINALS[word], 1
    return None


def ordinal(words: Sequence[str], at: int) -> tuple[int, int] | None:
    """(number, words used) of an ordinal number at a place, or None."""
    if at >= len(words):
        return None
    word = words[at]
    if match := _SUFFIXED.fullmatch(word):
        return int(match[1]), 1
    if word.isdigit() and at + 1 < len(words) and words[at + 1] in ("st", "nd", "rd", "th"):
        return int(word), 2
    if word in _TENS and at + 1 < len(words) and words[at + 1] in _NTH_UNITS:
        return CARDINALS[word] + ORDINALS[words[at + 1]], 2
    if word in ORDINALS:
        return ORDINALS[word], 1
    return None
