"""Drafts of events that one of our own hooks sent, and of those from outside."""

import pytest

from engine.events.draft import EventDraft, continued
from engine.model import OUTSIDE, Link, Origin

CHAIN = (Link(hook_id=7, entity="lead_id:L1", execution_id="exe_1"),)


def draft(*, test: bool = False) -> EventDraft:
    return EventDraft(type="call.ended", data={}, id=None, occurred_at=None, test=test)


def test_from_outside_they_stay_as_they_are() -> None:
    drafts = [draft(), draft(test=True)]

    assert continued(drafts, OUTSIDE) is drafts


@pytest.mark.parametrize(
    ("test", "by_a_test", "then"), [(False, False, False), (True, False, True), (False, True, True), (True, True, True)]
)
def test_from_a_hook_they_continue_its_chain_and_its_test(*, test: bool, by_a_test: bool, then: bool) -> None:
    (one,) = continued([draft(test=test)], Origin(chain=CHAIN, test=by_a_test))

    assert (one.chain, one.test) == (CHAIN, then)
