"""Internal actions through the whole pipeline: what they change happens once, and a fault stands in the attempt."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable
from pathlib import Path
from typing import Any

import orjson
import pytest
from pydantic import Field

from engine import SYSTEM, Engine, EventQuery, Execution, ExecutionQuery, Role, Status
from engine.actions.endpoint import Call, Effects, Endpoint, NewNotice, Params, Refused, endpoint
from engine.errors import Conflict
from engine.events.draft import EventDraft
from engine.model import Actor
from tests.engine.conftest import ADMIN, Api, eventually, new_engine

AGENT = Actor(kind="key", id=1, name="dialer", role=Role.AGENT)
INSIDE = "https://internal.ai-sync.com"


class Bell(Params):
    name: str = Field(description="Whom the team celebrates", min_length=1)
    times: int = Field(default=1, ge=1, le=3, description="How often it rings")


@endpoint("/celebrate", "Rings the bell for a colleague.")
async def celebrate(call: Call, params: Bell) -> Effects:
    notice = NewNotice(tone="good", title=params.name, text=f"{params.times} times")
    return Effects(answer={"rung": params.times}, changes=(notice, call.event_of("lead.qualified", {"lead_id": "L9"})))


@endpoint("/refuse", "Refuses.")
async def refuse(_: Call) -> Effects:
    raise Refused("Not on a Sunday.")


@endpoint("/break", "Breaks.")
def broken(_: Call) -> Effects:
    raise ValueError("no such table: secrets")


@endpoint("/slow", "Never answers, in a thread.")
def slow(_: Call) -> Effects:
    time.sleep(1.5)
    return Effects(answer=None)


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncGenerator[Engine]:
    engine = new_engine(tmp_path)
    add(engine, celebrate, refuse, broken, slow)
    await engine.start()
    yield engine
    await engine.stop()


def add(engine: Engine, *endpoints: Endpoint) -> None:
    app = engine.parts.actions.internal
    app.built_in = {**app.built_in, **{one.path: one for one in endpoints}}


async def save(engine: Engine, path: str, **changes: Any) -> int:
    action = {"url": INSIDE + path, **changes.pop("action", {})}
    raw = {"title": path, "trigger": "call.ended", "actions": [action], "delivery": {"retries": "none"}, **changes}
    return (await engine.hooks.save(raw, actor=SYSTEM)).id


async def run(engine: Engine, path: str, **changes: Any) -> Execution:
    """A hook with that action, one event, and what it came to."""
    hook_id = await save(engine, path, **changes)
    await engine.accept([EventDraft(type="call.ended", data={"lead_id": "L1"}, id=None, occurred_at=None)], AGENT)
    return await ended(engine, hook_id)


async def ended(engine: Engine, hook_id: int, settled: Callable[[Execution], Any] = lambda one: one.finished_at) -> Any:
    async def find() -> Execution | None:
        items = (await engine.executions.page(ExecutionQuery(hook_id=hook_id))).items
        found = next((one for one in items if settled(one)), None)
        return found and (await engine.executions.get(found.id)).execution

    return await eventually(find)


def answer_of(execution: Execution) -> Any:
    response = execution.attempts[-1].response
    assert response is not None
    return orjson.loads(response.body)


async def test_parameters_come_from_the_query_and_what_it_does_is_done(engine: Engine) -> None:
    told: list[str] = []
    engine.notices.subscribe(lambda notice: told.append(notice.title))

    execution = await run(engine, "/celebrate?name={{ lead_id }}&times=2")

    assert execution.status is Status.SUCCEEDED
    assert answer_of(execution) == {"rung": 2}
    assert told == ["L1"]
    made = (await engine.insight.events(EventQuery(type="lead.qualified"))).items
    assert [(one.event.role, one.event.data) for one in made] == [(Role.SYSTEM, {"lead_id": "L9"})]
    (link,) = made[0].event.chain
    assert (link.hook_id, link.entity, link.execution_id) == (execution.hook_id, "lead_id:L1", execution.id)


async def test_values_of_the_actions_own_body_win(engine: Engine) -> None:
    body = '{"name": "{{ lead_id }}", "times": 3}'

    assert answer_of(await run(engine, "/celebrate?name=x&times=2", action={"body": body})) == {"rung": 3}


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/celebrate", "name: Missing."),
        ("/celebrate?name=a&times=9", "times: Input should be less than or equal to 3."),
        ("/celebrate?name=a&time=2", "time: There is no such parameter. Did you mean times?"),
        ("/refuse", "Not on a Sunday."),
        ("/celebrated", "No internal endpoint is at /celebrated. Did you mean /celebrate?"),
    ],
)
async def test_what_is_wrong_is_told_and_not_tried_again(engine: Engine, path: str, told: str) -> None:
    execution = await run(engine, path, delivery={"retries": [1]})

    assert execution.status is Status.FAILED
    (attempt,) = execution.attempts
    assert attempt.error is not None
    assert told in attempt.error.message
    assert not (await engine.notices.newest())


async def test_a_fault_of_an_endpoint_is_a_failed_attempt_without_its_stack(engine: Engine) -> None:
    execution = await run(engine, "/break")

    (attempt,) = execution.attempts
    assert attempt.error is not None
    assert attempt.status_code == 500
    assert "/break failed: ValueError: no such table: secrets" in attempt.error.message
    assert "Traceback" not in str(attempt)


async def test_one_that_hangs_holds_up_neither_the_loop_nor_its_time_limit(engine: Engine) -> None:
    execution = await run(engine, "/slow", delivery={"retries": "none", "timeout": 1})

    (attempt,) = execution.attempts
    assert attempt.error is not None
    assert "No answer within 1 seconds" in attempt.error.message


async def test_endpoints_that_fail_never_pause_the_internal_host(engine: Engine) -> None:
    for _ in range(12):
        await run(engine, "/break")

    assert engine.paused_targets() == {}


async def test_a_call_that_is_made_again_changes_nothing_more(engine: Engine) -> None:
    """The answer says no success, so the action is tried again, and its first answer comes again."""
    rung: list[int] = []

    @endpoint("/count", "Counts its calls.")
    async def count(_: Call) -> Effects:
        rung.append(len(rung))
        notice = NewNotice(tone="good", title="Counted", text="")
        return Effects(answer={"call": len(rung)}, changes=(notice,))

    add(engine, count)
    hook_id = await save(
        engine, "/count", action={"success": {"check": "json.call > 1"}}, delivery={"retries": [1], "final_4xx": False}
    )
    await engine.accept([EventDraft(type="call.ended", data={}, id=None, occurred_at=None)], AGENT)

    execution = await ended(engine, hook_id)

    assert [answer_of(execution), len(execution.attempts), len(rung)] == [{"call": 1}, 2, 2]
    assert [one.title for one in await engine.notices.newest()] == ["Counted"]


async def test_two_actions_of_one_execution_each_do_their_part(engine: Engine) -> None:
    actions = [{"url": f"{INSIDE}/celebrate?name={name}"} for name in ("Ada", "Grace")]
    hook_id = await save(engine, "two", actions=actions)
    await engine.accept([EventDraft(type="call.ended", data={}, id=None, occurred_at=None)], AGENT)

    assert (await ended(engine, hook_id)).status is Status.SUCCEEDED
    assert {one.title for one in await engine.notices.newest()} == {"Ada", "Grace"}


async def test_what_was_changed_meanwhile_is_looked_at_again(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    tries: list[str] = []
    perform = engine._store.perform

    async def contended(execution_id: str, *rest: Any) -> Any:
        tries.append(execution_id)
        if len(tries) < 3:
            raise Conflict("lead", "L1", 2)
        return await perform(execution_id, *rest)

    monkeypatch.setattr(engine._store, "perform", contended)

    assert (await run(engine, "/celebrate?name=Ada")).status is Status.SUCCEEDED
    assert len(tries) == 3
    assert len(await engine.notices.newest()) == 1


async def test_a_test_does_it_for_real_and_marks_what_it_makes(engine: Engine) -> None:
    hook_id = await save(engine, "/celebrate?name=Ada")
    listening = await save(engine, "/echo", trigger="lead.qualified", role="system")

    result = await engine.testing.test(hook_id, data={"lead_id": "L1"}, role=Role.AGENT, send=True, actor=ADMIN)

    assert result.execution is not None
    assert result.execution.status is Status.SUCCEEDED
    followed = await ended(engine, listening)
    assert followed.test
    stats = await engine.hooks.stats()
    assert listening not in stats or stats[listening].hits == 0


async def test_endpoints_are_listed_with_their_parameters(api: Api) -> None:
    answer = await api.get("/endpoints")

    found = {one["path"]: one for one in answer.json()["items"]}
    assert found["/celebrate"]["url"] == f"{INSIDE}/celebrate"
    assert found["/celebrate"]["parameters"][1] == {
        "name": "times",
        "type": "integer",
        "required": False,
        "meaning": "How often it rings",
        "default": 1,
        "one_of": [],
    }
    assert found["/echo"]["parameters"] == []
    assert (await api.get("/endpoints", role=Role.AGENT)).status_code == 403


async def test_what_is_stored_after_the_time_is_up_is_told_all_the_same(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    perform = engine._store.perform

    async def slowly(*arguments: Any) -> Any:
        performed = await perform(*arguments)
        await asyncio.sleep(1.2)
        return performed

    monkeypatch.setattr(engine._store, "perform", slowly)
    listening = await save(engine, "/echo", trigger="lead.qualified", role="system")

    execution = await run(engine, "/celebrate?name=Ada", delivery={"retries": "none", "timeout": 1})

    assert execution.status is Status.FAILED
    assert (await ended(engine, listening)).status is Status.SUCCEEDED
