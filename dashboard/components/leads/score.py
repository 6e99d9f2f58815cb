"""A score as a sum: the base, what each rule added, and why the other rules did not apply."""

from nicegui import ui

from dashboard.components.basics.prose import prose
from dashboard.components.basics.text import Text
from engine import Score, ScoredRow


def show_score(score: Score) -> None:
    with ui.element("ul").classes("th-sum"):
        _line(str(score.start), "Every score begins here", "")
        for row in score.rows:
            if row.counted:
                _row(row)
        with ui.element("li").classes("is-total"):
            Text("b", str(score.value))
            Text("span", _verdict(score))
    others = [row for row in score.rows if not row.counted]
    if others:
        with ui.element("details").classes("th-sum-others"):
            Text("summary", "1 rule did not count" if len(others) == 1 else f"{len(others)} rules did not count")
            with ui.element("ul").classes("th-sum is-quiet"):
                for row in others:
                    _row(row)


def _row(row: ScoredRow) -> None:
    _line(f"{row.points:+d}", row.label, row.reason)


def _line(points: str, label: str, reason: str) -> None:
    with ui.element("li"):
        Text("b", points)
        with ui.element("span"):
            Text("span", label)
            if reason:
                prose("small", reason, "th-muted")


def _verdict(score: Score) -> str:
    total = score.start + sum(row.points for row in score.rows if row.counted)
    bounded = "" if total == score.value else f" (of {total}: a score stays within 0 and 100)"
    verdict = "it qualifies" if score.value >= score.threshold else "it does not qualify"
    return f"in all{bounded}; {verdict}, which takes {score.threshold}"
