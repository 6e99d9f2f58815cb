"""What the browser keeps of a hook that is being written, so that it can be gone on with."""

import re
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Final, cast

from dashboard.components.hook_form.draft import empty_action, empty_hook
from engine import MASK, Json, is_secret_name

_MOST_ACTIONS: Final = 10
_PLACE: Final = re.compile(r"actions\[(\d{1,2})\]\.(url|body|when)", re.ASCII)
_PLAIN: Final = frozenset({"title", "description", "condition"})


@dataclass(frozen=True, slots=True)
class Kept:
    """`at` is when, in words; `version` is that of the hook which it changes."""

    at: str
    raw: Mapping[str, Json]
    version: int | None


def without_secrets(raw: Mapping[str, Json]) -> dict[str, Json]:
    """To be kept: values of secret headers stay out."""
    copied: dict[str, Any] = deepcopy(dict(raw))
    for action in copied["actions"]:
        secret = {name.lower() for name in action["secret_headers"]}
        for name, value in action["headers"].items():
            if (name.lower() in secret or is_secret_name(name)) and value != MASK:
                action["headers"][name] = ""
    return copied


def read_kept(document: Any) -> Kept | None:
    """Whatever the browser has: None where it is not of the shape of a hook."""
    if not isinstance(document, dict):
        return None
    known = cast("dict[str, Any]", document)
    raw: Any = known.get("raw", empty_hook())
    version = known.get("version")
    if not _is_like(raw, empty_hook()) or not 1 <= len(raw["actions"]) <= _MOST_ACTIONS:
        return None
    if not all(_is_like(action, empty_action()) for action in raw["actions"]):
        return None
    typed = known.get("typed")
    if isinstance(typed, dict):
        _take(raw, cast("dict[str, Any]", typed))
    return Kept(at=str(known.get("at"))[:40], raw=raw, version=version if isinstance(version, int) else None)


def _take(raw: dict[str, Any], typed: Mapping[str, Any]) -> None:
    """What was written while the server was away."""
    for field, text in typed.items():
        if not isinstance(text, str):
            continue
        if field in _PLAIN:
            raw[field] = text
        elif (found := _PLACE.fullmatch(field)) and int(found[1]) < len(raw["actions"]):
            raw["actions"][int(found[1])][found[2]] = text


def _is_like(value: Any, example: Mapping[str, Any]) -> bool:
    """Whether an object has all of the example's fields, each of its kind, or nothing where that may be."""
    if not isinstance(value, dict):
        return False
    fields = cast("dict[str, Any]", value)
    return all(
        name in fields and (usual is None or isinstance(fields[name], type(usual))) for name, usual in example.items()
    )
