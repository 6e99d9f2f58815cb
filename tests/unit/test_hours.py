"""Active hours: by examples with the changes of the clocks, and by properties in many zones."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.model import Day, Hours
from engine.rules.opening_hours import (
    in_words,
    is_open,
    next_opening,
    problems,
    why_held,
    zone_named,
    zone_names,
    zone_of,
)

WEEKEND = (Day.SAT, Day.SUN)
EVERY_DAY = tuple(Day)
ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "America/Santiago")

clocks = st.builds("{:02}:{:02}".format, st.integers(0, 23), st.integers(0, 59))
hours_of_any_kind = st.builds(
    Hours, days=st.lists(st.sampled_from(Day), min_size=1).map(tuple), opens=clocks, closes=clocks
)
moments = st.datetimes(datetime(2024, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
zones = st.sampled_from(ZONES).map(ZoneInfo)


def local(text: str, zone: str, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)


@pytest.mark.parametrize(
    ("hours", "zone", "at", "opening"),
    [
        pytest.param(Hours(), "UTC", "2026-11-25 08:59", "2026-11-25 09:00", id="before they open"),
        pytest.param(Hours(), "UTC", "2026-11-25 09:00", "2026-11-25 09:00", id="as they open"),
        pytest.param(Hours(), "UTC", "2026-11-25 16:59", "2026-11-25 16:59", id="while they are open"),
        pytest.param(Hours(), "UTC", "2026-11-25 17:00", "2026-11-26 09:00", id="as they close"),
        pytest.param(Hours(), "Europe/Berlin", "2026-11-27 17:30", "2026-11-30 09:00", id="over the weekend"),
        pytest.param(Hours(days=(Day.WED,)), "UTC", "2026-11-25 18:00", "2026-12-02 09:00", id="a week later"),
        pytest.param(
            Hours(days=(Day.FRI,), opens="22:00", closes="06:00"),
            "UTC",
            "2026-11-28 05:59",
            "2026-11-28 05:59",
            id="across midnight, into a day that is not named",
        ),
        pytest.param(
            Hours(days=(Day.FRI,), opens="22:00", closes="06:00"),
            "UTC",
            "2026-11-28 06:00",
            "2026-12-04 22:00",
            id="after it",
        ),
        pytest.param(
            Hours(days=WEEKEND, opens="00:00", closes="00:00"),
            "UTC",
            "2026-11-27 23:59",
            "2026-11-28 00:00",
            id="whole days",
        ),
        pytest.param(
            Hours(days=EVERY_DAY, opens="02:30", closes="17:00"),
            "Europe/Berlin",
            "2026-03-29 01:30",
            "2026-03-29 03:00",
            id="the clocks jump over the opening",
        ),
        pytest.param(
            Hours(days=EVERY_DAY, opens="02:15", closes="02:45"),
            "Europe/Berlin",
            "2026-03-28 23:00",
            "2026-03-29 03:00",
            id="the clocks jump over the whole of it",
        ),
        pytest.param(
            Hours(days=EVERY_DAY, opens="02:00", closes="03:00"),
            "Europe/Berlin",
            "2026-03-28 23:00",
            "2026-03-29 03:00",
            id="the clocks jump over exactly it",
        ),
        pytest.param(
            Hours(days=EVERY_DAY, opens="02:15", closes="02:45"),
            "Europe/Berlin",
            "2026-03-29 03:30",
            "2026-03-30 02:15",
            id="after as long as they would have been",
        ),
        pytest.param(
            Hours(days=(Day.FRI,), opens="09:00", closes="17:00"),
            "Pacific/Apia",
            "2011-12-29 12:00",
            "2011-12-31 00:00",
            id="a day that an island skipped",
        ),
        pytest.param(
            Hours(days=EVERY_DAY),
            "Europe/Berlin",
            "2026-03-28 20:00",
            "2026-03-29 09:00",
            id="a night that is an hour shorter",
        ),
        pytest.param(
            Hours(days=EVERY_DAY),
            "Europe/Berlin",
            "2026-10-24 20:00",
            "2026-10-25 09:00",
            id="a night that is an hour longer",
        ),
    ],
)
def test_the_next_opening(hours: Hours, zone: str, at: str, opening: str) -> None:
    assert next_opening(hours, local(at, zone), ZoneInfo(zone)) == local(opening, zone)


def test_an_hour_that_is_shown_twice_is_open_twice() -> None:
    hours, zone = Hours(days=EVERY_DAY, opens="02:15", closes="02:45"), ZoneInfo("Europe/Berlin")
    first = local("2026-10-25 02:15", zone.key)
    again = local("2026-10-25 02:15", zone.key, fold=1)
    assert again - first == timedelta(hours=1)

    assert next_opening(hours, local("2026-10-25 01:00", zone.key), zone) == first
    assert next_opening(hours, first + timedelta(minutes=30), zone) == again
    assert next_opening(hours, again + timedelta(minutes=30), zone) == local("2026-10-26 02:15", zone.key)


def test_clocks_that_are_put_back_into_the_hours_open_them_at_once() -> None:
    hours, zone = Hours(days=EVERY_DAY, opens="00:00", closes="02:30"), ZoneInfo("Europe/Berlin")
    change = local("2026-10-25 02:00", zone.key, fold=1)

    assert next_opening(hours, change - timedelta(minutes=10), zone) == change


@given(hours=hours_of_any_kind, at=moments, zone=zones)
def test_an_opening_is_open_and_not_before(hours: Hours, at: datetime, zone: ZoneInfo) -> None:
    opening = next_opening(hours, at, zone)

    assert opening >= at
    assert is_open(hours, opening, zone)
    assert (opening == at) == is_open(hours, at, zone)


@given(hours=hours_of_any_kind, at=moments, zone=zones, part=st.floats(0, 1))
def test_nothing_before_an_opening_is_open(hours: Hours, at: datetime, zone: ZoneInfo, part: float) -> None:
    opening = next_opening(hours, at, zone)
    between = at + (opening - at) * part

    assert between == opening or not is_open(hours, between, zone)
    assert next_opening(hours, between, zone) == opening


@given(hours=hours_of_any_kind, at=moments, later=st.timedeltas(timedelta(), timedelta(days=9)), zone=zones)
def test_who_asks_later_waits_no_less_long(hours: Hours, at: datetime, later: timedelta, zone: ZoneInfo) -> None:
    assert next_opening(hours, at, zone) <= next_opening(hours, at + later, zone)


@pytest.mark.parametrize(
    ("hours", "data", "zone"),
    [
        (Hours(zone="Europe/Berlin", contact_zone=True), {"timezone": "America/New_York"}, "America/New_York"),
        (Hours(zone="Europe/Berlin"), {"timezone": "America/New_York"}, "Europe/Berlin"),
        (Hours(zone="Europe/Berlin", contact_zone=True), {}, "Europe/Berlin"),
        (Hours(zone="Europe/Berlin", contact_zone=True), {"timezone": "-08:00"}, "Europe/Berlin"),
        (Hours(zone="Europe/Berlin", contact_zone=True), {"timezone": ["UTC"]}, "Europe/Berlin"),
        (Hours(zone="Gone/Away"), {}, "UTC"),
    ],
)
def test_the_zone_is_the_contacts_own_where_it_names_one(hours: Hours, data: dict, zone: str) -> None:
    assert zone_of(hours, data).key == zone


@pytest.mark.parametrize(
    "name", ["", "America", "../../etc/passwd", "/etc/localtime", "a\0b", "Zoë", "x" * 5_000, None, 7]
)
def test_what_is_no_zone_is_none(name: object) -> None:
    assert zone_named(name) is None


def test_every_listed_zone_is_one() -> None:
    assert all(zone_named(name) for name in zone_names())
    assert {"Europe/Berlin", "America/Los_Angeles", "UTC"} <= set(zone_names())


@pytest.mark.parametrize(
    ("hours", "place"),
    [
        (Hours(days=()), "days"),
        (Hours(opens="9:00"), "opens"),
        (Hours(closes="24:00"), "closes"),
        (Hours(zone="Europe/Berln"), "zone"),
        (Hours(zone=""), "zone"),
    ],
)
def test_what_is_wrong_is_named_by_its_field(hours: Hours, place: str) -> None:
    assert list(dict(problems(hours))) == [place]


def test_a_zone_that_is_misspelt_is_told_what_is_near() -> None:
    assert dict(problems(Hours(zone="Europe/Berln")))["zone"].endswith("Did you mean Europe/Berlin?")


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        (Hours(), "Mon–Fri, 09:00–17:00"),
        (Hours(days=(Day.SUN, Day.MON, Day.WED), opens="22:00", closes="06:00"), "Mon, Wed, Sun, 22:00–06:00"),
        (Hours(days=(Day.MON, Day.TUE, Day.THU, Day.FRI, Day.SAT)), "Mon, Tue, Thu–Sat, 09:00–17:00"),
        (Hours(days=EVERY_DAY, opens="00:00", closes="00:00"), "every day, all day"),
    ],
)
def test_hours_in_words(hours: Hours, words: str) -> None:
    assert in_words(hours) == words


def test_what_is_held_says_until_when() -> None:
    zone = ZoneInfo("Europe/Berlin")
    opening = local("2026-11-30 09:00", zone.key)

    early = why_held(Hours(), opening, opening - timedelta(hours=2), zone)
    days_before = why_held(Hours(), opening, opening - timedelta(days=2), zone)

    assert early == "Held until 09:00 (Europe/Berlin): active hours are Mon–Fri, 09:00–17:00."
    assert days_before.startswith("Held until Mon 2026-11-30, 09:00 (Europe/Berlin): ")
