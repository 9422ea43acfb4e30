"""Three truths (yes, no, and None for not recorded) and what all, any and none of several of them make: Kleene's tables."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

Truth = Literal["yes", "no"] | None


def negated(truth: Truth) -> Truth:
    """Yes for no, no for yes; what is not recorded stays so."""
    return None if truth is None else "no" if truth == "yes" else "yes"


def all_of(truths: Iterable[Truth]) -> Truth:
    """Yes if each is, no if one is no, else not recorded."""
    found = set(truths)
    return "no" if "no" in found else None if None in found or not found else "yes"


def any_of(truths: Iterable[Truth]) -> Truth:
    """Yes if one is, no if each is no, else not recorded."""
    return negated(all_of(negated(one) for one in truths))


def none_of(truths: Iterable[Truth]) -> Truth:
    """Yes if each is no, no if one is yes, else not recorded."""
    return negated(any_of(truths))
