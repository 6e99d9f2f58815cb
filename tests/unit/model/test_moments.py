"""Times from outside that have no date in some zone."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from pydantic import TypeAdapter, ValidationError

from engine.model.moments import Moment, fits_calendar

AHEAD, BEHIND = timezone(timedelta(hours=14)), timezone(timedelta(hours=-12))


@pytest.mark.parametrize(
    ("moment", "fits"),
    [
        (datetime(2026, 11, 27, tzinfo=UTC), True),
        (datetime(2026, 11, 27), True),  # noqa: DTZ001 (one without a zone)
        (datetime(1, 1, 1, tzinfo=AHEAD), False),
        (datetime(1, 1, 2, tzinfo=UTC), True),
        (datetime(9999, 12, 31, 23, tzinfo=BEHIND), False),
        (datetime(1, 1, 1), False),  # noqa: DTZ001
    ],
)
def test_a_time_has_a_date_in_every_zone(moment: datetime, fits: bool) -> None:
    assert fits_calendar(moment) is fits


def test_one_at_the_edge_of_the_calendar_is_refused_in_words() -> None:
    with pytest.raises(ValidationError, match="within the years 1 to 9999"):
        TypeAdapter(Moment).validate_python(datetime(9999, 12, 31, 23, tzinfo=BEHIND))


@pytest.mark.parametrize("text", ["2030-09-09t10:00:00z", "20300909T100000Z", "Mon, 09 Sep 2030 10:00:00 GMT"])
def test_one_may_be_spelled_as_in_events(text: str) -> None:
    assert TypeAdapter(Moment).validate_python(text) == datetime(2030, 9, 9, 10, tzinfo=UTC)
