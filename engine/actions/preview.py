"""What an action would send for an event before anything has run, for the hook's author. Pure.

The responses of earlier actions are not known yet, so samples are built from the paths that templates read.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, cast

from engine.actions.request import render, unfilled
from engine.errors import InvalidHook
from engine.expressions.template import TemplateError, template
from engine.hooks.definition import read_action
from engine.model import BODYLESS, Action, Event, Json, Request, SigningSecret
from engine.rules.sequence import names_of
from engine.rules.success import USUAL, ranges_of
from engine.secrets.headers import as_kept

_STEP: Final = re.compile(r"""steps(?<!\wsteps)\[(\d+)\]((?:\.\w+|\[\d+\]|\["[^"]*"\]|\['[^']*'\])*)""")
_PART: Final = re.compile(r"""\.(\w+)|\[(\d+)\]|\["([^"]*)"\]|\['([^']*)'\]""")
_MOST_ENTRIES: Final = 20
_NAMES: Final = {"url": "URL", "method": "Method", "body": "Body", "headers": "Headers"}

Path = list[str | int]


@dataclass(frozen=True, slots=True, kw_only=True)
class WouldSend:
    """The request as it would be sent; with a `problem` in words, the request as written, or None if it cannot be read.

    `reads` are the earlier actions (indexes from 0) whose responses are replaced by samples.
    """

    request: Request | None
    problem: str = ""
    reads: tuple[int, ...] = ()


def would_send(
    actions: Sequence[Mapping[str, Json]],
    event: Event,
    *,
    in_turn: bool,
    at: datetime,
    aliases: Mapping[str, str],
    version: str,
    secret: SigningSecret | None,
) -> WouldSend:
    """Previews the last of these actions, in the API's shape. `in_turn`: it may read the responses of those before
    it."""
    try:
        action, problems = read_action(actions[-1])
    except InvalidHook as error:
        return WouldSend(request=None, problem=next(iter(error.problems.values())))
    if wrong := [place for place in problems if place.partition(".")[0] in _NAMES]:
        return WouldSend(request=as_kept(unfilled(action), action), problem=_named(wrong[0], problems[wrong[0]]))
    names = names_of(event, at, aliases, ())
    paths = [(step, path) for step, path in _read_paths(action) if in_turn and step < len(actions) - 1]
    reads = tuple(sorted({step for step, _ in paths}))
    if in_turn:
        names["steps"] = [
            _sample(earlier, [path for step, path in paths if step == index])
            for index, earlier in enumerate(actions[:-1])
        ]
    try:
        request = render(action, event, names, webhook_id="exe_…", at=at, version=version, test=False, secret=secret)
    except TemplateError as error:
        return WouldSend(request=as_kept(unfilled(action), action), problem=str(error), reads=reads)
    return WouldSend(request=as_kept(request, action), reads=reads)


def _named(place: str, problem: str) -> str:
    field, _, header = place.partition(".")
    return f"{f'Header {header}' if header else _NAMES[field]}: {problem}"


def _read_paths(action: Action) -> Iterator[tuple[int, Path]]:
    """The earlier actions that are read, and the paths into their responses."""
    body = "" if action.method in BODYLESS else action.body or ""
    for text in (action.url, *action.headers.values(), body):
        for expression in template(text).expressions:
            for found in _STEP.finditer(expression.source):
                yield int(found[1]), [_key(part) for part in _PART.finditer(found[2])]


def _key(part: re.Match[str]) -> str | int:
    return int(part[2]) if part[2] else part[1] or part[3] or part[4] or ""


def _sample(action: Mapping[str, Json], paths: Sequence[Path]) -> dict[str, Json]:
    """A successful response with a value at the end of each path."""
    (status, _), *_ = _statuses(action)
    response: dict[str, Json] = {"ok": True, "status": status, "headers": {}, "text": "sample text", "json": {}}
    for path in sorted(paths, key=len):
        if len(path) > 1 and path[0] in {"headers", "json"}:
            response = _with(response, path, f"sample-{_last_name(path)}")
    return response


def _statuses(action: Mapping[str, Json]) -> tuple[tuple[int, int], ...]:
    try:
        return ranges_of(read_action(action)[0].success.statuses) or USUAL
    except InvalidHook:
        return USUAL


def _last_name(path: Path) -> str:
    return str(next(part for part in reversed(path) if isinstance(part, str)))


def _with(value: Json, path: Path, leaf: str) -> Any:
    """`value` with the leaf set at the end of the path, replacing whatever is in the way."""
    if not path:
        return leaf
    first, rest = path[0], path[1:]
    if isinstance(first, str):
        known = cast("dict[str, Json]", value) if isinstance(value, dict) else {}
        return {**known, first: _with(known.get(first), rest, leaf)}
    entries = cast("list[Json]", value) if isinstance(value, list) else []
    if first >= _MOST_ENTRIES:
        return entries
    entries = [*entries, *[None] * (first + 1 - len(entries))]
    return [_with(entry, rest, leaf) if place == first else entry for place, entry in enumerate(entries)]
