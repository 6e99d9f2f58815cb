"""Whatever any platform posts: never an exception, events that fit the catalogue, and one id however often it comes."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.events.bounds import Bounds
from engine.events.draft import id_problem
from engine.events.sources.documents import draft, named
from engine.events.sources.fields import count, e164, flag, number, score, text
from engine.events.sources.guides import GUIDES
from engine.events.sources.platform import Incoming
from engine.events.sources.platforms import within
from engine.model.sources import SigningChoice, SigningKind
from tests.examples import checked
from tests.unit.events.sources.requests import (
    PLATFORMS,
    URL,
    ignored,
    only,
    post,
    reading,
    verified,
)

FOREIGN = [key for key in PLATFORMS if key != "generic"]
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=12)
    | st.sampled_from(["completed", "inbound", "+14155550132", "2025-09-12T16:00:00Z", "human", "sms"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


def sample(key: str) -> Incoming:
    return post(GUIDES[key].sample)


def test_every_platform_has_a_guide() -> None:
    assert list(GUIDES) == list(PLATFORMS)
    assert all(guide.label and guide.steps and guide.signed_by for guide in GUIDES.values())


@pytest.mark.parametrize("key", PLATFORMS)
def test_every_sample_becomes_an_event(key: str) -> None:
    found = reading(key, sample(key))
    assert found.drafts
    assert not found.ignored


@pytest.mark.parametrize("key", FOREIGN)
def test_the_same_bytes_have_the_same_ids(key: str) -> None:
    once, again = reading(key, sample(key)), reading(key, sample(key))
    assert [one.id for one in once.drafts] == [one.id for one in again.drafts]
    assert all(id_problem(one.id) is None for one in once.drafts)


@pytest.mark.parametrize("key", ["twilio", "plivo"])
def test_what_wants_xml_is_answered_in_xml(key: str) -> None:
    assert PLATFORMS[key].answer.media_type == "text/xml"
    assert PLATFORMS[key].answer.body == b"<Response/>"


def test_one_platform_tries_again_after_429_alone() -> None:
    assert [key for key, one in PLATFORMS.items() if one.busy == 429] == ["highlevel"]


def changed(value: Any, with_: Any, place: int) -> tuple[Any, int]:
    """With the leaf at this place in document order replaced; and how many places are left."""
    if isinstance(value, dict) and value:
        found = {}
        for name, one in value.items():
            found[name], place = changed(one, with_, place)
        return found, place
    if isinstance(value, list) and value:
        entries = []
        for one in value:
            entry, place = changed(one, with_, place)
            entries.append(entry)
        return entries, place
    return (with_ if place == 0 else value), place - 1


@given(st.sampled_from(FOREIGN), JSON, st.integers(0, 30))
@checked(600)
def test_a_sample_with_anything_in_any_place_is_read(key: str, value: Any, place: int) -> None:
    body = GUIDES[key].sample
    if body[:1] in b"{[":
        request = post(changed(json.loads(body), value, place)[0])
    else:
        pairs = body.decode().split("&")
        name = pairs[place % len(pairs)].partition("=")[0]
        pairs[place % len(pairs)] = f"{name}={value}"
        request = post("&".join(pairs).encode(errors="replace"))
    once, again = reading(key, request), reading(key, request)
    assert once == again
    assert all(id_problem(one.id) is None for one in once.drafts)


@given(st.sampled_from(list(PLATFORMS)), st.binary(max_size=80), st.sampled_from(["GET", "POST"]))
@checked(400)
def test_any_bytes_are_read_and_verified(key: str, body: bytes, method: str) -> None:
    incoming = post(body, method=method, url=f"{URL}?{body.decode('latin-1')}")
    reading(key, incoming)
    verified(key, incoming, "secret")


@given(
    st.sampled_from(list(PLATFORMS)),
    st.dictionaries(
        st.sampled_from(
            [
                "x-retell-signature",
                "elevenlabs-signature",
                "authorization",
                "telnyx-timestamp",
                "telnyx-signature-ed25519",
                "calendly-webhook-signature",
                "x-hubspot-request-timestamp",
                "x-hubspot-signature-v3",
                "x-ghl-signature",
                "x-twilio-webhooks-signature-settings",
                "x-twilio-signature",
                "webhook-signature",
                "webhook-timestamp",
            ]
        ),
        st.text(st.characters(max_codepoint=255), max_size=60),
    ),
    st.sampled_from(list(SigningKind)),
)
@checked(400)
def test_any_headers_are_verified(key: str, headers: dict[str, str], kind: SigningKind) -> None:
    choice = SigningChoice(kind=kind, header="authorization", timestamp_header="webhook-timestamp")
    incoming = replace(sample(key), headers=headers)
    assert verified(key, incoming, "secret", choice=choice) or key in {"vapi", "generic"}


@pytest.mark.parametrize(
    ("written", "number_"),
    [
        ("+1 (415) 555-0132", "+14155550132"),
        ("14155550132", "+14155550132"),
        ("0014155550132", "+14155550132"),
        ("tel:+1-415-555-0132", "+14155550132"),
        (14155550132, "+14155550132"),
        ("client:ann", "client:ann"),
        ("anonymous", "anonymous"),
        ("+", "+"),
        ("+999", "+999"),
        ("+1415", "+1415"),
        ("1" * 50, "1" * 50),
        ("", None),
        (None, None),
        (True, None),
    ],
)
def test_numbers_are_written_in_one_way(written: Any, number_: str | None) -> None:
    assert e164(written) == number_


def test_a_number_without_its_country_stays_as_a_person_wrote_it() -> None:
    assert e164("415-555-0132", international=False) == "415-555-0132"
    assert e164("+1 415-555-0132", international=False) == "+14155550132"


@pytest.mark.parametrize("value", [None, True, "x", "nan", "inf", "1e400", "9" * 50, 2**60, float("inf"), [], {}])
def test_what_is_no_number_is_none(value: Any) -> None:
    assert number(value) is None
    assert count(value) is None
    assert score(value) is None


def test_counts_and_scores_have_bounds() -> None:
    assert (count("3.4"), count(-1), score(101), score("81")) == (3, None, None, 81)


def test_flags_and_texts() -> None:
    assert (flag("TRUE"), flag("no"), flag(False), flag(1)) == (True, None, False, None)
    assert (text(" a "), text(" "), text(3), text(True), text([])) == ("a", None, "3", None, None)


def test_a_message_that_is_too_deep_or_has_nul_is_kept_as_far_as_an_event_goes() -> None:
    deep: Any = "bottom"
    for _ in range(100):
        deep = {"in": deep, "list": [deep] if deep == "bottom" else []}
    body = {"call_id": "b1", "status": "comp\0leted", "deep": deep, "na\0me": 1, "list": [[[]]]}
    draft_ = only("bland", body)
    assert draft_.data["call_status"] == "completed"
    assert draft_.data["raw"]["name"] == 1
    assert "bottom" not in json.dumps(draft_.data)


def test_lists_too_are_kept_as_deep_as_an_event_goes() -> None:
    deep: Any = []
    for _ in range(100):
        deep = [deep]
    assert only("bland", {"call_id": "b1", "deep": deep}).data["raw"]["deep"]


def test_a_body_that_would_take_too_long_to_parse_is_ignored() -> None:
    body = b'{"call_id": "b1", "list": [' + b"[]," * 100_001 + b"0]}"
    assert ignored("bland", body) == ("a body that cannot be read as JSON",)


def test_an_event_that_is_too_large_goes_without_what_was_said() -> None:
    body = {"call_id": "b1", "note": "x" * 3_000, "summary": "short"}
    found = within(PLATFORMS["bland"].read(post(body)), Bounds(bytes=2_000))
    assert "raw" not in found.drafts[0].data
    assert found.drafts[0].data["summary"] == "short"


def test_an_event_that_is_too_large_even_so_is_ignored() -> None:
    body = {"call_id": "b1", "summary": "x" * 3_000}
    found = within(PLATFORMS["bland"].read(post(body)), Bounds(bytes=2_000))
    assert not found.drafts
    assert found.ignored == ("call.ended: larger than an event may be",)


def test_an_id_that_is_long_or_unprintable_is_a_digest() -> None:
    long, strange = only("bland", {"call_id": "x" * 300}), only("bland", {"call_id": "a\nb"})
    assert long.id is not None
    assert strange.id is not None
    assert long.id.startswith("bland:")
    assert len(long.id) == len(strange.id) == len("bland:") + 64


def test_without_an_id_the_bytes_are_one() -> None:
    of, url = post(b"{}"), post(b"", url=f"{URL}?a=1")
    one, other = (draft("call.ended", request, id=("x", None), fields={}, raw=None) for request in (of, url))
    assert one.id != other.id
    assert one.id == draft("call.ended", of, id=("x", ""), fields={}, raw=None).id
    assert one.id != draft("call.ended", of, id=("x", ""), fields={}, raw=None, place=1).id


def test_names_of_what_is_ignored_are_short_and_printable() -> None:
    assert named("a\nb" + "x" * 200) == "a b" + "x" * 77
    assert named(" ") == named(None) == "a message without a type"


def test_our_own_forms_come_in_through_the_generic_source() -> None:
    assert only("generic", {"event": "call.ended", "timestamp": 1757428215, "data": {"call_duration": 1}}).type == (
        "call.ended"
    )
    cloud = {"specversion": "1.0", "type": "call.ended", "id": "1", "source": "/x", "data": {}}
    assert only("generic", cloud).id == "/x|1"
    (problem,) = ignored("generic", {"type": "call.endet", "data": {}})
    assert problem.startswith("type: No event type is called")
