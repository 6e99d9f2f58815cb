"""Reads a call's parameters and describes those of an endpoint. Every problem is reported by parameter."""

import difflib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast
from urllib.parse import parse_qsl, urlsplit

from pydantic import ValidationError

from engine.actions.endpoint import Call, Params, Refused
from engine.events.json_text import InvalidJson, read_json
from engine.model import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """`type` is a JSON type: string, number, integer, boolean, array, object, or any."""

    name: str
    type: str
    required: bool
    meaning: str
    default: Json = None
    one_of: tuple[Json, ...] = ()


@lru_cache(500)
def parameters_of(params: type[Params] | None) -> tuple[Parameter, ...]:
    if params is None:
        return ()
    schema = params.model_json_schema()
    needed = schema.get("required", ())
    return tuple(
        _parameter(name, spec, name in needed, schema.get("$defs", {}))
        for name, spec in schema.get("properties", {}).items()
    )


def read_params(params: type[Params], call: Call) -> Params:
    """From the query and the action's custom body, which takes precedence. Raises Refused."""
    given = _query(call.request.url, params) | _body(call)
    try:
        return params.model_validate(given)
    except ValidationError as error:
        raise Refused(_reworded(error, params.model_fields)) from None


def _query(url: str, params: type[Params]) -> dict[str, Json]:
    """Repeated keys become a list."""
    values: defaultdict[str, list[str]] = defaultdict(list)
    for name, value in parse_qsl(urlsplit(url).query, keep_blank_values=True):
        values[name].append(value)
    lists = {one.name for one in parameters_of(params) if one.type == "array"}
    return {name: all if name in lists or len(all) > 1 else all[0] for name, all in values.items()}


def _body(call: Call) -> dict[str, Json]:
    body = call.request.body
    if call.action.body is None or not body:
        return {}
    try:
        document = read_json(body.encode())
    except InvalidJson as error:
        raise Refused({error.place or "body": error.message}) from None
    if not isinstance(document, dict):
        raise Refused({"body": 'Parameters are a JSON object, such as {"name": "value"}.'})
    return cast("dict[str, Json]", document)


def _parameter(name: str, spec: Mapping[str, Any], required: bool, shared: Mapping[str, Any]) -> Parameter:
    shapes = [_followed(one, shared) for one in spec.get("anyOf", (spec,))]
    shape = next((one for one in shapes if one.get("type") != "null"), shapes[0])
    return Parameter(
        name=name,
        type=shape.get("type", "any"),
        required=required,
        meaning=spec.get("description", ""),
        default=spec.get("default"),
        one_of=tuple(shape.get("enum", ())),
    )


def _followed(shape: Mapping[str, Any], shared: Mapping[str, Any]) -> Mapping[str, Any]:
    return shared[shape["$ref"].rpartition("/")[2]] if "$ref" in shape else shape


def _reworded(error: ValidationError, known: Iterable[str]) -> dict[str, str]:
    problems: dict[str, str] = {}
    for detail in error.errors(include_url=False):
        place = ".".join(str(part) for part in detail["loc"]) or "body"
        problems[place] = _words(detail["type"], str(detail["loc"][-1]) if detail["loc"] else "", detail["msg"], known)
    return problems


def _words(kind: str, name: str, message: str, known: Iterable[str]) -> str:
    if kind == "missing":
        return "Missing. Give it in the query of the address, or in a body of the action's own."
    if kind == "extra_forbidden":
        near = difflib.get_close_matches(name, known, n=1)
        return "There is no such parameter." + (f" Did you mean {near[0]}?" if near else "")
    return message.removeprefix("Value error, ").removesuffix(".") + "."
