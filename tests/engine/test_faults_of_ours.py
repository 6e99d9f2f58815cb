"""Faults of our own around a call: whatever raises, the attempt is recorded, and a pause follows."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine import SYSTEM, Engine, Execution, ExecutionQuery, Status
from engine.actions.http import Outcome
from engine.events.draft import EventDraft
from engine.model import Actor, Request, Response, Role, Success
from engine.rules.success import judged
from tests.engine.conftest import Receiver, eventually, new_engine

AGENT = Actor(kind="key", id=1, name="dialer", role=Role.AGENT)
TOO_FAR = "Fri, 31 Dec 9999 23:59:59 -0500"


HEADERS = st.dictionaries(
    st.sampled_from(["Retry-After", "retry-after", "Content-Type", "Date"]) | st.text(),
    st.sampled_from([TOO_FAR, "application/problem+json", "1" * 5_000]) | st.text(st.characters(codec=None)),
    max_size=4,
)


class Planted(Exception):
    """A fault of ours."""


def raises(*_: Any, **__: Any) -> Any:
    raise Planted


async def raises_later(*_: Any, **__: Any) -> Any:
    raise Planted


async def fire(engine: Engine, *actions: dict[str, Any], run: str = "sequential") -> None:
    raw = {"title": "Witness", "trigger": "call.ended", "actions": list(actions), "run": run}
    await engine.hooks.save(raw, actor=SYSTEM)
    await engine.accept([EventDraft(type="call.ended", data={}, id=None, occurred_at=None)], AGENT)


async def ended(engine: Engine, *states: Status) -> Execution:
    async def found() -> Execution | None:
        items = (await engine.executions.page(ExecutionQuery())).items
        return items[0] if items and items[0].status in states else None

    execution = await eventually(found, 5)
    assert execution is not None, (await engine.executions.page(ExecutionQuery())).items
    return execution


BEHIND_THE_CALL = {
    "the verdict": ("engine.delivery.dispatch.verdict", raises),
    "the next action": ("engine.delivery.dispatch.next_in_sequence", None),
    "what is kept of the answer": ("engine.delivery.attempts.echoes_masked", raises),
    "the judgement": ("engine.actions.http.judged", raises),
    "the call": ("engine.actions.http.HttpClient.send", raises_later),
    "the request": ("engine.actions.composer.render", raises),
    "the target": ("engine.delivery.breaker.Breaker.record", raises),
    "the health": ("engine.hooks.watchdog.Watch.note", raises),
    "the watchdog": ("engine.hooks.watchdog.Watch.react", raises_later),
    "the feed": ("engine.feed.Feed.publish", raises),
    "the state": ("engine.delivery.dispatch.next_opening", raises),
}


@pytest.mark.parametrize("place", BEHIND_THE_CALL)
@pytest.mark.parametrize("run", ["sequential", "parallel"])
async def test_a_fault_costs_one_attempt_and_a_pause(
    place: str, run: str, engine: Engine, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.delivery.lanes.RETRY_SWEEP_SECONDS", 0.02)
    receiver.status = 503
    target, fault = BEHIND_THE_CALL[place]
    if fault is not None:
        monkeypatch.setattr(target, fault)
    await fire(engine, {"url": receiver.url}, {"url": f"{receiver.url}2"}, run=run)

    execution = await ended(engine, Status.RETRYING)
    await asyncio.sleep(0.2)
    execution = await ended(engine, Status.RETRYING)

    assert [attempt.number for attempt in execution.attempts] == list(range(1, len(execution.attempts) + 1))
    assert len(execution.attempts) == (1 if run == "sequential" else 2)
    assert len(receiver.requests) <= len(execution.attempts)
    assert execution.next_attempt_at is not None
    assert (execution.next_attempt_at - execution.created_at).total_seconds() > 3


async def test_what_was_delivered_is_not_sent_again_after_a_fault(
    engine: Engine, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.delivery.lanes.RETRY_SWEEP_SECONDS", 0.02)
    monkeypatch.setattr("engine.rules.retries.SHORTEST_AFTER_FAULT", timedelta(milliseconds=50))
    monkeypatch.setattr("engine.delivery.dispatch.verdict", raises)
    await fire(engine, {"url": receiver.url})

    execution = await ended(engine, Status.SUCCEEDED)

    assert len(execution.attempts) == len(receiver.requests) == 1


@given(st.lists(HEADERS, min_size=1, max_size=20))
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_any_headers_cost_one_attempt_and_a_pause(
    tmp_path_factory: pytest.TempPathFactory, answers: list[dict[str, str]]
) -> None:
    asyncio.run(_answered_with(tmp_path_factory.mktemp("any"), answers))


async def _answered_with(folder: Path, answers: list[dict[str, str]]) -> None:
    left = list(answers)

    async def send(_: Any, __: Request, ___: float, success: Success) -> Outcome:
        response = Response(status=503, headers=left.pop(), body="{}")
        return Outcome(1.0, response, judged(success, response))

    engine = new_engine(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("engine.actions.http.HttpClient.send", send)
        patch.setattr("engine.delivery.breaker.CALLS", 10_000)
        await engine.start()
        raw = {"title": "Witness", "trigger": "call.ended", "actions": [{"url": "https://api.example.com/"}]}
        await engine.hooks.save(raw, actor=SYSTEM)
        drafts = [EventDraft(type="call.ended", data={}, id=None, occurred_at=None) for _ in answers]
        await engine.accept(drafts, AGENT)

        async def all_wait() -> bool:
            items = (await engine.executions.page(ExecutionQuery())).items
            return len(items) == len(answers) and all(item.status is Status.RETRYING for item in items)

        assert await eventually(all_wait, 5)
        assert all(len(item.attempts) == 1 for item in (await engine.executions.page(ExecutionQuery())).items)
        await engine.stop()
