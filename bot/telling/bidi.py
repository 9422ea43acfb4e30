"""Right-to-left text among Latin text: isolated, so that it does not turn what stands around it; overrides are taken out."""

from __future__ import annotations

import re

_OVERRIDES = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_RIGHT = "\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff"
_RUN = re.compile(f"[{_RIGHT}](?:[^A-Za-z“”()\\[\\]\n]*[{_RIGHT}])?")
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def tame(text: str) -> str:
    """`text` without control characters, each stretch of right-to-left text isolated (U+2068 … U+2069)."""
    if text.isascii() and text.isprintable():
        return text
    text = _CONTROLS.sub("", _OVERRIDES.sub("", text))
    return _RUN.sub("\u2068\\g<0>\u2069", text)
