"""Folding of text: one form for names and questions, whatever the script, accents or punctuation."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from anyascii import anyascii

_ABBREVIATION = re.compile(r"\b(?:[A-Za-z]\.){2,}")
_POSSESSIVE = re.compile(r"(?<=[a-z0-9])'s\b|(?<=s)'(?![a-z])")
_WORD = re.compile(r"[a-z0-9]+|[^\W_a-z0-9]+")
_TOKEN = re.compile(r"[^\W_]+(?:'[^\W_]+)*'?")
_SPAN = re.compile(r"(?<![\d./:-])(\d{1,2})\s?[-–—]\s?(\d{1,2})(?![\d./:-])")
_NO_COUNT = re.compile(r"(?<![\d.])\d+\.\d+(?![\d.])|(?<=\s)-\d+")
_AS_COUNTED = re.compile(r"\d+point\d+|minus\d+")
_SENTENCE_END = re.compile(r"[.!?]")
_APOSTROPHES = str.maketrans(dict.fromkeys("’ʼ‘`´′", "'"))
_VOWELS = re.compile(r"(?<=.)[aeiouyhw]+")
_DOUBLES = re.compile(r"(.)\1+")
_SOUNDS = str.maketrans({"c": "k", "q": "k", "z": "s", "v": "f", "j": "g"})
# What is spelled out in Latin letters: digits, and the scripts with letters for sounds that names of the talks are
# written in (Latin, Greek, Cyrillic, Armenian, Hebrew, Arabic, Syriac, Georgian). A syllable or a sign of others would become
# several letters that look like a slip of some word, and a sentence without blanks a single word of hundreds.
_SPELLED = re.compile(
    r"(?:[\u0000-\u077f\u0870-\u08ff\u10a0-\u10ff\u1c80-\u1cbf\u1d00-\u1fff\u2c60-\u2c7f\u2d00-\u2d2f\u2de0-\u2dff"
    r"\ua640-\ua69f\ua720-\ua7ff\uab30-\uab6f\ufb00-\ufdff\ufe70-\ufeff\u2000-\u2bff]|\d)+"
)
# Half a surrogate pair is no character: no file and no platform takes it.
_HALVES = re.compile("[\ud800-\udfff]")
# What is between characters and is not seen: joiners (but the half-space between letters, which parts words in Persian),
# marks of direction, variation selectors, tags, the frame of a keycap emoji, fillers.
_INVISIBLE = re.compile(
    "(?<![^\\W\\d_])\u200c|\u200c(?![^\\W\\d_])|[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200d-\u200f\u202a-\u202e"
    "\u2060-\u206f\u20e3\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
# These alone turn into other letters, or into two, when the case of a text is folded: a pattern that ignores case would match
# what a table of lower-case words has not.
_ODD_CASES = str.maketrans({"\u017f": "s", "\u212a": "k", "\u0130": "I", "\u0131": "i"})
_BLANKS = re.compile(r"[^\S\n]+")
_RUNS = re.compile(r"([^\w\s])\1{3,}|\n(?:\s*\n)+")

# The transliteration tables load on first use; the scripts that names come in are touched here, at import, not on a question.
anyascii("éşАاא")


def whole(text: str) -> str:
    """A text from outside that any file and platform takes: each half of a surrogate pair is U+FFFD in it."""
    return text if text.isascii() else _HALVES.sub("\ufffd", text)


def readable(text: str) -> str:
    """A text from outside with nothing in it that only a machine sees: the one form that a question is read in.

    Halves of surrogate pairs become U+FFFD; keycaps ("2️⃣") become their digits; what is not seen between letters or digits
    goes; letters whose other case is another letter ("ı", "ſ") become the plain ones; runs of blanks become one, of more than
    three equal signs three. Positions in it hold for all patterns, whether they ignore case or not. Reading it again changes
    nothing.
    """
    if not text.isascii():
        text = _INVISIBLE.sub("", whole(text)).translate(_ODD_CASES)
    return _RUNS.sub(lambda run: run[1] * 3 if run[1] else "\n", _BLANKS.sub(" ", text))


def fold(text: str) -> str:
    """`text` in lower case: accents folded, "U.S." as "us", in Latin letters where its script has letters for sounds.

    What is written in signs or syllables (Chinese, Korean, Thai …) stays as it is.
    """
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text.translate(_APOSTROPHES))
        text = _SPELLED.sub(lambda match: anyascii(match[0]), text)
        if not text.isascii():
            # Digits of scripts whose letters stay are digits all the same.
            text = "".join(anyascii(one) if one.isnumeric() and not one.isalpha() else one for one in text)
    return _ABBREVIATION.sub(lambda match: match[0].replace(".", ""), text).lower()


def words(text: str) -> tuple[str, ...]:
    """The folded words of a name, each of one script; hyphens part words, possessives and apostrophes go."""
    return tuple(_WORD.findall(_POSSESSIVE.sub("", fold(text)).replace("'", "")))


@lru_cache(20_000)
def norm(name: str) -> str:
    """The form under which a name is looked up: its folded words, a blank between them."""
    return " ".join(words(name))


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a question: folded (`fold`), and as it was typed."""

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
    text = unicodedata.normalize("NFKC", readable(text).translate(_APOSTROPHES))
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
