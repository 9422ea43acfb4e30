"""Whether a statement's text completes "<speaker> <act> …" as it stands."""

from __future__ import annotations

import re

_STARTS = re.compile(r"[^\W_]|[“\"(‘']")
_ENDS = re.compile(r"[.;:,]$")


def reads_on(act: str, text: str) -> bool:
    """Whether `text` reads on after its act: "hoped that …", "refused to …"; no sentence of its own, no full stop."""
    first = text.split()[0].lower()
    if not _STARTS.match(text) or _ENDS.search(text) or first in (act, "he", "she", "they"):
        return False
    return act != "hoped" or first in ("that", "for", "to", "in", "together", "through", "with", "on")
