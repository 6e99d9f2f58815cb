"""Leads and metrics on the database: none overwrites another, and every question is answered by an index."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import event as sql_event

from engine.errors import Conflict, InvalidQuery, NotFound
from engine.model.leads import ChangeOf, Lead, LeadChange, LeadQuery, LeadSort, LeadStatus, SaveLead, Score
from engine.model.metrics import (
    Comparison,
    Limit,
    Measurement,
    MetricKind,
    SavedLimit,
    Series,
    Standing,
    Turn,
    Window,
)
from storage.queries.leads import MOST_CHANGES
from storage.store import SqlStore
from tests.storage.conftest import NOW, event

SCORED = Score(value=50, start=30, threshold=60, rows=())
LISTS = {"SCAN CONSTANT ROW", "SCAN (subquery-1)"}
"""What stands in the question itself."""
CHANGE = LeadChange(at=NOW, what=ChangeOf.SCORE, before="30", after="50", reason="Positive call (+20)")


def lead(key: str = "L1", **changed: Any) -> Lead:
    values: dict[str, Any] = {
        "id": 0,
        "key": f"lead_id:{key}",
        "version": 1,
        "name": "Zoë Díaz",
        "status": LeadStatus.NEW,
        "score": SCORED,
        "fields": {"lead_id": key, "phone_number": "+14155550132", "nested": {"list": [1, None]}},
        "first_seen_at": NOW,
        "last_seen_at": NOW,
        "last_event_type": "call.ended",
    }
    return Lead(**(values | changed))


async def saved(store: SqlStore, one: Lead, expected: int = 0, **rest: Any) -> Lead:
    await store.make((SaveLead(lead=one, expected=expected, **rest),), NOW)
    found = await store.lead_by_key(one.key)
    assert found
    return found


async def test_a_lead_comes_back_as_it_was_saved(store: SqlStore) -> None:
    found = await saved(store, lead(), changes=(CHANGE,))

    assert found == lead(id=found.id)
    assert await store.lead(found.id) == found
    (change,) = await store.lead_changes(found.id)
    assert change == LeadChange(**{**_fields(CHANGE), "seq": change.seq})
    with pytest.raises(NotFound):
        await store.lead(2**70)
    assert await store.lead_by_key("lead_id:none") is None


async def test_of_two_that_read_the_same_the_second_is_told(store: SqlStore) -> None:
    first = await saved(store, lead(), changes=(CHANGE,))
    with pytest.raises(Conflict):
        await saved(store, lead(name="Another"))
    await saved(store, lead(id=first.id, version=2, name="One"), expected=1)
    with pytest.raises(Conflict) as refused:
        await saved(store, lead(id=first.id, version=2, name="Two"), expected=1, changes=(CHANGE,))

    assert refused.value.found == 2
    assert (await store.lead(first.id)).name == "One"
    assert len(await store.lead_changes(first.id)) == 1


async def test_the_history_of_a_lead_is_bounded(store: SqlStore) -> None:
    found = await saved(store, lead(), changes=(CHANGE,) * (MOST_CHANGES - 1))
    newest = LeadChange(**{**_fields(CHANGE), "reason": "newest"})
    await saved(store, lead(id=found.id, version=2), expected=1, changes=(CHANGE, CHANGE, newest))
    history = await store.lead_changes(found.id)

    assert len(history) == MOST_CHANGES
    assert history[0].reason == "newest"


async def test_an_event_is_about_a_lead_once(store: SqlStore) -> None:
    await store.append([event("evt_1"), event("evt_2")])
    found = await saved(store, lead(), event_id="evt_1")
    await saved(store, lead(id=found.id, version=2), expected=1, event_id="evt_1")
    await saved(store, lead(id=found.id, version=3), expected=2, event_id="evt_2")
    page = await store.lead_events(found.id, 1, None)
    rest = await store.lead_events(found.id, 5, page.next)

    assert [one.event.id for one in (*page.items, *rest.items)] == ["evt_2", "evt_1"]
    assert rest.next is None
    assert [one.event.id for one in await store.latest_lead_events(5)] == ["evt_2", "evt_1"]


async def test_leads_are_found_by_name_number_and_id_however_written(store: SqlStore) -> None:
    first = await saved(store, lead(fields={"lead_id": "L1", "first_name": "Zoë", "phone_number": "+14155550132"}))
    await saved(store, lead("L2", name="Ravi", fields={"first_name": "Ravi"}))
    for words in ("zoe", "ZOË l1", "+1 415-555-0132", "L1"):
        assert [one.id for one in (await store.leads(LeadQuery(text=words))).items] == [first.id], words
    assert [one.name for one in (await store.leads(LeadQuery(text="ravi"))).items] == ["Ravi"]

    masked = partial(replace, key="", fields={"first_name": "Zoë", "phone_number": "+1•••••••32"})
    for part in ("1415", "0132", "L1"):
        assert (await store.leads(LeadQuery(text=part, view=masked))).items == (), part
    for seen in ("zo", "+1 415 555 0132"):
        assert [one.id for one in (await store.leads(LeadQuery(text=seen, view=masked))).items] == [first.id], seen
    assert (await store.leads(LeadQuery(text="1415"))).items[0].id == first.id
    await saved(store, lead(id=first.id, version=2, fields={"lead_id": "L1", "first_name": "Ana"}), expected=1)
    assert (await store.leads(LeadQuery(text="ana"))).items[0].id == first.id
    assert (await store.leads(LeadQuery(text="zoe"))).items == ()


@pytest.mark.parametrize("cursor", ["x", "1", "1-", "-1", "999999999999999999-1", "1-9999999999999999999"])
async def test_a_cursor_that_is_not_ours(store: SqlStore, cursor: str) -> None:
    with pytest.raises(InvalidQuery):
        await store.leads(LeadQuery(cursor=cursor))


@contextmanager
def plans(store: SqlStore) -> Iterator[list[str]]:
    """How the database goes about whatever is asked meanwhile."""
    asked: list[tuple[str, Any]] = []
    told: list[str] = []

    def note(_: Any, __: Any, statement: str, parameters: Any, *___: Any) -> None:
        asked.append((statement, parameters))

    sql_event.listen(store._read_engine, "before_cursor_execute", note)
    try:
        yield told
    finally:
        sql_event.remove(store._read_engine, "before_cursor_execute", note)
    with store._read_engine.connect() as connection:
        for statement, parameters in asked:
            if statement.lstrip().upper().startswith("SELECT"):
                rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
                told += [str(row[3]) for row in rows]


@pytest.mark.parametrize("sort", LeadSort)
@pytest.mark.parametrize("status", [None, LeadStatus.QUALIFIED])
@pytest.mark.parametrize("cursor", [None, "50-7"])
async def test_every_page_of_leads_reads_an_index_in_its_order(
    store: SqlStore, sort: LeadSort, status: LeadStatus | None, cursor: str | None
) -> None:
    with plans(store) as told:
        await store.leads(LeadQuery(sort=sort, status=status, cursor=cursor))

    (step,) = told
    by = "seen" if sort is LeadSort.SEEN else "score"
    assert f"USING INDEX lead_by_{'status_and_' if status else ''}{by}" in step


async def test_no_question_reads_a_table_as_a_whole(store: SqlStore) -> None:
    await store.append([event("evt_1")])
    found = await saved(store, lead(), event_id="evt_1")
    with plans(store) as told:
        await store.leads(LeadQuery(text="zoe"))
        await store.lead(found.id)
        await store.lead_by_key(found.key)
        await store.lead_changes(found.id)
        await store.lead_events(found.id, 50, "9")
        await store.latest_lead_events(20)
        await store.over("talk", 60, NOW)
        await store.buckets([1, 2], Window.DAY, NOW)
        await store.buckets([1, 2], Window.WEEK, NOW)

    assert told
    scans = [step for step in told if step.startswith("SCAN ")]
    assert [step for step in scans if " INDEX " not in step and step not in LISTS] == []
    assert [step for step in scans if step.startswith("SCAN lead ")] == []


async def test_measurements_are_added_up_by_the_minute(store: SqlStore) -> None:
    for seconds, value in ((0, 5.0), (10, -2.0), (60, 9.0)):
        at = NOW.replace(second=0, microsecond=0) + timedelta(seconds=seconds)
        await store.make((measured(value, at=at),), NOW)
    (series,) = await store.series()
    found = (await store.buckets([series.id], Window.HOUR, NOW + timedelta(minutes=1)))[series.id]

    assert [(one.count, one.sum, one.min, one.max) for one in found] == [(2, 3, -2, 5), (1, 9, 9, 9)]
    week = (await store.buckets([series.id], Window.WEEK, NOW + timedelta(minutes=1)))[series.id]
    assert [(one.count, one.sum) for one in week] == [(3, 12)]
    assert (await store.over("talk", 1, NOW + timedelta(minutes=1)))[series.id].sum == 9
    assert (await store.over("talk", 2, NOW + timedelta(minutes=1)))[series.id].sum == 12
    assert await store.over("other", 2, NOW) == {}


async def test_a_series_is_told_apart_by_its_label(store: SqlStore) -> None:
    for label in ("", "agent_07", "agent_07", "agent_11"):
        await store.make((measured(1, label=label),), NOW)

    assert [one.label for one in await store.series()] == ["", "agent_07", "agent_11"]


async def test_a_turn_of_a_standing_that_another_made_is_told(store: SqlStore) -> None:
    performed = await store.make((measured(1),), NOW)
    (series,) = performed.recorded
    limit = Limit(metric="talk", comparison=Comparison.ABOVE, threshold=0)
    one = await store.save_metric_limit(SavedLimit(id=0, limit=limit, saved_at=NOW, saved_by="mia"))
    beyond = standing(one, series, beyond=True)
    await store.make((Turn(standing=beyond, was=None),), NOW)
    assert await store.standings() == [beyond]
    for was in (None, False):
        with pytest.raises(Conflict):
            await store.make((Turn(standing=beyond, was=was),), NOW)
    await store.make((Turn(standing=standing(one, series, beyond=False), was=True),), NOW)

    await store.delete_metric_limit(one.id)
    assert await store.standings() == []
    with pytest.raises(Conflict):
        await store.make((Turn(standing=beyond, was=None),), NOW)


def measured(value: float, **changed: Any) -> Measurement:
    return Measurement(**({"metric": "talk", "value": value, "kind": MetricKind.MEASURE, "at": NOW} | changed))


def standing(one: SavedLimit, series: Series, *, beyond: bool) -> Standing:
    return Standing(limit_id=one.id, series_id=series.id, beyond=beyond, value=1, since=NOW)


def _fields(noun: Any) -> dict[str, Any]:
    return {name: getattr(noun, name) for name in noun.__slots__}
