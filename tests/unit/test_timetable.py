"""When a schedule runs next: by the clock on the wall, through gaps and folds; held against APScheduler's."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from apscheduler.triggers.cron import CronTrigger
from hypothesis import given
from hypothesis import strategies as st

from engine.model import Action, Hook, HookDefinition, Role, Timetable
from engine.rules.timetable import in_words, next_after, next_times, problems, tick, words_of

BERLIN = "Europe/Berlin"
ZONES = ("UTC", BERLIN, "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "America/St_Johns")
NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)

moments = st.integers(1_577_836_800, 2_114_380_800).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
zones = st.sampled_from(ZONES)
minutes_of_day = st.tuples(st.integers(0, 59), st.integers(0, 23))
crons = st.one_of(
    minutes_of_day.map(lambda at: f"{at[0]} {at[1]} * * *"),
    minutes_of_day.map(lambda at: f"{at[0]} {at[1]} * * 1-5"),
    st.tuples(minutes_of_day, st.integers(1, 28)).map(lambda at: f"{at[0][0]} {at[0][1]} {at[1]} * *"),
    st.sampled_from([f"*/{step} * * * *" for step in (1, 2, 5, 15, 30)]),
    st.sampled_from(["0 */2 * * *", "5 8-18 * * 1,3", "0 0 1 1 *", "0 9 * * MON#1", "30 6 L * *"]),
)
timetables = st.one_of(
    st.builds(Timetable, cron=crons, timezone=zones),
    st.builds(Timetable, every_minutes=st.integers(1, 44_640), timezone=zones),
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def times(timetable: Timetable, after: str, count: int = 3) -> list[str]:
    return [f"{one:%m-%d %H:%M %Z}" for one in next_times(timetable, at(after), count)]


@given(timetables, moments)
def test_the_next_time_is_later_and_there_is_none_between(timetable: Timetable, moment: datetime) -> None:
    found = next_after(timetable, moment)

    assert found is not None
    assert found > moment
    assert (found.second, found.microsecond) == (0, 0)
    assert next_after(timetable, found - timedelta(seconds=1)) == found
    between = moment + (found - moment) / 2
    assert next_after(timetable, between) == found


@given(timetables, moments)
def test_times_go_forward_and_do_not_depend_on_where_one_begins(timetable: Timetable, moment: datetime) -> None:
    found = next_times(timetable, moment, 6)

    assert all(one < other for one, other in pairwise(found))
    assert next_times(timetable, found[2], 3) == found[3:]


@given(minutes_of_day, zones, moments)
def test_a_daily_time_shows_on_the_wall_as_it_was_asked_for_or_right_after_a_gap(
    of_day: tuple[int, int], zone: str, moment: datetime
) -> None:
    minute, hour = of_day
    found = next_times(Timetable(cron=f"{minute} {hour} * * *", timezone=zone), moment, 3)

    for one in found:
        wanted = one.replace(hour=hour, minute=minute, fold=0)
        skipped = wanted.astimezone(UTC).astimezone(ZoneInfo(zone)) != wanted
        assert skipped or (one.hour, one.minute) == (hour, minute)
    assert len({one.date() for one in found}) == 3


@given(st.sampled_from(["30 9 * * mon-fri", "15 */3 * * *", "0 0 1 * *", "59 23 31 12 *"]), moments)
def test_in_utc_it_is_as_apscheduler_has_it(cron: str, moment: datetime) -> None:
    minute, hour, day, month, day_of_week = cron.split()
    trigger = CronTrigger(minute=minute, hour=hour, day=day, month=month, day_of_week=day_of_week, timezone="UTC")

    expected = trigger.get_next_fire_time(None, moment + timedelta(microseconds=1))
    assert next_after(Timetable(cron=cron), moment) == expected


@given(st.integers(1, 44_640), zones, moments)
def test_an_interval_is_real_time_whatever_the_clock_does(minutes: int, zone: str, moment: datetime) -> None:
    found = [one.astimezone(UTC) for one in next_times(Timetable(every_minutes=minutes, timezone=zone), moment, 4)]

    assert {later - one for one, later in pairwise(found)} == {timedelta(minutes=minutes)}


def test_nine_o_clock_stays_nine_o_clock_when_summer_ends() -> None:
    found = times(Timetable(cron="0 9 * * *", timezone=BERLIN), "2026-10-24T08:00:00+02:00")

    assert found == ["10-24 09:00 CEST", "10-25 09:00 CET", "10-26 09:00 CET"]


def test_a_time_that_the_clock_skips_comes_right_after_the_gap_and_once() -> None:
    found = times(Timetable(cron="30 2 * * *", timezone=BERLIN), "2026-03-28T00:00:00+01:00")

    assert found == ["03-28 02:30 CET", "03-29 03:00 CEST", "03-30 02:30 CEST"]


def test_a_time_that_the_clock_shows_twice_comes_once() -> None:
    daily = Timetable(cron="30 2 * * *", timezone=BERLIN)

    assert times(daily, "2026-10-24T12:00:00+02:00", 2) == ["10-25 02:30 CEST", "10-26 02:30 CET"]
    for between in ("2026-10-25T02:30:00+02:00", "2026-10-25T02:10:00+01:00", "2026-10-25T02:30:00+01:00"):
        assert times(daily, between, 1) == ["10-26 02:30 CET"]


def test_every_quarter_of_an_hour_goes_on_through_gap_and_fold() -> None:
    for timetable in (Timetable(cron="*/15 * * * *", timezone=BERLIN), Timetable(every_minutes=15, timezone=BERLIN)):
        for day in ("2026-03-29T00:00:00+00:00", "2026-10-25T00:00:00+00:00"):
            found = next_times(timetable, at(day), 12)
            gaps = {later.astimezone(UTC) - one.astimezone(UTC) for one, later in pairwise(found)}
            assert gaps == {timedelta(minutes=15)}


def test_intervals_begin_at_round_times_of_their_zone() -> None:
    assert times(Timetable(every_minutes=360, timezone=BERLIN), "2026-01-05T01:00:00+01:00") == [
        "01-05 06:00 CET",
        "01-05 12:00 CET",
        "01-05 18:00 CET",
    ]


@pytest.mark.parametrize(
    ("timetable", "field", "words"),
    [
        (Timetable(), "cron", "Say when"),
        (Timetable(cron="0 9 * * *", every_minutes=5), "cron", "Say when"),
        (Timetable(cron="0 9 * *"), "cron", "Five fields"),
        (Timetable(cron="0 0 9 * * *"), "cron", "Five fields"),
        (Timetable(cron="61 9 * * *"), "cron", "This is no minute"),
        (Timetable(cron="0 9 * * 9"), "cron", "This is no day-of-week"),
        (Timetable(cron="0 9 31 2 *"), "cron", "This is no day-of-month"),
        (Timetable(cron="0 9 */31 * 1#2"), "cron", "This never comes."),
        (Timetable(cron="every day at nine o'clock"), "cron", "This is no minute"),
        (Timetable(cron="9" * 200 + " 9 * * *"), "cron", "Five fields"),
        (Timetable(every_minutes=0), "every_minutes", "From 1"),
        (Timetable(every_minutes=44_641), "every_minutes", "From 1"),
        (Timetable(every_minutes=5, timezone="Berlin"), "timezone", "No time zone"),
        (Timetable(cron="0 9 * * *", timezone="../../etc/passwd"), "timezone", "No time zone"),
    ],
)
def test_what_is_wrong_is_told_with_its_field(timetable: Timetable, field: str, words: str) -> None:
    found = dict(problems(timetable))

    assert list(found) == [field]
    assert words in found[field]


@given(st.text(max_size=40), st.text(max_size=20))
def test_any_text_is_either_told_to_be_wrong_or_has_words_and_a_next_time(cron: str, zone: str) -> None:
    for timetable in (Timetable(cron=cron), Timetable(every_minutes=5, timezone=zone)):
        if not dict(problems(timetable)):
            assert in_words(timetable)
            assert next_after(timetable, NOW) is not None


@pytest.mark.parametrize(
    ("timetable", "words"),
    [
        (Timetable(cron="0 9 * * 1-5", timezone=BERLIN), "Every weekday at 09:00, Europe/Berlin"),
        (Timetable(cron="5 18 * * *"), "Every day at 18:05, UTC"),
        (Timetable(cron="0 9 * * 0,1,4"), "Every Monday, Thursday and Sunday at 09:00, UTC"),
        (Timetable(cron="0 9 * * 6"), "Every Saturday at 09:00, UTC"),
        (Timetable(cron="30 6 L * *"), "At 06:30 on the last day of every month, UTC"),
        (Timetable(cron="*/90 * * * *"), "At the start of every hour, UTC"),
        (Timetable(cron="*/45 * * * *"), "At minutes 0 and 45 of every hour, UTC"),
        (Timetable(cron="*/15 * * * *"), "Every 15th minute of every hour, UTC"),
        (Timetable(cron="5-59/90 9 * * *"), "Every day at 09:05, UTC"),
        (Timetable(cron="0 */5 * * *"), "At minute 0 past hours 0, 5, 10, 15, and 20, UTC"),
        (Timetable(cron="0 9 */31 * *"), "At 09:00 on the first day of every month, UTC"),
        (Timetable(cron="0 9 * * 0,7"), "Every Sunday at 09:00, UTC"),
        (Timetable(cron="0 9 * * SUN,7,1"), "Every Monday and Sunday at 09:00, UTC"),
        (Timetable(cron="0 9 * * */8"), "Every Sunday at 09:00, UTC"),
        (Timetable(cron="0 9 * * MON#1,7"), "At 09:00 on the first Monday of the month and Sunday, UTC"),
        (Timetable(every_minutes=1), "Every minute, UTC"),
        (Timetable(every_minutes=90), "Every 90 minutes, UTC"),
        (Timetable(every_minutes=60), "Every hour, UTC"),
        (Timetable(every_minutes=1_440), "Every 24 hours, UTC"),
    ],
)
def test_a_schedule_in_words(timetable: Timetable, words: str) -> None:
    assert in_words(timetable) == words


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ({"cron": "0 9 * * 1-5", "timezone": BERLIN}, "Every weekday at 09:00, Europe/Berlin"),
        ({"every_minutes": 90}, "Every 90 minutes, UTC"),
        ({"every_minutes": "often"}, ""),
        ({"cron": "0 9 * *"}, ""),
        ({}, ""),
        (None, ""),
    ],
)
def test_a_schedule_that_is_being_written_has_words_once_it_can_be_read(raw: object, words: str) -> None:
    assert words_of(raw) == words


def test_a_tick_is_for_one_hook_and_says_how_late_it_is() -> None:
    definition = HookDefinition(
        title="Report",
        trigger="schedule.due",
        role=Role.SYSTEM,
        actions=(Action(url="https://example.com/"),),
        schedule=Timetable(cron="0 9 * * 1-5", timezone=BERLIN),
    )
    hook = Hook(id=7, version=1, definition=definition, created_at=NOW, updated_at=NOW)
    event = tick(hook, NOW, "evt_1", NOW + timedelta(minutes=3, seconds=0.9))

    assert (event.type, event.role, event.occurred_at) == ("schedule.due", Role.SYSTEM, NOW)
    assert event.data == {
        "hook_id": 7,
        "planned_at": "2026-11-25T12:00:00Z",
        "fired_at": "2026-11-25T12:03:00Z",
        "late_seconds": 180,
        "schedule": "Every weekday at 09:00, Europe/Berlin",
    }
