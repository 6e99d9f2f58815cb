"""Whom an event is about, for people and as a key; and the fields that were seen lately."""

import pytest

from engine.events.catalogue import load_catalogue
from engine.events.seen import SeenFields
from engine.events.subjects import about_of, entity_of, field_and_value, subject_of
from engine.model import Json, Status
from engine.model.states import started

ADA = {"first_name": "Ada", "last_name": "Byron"}


@pytest.mark.parametrize(
    ("data", "about"),
    [
        ({**ADA, "phone_number": "+1555"}, "Ada Byron"),
        ({"last_name": "Byron", "lead_id": "L1"}, "Byron"),
        ({"first_name": "", "phone_number": "+1555", "lead_id": "L1"}, "+1555"),
        ({"call_id": "c1", "lead_id": "L1"}, "L1"),
        ({"title": "Call back", "call_id": "c1"}, "Call back"),
        ({"first_name": "A" * 100}, "A" * 80),
        ({"call_duration": 7}, ""),
    ],
)
def test_people_read_a_name_or_else_a_number_or_else_an_id(data: dict[str, Json], about: str) -> None:
    assert about_of(data) == about


@pytest.mark.parametrize(
    ("data", "entity", "subject"),
    [
        ({"call_id": "c1", "lead_id": 5}, "lead_id:5", "lead_id:5"),
        ({"lead_id": "", "call_id": "c1"}, "call_id:c1", "call_id:c1"),
        ({"contact_id": "p1", "phone_number": "+1555"}, "", "contact_id:p1"),
        ({"lead_id": None}, "", ""),
        ({"lead_id": 0}, "lead_id:0", "lead_id:0"),
    ],
)
def test_only_leads_and_calls_keep_an_order_and_more_can_have_a_cooldown(
    data: dict[str, Json], entity: str, subject: str
) -> None:
    assert (entity_of(data), subject_of(data)) == (entity, subject)


def test_a_key_is_taken_apart_at_its_first_colon() -> None:
    assert field_and_value("call_id:a:b") == ("call_id", "a:b")
    assert field_and_value("") == ("", "")


def test_fields_that_were_seen_are_those_of_the_last_look() -> None:
    seen = SeenFields()
    assert seen.names("call.ended") == frozenset()

    seen.note("call.ended", ["mood", "mood.now"])
    seen.note("call.ended", ["tags", "mood.now"])

    assert seen.names("call.ended") == {"tags"}
    assert seen.names("sms.sent") == frozenset()


def test_a_type_that_the_catalogue_lacks_has_no_aliases() -> None:
    catalogue = load_catalogue()

    assert catalogue.aliases_of("call.ended") == {"duration": "call_duration"}
    assert catalogue.aliases_of("nothing.known") == {}


def test_what_runs_already_is_started_as_it_is() -> None:
    assert [started(one) for one in (Status.PENDING, Status.RETRYING, Status.RUNNING)] == [Status.RUNNING] * 3
    with pytest.raises(KeyError):
        started(Status.SUCCEEDED)
