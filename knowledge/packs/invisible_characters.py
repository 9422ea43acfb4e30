"""Characters that nobody sees: controls, marks that turn the direction of a text, and what hides between letters."""

from __future__ import annotations

import re
import unicodedata

# All controls but tab and line breaks; zero-width space and joiners of words; overrides, embeddings and isolates of direction;
# annotations, tags and code points that are no characters. The plain marks of direction and the joiners that Arabic, Persian
# and Indian scripts are written with stay.
UNSEEN = re.compile(
    "[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x84\\x86-\\x9f\\u180e\\u200b\\u202a-\\u202e\\u2060-\\u206f\\ufeff"
    "\\ufff9-\\ufffb\\ufffe\\uffff\\ud800-\\udfff\\U000e0000-\\U000e007f]"
)
_BREAKS = re.compile(r"[\t\n\r\x85\u2028\u2029]+")


def called(char: str) -> str:
    """How a character is named in messages: "U+202E (right-to-left override)"."""
    name = unicodedata.name(char, "").lower() or {"Cc": "a control character", "Cs": "half a character"}.get(
        unicodedata.category(char), ""
    )
    return f"U+{ord(char):04X}" + (f" ({name})" if name else "")


def visible(text: str, longest: int) -> str:
    """A text of unknown origin as it may stand in a message: on one line, nothing unseen, not too long."""
    text = UNSEEN.sub(lambda match: f"<U+{ord(match[0]):04X}>", _BREAKS.sub(" ", text[: longest + 1]))
    return text if len(text) <= longest else text[: longest - 1] + "…"
