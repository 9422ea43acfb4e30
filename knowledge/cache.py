"""What look-ups found, kept for as long as the facts stay what they are."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from functools import cache, lru_cache
from typing import Any, TypeVar

import msgspec

from knowledge.facts import Actor, Attendance, Event, Round, Source, Statement, Talks, Topic

F = TypeVar("F", Actor, Attendance, Event, Round, Source, Statement, Talks, Topic)
_V = TypeVar("_V")
MOST = 4_000
"""How many things of a sort are kept; beyond it that sort is forgotten. Of phrases more: most mean nothing."""
PHRASES = 20_000


class Cache:
    """Things found, by sort and key; usable only while `open`, which is while one state of the facts is looked at."""

    def __init__(self) -> None:
        self.open = False
        self._version = -1
        self._sorts: dict[str, dict[Any, Any]] = {}

    def see(self, version: int) -> None:
        """Told the state of the file: forgets everything when it is another than before."""
        if version != self._version:
            self.forget()
            self._version = version

    def forget(self) -> None:
        """Forgets everything."""
        self._sorts.clear()

    def one(self, sort: str, key: Hashable, find: Callable[[], _V]) -> _V:
        """The thing of a sort with this key, looked for when it is not kept."""
        if not self.open:
            return find()
        things = self._of(sort)
        if key not in things:
            things[key] = find()
        found: _V = things[key]
        return found

    def many(self, sort: str, keys: Iterable[str], find: Callable[[list[str]], dict[str, _V]]) -> dict[str, _V]:
        """The things of a sort with these keys, those looked for that are not kept; what there is not is left out."""
        wanted = sorted(set(keys))
        if not self.open:
            return find(wanted)
        things = self._of(sort)
        lacking = [key for key in wanted if key not in things]
        if lacking:
            found = find(lacking)
            things.update((key, found.get(key)) for key in lacking)
        return {key: things[key] for key in wanted if things[key] is not None}

    def _of(self, sort: str) -> dict[Any, Any]:
        things = self._sorts.setdefault(sort, {})
        if len(things) > (PHRASES if sort == "names" else MOST):
            things.clear()
        return things


def fact_of(kind: type[F], body: str) -> F:
    """The fact that a stored body describes; facts never change, so the same body gives the same one."""
    found: F = _fact_of(kind, body)  # type: ignore[arg-type]  # a class is hashable
    return found


@cache
def _decoder(kind: type[Any]) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(kind)


@lru_cache(MOST)
def _fact_of(kind: type[Any], body: str) -> Any:
    return _decoder(kind).decode(body)  # type: ignore[arg-type]  # a class is hashable
