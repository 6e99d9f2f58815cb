"""What a hook would have done with the events that came, and what an edit of it changes."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.history.backtest import MOST_LISTED, PAGE, BackTest, Order, backtest
from engine.model import SCHEDULED, Day, Event, Hours, Limits, Role
from engine.ports import Recorded
from tests.unit.samples import AT, definition, event

WARM = definition(condition="score > 60")
HOT = definition(condition="score > 80")


class Stored:
    """Events of the past, oldest first, as a store gives them: newest first, page by page."""

    def __init__(self, *events: Event) -> None:
        self._events = events
        self.pages: list[int] = []

    def latest(self, type: str, before: int | None, limit: int) -> list[Recorded]:
        known = enumerate(self._events, start=1)
        found = [
            Recorded(seq=seq, event=one, revision=1, decided_at=AT)
            for seq, one in known
            if one.type == type and (before is None or seq < before)
        ]
        self.pages.append(len(found[::-1][:limit]))
        return found[::-1][:limit]


def calls(*scores: float) -> list[Event]:
    return [event({"score": score}, id=f"evt_{number}") for number, score in enumerate(scores, start=1)]


def order(wanted=WARM, saved=None, events: int = 1_000, hook_id: int = 0) -> Order:
    return Order(definition=wanted, saved=saved, aliases={}, events=events, hook_id=hook_id)


def outcome(one: Order, *events: Event) -> BackTest:
    result = backtest(one, Stored(*events))
    assert result
    return result


def test_a_new_hook_is_told_how_often_it_would_have_fired() -> None:
    result = outcome(order(), *calls(50, 70, 90))

    assert (result.events, result.fires, result.fired_before) == (3, 2, None)
    assert (result.gained, result.lost) == ([], [])


def test_an_edit_is_told_what_it_gains_and_loses_newest_first() -> None:
    stricter = outcome(order(HOT, saved=WARM), *calls(50, 70, 75, 90))
    looser = outcome(order(WARM, saved=HOT), *calls(50, 70, 75, 90))

    assert (stricter.fires, stricter.fired_before) == (1, 3)
    assert (stricter.lost, stricter.lost_count, stricter.gained_count) == (["evt_3", "evt_2"], 2, 0)
    assert (looser.gained, looser.gained_count, looser.lost_count) == (["evt_3", "evt_2"], 2, 0)


def test_a_hook_is_tried_as_if_it_were_enabled() -> None:
    result = outcome(order(definition(enabled=False), saved=definition(enabled=False)), *calls(50))

    assert (result.fires, result.fired_before) == (1, 1)


def test_a_draft_decides_events_as_they_show_and_the_saved_hook_as_they_are() -> None:
    def masked(one: Event) -> Event:
        return replace(one, data={"note": "from •••"})

    told = definition(condition='contains(note, "0121")')
    edited = replace(told, condition='contains(note, "0121") or score > 60')
    one = replace(order(edited, saved=told), view=masked)

    result = outcome(one, event({"note": "from 4155550121"}))

    assert (result.fires, result.fired_before, result.lost_count) == (0, 1, 1)


def test_lists_end_after_a_hundred_and_counts_go_on() -> None:
    result = outcome(order(WARM, saved=HOT), *calls(*[70] * 150, *[59] * 600))

    assert (len(result.gained), result.gained_count) == (MOST_LISTED, 150)
    assert (len(result.near_misses), result.near_count) == (MOST_LISTED, 600)


def test_near_misses_come_nearest_first_and_those_without_a_distance_last() -> None:
    events = [*calls(50, 59.5, 10), event({}, id="evt_unknown")]
    result = outcome(order(), *events)

    assert [miss.event_id for miss in result.near_misses] == ["evt_2", "evt_1", "evt_3", "evt_unknown"]
    assert [miss.distance for miss in result.near_misses] == [0.5, 10, 50, None]


@pytest.mark.parametrize(
    ("wanted", "came"),
    [
        (definition(condition="score > 60 and is_new"), event({"score": 50, "is_new": False})),
        (definition(condition="score > 60", role=Role.ADMIN), event({"score": 50})),
        (definition(condition="score >"), event({"score": 50})),
        (definition(condition="score > 60", limits=Limits(expires_at=AT)), event({"score": 70})),
    ],
)
def test_only_what_failed_for_a_single_part_is_a_near_miss(wanted, came: Event) -> None:
    result = outcome(order(wanted), came)

    assert (result.fires, result.near_count) == (0, 0)


def test_the_events_of_the_clock_are_tried_for_their_own_hook_alone() -> None:
    hourly = definition(trigger=SCHEDULED, role=Role.SYSTEM)
    ticks = [event({"hook_id": hook_id}, type=SCHEDULED, role=Role.SYSTEM) for hook_id in (7, 8, 7)]

    assert outcome(order(hourly, hook_id=7), *ticks).events == 2


def test_what_a_cooldown_would_have_skipped_is_counted() -> None:
    every_ten = definition(limits=Limits(cooldown_minutes=10, per_entity=True))
    minutes = [(0, "a"), (5, "a"), (6, "b"), (10, "a"), (11, "a")]
    events = [event({"lead_id": lead}, received_at=AT + timedelta(minutes=minute)) for minute, lead in minutes]

    result = outcome(order(every_ten), *events)

    assert (result.fires, result.skipped) == (5, 2)


def test_what_is_held_until_the_hours_open_counts_when_they_do() -> None:
    """On a Tuesday at 14:27 UTC they are closed: all three would run when they open, and two of them are too many."""
    hours = Hours(days=(Day.WED,), opens="09:00", closes="17:00")
    held = definition(limits=Limits(max_per_hour=1, hours=hours))
    events = [event({}, received_at=AT + timedelta(minutes=minute)) for minute in (0, 90, 180)]

    assert outcome(order(held), *events).skipped == 2


@given(st.lists(st.floats(0, 100), max_size=30), st.floats(0, 100), st.floats(0, 100))
def test_what_an_edit_gains_and_loses_is_the_difference(scores: list[float], before: float, now: float) -> None:
    saved, wanted = definition(condition=f"score > {before!r}"), definition(condition=f"score > {now!r}")
    result = outcome(order(wanted, saved=saved), *calls(*scores))

    assert result.events == len(scores)
    assert result.fires == sum(score > now for score in scores)
    assert result.fired_before == sum(score > before for score in scores)
    assert result.fired_before is not None
    assert result.fires - result.fired_before == result.gained_count - result.lost_count
    assert 0 in {result.gained_count, result.lost_count}


@pytest.mark.parametrize(
    ("stored", "wanted", "pages"),
    [
        (3, 0, []),
        (3, 1_000, [3]),
        (3, 2, [2]),
        (PAGE + 1, 2 * PAGE, [PAGE, 1]),
        (PAGE + 9, PAGE + 1, [PAGE, 1]),
        (2 * PAGE, 2 * PAGE, [PAGE, PAGE]),
    ],
)
def test_no_more_events_are_read_than_were_asked_for(stored: int, wanted: int, pages: list[int]) -> None:
    store = Stored(*[event(id=f"evt_{number}") for number in range(stored)])
    result = backtest(order(events=wanted), store)

    assert result
    assert (store.pages, result.events) == (pages, min(stored, wanted))


def test_it_ends_when_its_time_is_over() -> None:
    assert backtest(order(), Stored(*calls(50)), seconds=-1) is None
