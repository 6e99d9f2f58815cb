"""When a hook that only fails is warned of, and switched off."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from engine.hooks.health import HEALTHY, Alarm, after_attempt, after_restart, alarm_of
from engine.model import Execution, HookHealth, HookType, Status

NOW = datetime(2025, 9, 9, 12, 0, tzinfo=UTC)
EXECUTION = Execution(
    id="exe_1",
    event_id="evt_1",
    event_type="call.ended",
    hook_id=1,
    hook_version=1,
    hook_title="Witness",
    hook_type=HookType.OTHER,
    status=Status.FAILED,
    created_at=NOW,
)


def alarms(statuses: list[Status], every: timedelta) -> list[int]:
    """The per cents that people hear of, as in the watch."""
    health, at, heard = HEALTHY, NOW, list[int]()
    for status in statuses:
        health = after_attempt(health, replace(EXECUTION, status=status), at)
        if alarm := alarm_of(health, at):
            heard.append(alarm.percent)
            health = replace(health, warned=alarm.percent)
        at += every
    return heard


def test_a_hundred_failed_executions_in_a_row_with_three_warnings() -> None:
    assert alarms([Status.FAILED] * 100, timedelta(seconds=1)) == [50, 70, 90, 100]


def test_ninety_nine_are_borne() -> None:
    assert alarms([Status.FAILED] * 99, timedelta(seconds=1)) == [50, 70, 90]


def test_one_success_and_the_count_begins_anew() -> None:
    statuses = [*[Status.FAILED] * 99, Status.SUCCEEDED, *[Status.FAILED] * 99]
    assert 100 not in alarms(statuses, timedelta(seconds=1))


def test_five_days_without_a_success_with_three_warnings() -> None:
    """Retries count here, and not as executions that failed."""
    assert alarms([Status.RETRYING] * 130, timedelta(hours=1)) == [50, 70, 90, 100]


def test_a_hook_that_was_hardly_called_did_not_fail_for_days() -> None:
    assert alarms([Status.RETRYING] * 9, timedelta(days=2)) == []


def test_the_reason_says_which_of_the_two() -> None:
    by_count = HookHealth(attempts=120, executions=100, failing_since=NOW)
    by_time = HookHealth(attempts=40, executions=2, failing_since=NOW)

    assert alarm_of(by_count, NOW) == Alarm(100, "100 executions failed in a row.")
    assert alarm_of(by_time, NOW + timedelta(days=5)) == Alarm(100, "Every call failed for 120 hours.")


def test_a_clock_that_was_set_before_a_restart_passes_over_no_warning() -> None:
    failing = HookHealth(attempts=40, executions=2, failing_since=NOW)

    for warned, percent in ((0, 50), (50, 70), (70, 90), (90, 100)):
        restarted = after_restart(replace(failing, warned=warned), NOW + timedelta(days=12_000))
        alarm = alarm_of(restarted, NOW + timedelta(days=12_000))
        assert alarm
        assert alarm.percent == percent


def test_a_clock_that_was_put_back_before_a_restart_begins_the_span_by_it() -> None:
    failing = HookHealth(attempts=40, executions=2, failing_since=NOW)

    assert after_restart(failing, NOW - timedelta(days=9)).failing_since == NOW - timedelta(days=9)
    assert after_restart(failing, NOW + timedelta(days=2)) == failing
    assert after_restart(HEALTHY, NOW) == HEALTHY
