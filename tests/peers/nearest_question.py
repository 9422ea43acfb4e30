"""Best match by rapidfuzz over stored questions: what most "FAQ bots" are."""

from __future__ import annotations

from typing import Any

from rapidfuzz import fuzz, process, utils

from tests.peers.given import REFUSED, Given, Setting


class NearestQuestion:
    """The answer of the stored question that is most like the one asked; the scorer that serves it best is chosen by tuning."""

    options = tuple({"scorer": name} for name in ("ratio", "token_sort_ratio", "token_set_ratio", "WRatio"))

    def __init__(self, setting: Setting) -> None:
        self.stored = setting.stored
        self.texts = [utils.default_process(one.text) for one in self.stored]

    def guess(self, text: str, options: dict[str, Any], but: str = "") -> tuple[float, Given]:
        """(likeness, its answer)."""
        scorer = getattr(fuzz, options["scorer"])
        near = process.extract(utils.default_process(text), self.texts, scorer=scorer, limit=2)
        for _, score, at in near:
            if self.stored[at].id != but:
                return float(score), self.stored[at].given
        return 0.0, REFUSED
