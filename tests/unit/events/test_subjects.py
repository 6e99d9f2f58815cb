"""Whom an event is about, in words and as keys."""

import pytest

from engine.events.subjects import LONGEST_ABOUT, LONGEST_KEY, about_of, entity_of, field_and_value, subject_of
from engine.model import Json


@pytest.mark.parametrize(
    ("data", "about"),
    [
        ({"first_name": "Maria", "last_name": "López", "phone_number": "+1"}, "Maria López"),
        ({"last_name": "López"}, "López"),
        ({"first_name": "", "from_number": "+49"}, "+49"),
        ({"call_id": "c_1", "title": "Demo"}, "Demo"),
        ({"phone_number": None}, ""),
        ({"title": "x" * 200}, "x" * LONGEST_ABOUT),
    ],
)
def test_people_read_a_name_or_else_a_number_or_an_id(data: dict[str, Json], about: str) -> None:
    assert about_of(data) == about


@pytest.mark.parametrize(
    ("data", "entity", "subject"),
    [
        ({"lead_id": 48213, "call_id": "c_1"}, "lead_id:48213", "lead_id:48213"),
        ({"lead_id": "", "call_id": "c_1"}, "call_id:c_1", "call_id:c_1"),
        ({"lead_id": None, "phone_number": "+1"}, "", "phone_number:+1"),
        ({"lead_id": 0}, "lead_id:0", "lead_id:0"),
        ({}, "", ""),
    ],
)
def test_keys_take_the_first_field_that_has_a_value(data: dict[str, Json], entity: str, subject: str) -> None:
    assert (entity_of(data), subject_of(data)) == (entity, subject)


def test_a_key_is_bounded() -> None:
    assert len(entity_of({"lead_id": "x" * 1_000})) == LONGEST_KEY


def test_a_key_comes_apart_at_its_first_colon() -> None:
    assert field_and_value("lead_id:a:b") == ("lead_id", "a:b")
