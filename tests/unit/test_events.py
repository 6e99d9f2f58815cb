"""What senders may post: the shapes that are taken, and what is said of everything else."""

from base64 import b64encode
from collections.abc import Mapping
from datetime import UTC, datetime

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import InvalidEvent
from engine.events.bounds import Bounds, shape_problem
from engine.events.catalogue import load_catalogue
from engine.events.draft import EventDraft
from engine.events.parsing import read_events

CATALOGUE = load_catalogue()
BOUNDS = Bounds(bytes=4_096, fields=10_000)
WHEN = datetime(2025, 9, 9, 14, 27, tzinfo=UTC)


def read(body: object, headers: Mapping[str, str] | None = None) -> tuple[EventDraft, ...]:
    raw = body if isinstance(body, bytes) else orjson.dumps(body)
    return read_events(raw, headers or {}, CATALOGUE, BOUNDS)


def problems(body: object) -> Mapping[str, str]:
    with pytest.raises(InvalidEvent) as refusal:
        read(body)
    return refusal.value.problems


def test_our_own_shape() -> None:
    event = {"type": "call.ended", "id": "evt_1", "occurred_at": "2025-09-09T14:27:00Z", "data": {"call_duration": 187}}

    assert read(event) == (EventDraft(type="call.ended", id="evt_1", occurred_at=WHEN, data={"call_duration": 187}),)


def test_id_and_time_may_be_left_out() -> None:
    assert read({"type": "sms.sent", "data": {}}) == (EventDraft(type="sms.sent", id=None, occurred_at=None, data={}),)


def test_the_older_form() -> None:
    event = {"event": "call.ended", "timestamp": "2025-09-09T16:27:00+02:00", "data": {}}

    assert read(event) == (EventDraft(type="call.ended", id=None, occurred_at=WHEN, data={}),)


def test_a_structured_cloud_event_is_known_by_source_and_id_together() -> None:
    event = {
        "specversion": "1.0",
        "type": "call.ended",
        "source": "/dialer/7",
        "id": "42",
        "time": "2025-09-09T14:27:00Z",
        "data": {"a": 1},
    }

    assert read(event) == (
        EventDraft(
            type="call.ended", id="/dialer/7|42", occurred_at=WHEN, data={"a": 1}, attributes={"source": "/dialer/7"}
        ),
    )


def test_a_binary_cloud_event() -> None:
    headers = {
        "ce-specversion": "1.0",
        "ce-type": "call.ended",
        "ce-source": "dialer",
        "ce-id": "42",
        "ce-time": "2025-09-09T14:27:00Z",
        "content-type": "application/json",
    }

    assert read({"type": "a field of the data"}, headers) == (
        EventDraft(
            type="call.ended",
            id="dialer|42",
            occurred_at=WHEN,
            data={"type": "a field of the data"},
            attributes={"source": "dialer"},
        ),
    )


def test_one_bad_event_refuses_the_array_and_each_is_named() -> None:
    good = {"type": "call.ended", "data": {}}

    found = problems([good, {"type": "call.ended"}, good, {"type": "call.end", "data": []}, 7])

    assert set(found) == {"[1].data", "[3].type", "[3].data", "[4]"}


def test_an_unknown_type_gets_the_nearest_names() -> None:
    assert "Did you mean call.ended" in problems({"type": "call_ended", "data": {}})["type"]
    assert "call.ended" in problems({"type": "Call Ended", "data": {}})["type"]
    assert "event-types" in problems({"type": "qqqqqqq", "data": {}})["type"]


@pytest.mark.parametrize(
    ("body", "place"),
    [
        (b"", "body"),
        (b"{", "body"),
        (b'{"type": "call.ended", "data": {"a": 1e999}}', "body"),
        (b'{"type": "call.ended", "data": {"a": NaN}}', "body"),
        (b'{"type": "call.ended", "data": {"a": "\\ud800"}}', "body"),
        (b'{"type": "call.ended", "data": {"a": "\\u0000"}}', "body"),
        (b'{"type": "call.ended", "data": {"a": "\xff"}}', "body"),
        (b"[" * 100_000, "body"),
        (b"[]", "body"),
        (b"null", "body"),
        (b"7", "body"),
        (orjson.dumps([{"type": "call.ended", "data": {}}] * 1_001), "body"),
        (b'{"type": "call.ended", "data": ' + b'{"a":' * 200 + b"1" + b"}" * 201, "data"),
        (b'{"type": "call.ended", "data": {"a": "' + b"x" * 5_000 + b'"}}', "data"),
        (b'{"type": 7, "data": {}}', "type"),
        (b'{"data": {}}', "type"),
        (b'{"type": "schedule.due", "data": {}}', "type"),
        (b'{"type": "call.ended", "data": [1]}', "data"),
        (b'{"type": "call.ended", "data": null}', "data"),
        (b'{"type": "call.ended", "data": {}, "id": 7}', "id"),
        (b'{"type": "call.ended", "data": {}, "id": ""}', "id"),
        (b'{"type": "call.ended", "data": {}, "id": "  "}', "id"),
        (b'{"type": "call.ended", "data": {}, "id": ".."}', "id"),
        (b'{"type": "call.ended", "data": {}, "id": "a\\nb"}', "id"),
        (b'{"type": "call.ended", "data": {}, "id": "' + b"x" * 201 + b'"}', "id"),
        (b'{"type": "call.ended", "data": {}, "occurred_at": "yesterday"}', "occurred_at"),
        (b'{"type": "call.ended", "data": {}, "occurred_at": "2025-09-09T14:27:00"}', "occurred_at"),
        (b'{"type": "call.ended", "data": {}, "occurred_at": 7}', "occurred_at"),
    ],
)
def test_what_is_wrong_is_named_by_its_place(body: bytes, place: str) -> None:
    assert list(problems(body)) == [place]


def test_an_array_of_good_events_is_read_in_its_order() -> None:
    drafts = read([{"type": kind, "data": {}} for kind in ("call.ended", "sms.sent", "call.ended")])

    assert [draft.type for draft in drafts] == ["call.ended", "sms.sent", "call.ended"]


def test_a_backslash_before_u0000_is_ordinary_text() -> None:
    assert read(b'{"type": "call.ended", "data": {"a": "\\\\u0000"}}')[0].data == {"a": "\\u0000"}


def test_a_nul_is_found_however_deep_it_lies() -> None:
    for member in ({"\0": 1}, ["a", {"b": "x\0"}], "\0"):
        assert "NUL" in problems({"type": "call.ended", "data": {"a": [member]}})["body"]


def test_a_word_that_only_spells_nul_is_ordinary_text() -> None:
    assert read(b'[{"type": "call.ended", "data": {"a": [1, "\\\\u0000"]}}]')[0].data == {"a": [1, "\\u0000"]}


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    try:
        read(body)
    except InvalidEvent as refusal:
        assert refusal.problems


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(st.dictionaries(st.sampled_from(["type", "event", "id", "data", "occurred_at", "specversion"]), json_values))
def test_any_document_is_read_or_refused(document: dict[str, object]) -> None:
    try:
        body = orjson.dumps(document)
    except orjson.JSONEncodeError:
        return
    try:
        read(body)
    except InvalidEvent as refusal:
        assert all(refusal.problems.values())


@pytest.mark.parametrize(
    ("packed", "words"),
    [
        (b'{"a":' * 40 + b"1" + b"}" * 40, "Nested too deeply"),
        (b'{"a": "\\u0000"}', "NUL"),
        (b'{"a": 100000000000000000001}', "in a"),
        (b"[1]", "not a list"),
        (b"no JSON", "cannot be read as JSON"),
    ],
)
def test_what_comes_in_base64_has_the_same_bounds(packed: bytes, words: str) -> None:
    head = {"specversion": "1.0", "type": "call.ended", "source": "dialer", "id": "1"}

    (told,) = problems({**head, "data_base64": b64encode(packed).decode()}).values()

    assert words in told
    assert set(problems({**head, "data_base64": "é"})) == {"data_base64"}
    assert set(problems({**head, "data_base64": "e30=", "data": {}})) == {"data_base64"}
    assert set(problems({**head, "subject": "x" * 2_001})) == {"subject"}


def test_too_many_fields_are_told() -> None:
    many = {f"field_{number}": {"a": 1} for number in range(BOUNDS.fields // 2)}

    assert shape_problem(many, BOUNDS.fields) is None
    assert shape_problem([many, {"one": "more"}], BOUNDS.fields) == "Too many fields: at most 10,000 in all."


@pytest.mark.parametrize(
    ("data", "field", "words"),
    [
        (b"[" + b"[]," * 100_000 + b"0]", "body", "Too many objects and lists: at most 100,000 in all."),
        (b"[" + b"0," * 600_001 + b"0]", "body", "Too many values: at most 600,000 in all."),
        (b"[" + b'{"a":0},' * 200_001 + b"0]", "data", "Too many fields: at most 200,000 in all."),
    ],
)
def test_what_would_take_long_to_parse_is_refused_before(data: bytes, field: str, words: str) -> None:
    body = b'{"type": "call.ended", "data": {"a": ' + data + b"}}"
    with pytest.raises(InvalidEvent) as refused:
        read_events(body, {}, load_catalogue(), Bounds())

    assert refused.value.problems == {field: words}
