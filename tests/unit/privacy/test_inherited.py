"""What is made from an event is masked as the event is."""

from dataclasses import replace

import pytest

from engine.model import Event, NewEvent, NewMail, NewNotice, NewTask, Notice, Task, TaskDefinition
from engine.privacy.inherited import MOST_VALUES, inheriting
from engine.privacy.visibility import Sight
from tests.unit.samples import AT, event

FIELDS = frozenset({"phone_number", "email", "transcript"})
MASKED = Sight(FIELDS)
TRANSCRIPT = "Agent: Hello Maria!\nCaller: I live in Elm Street."
CALL = event({"lead": {"phone_number": "+14155550121"}, "transcript": TRANSCRIPT, "email": "m@x.com", "city": "Lima"})


def notice(title: str = "A call", text: str = "", link: str = "", source: Event = CALL) -> Notice:
    (made,) = inheriting([NewNotice(tone="info", title=title, text=text, link=link)], source, FIELDS)
    assert isinstance(made, NewNotice)
    return Notice(seq=1, at=AT, tone="info", title=title, text=text, link=link, inherited=made.inherited)


def task(source: Event = CALL, **parts: object) -> Task:
    definition = TaskDefinition(**{"title": "Call", "due_at": AT, **parts})  # type: ignore[arg-type]
    new = Task(id="task_1", definition=definition, created_at=AT, created_by="hook", updated_at=AT)
    (made,) = inheriting([NewTask(task=new, plans=())], source, FIELDS)
    assert isinstance(made, NewTask)
    return made.task


def emitted(data: dict[str, object], source: Event = CALL) -> Event:
    (made,) = inheriting([NewEvent(event=event(data, id="evt_2"))], source, FIELDS)
    assert isinstance(made, NewEvent)
    return made.event


@pytest.mark.parametrize(
    "text", [TRANSCRIPT, f"They said: {TRANSCRIPT[:30]}", TRANSCRIPT.upper(), TRANSCRIPT.replace("\n", "\\n")]
)
def test_a_notice_is_masked_by_the_event_that_it_was_made_from(text: str) -> None:
    shown = MASKED.notice(notice(f"Lima: {text[:25]}", text, "/events?q=%2B14155550121"))

    assert "Hello" not in repr(shown).title()
    assert "Elm" not in repr(shown).title()
    assert "4155550121" not in shown.link
    assert shown.title.startswith("Lima")
    assert shown.inherited == {}


def test_only_what_is_repeated_is_kept_and_no_more_of_it_than_fits() -> None:
    long = replace(CALL, data={**CALL.data, "transcript": "Hello " * 10_000})

    assert notice("A call").inherited == notice("To Lima").inherited == {}
    assert notice("Of +1 415-555-0121").inherited == {"phone_number": ["+14155550121"]}
    assert len(notice("Hello " * 5, source=long).inherited["transcript"][0]) < 100
    assert notice("x", source=event({"city": "x"})).inherited == {}


def test_those_who_may_see_everything_see_it() -> None:
    made = notice(TRANSCRIPT)

    assert Sight().notice(made) == made


def test_what_is_no_longer_sensitive_shows() -> None:
    assert Sight(frozenset({"email"})).notice(notice("x", TRANSCRIPT)).text == TRANSCRIPT


def test_of_too_many_values_all_is_masked() -> None:
    many = event({"email": [f"m{number}@example.com" for number in range(MOST_VALUES + 1)]})

    made = notice("Of m7@example.com, about a flat", source=many)

    assert "flat" not in MASKED.notice(made).title


def test_a_task_stays_masked_when_it_is_edited() -> None:
    made = task(notes=f"Heard: {TRANSCRIPT}", assigned_to="m@x.com", lead={"note": "at +14155550121"})
    edited = replace(made, definition=replace(made.definition, notes=f"Called. {made.definition.notes}"))

    shown = MASKED.task(edited).definition

    assert shown.notes == f"Called. Heard: ••• ({len(TRANSCRIPT)} characters)"
    assert shown.assigned_to == "m•••@x.com"
    assert shown.lead == {"note": "at +1•••••••21"}
    assert task(title="Call +14155550121", lead={"phone_number": "+14155550121"}).inherited == {}


def test_an_event_is_masked_by_the_one_that_it_was_made_from_and_so_are_its_own() -> None:
    second = emitted({"note": TRANSCRIPT, "score": 5, "list": [{"a": "+14155550121"}]})
    third = emitted({"again": TRANSCRIPT}, source=second)

    for made in (second, third):
        shown = MASKED.event(made)
        assert "Elm" not in repr(shown)
        assert "4155550121" not in repr(shown)
    assert MASKED.event(second).data["score"] == 5
    assert emitted({"phone_number": "+14155550121", "n": 14155550121}).inherited == {}
    assert emitted({"n": 14155550121}).inherited == {"phone_number": ["+14155550121"]}


def test_a_mail_goes_to_whom_the_hook_names() -> None:
    mail = NewMail(address="a@example.com", subject="x", text=TRANSCRIPT)

    assert inheriting([mail], CALL, FIELDS) == (mail,)
