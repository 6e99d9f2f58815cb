"""Cooldowns, runs per hour and expiry: why a run may not be, in what words, and what cannot be set."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import InvalidHook
from engine.events.catalogue import load_catalogue
from engine.events.subjects import subject_of
from engine.hooks.definition import read_definition, write_definition
from engine.model import Event, Gate, Hook, Hours, Limits, Role, Status
from engine.rules.decisions import context_of, explain, limited, stopped_by, without_gates
from engine.rules.index import compile_hook
from engine.rules.limits import (
    Tally,
    expiry_in_words,
    in_words,
    problems,
    queries,
    raw_in_words,
    why_skipped,
)
from tests.storage.conftest import definition

NOW = datetime(2026, 11, 25, 14, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOOK = {"title": "Leads", "trigger": "call.ended", "actions": [{"url": "https://api.example.com/"}]}

limits_that_count = st.builds(
    Limits,
    cooldown_minutes=st.none() | st.floats(1, 120),
    per_entity=st.booleans(),
    max_per_hour=st.none() | st.integers(1, 5),
).filter(lambda limits: limits.counts)


def hook(shadow: bool = False, **limits: object) -> Hook:
    what = definition(limits=Limits(**limits), shadow=shadow)  # type: ignore[arg-type]
    return Hook(id=1, version=1, definition=what, created_at=NOW, updated_at=NOW)


def ran(hook: Hook, *runs: tuple[str, timedelta]) -> Tally:
    tally = Tally()
    for subject, before in runs:
        tally.add(hook, subject, NOW - before)
    return tally


@pytest.mark.parametrize(
    ("limits", "runs", "reason"),
    [
        pytest.param({}, [("a:1", MINUTE)], None, id="no limits"),
        pytest.param({"cooldown_minutes": 10}, [], None, id="the first"),
        pytest.param(
            {"cooldown_minutes": 10},
            [("a:1", 3 * MINUTE)],
            "Cooldown: ran 3 minutes ago; at most once per 10 minutes.",
            id="too soon",
        ),
        pytest.param({"cooldown_minutes": 10}, [("a:1", 10 * MINUTE)], None, id="just long enough"),
        pytest.param(
            {"cooldown_minutes": 10, "per_entity": True},
            [("lead_id:lead_48213", timedelta(seconds=40))],
            "Cooldown: ran 40 seconds ago for lead_48213; at most once per 10 minutes.",
            id="too soon for the same lead",
        ),
        pytest.param({"cooldown_minutes": 10, "per_entity": True}, [("a:1", MINUTE)], None, id="another lead"),
        pytest.param(
            {"cooldown_minutes": 1440},
            [("", timedelta())],
            "Cooldown: ran just now; at most once per day.",
            id="at the same moment",
        ),
        pytest.param(
            {"cooldown_minutes": 10},
            [("a:1", -5 * MINUTE)],
            "Cooldown: one is held already; at most once per 10 minutes.",
            id="one that is held until then",
        ),
        pytest.param({"max_per_hour": 2}, [("", MINUTE), ("", 60 * MINUTE)], None, id="an hour is over"),
        pytest.param(
            {"max_per_hour": 2},
            [("", MINUTE), ("", 59 * MINUTE)],
            "Runs per hour: it ran 2 times within the hour, and may no more often.",
            id="too many",
        ),
    ],
)
def test_why_a_run_may_not_be(limits: dict, runs: list, reason: str | None) -> None:
    of = hook(**limits)
    assert why_skipped(of, "lead_id:lead_48213", NOW, NOW, ran(of, *runs).within) == reason


def test_a_cooldown_for_each_lead_says_nothing_to_an_event_about_nobody() -> None:
    of = hook(cooldown_minutes=10, per_entity=True)
    assert why_skipped(of, "", NOW, NOW, ran(of, ("", MINUTE)).within) is None


def test_what_ran_in_shadow_counts_in_shadow_alone() -> None:
    live, shadow = hook(cooldown_minutes=10), hook(shadow=True, cooldown_minutes=10)
    tally = ran(shadow, ("a:1", MINUTE))

    assert why_skipped(live, "a:1", NOW, NOW, tally.within) is None
    assert why_skipped(shadow, "a:1", NOW, NOW, tally.within)


@given(
    limits=limits_that_count,
    events=st.lists(st.tuples(st.integers(0, 200), st.sampled_from(["", "a:1", "a:2"])), max_size=60),
)
def test_whatever_comes_no_limit_is_exceeded(limits: Limits, events: list[tuple[int, str]]) -> None:
    """Those that run keep the distance, and are never too many; and none is skipped without need."""
    of, tally, runs = hook(**{name: getattr(limits, name) for name in Limits.__slots__}), Tally(), []
    for minute, subject in sorted(events):
        at = NOW + minute * MINUTE
        near = [
            one
            for one, about in runs
            if limits.cooldown_minutes is not None
            and at - one < timedelta(minutes=limits.cooldown_minutes)
            and (not limits.per_entity or about == subject != "")
        ]
        hour = [one for one, _ in runs if at - one < 60 * MINUTE]
        full = limits.max_per_hour is not None and len(hour) >= limits.max_per_hour
        reason = why_skipped(of, subject, at, at, tally.within)

        assert bool(reason) == bool(near or full)
        if not reason:
            runs.append((at, subject))
            tally.add(of, subject, at)


@pytest.mark.parametrize(
    ("limits", "asked"),
    [
        ({}, []),
        ({"max_per_hour": 2}, [(None, NOW - 60 * MINUTE, True)]),
        ({"cooldown_minutes": 10}, [(None, NOW - 10 * MINUTE, False)]),
        ({"cooldown_minutes": 10, "per_entity": True}, [("a:1", NOW - 10 * MINUTE, False)]),
    ],
)
def test_runs_are_asked_for_as_far_back_as_a_limit_looks(limits: dict, asked: list) -> None:
    assert [(query.subject, query.after, query.all) for query in queries(hook(**limits), "a:1", NOW)] == asked


@given(limits=limits_that_count, subject=st.sampled_from(["", "a:1"]))
def test_nothing_is_asked_of_the_disk_that_is_not_needed(limits: Limits, subject: str) -> None:
    of = hook(**{name: getattr(limits, name) for name in Limits.__slots__})
    asks_for_cooldown = limits.cooldown_minutes is not None and (subject != "" or not limits.per_entity)
    assert len(queries(of, subject, NOW)) == asks_for_cooldown + (limits.max_per_hour is not None)


@pytest.mark.parametrize(
    ("data", "subject"),
    [
        ({"lead_id": "lead_48213", "call_id": "c1"}, "lead_id:lead_48213"),
        ({"lead_id": "", "contact_id": 7}, "contact_id:7"),
        ({"phone_number": "+15550100"}, "phone_number:+15550100"),
        ({"call_duration": 5}, ""),
        ({"lead_id": "x" * 900}, f"lead_id:{'x' * 192}"),
    ],
)
def test_whom_an_event_is_about(data: dict, subject: str) -> None:
    assert subject_of(data) == subject


def event(at: datetime = NOW, **data: object) -> Event:
    return Event(id="evt_1", type="call.ended", role=Role.AGENT, occurred_at=at, received_at=at, data=data)


def test_a_hook_that_has_expired_does_not_fire_and_says_so() -> None:
    compiled = compile_hook(hook(expires_at=NOW))
    before, after = NOW - MINUTE, NOW

    early, late = (explain(compiled, event(), at, {}) for at in (before, after))

    assert (early.fired, early.trace["limits"]["reason"]) == (True, "The hook expires on 2026-11-25 at 14:00 UTC.")
    assert (late.fired, late.gate) == (False, Gate.LIMITS)
    assert late.reason == "The hook expired on 2026-11-25 at 14:00 UTC."
    assert late.needed == ("The hook would have to end later. The hook expired on 2026-11-25 at 14:00 UTC.",)
    assert stopped_by(compiled, event(), context_of(event(), after, {})) is Gate.LIMITS
    assert explain(without_gates(compiled, {Gate.LIMITS}, Role.AGENT), event(), after, {}).fired


def test_the_first_gate_that_objects_is_named_before_the_limits() -> None:
    of = hook(expires_at=NOW)
    compiled = compile_hook(replace(of, definition=replace(of.definition, enabled=False)))
    decision = explain(compiled, event(), NOW, {})
    assert decision.gate is Gate.STATUS
    assert decision.trace["limits"]["holds"] is False


def test_what_was_skipped_did_not_fire_and_what_is_held_did() -> None:
    fired = explain(compile_hook(hook()), event(), NOW, {})
    skipped = limited(fired, Status.SKIPPED, "Cooldown: ran just now.")
    held = limited(fired, Status.HELD, "Held until 09:00.")

    assert (skipped.fired, skipped.gate, skipped.reason) == (False, Gate.LIMITS, "Cooldown: ran just now.")
    assert skipped.trace["limits"] == {"holds": False, "reason": "Cooldown: ran just now."}
    assert (held.fired, held.gate, held.reason) == (True, None, fired.reason)
    assert held.trace["limits"] == {"holds": True, "reason": "Held until 09:00."}


def test_a_hook_without_limits_says_nothing_of_them() -> None:
    assert "limits" not in explain(compile_hook(hook()), event(), NOW, {}).trace
    assert in_words(Limits()) == ()
    assert expiry_in_words(Limits(), NOW) == ""


@pytest.mark.parametrize(
    ("limits", "sentence"),
    [
        (Limits(cooldown_minutes=10), "At most once per 10 minutes."),
        (Limits(cooldown_minutes=1), "At most once per minute."),
        (Limits(cooldown_minutes=1.5), "At most once per 90 seconds."),
        (Limits(cooldown_minutes=2_880), "At most once per 2 days."),
        (Limits(cooldown_minutes=60, per_entity=True), "At most once per hour for the same lead, call or contact."),
        (Limits(max_per_hour=1), "At most once an hour."),
        (Limits(max_per_hour=1_200), "At most 1,200 times an hour."),
        (
            Limits(hours=Hours(zone="Europe/Berlin")),
            "Only Mon–Fri, 09:00–17:00 (Europe/Berlin); what fires outside waits until then.",
        ),
        (
            Limits(hours=Hours(contact_zone=True)),
            "Only Mon–Fri, 09:00–17:00 (the contact's own time zone, else UTC); what fires outside waits until then.",
        ),
        (Limits(expires_at=NOW), "Until 2026-11-25 at 14:00 UTC."),
    ],
)
def test_each_limit_has_its_sentence(limits: Limits, sentence: str) -> None:
    assert in_words(limits) == (sentence,)


def test_limits_that_are_being_written_are_told_once_they_can_be_read() -> None:
    assert raw_in_words({"cooldown_minutes": 10}) == ("At most once per 10 minutes.",)
    assert raw_in_words({"cooldown_minutes": "ten"}) == ()
    assert raw_in_words({"max_per_hour": 0, "cooldown_minutes": 1, "hours": None}) == ("At most once per minute.",)


@pytest.mark.parametrize(
    ("limits", "place"),
    [
        ({"cooldown_minutes": 0}, "limits.cooldown_minutes"),
        ({"cooldown_minutes": "soon"}, "limits.cooldown_minutes"),
        ({"cooldown_minutes": float("nan")}, "limits.cooldown_minutes"),
        ({"cooldown_minutes": 43_201}, "limits.cooldown_minutes"),
        ({"max_per_hour": 0}, "limits.max_per_hour"),
        ({"max_per_hour": 1.5}, "limits.max_per_hour"),
        ({"expires_at": "2026-12-31T17:00:00"}, "limits.expires_at"),
        ({"expires_at": "at Christmas"}, "limits.expires_at"),
        ({"expires_at": "0001-01-01T00:00:00+14:00"}, "limits.expires_at"),
        ({"expires_at": "1999-12-31T23:59:59Z"}, "limits.expires_at"),
        ({"expires_at": "3000-01-01T00:00:00Z"}, "limits.expires_at"),
        ({"hours": {"days": []}}, "limits.hours.days"),
        ({"hours": {"days": ["mon", "someday"]}}, "limits.hours.days[1]"),
        ({"hours": {"opens": "25:00"}}, "limits.hours.opens"),
        ({"hours": {"zone": "Mars/Olympus"}}, "limits.hours.zone"),
        ({"per_lead": True}, "limits.per_lead"),
    ],
)
def test_what_is_wrong_is_named_by_its_field(limits: dict, place: str) -> None:
    with pytest.raises(InvalidHook) as caught:
        read_definition({**HOOK, "limits": limits}, load_catalogue())
    assert list(caught.value.problems) == [place]


def test_limits_are_written_as_far_as_they_are_set() -> None:
    catalogue = load_catalogue()
    limits = {"cooldown_minutes": 10.0, "per_entity": True, "expires_at": "2026-12-31T17:00:00Z"}

    assert "limits" not in write_definition(read_definition(HOOK, catalogue))
    assert write_definition(read_definition({**HOOK, "limits": limits}, catalogue))["limits"] == limits


@given(cooldown=st.none() | st.floats(1 / 60, 43_200), runs=st.none() | st.integers(1, 100_000))
def test_what_is_written_is_read_as_it_was(cooldown: float | None, runs: int | None) -> None:
    limits = Limits(cooldown_minutes=cooldown, max_per_hour=runs, hours=Hours(), expires_at=NOW)
    assert not dict(problems(limits))
    written = write_definition(definition(limits=limits))
    assert read_definition(written, load_catalogue()).limits == limits
