"""Lead scoring: rules over a lead's known fields, each with a reason. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from engine.expressions.condition import Condition, ConditionError, compile_condition
from engine.model import Json
from engine.model.leads import LeadRule, LeadRules, Score, ScoredRow
from engine.model.text.names import name_problem

LOWEST, HIGHEST = 0, 100
MOST_ROWS = 50
MAX_LABEL = 100
HOT, WARM = 80, 40

USUAL: Final = LeadRules(
    start=30,
    threshold=60,
    rows=(
        LeadRule(condition='sentiment == "positive"', points=20, label="Positive call"),
        LeadRule(condition='sentiment == "negative"', points=-20, label="Negative call"),
        LeadRule(condition="call_duration > 60", points=15, label="Talked for more than a minute"),
        LeadRule(condition="in_voicemail == true", points=-10, label="Reached voicemail"),
        LeadRule(
            condition="exists(appointment_id) or appointment_booked == true", points=30, label="Booked an appointment"
        ),
        LeadRule(condition="exists(cancelled_by)", points=-20, label="Cancelled an appointment"),
        LeadRule(condition="lead_score >= 80", points=20, label="Rated 80 or more by its source"),
        LeadRule(condition="exists(budget)", points=10, label="Named a budget"),
        LeadRule(condition="opt_out == true", points=-100, label="Opted out"),
    ),
)


@dataclass(frozen=True, slots=True)
class CompiledRules:
    rules: LeadRules
    conditions: tuple[Condition, ...]


def compile_rules(rules: LeadRules) -> CompiledRules:
    """Raises ConditionError, which cannot happen for saved rules."""
    return CompiledRules(rules, tuple(compile_condition(row.condition) for row in rules.rows))


def score(compiled: CompiledRules, names: Mapping[str, Json]) -> Score:
    """A rule counts only if it is true: one with unknown fields does not."""
    rules = compiled.rules
    rows = tuple(_scored(row, condition, names) for row, condition in zip(rules.rows, compiled.conditions, strict=True))
    total = rules.start + sum(row.points for row in rows if row.counted)
    value = min(HIGHEST, max(LOWEST, total))
    return Score(value=value, start=rules.start, threshold=rules.threshold, rows=rows)


def rules_problems(rules: LeadRules) -> dict[str, str]:
    """By field, such as `rows[1].condition`; empty if they could be saved."""
    problems = {
        "start": None if LOWEST <= rules.start <= HIGHEST else f"From {LOWEST} to {HIGHEST}.",
        "threshold": None if LOWEST < rules.threshold <= HIGHEST else f"From {LOWEST + 1} to {HIGHEST}.",
        "rows": None if len(rules.rows) <= MOST_ROWS else f"At most {MOST_ROWS} rules.",
    }
    for index, row in enumerate(rules.rows):
        place = f"rows[{index}]"
        problems[f"{place}.condition"] = _condition_problem(row.condition)
        problems[f"{place}.points"] = None if 1 <= abs(row.points) <= HIGHEST else "From -100 to 100, and not 0."
        problems[f"{place}.label"] = _label_problem(row.label)
    return {place: problem for place, problem in problems.items() if problem}


def category(value: int) -> str:
    """The score's category in the catalogue's terms."""
    return "hot" if value >= HOT else "warm" if value >= WARM else "cold"


def why(found: Score) -> str:
    """The rules that counted, on one line: `Positive call (+20), Reached voicemail (-10)`."""
    return _line(row for row in found.rows if row.counted) or "No rule counts."


def difference(before: Score, after: Score) -> str:
    """What changed between two scores, on one line."""
    old, new = _counted(before.rows), _counted(after.rows)
    added = _line(row for row in after.rows if row.counted and _name(row) not in old)
    removed = _line(row for row in before.rows if row.counted and _name(row) not in new)
    parts = [added, f"no longer: {removed}" if removed else ""]
    if before.start != after.start:
        parts.append(f"scores begin at {after.start} now, not at {before.start}")
    return "; ".join(part for part in parts if part) or why(after)


def _scored(row: LeadRule, condition: Condition, names: Mapping[str, Json]) -> ScoredRow:
    explanation = condition.explain(names)
    return ScoredRow(
        label=row.label,
        condition=row.condition,
        points=row.points,
        counted=explanation.verdict is True,
        reason=explanation.reason.replace("in this event", "known of this lead"),
    )


def _condition_problem(source: str) -> str | None:
    if not source.strip():
        return "Write when these points count, such as call_duration > 60."
    try:
        compile_condition(source)
    except ConditionError as error:
        return str(error)
    return None


def _label_problem(label: str) -> str | None:
    if not 1 <= len(label) <= MAX_LABEL:
        return f"Say in 1 to {MAX_LABEL} characters what the points are for."
    return name_problem(label, "name")


def _name(row: ScoredRow) -> tuple[str, int]:
    return row.condition, row.points


def _counted(rows: Sequence[ScoredRow]) -> set[tuple[str, int]]:
    return {_name(row) for row in rows if row.counted}


def _line(rows: Iterable[ScoredRow]) -> str:
    return ", ".join(f"{row.label} ({row.points:+d})" for row in rows)
