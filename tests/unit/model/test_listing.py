"""What lists leave out of an execution."""

from dataclasses import replace

from engine.model.listing import listed, request_listed, response_listed
from tests.unit.samples import attempt, execution, request


def test_of_each_attempt_how_it_went_stays() -> None:
    sent = request(headers={"x-a": "b"}, body="{}")
    answered, unanswered = attempt(request=sent, status=422, body="no"), attempt(2, request=sent)

    shown = listed(execution(attempts=(answered, unanswered)))

    assert shown.attempts == (
        replace(answered, request=request_listed(sent), response=response_listed(422)),
        replace(unanswered, request=request_listed(sent), response=None),
    )
    assert [one.status_code for one in shown.attempts] == [422, None]


def test_one_that_was_not_tried_is_shown_as_it_is() -> None:
    assert listed(waits := execution()) is waits
