"""Secret values: those of headers sealed in stored hooks, all of them masked in views, plain only in the call. Pure.

Definitions carry them sealed, in memory and on disk; in plain text only between parsing and `sealed`.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Set
from contextlib import suppress
from dataclasses import replace
from typing import Final, cast
from urllib.parse import quote, quote_plus, urlsplit

from engine.model import Action, AttemptError, HookDefinition, Request, Response
from engine.model.text.hosts import in_one_spelling
from engine.secrets.names import is_secret_name
from engine.secrets.redaction import MASK, request_without_secrets

SHORTEST: Final = 4
"""Shorter values of secret headers are not searched for in responses: they would match everywhere."""
SHORTEST_NAMED: Final = 8
"""The same for values that are secret by their name alone."""

_NOT_SECRET: Final = f"{MASK} stands for a secret value. Mark this header as secret, or type its value."
_NOTHING_KEPT: Final = f"{MASK} stands for a value that is kept, and there is none under this name. Type the value."
_ELSEWHERE: Final = (
    "The address leads to another host, and only Admins may take a kept value there. Type the value again."
)


def is_secret(action: Action, header: str) -> bool:
    return header.lower() in map(str.lower, action.secret_headers)


def marked(action: Action) -> Action:
    """With all headers marked whose names say that they are secret."""
    more = tuple(name for name in action.headers if is_secret_name(name) and not is_secret(action, name))
    return replace(action, secret_headers=(*action.secret_headers, *more)) if more else action


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


def for_endpoints(request: Request, action: Action) -> Request:
    """As an internal endpoint reads it: without the values of secret headers."""
    if not action.secret_headers:
        return request
    headers = {name: MASK if is_secret(action, name) else value for name, value in request.headers.items()}
    return replace(request, headers=headers)


def as_kept(request: Request, action: Action, known: Set[str] = frozenset()) -> Request:
    """As stored and shown: without secret values, by their names or because they are `known`."""
    kept, _ = request_without_secrets(for_endpoints(request, action))
    if not known:
        return kept
    clean = _cleaner({spelling for value in known for spelling in _spellings_of(value)})
    headers = {name: clean(value) for name, value in kept.headers.items()}
    body = None if kept.body is None else clean(kept.body)
    return replace(kept, url=clean(kept.url), headers=headers, body=body)


def echoes_masked(
    request: Request, action: Action, response: Response | None, error: AttemptError | None
) -> tuple[Response | None, AttemptError | None]:
    """A response without the secrets that were in its request."""
    spellings = _spellings(request, action)
    if not spellings:
        return response, error
    clean = _cleaner(spellings)
    if response is not None:
        headers = {name: clean(value) for name, value in response.headers.items()}
        response = replace(response, headers=headers, body=clean(response.body))
    if error is not None:
        error = replace(error, message=clean(error.message))
    return response, error


def _spellings(request: Request, action: Action) -> set[str]:
    """Each secret, with and without its scheme (`Bearer …`)."""
    _, named = request_without_secrets(request)
    found = {spelling for value in named if len(value) >= SHORTEST_NAMED for spelling in _spellings_of(value)}
    for name, value in request.headers.items():
        if is_secret(action, name):
            for part in (value, value.partition(" ")[2].strip()):
                if len(part) >= SHORTEST:
                    found |= _spellings_of(part)
    return found


def _spellings_of(value: str) -> set[str]:
    """As it is, in JSON, in a URL, in a form."""
    return {value, json.dumps(value)[1:-1], quote(value, safe=""), quote_plus(value)}


def _cleaner(spellings: Set[str]) -> Callable[[str], str]:
    """Longest first, since one may contain another."""
    ordered = sorted(spellings, key=len, reverse=True)

    def clean(text: str) -> str:
        for spelling in ordered:
            text = text.replace(spelling, MASK)
        return text

    return clean


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
