"""An execution's requests and responses: by attempt, or by action if the hook has several."""

from collections.abc import Sequence
from typing import Final

from nicegui import ui

from dashboard.components.basics.copy_button import CopyButton
from dashboard.components.basics.fact import Moment
from dashboard.components.basics.prose import prose
from dashboard.components.basics.sentence import shortly
from dashboard.components.basics.text import Text
from dashboard.components.execution.http_call import HttpCall
from dashboard.curl.command_line import curl_of
from engine import LABELS, ActionProgress, ActionState, Attempt

_CHIPS: Final = {
    ActionState.DELIVERED: ("Delivered", "succeeded"),
    ActionState.FAILED: ("Failed", "failed"),
    ActionState.FAILED_ON: ("Failed, and went on", "retrying"),
    ActionState.AGAIN: ("To be made again", "retrying"),
    ActionState.PASSED_OVER: ("Passed over", "cancelled"),
    ActionState.NOT_REACHED: ("Not reached", "cancelled"),
    ActionState.AHEAD: ("Waiting", "pending"),
}


def show_attempts(attempts: Sequence[Attempt]) -> None:
    for attempt in attempts:
        _show_attempt(attempt)


def show_passages(passages: Sequence[ActionProgress]) -> None:
    """Each action with its outcome; attempted ones expand to their attempts, with the newest open."""
    newest = max((one.number for passage in passages for one in passage.attempts), default=0)
    with ui.element("ol").classes("th-passages"):
        for passage in passages:
            with ui.element("li"):
                if not passage.attempts:
                    with ui.element("div").classes("th-passage"):
                        _show_line(passage)
                    continue
                with ui.element("details") as fold:
                    fold.props["open"] = any(one.number == newest for one in passage.attempts)
                    with ui.element("summary").classes("th-passage"):
                        _show_line(passage)
                    show_attempts(passage.attempts)


def went_in_words(passage: ActionProgress) -> str:
    """Details that the chip does not show."""
    tries = len(passage.attempts)
    match passage.state:
        case ActionState.PASSED_OVER:
            return passage.reason or "Its condition did not hold."
        case ActionState.NOT_REACHED:
            return "What came before it failed."
        case _ if passage.resumed:
            return f"{tries} attempts. Retries went on from here: what came before was not sent again."
        case _ if tries > 1:
            return f"{tries} attempts."
        case _:
            return ""


def _show_line(passage: ActionProgress) -> None:
    label, tone = _CHIPS[passage.state]
    Text("span", str(passage.index + 1), "th-passage-number")
    Text("span", str(passage.action.method), "th-call-lead")
    Text("code", shortly(passage.action.url))
    Text("span", label, f"th-chip is-{tone}")
    if outcome := went_in_words(passage):
        prose("span", outcome, "th-muted")


def _show_attempt(attempt: Attempt) -> None:
    with ui.element("div").classes("th-attempt"):
        with ui.element("div").classes("th-attempt-head"):
            Text("h3", f"Attempt {attempt.number}")
            Moment(attempt.started_at.isoformat())
            CopyButton("Copy as cURL", curl_of(attempt.request)).classes("is-small")
        if attempt.error:
            prose("p", f"{LABELS[attempt.error.error_class]}. {attempt.error.message}", "th-problem")
        HttpCall.request(attempt.request)
        if attempt.response:
            HttpCall.response(attempt.response, attempt.latency_ms)
            for remark in attempt.response.remarks:
                prose("p", remark, "th-muted")
