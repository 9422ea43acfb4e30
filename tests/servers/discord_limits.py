"""Limits of Discord's API that simcord does not check: application commands, autocomplete choices, attachments."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

JSON = dict[str, Any]
NAME = re.compile(r"[-_'\w]{1,32}")
SUB_COMMAND, SUB_GROUP = 1, 2
TOP_LEVEL = {1: 100, 2: 15, 3: 15}


def breaches(method: str, path: str, body: Any) -> list[str]:
    """What of a request body Discord would not take."""
    if method == "PUT" and path.endswith("/commands") and isinstance(body, list):
        return list(_commands(body))
    if not isinstance(body, dict):
        return []
    data = body.get("data") or {} if path.endswith("/callback") else body
    if path.endswith("/callback") and body.get("type") == 8:
        return list(_choices("autocomplete", data.get("choices") or []))
    if len(data.get("attachments") or []) > 10:
        return [f"{len(data['attachments'])} attachments"]
    return []


def _length(where: str, text: Any, most: int, least: int = 1) -> Iterator[str]:
    if not isinstance(text, str) or not least <= len(text) <= most:
        yield f"{where}: {len(text) if isinstance(text, str) else text!r}, not {least} to {most} characters"


def _choices(where: str, choices: list[JSON]) -> Iterator[str]:
    if len(choices) > 25:
        yield f"{where}: {len(choices)} choices"
    for choice in choices:
        for name in (choice.get("name"), *(choice.get("name_localizations") or {}).values()):
            yield from _length(f"{where}: choice {name!r}", name, 100)
        if isinstance(choice.get("value"), str):
            yield from _length(f"{where}: value of {choice.get('name')!r}", choice["value"], 100, 0)


def _commands(commands: list[JSON]) -> Iterator[str]:
    kinds = Counter(command.get("type", 1) for command in commands)
    yield from (f"{count} commands of type {kind}" for kind, count in kinds.items() if count > TOP_LEVEL.get(kind, 100))
    names = Counter((command.get("type", 1), command.get("name")) for command in commands)
    yield from (f"{name!r} is there {count} times" for (_, name), count in names.items() if count > 1)
    for command in commands:
        if command.get("type", 1) == 1:
            yield from _node(f"/{command.get('name')}", command)
        else:
            yield from _length(f"menu {command.get('name')!r}", command.get("name"), 32)
            if command.get("description") or command.get("options"):
                yield f"menu {command.get('name')!r} has a description or options"
        if (size := _size(command)) > 8000:
            yield f"/{command.get('name')}: {size} characters in all"


def _node(where: str, node: JSON, depth: int = 0) -> Iterator[str]:
    for name in (node.get("name"), *(node.get("name_localizations") or {}).values()):
        if not isinstance(name, str) or not NAME.fullmatch(name) or name != name.lower():
            yield f"{where}: name {name!r}"
    for text in (node.get("description"), *(node.get("description_localizations") or {}).values()):
        yield from _length(f"{where}: description", text, 100)
    options = node.get("options") or []
    if len(options) > 25:
        yield f"{where}: {len(options)} options"
    names = Counter(option.get("name") for option in options)
    yield from (f"{where}: option {name!r} is there {count} times" for name, count in names.items() if count > 1)
    needed = [bool(option.get("required")) for option in options]
    if needed != sorted(needed, reverse=True):
        yield f"{where}: a required option after an optional one"
    subs = [option.get("type") in (SUB_COMMAND, SUB_GROUP) for option in options]
    if any(subs) and (not all(subs) or depth > 1):
        yield f"{where}: sub-commands beside options, or too deep"
    for option in options:
        yield from _node(f"{where} {option.get('name')}", option, depth + 1)
        yield from _choices(f"{where} {option.get('name')}", option.get("choices") or [])
        if option.get("choices") and option.get("autocomplete"):
            yield f"{where} {option.get('name')}: choices and autocomplete"


def _size(node: JSON) -> int:
    own = 0
    for key in ("name", "description"):
        texts = [node.get(key) or "", *(node.get(f"{key}_localizations") or {}).values()]
        own += max(map(len, texts))
    own += sum(len(str(choice.get("name", ""))) + len(str(choice.get("value", ""))) for choice in node.get("choices") or [])
    return own + sum(map(_size, node.get("options") or []))
