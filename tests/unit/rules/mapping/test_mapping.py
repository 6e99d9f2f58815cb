"""Requests become events by a mapping: types, fields, ids and times; what cannot be mapped is ignored with its name."""

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.events.catalogue import Field
from engine.events.draft import EventDraft
from engine.model.sources import SourceMapping
from engine.rules.mapping.compiled import MOST_FIELDS, MOST_TYPES, compiled, mapping_problems
from engine.rules.mapping.reading import mapped
from engine.rules.mapping.values import fitted, misfit
from tests.examples import checked
from tests.unit.rules.mapping.requests import CALL, CATALOGUE, NOW, mapping, posted, read

BINARY = {"ce-specversion": "1.0", "ce-type": "com.acme.call", "ce-source": "/dialer", "ce-id": "7"}


def only(*arguments: Any, **parts: Any) -> EventDraft:
    found = read(*arguments, **parts)
    assert found.ignored == ()
    (draft,) = found.drafts
    return draft


def fields(*arguments: Any, **parts: Any) -> dict[str, Any]:
    return {name: value for name, value in only(*arguments, **parts).data.items() if name != "raw"}


def test_a_body_becomes_an_event_in_the_catalogues_types() -> None:
    draft = only(CALL, id="eventId", occurred_at="timestamp")
    assert (draft.type, draft.id) == ("call.ended", "source-3:e1:call.ended")
    assert draft.occurred_at == datetime(2025, 9, 9, 14, 27, tzinfo=UTC)
    assert draft.data == {"call_duration": 187, "phone_number": "+14155550132", "sentiment": "positive", "raw": CALL}


def test_a_name_that_is_a_type_needs_no_translation() -> None:
    assert only({"event": "call.started"}, type="event", types={}, fields={}).type == "call.started"
    assert only({"code": 17}, type="code", types={"17": "sms.sent"}, fields={}).type == "sms.sent"
    assert only({}, type='"call.ended"', fields={}).type == "call.ended"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({"eventType": "CallRinging"}, "CallRinging"),
        ({"eventType": "schedule.due"}, "schedule.due"),
        ({"eventType": None}, "a message without a type"),
        ({}, "a message without a type"),
        (b"", "a message without a type"),
        ([], "no object to be mapped"),
        ([1, None], "no object to be mapped"),
        (b"{", "a body that cannot be read as JSON"),
        (b"{} {}", "a body that cannot be read as JSON"),
        (b"hello", "a body that cannot be read as JSON"),
        ([{}] * 1_001, "more than 1,000 entries"),
    ],
)
def test_what_cannot_be_mapped_is_ignored_with_its_name(body: Any, reason: str) -> None:
    found = read(body)
    assert (found.drafts, set(found.ignored)) == ((), {reason})


def test_a_list_of_a_body_becomes_several_events() -> None:
    body = {"account": "a1", "events": [{"kind": "CallFinished"}, 7, {"kind": "Other"}, {"kind": "CallFinished"}]}
    parts: dict[str, Any] = {"each": "events", "type": "kind", "fields": {"campaign_id": "request.body.account"}}
    found = read(body, {"webhook-id": "w1"}, **parts)
    assert [draft.id for draft in found.drafts] == ["source-3:w1/0:call.ended", "source-3:w1/3:call.ended"]
    assert found.drafts[0].data == {"campaign_id": "a1", "raw": {"kind": "CallFinished"}}
    assert found.ignored == ("Other",)
    assert read(body, **{**parts, "each": "account"}).ignored == ("no object to be mapped",)
    assert len(read([CALL, CALL]).drafts) == 2
    assert len({draft.id for draft in read([CALL, CALL]).drafts}) == 2


def test_forms_headers_and_the_query_are_read() -> None:
    parts: dict[str, Any] = {"type": 'request.headers["x-topic"]', "types": {"call/ended": "call.ended"}}
    wanted = {"call_duration": "Duration", "campaign_id": "request.query.campaign"}
    form = {"content-type": "application/x-www-form-urlencoded", "x-topic": "call/ended"}
    assert fields(b"Duration=187&From=1", form, "campaign=c1", **parts, fields=wanted) == {
        "call_duration": 187,
        "campaign_id": "c1",
    }
    assert read(b"Duration", form | {"x-topic": "else"}, **parts, fields=wanted).ignored == ("else",)
    assert fields(b"", {"x-topic": "call/ended"}, "campaign=c1", **parts, fields=wanted) == {"campaign_id": "c1"}


def test_cloud_events_are_mapped_in_both_modes() -> None:
    parts = {"type": "type", "types": {"com.acme.call": "call.ended"}, "fields": {"call_duration": "data.length"}}
    names = {"specversion": "1.0", "type": "com.acme.call", "source": "/dialer", "id": "7"}
    structured = {**names, "time": "2025-09-09T14:00:00Z", "data": {"length": 5}}
    one, other = only(structured, **parts), only({"length": 5}, BINARY, **parts)
    assert (one.id, one.attributes) == (other.id, other.attributes)
    assert (one.id, one.attributes) == ("source-3:/dialer|7:call.ended", {"source": "/dialer"})
    assert (one.occurred_at, other.occurred_at) == (datetime(2025, 9, 9, 14, tzinfo=UTC), None)
    assert one.data["call_duration"] == other.data["call_duration"] == 5
    assert only({"specversion": "1.0", "type": "com.acme.call", "id": "7"}, **parts).id == "source-3:7:call.ended"
    odd = only(
        {}, {**BINARY, "ce-id": "a%00b", "x-note": "c%00\0d"}, **{**parts, "fields": {"note": "request.headers"}}
    )
    assert "\0" not in str(odd.data)
    assert odd.id == "source-3:/dialer|ab:call.ended"
    long = only({**names, "note": "x" * 3_000}, **parts)
    assert long.attributes == {}
    assert "source-3" in str(only({**names, "id": None}, **parts).id)


def test_an_id_that_is_not_there_is_made_of_the_bytes() -> None:
    assert only(CALL, id="payload.none").id == only(CALL).id
    assert only(CALL).id != only({**CALL, "eventId": "e2"}).id
    assert only(CALL, {"idempotency-key": "k1"}).id == "source-3:k1:call.ended"


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('time(at, "Europe/Berlin")', datetime(2025, 9, 9, 12, tzinfo=UTC)),
        ("at", None),
        ("time(at)", None),
        ("now", NOW),
        ("nothing", None),
    ],
)
def test_the_time_has_a_zone(expression: str, expected: datetime | None) -> None:
    assert only({**CALL, "at": "2025-09-09 14:00:00"}, occurred_at=expression).occurred_at == expected


@pytest.mark.parametrize(
    ("name", "value", "field", "expected"),
    [
        ("x", "187", Field(type="number", meaning=""), 187.0),
        ("x", "187.0", Field(type="integer", meaning=""), 187),
        ("x", 1.5, Field(type="integer", meaning=""), 1.5),
        ("x", "long", Field(type="integer", meaning=""), "long"),
        ("x", "True", Field(type="boolean", meaning=""), True),
        ("x", 5, Field(type="string", meaning=""), "5"),
        ("x", [1], Field(type="array", meaning=""), [1]),
        ("x", "No Answer", Field(type="string", meaning="", one_of=("no_answer",)), "no_answer"),
        ("x", "else", Field(type="string", meaning="", one_of=("no_answer",)), "else"),
        ("x", [1], Field(type="string", meaning="", one_of=("no_answer",)), [1]),
        ("from_number", "+1 (415) 555-0132", None, "+14155550132"),
        ("from_number", {}, None, {}),
        ("x", {"a": 1}, None, {"a": 1}),
        ("x", datetime(2025, 1, 1, 2, tzinfo=timezone(timedelta(hours=2))), None, "2025-01-01T00:00:00Z"),
        ("x", datetime(2025, 1, 1, 2), None, "2025-01-01T02:00:00"),  # noqa: DTZ001
    ],
)
def test_values_are_fitted_to_the_catalogue(name: str, value: Any, field: Field | None, expected: Any) -> None:
    found = fitted(name, value, field)
    assert (found, type(found)) == (expected, type(expected))


@pytest.mark.parametrize(
    ("value", "field", "words"),
    [
        ("long", Field(type="integer", meaning=""), "a whole number"),
        (True, Field(type="integer", meaning=""), "a whole number"),
        (1, Field(type="boolean", meaning=""), "true or false"),
        ("happy", Field(type="string", meaning="", one_of=("positive", "negative")), "positive, negative"),
    ],
)
def test_a_value_that_does_not_fit_is_told(value: Any, field: Field, words: str) -> None:
    assert words in str(misfit(value, field))


def test_a_value_that_fits_is_not_told() -> None:
    assert misfit(5, Field(type="integer", meaning="")) is None
    assert misfit(None, Field(type="integer", meaning="")) is None
    assert misfit("anything", None) is None


@pytest.mark.parametrize(
    ("parts", "place", "words"),
    [
        ({"type": " "}, "type", "Say where the type is"),
        ({"type": "event &&"}, "type", "Use and instead"),
        ({"id": "("}, "id", ""),
        ({"fields": {"x": "1 +"}}, "fields.x", ""),
        ({"fields": {"x": " "}}, "fields.x", "Say what it is"),
        ({"fields": {"": "1"}}, "fields.", "printable"),
        ({"fields": {"raw": "1"}}, "fields.raw", "is there already"),
        ({"types": {"a": "call.endet"}}, "types.a", "Did you mean call.ended"),
        ({"types": {"a": "schedule.due"}}, "types.a", "No event type"),
        ({"fields": {f"f{n}": "1" for n in range(MOST_FIELDS + 1)}}, "fields", "at most"),
        ({"types": {f"t{n}": "call.ended" for n in range(MOST_TYPES + 1)}}, "types", "At most"),
    ],
)
def test_what_is_wrong_with_a_mapping(parts: dict[str, Any], place: str, words: str) -> None:
    found = mapping_problems(mapping(**parts), CATALOGUE)
    assert list(found) == [place]
    assert words in found[place]
    assert mapping_problems(mapping(), CATALOGUE) == {}


def test_an_expression_that_cannot_be_read_gives_nothing() -> None:
    made, problems = compiled(mapping(type="", fields={"x": "1 +", "y": ""}), "s")
    assert list(problems) == ["fields.x"]
    assert mapped(posted(CALL), made, CATALOGUE, NOW).drafts == ()
    assert len(list(compiled(mapping(id="a", each="b", occurred_at="c"), "s")[0].conditions)) == 7


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(st.binary(max_size=60) | JSON.map(lambda one: json.dumps(one).encode()), st.sampled_from(["", "each", "events"]))
@checked(300)
def test_any_bytes_are_read(body: bytes, each: str) -> None:
    parts: dict[str, Any] = {"type": 'coalesce(event, "call.ended")', "types": {}, "each": each}
    once, again = read(body, **parts), read(body, **parts)
    assert once == again
    assert once.drafts or once.ignored


def test_a_mapping_has_usual_values() -> None:
    assert SourceMapping(type="event") == SourceMapping(type="event", types={}, fields={}, each="")
