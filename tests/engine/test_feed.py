"""The feed: a joiner sees every update once, and nobody holds up the engine."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from engine.feed import KEPT, Feed
from engine.model import Execution, HookType, Status

EXECUTION = Execution(
    id="exe_0",
    event_id="evt_0",
    event_type="call.ended",
    hook_id=1,
    hook_version=1,
    hook_title="Lead Qualification",
    hook_type=HookType.OTHER,
    status=Status.RUNNING,
    created_at=datetime(2025, 9, 9, tzinfo=UTC),
)


def test_who_joins_gets_the_recent_ones_and_all_that_follows() -> None:
    feed = Feed()
    feed.publish(EXECUTION)
    seen: list[Execution] = []

    recent, leave = feed.join(seen.append)
    done = replace(EXECUTION, status=Status.SUCCEEDED)
    feed.publish(done)
    leave()
    feed.publish(replace(EXECUTION, id="exe_1"))

    assert recent == [EXECUTION]
    assert seen == [done]


def test_an_execution_is_kept_at_its_newest_state() -> None:
    feed = Feed()
    feed.publish(EXECUTION)
    feed.publish(replace(EXECUTION, status=Status.FAILED))

    assert [execution.status for execution in feed.recent()] == [Status.FAILED]


def test_the_oldest_goes_when_it_is_full() -> None:
    feed = Feed()
    for number in range(KEPT + 5):
        feed.publish(replace(EXECUTION, id=f"exe_{number}"))

    recent, _ = feed.join(lambda _: None)

    assert (len(recent), recent[0].id) == (KEPT, "exe_5")


def test_a_failing_subscriber_is_passed_over(caplog: pytest.LogCaptureFixture) -> None:
    feed = Feed()
    seen: list[Execution] = []
    feed.join(lambda _: 1 / 0)  # type: ignore[arg-type]
    feed.join(seen.append)

    feed.publish(EXECUTION)

    assert seen == [EXECUTION]
    assert "a subscriber of the feed failed" in caplog.text
