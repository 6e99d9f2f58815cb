"""What the OpenAPI page shows for bodies that are read by our own rules."""

from typing import Any

from engine.hooks.definition import DEFINITION
from engine.model import Gate
from engine.model.leads import LeadStatus

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
        (401, "No API key, an unknown one, or one that has ended"),
        (403, "The key's role or its scopes may not"),
        (404, "There is none of that id or name"),
        (409, "A hook of this server sent it, and it could loop"),
        (412, "`If-Match` names another version than there is now"),
        (413, "Too large"),
        (415, "A form, or compressed or written in a way that cannot be read here"),
        (422, "Wrong, with every wrong place"),
        (429, "The key calls too often; see Retry-After"),
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


_RECEIPTS = {
    "type": "object",
    "properties": {
        "events": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "id": {"type": "string"},
                    "status": {"type": "string", "enum": ["accepted", "duplicate"]},
                },
            },
        },
    },
}


def json_body(schema: dict[str, Any]) -> dict[str, Any]:
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


POST_EVENTS: dict[str, Any] = {
    "tags": ["events"],
    "summary": "Post Events",
    "description": "Takes one event, or an array of up to 1,000; answers once they are on disk.",
    **json_body({"oneOf": [_EVENT, {"type": "array", "items": _EVENT, "minItems": 1, "maxItems": 1000}]}),
    "responses": {
        "202": {"description": "On disk", "content": {"application/json": {"schema": _RECEIPTS}}},
        **{str(status): described for status, described in PROBLEMS.items()},
    },
}
"""The one route that FastAPI does not know of."""

_HOOK = DEFINITION.json_schema(ref_template="#/components/schemas/{model}")
COMPONENTS: dict[str, Any] = _HOOK.pop("$defs")
"""To stand under `components.schemas`, where the hook's parts refer to them."""

HOOK_BODY = json_body(_HOOK)

CASE_BODY = json_body(
    {
        "type": "object",
        "required": ["name", "data", "fires"],
        "properties": {
            "name": {"type": "string", "maxLength": 255},
            "data": {"type": "object", "description": "the event's data"},
            "role": {"type": "string", "description": "the event's role; the hook's own where left out"},
            "fires": {"type": "boolean", "description": "whether the hook is expected to fire"},
        },
    }
)

BACKTEST_BODY = json_body(
    {
        "type": "object",
        "required": ["hook"],
        "properties": {
            "hook": {**_HOOK, "description": "as it would be saved, with `id` where it exists"},
            "events": {"type": "integer", "minimum": 1, "maximum": 50_000, "default": 500},
        },
    }
)

TEST_BODY = json_body(
    {
        "type": "object",
        "properties": {
            "data": {"type": "object", "description": "the event's data; the type's sample where left out"},
            "role": {"type": "string", "description": "the role to act as; the key's own where left out"},
            "send": {"type": "boolean", "default": False},
            "without": {
                "type": "array",
                "items": {"type": "string", "enum": [str(gate) for gate in Gate]},
                "description": "gates that are not asked",
            },
        },
    }
)

_ROLE_OF_A_PERSON = {"type": "string", "enum": ["admin", "manager", "user"]}

INVITE_BODY = json_body(
    {
        "type": "object",
        "required": ["email", "role"],
        "properties": {"email": {"type": "string", "format": "email"}, "role": _ROLE_OF_A_PERSON},
        "additionalProperties": False,
    }
)

USER_BODY = json_body(
    {
        "type": "object",
        "properties": {"role": _ROLE_OF_A_PERSON, "disabled": {"type": "boolean"}},
        "additionalProperties": False,
    }
)

RESET_BODY = json_body(
    {
        "type": "object",
        "properties": {
            "drop_second_factor": {
                "type": "boolean",
                "default": False,
                "description": "whoever uses the link signs in by the new password alone",
            }
        },
        "additionalProperties": False,
    }
)

EVENT_TYPE_BODY = json_body(
    {
        "type": "object",
        "required": ["label"],
        "properties": {
            "type": {"type": "string", "example": "invoice.paid", "description": "needed for a new one, and stays"},
            "label": {"type": "string", "maxLength": 60, "example": "Invoice Paid"},
            "group": {"type": "string", "maxLength": 60, "default": "Own"},
            "meaning": {"type": "string", "maxLength": 300},
            "fields": {
                "type": "object",
                "additionalProperties": {
                    "type": "object",
                    "required": ["type"],
                    "properties": {
                        "type": {"type": "string", "enum": ["string", "number", "integer", "boolean", "array"]},
                        "meaning": {"type": "string", "maxLength": 300},
                    },
                    "additionalProperties": False,
                },
            },
            "sample": {"type": "object", "description": "the data of an event; made of the fields where left out"},
        },
        "additionalProperties": False,
    }
)

_RETRIES = {
    "description": "the pauses before each further attempt, by name or in seconds",
    "oneOf": [
        {"type": "string", "enum": ["standard", "short", "none"]},
        {"type": "array", "items": {"type": "number", "minimum": 1}, "maxItems": 20},
    ],
}

LANE_BODY = json_body(
    {
        "type": "object",
        "properties": {
            "concurrency": {"type": "integer", "minimum": 1, "maximum": 512, "default": 64},
            "timeout": {"type": "number", "minimum": 1, "maximum": 30, "default": 15},
            "retries": _RETRIES,
        },
    }
)

KEY_BODY = json_body(
    {
        "type": "object",
        "required": ["name", "role"],
        "properties": {
            "name": {"type": "string", "maxLength": 100},
            "role": {"type": "string", "enum": ["agent", "admin", "manager", "user", "system"]},
            "scopes": {
                "type": "array",
                "items": {"type": "string", "enum": ["ingest", "read", "manage", "people"]},
                "description": "all that the role can use but people, where left out",
            },
            "types": {
                "type": "array",
                "items": {"type": "string"},
                "description": "the event types that it may send; all where left out or empty",
            },
            "rate": {"type": "integer", "minimum": 1, "maximum": 10_000_000, "description": "calls a minute"},
            "expires_at": {"type": "string", "format": "date-time"},
        },
    }
)

ROLL_BODY = json_body(
    {
        "type": "object",
        "properties": {"overlap": {"type": "integer", "enum": [0, 3_600, 86_400, 604_800], "default": 0}},
    }
)

REPLAY_BODY = json_body(
    {
        "type": "object",
        "properties": {
            "status": {"type": "string", "enum": ["failed", "cancelled", "succeeded", "skipped"], "default": "failed"},
            "hook_id": {"type": "integer", "description": "required for what was skipped"},
            "type": {"type": "string", "description": "a type of hook"},
            "from": {"type": "string", "format": "date-time"},
            "to": {"type": "string", "format": "date-time"},
            "version": {"type": "string", "enum": ["now", "then"], "default": "now"},
            "again": {"type": "boolean", "default": False, "description": "also what was delivered already"},
            "dry": {"type": "boolean", "default": False, "description": "only say what would run"},
        },
    }
)

_TASK_FIELDS: dict[str, Any] = {
    "title": {"type": "string", "maxLength": 255},
    "due_at": {"type": "string", "format": "date-time"},
    "deadline_at": {"type": ["string", "null"], "format": "date-time"},
    "warn_minutes": {"type": "integer", "minimum": 0, "maximum": 43_200, "default": 60},
    "follow_up_type": {"type": "string", "enum": ["call", "sms", "email"], "default": "call"},
    "assigned_to": {"type": "string", "maxLength": 255},
    "priority": {"type": "string", "enum": ["low", "normal", "high"], "default": "normal"},
    "notes": {"type": "string", "maxLength": 5_000},
    "lead": {"type": "object", "description": "its fields go into the data of the events that the task emits"},
}

SEARCH_BODY = json_body(
    {
        "type": "object",
        "properties": {
            "q": {"type": "string", "description": "any text inside"},
            "limit": {"type": "integer", "minimum": 1, "maximum": 500, "default": 50},
            "cursor": {"type": ["string", "null"]},
        },
        "additionalProperties": {"type": ["string", "integer", "boolean", "null"]},
        "description": "and every other parameter of the list's query, by its name",
    }
)

WAITING_BODY = json_body(
    {
        "type": "object",
        "required": ["version"],
        "properties": {"version": {"type": "string", "enum": ["now"], "description": "by the hook as it is"}},
    }
)

TASK_BODY = json_body({"type": "object", "required": ["title", "due_at"], "properties": _TASK_FIELDS})

TASK_PATCH = json_body(
    {"type": "object", "properties": {**_TASK_FIELDS, "state": {"type": "string", "enum": ["open", "done"]}}}
)

LEAD_BODY = json_body(
    {
        "type": "object",
        "required": ["status"],
        "properties": {
            "status": {"type": "string", "enum": [status.value for status in LeadStatus]},
            "reason": {"type": "string", "maxLength": 500},
        },
    }
)

LEAD_RULES_BODY = json_body(
    {
        "type": "object",
        "required": ["start", "threshold", "rows"],
        "properties": {
            "start": {"type": "integer", "minimum": 0, "maximum": 100, "description": "where every score begins"},
            "threshold": {"type": "integer", "minimum": 1, "maximum": 100, "description": "from there on: qualified"},
            "rows": {
                "type": "array",
                "maxItems": 50,
                "items": {
                    "type": "object",
                    "required": ["condition", "points", "label"],
                    "properties": {
                        "condition": {"type": "string", "example": "call_duration > 60"},
                        "points": {"type": "integer", "minimum": -100, "maximum": 100},
                        "label": {"type": "string", "maxLength": 100},
                    },
                },
            },
        },
    }
)

LIMIT_BODY = json_body(
    {
        "type": "object",
        "required": ["metric", "comparison", "threshold"],
        "properties": {
            "metric": {"type": "string", "maxLength": 100},
            "label": {"type": "string", "description": "one series of the metric; each by itself where left out"},
            "aggregate": {"type": "string", "enum": ["sum", "average"], "default": "average"},
            "comparison": {"type": "string", "enum": ["above", "below"]},
            "threshold": {"type": "number"},
            "window": {"type": "integer", "minimum": 1, "maximum": 1_440, "default": 60, "description": "minutes"},
            "event": {
                "type": "string",
                "enum": ["agent.performance_threshold", "campaign.performance_alert"],
                "default": "agent.performance_threshold",
            },
            "severity": {"type": "string", "enum": ["low", "medium", "high"], "default": "medium"},
            "enabled": {"type": "boolean", "default": True},
        },
    }
)
