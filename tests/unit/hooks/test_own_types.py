"""Event types that a team adds: read with every problem by its place, and in the catalogue beside the others."""

from datetime import UTC, datetime
from typing import Any

import pytest

from engine.errors import InvalidEventType
from engine.events.catalogue import load_catalogue
from engine.hooks.own_types import MOST_FIELDS, event_types_of, name_of, read_own_type, write_own_type
from engine.model.event_types import OwnType

CATALOGUE = load_catalogue()
PAID = {
    "label": "Invoice Paid",
    "group": "Billing",
    "meaning": "When an invoice was paid",
    "fields": {"amount": {"type": "number", "meaning": "in EUR"}, "late": {"type": "boolean"}},
    "sample": {"amount": 12, "late": None, "invoice": "i1", "lines": [1], "to": {"name": "Zoe"}},
}


def problems(raw: dict[str, Any]) -> dict[str, str]:
    with pytest.raises(InvalidEventType) as found:
        read_own_type(raw)
    return dict(found.value.problems)


def test_a_type_is_written_as_it_was_read() -> None:
    settings = read_own_type(PAID)
    assert {name: of.type for name, of in settings.fields.items()} == {
        "amount": "number",
        "late": "boolean",
        "invoice": "string",
        "lines": "array",
    }
    assert settings.sample == PAID["sample"]
    assert read_own_type(write_own_type(settings)) == settings


def test_a_sample_is_made_of_the_fields() -> None:
    fields = {kind: {"type": kind} for kind in ("string", "number", "integer", "boolean", "array")}
    settings = read_own_type({"label": "X", "fields": fields})
    assert settings.group == "Own"
    assert settings.sample == {"string": "text", "number": 1.5, "integer": 1, "boolean": True, "array": []}
    assert read_own_type(write_own_type(settings)) == settings


@pytest.mark.parametrize(
    ("raw", "place"),
    [
        ({"label": " "}, "label"),
        ({"label": "x" * 61}, "label"),
        ({"label": "a\nb"}, "label"),
        ({"group": ""}, "group"),
        ({"meaning": "x" * 301}, "meaning"),
        ({"strange": 1}, "strange"),
        ({"fields": {"x": {"type": "money"}}}, "fields.x.type"),
        ({"fields": {"": {"type": "string"}}}, "fields."),
        ({"fields": {"x": {"type": "string", "meaning": "m" * 301}}}, "fields.x"),
        ({"fields": {f"f{number}": {"type": "string"} for number in range(MOST_FIELDS + 1)}}, "fields"),
        ({"fields": {"x": {"type": "integer"}}, "sample": {"x": 1.5}}, "sample.x"),
        ({"fields": {"x": {"type": "integer"}}, "sample": {"x": True}}, "sample.x"),
        ({"sample": {"x": "y" * 20_000}}, "sample"),
        ({"sample": None}, "sample"),
    ],
)
def test_what_is_wrong_is_told_by_its_place(raw: dict[str, Any], place: str) -> None:
    assert list(problems({"label": "Invoice Paid"} | raw)) == [place]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        (None, "dotted name"),
        ("invoice", "dotted name"),
        ("Invoice.Paid", "dotted name"),
        ("invoice.", "dotted name"),
        ("a." + "b" * 100, "dotted name"),
        ("call.ended", "is there already"),
        ("schedule.due", "is there already"),
        ("schedule.mine", "are ours"),
    ],
)
def test_a_name_is_dotted_and_free(name: object, words: str) -> None:
    with pytest.raises(InvalidEventType, match=words):
        name_of(name, CATALOGUE)
    assert name_of(" invoice.paid ", CATALOGUE) == "invoice.paid"


def test_it_is_in_the_catalogue_like_the_others() -> None:
    catalogue = load_catalogue()
    settings = read_own_type({**PAID, "group": "Call"})
    catalogue.add_own(event_types_of([OwnType(type="invoice.paid", settings=settings, created_at=datetime.now(UTC))]))

    assert catalogue.get("invoice.paid").fields["amount"].meaning == "in EUR"
    assert (catalogue.label("invoice.paid"), catalogue.may_send("invoice.paid")) == ("Invoice Paid", True)
    assert [known.type for known in catalogue.groups["Call"]][-1] == "invoice.paid"
    assert catalogue.nearest("invoice.payed")[0] == "invoice.paid"
    assert len(catalogue.types) == len(CATALOGUE.types) + 1
    catalogue.add_own(())
    assert catalogue.types == CATALOGUE.types
    assert 'No event type is called "invoice.paid".' in catalogue.unknown("invoice.paid")
    assert not catalogue.may_send("schedule.due")
