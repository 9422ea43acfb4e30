"""Cities that are one under two names."""

from __future__ import annotations

from collections.abc import Iterable

# The Kazakh capital was called Nur-Sultan from March 2019 to September 2022 (decrees of 23 March 2019 and 17 September 2022).
_ONE_CITY = ({"astana", "nur sultan"},)


def same_city(places: Iterable[str]) -> tuple[str, ...]:
    """Folded names of places, with the other names of the same city."""
    found: dict[str, None] = {}
    for place in places:
        found.setdefault(place)
        for names in _ONE_CITY:
            if place in names:
                found.update(dict.fromkeys(sorted(names)))
    return tuple(found)
