"""What several rows that describe the same make together: the merged body, its sources, its names."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from knowledge.text import norm, words


def sources_of(body: Mapping[str, Any]) -> list[str]:
    """All sources that a row names, those of its disputes included."""
    return [
        *body.get("sources", ()),
        *(source for one in body.get("disputed", ()) for source in one.get("sources", ())),
    ]


def merge(bodies: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """One body of several that describe the same: lists add up, the first to state another field has it."""
    merged: dict[str, Any] = {}
    for body in bodies:
        for name, value in body.items():
            if isinstance(value, list) and isinstance(merged.get(name), list):
                merged[name] = [*merged[name], *(one for one in value if one not in merged[name])]
            else:
                merged.setdefault(name, value)
    return merged


_ASIDE = re.compile(r"\(.*?\)|,.*$")


def names_of(kind: str, key: str, body: Mapping[str, Any]) -> list[tuple[str, str, str, str, str]]:
    """(folded name, kind, id, sort, as written) of all names that a fact answers to."""
    found = [(body["name"], "name")]
    found += [(alias, "alias") for alias in body.get("aliases", ())]
    if kind == "actor":
        if "demonym" in body:
            found.append((body["demonym"], "demonym"))
        if "role" in body:
            found.append((_ASIDE.sub("", body["role"]), "role"))
        if body["kind"] == "person":
            found = [(name, "person" if sort in ("name", "alias") else sort) for name, sort in found]
            found += [(part, "part") for part in words(body["name"]) if len(part) > 2]
    head, of, _ = body["name"].partition(" of ")
    if kind == "event" and of and norm(body.get("place", "")) in norm(head).split():
        # "Tehran summit of the guarantors' presidents" is the Tehran summit.
        found.append((head, "alias"))
    folded = ((norm(name).removeprefix("the "), sort, name) for name, sort in found)
    return [(phrase, kind, key, sort, name) for phrase, sort, name in folded if phrase]
