"""Requests and answers that are large: bounded as they go out, cut as they are kept, and in no list."""

import re
from typing import Any

from sqlalchemy import event as sql_event
from sqlalchemy.engine import Engine as SqlEngine

from engine import SYSTEM, Engine, Execution, ExecutionQuery, Role, Status
from engine.actions.decoding import KEPT_BYTES
from engine.events.draft import EventDraft
from engine.model import Actor, ErrorClass
from tests.engine.conftest import Api, Receiver, eventually

AGENT = Actor(kind="key", id=1, name="dialer", role=Role.AGENT)


async def add_hook(engine: Engine, *actions: dict[str, Any], **more: Any) -> int:
    raw = {"title": "Large", "trigger": "call.ended", "actions": list(actions), **more}
    return (await engine.hooks.save(raw, actor=SYSTEM)).id


async def ended(engine: Engine, data: dict[str, Any]) -> Execution:
    await engine.accept([EventDraft(type="call.ended", data=data, id=None, occurred_at=None)], AGENT)

    async def finished() -> str | None:
        items = (await engine.executions.page(ExecutionQuery())).items
        return items[0].id if items and items[0].status in {Status.SUCCEEDED, Status.FAILED} else None

    return (await engine.executions.get(await eventually(finished))).execution


async def test_a_request_is_sent_whole_and_kept_in_part(engine: Engine, receiver: Receiver) -> None:
    await add_hook(engine, {"url": receiver.url, "body": '{"t": "{{ transcript }}"}'})

    execution = await ended(engine, {"transcript": "é" * 100_000})

    request = execution.attempts[0].request
    assert len(receiver.bodies[0]) == len(b'{"t": ""}') + 200_000
    assert request.truncated
    assert request.body is not None
    assert KEPT_BYTES - 1 <= len(request.body.encode()) <= KEPT_BYTES


async def test_the_standard_envelope_is_as_large_as_its_event(engine: Engine, receiver: Receiver) -> None:
    await add_hook(engine, {"url": receiver.url})

    execution = await ended(engine, {"transcript": "x" * 2_000_000})

    assert execution.status == Status.SUCCEEDED
    assert len(receiver.bodies[0]) > 2_000_000


async def test_a_request_that_grows_too_large_fails_and_says_so(engine: Engine, receiver: Receiver) -> None:
    await add_hook(engine, {"url": receiver.url, "body": '{"t": "' + "{{ transcript }}" * 99 + '"}'})

    execution = await ended(engine, {"transcript": "x" * 50_000})

    (attempt,) = execution.attempts
    assert execution.status == Status.FAILED
    assert attempt.error is not None
    assert attempt.error.error_class == ErrorClass.TEMPLATE_ERROR
    assert "the body would come to more than 1,024 KiB" in attempt.error.message
    assert receiver.requests == []


async def test_an_endpoint_within_reads_the_whole_of_a_large_body(engine: Engine) -> None:
    body = '{"title": "Large", "text": "short", "tone": "{{ filler }}"}'
    await add_hook(engine, {"url": "https://internal.ai-sync.com/notify", "body": body})

    execution = await ended(engine, {"filler": "x" * 2 * KEPT_BYTES})

    error = execution.attempts[0].error
    assert error is not None
    assert "tone" in error.message
    assert "JSON" not in error.message


async def test_no_list_reads_what_was_sent_and_what_came_back(api: Api, receiver: Receiver) -> None:
    receiver.answers["/in"] = (200, b"y" * 50_000)
    action = {
        "url": f"{receiver.url}?n={{{{ n }}}}",
        "body": '{"t": "{{ transcript }}"}',
        "headers": {"X-Long": "z" * 4_000},
    }
    await add_hook(api.engine, *[action] * 5)
    execution = await ended(api.engine, {"n": 1, "transcript": "x" * 50_000})
    statements: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        statements.append(statement)

    sql_event.listen(SqlEngine, "before_cursor_execute", note)
    try:
        pages = [
            await api.get("/executions"),
            await api.get("/executions?q=x*"),
            await api.get(f"/executions?q={'x' * 9}"),
        ]
        chain = await api.get(f"/executions/{execution.id}/chain")
    finally:
        sql_event.remove(SqlEngine, "before_cursor_execute", note)
    shown = (await api.get(f"/executions/{execution.id}")).json()

    (item,) = pages[0].json()["items"]
    assert len(item["attempts"]) == 5
    assert item["attempts"][0] | {"started_at": "", "latency_ms": 0} == {
        "number": 1,
        "action": 0,
        "started_at": "",
        "latency_ms": 0,
        "status_code": 200,
        "error": None,
        "request": {"method": "POST", "url": action["url"]},
        "response": {"status": 200},
    }
    assert all(len(page.content) < 10_000 for page in [*pages, chain])
    read = [one for one in statements if re.match(r"SELECT.*(attempt\.(request|response)|event\.data)", one, re.DOTALL)]
    assert read == []
    attempt = shown["attempts"][0]
    assert (len(attempt["request"]["body"]), attempt["request"]["truncated"]) == (KEPT_BYTES, True)
    assert (len(attempt["response"]["body"]), attempt["response"]["truncated"]) == (KEPT_BYTES, True)
    assert attempt["request"]["url"] == f"{receiver.url}?n=1"


async def test_the_feed_remembers_no_bodies(engine: Engine, receiver: Receiver) -> None:
    await add_hook(engine, {"url": receiver.url})
    await ended(engine, {"transcript": "x" * 50_000})

    (recent,) = engine.feed.recent()

    (attempt,) = recent.attempts
    assert (attempt.request.body, attempt.status_code) == (None, 200)
    assert attempt.response is not None
    assert attempt.response.body == ""


async def test_remarks_are_kept_and_shown(api: Api, receiver: Receiver) -> None:
    receiver.answers["/in"] = (200, "Müller".encode("latin-1"))
    await add_hook(api.engine, {"url": receiver.url})
    execution = await ended(api.engine, {})

    shown = (await api.get(f"/executions/{execution.id}")).json()

    response = shown["attempts"][0]["response"]
    assert response["body"] == "Müller"
    assert response["remarks"] == ["The body is not utf-8; it is read as windows-1252."]
