"""Changes of what a source sends are found within fifty events, and none is found where nothing has changed."""

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from engine.model.sources.drift import Drift, FieldHour
from engine.rules.drift.chance import most_by_change
from engine.rules.drift.shapes import MOST_FIELDS, items_of, note
from engine.rules.drift.successor import successor_of
from engine.rules.drift.watch import MOST_ITEMS, Change, FieldWatch
from engine.rules.drift.words import in_words

BEGAN = datetime(2026, 11, 23, 10, tzinfo=UTC)
OFTEN = {"call_id": 1.0, "sentiment": 0.98, "call_duration": 0.99, "tags": 0.95, "note": 0.5, "city": 0.1}
Event = dict[str, Any]


def event(chance: random.Random) -> Event:
    values: Event = {
        "call_id": "c1",
        "sentiment": chance.choice(["positive", "negative"]),
        "call_duration": chance.randrange(300),
        "tags": ["a"],
        "booked": chance.random() < 0.5,
        "lead": {"id": 1},
        "note": "x",
        "city": "Rome",
        "raw": {"call": {"agent": "a1"}},
    }
    return {name: value for name, value in values.items() if chance.random() < OFTEN.get(name, 1.0)}


def seen(watch: FieldWatch, data: Event, at: datetime = BEGAN) -> list[Change]:
    return watch.look()[0] if watch.note(data, at) else []


def learnt(chance: random.Random, events: int = 640, **deep: Any) -> FieldWatch:
    watch = FieldWatch()
    watch.deep = deep.get("deep", ())
    watch.learn([], 100)
    for _ in range(events):
        assert seen(watch, event(chance)) == []
    return watch


def without(name: str) -> Callable[[Event], Event]:
    return lambda data: {key: value for key, value in data.items() if key != name}


def renamed(name: str, other: str) -> Callable[[Event], Event]:
    return lambda data: {other if key == name else key: value for key, value in data.items()}


def as_(name: str, value: Any) -> Callable[[Event], Event]:
    return lambda data: {key: value if key == name else one for key, one in data.items()}


def half(change: Callable[[Event], Event]) -> Callable[[Event], Event]:
    turns = iter(range(10**6))
    return lambda data: change(data) if next(turns) % 2 else data


CHANGES: dict[str, tuple[str, Callable[[Event], Event]]] = {
    "gone": ("sentiment", without("sentiment")),
    "gone, a number": ("call_duration", without("call_duration")),
    "gone, a list": ("tags", without("tags")),
    "gone, yes or no": ("booked", without("booked")),
    "gone, an object": ("lead", without("lead")),
    "gone, of half of the events": ("note", without("note")),
    "gone in every other event": ("call_id", half(without("call_id"))),
    "null": ("sentiment", as_("sentiment", None)),
    "null in every other event": ("call_duration", half(as_("call_duration", None))),
    "empty": ("sentiment", as_("sentiment", "")),
    "another name": ("sentiment", renamed("sentiment", "user_sentiment")),
    "another case": ("sentiment", renamed("sentiment", "Sentiment")),
    "another way of writing": ("call_duration", renamed("call_duration", "callDuration")),
    "a number as text": ("call_duration", as_("call_duration", "187")),
    "text as a number": ("sentiment", as_("sentiment", 1)),
    "text in an object": ("sentiment", as_("sentiment", {"label": "positive"})),
    "yes or no as text": ("booked", as_("booked", "yes")),
    "yes or no as a number": ("booked", as_("booked", 1)),
    "a list as text": ("tags", as_("tags", "a, b")),
    "an object as text": ("lead", as_("lead", "1")),
    "gone below the top": ("raw.call.agent", as_("raw", {"call": {}})),
    "the whole below the top": ("raw.call.agent", as_("raw", "text")),
}


@pytest.mark.parametrize("name", CHANGES)
def test_every_change_is_found_within_fifty_events(name: str) -> None:
    path, change = CHANGES[name]
    chance = random.Random(name)
    watch = learnt(chance, deep=("raw.call.agent",))
    found: list[Change] = []
    for number in range(50):
        found += seen(watch, change(event(chance)), BEGAN + timedelta(minutes=number))
    assert path in {one.item[0] for one in found}
    assert len({one.item for one in found}) == len(found), "each is found once"


def test_nothing_is_found_where_nothing_has_changed() -> None:
    chance = random.Random(7)
    events = [event(chance) for _ in range(997)]
    watch = learnt(chance)
    for number in range(60_000):
        assert seen(watch, events[chance.randrange(997)]) == [], number


def test_a_change_says_since_when_and_what_it_became() -> None:
    chance = random.Random(3)
    watch = learnt(chance)
    change = as_("call_duration", "187")
    found = [one for n in range(16) for one in seen(watch, change(event(chance)), BEGAN + timedelta(minutes=n))]
    (one,) = found
    assert (one.item, one.became, one.came, one.events) == (("call_duration", "number"), "text", 0, 16)
    assert one.since == BEGAN
    assert 0.95 < one.before <= 1


def test_a_field_that_is_back_can_be_gone_again() -> None:
    chance = random.Random(4)
    watch = learnt(chance)
    gone = without("sentiment")
    assert [one for _ in range(64) for one in seen(watch, gone(event(chance)))] != []
    assert watch.missing
    back = []
    for _ in range(64):
        if watch.note(event(chance), BEGAN):
            back += watch.look()[1]
    assert back == [("sentiment", "text")]
    assert watch.missing == {}
    assert [one for _ in range(48) for one in seen(watch, gone(event(chance)))] != []


def test_what_is_known_to_be_missing_is_not_found_again() -> None:
    chance = random.Random(5)
    watch = FieldWatch({("sentiment", "text"): 0.98})
    hour = learnt(chance).hour(1, "call.ended", 99)
    watch.learn([hour], 100)
    assert [one for _ in range(64) for one in seen(watch, without("sentiment")(event(chance)))] == []


def test_an_hour_in_which_it_hardly_came_is_usual() -> None:
    """By night there is no sentiment: a night like the one before is no change."""
    day = FieldHour(source_id=1, type="t", hour=10, events=500, fields={"a": {"text": 500}, "b": {"text": 500}})
    night = FieldHour(source_id=1, type="t", hour=11, events=40, fields={"a": {"text": 40}})
    few = FieldHour(source_id=1, type="t", hour=12, events=3, fields={"b": {"text": 3}})
    watch = FieldWatch()
    watch.learn([night, day, few], 20)
    for _ in range(64):
        assert seen(watch, {"a": "x"}) == []
    assert {one.item[0] for _ in range(64) for one in seen(watch, {"b": "x"})} == {"a"}


def test_counts_of_an_hour_go_on_after_a_restart() -> None:
    chance = random.Random(6)
    watch = learnt(chance)
    watch.flush()
    stored = watch.hour(1, "call.ended", 100)
    assert stored.events == 640
    again = FieldWatch()
    again.learn([stored], 100)
    again.learn([stored], 100)
    assert again.hour(1, "call.ended", 100) == stored
    again.begin()
    assert again.hour(1, "call.ended", 101).events == 0
    assert [one for _ in range(16) for one in seen(again, {})] != [], "what was learnt before is missed"


def test_names_without_end_are_bounded() -> None:
    watch = FieldWatch()
    watch.learn([], 1)
    for number in range(2_000):
        seen(watch, {f"field {number} {place}": 1 for place in range(10)})
    watch.flush()
    assert sum(len(kinds) for kinds in watch.hour(1, "t", 1).fields.values()) <= MOST_ITEMS + 16 * 10
    noted: list[Any] = []
    note({str(number): "" for number in range(MOST_FIELDS + 5)}, ("x",), noted)
    assert len(items_of(noted)) == MOST_FIELDS + 1


@pytest.mark.parametrize(
    ("events", "percent", "most"), [(16, 98, 7), (16, 10, -1), (48, 50, 2), (16, 100, 8), (0, 50, -1)]
)
def test_what_is_more_than_chance(events: int, percent: int, most: int) -> None:
    assert most_by_change(events, percent) == most


@pytest.mark.parametrize(
    ("path", "before", "after", "expected"),
    [
        ("sentiment", {"sentiment": "positive"}, {"user_sentiment": "positive"}, "user_sentiment"),
        ("sentiment", {"sentiment": "positive"}, {"raw": {"call": {"mood": "Positive"}}}, "raw.call.mood"),
        ("call_duration", {"call_duration": 5}, {"callDuration": 500}, "callDuration"),
        ("sentiment", {"sentiment": "positive"}, {"other": "x"}, ""),
        ("sentiment", {"sentiment": "positive", "mood": "positive"}, {"mood": "positive"}, ""),
        ("sentiment", {}, {"sentiments": ["x"]}, "sentiments"),
        ("sentiment", {"sentiment": "positive"}, {"mood": None}, ""),
    ],
)
def test_what_took_its_place(path: str, before: Event, after: Event, expected: str) -> None:
    assert successor_of(path, [before] * 5, [after] * 5) == expected


def test_nothing_takes_the_place_without_events() -> None:
    assert successor_of("x", [], []) == ""
    assert successor_of("a", [{"a": 1}], [{"b": {"c": {"d": {"e": {"f": {"g": {"h": 1}}}}}}}]) == ""


def test_a_drift_in_words() -> None:
    drift = Drift(
        source_id=1, type="call.ended", path="sentiment", kind="text", before=0.98, came=0, events=16,
        since=BEGAN + timedelta(minutes=12), successor="user_sentiment", found_at=BEGAN,
    )  # fmt: skip
    assert in_words(drift, "Call Ended", "“Main”", 3) == (
        "`sentiment` came in 98 % of Call Ended from “Main” until 10:12 UTC on 11-23; since then in 0 of 16; 3 hooks "
        "read it. `user_sentiment` probably took its place."
    )
    other = Drift(
        source_id=1, type="t", path="n", kind="number", before=1, came=1, events=16, since=BEGAN, became="text",
        found_at=BEGAN,
    )  # fmt: skip
    assert "came as number in 100 % of T" in in_words(other, "T", "S", 1)
    assert in_words(other, "T", "S", 0).endswith("since then in 1 of 16, now as text; no hook reads it.")
    assert in_words(other, "T", "S", 1).endswith("1 hook reads it.")
