"""Schemas of sources and their mappings in the OpenAPI description."""

from typing import Any

from engine.api.schemas import json_body
from engine.events.sources.guides import GUIDES
from engine.model.sources import SigningKind

_OVERLAP: dict[str, Any] = {"type": "integer", "enum": [0, 3_600, 86_400, 604_800], "default": 86_400}
_EXPRESSIONS: dict[str, Any] = {"type": "object", "additionalProperties": {"type": "string"}}

SOURCE_MAPPING: dict[str, Any] = {
    "type": "object",
    "required": ["type"],
    "properties": {
        "type": {"type": "string", "description": "an expression: the sender's name for the event", "example": "event"},
        "types": {**_EXPRESSIONS, "description": "the sender's names and ours", "example": {"finished": "call.ended"}},
        "each": {"type": "string", "description": "an expression: the list whose entries each become an event"},
        "id": {"type": "string", "description": "an expression: what makes it the same when it comes again"},
        "occurred_at": {"type": "string", "description": "an expression: when it happened"},
        "fields": {**_EXPRESSIONS, "example": {"call_duration": "call.duration_ms / 1000"}},
    },
    "additionalProperties": False,
}

MAPPING_TRIAL = json_body(
    {
        "type": "object",
        "properties": {
            "mapping": {"anyOf": [SOURCE_MAPPING, {"type": "null"}], "description": "the saved one where left out"},
            "body": {"description": "JSON, or text such as a form; the last one that came where left out"},
            "headers": {"type": "object", "additionalProperties": {"type": "string"}},
            "query": {"type": "string", "example": "type=finished"},
        },
        "additionalProperties": False,
    }
)

_SOURCE_SETTINGS: dict[str, Any] = {
    "name": {"type": "string", "maxLength": 100},
    "role": {"type": "string", "enum": ["agent", "admin", "manager", "user", "system"], "default": "agent"},
    "types": {
        "type": "array",
        "items": {"type": "string"},
        "description": "the event types that it may send; all where left out or empty",
    },
    "enabled": {"type": "boolean", "default": True},
    "verify": {
        "type": ["object", "null"],
        "description": "how it signs: for vapi and generic alone",
        "properties": {
            "kind": {"type": "string", "enum": [str(kind) for kind in SigningKind]},
            "header": {"type": "string", "default": "authorization"},
            "algorithm": {"type": "string", "enum": ["sha1", "sha256", "sha512"], "default": "sha256"},
            "encoding": {"type": "string", "enum": ["hex", "base64"], "default": "hex"},
            "prefix": {"type": "string"},
            "timestamp_header": {"type": "string"},
            "format": {"type": "string", "default": "{body}", "example": "{timestamp}.{body}"},
            "base64_secret": {"type": "boolean", "default": False},
        },
        "additionalProperties": False,
    },
    "mapping": {"anyOf": [SOURCE_MAPPING, {"type": "null"}], "description": "for generic alone; null: none"},
}

SOURCE_BODY = json_body(
    {
        "type": "object",
        "required": ["platform", "name"],
        "properties": {
            "platform": {"type": "string", "enum": list(GUIDES)},
            "secret": {"type": ["string", "null"], "maxLength": 2_000},
            **_SOURCE_SETTINGS,
        },
        "additionalProperties": False,
    }
)

SOURCE_PATCH = json_body(
    {
        "type": "object",
        "properties": {
            **_SOURCE_SETTINGS,
            "mapping_version": {"type": "integer", "description": "refused (412) if the mapping has changed since"},
        },
        "additionalProperties": False,
    }
)

SOURCE_ROLL = json_body(
    {
        "type": "object",
        "properties": {
            "secret": {"type": ["string", "null"], "maxLength": 2_000},
            "overlap": _OVERLAP,
        },
    }
)

SOURCE_MOVE = json_body({"type": "object", "properties": {"overlap": _OVERLAP}})
