"""What the OpenAPI page shows for bodies that are read by our own rules."""

from typing import Any

from engine.definitions import DEFINITION

_PROBLEM = {
    "type": "object",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
            },
        },
    },
}

PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"description": text, "content": {"application/problem+json": {"schema": _PROBLEM}}}
    for status, text in (
        (401, "No API key, or an unknown one"),
        (403, "The key's role may not"),
        (413, "Too large"),
        (422, "Wrong, with every wrong place"),
        (503, "The disk refuses, or the backlog is full; see Retry-After"),
    )
}

_EVENT = {
    "type": "object",
    "required": ["type", "data"],
    "properties": {
        "type": {"type": "string"},
        "id": {"type": "string", "maxLength": 200},
        "occurred_at": {"type": "string", "format": "date-time"},
        "data": {"type": "object"},
    },
    "example": {"type": "call.ended", "data": {"call_duration": 187, "sentiment": "positive"}},
}


def _body(schema: dict[str, Any]) -> dict[str, Any]:
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


EVENTS_BODY = _body({"oneOf": [_EVENT, {"type": "array", "items": _EVENT, "minItems": 1, "maxItems": 1000}]})

_HOOK = DEFINITION.json_schema(ref_template="#/components/schemas/{model}")
COMPONENTS: dict[str, Any] = _HOOK.pop("$defs")
"""To stand under `components.schemas`, where the hook's parts refer to them."""

HOOK_BODY = _body(_HOOK)

TEST_BODY = _body(
    {
        "type": "object",
        "properties": {
            "data": {"type": "object", "description": "the event's data; the type's sample where left out"},
            "role": {"type": "string", "description": "the role to act as; the key's own where left out"},
            "send": {"type": "boolean", "default": False},
        },
    }
)
