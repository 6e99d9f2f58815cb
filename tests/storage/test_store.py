"""The store on a real file: what goes in comes out, once, and what was committed stays."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from engine.errors import Conflict, InvalidAccount, InvalidHook, InvalidQuery, NotFound
from engine.model import (
    Attempt,
    AttemptError,
    ErrorClass,
    Execution,
    FilterRow,
    Filters,
    Flow,
    HookType,
    Method,
    Operator,
    Request,
    Response,
    Role,
    Status,
)
from engine.model import Session as Signed
from engine.ports import DecidedEvent, ExecutionQuery, Progress
from storage.store import SqlStore
from tests.storage.conftest import ADA, NOW, decided, definition, event, execution, saved, stored, url_of

ATTEMPT = Attempt(
    number=1,
    action=0,
    started_at=NOW,
    latency_ms=12.5,
    request=Request(method=Method.POST, url="https://example.com/", headers={"a": "b"}, body='{"x": 1}'),
    response=Response(status=500, headers={"c": "d"}, body="no", truncated=True),
    error=AttemptError(error_class=ErrorClass.REJECTED, message="Answered 500."),
)


def ended(execution: Execution, status: Status = Status.SUCCEEDED) -> Progress:
    after = replace(execution, status=status, finished_at=NOW, attempts=(ATTEMPT,))
    return Progress(execution=after, attempt=ATTEMPT)


async def test_an_event_comes_back_as_it_was(store: SqlStore) -> None:
    (seq,) = await stored(store, [event()])

    (accepted,) = await store.undecided(10, set())

    assert (accepted.seq, accepted.event) == (seq, event())


async def test_an_id_is_taken_once_within_a_batch_and_over_batches(store: SqlStore) -> None:
    first = await stored(store, [event("a"), event("b"), event("a")])
    second = await stored(store, [event("b"), event("c")])

    assert first == [1, 2, None]
    assert second[0] is None
    assert (second[1] or 0) > 2
    assert [accepted.event.id for accepted in await store.undecided(10, set())] == ["a", "b", "c"]


async def test_seqs_follow_the_order_of_the_events_also_in_a_large_batch(store: SqlStore) -> None:
    seqs = await stored(store, [event(f"e{number}") for number in range(1_000)])

    assert seqs == sorted(seqs)  # type: ignore[type-var]
    waiting = await store.undecided(2_000, set())
    assert [accepted.event.id for accepted in waiting] == [f"e{number}" for number in range(1_000)]


async def test_undecided_events_come_by_seq_without_those_set_aside(store: SqlStore) -> None:
    await store.append([event(f"e{number}") for number in range(5)])

    assert [accepted.seq for accepted in await store.undecided(2, {1, 2})] == [3, 4]


async def test_a_decided_event_is_not_decided_again(store: SqlStore) -> None:
    hook = await saved(store)
    seq = await decided(store, hook, "exe_1")

    await store.decide([DecidedEvent(seq=seq, revision=2, at=NOW, executions=(execution("exe_2", hook),))])

    assert await store.undecided(10, set()) == []
    assert [one.id for one in (await store.executions(ExecutionQuery())).items] == ["exe_1"]


async def test_an_execution_comes_back_with_event_hook_and_attempts(store: SqlStore) -> None:
    hook = await saved(store)
    await decided(store, hook, "exe_1")
    step = ended(execution("exe_1", hook), Status.FAILED)
    await store.record(step)

    job = await store.execution("exe_1")

    assert job.execution == step.execution
    assert job.event == event()
    assert job.hook == hook


async def test_an_execution_shows_the_hook_of_then(store: SqlStore) -> None:
    hook = await saved(store)
    await decided(store, hook, "exe_1")
    await store.save_hook(
        definition(title="Renamed"), hook_id=hook.id, expected=1, actor=ADA, at=NOW, secret="whsec_eA=="
    )

    job = await store.execution("exe_1")

    assert (job.hook.version, job.hook.definition.title) == (1, "Lead Qualification")
    assert job.execution.hook_title == "Lead Qualification"


def begun(execution: Execution) -> Progress:
    """A first attempt that runs."""
    done = ended(execution)
    assert done.attempt
    attempt = replace(done.attempt, response=None, error=AttemptError(error_class=ErrorClass.INTERRUPTED, message="?"))
    return Progress(execution=replace(execution, status=Status.RUNNING), attempt=attempt)


async def test_unfinished_executions_are_found_after_a_restart(tmp_path: Path) -> None:
    store = SqlStore(url_of(tmp_path))
    await store.open()
    hook = await saved(store)
    await decided(store, hook, "exe_1", "exe_2", "exe_3")
    await store.start(begun(execution("exe_2", hook)))
    await store.record(ended(execution("exe_3", hook)))
    await store.close()

    store = SqlStore(url_of(tmp_path))
    await store.open()
    await store.put_back()
    jobs = await store.pending(hook.id, 10, set())
    without = await store.pending(hook.id, 10, {"exe_1"})
    other = await store.pending(hook.id + 1, 10, set())
    hooks = await store.hooks_with_pending()
    await store.close()

    assert [(job.execution.id, job.execution.status) for job in jobs] == [
        ("exe_1", Status.PENDING),
        ("exe_2", Status.PENDING),
    ]
    assert [job.execution.id for job in without] == ["exe_2"]
    assert [attempt.error.error_class for attempt in without[0].execution.attempts if attempt.error] == ["interrupted"]
    assert other == []
    assert hooks == [hook.id]


async def test_an_attempt_that_runs_is_no_attempt_yet(store: SqlStore) -> None:
    hook = await saved(store)
    await decided(store, hook, "exe_1")
    await store.start(begun(execution("exe_1", hook)))

    running = (await store.execution("exe_1")).execution
    await store.record(ended(execution("exe_1", hook)))
    done = (await store.execution("exe_1")).execution

    assert (running.status, running.attempts) == (Status.RUNNING, ())
    assert (done.status, [attempt.status_code for attempt in done.attempts]) == (Status.SUCCEEDED, [500])


async def test_marking_as_running_never_undoes_an_end(store: SqlStore) -> None:
    hook = await saved(store)
    await decided(store, hook, "exe_1")
    await store.record(ended(execution("exe_1", hook)))
    await store.start(begun(execution("exe_1", hook)))

    found = (await store.execution("exe_1")).execution
    assert found.status == Status.SUCCEEDED
    assert [attempt.status_code for attempt in found.attempts] == [500]


async def test_a_line_goes_on_with_its_first_alone(store: SqlStore) -> None:
    hook = await saved(store)
    for number, entity in enumerate(("lead_id:1", "lead_id:1", "lead_id:2", "")):
        await decided(store, hook, f"exe_{number}", event_id=f"evt_{number}", entity=entity)

    first = [job.execution.id for job in await store.pending(hook.id, 10, set())]
    await store.record(ended(execution("exe_0", hook)))
    then = [job.execution.id for job in await store.pending(hook.id, 10, set())]
    line = await store.first_in_line(hook.id, "lead_id:1")

    assert first == ["exe_0", "exe_2", "exe_3"]
    assert then == ["exe_1", "exe_2", "exe_3"]
    assert line is not None
    assert line.execution.id == "exe_1"
    assert await store.first_in_line(hook.id, "lead_id:9") is None


async def test_what_is_due_comes_by_hook_and_earlier_once_the_clock_went_back(store: SqlStore) -> None:
    hook = await saved(store)
    await decided(store, hook, "exe_1")
    waiting = ended(execution("exe_1", hook), Status.RETRYING)
    later = replace(waiting.execution, finished_at=None, next_attempt_at=NOW + timedelta(hours=2))
    await store.record(replace(waiting, execution=later))
    before = await store.hooks_with_due(NOW + timedelta(hours=1))

    await store.advance_due(timedelta(hours=1, milliseconds=1500))
    (job,) = await store.due(hook.id, NOW + timedelta(hours=1), 10, frozenset())

    assert before == []
    assert await store.hooks_with_due(NOW + timedelta(hours=1)) == [hook.id]
    assert job.execution.next_attempt_at is not None
    moved = NOW + timedelta(hours=1) - timedelta(milliseconds=1500) - job.execution.next_attempt_at
    assert abs(moved) < timedelta(milliseconds=1)
    assert await store.backlog() == 1


async def test_a_test_has_its_event_and_counts_in_nothing(store: SqlStore) -> None:
    hook = await saved(store)
    made = execution("exe_t", hook, "evt_t", test=True)
    await store.add_test(event("evt_t", test=True), made)
    await store.record(ended(made))

    assert await store.undecided(10, set()) == []
    assert (await store.execution("exe_t")).event.test
    assert (await store.hook_stats(NOW))[hook.id].hits == 0
    assert (await store.hook_stats(NOW))[hook.id].succeeded == 0


async def test_statistics_count_hits_for_ever_and_ends_for_a_day(store: SqlStore) -> None:
    hook = await saved(store)
    await decided(store, hook, "exe_1", event_id="a")
    await decided(store, hook, "exe_2", event_id="b")
    await store.record(ended(execution("exe_1", hook)))
    await store.record(ended(execution("exe_2", hook), Status.FAILED))

    now = (await store.hook_stats(NOW))[hook.id]
    later = (await store.hook_stats(NOW + timedelta(hours=25)))[hook.id]

    assert (now.hits, now.last_hit_at, now.succeeded, now.failed) == (2, NOW, 1, 1)
    assert (later.hits, later.succeeded, later.failed) == (2, 0, 0)


async def test_executions_page_newest_first_under_every_filter(store: SqlStore) -> None:
    one, two = await saved(store), await saved(store, "other", type=HookType.ANALYTICS)
    for number in range(10):
        hook = one if number % 2 else two
        at = NOW + timedelta(minutes=number)
        made = {"hook_type": hook.definition.type, "created_at": at}
        await decided(store, hook, f"exe_{number}", event_id=f"evt_{number}", **made)
        if number % 5 == 0:
            await store.record(ended(execution(f"exe_{number}", hook, **made), Status.FAILED))

    async def numbers(**filters: object) -> list[int]:
        found: list[int] = []
        cursor = None
        while True:
            page = await store.executions(ExecutionQuery(limit=2, cursor=cursor, **filters))  # type: ignore[arg-type]
            found += [int(item.id.removeprefix("exe_")) for item in page.items]
            if (cursor := page.next) is None:
                return found

    assert await numbers() == [9, 8, 7, 6, 5, 4, 3, 2, 1, 0]
    assert await numbers(hook_id=one.id) == [9, 7, 5, 3, 1]
    assert await numbers(type=HookType.ANALYTICS) == [8, 6, 4, 2, 0]
    assert await numbers(status=Status.FAILED) == [5, 0]
    assert await numbers(status=Status.PENDING, hook_id=one.id) == [9, 7, 3, 1]
    assert await numbers(event_id="evt_4") == [4]
    assert await numbers(test=True) == []
    assert await numbers(since=NOW + timedelta(minutes=7)) == [9, 8, 7]
    assert await numbers(until=NOW + timedelta(minutes=2)) == [1, 0]
    assert await numbers(since=NOW + timedelta(minutes=3), until=NOW + timedelta(minutes=5)) == [4, 3]
    assert await numbers(until=NOW) == []


@pytest.mark.parametrize("cursor", ["x", "", "-1", "1.5", "9" * 30, "²"])
async def test_a_cursor_that_is_none_is_refused(store: SqlStore, cursor: str) -> None:
    with pytest.raises(InvalidQuery):
        await store.executions(ExecutionQuery(cursor=cursor))


async def test_an_execution_that_is_not_there(store: SqlStore) -> None:
    with pytest.raises(NotFound):
        await store.execution("exe_none")


async def test_hooks_keep_every_version_and_the_revision_grows(store: SqlStore) -> None:
    filters = Filters(rows=(FilterRow(field="country", operator=Operator.ONE_OF, value=["US", "CA"]),))
    hook, first = await store.save_hook(
        definition(filters=filters), hook_id=None, expected=None, actor=ADA, at=NOW, secret="whsec_eA=="
    )
    changed, second = await store.save_hook(
        definition(title="Two"), hook_id=hook.id, expected=1, actor=ADA, at=NOW + timedelta(days=1), secret="whsec_eA=="
    )
    third = await store.delete_hook(hook.id, expected=2, actor=ADA, at=NOW)
    restored, fourth = await store.restore_hook(hook.id, actor=ADA, at=NOW)

    assert first < second < third < fourth
    assert (changed.version, changed.created_at, changed.updated_at) == (2, NOW, NOW + timedelta(days=1))
    assert (restored.version, restored.definition.title) == (4, "Two")
    assert [(one.version, one.deleted) for one in await store.hook_versions(hook.id)] == [
        (4, False),
        (3, True),
        (2, False),
        (1, False),
    ]
    assert (await store.hook_versions(hook.id))[-1].definition.filters == filters
    hook_set = await store.hook_set()
    assert (hook_set.revision, hook_set.hooks) == (fourth, (restored,))


async def test_lost_updates_and_taken_keys_are_refused(store: SqlStore) -> None:
    hook = await saved(store)
    with pytest.raises(Conflict) as conflict:
        await store.save_hook(definition(), hook_id=hook.id, expected=7, actor=ADA, at=NOW, secret="whsec_eA==")
    with pytest.raises(InvalidHook) as taken:
        await saved(store)
    with pytest.raises(NotFound):
        await store.save_hook(definition("x"), hook_id=99, expected=None, actor=ADA, at=NOW, secret="whsec_eA==")

    assert conflict.value.found == 1
    assert set(taken.value.problems) == {"key"}
    assert (await store.hook_set()).hooks == (hook,)


async def test_the_key_of_a_deleted_hook_is_free_and_its_number_is_not(store: SqlStore) -> None:
    hook = await saved(store)
    await store.delete_hook(hook.id, expected=None, actor=ADA, at=NOW)

    again = await saved(store)

    assert again.id > hook.id
    with pytest.raises(InvalidHook):
        await store.restore_hook(hook.id, actor=ADA, at=NOW)


async def test_accounts(store: SqlStore) -> None:
    assert not await store.has_admin()
    ada = await store.add_user(email="Ada@Example.com", role=Role.ADMIN, password_hash="#", at=NOW)
    with pytest.raises(InvalidAccount):
        await store.add_user(email="ada@example.COM", role=Role.USER, password_hash="#", at=NOW)
    later = NOW + timedelta(hours=1)
    ada = replace(ada, last_sign_in_at=NOW)
    open_one = Signed(
        id="74", user=ada, created_at=NOW, expires_at=later, last_seen_at=NOW, address="127.0.0.1", device="curl"
    )
    await store.add_session(b"t", open_one)

    assert await store.has_admin()
    assert await store.user_by_email("ADA@example.com") == (ada, "#")
    assert await store.user_by_email("eve@example.com") is None
    assert await store.session(b"t") == open_one
    await store.touch_session(b"t", later)
    assert await store.sessions_of(ada.id) == [(b"t", replace(open_one, last_seen_at=later))]
    await store.set_password_hash(ada.id, "##")
    assert await store.user_by_email("ada@example.com") == (ada, "##")
    await store.end_sessions([b"t", b"none"])
    assert await store.session(b"t") is None


async def test_two_stores_on_one_file_see_what_the_other_wrote(store: SqlStore, tmp_path: Path) -> None:
    other = SqlStore(url_of(tmp_path))
    await other.open()
    await asyncio.gather(
        *(store.append([event(f"a{number}")]) for number in range(50)),
        *(other.append([event(f"b{number}")]) for number in range(50)),
    )
    seen = await store.undecided(200, set())
    await other.close()

    assert len(seen) == 100


async def test_events_about_an_entity_join_the_flow_of_those_that_are_undecided(store: SqlStore) -> None:
    bulk, live = Flow(sender="key:1", bulk=True), Flow(sender="key:2")
    await store.append([event("a", flow=bulk, entity="lead_id:1"), event("b", flow=bulk)])
    await store.append([event("c", flow=live, entity="lead_id:1"), event("d", flow=live, entity="lead_id:2")])
    await store.append([event("e", flow=bulk, entity="lead_id:2"), event("f", flow=live)])

    found = {flow: [one.event.id for one in await store.undecided(10, set(), flow)] for flow in await store.flows()}

    assert found == {bulk: ["a", "b", "c"], live: ["d", "e", "f"]}


async def test_events_are_stored_with_what_fires_unless_one_about_the_same_entity_waits(store: SqlStore) -> None:
    live, other = Flow(sender="key:1"), Flow(sender="key:2")
    hook = await saved(store)

    async def at_once(id: str, entity: str, flow: Flow) -> bool:
        fired = DecidedEvent(seq=0, revision=1, at=NOW, executions=(execution(f"exe_{id}", hook, id),))
        (accepted,) = await store.append([event(id, flow=flow, entity=entity)], [fired])
        return accepted is not None and accepted.decided

    assert await at_once("a", "lead_id:1", live)
    assert not await at_once("a", "lead_id:1", live)
    assert await at_once("b", "lead_id:1", other)
    await store.append([event("c", flow=live, entity="lead_id:1")])
    assert not await at_once("d", "lead_id:1", other)
    assert await at_once("e", "lead_id:2", other)

    assert [one.event.id for one in await store.undecided(9, set(), live)] == ["c", "d"]
    assert {item.id for item in (await store.executions(ExecutionQuery())).items} == {"exe_a", "exe_b", "exe_e"}
    assert (await store.event("a")).revision == 1


async def test_once_decided_an_event_holds_none_back(store: SqlStore) -> None:
    bulk, live = Flow(sender="key:1", bulk=True), Flow(sender="key:2")
    (first,) = await stored(store, [event("a", flow=bulk, entity="lead_id:1")])
    await store.decide([DecidedEvent(seq=first or 0, revision=1, at=NOW, executions=())])
    await store.append([event("b", flow=live, entity="lead_id:1")])

    assert await store.flows() == [live]


async def test_what_waits_of_a_hook_is_found_apart_for_live_and_bulk(store: SqlStore) -> None:
    hook = await saved(store)
    await decided(store, hook, "exe_1", event_id="evt_1", bulk=True)
    await decided(store, hook, "exe_2", event_id="evt_2")

    for bulk, id in ((True, "exe_1"), (False, "exe_2")):
        (job,) = await store.pending(hook.id, 10, set(), bulk=bulk)
        assert (job.execution.id, job.execution.bulk) == (id, bulk)
