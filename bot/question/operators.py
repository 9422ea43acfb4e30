"""What the operators of a question are called."""

from __future__ import annotations

ALL_ROUNDS, ALL, NONE, ANY, BUT, OTHER = "all rounds", "all", "none", "any", "but", "other"
"""At every one of the rounds; every one of those named, none of them, one of them at least, all but those named after it; what
nobody evaluates."""
