"""Values that no caller means, in every place that takes one: refused by name, and never a fault of ours."""

from collections.abc import Iterator
from typing import Any

from engine.api import create_app
from tests.engine.conftest import Api

NUMBERS = (
    "9223372036854775808",
    "-9223372036854775809",
    "9" * 400,
    "-1",
    "١٢",
    "９",
    "1_0",
    "+5",
    "1e3",
    "0x10",
    "",
    "%00",
)
TIMES = (
    "0001-01-01T00:00:00%2B14:00",
    "9999-12-31T23:59:59-12:00",
    "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59.999999Z",
    "2025-09-09T14:27:00",
    "99999999999999",
    "-1",
    "١٢",
    "%00",
)
TEXTS = (
    "%00",
    "a%00b",
    "%ED%A0%80",
    "x" * 5_000,
    "%F0%9F%91%8D",
    "%22",
    "*",
    "-",
    "NEAR(",
    "%25",
    "9" * 30,
    "١٢",
    "1-2-3",
)
NUMBERS_SENT = (2**63, -(2**63) - 1, 2**64, -1, 1e300, True, "١٢", "9" * 30, [], {}, None, 0, 1.5)
TEXTS_SENT = ("\0", "a\0b", "x" * 300_000, "\u202e", "", " ", 2**63, True, [], {}, None)
TIMES_SENT = ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z",
              2**63, -1, "now", "\0", None)  # fmt: skip
UNDONE = ("/api/v1/keys/{key_id}/roll", "/api/v1/users/{user_id}/reset")


def values_of(schema: dict[str, Any]) -> tuple[str, ...]:
    kinds = schema.get("anyOf", [schema])
    if any(one.get("type") == "integer" for one in kinds):
        return NUMBERS
    return TIMES if any(one.get("format") == "date-time" for one in kinds) else TEXTS


def places(api: Api) -> Iterator[tuple[str, str]]:
    """A path for every parameter of every GET, and every place in the path of the others."""
    for path, operations in create_app(api.engine).openapi()["paths"].items():
        for method, operation in operations.items():
            for one in operation.get("parameters", []):
                for value in values_of(one["schema"]):
                    if one["in"] == "path":
                        yield method, filled(path, {one["name"]: value})
                    elif method == "get":
                        yield method, f"{filled(path, {})}?{one['name']}={value}"


def filled(path: str, values: dict[str, str]) -> str:
    for part in path.split("/"):
        if part.startswith("{"):
            path = path.replace(part, values.get(part.strip("{}"), "1"))
    return path


async def test_addresses(api: Api) -> None:
    wrong: list[str] = []
    for method, path in places(api):
        answer = await api.call(method.upper(), path, json={} if method in {"put", "post", "patch"} else None)
        if answer.status_code >= 500 or answer.status_code == 400:
            wrong.append(f"{method} {path[:120]}: {answer.text[:200]}")

    assert wrong == []


def bodies(schema: dict[str, Any], example: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for name, of in schema.get("properties", {}).items():
        kinds = str(of)
        values = NUMBERS_SENT if "integer" in kinds or "number" in kinds else TEXTS_SENT
        for value in TIMES_SENT if "date-time" in kinds else values:
            yield example | {name: value}


async def test_bodies(api: Api) -> None:
    hook = {"title": "A", "trigger": "call.ended", "actions": [{"url": "https://a.example/"}]}
    (await api.post("/hooks", json=hook)).raise_for_status()
    task = {"title": "A", "due_at": "2030-09-12T16:00:00Z"}
    limits = [{"limits": {name: value}} for name in ("cooldown_minutes", "max_per_hour") for value in NUMBERS_SENT]
    limits += [{"limits": {"expires_at": value}} for value in TIMES_SENT]
    limits += [{"limits": {"hours": {"zone": value}}} for value in TEXTS_SENT]
    delivery = [{"delivery": {name: value}} for name in ("timeout", "retries") for value in NUMBERS_SENT]
    every = [{"schedule": {"every_minutes": value}} for value in NUMBERS_SENT]
    cron = [{"schedule": {"cron": value}} for value in (*TEXTS_SENT, "٠ ٩ * * *", "9" * 30 + " * * * *")]
    examples = {"/api/v1/tasks": task, "/api/v1/hooks": hook, "/api/v1/replays": {"dry": True},
                "/api/v1/hooks/backtest": {"hook": hook}, "/api/v1/keys": {"name": "k", "role": "agent"},
                "/api/v1/metric-limits": {"metric": "a", "comparison": "above", "threshold": 1},
                "/api/v1/hooks/{hook_id}/cases": {"name": "a", "data": {}, "fires": True},
                "/api/v1/lead-rules": {"start": 1, "threshold": 2, "rows": []}}  # fmt: skip
    wrong: list[str] = []
    for path, operations in create_app(api.engine).openapi()["paths"].items():
        for method, operation in operations.items():
            content = operation.get("requestBody", {}).get("content", {})
            schema = content.get("application/json", {}).get("schema", {})
            example = examples.get(path, {})
            sent = list(bodies(schema, example))
            if path == "/api/v1/hooks":
                sent += [hook | one for one in limits + delivery]
                sent += [hook | {"trigger": "schedule.due", "role": "system"} | one for one in every + cron]
            for body in sent:
                answer = await api.call(method.upper(), filled(path, {}), json=body)
                if answer.status_code >= 500:
                    wrong.append(f"{method} {path} {str(body)[:150]}: {answer.text[:150]}")

    assert wrong == []
