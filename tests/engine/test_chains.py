"""Hooks that chain by /emit: how far a chain goes, where it is cut, and how it is shown."""

from typing import Any

import pytest

from engine import SYSTEM, Chain, ChainedEvent, Engine, EventQuery, ExecutionQuery, Gate, NotFound, Role, Status
from engine.events.chains import LONGEST
from engine.events.draft import EventDraft
from engine.model import Actor, Execution, Link
from engine.rules.decisions import explain, stopped_by
from engine.rules.index import compile_hook
from tests.engine.conftest import Api, eventually
from tests.storage.conftest import event

AGENT = Actor(kind="key", id=1, name="dialer", role=Role.AGENT)
EMIT = "https://internal.ai-sync.com/emit"
ECHO = "https://internal.ai-sync.com/echo"


async def save(engine: Engine, title: str, trigger: str, emits: str, **changes: Any) -> int:
    """A hook that makes an event of another type; without one, it answers itself."""
    url = f"{EMIT}?type={emits}" if emits else ECHO
    role = "agent" if trigger == "call.ended" else "system"
    action = {"url": url, **changes.pop("action", {})}
    raw = {"title": title, "trigger": trigger, "actions": [action], "role": role, **changes}
    return (await engine.hooks.save(raw, actor=SYSTEM)).id


async def post(engine: Engine, **data: Any) -> None:
    await engine.accept([EventDraft(type="call.ended", data=data, id=None, occurred_at=None)], AGENT)


async def all_ended(engine: Engine, count: int) -> list[Execution]:
    """Oldest first, once there are so many, and all of them ended."""

    async def find() -> list[Execution]:
        items = (await engine.executions.page(ExecutionQuery(limit=500))).items
        return (
            sorted(items, key=lambda one: one.id) if len(items) >= count and all(i.finished_at for i in items) else []
        )

    return await eventually(find)


async def test_an_event_that_is_made_runs_the_next_hook(engine: Engine) -> None:
    body = '{"lead_score": {{ lead_id }}, "reason": "{{ event.type }}"}'
    data = '{"data": ' + body + "}"
    await save(engine, "First", "call.ended", "lead.qualified", action={"body": data})
    await save(engine, "Second", "lead.qualified", "")
    await post(engine, lead_id=4, city="Ulm")

    first, second = await all_ended(engine, 2)

    assert (first.status, second.status) == (Status.SUCCEEDED, Status.SUCCEEDED)
    made = (await engine.executions.get(second.id)).event
    assert made.data == {"lead_id": 4, "city": "Ulm", "lead_score": 4, "reason": "call.ended"}
    assert made.role is Role.SYSTEM
    assert made.chain == (Link(hook_id=first.hook_id, entity="lead_id:4", execution_id=first.id),)


async def test_fields_alone_and_none_of_the_event(engine: Engine) -> None:
    await save(
        engine, "First", "call.ended", "", action={"url": EMIT, "body": '{"type": "task.created", "only": true}'}
    )
    await post(engine, lead_id=4)
    await all_ended(engine, 1)

    (made,) = (await engine.insight.events(EventQuery(type="task.created"))).items
    assert made.event.data == {}


@pytest.mark.parametrize(
    ("emits", "told"),
    [("lead.qualifid", "Did you mean lead.qualified"), ("", "type: ")],
)
async def test_an_event_that_cannot_be_is_told(engine: Engine, emits: str, told: str) -> None:
    await save(engine, "First", "call.ended", "", action={"url": f"{EMIT}?type={emits}"})
    await post(engine)

    (execution,) = await all_ended(engine, 1)

    assert execution.status is Status.FAILED
    (attempt,) = (await engine.executions.get(execution.id)).execution.attempts
    assert attempt.error is not None
    assert told in attempt.error.message


async def test_a_hook_does_not_run_again_for_the_same_lead_in_its_own_chain(engine: Engine) -> None:
    there = await save(engine, "There", "lead.qualified", "lead.generated")
    back = await save(engine, "Back", "lead.generated", "lead.qualified")
    await save(engine, "Start", "call.ended", "lead.qualified")
    await post(engine, lead_id="L1")

    made = await all_ended(engine, 3)

    assert [one.hook_id for one in made[1:]] == [there, back]
    newest = (await engine.insight.events(EventQuery(type="lead.qualified"))).items[0].event
    decided = await engine.insight.decisions(newest.id)
    (decision,) = [one for one in decided.decisions if one.hook_id == there]
    assert (decision.fired, decision.gate) == (False, Gate.CHAIN)
    assert decision.reason == "This hook ran for lead_id L1 already in the chain that made the event: it would loop."
    assert decision.needed == ("The event would have to come from outside: this hook has run in its chain already.",)


async def test_for_another_lead_it_runs_until_the_chain_is_too_long(engine: Engine) -> None:
    body = '{"data": {"lead_id": "{{ lead_id }}x"}}'
    await save(engine, "Again", "lead.qualified", "lead.qualified", action={"body": body})
    await save(engine, "Start", "call.ended", "lead.qualified")
    await post(engine, lead_id="L")

    made = await all_ended(engine, LONGEST + 1)

    assert [one.status for one in made] == [Status.SUCCEEDED] * LONGEST + [Status.FAILED]
    (attempt,) = (await engine.executions.get(made[-1].id)).execution.attempts
    assert attempt.error is not None
    assert "at the end of a chain of 8 hooks" in attempt.error.message


def test_the_quick_answer_and_the_explanation_agree_on_chains() -> None:
    from engine.model import Hook
    from tests.storage.conftest import NOW, definition

    compiled = compile_hook(Hook(id=7, version=1, definition=definition(), created_at=NOW, updated_at=NOW))
    for chain, gate in (
        ((), None),
        ((Link(hook_id=6, entity="", execution_id="exe_1"),), None),
        ((Link(hook_id=7, entity="lead_id:1", execution_id="exe_1"),), None),
        ((Link(hook_id=7, entity="", execution_id="exe_1"),), Gate.CHAIN),
    ):
        one = event(chain=chain)
        decision = explain(compiled, one, NOW, {})
        assert stopped_by(compiled, one, {}) is gate
        assert (decision.gate, Gate.CHAIN in decision.trace) == (gate, bool(chain))


def titles(event: ChainedEvent) -> Any:
    """As nested lists: the type, and of each run its title with what it made."""
    return [event.type, *([run.execution.hook_title, *map(titles, run.made)] for run in event.runs)]


async def test_the_whole_chain_is_shown_from_any_of_its_runs(engine: Engine, api: Api) -> None:
    await save(engine, "Start", "call.ended", "lead.qualified")
    await save(engine, "Left", "lead.qualified", "lead.generated")
    await save(engine, "Right", "lead.qualified", "")
    await save(engine, "End", "lead.generated", "")
    await post(engine, lead_id="L1")
    made = {one.hook_title: one for one in await all_ended(engine, 4)}
    end = ["lead.generated", ["End"]]

    async def shown(title: str) -> Chain:
        return await engine.executions.chain(made[title].id)

    left_and_right = [["Left", end], ["Right"]]
    assert titles((await shown("Start")).root) == ["call.ended", ["Start", ["lead.qualified", *left_and_right]]]
    assert titles((await shown("Left")).root) == ["call.ended", ["Start", ["lead.qualified", ["Left", end]]]]
    assert titles((await shown("End")).root) == ["call.ended", ["Start", ["lead.qualified", ["Left", end]]]]
    assert not (await shown("Start")).more
    told = (await api.get(f"/executions/{made['Left'].id}/chain")).json()
    assert told["root"]["runs"][0]["made"][0]["runs"][0]["hook_title"] == "Left"
    assert (told["cut"], told["more"]) == (False, False)
    with pytest.raises(NotFound):
        await engine.executions.chain("exe_none")


async def test_of_very_much_a_part_is_shown(engine: Engine) -> None:
    await save(engine, "Start", "call.ended", "lead.qualified")
    for number in range(6):
        await save(engine, f"Follower {number}", "lead.qualified", "")
    await post(engine)
    start = (await all_ended(engine, 7))[0]

    chain = await engine._store.chain(start.id, 3)

    assert chain.more
    assert len(chain.root.runs[0].made[0].runs) == 3
