"""What somebody sees who may not see people's data: the same, with sensitive fields masked wherever they show."""

from dataclasses import replace

import pytest

from engine.delivery.testing import TestResult
from engine.errors import NotAllowed
from engine.history.field_profile import FieldWarning, Profile, profile_of
from engine.history.look_back import Decided
from engine.hooks.cases import CaseResult
from engine.model import (
    Action,
    AttemptError,
    Decision,
    ErrorClass,
    FilterRow,
    Filters,
    HookCase,
    HookDefinition,
    Job,
    Json,
    Link,
    Need,
    Notice,
    Operator,
    Role,
    Shortfall,
    Task,
    TaskDefinition,
)
from engine.model.leads import ChangeOf, Lead, LeadChange, LeadStatus, Score, ScoredRow
from engine.model.metrics import MetricKind, Series
from engine.model.sources import Outcome, SourceBody
from engine.ports import Recorded
from engine.privacy.visibility import Sight
from engine.rules.progress import ActionProgress, ActionState
from tests.unit.samples import AT, attempt, definition, event, execution, hook, request, response

PHONE, EMAIL = "+14155550121", "maria.lopez@example.com"
SEEN_PHONE, SEEN_EMAIL = "+1•••••••21", "m•••@example.com"
ALL, MASKED = Sight(), Sight(frozenset({"phone_number", "email"}))
DATA: dict[str, Json] = {"phone_number": PHONE, "email": EMAIL, "city": "Lima"}
SEEN = {"phone_number": SEEN_PHONE, "email": SEEN_EMAIL, "city": "Lima"}

CALL = event(DATA)
RECORDED = Recorded(seq=1, event=CALL, revision=1, decided_at=AT)
DECISION = Decision(
    hook_id=7,
    hook_version=1,
    fired=False,
    gate=None,
    reason=f'`phone_number` is "{PHONE}"',
    trace={"filters": {"rows": [{"found": PHONE, "operator": "is"}]}},
    needs=(
        Need(
            wanted="The condition `n > 5` would have to hold",
            either=(Shortfall(part="n > 5", found=f"found {PHONE}", away="3"),),
        ),
        Need(wanted="Nothing of a person."),
        Need(
            wanted=f"Not {PHONE}, one of the filters would have to match",
            either=(
                Shortfall(part="a is 1", found="found 2", away="1"),
                Shortfall(part="b is 1", found="found 3", away="2"),
            ),
        ),
    ),
)
TRIED = attempt(
    request=request(url=f"https://crm.example.com/?to={PHONE}", headers={"x-to": EMAIL}, body=f'{{"to": "{PHONE}"}}'),
    response=response(422, f"{EMAIL} is taken", headers={"x-echo": PHONE}),
    error=AttemptError(error_class=ErrorClass.REJECTED, message=f"It says: {EMAIL} is taken"),
)
UNANSWERED = attempt(2)
RAN = execution(about=f"Ana {PHONE}", reason=f"One is held for {PHONE}", attempts=(TRIED, UNANSWERED))
TASK = Task(
    id="tsk_1",
    definition=TaskDefinition(title=f"Call {PHONE}", due_at=AT, notes="Or +442071838750.", lead=DATA),
    created_at=AT,
    created_by="ada@example.com",
    updated_at=AT,
)
LEAD = Lead(
    id=1,
    key=f"phone_number:{PHONE}",
    version=1,
    name=EMAIL,
    status=LeadStatus.NEW,
    score=Score(
        value=50,
        start=50,
        threshold=60,
        rows=(ScoredRow(label="Local", condition="c", points=5, counted=False, reason=f"{PHONE} is not local"),),
    ),
    fields=DATA,
    first_seen_at=AT,
    last_seen_at=AT,
    last_event_type="call.ended",
)
CHANGE = LeadChange(at=AT, what=ChangeOf.SCORE, before="45", after="50", reason=f"{EMAIL} was opened")
CASE = CaseResult(
    case=HookCase(
        id=1,
        hook_id=7,
        name="Warm",
        role=Role.AGENT,
        data=DATA,
        fires=True,
        created_at=AT,
        created_by="ada@example.com",
    ),
    decision=DECISION,
)
PASSAGE = ActionProgress(
    index=0, action=Action(url="u"), state=ActionState.PASSED_OVER, attempts=(TRIED,), reason=f'"{PHONE}" is no'
)
PROFILE = profile_of("call.ended", [{"email": EMAIL, "note": f"ask {EMAIL}", "score": 72}])
NOTICE = Notice(seq=1, at=AT, tone="good", title=f"From {PHONE}", text=f"Mail {EMAIL}")
SERIES = Series(id=1, metric="calls", label=PHONE, label_name=EMAIL, kind=MetricKind.COUNT, created_at=AT, last_at=AT)
JOB = Job(execution=RAN, event=CALL, hook=hook())
DECIDED = Decided(recorded=RECORDED, hooks=(hook(),), decisions=(DECISION,), pending=False)

SHOWN = {
    "event": lambda sight: sight.event(CALL),
    "recorded": lambda sight: sight.recorded(RECORDED),
    "decision": lambda sight: sight.decision(DECISION, CALL),
    "decided": lambda sight: sight.decided(DECIDED),
    "execution": lambda sight: sight.execution(RAN, CALL),
    "job": lambda sight: sight.job(JOB),
    "progress": lambda sight: sight.progress(PASSAGE, CALL),
    "profile": lambda sight: sight.profile(PROFILE),
    "case": lambda sight: sight.case(CASE),
    "task": lambda sight: sight.task(TASK),
    "lead": lambda sight: sight.lead(LEAD),
    "changes": lambda sight: sight.changes([CHANGE], LEAD),
    "notice": lambda sight: sight.notice(NOTICE),
    "series": lambda sight: sight.series(SERIES),
}
AS_THEY_ARE = dict(
    zip(
        SHOWN,
        (CALL, RECORDED, DECISION, DECIDED, RAN, JOB, PASSAGE, PROFILE, CASE, TASK, LEAD, [CHANGE], NOTICE, SERIES),
        strict=True,
    )
)


@pytest.mark.parametrize("name", list(SHOWN))
def test_who_may_see_everything_sees_it_as_it_is(name: str) -> None:
    assert SHOWN[name](ALL) == AS_THEY_ARE[name]


@pytest.mark.parametrize("name", list(SHOWN))
def test_nothing_that_is_shown_reveals_a_number_or_an_address(name: str) -> None:
    shown = repr(SHOWN[name](MASKED))

    assert "•••" in shown
    assert "4155550121" not in shown
    assert "maria.lopez" not in shown


def test_an_event_keeps_what_identifies_nobody() -> None:
    chained = replace(CALL, chain=(Link(hook_id=7, entity=f"call_id:{PHONE}", execution_id="exe_1"),))
    shown = MASKED.event(chained)

    assert shown.data == SEEN
    assert shown.chain == (Link(hook_id=7, entity=f"call_id:{SEEN_PHONE}", execution_id="exe_1"),)
    assert replace(shown, data=DATA, chain=()) == CALL


def test_an_attempt_is_masked_in_all_that_went_out_and_came_back() -> None:
    tried, unanswered = MASKED.execution(RAN, CALL).attempts

    assert tried.request == request(
        url=f"https://crm.example.com/?to={SEEN_PHONE}", headers={"x-to": SEEN_EMAIL}, body=f'{{"to": "{SEEN_PHONE}"}}'
    )
    assert tried.response == response(422, f"{SEEN_EMAIL} is taken", headers={"x-echo": SEEN_PHONE})
    assert tried.error == AttemptError(error_class=ErrorClass.REJECTED, message=f"It says: {SEEN_EMAIL} is taken")
    assert unanswered == UNANSWERED


def test_a_decision_does_not_tell_how_far_a_value_was_away() -> None:
    assert MASKED.decision(DECISION, CALL).needed == (
        f"The condition `n > 5` would have to hold: found {SEEN_PHONE}.",
        "Nothing of a person.",
        f"Not {SEEN_PHONE}, one of the filters would have to match: `a is 1` (found 2), or `b is 1` (found 3).",
    )


def test_a_task_is_masked_by_its_lead_and_by_what_reads_like_a_number() -> None:
    shown = MASKED.task(TASK).definition

    assert (shown.title, shown.notes, shown.lead) == (f"Call {SEEN_PHONE}", "Or +4•••••••50.", SEEN)


def test_a_lead_keeps_its_score_and_loses_the_values_in_its_reasons() -> None:
    shown = MASKED.lead(LEAD)

    assert (shown.key, shown.name, shown.fields) == (f"phone_number:{SEEN_PHONE}", SEEN_EMAIL, SEEN)
    assert (shown.score.value, shown.score.rows[0].reason) == (50, f"{SEEN_PHONE} is not local")


def test_a_profile_is_masked_by_field_and_by_what_reads_like_an_address() -> None:
    fields = MASKED.profile(PROFILE).fields

    assert {path: one.values for path, one in fields.items()} == {
        "email": ((SEEN_EMAIL, 1),),
        "note": ((f"ask {SEEN_EMAIL}", 1),),
        "score": ((72, 1),),
    }


def test_a_doubt_does_not_list_the_values_that_a_masked_field_had() -> None:
    profile: Profile = profile_of("call.ended", [DATA])
    doubt, harmless = (
        FieldWarning(text=f"`email` has been {EMAIL}; never `x`."),
        FieldWarning(text="`city` has been Lima."),
    )

    assert MASKED.doubts([doubt, harmless], profile) == [
        FieldWarning(text=f"`email` has been {SEEN_EMAIL}; never `x`."),
        harmless,
    ]
    assert ALL.doubts([doubt], profile) == [doubt]


@pytest.mark.parametrize(
    ("subject", "sight", "shown"),
    [
        (f"phone_number:{PHONE}", MASKED, f"Cooldown: it ran for {SEEN_PHONE} already."),
        (f"phone_number:{PHONE}", ALL, f"Cooldown: it ran for {PHONE} already."),
        (f"phone_number:{PHONE}", Sight(frozenset({"email"})), f"Cooldown: it ran for {PHONE} already."),
        ("", MASKED, f"Cooldown: it ran for {PHONE} already."),
    ],
)
def test_the_reason_why_a_run_was_skipped_masks_whom_it_is_about(subject: str, sight: Sight, shown: str) -> None:
    skipped = execution(subject=subject, reason=f"Cooldown: it ran for {PHONE} already.")

    assert sight.reason(skipped) == shown


@pytest.mark.parametrize("sight", [ALL, MASKED])
def test_an_execution_about_nobody_shows_nobody(sight: Sight) -> None:
    assert sight.about("") == ""


# What a draft may ask stored events for


def draft(condition: str = "", *fields: str, trigger: str = "call.ended") -> HookDefinition:
    rows = tuple(FilterRow(field=field, operator=Operator.EXISTS) for field in fields)
    return definition(condition=condition, filters=Filters(rows=rows), trigger=trigger)


ASKS = draft('phone_number == "+1"')


@pytest.mark.parametrize(
    ("wanted", "saved", "sight"),
    [
        (ASKS, None, ALL),
        (ASKS, ASKS, MASKED),
        (ASKS, replace(ASKS, title="Another name"), MASKED),
        (draft("score > 60", "city"), None, MASKED),
        (draft('phone_number == "+1'), None, MASKED),
    ],
)
def test_a_draft_may_ask_for_what_is_seen_or_saved_already(
    wanted: HookDefinition, saved: HookDefinition | None, sight: Sight
) -> None:
    assert sight.for_tests(wanted, saved) is not None


def test_a_draft_decides_events_as_they_show_unless_the_saved_hook_asks_the_same() -> None:
    heard = event({"summary": f"from {PHONE}", "phone_number": PHONE})

    assert MASKED.for_tests(draft("score > 60"), None)(heard).data["summary"] == f"from {SEEN_PHONE}"
    assert MASKED.for_tests(ASKS, ASKS)(heard) is heard
    assert ALL.for_tests(ASKS, None)(heard) is heard


@pytest.mark.parametrize(
    ("wanted", "saved", "field"),
    [
        (ASKS, None, "phone_number"),
        (ASKS, draft('phone_number == "+4"'), "phone_number"),
        (draft("", "lead.Email"), None, "lead.Email"),
        (draft("not (email == 1 and score > 60)", "city"), None, "email"),
        (replace(ASKS, trigger="sms.sent"), ASKS, "phone_number"),
        (draft('data["phone_number"] == "+1"'), None, "phone_number"),
        (draft("data.lead.email == 1"), None, "lead.email"),
        (draft("", 'data["phone_number"]'), None, "phone_number"),
        (draft("", "data.lead.email"), None, "lead.email"),
        (draft('calls[0].email == "x"'), None, "email"),
        (draft('contains(calls[-1]["to"].Email, "x")'), None, "Email"),
        (draft('lead["a.b"].email == 1'), None, "email"),
        (draft('event.phone_number == "+1"'), None, "phone_number"),
        (draft("", 'calls["x"].email'), None, "calls.x.email"),
        (draft('starts_with(contacts[0].phone_number, "+1")'), None, "phone_number"),
        (draft('contacts[0]["Phone_Number"] == "+1"'), None, "Phone_Number"),
        (draft('lower(data["contacts"][-1].owner.email) == "a"'), None, "email"),
        (draft("score > 1 if leads[0].lead.email == 1 else false"), None, "email"),
        (draft('starts_with(coalesce(contacts, others)[0].phone_number, "+1")'), None, "phone_number"),
        (draft('starts_with((contacts if score > 1 else others)[0]["Phone_Number"], "+1")'), None, "Phone_Number"),
        (draft('ends_with([lead][0].email, "example.com")'), None, "email"),
    ],
)
def test_a_draft_may_not_find_out_step_by_step_what_is_masked(
    wanted: HookDefinition, saved: HookDefinition | None, field: str
) -> None:
    with pytest.raises(NotAllowed, match=f"It asks stored events for `{field}`, which is masked for you"):
        MASKED.for_tests(wanted, saved)


@pytest.mark.parametrize(
    "wanted",
    [
        draft('data == "x"'),
        draft('data["data"] == "x"'),
        draft('data.data == "x"'),
        draft('data["data"].inner == "x"'),
        draft('data.inner == "x"'),
        draft('data["inner"] == "x"'),
        draft("", "data"),
        draft("", "data.data"),
        draft("", 'data["data"]'),
        draft("", "data.inner"),
        draft("", 'data["inner"]'),
    ],
)
def test_a_masked_field_that_is_called_data_is_not_found_out_either(wanted: HookDefinition) -> None:
    """`data.inner` may also be read of the object that is itself called `data`."""
    with pytest.raises(NotAllowed, match="masked for you"):
        Sight(frozenset({"data"})).for_tests(wanted, None)

    assert MASKED.for_tests(wanted, None)


def test_nor_is_one_by_another_way_to_write_its_letters() -> None:
    sight = Sight(frozenset({"pr\u00e9nom"}))

    for condition in ('data["pr\u00e9nom"] == "x"', 'data["pre\u0301nom"] == "x"', 'PR\u00c9NOM == "x"'):
        with pytest.raises(NotAllowed, match="masked for you"):
            sight.for_tests(draft(condition), None)
    assert sight.event(event({"pre\u0301nom": "Zoe"})).data == {"pre\u0301nom": "••• (3 characters)"}


def test_attributes_are_masked_with_what_the_data_hides() -> None:
    shown = MASKED.event(event(DATA, attributes={"source": "/dialer", "subject": PHONE}))

    assert dict(shown.attributes) == {"source": "/dialer", "subject": SEEN_PHONE}


def test_a_body_of_a_platform_is_masked_by_what_reads_like_a_number() -> None:
    text = '{"to": "+14155550132", "call_id": "c1"}'
    body = SourceBody(source_id=1, at=AT, outcome=Outcome.ACCEPTED, reason="", media_type="", body=text)
    assert Sight().posted(body) == body
    assert "4155550132" not in Sight(frozenset({"phone_number"})).posted(body).body


def test_of_addresses_the_host_alone_is_shown_in_hooks_and_in_all_that_they_call() -> None:
    secret = "https://crm.example.com/leads/k3y"
    called = hook(actions=(Action(url=secret, body='{"api_key": "k3y", "city": "Lima"}'), Action(url=secret)))
    way = ActionProgress(index=0, action=called.definition.actions[0], state=ActionState.AHEAD)
    tested = TestResult(decision=DECISION, requests=(request(url=secret),), course=(way,))
    few, all_of_it = Sight(addresses=False), Sight(frozenset({"phone_number"}))

    shown = [*few.hook(called).definition.actions, few.tested(tested).course[0].action]
    assert "k3y" not in f"{shown} {few.tested(tested).requests}"
    assert [action.url for action in shown] == ["https://crm.example.com/…"] * 3
    assert all_of_it.definition(called.definition) is called.definition
    assert all_of_it.hook(called) is called
    assert all_of_it.tested(tested) is tested


def test_a_search_has_no_view_where_nothing_is_masked() -> None:
    assert ALL.or_none(ALL.event) is None
    assert MASKED.or_none(MASKED.event) == MASKED.event
    assert (ALL.events(CALL), MASKED.events(CALL)) == (CALL, MASKED.event(CALL))
