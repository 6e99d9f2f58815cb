"""A mapping tried on a body: what each expression gives, what nothing reads, and what the names suggest."""

from typing import Any

import pytest

from engine.model.sources import SourceMapping
from engine.rules.mapping.suggestion import suggested
from engine.rules.mapping.trial import Trial, tried
from tests.unit.rules.mapping.requests import CALL, CATALOGUE, NOW, mapping, posted


def attempt(body: Any, **parts: Any) -> Trial:
    return tried(posted(body), mapping(**parts), CATALOGUE, NOW)


def suggest(body: Any) -> SourceMapping:
    return suggested(posted(body), CATALOGUE)


def test_what_a_body_becomes_is_shown_by_field() -> None:
    found = attempt(CALL, id="eventId", occurred_at="timestamp")
    assert (found.theirs, found.type, found.id, found.events) == ("CallFinished", "call.ended", "e1", 1)
    assert {one.name: one.value for one in found.fields}["call_duration"] == 187
    assert found.unmapped == ("payload.customer.firstName", "payload.flags.beta", "payload.flags.none")
    assert (found.leaves, found.problems) == (9, {})


def test_a_field_without_a_value_says_why() -> None:
    fields = {"a": "payload.gone", "b": "payload.flags.none.x", "lead_score": '"high"', "c": "null", "d": "1 +"}
    found = {one.name: one for one in attempt(CALL, fields=fields).fields}
    assert "payload.gone" in str(found["a"].problem)
    assert found["b"].value is None
    assert found["lead_score"].problem == "The catalogue has a whole number here."
    assert found["c"].problem == "This is null."
    assert "fields.d" in attempt(CALL, fields=fields).problems


def test_a_type_that_is_unknown_leaves_the_fields_as_they_are() -> None:
    found = attempt(CALL, types={})
    assert (found.theirs, found.type, found.events, found.ignored) == ("CallFinished", None, 0, ("CallFinished",))
    assert found.fields[2].value == "Positive"
    assert attempt(b"x").ignored == ("a body that cannot be read as JSON",)
    assert attempt([]).leaves == 0


def test_what_is_read_by_another_way_is_mapped_too() -> None:
    body = {"data": {"a": 1, "b": {"c": 2}}, "list": [{"x": 1}], "event": "call.ended", "now": 1}
    fields = {"a": "data.a", "c": "b.c", "x": "list[0].x"}
    assert attempt(body, type="event", fields=fields).unmapped == ('data["now"]',)
    assert attempt(body, type="event", fields={"a": "request.body"}).unmapped == ()
    assert attempt(body, type='"call.ended"', fields={"a": 'data["event"]'}).unmapped == (
        "data.a",
        "data.b.c",
        "list",
        'data["now"]',
    )


def test_paths_that_are_not_mapped_are_written_as_expressions() -> None:
    body = {"data": {"id": 1, "First Name": 2, "data": 3}, "id": 2, "deep": {"a": {"b": {"c": {"d": {"e": {"f": 1}}}}}}}
    found = attempt(body, type="x", fields={"y": "id"}).unmapped
    assert found == ('data["data"].id', 'data["First Name"]', 'data["data"].data', "deep.a.b.c.d.e")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            CALL,
            SourceMapping(
                type="eventType",
                types={"CallFinished": "call.ended"},
                id="eventId",
                occurred_at="timestamp",
                fields={
                    "first_name": "payload.customer.firstName",
                    "phone_number": "payload.customer.phone",
                    "call_duration": "payload.durationMs / 1000",
                    "sentiment": "payload.userSentiment",
                },
            ),
        ),
        (
            {"specversion": "1.0", "id": "1", "source": "/x", "type": "call.ended", "data": {"duration": 12}},
            SourceMapping(type="type", fields={"call_duration": "data.duration"}),
        ),
        (
            {"events": [{"kind": "sms received", "from": "+1415", "text": "hi"}]},
            SourceMapping(
                type="kind",
                types={"sms received": "sms.received"},
                each="events",
                fields={"from_number": 'data["from"]', "body": "text"},
            ),
        ),
        (
            [{"status": 7, "duration_minutes": 2, "recording_urls": "x"}],
            SourceMapping(
                type='"call.ended"',
                fields={
                    "call_duration": "duration_minutes * 60",
                    "call_status": "status",
                    "recording_url": "recording_urls",
                },
            ),
        ),
        (
            {"event": "call.started", "call_id": "c1", "data": {"data-x": 1}},
            SourceMapping(type="event", fields={"call_id": "call_id"}),
        ),
        ({"event": "zzzzzzzz"}, SourceMapping(type="")),
        (b"", SourceMapping(type="")),
        (b"{", SourceMapping(type="")),
        ([], SourceMapping(type="")),
    ],
)
def test_a_mapping_is_suggested_by_the_names(body: Any, expected: SourceMapping) -> None:
    assert suggest(body) == expected
