"""A source that normally sends and has stopped is told once, and one that has a night or a weekend is not."""

import math
import random
from datetime import UTC, datetime, timedelta

import pytest

from engine import Engine, StoreUnavailable
from engine.model.sources import Outcome, SourceBody, SourceCount
from engine.sources.journal import hour_of
from engine.sources.silence import SourceSilence, is_silent, least_expected
from tests.engine.conftest import ADMIN

WEEK = 7 * 24


def poisson(mean: float, chance: random.Random) -> int:
    limit, product, count = math.exp(-mean), chance.random(), 0
    while product > limit:
        product, count = product * chance.random(), count + 1
    return count


def traffic(hours: int, chance: random.Random) -> dict[int, int]:
    """By day 20 an hour, by night and on Sundays hardly any; the hours without are left out, as in the store."""
    found: dict[int, int] = {}
    for hour in range(1, hours + 1):
        busy = 8 <= hour % 24 < 20 and hour // 24 % 7 != 6
        if count := poisson(20 if busy else 0.2, chance):
            found[hour] = count
    return found


@pytest.mark.parametrize("seed", range(40))
def test_a_source_with_nights_and_sundays_is_never_told_falsely(seed: int) -> None:
    chance = random.Random(seed)
    hours = traffic(5 * WEEK, chance)
    for now in range(WEEK, 5 * WEEK):
        came = {hour: count for hour, count in hours.items() if hour <= now}
        assert not is_silent(least_expected(came, max(came), now + 1)), now


@pytest.mark.parametrize("seed", range(20))
def test_a_source_that_stops_by_day_is_told_within_hours(seed: int) -> None:
    came = traffic(3 * WEEK - 36, random.Random(seed))
    came = {hour: count for hour, count in came.items() if hour <= 2 * WEEK + 10}
    last = max(came)
    assert any(is_silent(least_expected(came, last, last + later)) for later in range(2, 6))


def test_a_source_is_watched_for_a_week_first() -> None:
    came = dict.fromkeys(range(100, 100 + WEEK - 2), 50)
    assert least_expected(came, max(came), max(came) + 10) == 0
    assert least_expected({}, 5, 50) == 0


def test_a_long_silence_is_compared_with_the_days_before_it() -> None:
    came = dict.fromkeys(range(3 * WEEK), 2)
    assert least_expected(came, max(came), max(came) + 1 + 48) == 2 * 48
    assert least_expected(came, max(came), max(came) + 50 * WEEK) == 2 * WEEK


async def test_it_is_told_once(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    source = await engine.sources.create({"platform": "bland", "name": "Main"}, actor=ADMIN)
    other = await engine.sources.create({"platform": "bland", "name": "Off", "enabled": False}, actor=ADMIN)
    last_at = datetime(2026, 1, 20, 14, 27, tzinfo=UTC)
    last = hour_of(last_at)
    counts = [
        SourceCount(source_id=one.id, hour=hour, outcome=outcome, reason="", count=9)
        for one in (source, other)
        for hour in range(last - 2 * WEEK, last + 1)
        for outcome in (Outcome.ACCEPTED, Outcome.REFUSED)
    ]
    bodies = [
        SourceBody(source_id=one.id, at=last_at, outcome=Outcome.ACCEPTED, reason="", media_type="", body="{}")
        for one in (source, other)
    ]
    await engine._store.note_received(counts, bodies, 20)
    await engine.sources.load()
    moment = [last_at + timedelta(minutes=20)]
    silence = SourceSilence(engine._store, engine.sources, engine.notices, lambda: moment[0])

    async def told() -> list[str]:
        await silence.look()
        return [one.title for one in await engine.notices.newest()]

    assert await told() == []
    moment[0] += timedelta(hours=3)
    with monkeypatch.context() as patch:

        async def refuse(*_: object) -> None:
            raise StoreUnavailable("disk")

        patch.setattr(engine._store, "source_counts", refuse)
        assert await told() == []
    assert await told() == ["“Main” has stopped sending"]
    moment[0] += timedelta(hours=3)
    assert await told() == ["“Main” has stopped sending"]
    (notice,) = await engine.notices.newest()
    assert notice.link == f"/sources/{source.id}"
    assert "Nothing came since 14:27 UTC on 01-20; about 18 requests were expected." in notice.text
    (silent,) = await silence.silent(actor=ADMIN)
    assert (silent.source.id, silent.last_at) == (source.id, last_at)
