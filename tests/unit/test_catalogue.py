import pytest

from engine.errors import NotFound
from engine.events.catalogue import load_catalogue

CATALOGUE = load_catalogue()


def test_all_27_types_are_there_in_groups() -> None:
    assert len(CATALOGUE.types) == 27
    assert sum(len(types) for types in CATALOGUE.groups.values()) == 27
    assert CATALOGUE.get("call.ended").label == "Call Ended"


def test_every_sample_holds_the_fields_that_are_described() -> None:
    for known in CATALOGUE.types:
        assert set(known.sample) == set(known.fields), known.type


def test_aliases_hold_where_the_catalogue_says_so_alone() -> None:
    assert CATALOGUE.get("call.ended").aliases == {"duration": "call_duration"}
    assert CATALOGUE.get("campaign.ended").aliases == {}


def test_a_type_is_found_by_its_other_names() -> None:
    assert CATALOGUE.nearest("Campaign Completed")[0] == "campaign.ended"
    assert CATALOGUE.nearest("sms.recieved")[0] == "sms.received"
    assert CATALOGUE.nearest("x" * 1_000_000) == ()


def test_what_only_the_clock_makes_stands_beside_them() -> None:
    assert {known.type for known in CATALOGUE.all} - {known.type for known in CATALOGUE.types} == {"schedule.due"}
    assert set(CATALOGUE.all_groups) - set(CATALOGUE.groups) == {"Schedule"}
    assert set(CATALOGUE.get("schedule.due").sample) == set(CATALOGUE.get("schedule.due").fields)


def test_a_type_that_is_not_in_the_catalogue_is_not_found_by_name() -> None:
    with pytest.raises(NotFound, match=r"There is no event type call\.melted\."):
        CATALOGUE.get("call.melted")


@pytest.mark.parametrize(("type_name", "label"), [("call.ended", "Call Ended"), ("call.melted", "call.melted")])
def test_a_stored_event_keeps_a_label_when_its_type_is_gone(type_name: str, label: str) -> None:
    assert CATALOGUE.label(type_name) == label


def test_a_type_that_the_catalogue_lacks_has_no_aliases() -> None:
    assert CATALOGUE.aliases_of("call.ended") == {"duration": "call_duration"}
    assert CATALOGUE.aliases_of("call.forwarded") == {}
