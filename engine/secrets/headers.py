"""Secret header values: sealed in stored hooks, masked in views, plain only in the call. Pure.

Definitions carry them sealed, in memory and on disk; in plain text only between parsing and `sealed`.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Final, cast
from urllib.parse import quote, quote_plus, urlsplit

from engine.model import Action, AttemptError, HookDefinition, Request, Response
from engine.model.text.hosts import in_one_spelling

MASK: Final = "••••••••"
USUALLY_SECRET: Final = frozenset({"authorization", "proxy-authorization", "x-api-key", "cookie"})
SHORTEST: Final = 4
"""Shorter values are not searched for in responses: they would match everywhere."""

_NOT_SECRET: Final = f"{MASK} stands for a secret value. Mark this header as secret, or type its value."
_NOTHING_KEPT: Final = f"{MASK} stands for a value that is kept, and there is none under this name. Type the value."
_ELSEWHERE: Final = (
    "The address leads to another host, and only Admins may take a kept value there. Type the value again."
)


def is_secret(action: Action, header: str) -> bool:
    return header.lower() in map(str.lower, action.secret_headers)


def problems(definition: HookDefinition, stored: HookDefinition | None, *, may_move: bool) -> Iterator[tuple[str, str]]:
    """By field, what prevents `sealed`."""
    for index, action in enumerate(definition.actions):
        known = set(map(str.lower, action.headers))
        if strange := [name for name in action.secret_headers if name.lower() not in known]:
            message = f"No header of this action is called “{strange[0][:100]}”. Name only those that it has."
            yield f"actions[{index}].secret_headers", message
        for name, value in action.headers.items():
            if value == MASK and (problem := _mask_problem(action, index, name, stored, may_move=may_move)):
                yield f"actions[{index}].headers.{name[:100]}", problem


def sealed(
    definition: HookDefinition, stored: HookDefinition | None, seal: Callable[[str], str], *, may_move: bool
) -> HookDefinition:
    """Seals newly entered values; a mask stands for the header's value in `stored`."""

    def turn(index: int, action: Action, name: str, value: str) -> str:
        kept = _kept(action, index, name, stored, may_move=may_move) if value == MASK else None
        return kept or seal(value)

    return _each(definition, turn)


def turned(definition: HookDefinition, turn: Callable[[str], str]) -> HookDefinition:
    """With every secret value mapped by `turn`."""
    return _each(definition, lambda _index, _action, _name, value: turn(value))


def masked(definition: HookDefinition) -> HookDefinition:
    return turned(definition, lambda _: MASK)


def opened(action: Action, open: Callable[[str], str]) -> Action:
    """As sent. Raises what `open` does."""
    return _with_headers(action, lambda _, value: open(value))


def as_kept(request: Request, action: Action) -> Request:
    """As stored and shown."""
    if not action.secret_headers:
        return request
    headers = {name: MASK if is_secret(action, name) else value for name, value in request.headers.items()}
    return replace(request, headers=headers)


def echoes_masked(
    request: Request, action: Action, response: Response | None, error: AttemptError | None
) -> tuple[Response | None, AttemptError | None]:
    """A response without the secrets that were in the headers of its request."""
    if not action.secret_headers:
        return response, error
    spellings = sorted(_spellings(request, action), key=len, reverse=True)

    def clean(text: str) -> str:
        for spelling in spellings:
            text = text.replace(spelling, MASK)
        return text

    if response is not None:
        headers = {name: clean(value) for name, value in response.headers.items()}
        response = replace(response, headers=headers, body=clean(response.body))
    if error is not None:
        error = replace(error, message=clean(error.message))
    return response, error


def _spellings(request: Request, action: Action) -> set[str]:
    """Each secret, with and without its scheme (`Bearer …`): as it is, in JSON, in a URL, in a form."""
    found: set[str] = set()
    for name, value in request.headers.items():
        if is_secret(action, name):
            for part in (value, value.partition(" ")[2].strip()):
                if len(part) >= SHORTEST:
                    found |= {part, json.dumps(part)[1:-1], quote(part, safe=""), quote_plus(part)}
    return found


def _mask_problem(
    action: Action, index: int, name: str, stored: HookDefinition | None, *, may_move: bool
) -> str | None:
    if not is_secret(action, name):
        return _NOT_SECRET
    if _kept(action, index, name, stored, may_move=may_move):
        return None
    return _ELSEWHERE if _kept(action, index, name, stored, may_move=True) else _NOTHING_KEPT


def _kept(action: Action, index: int, name: str, stored: HookDefinition | None, *, may_move: bool) -> str | None:
    """The header's value in a stored action: the one with the same URL, or at least the same host, so that actions can
    be reordered; else, if it may move to another host, the one at the same position."""
    candidates: list[tuple[tuple[bool, bool, bool], str]] = []
    for place, other in enumerate(stored.actions if stored else ()):
        value = _value_of(other, name)
        near = (other.url == action.url, _host(other.url) == _host(action.url), place == index)
        if value is not None and (near[1] or (may_move and near[2])):
            candidates.append((near, value))
    return max(candidates, key=lambda one: one[0])[1] if candidates else None


def _value_of(action: Action, header: str) -> str | None:
    values = {name.lower(): value for name, value in action.headers.items()}
    return values.get(header.lower()) if is_secret(action, header) else None


def _host(url: str) -> tuple[str, str]:
    """In one spelling, also of what was stored before addresses were."""
    with suppress(ValueError):
        url = in_one_spelling(url)
    parts = urlsplit(url)
    return parts.scheme.lower(), parts.netloc.lower()


def _each(definition: HookDefinition, turn: Callable[[int, Action, str, str], str]) -> HookDefinition:
    if not any(action.secret_headers for action in definition.actions):
        return definition
    actions = [
        _with_headers(action, lambda name, value, i=index, a=action: turn(i, a, name, value))
        for index, action in enumerate(definition.actions)
    ]
    return replace(definition, actions=tuple(actions))


def _with_headers(action: Action, turn: Callable[[str, str], str]) -> Action:
    if not action.secret_headers:
        return action
    headers = {name: turn(name, value) if is_secret(action, name) else value for name, value in action.headers.items()}
    return replace(action, headers=cast("Mapping[str, str]", headers))
