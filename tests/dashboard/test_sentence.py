"""A hook in one plain sentence: pure, so by tables."""

import pytest

from dashboard.components.basics.sentence import condition_in_words, in_a_sentence
from dashboard.components.hook_form.draft import Draft, empty_hook
from engine.events.catalogue import load_catalogue
from tests.dashboard.conftest import HOOKS

CATALOGUE = load_catalogue()


@pytest.mark.parametrize(
    ("hook", "sentence"),
    [
        (
            HOOKS[0],
            (
                "When any call completes and country is US and call_duration is greater than 60 "
                'and sentiment is "positive", POST to internal.ai-sync.com/echo. Listens to agents.'
            ),
        ),
        (
            {**HOOKS[2], "shadow": True},
            (
                "When an appointment is booked, POST to api.yourcrm.com/webhook/leads (in shadow: nothing is sent). "
                "Listens to managers and admins."
            ),
        ),
    ],
)
def test_a_hook_in_a_sentence(hook: dict[str, object], sentence: str) -> None:
    assert in_a_sentence(Draft(hook).raw, CATALOGUE) == sentence


def test_several_actions_are_told_in_their_order() -> None:
    actions = [{"url": f"https://{name}.example.com/x", "method": "PUT"} for name in "abcd"]

    said = in_a_sentence(Draft({**HOOKS[2], "actions": actions[:2]}).raw, CATALOGUE)
    assert "PUT to a.example.com/x, then PUT to b.example.com/x. Listens" in said
    said = in_a_sentence(Draft({**HOOKS[2], "actions": actions, "run": "parallel"}).raw, CATALOGUE)
    assert "at the same time PUT to a.example.com/x, PUT to b.example.com/x, PUT to c.example.com/x and 1 more" in said


def test_alternatives_stand_in_brackets_beside_others() -> None:
    rows = [{"field": "x", "operator": "gt", "value": 3}, {"field": "y", "operator": "exists", "value": None}]
    filters = {"match": "any", "rows": rows}
    hook = Draft({**HOOKS[0], "trigger": "gone.type", "filters": filters, "condition": "a == 1 or b == 2"}).raw

    assert in_a_sentence(hook, CATALOGUE).startswith(
        "When gone.type comes and (x is greater than 3 or y exists) and (a is 1 or b is 2), POST to"
    )


def test_operators_without_a_value_are_told_without_one() -> None:
    rows = [
        {"field": "x", "operator": "is_empty", "value": None},
        {"field": "y", "operator": "not_contains", "value": "z"},
    ]
    hook = Draft({**HOOKS[0], "trigger": "gone.type", "filters": {"match": "all", "rows": rows}, "condition": ""}).raw

    assert in_a_sentence(hook, CATALOGUE).startswith(
        "When gone.type comes and x is empty and y does not contain z, POST to"
    )


def test_what_is_not_written_yet_is_said() -> None:
    assert "Choose an event" in in_a_sentence(empty_hook(), CATALOGUE)
    assert "an address that is still missing" in in_a_sentence({**empty_hook(), "trigger": "call.ended"}, CATALOGUE)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("", ""),
        ("call_duration>60", "call_duration is greater than 60"),
        ("40 < call_duration < 600", "40 < call_duration < 600"),
        ('"a and b" == x # note\n and tags not   in y', '"a and b" is x and tags is not in y'),
        ('country in ["US"] and not in_voicemail', 'country is in ["US"] and not in_voicemail'),
        ("lead.score != 5 or len(tags) <= 3", "lead.score is not 5 or len(tags) is at most 3"),
        ('note == "x > 1" and (', 'note is "x > 1" and ('),
        ('note == "never closed', 'note is "never closed'),
    ],
)
def test_a_condition_in_words(source: str, words: str) -> None:
    assert condition_in_words(source) == words
