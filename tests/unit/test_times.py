"""Moments as senders write them, of whatever shape the event is."""

from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest

from engine.errors import InvalidEvent
from engine.events.bounds import Bounds
from engine.events.catalogue import load_catalogue
from engine.events.parsing import read_events

WHEN = datetime(2025, 9, 9, 14, 27, tzinfo=UTC)
CATALOGUE = load_catalogue()
NAMES = {"occurred_at": {"type": "call.ended"}, "timestamp": {"event": "call.ended"}}
NAMES["time"] = {"type": "call.ended", "specversion": "1.0", "source": "s", "id": "1"}


def read(name: str, value: Any) -> datetime | None:
    document = {**NAMES[name], name: value, "data": {}}
    (draft,) = read_events(orjson.dumps(document), {}, CATALOGUE, Bounds())
    return draft.occurred_at


@pytest.mark.parametrize("name", list(NAMES))
@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2025-09-09t14:27:00z", WHEN),
        ("2025-09-09 16:27:00+02:00", WHEN),
        ("2025-09-09T14:27:00.123456789Z", WHEN + timedelta(microseconds=123456)),
        ("2016-12-31T23:59:60Z", datetime(2017, 1, 1, tzinfo=UTC)),
        ("2016-12-31t18:59:60.5-05:00", datetime(2017, 1, 1, microsecond=500_000, tzinfo=UTC)),
        ("2025-09-08T24:00:00Z", datetime(2025, 9, 9, tzinfo=UTC)),
        ("2025-09-09T14:27:00,5Z", WHEN + timedelta(milliseconds=500)),
        ("20250909T142700Z", WHEN),
        ("2025-W37-2T14:27Z", WHEN),
        ("Tue, 09 Sep 2025 14:27:00 GMT", WHEN),
        ("9 Sep 2025 16:27 +0200 (CEST)", WHEN),
        (None, None),
    ],
)
def test_rfc_3339(name: str, text: str | None, moment: datetime | None) -> None:
    assert read(name, text) == moment


@pytest.mark.parametrize(
    ("number", "moment"),
    [
        (1757428020, WHEN),
        (1757428020123, WHEN + timedelta(milliseconds=123)),
        (1757428020.25, WHEN + timedelta(milliseconds=250)),
        ("1757428020", WHEN),
        ("1757428020123", WHEN + timedelta(milliseconds=123)),
        (0, datetime(1970, 1, 1, tzinfo=UTC)),
    ],
)
def test_the_older_form_may_count_from_1970(number: Any, moment: datetime) -> None:
    assert read("timestamp", number) == moment


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("occurred_at", 1757428020),
        ("time", 1757428020),
        ("timestamp", True),
        ("timestamp", 1e300),
        ("timestamp", 2**63),
        ("timestamp", "2025-09-09T14:27:00"),
        ("timestamp", "2025-09-09T14:27:61Z"),
        ("occurred_at", "9999-12-31T23:59:60Z"),
        ("occurred_at", "2025-02-30T14:27:00Z"),
        ("occurred_at", "2025-09-09T24:00:01Z"),
        ("occurred_at", "2025-09-09"),
        ("occurred_at", "Tue Sep  9 14:27:00 2025"),
        ("occurred_at", "0001-01-01T00:00:00+14:00"),
        ("occurred_at", {}),
    ],
)
def test_what_is_no_moment_is_named_as_the_sender_calls_it(name: str, value: Any) -> None:
    with pytest.raises(InvalidEvent) as refusal:
        read(name, value)

    assert list(refusal.value.problems) == [name]
