"""The fields that came lately."""

from engine.events.seen import SeenFields


def test_the_fields_at_the_top_of_the_last_look_are_known() -> None:
    seen = SeenFields()
    seen.note("call.ended", ["old"])
    seen.note("call.ended", ["lead", "lead.score"])

    assert seen.names("call.ended") == {"lead"}
    assert seen.names("sms.received") == frozenset()
