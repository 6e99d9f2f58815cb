"""The score of a lead: by tables for what each rule says, by properties for the sum and the crossing."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.leads.qualification import MOST_FIELDS, QUALIFIED, SCORE_CHANGED, key_of, merge_known, qualify, with_status
from engine.leads.scoring import USUAL, category, compile_rules, difference, rules_problems, score, why
from engine.model import Event, Json, Role
from engine.model.leads import Lead, LeadRule, LeadRules, LeadStatus

NOW = datetime(2025, 9, 9, 14, 27, tzinfo=UTC)
USUALLY = compile_rules(USUAL)


def rules(*points: int, start: int = 0, threshold: int = 50) -> LeadRules:
    """The rule number n counts where `f{n}` is true."""
    rows = tuple(LeadRule(condition=f"f{n} == true", points=one, label=f"rule {n}") for n, one in enumerate(points))
    return LeadRules(start=start, threshold=threshold, rows=rows)


def event(data: dict[str, Json], type: str = "call.ended", at: datetime = NOW) -> Event:
    return Event(id="evt_1", type=type, role=Role.AGENT, occurred_at=at, received_at=at, data=data)


def after(lead: Lead | None, data: dict[str, Json], made: LeadRules = USUAL, at: datetime = NOW) -> Lead:
    done = qualify(lead, "lead_id:L1", event(data, at=at), compile_rules(made), {}, at, "exe_1")
    return done.lead


@pytest.mark.parametrize(
    ("names", "value"),
    [
        ({}, 30),
        ({"sentiment": "positive"}, 50),
        ({"sentiment": "negative"}, 10),
        ({"sentiment": "positive", "call_duration": 61}, 65),
        ({"sentiment": "positive", "call_duration": "61"}, 65),
        ({"sentiment": "positive", "call_duration": 60}, 50),
        ({"appointment_booked": True}, 60),
        ({"appointment_id": "a1", "cancelled_by": "lead"}, 40),
        ({"lead_score": 80, "budget": 1}, 60),
        ({"opt_out": True, "sentiment": "positive", "call_duration": 61, "appointment_booked": True}, 0),
    ],
)
def test_the_usual_rules(names: dict[str, Json], value: int) -> None:
    assert score(USUALLY, names).value == value
    assert not rules_problems(USUAL)


def test_a_rule_whose_field_is_unknown_does_not_count_and_says_so() -> None:
    row = score(USUALLY, {}).rows[0]

    assert (row.counted, row.reason) == (False, "no field `sentiment` known of this lead")


def test_a_score_is_told_by_what_counted_and_a_change_by_what_differs() -> None:
    before = score(USUALLY, {"sentiment": "positive"})
    now = score(USUALLY, {"sentiment": "negative", "budget": 5})

    assert why(before) == "Positive call (+20)"
    assert why(score(USUALLY, {})) == "No rule counts."
    assert difference(before, now) == "Negative call (-20), Named a budget (+10); no longer: Positive call (+20)"
    other_start = score(compile_rules(rules(start=10)), {})
    assert difference(score(compile_rules(rules(start=5)), {}), other_start) == "scores begin at 10 now, not at 5"


@pytest.mark.parametrize(("value", "name"), [(0, "cold"), (39, "cold"), (40, "warm"), (79, "warm"), (80, "hot")])
def test_categories(value: int, name: str) -> None:
    assert category(value) == name


POINTS = st.lists(st.integers(-100, 100).filter(bool), max_size=8)
FLAGS = st.lists(st.sampled_from([True, False, None, "yes", 1]), min_size=8, max_size=8)


@given(POINTS, FLAGS, st.integers(0, 100), st.integers(1, 100))
def test_a_score_is_its_start_and_the_points_that_count_within_bounds(
    points: list[int], flags: list[Json], start: int, threshold: int
) -> None:
    names = {f"f{n}": flag for n, flag in enumerate(flags) if flag is not None}
    found = score(compile_rules(rules(*points, start=start, threshold=threshold)), names)
    counted = [one for n, one in enumerate(points) if names.get(f"f{n}") is True]

    assert found.value == min(100, max(0, start + sum(counted)))
    assert [row.points for row in found.rows if row.counted] == counted
    assert len(found.rows) == len(points)


@given(st.lists(FLAGS, max_size=6), POINTS, st.integers(1, 100))
def test_a_lead_is_told_to_qualify_at_every_upward_crossing_and_at_no_other_time(
    history: list[list[Json]], points: list[int], threshold: int
) -> None:
    """While nobody decides otherwise, qualified is what stands at or above the threshold."""
    made = compile_rules(rules(*points, threshold=threshold))
    lead: Lead | None = None
    for flags in history:
        data = {f"f{n}": flag for n, flag in enumerate(flags) if flag is not None}
        done = qualify(lead, "lead_id:L1", event(data), made, {}, NOW, "exe_1")
        was = lead is not None and lead.score.value >= threshold
        crossed = done.lead.score.value >= threshold and not was
        told = [one.type for one in done.emits]
        assert (QUALIFIED in told) == crossed
        before = lead.score.value if lead else 0
        assert (SCORE_CHANGED in told) == (done.lead.score.value != before)
        assert (done.lead.status is LeadStatus.QUALIFIED) == (done.lead.score.value >= threshold)
        assert done.save.expected == (lead.version if lead else 0)
        lead = done.lead


@given(st.sampled_from(LeadStatus), FLAGS, FLAGS)
def test_what_a_person_decided_is_not_undone_by_a_score(
    status: LeadStatus, before: list[Json], flags: list[Json]
) -> None:
    """But an open lead may still qualify."""
    made = rules(60, 60, 60, threshold=50)
    lead = after(None, {f"f{n}": flag for n, flag in enumerate(before) if flag is not None}, made)
    lead = with_status(lead, status, "mia@example.com", "", NOW, changed_by="user").lead
    now = after(lead, {f"f{n}": flag for n, flag in enumerate(flags) if flag is not None}, made)

    allowed = {status}
    if status in {LeadStatus.NEW, LeadStatus.CONTACTED, LeadStatus.WORKING}:
        allowed.add(LeadStatus.QUALIFIED)
    assert now.status in allowed


@pytest.mark.parametrize(
    ("data", "key"),
    [
        ({"lead_id": "L1", "contact_id": "C1"}, "lead_id:L1"),
        ({"lead_id": 48213}, "lead_id:48213"),
        ({"lead_id": "  ", "contact_id": "C1"}, "contact_id:C1"),
        ({"lead_id": None, "phone_number": "+1 (415) 555-0132"}, "phone_number:+14155550132"),
        ({"lead_id": True}, None),
        ({"lead_id": ["L1"]}, None),
        ({"phone_number": 14155550132}, "phone_number:+14155550132"),
        ({"phone_number": "0014155550132"}, "phone_number:+14155550132"),
        ({"phone_number": "tel:+1-415-555-0132"}, "phone_number:+14155550132"),
        ({"phone_number": "(415) 555-0132"}, "phone_number:4155550132"),
        ({"phone_number": "0171 2345678"}, "phone_number:01712345678"),
        ({"phone_number": "anonymous"}, "phone_number:anonymous"),
        ({"email": " Zoe@X.org "}, "email:zoe@x.org"),
        ({"city": "Lyon"}, None),
    ],
)
def test_whom_an_event_is_about(data: dict[str, Json], key: str | None) -> None:
    assert key_of(data) == key


def test_an_older_event_only_adds() -> None:
    lead = after(None, {"lead_id": "L1", "city": "Lyon"})
    lead = after(lead, {"city": "Paris", "email": "z@x.org"}, at=NOW - timedelta(hours=1))

    assert (lead.fields["city"], lead.fields["email"]) == ("Lyon", "z@x.org")
    assert (lead.last_seen_at, lead.first_seen_at) == (NOW, NOW)


def test_an_event_of_tomorrow_is_seen_now() -> None:
    done = qualify(None, "lead_id:L1", event({}, at=NOW + timedelta(days=900)), USUALLY, {}, NOW, "exe_1")

    assert done.lead.last_seen_at == NOW


def test_our_own_events_are_no_news_of_a_score() -> None:
    assert merge_known({}, {"lead_score": 90, "city": "Lyon"}, SCORE_CHANGED, late=False) == {"city": "Lyon"}
    assert merge_known({}, {"lead_score": 90}, "call.ended", late=False) == {"lead_score": 90}


@given(
    st.dictionaries(st.text(max_size=120), st.text(max_size=1_100) | st.integers() | st.lists(st.text()), max_size=30)
)
def test_what_is_known_stays_small(told: dict[str, Json]) -> None:
    many = {f"known_{n}": n for n in range(95)} | {"lead_id": "L1"}
    known = merge_known(many, told, "call.ended", late=False)

    assert len(known) <= MOST_FIELDS
    assert known["lead_id"] == told.get("lead_id", "L1")
    assert all(len(value) <= 1_000 for value in known.values() if isinstance(value, str))


@pytest.mark.parametrize(
    ("changed", "place"),
    [
        ({"start": 101}, "start"),
        ({"threshold": 0}, "threshold"),
        ({"rows": (LeadRule(condition="", points=1, label="a"),)}, "rows[0].condition"),
        ({"rows": (LeadRule(condition="a.b(", points=1, label="a"),)}, "rows[0].condition"),
        ({"rows": (LeadRule(condition="a", points=0, label="a"),)}, "rows[0].points"),
        ({"rows": (LeadRule(condition="a", points=-101, label="a"),)}, "rows[0].points"),
        ({"rows": (LeadRule(condition="a", points=1, label=""),)}, "rows[0].label"),
        ({"rows": (LeadRule(condition="a", points=1, label="\u200b"),)}, "rows[0].label"),
        ({"rows": (LeadRule(condition="a", points=1, label="a"),) * 51}, "rows"),
    ],
)
def test_what_is_wrong_with_rules(changed: dict[str, Json], place: str) -> None:
    assert list(rules_problems(LeadRules(**{"start": 0, "threshold": 50, "rows": (), **changed}))) == [place]
