"""Sources as nouns."""

from datetime import UTC, datetime

from engine.model.sources import Outcome, SourceCount


def test_a_count_is_of_the_hour_that_begins_at_its_moment() -> None:
    count = SourceCount(source_id=1, hour=488_174, outcome=Outcome.ACCEPTED, reason="", count=1)
    assert count.begins_at == datetime(2025, 9, 9, 14, tzinfo=UTC)
