"""Folding of text: one form for names and questions, whatever the script, accents or punctuation."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from anyascii import anyascii

_ABBREVIATION = re.compile(r"\b(?:[A-Za-z]\.){2,}")
_POSSESSIVE = re.compile(r"(?<=[a-z0-9])'s\b|(?<=s)'(?![a-z])")
_WORD = re.compile(r"[a-z0-9]+")
_TOKEN = re.compile(r"[^\W_]+(?:'[^\W_]+)*'?")
_SPAN = re.compile(r"(?<![\d./:-])(\d{1,2})\s?[-–—]\s?(\d{1,2})(?![\d./:-])")
_NO_COUNT = re.compile(r"(?<![\d.])\d+\.\d+(?![\d.])|(?<=\s)-\d+")
_AS_COUNTED = re.compile(r"\d+point\d+|minus\d+")
_SENTENCE_END = re.compile(r"[.!?]")
_APOSTROPHES = str.maketrans(dict.fromkeys("’ʼ‘`´′", "'"))
_VOWELS = re.compile(r"(?<=.)[aeiouyhw]+")
_DOUBLES = re.compile(r"(.)\1+")
_SOUNDS = str.maketrans({"c": "k", "q": "k", "z": "s", "v": "f", "j": "g"})

# The transliteration tables load on first use; the scripts that names come in are touched here, at import, not on a question.
anyascii("éşАاא")


def fold(text: str) -> str:
    """`text` in lower-case ASCII: accents folded, other scripts transliterated, "U.S." as "us"."""
    if not text.isascii():
        text = anyascii(unicodedata.normalize("NFKC", text.translate(_APOSTROPHES)))
    return _ABBREVIATION.sub(lambda match: match[0].replace(".", ""), text).lower()


def words(text: str) -> tuple[str, ...]:
    """The folded words of a name; hyphens part words, possessives and apostrophes go."""
    return tuple(_WORD.findall(_POSSESSIVE.sub("", fold(text)).replace("'", "")))


@lru_cache(20_000)
def norm(name: str) -> str:
    """The form under which a name is looked up: its folded words, a blank between them."""
    return " ".join(words(name))


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a question: folded, and as it was typed."""

    word: str
    typed: str
    possessive: bool = False
    first: bool = False

    @property
    def capital(self) -> bool:
        """Whether it was typed with a capital for its own sake (not as the first word of a sentence)."""
        return self.typed[:1].isupper() and not self.first

    @property
    def shouted(self) -> bool:
        """Whether it was typed in capitals: "US"."""
        return len(self.typed) > 1 and self.typed.isupper()


def tokens(text: str) -> tuple[Token, ...]:
    """The words of a question, in order, each folded and as typed; "Tohmeh's" is one with `possessive` set."""
    found: list[Token] = []
    text = unicodedata.normalize("NFKC", text.translate(_APOSTROPHES))
    text = _ABBREVIATION.sub(lambda match: match[0].replace(".", "") + " ", text)
    text = _SPAN.sub(r"\1 to \2", text)
    # No round has such a number; parted, its digits would read as one.
    text = _NO_COUNT.sub(lambda match: match[0].replace(".", "point").replace("-", "minus"), text)
    end = 0
    for match in _TOKEN.finditer(text):
        first = not found or bool(_SENTENCE_END.search(text, end, match.start()))
        end = match.end()
        if match[0].isascii() and match[0].isalpha():
            # Most words are plain: nothing to fold but the case.
            found.append(Token(match[0].lower(), match[0], False, first))
            continue
        folded = fold(match[0])
        bare = _POSSESSIVE.sub("", folded)
        typed = _AS_COUNTED.sub(lambda count: count[0].replace("point", ".").replace("minus", "-"), match[0])
        for word in _WORD.findall(bare.replace("'", "")):
            found.append(Token(word, typed, bare != folded, first))
            first = False
    return tuple(found)


def skeleton(word: str) -> str:
    """How a folded word sounds, roughly: consonants after the first letter, doubles and kin folded.

    "lavrentyev", "lavrentiev" and "lavrentev" share one.
    """
    return _DOUBLES.sub(r"\1", _VOWELS.sub("", word.translate(_SOUNDS)))


def slips(word: str) -> set[str]:
    """Keys under which a word is found although a letter of it was slipped: itself, less one letter, its sound.

    Two words that share a key differ by at most one insertion, deletion, replacement or swap, or by vowels.
    """
    keys = {word} | {word[:i] + word[i + 1 :] for i in range(len(word))} if len(word) > 3 else {word}
    sound = skeleton(word)
    if len(sound) > 2:
        keys.add("~" + sound)
    return keys
