"""What stands around a question and asks for nothing, and the shorthand of chats.

Greetings, reasons, "may I ask", "didn't it?" are cut off before a question is linked; `parted` tells a story from the
question after it. The words and forms are data (frames.txt); here is how they are used.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from importlib import resources


def _data() -> dict[str, list[str]]:
    """section → its lines, of frames.txt."""
    found: dict[str, list[str]] = defaultdict(list)
    section = ""
    for line in resources.files("bot.reading").joinpath("frames.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            section = line.strip("[]")
        elif line and not line.startswith("#"):
            found[section].append(line)
    return found


_DATA = _data()
_SECTION = re.compile(r"\{([a-z ]+)\}")
_SHORTHAND = dict(line.split(": ", 1) for line in _DATA["shorthand"])


def _any(section: str) -> str:
    """One of the forms of a section; the name of another one in braces stands for one of that."""
    forms = "|".join(_DATA[section])
    return f"(?:{_SECTION.sub(lambda named: _any(named[1]), forms)})"


_SHORT = re.compile(rf"(?<![\w'’.-])({'|'.join(_SHORTHAND)})(?![\w'’-])", re.IGNORECASE)
_HEAD = re.compile(
    rf"^\s*(?:@\w+\s+)?(?:{_any('before')}\s*(?:(?:[,:;.!–—…]+|-+\s)\s*(?:(?:but|and so|so)\s+)?|\s+but\s+)|"
    rf"{_any('before, unparted')}\s+)(?=\S)",
    re.IGNORECASE,
)
# A run of blanks and stops, entered at its start alone; "say thanks" asks whether thanks were said.
_GAP = r"(?<![\s,;:.!?–—-])[\s,;:.!?–—-]++"
_STOP = r"(?<![\s,;:.!?–—-])\s*[,;:.!?–—-][\s,;:.!?–—-]*+"
_TAIL = re.compile(
    rf"(?:(?:^|(?<!\bsay)(?<!\bsaid)(?<!\bsays)(?<!\btell){_GAP}){_any('after')}|{_STOP}{_any('after, parted')})[\s?!.,)]*$",
    re.IGNORECASE,
)
_CLAIM_AFTER = re.compile(rf"{_STOP}{_any('claim, after')}[\s?!.,)]*$", re.IGNORECASE)
_CLAIM_AT_END = re.compile(rf"{_GAP}{_any('claim, after')}\s*\?\s*$", re.IGNORECASE)
_CLAIM_BEFORE = re.compile(rf"^\s*{_any('claim, before')}\s+(?=\S)", re.IGNORECASE)
CLAIM = "is it true that "
"""Stands before what was claimed and is asked about."""
_ASIDE = re.compile(rf",\s*{_any('aside')},\s*", re.IGNORECASE)
_TAG = re.compile(
    r",\s*(?:is|was|are|were|do|does|did|has|have|had|would|could|should|wo|ca)(?P<negated>n['’]?t| not)?\s+"
    r"(?:it|he|she|they|there)(?: not)?\s*[?!.]*\s*$",
    re.IGNORECASE,
)
_NEGATION = re.compile(r"(?<=\w)n['’]?t\b|\s+not\b|\s+never\b", re.IGNORECASE)
_EMOJI = re.compile("[\U0001f000-\U0001faff☀-➿️‍]+")
_PUT = (
    (re.compile(r"#\s?(?=\d{1,3}\b)"), "round "),
    (re.compile(r"\b(?:r|rd)\s?[.#]\s?(?=\d{1,3}\b)", re.IGNORECASE), "round "),
    (re.compile(r"\bbtw (?=(?:r|rd|round|rounds)?\s?\d)", re.IGNORECASE), "between "),
    (re.compile(r"\b(?:right|just|directly|immediately|straight|shortly) (?=(?:after|before)\b)", re.IGNORECASE), ""),
    (
        re.compile(r"\bhow (long|many \w+) (?:after|before|from) (.{3,30}?) (?:was|did|is|until|till|to) ", re.IGNORECASE),
        r"how \1 between \2 and ",
    ),
    (re.compile(r"(?<=\s)@(?=\s)"), "at"),
    (re.compile(r"\s*(?:->|→|=>)\s*"), " to "),
)
_MEANT = re.compile(r"\b(?:i mean|i meant|make that)\b", re.IGNORECASE)
_NOT_BUT = re.compile(r"^\W*(?:no[,.]?\s+)?not (?:\w+\s){0,2}\w+,\s*(?:but\s+)?(?=\w)", re.IGNORECASE)
_NO = re.compile(r"^\W*(?:no|nope|nah|oh|ah)\b\W*", re.IGNORECASE)
SHORT = 7
"""Words that a correction has at most: "sorry, I meant 13"."""
TRIMS = 12
"""How many things are cut off at each end of a question at most."""
PARTS = 5
"""Sentences of a message at most of which one is found to be the question."""
_PARTS = re.compile(r"(?<=[.!?;:])\s+|\s+[-–—]+\s+|\n+")
_ASKING = re.compile(
    rf"^\W*(?:(?:and|but|so|then) )?(?:(?:at|in|to|by|from|on|under|for|with|of) )?{_any('asking')}\b", re.IGNORECASE
)
_FIRST_PERSON = re.compile(rf"\b{_any('first person')}\b", re.IGNORECASE)


def plain(text: str) -> str:
    """`text` without what asks for nothing before and after the question, and without a chat's shorthand."""
    text = without_emoji(text)
    if len(text.split()) <= SHORT and (_MEANT.search(text) or _NOT_BUT.search(text)):
        # "Not Russia, Iran": what was asked last is asked of another.
        text = f"and {_trimmed(_NO.sub('', _NOT_BUT.sub('', _MEANT.sub('', text))), 1).strip(' ,.')}"
    for pattern, put in _PUT:
        text = pattern.sub(put, text)
    text = _claimed(_trimmed(_ASIDE.sub(" ", _untagged(text))))
    return _SHORT.sub(lambda match: _SHORTHAND[match[0].lower()], text)


def without_emoji(text: str) -> str:
    """`text` without its emoji, unless it is nothing else."""
    return _EMOJI.sub(" ", text).strip() or text


def _trimmed(text: str, least: int = 2) -> str:
    """`text` less what stands around it, as long as `least` words are left."""
    for pattern in (_TAIL, _HEAD):
        for _ in range(TRIMS):
            shorter = pattern.sub("", text)
            if shorter == text or len(shorter.split()) < least:
                break
            text = shorter
    return text


def _untagged(text: str) -> str:
    """ "Jordan was there, wasn't it?" and "they weren't there, were they?" ask whether Jordan, whether they were there."""
    tag = _TAG.search(text)
    if tag is None or not text[: tag.start()].strip():
        return text
    said = text[: tag.start()]
    return CLAIM + (said if tag["negated"] else _NEGATION.sub("", said))


def _claimed(text: str) -> str:
    """ "Jordan was there, right?" and "my friend says Jordan was there" ask whether it was."""
    said = _CLAIM_AFTER.sub("", text)
    if not _ASKING.match(text):
        said = _CLAIM_AT_END.sub("", said)
    said = _CLAIM_BEFORE.sub("", said)
    if said == text or len(said.split()) < 2:
        return text
    return said if _ASKING.match(said) or said.startswith(CLAIM) else CLAIM + _trimmed(said)


@dataclass(frozen=True, slots=True)
class Parted:
    """A message that tells something and asks one question; `spoken` when it is told in the first person."""

    told: tuple[str, ...]
    asked: str
    spoken: bool


def parted(text: str) -> Parted | None:
    """What is told and what is asked in a text of several sentences of which one is a question."""
    parts = [part for part in map(str.strip, _PARTS.split(text)) if re.search(r"\w", part)]
    if not 1 < len(parts) <= PARTS:
        return None
    asked = [part for part in parts if part.endswith("?") or _ASKING.match(part)]
    told = [part for part in parts if part not in asked]
    spoken = any(_FIRST_PERSON.search(part) for part in told)
    if len(asked) != 1 or not told or not (spoken or any(part.endswith(":") for part in told)):
        return None
    return Parted(tuple(told), asked[0], spoken)
