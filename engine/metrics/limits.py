"""When a limit is crossed. It fires on crossing, and again only after the value was back. Pure."""

from datetime import datetime, timedelta
from math import isfinite

from engine.model.metrics import Aggregate, Bucket, Comparison, Limit, Series
from engine.model.text.names import name_problem

LONGEST_WINDOW = 1_440
LARGEST = 1e15
MAX_NAME = 100


def is_beyond(limit: Limit, value: float) -> bool:
    """A value equal to the limit is not beyond it."""
    return value > limit.threshold if limit.comparison is Comparison.ABOVE else value < limit.threshold


def value_of(limit: Limit, found: Bucket | None, series: Series, now: datetime) -> float | None:
    """The value over the limit's window, of all that was recorded in it; None if it is undefined.

    An empty window has the sum 0 and no average. A sum that can still grow is not below any limit until the series is
    as old as the window.
    """
    if limit.aggregate is Aggregate.AVERAGE:
        return found.average if found else None
    young = now - series.created_at < timedelta(minutes=limit.window)
    if limit.comparison is Comparison.BELOW and young:
        return None
    return found.sum if found else 0.0


def turn(limit: Limit, was: bool | None, value: float | None) -> bool | None:
    """Whether it is beyond the limit now; None if that is unchanged or undefined."""
    if value is None:
        return None
    beyond = is_beyond(limit, value)
    return None if beyond == bool(was) else beyond


def limit_problems(limit: Limit) -> dict[str, str]:
    """By field; empty if it could be saved."""
    problems = {
        "metric": metric_problem(limit.metric),
        "threshold": None if isfinite(limit.threshold) and abs(limit.threshold) <= LARGEST else "Give a number.",
        "window": None if 1 <= limit.window <= LONGEST_WINDOW else f"From 1 to {LONGEST_WINDOW} minutes.",
        "label": label_problem(limit.label),
    }
    return {field: problem for field, problem in problems.items() if problem}


def metric_problem(name: str) -> str | None:
    """For a metric's name, which is part of URLs and events."""
    if not name:
        return "Give the metric a name, such as answer_rate."
    if len(name) > MAX_NAME or not all(part.isalnum() or part in "_.-" for part in name):
        return f"Letters, digits, dots, hyphens and underscores, at most {MAX_NAME}."
    return None


def label_problem(label: str) -> str | None:
    """For what parts a metric into series, such as the id of an agent; may be empty."""
    return f"At most {MAX_NAME} characters." if len(label) > MAX_NAME else name_problem(label, "label")
