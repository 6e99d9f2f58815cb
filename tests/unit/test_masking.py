"""People's data masked: the fields themselves, and their values in texts, however they are written there."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from time import process_time
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from engine.events.catalogue import load_catalogue
from engine.model import Decision, Event, Json, Need, Notice, Role, Shortfall
from engine.privacy.masking import Veil, masked, masked_loosely
from engine.privacy.visibility import Sight
from engine.rules.misses import NearMiss

FIELDS = load_catalogue().sensitive
PHONE, EMAIL = "+14155550121", "maria.lopez+crm@example.com"
TRANSCRIPT = 'Agent: Hello, "Maria"?\nCaller: Yes. My card is 4111 1111, my street is Elm Street 5.\n' * 8
DATA = {
    "first_name": "Maria",
    "phone_number": PHONE,
    "email": EMAIL,
    "transcript": TRANSCRIPT,
    "call_duration": 187,
    "notes": f"call {PHONE} or write to {EMAIL}",
    "lead": {"Email": "other@example.org", "city": "Lima"},
}


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (PHONE, "+1•••••••21"),
        ("(415) 555-0121", "4•••••••21"),
        ("maria@example.com", "m•••@example.com"),
        ("x" * 812, "••• (812 characters)"),
        ("72345", "••• (5 characters)"),
        ("+1•••••••21", "+1•••••••21"),
    ],
)
def test_a_masked_value_keeps_what_helps_to_recognise_it(value: str, shown: str) -> None:
    assert masked(value) == shown


def test_the_usual_fields_are_numbers_addresses_and_transcripts() -> None:
    assert {"phone_number", "from_number", "to_number", "transfer_to", "email", "transcript"} == FIELDS


def test_fields_are_masked_at_any_depth_and_their_values_anywhere_else() -> None:
    assert Veil(DATA, FIELDS).data == {
        "first_name": "Maria",
        "phone_number": "+1•••••••21",
        "email": "m•••@example.com",
        "transcript": f"••• ({len(TRANSCRIPT)} characters)",
        "call_duration": 187,
        "notes": "call +1•••••••21 or write to m•••@example.com",
        "lead": {"Email": "o•••@example.org", "city": "Lima"},
    }


def test_what_tells_nothing_stays() -> None:
    data = {"email": None, "phone_number": "", "transcript": True, "to_number": ["+442071838750", None]}

    veil = Veil(data, FIELDS)

    assert veil.data == {**data, "to_number": ["+4•••••••50", None]}
    assert not Veil({"email": None, "city": "Lima"}, FIELDS).hides


def in_json(value: str) -> str:
    return json.dumps({"v": value})


SPELLINGS = [
    str,
    in_json,
    lambda value: json.dumps({"v": value}, ensure_ascii=False),
    lambda value: in_json(in_json(value)),
    lambda value: f"https://x.example/{quote(value, safe='')}?q=1",
    lambda value: f"a={quote_plus(value)}&b=2",
    str.upper,
    lambda value: f'contains("{value[:60]}…", "price") is yes',
]


@pytest.mark.parametrize("write", SPELLINGS)
@pytest.mark.parametrize("value", [PHONE, EMAIL, TRANSCRIPT])
def test_a_value_is_found_however_it_is_written(value: str, write: object) -> None:
    text = write(value)  # type: ignore[operator]

    shown = Veil(DATA, FIELDS).text(text)

    for telling in ("4155550121", "lopez", "Elm Street", "ELM STREET", "Hello"):
        assert telling not in shown


@pytest.mark.parametrize("text", ["+1 (415) 555-0121", "415.555.0121", "14155550121", "4155550121", "%2B14155550121"])
def test_a_number_is_found_however_it_is_set_out(text: str) -> None:
    assert Veil(DATA, FIELDS).text(f"call {text} now") == "call +1•••••••21 now"


def test_a_value_that_is_cut_off_is_found_by_its_beginning() -> None:
    veil = Veil(DATA, FIELDS)

    assert veil.text("." * 16_000 + "maria.lo").endswith(".m•••@example.com")
    assert veil.text("Maria") == "Maria"
    assert "maria" not in veil.text('"maria.lo… == "x"')
    assert "Caller" not in veil.text(f"It said: {TRANSCRIPT[:300]}")


def test_a_number_in_json_is_found_too() -> None:
    assert Veil({"phone_number": 14155550121}, FIELDS).json({"a": [14155550121, 7, True]}) == {
        "a": ["1•••••••21", 7, True]
    }


def test_a_value_whose_letters_grow_when_they_are_small_is_found_as_it_is_written() -> None:
    veil = Veil({"transcript": "İstanbul, İzmir"}, FIELDS)

    assert veil.text("From İstanbul, İzmir to Bursa") == "From ••• (15 characters) to Bursa"


def test_of_too_many_values_to_look_for_nothing_is_shown() -> None:
    data = {"transcript": [f"turn {n} of the call" for n in range(501)]}

    assert Veil(data, FIELDS).text("anything at all") == "••• (15 characters)"


@given(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=4, max_size=60).filter(lambda one: "•••" not in one),
    st.sampled_from(SPELLINGS[:4]),
)
@example("İİİİ", str)
def test_no_value_is_left_in_a_text_that_was_made_of_it(value: str, write: object) -> None:
    veil = Veil({"transcript": value}, FIELDS)
    made = write(value)  # type: ignore[operator]

    shown = veil.text(f"before {made} after")

    mask = masked(value)
    assert json.dumps(value)[1:-1] not in shown.replace(mask, "") or json.dumps(value)[1:-1] in "before  after"


def test_a_decision_shows_no_value_and_no_distance_to_it() -> None:
    decision = Decision(
        hook_id=1,
        hook_version=1,
        fired=False,
        gate=None,
        reason=f'`phone_number == "x"` is no: "{PHONE}" == "x"',
        trace={"filters": {"rows": [{"operator": "is", "found": PHONE, "value": "+14155550188"}]}},
        needs=(
            Need(
                wanted="The filter `phone_number is 5` would have to match",
                either=(Shortfall(part="phone_number is 5", found="found 14155550121", away="67"),),
            ),
        ),
    )
    shown = Sight(FIELDS).decision(decision, event(DATA))

    assert shown.reason == '`phone_number == "x"` is no: "+1•••••••21" == "x"'
    assert shown.trace["filters"]["rows"] == [{"operator": "is", "found": "+1•••••••21", "value": "+14155550188"}]
    assert shown.needed == ("The filter `phone_number is 5` would have to match: found +1•••••••21.",)
    assert Sight().decision(decision, event(DATA)) is decision


def test_of_several_filters_only_those_with_a_masked_value_lose_their_distance() -> None:
    phone = Shortfall(part="phone_number is 5", found="found 14155550121", away="14,155,550,116")
    length = Shortfall(part="call_duration at least 200", found="found 187", away="13")
    need = Need(wanted="One of the filters would have to match", either=(phone, length))
    decision = Decision(hook_id=1, hook_version=1, fired=False, gate=None, reason="", trace={}, needs=(need,))

    (shown,) = Sight(FIELDS).decision(decision, event(DATA)).needed
    choices = "`phone_number is 5` (found +1•••••••21), or `call_duration at least 200` (found 187, 13 away)"
    assert shown == f"One of the filters would have to match: {choices}."


def test_a_near_miss_keeps_its_distance_where_it_tells_nothing() -> None:
    near = NearMiss(event_id="e", part="call_duration > 200", found="187", wanted="200", distance=13)
    far = NearMiss(event_id="e", part="phone_number > 5", found=PHONE, wanted="5", distance=14155550116)

    assert Sight(FIELDS).miss(near, event(DATA)) == near
    shown = Sight(FIELDS).miss(far, event(DATA))
    assert (shown.found, shown.distance) == ("+1•••••••21", None)


@pytest.mark.parametrize(
    ("about", "fields", "shown"),
    [
        ("Maria Lopez", FIELDS, "Maria Lopez"),
        (PHONE, FIELDS, "+1•••••••21"),
        ("Call back +1 415 555 0121", FIELDS, "Call back +1•••••••21"),
        ("Maria Lopez", FIELDS | {"first_name"}, "••• (11 characters)"),
        (PHONE, frozenset({"transcript"}), PHONE),
        (PHONE, frozenset(), PHONE),
        ("lead_48213", FIELDS, "lead_48213"),
    ],
)
def test_whom_an_execution_is_about_shows_by_what_it_is(about: str, fields: frozenset[str], shown: str) -> None:
    assert Sight(fields).about(about) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Call +442071838750.", "Call +4•••••••50."),
        ("Call 4155550121... or not", "Call 4•••••••21... or not"),
        ("It was 1234567890.5 of 0.1234567890.", "It was 1234567890.5 of 0.1234567890."),
    ],
)
def test_a_number_for_calls_may_end_a_sentence_and_a_decimal_is_none(text: str, shown: str) -> None:
    assert masked_loosely(text) == shown


@pytest.mark.parametrize("value", ["Al", "7"])
def test_a_value_of_one_or_two_characters_is_masked_in_its_field_alone(value: str) -> None:
    veil = Veil({"email": value}, FIELDS)

    assert veil.data["email"] == masked(value)
    assert veil.text(f"{value} said 7 and also Al") == f"{value} said 7 and also Al"


def test_near_misses_of_an_event_that_is_gone_are_masked_whole() -> None:
    near = NearMiss(event_id="e", part="call_duration > 200", found="187", wanted="200", distance=13)
    shown = Sight(FIELDS).miss(near, None)

    assert (shown.found, shown.distance) == ("••• (3 characters)", None)
    assert Sight().miss(near, None) == near


@pytest.mark.parametrize("text", ["", "nothing of a person"])
def test_a_text_without_any_value_stays(text: str) -> None:
    assert Veil(DATA, FIELDS).text(text) == text


def test_texts_without_their_event_lose_what_reads_like_an_address_or_a_number() -> None:
    text = "Call +1 (415) 555-0121 or mail maria@example.com about order 12345 at 10:27, 2025-09-09."

    assert masked_loosely(text) == "Call +1•••••••21 or mail m•••@example.com about order 12345 at 10:27, 2025-09-09."
    notice = Notice(seq=1, at=event(DATA).occurred_at, tone="good", title=f"From {PHONE}", text="")
    assert Sight(FIELDS).notice(notice).title == "From +1•••••••21"


def event(data: Mapping[str, Json]) -> Event:
    at = datetime(2025, 9, 9, tzinfo=UTC)
    return Event(id="e", type="call.ended", role=Role.AGENT, occurred_at=at, received_at=at, data=data)


def test_a_call_of_an_hour_is_masked_in_a_moment() -> None:
    lines = [f"agent: line {number} says “something” of its own, at length" for number in range(1_000)]
    words = [{"word": f"word{number} ", "start": number * 0.4123} for number in range(20_000)]
    said = [{"content": line, "note": f"{line[:9]}…"} for line in lines]
    data = {"phone_number": "+14155550132", "transcript": "\n".join(lines), "said": said, "words": words}
    began = process_time()

    seen = Veil(data, frozenset({"phone_number", "transcript"}))

    assert seen.data["said"][0]["content"].startswith("•••")
    assert seen.data["words"] == words
    assert "line 999 says" not in seen.text("x" * 20_000 + data["transcript"])
    assert process_time() - began < 5


def test_of_too_many_parts_nothing_is_shown() -> None:
    data = {"transcript": "\n".join(f"line {number} of very many" for number in range(6_000)), "note": "harmless"}

    assert Veil(data, frozenset({"transcript"})).data["note"] == "••• (8 characters)"


TURN = "I live in Elm Street, behind the mill"


@pytest.mark.parametrize(
    "turn",
    [
        {"role": "user", "content": TURN},
        {"role": "user", "content": TURN, "words": [{"word": "Elm Street", "start": 0.41239999999999}]},
        {"role": "bot", "message": TURN, "secondsFromStart": 3.2},
        {"user": "user", "text": TURN},
        {"speaker": "A", "utterance": TURN},
    ],
)
def test_the_turns_of_a_call_are_masked_as_its_transcript_is(turn: Json) -> None:
    data: dict[str, Json] = {"raw": {"call": {"turns": [turn]}}, "note": f"said: {TURN}", "role": "user"}

    shown = json.dumps(Veil(data, FIELDS).data, ensure_ascii=False)

    assert "Elm Street" not in shown
    assert '"role": "user"}' in shown
    assert Veil(data, FIELDS - {"transcript"}).data == data


def test_a_short_turn_is_masked_in_its_place_alone() -> None:
    data: dict[str, Json] = {"turns": [{"role": "user", "content": "Yes"}, {"role": "x", "city": "Lima"}], "ok": "yes"}

    assert Veil(data, FIELDS).data == {
        "turns": [{"role": "user", "content": "••• (3 characters)"}, {"role": "x", "city": "Lima"}],
        "ok": "yes",
    }
