"""What a Discord client sends for a command, a button and a modal, from plain Python values."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

JSON = dict[str, Any]
Resolve = Callable[[JSON, Any], Any]
CHAT_INPUT, USER_MENU, MESSAGE_MENU = 1, 2, 3
COMMAND, COMPONENT, AUTOCOMPLETE, SUBMIT = 2, 3, 4, 5
SUBS = (1, 2)
ROW, BUTTON, TEXT_INPUT, TEXT, LABEL, FILES = 1, 2, 4, 10, 18, 19


class NotOffered(LookupError):
    """A real client would not let the user do this."""


def slash_data(
    command: JSON, path: Sequence[str], options: Mapping[str, Any] | list[JSON], resolve: Resolve, focused: str | None = None
) -> JSON:
    """The data of a slash command or of its autocomplete; a list of options is sent as it is."""
    node, wrappers = command, []
    for name in path:
        node = next((option for option in node.get("options") or [] if option["name"] == name and option["type"] in SUBS), {})
        if not node:
            raise NotOffered(f"/{command['name']} has no sub-command {name!r}")
        wrappers.append({"name": name, "type": node["type"]})
    declared = {option["name"]: option for option in node.get("options") or []}
    if any(option["type"] in SUBS for option in declared.values()):
        raise NotOffered(f"/{command['name']} wants one of the sub-commands {list(declared)}")
    built = options if isinstance(options, list) else list(_options(declared, options, resolve, focused))
    for wrapper in reversed(wrappers):
        built = [{**wrapper, "options": built}]
    return {"id": command["id"], "name": command["name"], "type": CHAT_INPUT, "options": built}


def _options(declared: dict[str, JSON], values: Mapping[str, Any], resolve: Resolve, focused: str | None) -> Iterator[JSON]:
    missing = [name for name, option in declared.items() if option.get("required") and name not in values]
    if missing and focused is None:
        raise NotOffered(f"required: {missing}")
    for name, value in values.items():
        option = declared.get(name)
        if option is None:
            raise NotOffered(f"no option {name!r} among {list(declared)}")
        if name == focused:
            if not option.get("autocomplete"):
                raise NotOffered(f"option {name!r} has no autocomplete")
            yield {"name": name, "type": option["type"], "value": value, "focused": True}
        else:
            yield {"name": name, "type": option["type"], "value": resolve(option, value)}


def components(parts: Sequence[JSON] | JSON | None) -> Iterator[JSON]:
    """Every component of a message or modal, however deep."""
    for part in [parts] if isinstance(parts, dict) else parts or []:
        yield part
        yield from components(part.get("components"))
        yield from components(part.get("accessory"))
        yield from components(part.get("component"))


def component_data(message: JSON, custom_id: str, values: Sequence[str] | None) -> JSON:
    """The data of a press on a button, named by its custom_id or label, or of a choice in a select menu."""
    active = [part for part in components(message.get("components")) if part.get("custom_id")]
    found = [part for part in active if custom_id in (part["custom_id"], part.get("label"))]
    if len(found) != 1 or found[0].get("disabled"):
        raise NotOffered(f"{custom_id!r} is {len(found)} times, or disabled, among {active}")
    (part,) = found
    data: JSON = {"custom_id": part["custom_id"], "component_type": part["type"], "id": part.get("id", 0)}
    if part["type"] != BUTTON:
        known = {option["value"] for option in part.get("options") or []}
        if not values or (known and not known.issuperset(values)):
            raise NotOffered(f"{values!r} are not among {known}")
        data["values"] = list(values)
    return data


def modal_data(custom_id: str, shown: JSON | None, values: Mapping[str, Any], upload: Callable[[str, bytes], str]) -> JSON:
    """The data of a submitted modal; values go by custom_id or label, and text obeys the input's limits."""
    if shown is None:
        rows = [{"type": ROW, "components": [{"type": TEXT_INPUT, "custom_id": k, "value": v}]} for k, v in values.items()]
        return {"custom_id": custom_id, "components": rows}
    left = dict(values)
    built = [_submitted(part, left, upload) for part in shown["components"]]
    if left:
        raise NotOffered(f"no inputs {list(left)} in {shown}")
    return {"custom_id": shown["custom_id"], "components": built}


def _submitted(part: JSON, left: dict[str, Any], upload: Callable[[str, bytes], str], label: str = "") -> JSON:
    sent: JSON = {"type": part["type"], "id": part.get("id", 0)}
    if part["type"] == TEXT:
        return sent
    if part["type"] == ROW:
        return sent | {"components": [_submitted(child, left, upload) for child in part["components"]]}
    if part["type"] == LABEL:
        return sent | {"component": _submitted(part["component"], left, upload, part["label"])}
    name = next((name for name in (part["custom_id"], part.get("label"), label) if name in left), None)
    value = left.pop(name) if name is not None else part.get("value", "" if part["type"] == TEXT_INPUT else [])
    sent["custom_id"] = part["custom_id"]
    if part["type"] == TEXT_INPUT:
        least, most = part.get("min_length") or 0, part.get("max_length") or 4000
        if (part.get("required", True) and not value) or (value and not least <= len(value) <= most):
            raise NotOffered(f"{len(value)} characters in {part}")
    elif part["type"] == FILES:
        value = [upload(*file) for file in value]
    return sent | {"values" if isinstance(value, list | tuple) else "value": value}
