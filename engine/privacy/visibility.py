"""What an actor sees of personal data: all of it, or with the sensitive fields masked wherever they occur. Pure."""

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeVar, cast

from engine.delivery.testing import TestResult
from engine.errors import NotAllowed
from engine.events.subjects import NAMES, NUMBERS, OTHERS, field_and_value
from engine.expressions.condition import ConditionError, compile_condition
from engine.expressions.reaching import DATA, way_of
from engine.history.field_profile import FieldProfile, FieldWarning, Profile
from engine.history.look_back import Decided
from engine.hooks.cases import CaseResult
from engine.model import (
    Action,
    Attempt,
    Decision,
    Event,
    Execution,
    Filters,
    Hook,
    HookDefinition,
    Job,
    Json,
    Need,
    Notice,
    Request,
    Response,
    Shortfall,
    Task,
    View,
    unchanged,
)
from engine.model.leads import Lead, LeadChange
from engine.model.metrics import Series
from engine.model.sources import SourceBody
from engine.ports import Recorded
from engine.privacy.inherited import all_of
from engine.privacy.masking import Veil, folded, masked, masked_loosely
from engine.rules.misses import NearMiss
from engine.rules.progress import ActionProgress
from engine.secrets.redaction import Redaction, host_of

V = TypeVar("V")
WORDS: Final = frozenset({"operator", "match"})
"""The parts of a trace that come from the product, not from the event."""


@dataclass(frozen=True, slots=True)
class Sight:
    """`fields` are masked, and of addresses that hooks call only the host is shown, unless `addresses`: the path may
    hold a key. Without any of this, everything is shown as it is."""

    fields: frozenset[str] = frozenset()
    addresses: bool = True

    @property
    def clear(self) -> bool:
        return not self.fields and self.addresses

    def or_none(self, view: V) -> V | None:
        """For searches: one of these methods, or None if it changes nothing."""
        return None if self.clear else view

    @property
    def events(self) -> View:
        """How stored events show; the same view for as long as this is the same object."""
        return unchanged if self.clear else self.event

    def event(self, event: Event) -> Event:
        if self.clear:
            return event
        veil = self._veil(all_of(event))
        data, attributes, _ = cast("Sequence[dict[str, Json]]", [*veil.data.values()])
        chain = tuple(replace(link, entity=veil.text(link.entity)) for link in event.chain)
        return replace(event, data=data, chain=chain, attributes=attributes, inherited={})

    def recorded(self, recorded: Recorded) -> Recorded:
        return recorded if self.clear else replace(recorded, event=self.event(recorded.event))

    def decision(self, decision: Decision, event: Event) -> Decision:
        """`event` is unmasked."""
        return decision if self.clear else _decision(decision, self._veil(all_of(event)))

    def decided(self, found: Decided) -> Decided:
        if self.clear:
            return found
        veil = self._veil(all_of(found.recorded.event))
        decisions = tuple(_decision(decision, veil) for decision in found.decisions)
        return replace(found, recorded=self.recorded(found.recorded), decisions=decisions)

    def execution(self, execution: Execution, event: Event) -> Execution:
        """`event` is unmasked."""
        if self.clear:
            return execution
        veil = self._veil(all_of(event))
        attempts = tuple(self._attempt(attempt, veil) for attempt in execution.attempts)
        about, reason = self.about(veil.text(execution.about)), veil.text(execution.reason)
        return replace(execution, about=about, reason=reason, attempts=attempts)

    def job(self, job: Job) -> Job:
        if self.clear:
            return job
        return replace(job, event=self.event(job.event), execution=self.execution(job.execution, job.event))

    def progress(self, progress: ActionProgress, event: Event) -> ActionProgress:
        if self.clear:
            return progress
        veil = self._veil(all_of(event))
        attempts = tuple(self._attempt(attempt, veil) for attempt in progress.attempts)
        action = self.action(progress.action)
        return replace(progress, action=action, attempts=attempts, reason=veil.text(progress.reason))

    def definition(self, definition: HookDefinition) -> HookDefinition:
        if self.addresses:
            return definition
        return replace(definition, actions=tuple(map(self.action, definition.actions)))

    def action(self, action: Action) -> Action:
        if self.addresses:
            return action
        body = None if action.body is None else Redaction().body(action.body)
        return replace(action, url=host_of(action.url), body=body)

    def request(self, request: Request) -> Request:
        """One that would go out, for data that the actor has given."""
        return request if self.addresses else replace(request, url=host_of(request.url))

    def hook(self, hook: Hook) -> Hook:
        return hook if self.addresses else replace(hook, definition=self.definition(hook.definition))

    def tested(self, result: TestResult) -> TestResult:
        """A dry run on data that the actor has given."""
        if self.addresses:
            return result
        course = tuple(replace(one, action=self.action(one.action)) for one in result.course)
        return replace(result, requests=tuple(map(self.request, result.requests)), course=course)

    def about(self, text: str) -> str:
        """Who an execution is about, for lists, where its event is not available."""
        if self.clear or not text:
            return text
        if not self.fields.isdisjoint((*NAMES, *OTHERS)):
            return masked(text)
        if self.fields.isdisjoint(NUMBERS):
            return text
        whole = masked(text)
        return masked_loosely(text) if whole.startswith("•••") else whole

    def reason(self, execution: Execution) -> str:
        """Why it was held or skipped, for lists: of the event it contains only the subject."""
        field, value = field_and_value(execution.subject)
        return execution.reason.replace(value, masked(value)) if field in self.fields else execution.reason

    def miss(self, miss: NearMiss, event: Event | None) -> NearMiss:
        """A distance reveals the value found, so it is masked with it."""
        if self.clear:
            return miss
        found = self._veil(all_of(event)).text(miss.found) if event else masked(miss.found)
        return miss if found == miss.found else replace(miss, found=found, distance=None)

    def for_tests(self, draft: HookDefinition, saved: HookDefinition | None) -> View:
        """How stored events show to a draft: masked, since a value could be found out step by step from which events
        match; as they are if the saved hook tests the same. Raises NotAllowed for a draft that names a masked field."""
        if self.clear or (saved is not None and _test_inputs(draft) == _test_inputs(saved)):
            return unchanged
        with contextlib.suppress(ConditionError):
            if hidden := sorted(path for path in _reads(draft) if self._hides(path)):
                shown = max(hidden, key=len)
                message = f"It asks stored events for `{shown}`, which is masked for you. Ask a Manager to try it."
                raise NotAllowed(message)
        return self.event

    def profile(self, profile: Profile) -> Profile:
        if self.clear:
            return profile
        return replace(profile, fields={path: self._field(one) for path, one in profile.fields.items()})

    def doubts(self, doubts: Sequence[FieldWarning], profile: Profile) -> list[FieldWarning]:
        hidden = [str(value) for path, one in profile.fields.items() if self._hides(path) for value, _ in one.values]
        veil = Veil({"hidden": hidden}, frozenset({"hidden"}))
        return [replace(doubt, text=veil.text(doubt.text)) for doubt in doubts]

    def case(self, result: CaseResult) -> CaseResult:
        if self.clear:
            return result
        veil = self._veil(result.case.data)
        return replace(result, case=replace(result.case, data=veil.data), decision=_decision(result.decision, veil))

    def task(self, task: Task) -> Task:
        """Masks its lead, and in its texts mentions of it, and of the event that it was made from."""
        if self.clear:
            return task
        definition = task.definition
        veil = self._veil({"(lead)": definition.lead, "(inherited)": task.inherited})
        title, notes = (masked_loosely(veil.text(text)) for text in (definition.title, definition.notes))
        lead = cast("dict[str, Json]", veil.data["(lead)"])
        person = veil.text(definition.assigned_to)
        shown = replace(definition, title=title, notes=notes, assigned_to=person, lead=lead)
        return replace(task, definition=shown, inherited={})

    def lead(self, lead: Lead) -> Lead:
        if self.clear:
            return lead
        veil = self._veil(lead.fields)
        rows = tuple(replace(row, reason=veil.text(row.reason)) for row in lead.score.rows)
        return replace(
            lead,
            key=veil.text(lead.key),
            name=veil.text(lead.name),
            fields=veil.data,
            score=replace(lead.score, rows=rows),
        )

    def changes(self, changes: Sequence[LeadChange], lead: Lead) -> Sequence[LeadChange]:
        """`lead` is unmasked."""
        if self.clear:
            return changes
        veil = self._veil(lead.fields)
        return [replace(change, reason=veil.text(change.reason)) for change in changes]

    def notice(self, notice: Notice) -> Notice:
        if self.clear:
            return notice
        veil = self._veil(notice.inherited)
        title, text = (masked_loosely(veil.text(one)) for one in (notice.title, notice.text))
        return replace(notice, title=title, text=text, link=veil.text(notice.link), inherited={})

    def series(self, series: Series) -> Series:
        """A label may come from any field of an event, so it is masked wherever it looks like personal data."""
        if self.clear:
            return series
        return replace(series, label=masked_loosely(series.label), label_name=masked_loosely(series.label_name))

    def posted(self, body: SourceBody) -> SourceBody:
        """Its fields have the platform's names, so that it is masked wherever it looks like personal data."""
        if self.clear:
            return body
        headers = {name: masked_loosely(value) for name, value in body.headers.items()}
        return replace(body, body=masked_loosely(body.body), query=masked_loosely(body.query), headers=headers)

    def _attempt(self, attempt: Attempt, veil: Veil) -> Attempt:
        shown = _attempt(attempt, veil)
        return shown if self.addresses else replace(shown, request=self.request(shown.request))

    def _veil(self, data: Mapping[str, Json]) -> Veil:
        return Veil(data, self.fields)

    def _hides(self, path: str) -> bool:
        return not self.fields.isdisjoint(folded(path).split("."))

    def _field(self, field: FieldProfile) -> FieldProfile:
        if self._hides(field.path):
            return replace(field, values=tuple((masked(str(value)), count) for value, count in field.values))
        return replace(field, values=tuple((_loosely(value), count) for value, count in field.values))


def _reads(draft: HookDefinition) -> set[str]:
    """The paths and keys that its condition and filters read. Raises ConditionError."""
    condition, ways = compile_condition(draft.condition), [way_of(row.field) for row in draft.filters.rows]
    inner = {DATA for way in ways if way.own}
    of_filters = {name for way in ways for name in (way.path, *way.names)}
    return {*condition.paths, *condition.keys(), *of_filters, *inner}


def _test_inputs(definition: HookDefinition) -> tuple[str, str, Filters]:
    return definition.trigger, definition.condition, definition.filters


def _loosely(value: Json) -> Json:
    return masked_loosely(value) if isinstance(value, str) else value


def _decision(decision: Decision, veil: Veil) -> Decision:
    return replace(
        decision,
        reason=veil.text(decision.reason),
        trace=veil.json(decision.trace, but=WORDS),
        needs=tuple(_need(one, veil) for one in decision.needs),
    )


def _need(need: Need, veil: Veil) -> Need:
    """A distance reveals a masked value, so it is masked too."""
    wanted = veil.text(need.wanted)
    either = tuple(_shortfall(one, veil) for one in need.either)
    if wanted != need.wanted:
        either = tuple(replace(one, away="") for one in either)
    return replace(need, wanted=wanted, either=either)


def _shortfall(one: Shortfall, veil: Veil) -> Shortfall:
    shown = replace(one, part=veil.text(one.part), found=veil.text(one.found))
    return shown if shown == one else replace(shown, away="")


def _attempt(attempt: Attempt, veil: Veil) -> Attempt:
    error = attempt.error
    return replace(
        attempt,
        request=_request(attempt.request, veil),
        response=_response(attempt.response, veil) if attempt.response else None,
        error=replace(error, message=veil.text(error.message)) if error else None,
    )


def _request(request: Request, veil: Veil) -> Request:
    body = None if request.body is None else veil.text(request.body)
    return replace(request, url=veil.text(request.url), headers=_headers(request.headers, veil), body=body)


def _response(response: Response, veil: Veil) -> Response:
    return replace(response, headers=_headers(response.headers, veil), body=veil.text(response.body))


def _headers(headers: Mapping[str, str], veil: Veil) -> dict[str, str]:
    return {name: veil.text(value) for name, value in headers.items()}
