"""What an action would send: as it would go out, or why not, with samples for what is known only later."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from engine.actions.preview import WouldSend, would_send
from engine.model import Event, Request, Role
from engine.secrets.headers import MASK

AT = datetime(2025, 9, 9, 12, 0, tzinfo=UTC)
FIRST = {"url": "https://a.example.com/", "success": {"statuses": "201"}}


def seen(*actions: dict[str, Any], in_turn: bool = True, **data: object) -> WouldSend:
    event = Event(id="evt_1", type="call.ended", role=Role.AGENT, occurred_at=AT, received_at=AT, data=data)
    return would_send(list(actions), event, in_turn=in_turn, at=AT, aliases={}, version="1", secret=None)


def sent(*actions: dict[str, Any], **data: Any) -> Request:
    told = seen(*actions, **data)
    assert (told.problem, told.request is None) == ("", False)
    return told.request  # type: ignore[return-value]


def test_values_of_the_event_stand_where_they_are_asked_for() -> None:
    request = sent(
        {"url": "https://a.example.com/{{ lead }}", "headers": {"X-Lead": "{{ lead }}"}, "body": '{"n": {{ n }}}'},
        lead="a b",
        n=[1, None],
    )

    assert request.url == "https://a.example.com/a%20b"
    assert request.headers["x-lead"] == "a b"
    assert request.headers["content-type"] == "application/json"
    assert request.body == '{"n": [1,null]}'


def test_without_a_body_the_envelope_goes_out() -> None:
    body = json.loads(sent({"url": "https://a.example.com/"}, n=1).body or "")

    assert body == {"type": "call.ended", "timestamp": "2025-09-09T12:00:00Z", "data": {"n": 1}}


@pytest.mark.parametrize(
    ("expression", "filled"),
    [
        ("steps[0].json.id", "sample-id"),
        ("steps[0].json.lead.id", "sample-id"),
        ("steps[0].json.tags[1].name", "sample-name"),
        ('steps[0].json["first name"]', "sample-first name"),
        ('steps[0].headers["location"]', "sample-location"),
        ("steps[0].status", 201),
        ("steps[0].ok", True),
        ("steps[0].text", "sample text"),
        ('steps[0].json.id + "/" + steps[0].json.id', "sample-id/sample-id"),
    ],
)
def test_samples_stand_for_what_an_earlier_action_will_return(expression: str, filled: object) -> None:
    told = seen(FIRST, {"url": "https://b.example.com/", "body": f"{{{{ {expression} }}}}"})

    assert told.problem == ""
    assert told.reads == (0,)
    assert told.request is not None
    assert json.loads(told.request.body or "") == filled


def test_several_paths_into_one_answer_stand_side_by_side() -> None:
    body = '{"a": {{ steps[0].json.a.b }}, "b": {{ steps[0].json.a.c }}, "c": {{ steps[1].json.x }}}'
    told = seen(FIRST, {"url": ""}, {"url": "https://b.example.com/", "body": body})

    assert told.request is not None
    assert json.loads(told.request.body or "") == {"a": "sample-b", "b": "sample-c", "c": "sample-x"}
    assert told.reads == (0, 1)


@pytest.mark.parametrize(
    ("action", "words"),
    [
        ({"url": ""}, "URL: Enter the address"),
        ({"url": "https://a.example.com/{{ lead"}, "URL: A {{ is never closed"),
        ({"url": "https://a.example.com/", "body": '{"a": }'}, "Body: This is no JSON"),
        ({"url": "https://a.example.com/", "headers": {"a b": "1"}}, "Header a b: A header's name"),
        ({"url": "https://a.example.com/", "body": '"{{ gone }}"'}, "`{{ gone }}`: no field `gone` in this event"),
        ({"url": "https://a.example.com/{{ steps[1].ok }}"}, "steps"),
        ({"url": "https://a.example.com/{{ steps[0].json.n * 2 }}"}, "steps[0].json.n * 2"),
        ({"url": "https://a.example.com/", "headers": []}, "This is an object."),
    ],
)
def test_what_is_in_the_way_is_told_in_words(action: dict[str, Any], words: str) -> None:
    assert words in seen(FIRST, action).problem


def test_what_is_wrong_elsewhere_is_not_in_the_way() -> None:
    sent({"url": "https://a.example.com/", "when": "a >", "success": {"statuses": "2xx"}})


def test_all_at_once_nothing_can_be_read() -> None:
    told = seen(FIRST, {"url": "https://b.example.com/{{ steps[0].json.id }}"}, in_turn=False)

    assert "steps" in told.problem
    assert told.reads == ()


def test_secret_values_are_not_shown() -> None:
    action = {
        "url": "https://a.example.com/",
        "headers": {"Authorization": "Bearer x"},
        "secret_headers": ["authorization"],
    }

    assert sent(action).headers["authorization"] == MASK


def test_a_place_far_down_a_list_makes_no_long_one() -> None:
    assert (
        "steps[0].json.a[999999999]"
        in seen(FIRST, {"url": "https://b.example.com/{{ steps[0].json.a[999999999] }}"}).problem
    )
