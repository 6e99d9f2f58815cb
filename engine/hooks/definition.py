"""Reads a hook from JSON and writes it back. Every problem has its field, and a message that says how to fix it.
Pure."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, cast
from urllib.parse import urlsplit

from pydantic import TypeAdapter, ValidationError

from engine.errors import InvalidHook
from engine.events.catalogue import Catalogue
from engine.expressions.condition import ConditionError, compile_condition
from engine.expressions.template import TemplateError, is_json, json_problem, template
from engine.model import BODYLESS, SCHEDULED, Action, Delivery, HookDefinition, Json, Limits, Role
from engine.model.text.hosts import in_one_spelling
from engine.model.text.names import name_problem
from engine.rules import filters, limits, success, timetable
from engine.rules.retries import retries_problem, timeout_problem
from engine.secrets import headers as secret_headers

MAX_TITLE = 255
MAX_DESCRIPTION = 5_000
MAX_URL = 2_048
MAX_HEADERS = 50
MAX_ACTIONS = 10
MAX_BODY = 65_536
MAX_HEADER_VALUE = 4_096

_SERVER_SIDE = frozenset({"id", "version", "created_at", "updated_at"})
_OURS = frozenset({"host", "content-length", "transfer-encoding", "connection", "accept-encoding"})
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}")
_HOST = re.compile(r"https?://[^/?#]+[/?#]", re.IGNORECASE)
_KEY = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,98}[a-z0-9])?")
_SPACES_AND_CONTROLS = re.compile(r"[\x00-\x20\x7f]")

DEFINITION = TypeAdapter(HookDefinition)
_ALWAYS = frozenset({"url", "method", "headers", "body"})
_ACTION = TypeAdapter(Action)
_USUAL_ACTION: Mapping[str, Json] = _ACTION.dump_python(Action(url=""), mode="json")
_NO_LIMITS: Mapping[str, Json] = TypeAdapter(Limits).dump_python(Limits(), mode="json")


def read_definition(
    raw: Mapping[str, Json], catalogue: Catalogue, stored: HookDefinition | None = None, *, may_move: bool = True
) -> HookDefinition:
    """`raw` has the API's shape of a hook; fields that only the server sets are ignored. Raises InvalidHook.

    A mask in a secret header stands for the value in `stored`; `may_move`: even if the host has changed.
    """
    try:
        definition = DEFINITION.validate_python(
            {**_usual_role(raw), **{name: raw[name] for name in raw if name not in _SERVER_SIDE}}
        )
    except ValidationError as error:
        raise InvalidHook(messages_by_field(error)) from None
    actions = [secret_headers.marked(_addressed(action)) for action in definition.actions]
    definition = replace(definition, actions=tuple(actions))
    problems = dict(_problems(definition, catalogue))
    problems |= dict(secret_headers.problems(definition, stored, may_move=may_move))
    if problems:
        raise InvalidHook(problems)
    return definition


def _addressed(action: Action) -> Action:
    """Its host in one spelling, so that whatever is compared with it later knows it; as it is if it is none."""
    return action if url_problem(action.url) else replace(action, url=in_one_spelling(action.url))


def read_action(raw: Mapping[str, Json]) -> tuple[Action, dict[str, str]]:
    """One action, and its problems by field. Raises InvalidHook if it does not even have an action's shape."""
    try:
        action = _ACTION.validate_python(raw)
    except ValidationError as error:
        raise InvalidHook(messages_by_field(error)) from None
    return secret_headers.marked(action), dict(_action_problems(action))


def write_definition(
    definition: HookDefinition, open_secret: Callable[[str], str] = lambda _: secret_headers.MASK
) -> dict[str, Json]:
    """Omits an action's defaults beyond url, method, headers and body, and absent schedules and limits. Secret values
    are masked."""
    shown = secret_headers.turned(definition, open_secret)
    document = cast("dict[str, Any]", DEFINITION.dump_python(shown, mode="json"))
    document["actions"] = [
        {name: value for name, value in action.items() if name in _ALWAYS or value != _USUAL_ACTION[name]}
        for action in document["actions"]
    ]
    set_ = {name: value for name, value in document.pop("limits").items() if value != _NO_LIMITS[name]}
    schedule: dict[str, Any] = document.pop("schedule") or {}
    when = {name: value for name, value in schedule.items() if value}
    return document | ({"limits": set_} if set_ else {}) | ({"schedule": when} if when else {})


def slug(title: str) -> str:
    """A key derived from the title: "Lead Qualification" → "lead-qualification"."""
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:80].strip("-") or "hook"


def is_reserved_header(header: str) -> bool:
    """Whether actions must not set this header."""
    return header.lower() in _OURS or header.lower().startswith("webhook-")


def _usual_role(raw: Mapping[str, Json]) -> Mapping[str, Json]:
    """The default if it is omitted: the clock's role for triggers that only the clock emits."""
    return {"role": Role.SYSTEM} if raw.get("trigger") == SCHEDULED else {}


def _problems(definition: HookDefinition, catalogue: Catalogue) -> Iterator[tuple[str, str]]:
    yield from _basic_problems(definition)
    yield from _trigger_problems(definition, catalogue)
    yield from _schedule_problems(definition)
    yield from _delivery_problems(definition.delivery)
    yield from ((f"limits.{place}", message) for place, message in limits.problems(definition.limits))
    if not 1 <= len(definition.actions) <= MAX_ACTIONS:
        yield "actions", f"A hook has one to {MAX_ACTIONS} actions; this has {len(definition.actions)}."
    for index, action in enumerate(definition.actions):
        for place, message in _action_problems(action):
            yield f"actions[{index}].{place}", message


def _basic_problems(definition: HookDefinition) -> Iterator[tuple[str, str]]:
    if not definition.title:
        yield "title", "Give the hook a title."
    elif len(definition.title) > MAX_TITLE:
        yield "title", f"At most {MAX_TITLE} characters; this has {len(definition.title)}."
    elif problem := name_problem(definition.title, "title"):
        yield "title", problem
    if len(definition.description) > MAX_DESCRIPTION:
        yield "description", f"At most {MAX_DESCRIPTION} characters; this has {len(definition.description)}."
    if definition.key and not _KEY.fullmatch(definition.key):
        yield "key", "Small letters, digits and hyphens, at most 100, with a letter or digit at both ends."


def _trigger_problems(definition: HookDefinition, catalogue: Catalogue) -> Iterator[tuple[str, str]]:
    if definition.trigger not in catalogue.by_name:
        yield "trigger", _unknown_trigger(definition.trigger, catalogue)
    try:
        compile_condition(definition.condition)
    except ConditionError as error:
        yield "condition", f"Column {error.column}: {error}" if error.column else str(error)
    for place, message in filters.problems(definition.filters).items():
        yield f"filters.{place}", message


def _schedule_problems(definition: HookDefinition) -> Iterator[tuple[str, str]]:
    schedule = definition.schedule
    if definition.trigger != SCHEDULED:
        if schedule is not None:
            yield "schedule", f"A schedule goes with the trigger {SCHEDULED} alone; leave it out, or choose that."
        return
    if definition.role is not Role.SYSTEM:
        yield "role", "A hook on a schedule runs for the clock, which is of the role system."
    if schedule is None:
        yield "schedule", "Say when it runs, by cron or every so many minutes."
    else:
        for place, message in timetable.problems(schedule):
            yield f"schedule.{place}", message


def _delivery_problems(delivery: Delivery) -> Iterator[tuple[str, str]]:
    if delivery.retries is not None and (problem := retries_problem(delivery.retries)):
        yield "delivery.retries", problem
    if delivery.timeout is not None and (problem := timeout_problem(delivery.timeout)):
        yield "delivery.timeout", problem


def _unknown_trigger(trigger: str, catalogue: Catalogue) -> str:
    if not trigger:
        return "Choose the event that starts this hook."
    near = catalogue.nearest(trigger)
    hint = f" Did you mean {' or '.join(near)}?" if near else ""
    return f'No event type is called "{trigger[:100]}".{hint}'


def _action_problems(action: Action) -> Iterator[tuple[str, str]]:
    if problem := url_problem(action.url):
        yield "url", problem
    if action.body is not None and (problem := _body_problem(action, action.body)):
        yield "body", problem
    try:
        compile_condition(action.when)
    except ConditionError as error:
        yield "when", f"Column {error.column}: {error}" if error.column else str(error)
    for place, message in success.problems(action.success).items():
        yield f"success.{place}", message
    if len(action.headers) > MAX_HEADERS:
        yield "headers", f"At most {MAX_HEADERS} headers."
    yield from _headers_twice(action)
    for name, value in action.headers.items():
        if problem := _header_problem(name, value, action):
            yield f"headers.{name[:100]}", problem


def _headers_twice(action: Action) -> Iterator[tuple[str, str]]:
    """Names that differ only in case are the same header on the wire."""
    first: dict[str, str] = {}
    for name in action.headers:
        other = first.setdefault(name.lower(), name)
        if other != name:
            yield f"headers.{name[:100]}", f"{other[:100]} and {name[:100]} are the same header; keep one of them."


def url_problem(url: str) -> str | None:
    """Why a text is not a URL that can be called; None if it is."""
    if not url:
        return "Enter the address to call, such as https://api.example.com/leads."
    if len(url) > MAX_URL:
        return f"At most {MAX_URL} characters; this has {len(url)}."
    try:
        parsed = template(url)
    except TemplateError as error:
        return str(error)
    if parsed.expressions and not _HOST.match(parsed.texts[0]):
        return "Values may stand in the path and the query; write scheme and host as they are."
    url = "x".join(parsed.texts)
    if _SPACES_AND_CONTROLS.search(url):
        return "An address holds no spaces or line breaks; write a space as %20."
    return _origin_problem(url)


def _origin_problem(url: str) -> str | None:
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        return f"This is no address: {error}."
    if parts.scheme not in {"http", "https"}:
        return "An address starts with https:// or http://."
    if not host:
        return "The host is missing: https://HOST/path."
    if "@" in parts.netloc:
        return "Leave name and password out of the address; send them as a header."
    try:
        in_one_spelling(url)
    except ValueError as error:
        return f"This address cannot be called: {error}."
    return None


def _body_problem(action: Action, body: str) -> str | None:
    if action.method in BODYLESS:
        return f"{action.method} carries no body; leave it out, or choose another method."
    if len(body) > MAX_BODY:
        return f"At most {MAX_BODY} characters; this has {len(body)}."
    named = {name.lower(): value for name, value in action.headers.items()}
    try:
        template(body)
        return json_problem(body) if is_json(named.get("content-type", "application/json")) else None
    except TemplateError as error:
        return str(error)


def _header_problem(name: str, value: str, action: Action) -> str | None:
    if not _TOKEN.fullmatch(name):
        return "A header's name is letters, digits and hyphens."
    if name.lower() == "content-type" and action.body is None:
        return "The standard envelope is JSON; choose another type together with a body of your own."
    if is_reserved_header(name):
        return "This header is set by Trigger Hooks; leave it out."
    try:
        template(value)
    except TemplateError as error:
        return str(error)
    if value == secret_headers.MASK:  # secret_headers checks whether a mask is allowed here
        return None
    if len(value) > MAX_HEADER_VALUE or not value.isprintable() or not value.isascii():
        return f"A value is one line of plain ASCII text, at most {MAX_HEADER_VALUE} characters."
    return None


def messages_by_field(error: ValidationError) -> dict[str, str]:
    """By field, in words for people."""
    problems: dict[str, str] = {}
    for detail in error.errors(include_url=False):
        place = _place(detail["loc"])
        if place.endswith("retries"):  # of a union, each member reports its own mismatch
            problems[place] = "Choose standard, short or none, or give a list of pauses in seconds."
        else:
            problems[place] = _words(detail["type"], detail.get("ctx", {}), detail["msg"])
    return problems


def _place(location: tuple[int | str, ...]) -> str:
    path = ""
    for part in location:
        if isinstance(part, int):
            path += f"[{part}]"
        elif part == "retries":
            return f"{path}.retries".lstrip(".")
        elif part not in {"[key]"}:
            path += f".{part}" if path else part
    return path or "body"


def _words(kind: str, context: Mapping[str, Any], message: str) -> str:
    known = {
        "missing": "Missing.",
        "missing_argument": "Missing.",
        "missing_keyword_only_argument": "Missing.",
        "unexpected_keyword_argument": "There is no such field.",
        "string_type": "This is text.",
        "bool_type": "This is true or false.",
        "bool_parsing": "This is true or false.",
        "tuple_type": "This is a list.",
        "frozen_set_type": "This is a list.",
        "int_type": "This is a whole number.",
        "int_parsing": "This is a whole number.",
        "int_from_float": "This is a whole number.",
        "dict_type": "This is an object.",
        "dataclass_type": "This is an object.",
        "mapping_type": "This is an object.",
        "float_type": "This is a number.",
        "float_parsing": "This is a number.",
    }
    if kind == "enum":
        return f"Choose one of: {context['expected']}."
    if kind.startswith("datetime"):
        return 'Give a time such as "2027-01-31T00:00:00Z".'
    return known.get(kind, message)
