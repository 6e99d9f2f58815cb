"""Reading a hook from JSON, and back: every problem has its field, and words that say how to fix it."""

import json
import re
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import InvalidHook
from engine.events.catalogue import load_catalogue
from engine.hooks.definition import (
    is_reserved_header,
    read_action,
    read_definition,
    slug,
    url_problem,
    write_definition,
)
from engine.model import SCHEDULED, Action, Delivery, HookDefinition, Json, Limits, Role, Success, Timetable
from engine.secrets.headers import MASK

CATALOGUE = load_catalogue()
URL = "https://crm.example.com/leads"
HOOK: dict[str, Json] = {"title": "Warm leads", "trigger": "call.ended", "actions": [{"url": URL}]}
HOURLY: dict[str, Json] = {**HOOK, "trigger": SCHEDULED, "schedule": {"every_minutes": 60}}


def read(raw: Mapping[str, Json], stored: HookDefinition | None = None) -> HookDefinition:
    return read_definition(raw, CATALOGUE, stored)


def problems(raw: Mapping[str, Json]) -> Mapping[str, str]:
    try:
        read(raw)
    except InvalidHook as refusal:
        return refusal.problems
    return {}


def problems_of_action(**action: Json) -> Mapping[str, str]:
    return problems({**HOOK, "actions": [{"url": URL, **action}]})


# What is read


def test_a_title_a_trigger_and_an_action_are_enough() -> None:
    assert read(HOOK) == HookDefinition(title="Warm leads", trigger="call.ended", actions=(Action(url=URL),))


def test_what_only_the_server_sets_is_passed_over() -> None:
    assert read({**HOOK, "id": 7, "version": 3, "created_at": "x", "updated_at": "y"}) == read(HOOK)


def test_blanks_around_a_text_are_left_out() -> None:
    assert read({**HOOK, "title": "  Warm leads \n"}).title == "Warm leads"


@pytest.mark.parametrize(("raw", "role"), [(HOOK, Role.AGENT), (HOURLY, Role.SYSTEM)])
def test_a_hook_on_a_schedule_runs_for_the_clock_and_every_other_for_agents(
    raw: Mapping[str, Json], role: Role
) -> None:
    assert read(raw).role is role


def test_the_host_of_an_address_is_kept_in_one_spelling() -> None:
    raw = {**HOOK, "actions": [{"url": "HTTPS://CRM.Example.com.:443/Leads/{{ lead_id }}?a=B"}]}

    assert read(raw).actions[0].url == "https://crm.example.com/Leads/{{ lead_id }}?a=B"


@pytest.mark.parametrize("url", ["https://CRM.example.com./leads", "https://crm.example.com:443/other"])
def test_a_mask_keeps_its_secret_at_the_same_host_however_it_was_stored(url: str) -> None:
    action = {"url": URL, "headers": {"Authorization": MASK}, "secret_headers": ["authorization"]}
    stored = HookDefinition(
        title="Warm leads",
        trigger="call.ended",
        actions=(Action(url=url, headers={"Authorization": "Bearer sk"}, secret_headers=("authorization",)),),
    )

    assert read_definition({**HOOK, "actions": [action]}, CATALOGUE, stored, may_move=False)


def test_a_mask_keeps_the_secret_that_is_stored() -> None:
    action = {"url": URL, "headers": {"Authorization": MASK}, "secret_headers": ["authorization"]}
    stored = read({**HOOK, "actions": [{**action, "headers": {"Authorization": "Bearer sk"}}]})

    assert read({**HOOK, "actions": [action]}, stored).actions[0].headers == {"Authorization": MASK}
    assert list(problems({**HOOK, "actions": [action]})) == ["actions[0].headers.Authorization"]


# What cannot be read


@pytest.mark.parametrize(
    ("raw", "place", "message"),
    [
        ({"trigger": "call.ended", "actions": []}, "title", "Missing."),
        ({**HOOK, "title": 7}, "title", "This is text."),
        ({**HOOK, "enabled": "perhaps"}, "enabled", "This is true or false."),
        ({**HOOK, "enabled": []}, "enabled", "This is true or false."),
        ({**HOOK, "colour": "red"}, "colour", "There is no such field."),
        ({**HOOK, "actions": 7}, "actions", "This is a list."),
        ({**HOOK, "actions": [{}]}, "actions[0].url", "Missing."),
        ({**HOOK, "actions": [{"url": URL}, {"url": 7}]}, "actions[1].url", "This is text."),
        ({**HOOK, "actions": [{"url": URL, "headers": 7}]}, "actions[0].headers", "This is an object."),
        ({**HOOK, "limits": None}, "limits", "This is an object."),
        ({**HOOK, "actions": [{"url": URL, "headers": {"a": 7}}]}, "actions[0].headers.a", "This is text."),
        ({**HOOK, "limits": {"max_per_hour": 1.5}}, "limits.max_per_hour", "This is a whole number."),
        ({**HOOK, "limits": {"max_per_hour": "many"}}, "limits.max_per_hour", "This is a whole number."),
        ({**HOOK, "limits": {"max_per_hour": []}}, "limits.max_per_hour", "This is a whole number."),
        ({**HOOK, "limits": {"cooldown_minutes": []}}, "limits.cooldown_minutes", "This is a number."),
        ({**HOOK, "limits": {"cooldown_minutes": "long"}}, "limits.cooldown_minutes", "This is a number."),
        (
            {**HOOK, "limits": {"expires_at": "soon"}},
            "limits.expires_at",
            'Give a time such as "2027-01-31T00:00:00Z".',
        ),
        (
            {**HOOK, "role": "boss"},
            "role",
            "Choose one of: 'agent', 'admin', 'manager', 'user' or 'system'.",
        ),
        (
            {**HOOK, "delivery": {"retries": "often"}},
            "delivery.retries",
            "Choose standard, short or none, or give a list of pauses in seconds.",
        ),
        (
            {**HOOK, "delivery": {"retries": [5, "x"]}},
            "delivery.retries",
            "Choose standard, short or none, or give a list of pauses in seconds.",
        ),
    ],
)
def test_what_has_not_the_shape_of_a_hook_is_named_by_its_field(
    raw: Mapping[str, Json], place: str, message: str
) -> None:
    assert problems(raw) == {place: message}


@pytest.mark.parametrize("name", ["7", " ", "x" * 200])
def test_the_name_of_a_header_stands_in_the_place(name: str) -> None:
    assert list(problems_of_action(headers={name: 7})) == [f"actions[0].headers.{name}"]


def test_the_name_of_a_header_that_is_no_text_is_named_once() -> None:
    (place,) = problems_of_action(headers={"\ud800": "1"})

    assert place.startswith("actions[0].headers.")
    assert "[key]" not in place


# What cannot be saved


@pytest.mark.parametrize(
    ("changes", "place", "words"),
    [
        ({"title": " "}, "title", "Give the hook a title."),
        ({"title": "a\nb"}, "title", "A title is one line of plain text; this has a control character."),
        ({"title": "\u200b"}, "title", "This title has nothing that shows."),
        ({"title": "x" * 256}, "title", "At most 255 characters; this has 256."),
        ({"description": "x" * 5_001}, "description", "At most 5000 characters; this has 5001."),
        ({"key": "Warm"}, "key", "Small letters, digits and hyphens"),
        ({"key": "-warm"}, "key", "Small letters, digits and hyphens"),
        ({"key": "x" * 101}, "key", "Small letters, digits and hyphens"),
        ({"trigger": ""}, "trigger", "Choose the event that starts this hook."),
        ({"trigger": "call.end"}, "trigger", "Did you mean call.ended"),
        ({"trigger": "zzzzzz"}, "trigger", 'No event type is called "zzzzzz".'),
        ({"condition": "score = 60"}, "condition", "Column 7: Use == to compare."),
        ({"condition": "x" * 1_001}, "condition", "This is too long"),
        ({"filters": {"rows": [{"field": "", "operator": "exists"}]}}, "filters.rows[0].field", "Choose a field."),
        ({"actions": []}, "actions", "A hook has one to 10 actions; this has 0."),
        ({"actions": [{"url": URL}] * 11}, "actions", "A hook has one to 10 actions; this has 11."),
        ({"delivery": {"retries": [0.5]}}, "delivery.retries", "Each pause is 1 to 604800 seconds"),
        ({"delivery": {"timeout": 31}}, "delivery.timeout", "From 1 to 30 seconds."),
        ({"limits": {"max_per_hour": 0}}, "limits.max_per_hour", "From 1 to 100000."),
        ({"schedule": {"every_minutes": 5}}, "schedule", "A schedule goes with the trigger schedule.due alone"),
        ({"trigger": SCHEDULED}, "schedule", "Say when it runs, by cron or every so many minutes."),
        ({"trigger": SCHEDULED, "schedule": {"every_minutes": 0}}, "schedule.every_minutes", "From 1 to 44640"),
        (
            {"trigger": SCHEDULED, "schedule": {"every_minutes": 5}, "role": "agent"},
            "role",
            "A hook on a schedule runs for the clock",
        ),
    ],
)
def test_what_is_wrong_with_a_hook_is_named_by_its_field(changes: dict[str, Json], place: str, words: str) -> None:
    found = problems({**HOOK, **changes})

    assert list(found) == [place]
    assert words in found[place]


@pytest.mark.parametrize(
    ("action", "place", "words"),
    [
        ({"url": ""}, "url", "Enter the address to call"),
        ({"when": "score = 60"}, "when", "Column 7: Use == to compare."),
        ({"when": "x" * 1_001}, "when", "This is too long"),
        ({"success": {"statuses": "2xx"}}, "success.statuses", "List statuses and ranges"),
        ({"body": "{}", "method": "GET"}, "body", "GET carries no body"),
        ({"body": "x" * 65_537}, "body", "At most 65536 characters; this has 65537."),
        ({"body": "{{ score"}, "body", "A {{ is never closed"),
        ({"body": "{"}, "body", "This is no JSON"),
        ({"body": '{"n": {{ n }}', "headers": {"Content-Type": "application/json"}}, "body", "This is no JSON"),
        ({"headers": {f"x-{n}": "1" for n in range(51)}}, "headers", "At most 50 headers."),
        ({"headers": {"X-Key": "1", "x-key": "2"}}, "headers.x-key", "X-Key and x-key are the same header"),
        ({"headers": {"a b": "1"}}, "headers.a b", "A header's name is letters, digits and hyphens."),
        ({"headers": {"Content-Type": "text/xml"}}, "headers.Content-Type", "The standard envelope is JSON"),
        ({"headers": {"Host": "x"}}, "headers.Host", "This header is set by Trigger Hooks; leave it out."),
        ({"headers": {"X-Lead": "{{ }}"}}, "headers.X-Lead", "{{ }} is empty"),
        ({"headers": {"X-Lead": "Zoë"}}, "headers.X-Lead", "A value is one line of plain ASCII text"),
        ({"headers": {"X-Lead": "a\tb"}}, "headers.X-Lead", "A value is one line of plain ASCII text"),
        ({"headers": {"X-Lead": "x" * 4_097}}, "headers.X-Lead", "A value is one line of plain ASCII text"),
        ({"headers": {"X-Lead": MASK}}, "headers.X-Lead", "stands for a secret value"),
        ({"secret_headers": ["X-Key"]}, "secret_headers", "No header of this action is called “X-Key”"),
    ],
)
def test_what_is_wrong_with_an_action_is_named_by_its_field(action: dict[str, Json], place: str, words: str) -> None:
    found = problems_of_action(**action)

    assert list(found) == [f"actions[0].{place}"]
    assert words in found[f"actions[0].{place}"]


@pytest.mark.parametrize(
    "action",
    [
        {"body": "<a>{{ n }}</a>", "headers": {"content-type": "text/xml"}},
        {"body": '{"n": {{ n }}}'},
        {"body": '{"n": {{ n }}}', "headers": {"Content-Type": "application/ld+json"}},
        {"body": None, "method": "DELETE"},
        {"headers": {"X-Lead": "{{ lead_id }}", "X-Source": ""}},
        {"when": "score > 60", "success": {"statuses": "200, 404"}, "go_on": True},
    ],
)
def test_an_action_may_be_written_in_many_ways(action: dict[str, Json]) -> None:
    assert problems_of_action(**action) == {}


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("https://crm.example.com/leads", None),
        ("http://10.0.0.7:8080", None),
        ("HTTPS://CRM.example.com/?a=1#b", None),
        ("https://crm.example.com/{{ lead_id }}?n={{ n }}", None),
        ("https://[::1]:8443/leads", None),
        ("https://crm.example.com/" + "x" * 2_025, "At most 2048 characters; this has 2049."),
        ("https://crm.example.com/{{ 1 + }}", "`{{ 1 + }}`"),
        ("https://{{ host }}/leads", "write scheme and host as they are"),
        ("https://crm.example.com{{ path }}", "write scheme and host as they are"),
        ("{{ url }}", "write scheme and host as they are"),
        ("https://crm.example.com/a b", "no spaces or line breaks"),
        ("https://crm.example.com/\n", "no spaces or line breaks"),
        ("https://[::1/leads", "This is no address"),
        ("https://crm.example.com:x/", "This is no address"),
        ("https://crm.example.com:70000/", "This is no address"),
        ("ftp://crm.example.com/", "An address starts with https:// or http://."),
        ("crm.example.com/leads", "An address starts with https:// or http://."),
        ("https:///leads", "The host is missing"),
        ("http://127.1/", "four numbers from 0 to 255"),
        ("http://2130706433/", "four numbers from 0 to 255"),
        ("http://256.1.1.1/{{ path }}", "four numbers from 0 to 255"),
        ("http://127.0.0.1./", "four numbers from 0 to 255"),
        ("http://a..b/", "next to a dot"),
        ("http://host:0/", "nothing can listen at port 0"),
        ("https://crm.example.com./leads", None),
        ("https://ada:secret@crm.example.com/", "Leave name and password out"),
    ],
)
def test_an_address_can_be_called_or_is_told_why_not(url: str, words: str | None) -> None:
    problem = url_problem(url)

    assert (problem is None) is (words is None)
    assert (words or "") in (problem or "")


# One action


def test_an_action_is_read_with_all_that_is_wrong_with_it() -> None:
    action, found = read_action({"url": "", "method": "PUT", "when": "a ="})

    assert action == Action(url="", method="PUT", when="a =")  # type: ignore[arg-type]
    assert list(found) == ["url", "when"]


@pytest.mark.parametrize(
    ("raw", "place"), [({}, "url"), ({"url": URL, "method": "BREW"}, "method"), ([], "body"), (None, "body")]
)
def test_what_has_not_the_shape_of_an_action_is_refused(raw: Any, place: str) -> None:
    with pytest.raises(InvalidHook) as refusal:
        read_action(raw)

    assert list(refusal.value.problems) == [place]


# Writing


def test_what_is_as_usual_is_left_out() -> None:
    written = write_definition(read(HOOK))

    assert written["actions"] == [{"url": URL, "method": "POST", "headers": {}, "body": None}]
    assert {"limits", "schedule"}.isdisjoint(written)


def test_limits_and_schedule_are_written_as_far_as_they_are_set() -> None:
    written = write_definition(read({**HOURLY, "limits": {"max_per_hour": 3}}))

    assert written["limits"] == {"max_per_hour": 3}
    assert written["schedule"] == {"every_minutes": 60, "timezone": "UTC"}


def test_secrets_are_written_masked_or_as_they_are_opened() -> None:
    one = HookDefinition(
        title="T",
        trigger="call.ended",
        actions=(Action(url=URL, headers={"X-Key": "sk", "X-Open": "1"}, secret_headers=("X-Key",)),),
    )

    assert write_definition(one)["actions"][0]["headers"] == {"X-Key": MASK, "X-Open": "1"}
    assert write_definition(one, str.upper)["actions"][0]["headers"] == {"X-Key": "SK", "X-Open": "1"}


TEXTS = st.text("abc {}\"'é", max_size=20).map(str.strip)
ACTIONS = st.builds(
    Action,
    url=st.sampled_from([URL, f"{URL}/{{{{ lead_id }}}}"]),
    headers=st.dictionaries(st.sampled_from(["X-A", "X-B"]), st.sampled_from(["1", "{{ n }}"])),
    body=st.none() | st.just('{"n": {{ n }}}'),
    when=st.sampled_from(["", "score > 60"]),
    go_on=st.booleans(),
    success=st.builds(Success, statuses=st.sampled_from(["", "200, 404"])),
)
HOOKS = st.builds(
    HookDefinition,
    title=TEXTS.map(lambda text: text or "T"),
    description=TEXTS,
    trigger=st.just(SCHEDULED),
    role=st.just(Role.SYSTEM),
    actions=st.lists(ACTIONS, min_size=1, max_size=3).map(tuple),
    enabled=st.booleans(),
    shadow=st.booleans(),
    delivery=st.builds(Delivery, timeout=st.none() | st.floats(1, 30), ordered=st.none() | st.booleans()),
    limits=st.builds(Limits, max_per_hour=st.none() | st.integers(1, 100)),
    schedule=st.builds(Timetable, every_minutes=st.integers(1, 44_640)),
)


@given(HOOKS)
def test_what_is_written_is_read_as_it_was(one: HookDefinition) -> None:
    assert read(json.loads(json.dumps(write_definition(one)))) == one


@pytest.mark.parametrize(
    ("title", "key"),
    [
        ("Lead Qualification", "lead-qualification"),
        ("  CRM: Sync (v2)! ", "crm-sync-v2"),
        ("Änderung", "nderung"),
        ("日本", "hook"),
        ("", "hook"),
        ("x" * 79 + " yy", "x" * 79),
    ],
)
def test_a_key_reads_like_the_title(title: str, key: str) -> None:
    assert slug(title) == key


@given(st.text())
def test_the_key_of_any_title_can_be_saved(title: str) -> None:
    assert problems({**HOOK, "key": slug(title)}) == {}
    assert re.fullmatch("[a-z0-9-]+", slug(title))


@pytest.mark.parametrize(
    ("header", "ours"),
    [("Host", True), ("CONTENT-LENGTH", True), ("webhook-id", True), ("Webhook-Signature", True), ("X-Host", False)],
)
def test_what_makes_a_call_work_is_set_by_the_product(header: str, ours: bool) -> None:
    assert is_reserved_header(header) is ours
