"""Ids that a request gives to its events: the same request, sent again, stores nothing twice."""

from collections.abc import Mapping

import pytest

from engine.errors import InvalidEvent
from engine.events.draft import EventDraft
from engine.events.request_ids import identified


def draft(id: str | None = None) -> EventDraft:
    return EventDraft(type="call.ended", id=id, occurred_at=None, data={})


@pytest.mark.parametrize(
    ("headers", "id"),
    [
        ({}, None),
        ({"webhook-id": ""}, None),
        ({"webhook-id": "msg_1"}, "msg_1"),
        ({"idempotency-key": '"k 1"'}, "k 1"),
        ({"webhook-id": "msg_1", "idempotency-key": "k"}, "msg_1"),
        ({"idempotency-key": "\xfc-K1"}, "ü-K1"),
        ({"webhook-id": "\xe4-K1"}, "ä-K1"),
        ({"webhook-id": "exe_1", "webhook-chain": "exe_1/0;mark"}, "exe_1"),
        ({"webhook-id": "exe_1", "webhook-chain": "exe_1/2;mark"}, "exe_1/2"),
        ({"webhook-id": "exe_1", "webhook-chain": "exe_2/2;mark"}, "exe_1"),
    ],
)
def test_the_id_of_a_request_is_that_of_its_event(headers: Mapping[str, str], id: str | None) -> None:
    assert identified([draft()], headers, many=False) == (draft(id),)


def test_each_of_an_array_has_its_index_and_an_id_of_its_own_stays() -> None:
    drafts = [draft(), draft("evt_1"), draft()]

    given = identified(drafts, {"idempotency-key": "k"}, many=True)

    assert [one.id for one in given] == ["k/0", "evt_1", "k/2"]
    assert identified([draft("evt_1")], {"idempotency-key": "k"}, many=False) == (draft("evt_1"),)


def test_what_can_be_no_id_is_refused_by_the_name_of_its_header() -> None:
    with pytest.raises(InvalidEvent) as refusal:
        identified([draft()], {"idempotency-key": "k" * 1_000}, many=False)

    assert list(refusal.value.problems) == ["idempotency-key"]
