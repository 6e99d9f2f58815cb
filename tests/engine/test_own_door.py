"""Hooks that post to our own door: their events continue the chain of the run that sent them, and loops are cut."""

from typing import Any

from engine import Engine, Gate, Role, Status
from engine.events.chains import LONGEST
from engine.secrets.chain_marks import ChainMarks
from engine.secrets.vault import Vault
from tests.engine.conftest import Api, Receiver, eventually
from tests.engine.test_chains import all_ended

SEVERAL = '[{"type": "sms.sent", "data": {}}]'
FOR_ANOTHER = '{"type": "call.ended", "data": {"lead_id": "{{ lead_id }}x"}}'


async def save(api: Api, port: int, **changes: Any) -> int:
    """A hook that posts the event that ran it to our own door."""
    url = f"http://127.0.0.1:{port}/api/v1/events"
    action = {"url": url, "headers": {"authorization": f"Bearer {api.keys[Role.AGENT]}"}}
    actions = [{**action, **one} for one in changes.pop("actions", [{}])]
    hook = {"title": "Back", "trigger": "call.ended", "role": "agent", "actions": actions, **changes}
    return (await api.post("/hooks", json=hook)).json()["id"]


async def post(api: Api) -> None:
    answer = await api.post("/events", role=Role.AGENT, json={"type": "call.ended", "data": {"lead_id": "L1"}})
    assert answer.status_code == 202


async def events(api: Api) -> list[dict[str, Any]]:
    return (await api.get("/events", params={"limit": 500})).json()["items"]


async def decided(api: Api, event: dict[str, Any]) -> dict[str, Any]:
    async def found() -> Any:
        answer = (await api.get(f"/events/{event['id']}/decisions")).json()
        return None if answer["pending"] else answer["items"][0]

    return await eventually(found)


async def test_a_hook_that_posts_what_runs_it_is_cut(engine: Engine, api: Api, port: int) -> None:
    hook_id = await save(api, port)
    await post(api)

    (execution,) = await all_ended(engine, 1)

    assert execution.status is Status.SUCCEEDED
    newest, first = await events(api)
    decision = await decided(api, newest)
    assert (decision["fired"], decision["gate"]) == (False, Gate.CHAIN)
    assert newest["chain"] == [{"hook_id": hook_id, "entity": "lead_id:L1", "execution_id": execution.id}]
    assert (newest["id"], newest["role"], first["chain"]) == (execution.id, "agent", [])


async def test_for_another_lead_each_time_the_chain_comes_to_its_end(engine: Engine, api: Api, port: int) -> None:
    await save(api, port, actions=[{"body": FOR_ANOTHER}], delivery={"retries": []})
    await post(api)

    made = await all_ended(engine, LONGEST + 1)

    assert [one.status for one in made] == [*[Status.SUCCEEDED] * LONGEST, Status.FAILED]
    (attempt,) = (await engine.executions.get(made[-1].id)).execution.attempts
    assert attempt.error and "at the end of a chain" in attempt.error.message
    assert len(await events(api)) == LONGEST + 1


async def test_what_each_action_posts_is_an_event_of_its_own(engine: Engine, api: Api, port: int) -> None:
    await save(api, port, actions=[{}, {}, {"body": SEVERAL}])
    await post(api)

    first = (await all_ended(engine, 1))[0]

    posted = {one["id"] for one in await events(api) if one["chain"]}
    assert {first.id, f"{first.id}/1", f"{first.id}/2/0"} == posted


async def test_a_forged_mark_counts_for_nothing(engine: Engine, api: Api, receiver: Receiver) -> None:
    hook_id = await save(api, 0, actions=[{"url": receiver.url}])
    await post(api)
    (execution,) = await all_ended(engine, 1)
    head = receiver.requests[0].decode().lower()
    mark = next(line.partition(": ")[2] for line in head.split("\r\n") if line.startswith("webhook-chain"))
    body = {"type": "call.ended", "data": {"lead_id": "L1"}}

    others = ChainMarks(Vault()).mark(execution.id, 0)
    for index, one in enumerate((mark[:-1], "nonsense", "ü;ü", others)):
        await api.post(
            "/events", role=Role.AGENT, json={**body, "id": f"forged{index}"}, headers={"webhook-chain": one.encode()}
        )

    assert all(one["chain"] == [] for one in await events(api))
    assert len(await all_ended(engine, 5)) == 5
    assert hook_id == execution.hook_id


async def test_a_dry_run_shows_the_mark(api: Api) -> None:
    hook_id = await save(api, 0, actions=[{"url": "https://example.com"}])

    answer = await api.post(f"/hooks/{hook_id}/test", json={"role": "agent"})

    assert answer.json()["requests"][0]["headers"]["webhook-chain"].startswith("exe_")


async def test_attributes_of_cloud_events_are_kept_and_read_by_hooks(
    engine: Engine, api: Api, receiver: Receiver
) -> None:
    body = '{"from": "{{ event.source }}", "of": "{{ event.subject }}", "role": "{{ event.role }}"}'
    condition = (
        'event.source == "/agents/ü" and event.tenant == "acme" and event.severity > 2 and event.id == "/agents/ü|1"'
    )
    action = {"url": receiver.url, "body": body}
    await api.post(
        "/hooks",
        json={"title": "x", "trigger": "call.ended", "role": "agent", "condition": condition, "actions": [action]},
    )
    cloud = {
        "specversion": "1.0",
        "type": "call.ended",
        "source": "/agents/ü",
        "id": "1",
        "subject": "call 7",
        "tenant": "acme",
        "severity": 3,
        "role": "admin",
        "list": [1],
    }

    await api.post("/events", role=Role.AGENT, json=cloud)
    await all_ended(engine, 1)

    assert receiver.bodies == ['{"from": "/agents/ü", "of": "call 7", "role": "agent"}'.encode()]
    (event,) = (await api.get("/events", params={"q": "acme"})).json()["items"]
    assert event["attributes"] == {
        "source": "/agents/ü",
        "subject": "call 7",
        "tenant": "acme",
        "severity": 3,
        "role": "admin",
    }
    assert (await decided(api, event))["fired"]
    answer = await api.post("/hooks/backtest", json={"hook": (await api.get("/hooks")).json()["items"][0]})
    assert answer.json()["fires"] == 1
