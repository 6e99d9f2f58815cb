"""What an event changes about a lead: its identity, known fields, score and status, and the events to emit. Pure."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

import orjson

from engine.events.sources.fields import e164
from engine.expressions.condition import names_for
from engine.expressions.values import with_aliases
from engine.leads.scoring import CompiledRules, category, difference, score, why
from engine.model import Event, Json
from engine.model.leads import ChangeOf, Lead, LeadChange, LeadStatus, SaveLead, Score
from engine.model.text.names import plain_name

IDENTIFIED_BY: Final = ("lead_id", "contact_id", "phone_number", "email")
PERSON: Final = (*IDENTIFIED_BY, "first_name", "last_name", "city", "country", "timezone", "tags")
QUALIFIED, SCORE_CHANGED, STATUS_CHANGED = "lead.qualified", "lead.score_changed", "lead.status_changed"
MOST_FIELDS = 100
MOST_BYTES = 1_000
LONGEST_NAME = 100
FEWEST_DIGITS = 11

_OURS: Final = frozenset({QUALIFIED, SCORE_CHANGED, STATUS_CHANGED})
_OF_US: Final = frozenset({"lead_score", "lead_status", "lead_category"})
"""Fields that our own events add about the lead; they are not new information about it."""
_OPEN: Final = frozenset({LeadStatus.NEW, LeadStatus.CONTACTED, LeadStatus.WORKING})
_NOT_IN_A_NUMBER = re.compile(r"[\s().\-/]")


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadEmission:
    """An event to emit about a lead."""

    type: str
    data: Mapping[str, Json]


@dataclass(frozen=True, slots=True, kw_only=True)
class Qualified:
    """The changed lead, and the events to emit about it."""

    save: SaveLead
    emits: tuple[LeadEmission, ...]

    @property
    def lead(self) -> Lead:
        return self.save.lead


def key_of(data: Mapping[str, Json]) -> str | None:
    """Who the event is about: the first of lead_id, contact_id, phone_number and email that it has."""
    for field in IDENTIFIED_BY:
        value = data.get(field)
        if isinstance(value, str | int) and not isinstance(value, bool) and str(value).strip():
            text = str(value).strip()
            if field == "phone_number":
                text = one_number(text)
            elif field == "email":
                text = text.lower()
            return f"{field}:{text[:200]}"
    return None


def one_number(written: str) -> str:
    """The same text for a number however it is written: `+14155550132`, or without its country just the digits.

    Eleven digits or more begin with the country; fewer may be a national number of any country, and stay as they are.
    """
    plain = _NOT_IN_A_NUMBER.sub("", written)
    with_country = len(plain) >= FEWEST_DIGITS and plain.isdigit()
    found = e164(plain, international=with_country)
    return found or plain


def qualify(
    lead: Lead | None,
    key: str,
    event: Event,
    rules: CompiledRules,
    aliases: Mapping[str, str],
    at: datetime,
    execution_id: str,
) -> Qualified:
    """`lead` is the one stored under that key, or None."""
    seen_at = min(event.occurred_at, at)  # senders' clocks differ
    before = lead or _first(key, event, rules, seen_at)
    late = seen_at < before.last_seen_at
    fields = merge_known(before.fields, with_aliases(event.data, aliases), event.type, late=late)
    found = score(rules, names_for(replace(event, data=fields), at, {}))
    status, reason = _status_after(lead, before.status, found)
    after = replace(
        before,
        version=before.version + 1,
        name=name_of(fields) or before.name,
        status=status,
        status_by=before.status_by if status is before.status else "",
        score=found,
        fields=fields,
        last_seen_at=max(before.last_seen_at, seen_at),
        last_event_type=before.last_event_type if late else event.type,
    )
    changes = tuple(
        replace(change, event_id=event.id, execution_id=execution_id)
        for change in _changes(lead, before, after, reason, at)
    )
    save = SaveLead(lead=after, expected=before.version, changes=changes, event_id=event.id)
    return Qualified(save=save, emits=tuple(_emissions(before, after, by="agent", changed_by="automation")))


def with_status(lead: Lead, status: LeadStatus, by: str, reason: str, at: datetime, *, changed_by: str) -> Qualified:
    """A status set by a person; `changed_by` is `user` or `api`."""
    after = replace(lead, version=lead.version + 1, status=status, status_by=by)
    change = LeadChange(at=at, what=ChangeOf.STATUS, before=lead.status, after=status, reason=reason, by=by)
    emissions = _emissions(lead, after, by="user", changed_by=changed_by)
    return Qualified(save=SaveLead(lead=after, expected=lead.version, changes=(change,)), emits=tuple(emissions))


def merge_known(known: Mapping[str, Json], new: Mapping[str, Json], event_type: str, *, late: bool) -> dict[str, Json]:
    """The newest value of every field that is short enough to keep. A `late` event, older than what is known, only
    adds."""
    left_out = _OF_US if event_type in _OURS else frozenset[str]()
    news = {
        name: value
        for name, value in new.items()
        if value is not None and name not in left_out and len(name) <= LONGEST_NAME and _is_short(value)
    }
    merged = {**news, **known} if late else {**known, **news}
    if len(merged) > MOST_FIELDS:
        # Identity fields first, then known fields.
        order = sorted(merged, key=lambda name: (name not in PERSON, name not in known))
        merged = {name: merged[name] for name in order[:MOST_FIELDS]}
    return merged


def name_of(fields: Mapping[str, Json]) -> str:
    """At most 80 characters; empty if the fields have no name."""
    return plain_name(" ".join(str(fields[part]) for part in ("first_name", "last_name") if fields.get(part)))[:80]


def _is_short(value: Json) -> bool:
    if isinstance(value, str):
        return len(value) <= MOST_BYTES
    return not isinstance(value, list | dict) or len(orjson.dumps(value)) <= MOST_BYTES


def _first(key: str, event: Event, rules: CompiledRules, at: datetime) -> Lead:
    """A lead of which nothing is known yet."""
    start, threshold = rules.rules.start, rules.rules.threshold
    return Lead(
        id=0,
        key=key,
        version=0,
        name="",
        status=LeadStatus.NEW,
        score=Score(value=start, start=start, threshold=threshold, rows=()),
        first_seen_at=at,
        last_seen_at=at,
        last_event_type=event.type,
    )


def _status_after(lead: Lead | None, status: LeadStatus, found: Score) -> tuple[LeadStatus, str]:
    """Qualified when the score rises above the threshold, working again when it falls below. Other statuses set by
    people stay."""
    reaches = found.value >= found.threshold
    reached = lead is not None and lead.score.value >= lead.score.threshold
    if reaches and not reached and status in _OPEN:
        return LeadStatus.QUALIFIED, f"{found.value} reaches {found.threshold}: {why(found)}"
    if lead and reached and not reaches and status is LeadStatus.QUALIFIED and not lead.status_by:
        return LeadStatus.WORKING, f"{found.value} is below {found.threshold}"
    return status, ""


def _changes(lead: Lead | None, before: Lead, after: Lead, reason: str, at: datetime) -> list[LeadChange]:
    changes: list[LeadChange] = []
    if lead is None:
        first = f"Identified by {after.key.partition(':')[0]}."
        changes.append(LeadChange(at=at, what=ChangeOf.SEEN, before="", after=after.status, reason=first))
    if before.score.value != after.score.value:
        made = difference(before.score, after.score)
        values = str(before.score.value), str(after.score.value)
        changes.append(LeadChange(at=at, what=ChangeOf.SCORE, before=values[0], after=values[1], reason=made))
    if before.status is not after.status:
        change = LeadChange(at=at, what=ChangeOf.STATUS, before=before.status, after=after.status, reason=reason)
        changes.append(change)
    return changes


def _emissions(before: Lead, after: Lead, *, by: str, changed_by: str) -> Iterator[LeadEmission]:
    """The catalogue's fields, as far as they are known."""
    person = {name: after.fields[name] for name in PERSON if name in after.fields}
    old, new = before.score.value, after.score.value
    if old != new:
        reason = difference(before.score, after.score)
        scores = {"previous_score": old, "lead_score": new, "score_change": new - old, "reason": reason}
        yield LeadEmission(type=SCORE_CHANGED, data={**person, **scores})
    if before.status is after.status:
        return
    statuses = {"previous_status": before.status.value, "new_status": after.status.value, "changed_by": changed_by}
    yield LeadEmission(type=STATUS_CHANGED, data={**person, **statuses, "lead_score": new})
    if after.status is LeadStatus.QUALIFIED:
        qualified = {
            "lead_score": new,
            "lead_status": after.status.value,
            "lead_category": category(new),
            "qualification_reason": why(after.score) if by == "agent" else "Decided by a person",
            "qualified_by": by,
        }
        budget = {"budget": after.fields["budget"]} if "budget" in after.fields else {}
        yield LeadEmission(type=QUALIFIED, data={**person, **qualified, **budget})
