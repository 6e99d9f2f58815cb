"""Hooks with several actions: in sequence or in parallel, reading what came back before, resumed by retries."""

import asyncio
from pathlib import Path

import orjson
import pytest

from engine import SYSTEM, Engine, ExecutionQuery, InvalidHook, Role, Status
from engine.events.draft import EventDraft
from engine.model import Actor, ErrorClass, Execution
from tests.engine.conftest import Api, Receiver, eventually, new_engine

AGENT = Actor(kind="key", id=1, name="dialer", role=Role.AGENT)
SHORT = {"retries": [1]}
NONE = {"retries": "none"}


async def save(engine: Engine, receiver: Receiver, *actions: dict, **changes: object) -> int:
    base = receiver.url.removesuffix("/in")
    listed = [{**action, "url": base + action["url"]} for action in actions]
    raw = {"title": "List", "trigger": "call.ended", "actions": listed, "delivery": NONE, **changes}
    return (await engine.hooks.save(raw, actor=SYSTEM)).id


async def post(engine: Engine, data: dict | None = None) -> None:
    await engine.accept([EventDraft(type="call.ended", data=data or {}, id=None, occurred_at=None)], AGENT)


async def finished(engine: Engine) -> Execution:
    async def find() -> Execution | None:
        items = (await engine.executions.page(ExecutionQuery())).items
        ended = [one for one in items if one.finished_at]
        return (await engine.executions.get(ended[0].id)).execution if ended else None

    return await eventually(find)


async def test_a_later_action_reads_what_an_earlier_one_returned(engine: Engine, receiver: Receiver) -> None:
    receiver.answers = {"/create": (201, b'{"id": "c 7", "tags": ["a"]}')}
    body = '{"contact": {{ steps[0].json.id }}, "why": "after {{ steps[0].status }}", "tags": {{ steps[0].json.tags }}}'
    await save(
        engine,
        receiver,
        {"url": "/create"},
        {"url": "/notes/{{ steps[0].json.id }}?call={{ call_id }}", "body": body, "headers": {"X-Lead": "{{ lead }}"}},
    )
    await post(engine, {"call_id": "a&b", "lead": "L1"})

    execution = await finished(engine)

    assert execution.status is Status.SUCCEEDED
    assert receiver.paths == ["/create", "/notes/c%207?call=a%26b"]
    assert orjson.loads(receiver.bodies[1]) == {"contact": "c 7", "why": "after 201", "tags": ["a"]}
    assert b"x-lead: L1" in receiver.requests[1].lower().replace(b"l1", b"L1")
    assert [(one.number, one.action) for one in execution.attempts] == [(1, 0), (2, 1)]


async def test_the_rest_stops_at_the_first_failure(engine: Engine, receiver: Receiver) -> None:
    receiver.answers = {"/two": (400, b"")}
    await save(engine, receiver, {"url": "/one"}, {"url": "/two"}, {"url": "/three"})
    await post(engine)

    assert (await finished(engine)).status is Status.FAILED
    assert receiver.paths == ["/one", "/two"]


async def test_a_failure_of_one_that_goes_on_stops_nothing(engine: Engine, receiver: Receiver) -> None:
    receiver.answers = {"/two": (400, b"")}
    await save(engine, receiver, {"url": "/one"}, {"url": "/two", "go_on": True}, {"url": "/three"}, delivery=SHORT)
    await post(engine)

    execution = await finished(engine)

    assert execution.status is Status.SUCCEEDED
    assert receiver.paths == ["/one", "/two", "/three"]
    assert [bool(one.error) for one in execution.attempts] == [False, True, False]


async def test_a_retry_resumes_at_the_action_that_failed(engine: Engine, receiver: Receiver) -> None:
    receiver.answers = {"/one": (200, b'{"id": 5}'), "/two": (503, b"")}
    await save(engine, receiver, {"url": "/one"}, {"url": "/two?id={{ steps[0].json.id }}"}, delivery=SHORT)
    await post(engine)
    assert await eventually(lambda: len(receiver.requests) == 2)
    receiver.answers["/two"] = (200, b"")

    execution = await finished(engine)

    assert execution.status is Status.SUCCEEDED
    assert receiver.paths == ["/one", "/two?id=5", "/two?id=5"]
    assert [(one.number, one.action) for one in execution.attempts] == [(1, 0), (2, 1), (3, 1)]


async def test_an_action_has_its_own_schedule_of_tries(engine: Engine, receiver: Receiver) -> None:
    receiver.answers = {"/two": (503, b"")}
    await save(engine, receiver, {"url": "/one"}, {"url": "/two"}, delivery=SHORT)
    await post(engine)

    execution = await finished(engine)

    assert execution.status is Status.FAILED
    assert receiver.paths == ["/one", "/two", "/two"]


async def test_an_action_runs_only_if_its_own_condition_holds(engine: Engine, receiver: Receiver) -> None:
    receiver.answers = {"/one": (200, b'{"new": false}')}
    await save(
        engine,
        receiver,
        {"url": "/one"},
        {"url": "/two", "when": "steps[0].json.new"},
        {"url": "/three", "when": "exists(nosuch)"},
        {"url": "/four", "when": "not steps[0].json.new and steps[0].ok"},
    )
    await post(engine)

    assert (await finished(engine)).status is Status.SUCCEEDED
    assert receiver.paths == ["/one", "/four"]


@pytest.mark.parametrize("run", ["sequential", "parallel"])
async def test_where_no_condition_holds_nothing_is_called_and_that_is_no_failure(
    engine: Engine, receiver: Receiver, run: str
) -> None:
    await save(engine, receiver, {"url": "/one", "when": "n > 1"}, {"url": "/two", "when": "n > 2"}, run=run)
    await post(engine, {"n": 1})

    execution = await finished(engine)

    assert (execution.status, execution.attempts, receiver.requests) == (Status.SUCCEEDED, (), [])


async def test_in_parallel_all_begin_at_once_and_those_that_failed_are_made_again(
    engine: Engine, receiver: Receiver
) -> None:
    receiver.answers, receiver.delay = {"/two": (503, b"")}, 0.1
    await save(engine, receiver, *[{"url": f"/{n}"} for n in ("one", "two", "three")], run="parallel", delivery=SHORT)
    await post(engine)
    assert await eventually(lambda: [one for one in engine.feed.recent() if one.status is Status.RETRYING])
    receiver.answers = {}

    execution = await finished(engine)

    assert execution.status is Status.SUCCEEDED
    assert sorted(receiver.paths[:3]) == ["/one", "/three", "/two"]
    assert receiver.paths[3:] == ["/two"]
    assert [one.number for one in execution.attempts] == [1, 2, 3, 4]


async def test_in_parallel_one_that_is_given_up_fails_the_whole_once_the_others_have_ended(
    engine: Engine, receiver: Receiver
) -> None:
    receiver.answers = {"/one": (410, b"")}
    await save(engine, receiver, {"url": "/one"}, {"url": "/two"}, run="parallel", delivery=SHORT)
    await post(engine)

    assert (await finished(engine)).status is Status.FAILED
    assert sorted(receiver.paths) == ["/one", "/two"]
    assert await eventually(lambda: not engine.hooks.all()[0].definition.enabled)


async def test_a_missing_field_is_an_error_and_never_an_empty_text(engine: Engine, receiver: Receiver) -> None:
    await save(engine, receiver, {"url": "/x/{{ lead.id }}"}, delivery=SHORT)
    await post(engine)

    execution = await finished(engine)

    (attempt,) = execution.attempts
    assert execution.status is Status.FAILED
    assert attempt.error is not None
    assert attempt.error.error_class is ErrorClass.TEMPLATE_ERROR
    assert "`{{ lead.id }}`: no field `lead` in this event" in attempt.error.message
    assert receiver.requests == []


async def test_what_counts_as_success_can_be_narrowed(engine: Engine, receiver: Receiver) -> None:
    receiver.answers = {"/one": (404, b"{}"), "/two": (200, b'{"ok": false}')}
    await save(
        engine,
        receiver,
        {"url": "/one", "success": {"statuses": "200-299, 404"}},
        {"url": "/two", "success": {"check": "json.ok"}},
    )
    await post(engine)

    execution = await finished(engine)

    first, second = execution.attempts
    assert (first.error, execution.status) == (None, Status.FAILED)
    assert second.error is not None
    assert "what has to hold for success does not: `json.ok` is false" in second.error.message


async def test_a_test_shows_every_request_and_what_is_known_only_later(api: Api, receiver: Receiver) -> None:
    hook_id = await save(api.engine, receiver, {"url": "/a/{{ n }}"}, {"url": "/b/{{ steps[0].json.id }}"})

    document = (await api.post(f"/hooks/{hook_id}/test", json={"data": {"n": 7}, "role": "agent"})).json()

    assert document["requests"][0]["url"].endswith("/a/7")
    assert document["requests"][1]["url"].endswith("/b/{{ steps[0].json.id }}")
    assert list(document["problems"]) == ["1"]
    receiver.answers = {"/a/7": (200, b'{"id": 9}')}
    sent = (await api.post(f"/hooks/{hook_id}/test", json={"data": {"n": 7}, "role": "agent", "send": True})).json()
    assert sent["execution"]["status"] == "succeeded"
    assert receiver.paths == ["/a/7", "/b/9"]


@pytest.mark.parametrize(
    ("action", "place"),
    [
        ({"url": "https://{{ host }}.example.com/"}, "actions[0].url"),
        ({"url": "https://example.com{{ path }}"}, "actions[0].url"),
        ({"url": "https://example.com/{{ 1 + }}"}, "actions[0].url"),
        ({"url": "https://example.com/{{ a"}, "actions[0].url"),
        ({"url": "https://example.com/", "body": '{"a": {{ a }}'}, "actions[0].body"),
        ({"url": "https://example.com/", "body": "{}", "method": "GET"}, "actions[0].body"),
        ({"url": "https://example.com/", "headers": {"X-A": "{{ }}"}}, "actions[0].headers.X-A"),
        ({"url": "https://example.com/", "headers": {"Content-Type": "text/plain"}}, "actions[0].headers.Content-Type"),
        ({"url": "https://example.com/", "when": "a >"}, "actions[0].when"),
        ({"url": "https://example.com/", "success": {"statuses": "2xx"}}, "actions[0].success.statuses"),
        ({"url": "https://example.com/", "success": {"check": "json.ok ="}}, "actions[0].success.check"),
    ],
)
async def test_what_cannot_be_filled_in_is_refused_when_it_is_saved(engine: Engine, action: dict, place: str) -> None:
    with pytest.raises(InvalidHook) as caught:
        await engine.hooks.save({"title": "T", "trigger": "call.ended", "actions": [action]}, actor=SYSTEM)

    assert list(caught.value.problems) == [place]


async def test_a_hook_has_one_to_ten_actions(engine: Engine, receiver: Receiver) -> None:
    for count in (0, 11):
        with pytest.raises(InvalidHook):
            await save(engine, receiver, *[{"url": "/x"}] * count)
    await save(engine, receiver, *[{"url": "/x"}] * 10)


async def test_taken_up_by_another_process_what_succeeded_is_not_sent_again(tmp_path: Path, receiver: Receiver) -> None:
    """The first one is cut off while its second call hangs."""
    receiver.answers = {"/one": (200, b'{"id": 5}')}
    first = new_engine(tmp_path)
    await first.start()
    await save(first, receiver, {"url": "/one"}, {"url": "/two?id={{ steps[0].json.id }}"}, delivery=SHORT)
    receiver.delay = 0.6
    await post(first)
    assert await eventually(lambda: len(receiver.requests) == 2)
    receiver.delay = 0
    for task in list(first.parts.ground.supervisor._tasks):
        task.cancel()
    await first.parts.actions.client.close()
    await first._store.close()
    second = new_engine(tmp_path)
    await second.start()

    execution = await finished(second)
    await second.stop()

    assert execution.status is Status.SUCCEEDED
    assert receiver.paths.count("/one") == 1
    assert receiver.paths.count("/two?id=5") == 2


async def test_a_value_cannot_lead_a_path_elsewhere(engine: Engine, receiver: Receiver) -> None:
    await save(engine, receiver, {"url": "/users/{{ name }}/calls"})
    await post(engine, {"name": ".."})

    (attempt,) = (await finished(engine)).attempts

    assert attempt.error is not None
    assert attempt.error.error_class is ErrorClass.TEMPLATE_ERROR
    await asyncio.sleep(0)
    assert receiver.requests == []
