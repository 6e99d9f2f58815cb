"""Fields that sources no longer send are told by type, each list in place of the one before."""

from engine.events.drifted import DriftedFields


def test_what_is_told_of_a_type() -> None:
    drifted = DriftedFields()
    assert drifted.of("call.ended") == {}
    drifted.replace(
        [("call.ended", "sentiment", "gone"), ("call.ended", "tags", "gone too"), ("sms.sent", "x", "gone")]
    )
    assert drifted.of("call.ended") == {"sentiment": "gone", "tags": "gone too"}
    drifted.replace([])
    assert drifted.of("call.ended") == {}
