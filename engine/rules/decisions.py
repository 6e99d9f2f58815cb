"""How a hook decides an event: status, role, chain, filters, condition, limits, in that order; the first that fails
stops it.

`stopped_by` is the fast answer for live traffic, `explain` the same answer with its trace. Both are pure.
"""

from collections.abc import Mapping, Set
from dataclasses import replace
from datetime import datetime
from typing import Final, cast

from engine.access.permissions import TRIGGERED_BY, may_trigger
from engine.events.chains import has_run_in
from engine.events.subjects import entity_of
from engine.expressions.condition import Condition, ConditionError, names_for
from engine.expressions.values import cut
from engine.model import Decision, Event, Filters, Gate, Json, Limits, Match, Role, Status
from engine.model.labels import LABELS
from engine.rules import filters
from engine.rules.index import CompiledHook, compile_hook
from engine.rules.limits import expiry_in_words, is_expired
from engine.rules.misses import needs_of
from engine.rules.parts import Answers

Names = Mapping[str, Json]

LONGEST_REASON: Final = 1_000

context_of = names_for


def stopped_by(compiled: CompiledHook, event: Event, names: Names, answers: Answers | None = None) -> Gate | None:
    """The first gate that stops the hook for an event; None if it fires. `names` are the event's, and `answers` those
    that hooks have had about it."""
    definition = compiled.hook.definition
    if not definition.enabled:
        return Gate.STATUS
    if not may_trigger(definition.role, event.role):
        return Gate.ROLE
    if event.chain and has_run_in(event.chain, compiled.hook.id, event.data):
        return Gate.CHAIN
    answers = answers or Answers(names)
    if compiled.rows and not _filters_match(compiled, answers):
        return Gate.FILTERS
    if not _condition_holds(compiled, answers):
        return Gate.CONDITION
    if definition.limits.expires_at is not None and is_expired(definition.limits, names["now"]):
        return Gate.LIMITS
    return None


def _filters_match(compiled: CompiledHook, answers: Answers) -> bool:
    wanted = compiled.hook.definition.filters
    settling = wanted.match is Match.ANY
    for row in compiled.rows:
        answer = answers.holds(row)
        if answer is None:
            return filters.matches(wanted, answers.names)
        if answer is settling:
            return settling
    return not settling


def _condition_holds(compiled: CompiledHook, answers: Answers) -> bool:
    condition = compiled.condition
    if isinstance(condition, ConditionError):
        return False
    for part in compiled.parts:
        answer = answers.holds(part)
        if answer is None:
            return condition.evaluate(answers.names) is True
        if not answer:
            return False
    return True


def explain(compiled: CompiledHook, event: Event, at: datetime, aliases: Mapping[str, str]) -> Decision:
    """Evaluates every gate, also after one that stopped the hook; `at` is the condition's `now`."""
    names = names_for(event, at, aliases)
    gates = {
        Gate.STATUS: _status(compiled),
        Gate.ROLE: _role(compiled, event.role),
        **({Gate.CHAIN: _chain(compiled, event)} if event.chain else {}),
        Gate.FILTERS: _filters(compiled, names),
        Gate.CONDITION: _condition(compiled.condition, names),
    }
    if expiry := expiry_in_words(compiled.hook.definition.limits, at):
        gates[Gate.LIMITS] = {"holds": not is_expired(compiled.hook.definition.limits, at), "reason": expiry}
    gate = stopped_by(compiled, event, names)
    return Decision(
        hook_id=compiled.hook.id or None,
        hook_version=compiled.hook.version or None,
        fired=gate is None,
        gate=gate,
        reason="All of its gates let the event through." if gate is None else gates[gate]["reason"],
        trace={str(name): parts for name, parts in gates.items()},
        needs=() if gate is None else needs_of(compiled, event, names),
    )


def limited(decision: Decision, status: Status, reason: str) -> Decision:
    """Adds the effect and the reason of limits on an execution of a hook that fired."""
    skipped = status is Status.SKIPPED
    decision = replace(decision, trace={**decision.trace, str(Gate.LIMITS): {"holds": not skipped, "reason": reason}})
    return replace(decision, fired=False, gate=Gate.LIMITS, reason=reason) if skipped else decision


def without_gates(compiled: CompiledHook, without: Set[Gate], role: Role) -> CompiledHook:
    """The hook without some of its gates, for an event of that role."""
    if not without:
        return compiled
    definition = compiled.hook.definition
    if Gate.STATUS in without:
        definition = replace(definition, enabled=True)
    if Gate.ROLE in without:
        definition = replace(definition, role=role)
    if Gate.FILTERS in without:
        definition = replace(definition, filters=Filters())
    if Gate.CONDITION in without:
        definition = replace(definition, condition="")
    if Gate.LIMITS in without:
        definition = replace(definition, limits=Limits())
    return compile_hook(replace(compiled.hook, definition=definition))


def _status(compiled: CompiledHook) -> dict[str, Json]:
    enabled = compiled.hook.definition.enabled
    return {"holds": enabled, "reason": "The hook is enabled." if enabled else "The hook is disabled."}


def _role(compiled: CompiledHook, role: Role) -> dict[str, Json]:
    wanted = compiled.hook.definition.role
    holds = may_trigger(wanted, role)
    verb = "is" if holds else "is not"
    accepted = [LABELS[one] for one in Role if one in TRIGGERED_BY[wanted]]
    reason = f"The event's role {LABELS[role]} {verb} one that this hook listens to ({', '.join(accepted)})."
    return {"holds": holds, "reason": reason}


def _chain(compiled: CompiledHook, event: Event) -> dict[str, Json]:
    """For an event that a hook emitted."""
    if not has_run_in(event.chain, compiled.hook.id, event.data):
        return {"holds": True, "reason": "The event was made by a hook, and this hook has not run in its chain yet."}
    about = entity_of(event.data)
    lead = f"for {about.replace(':', ' ', 1)} " if about else ""
    return {
        "holds": False,
        "reason": f"This hook ran {lead}already in the chain that made the event: it would loop.",
    }


def _filters(compiled: CompiledHook, names: Names) -> dict[str, Json]:
    wanted = compiled.hook.definition.filters
    rows = filters.explain(wanted, names)
    holds = filters.matches(wanted, names)
    failed = [row.reason for row in rows if not row.holds]
    reason = "There are no filters."
    if rows and holds:
        reason = "All filters match." if wanted.match == "all" else "At least one filter matches."
    elif rows:
        reason = failed[0] if wanted.match is Match.ALL else cut("; ".join(failed), LONGEST_REASON)
    return {"match": str(wanted.match), "holds": holds, "reason": reason, "rows": [row.to_json() for row in rows]}


def _condition(condition: Condition | ConditionError, names: Names) -> dict[str, Json]:
    if isinstance(condition, ConditionError):
        reason = f"The condition cannot be read: {condition}"
        return {"source": "", "verdict": None, "reason": reason, "tree": None}
    if condition.empty:
        return {"source": "", "verdict": True, "reason": "There is no condition.", "tree": None}
    explanation = condition.explain(names)
    return {
        "source": condition.source,
        "verdict": explanation.verdict,
        "reason": explanation.reason,
        "tree": cast("Json", explanation.to_json()),
    }
