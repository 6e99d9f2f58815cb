"""What the panel beside the form asks of the engine."""

import pytest

from engine import Engine, InvalidHook, NotFound
from engine.history.field_profile import LONGEST_VALUE, profile_of
from engine.model import Gate
from tests.engine.test_insight import URL, post

DRAFT = {"title": "Draft", "trigger": "call.ended", "actions": [{"url": URL}]}


async def test_a_draft_says_to_a_stored_event_what_it_would_say_once_it_is_on(engine: Engine) -> None:
    short, long = await post(engine, {"call_duration": 58}, {"call_duration": 90})
    off = {**DRAFT, "enabled": False}

    missed = await engine.insight.explain({**DRAFT, "condition": "call_duration > 60"}, short)
    fired = await engine.insight.explain({**off, "condition": "call_duration > 60"}, long)

    assert (missed.fired, missed.gate) == (False, Gate.CONDITION)
    assert missed.needed == ("The condition `call_duration > 60` would have to hold: found 58, 2 away.",)
    assert fired.fired


async def test_a_draft_that_cannot_be_read_and_an_event_that_is_gone(engine: Engine) -> None:
    (event_id,) = await post(engine, {"call_duration": 58})

    with pytest.raises(InvalidHook):
        await engine.insight.explain({**DRAFT, "condition": "call_duration >"}, event_id)
    with pytest.raises(NotFound):
        await engine.insight.explain(DRAFT, "evt_gone")


async def test_a_field_that_came_is_no_unknown_name_though_the_catalogue_lacks_it(engine: Engine) -> None:
    await post(engine, {"mood": {"now": "calm"}})
    (before,) = engine.drafts.check_condition("mood.now == 'calm'", "call.ended").warnings
    assert "`mood.now`" in before

    await engine.insight.profile("call.ended")

    assert engine.parts.ground.seen.names("call.ended") == {"mood"}
    assert engine.drafts.check_condition("mood.now == 'calm'", "call.ended").warnings == ()


def test_a_long_text_is_no_value_to_choose_and_none_to_doubt() -> None:
    text = "x" * (LONGEST_VALUE + 1)

    notes = profile_of("call.ended", [{"notes": text}, {"notes": "short"}]).fields["notes"]

    assert (notes.seen, notes.values, notes.few) == (2, (("short", 1),), False)
