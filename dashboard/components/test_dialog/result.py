"""The result of a test: the verdict in a sentence, the trace, the request, and the response if it was sent."""

from collections.abc import Callable, Sequence, Set
from typing import Final

from nicegui import ui

from dashboard.components.basics.prose import prose
from dashboard.components.basics.text import Text
from dashboard.components.decisions.needed import show_needed
from dashboard.components.decisions.trace import Trace, not_asked
from dashboard.components.decisions.verdict import Verdict
from dashboard.components.execution.attempts import show_passages
from dashboard.components.execution.http_call import HttpCall
from dashboard.curl.command_line import curl_of
from engine import LABELS, ActionProgress, ActionState, Attempt, Decision, Execution, Gate, Status, TestResult

_FIXES: Final = {
    Gate.STATUS: "Enable the hook and save it, then send again.",
    Gate.ROLE: "Choose a role under “Act as role” that this hook listens to, or change the hook's role.",
    Gate.FILTERS: "Change the event's data so that the filters match, or change the filters.",
    Gate.CONDITION: "Change the event's data so that the condition holds, or change the condition.",
    Gate.LIMITS: "Send passes by cooldown, runs per hour and hours; a hook that has expired needs a later end.",
}


def show_result(
    result: TestResult, *, without: Set[Gate], refused: bool, bring: bool, below: Callable[[], None]
) -> None:
    """`without` are the skipped gates; `refused` means it should have been sent but would not fire.

    `bring` scrolls it into view; `below` adds content below the verdict.
    """
    decision, execution = result.decision, result.execution
    several = len(result.course) > 1
    if execution:
        _show_execution(execution, result.course, bring=bring)
    else:
        _show_decision(decision, without=without, refused=refused, bring=bring)
    if without:
        Text("p", not_asked(without), "th-panel-info th-unasked")
    below()
    if execution and several:
        heading("Actions")
        show_passages(result.course)
    elif execution and execution.attempts:
        _show_answer(execution.attempts[-1])
    show_needed(decision)
    heading("Why")
    Trace(decision, without)
    if not (execution and several):
        _show_requests(result)


def show_waiting() -> None:
    Verdict("wait", "Sending…", "Waiting for the answer.", bring=True)


def heading(text: str) -> None:
    Text("h3", text, "th-heading")


def _show_requests(result: TestResult) -> None:
    """One for each action, or the one that was sent."""
    note = "as it went out" if result.execution else "as it would go out" if result.decision.fired else "if it fired"
    for index, request in enumerate(result.requests):
        several, problem = len(result.requests) > 1, result.problems.get(index)
        title = f"Action {index + 1}" if several else "Request"
        call = HttpCall.request(request, title, curl=curl_of(request))
        call.props["note"] = "not filled in yet" if problem else note
        if problem:
            prose("p", f"Not filled in before the call: {problem}", "th-panel-info th-unfilled")
        if when := result.course[index].action.when:
            prose("p", f"It runs if `{when}`.", "th-hint th-unfilled")


def _show_decision(decision: Decision, *, without: Set[Gate], refused: bool, bring: bool) -> None:
    if decision.fired:
        summary = "Every gate that was asked" if without else "Every gate"
        held = decision.trace.get(Gate.LIMITS, {}).get("reason", "")
        Verdict("yes", "Would fire", f"{summary} lets this event through. {held}".strip(), bring=bring)
        return
    tone = "unknown" if _is_unknown(decision) else "no"
    summary = "Nothing was sent, since it would not fire" if refused else "Would not fire"
    Verdict(tone, f"{summary}: {_inside_a_sentence(decision.reason)}", _how_to_fix(decision), bring=bring)


def _show_execution(execution: Execution, course: Sequence[ActionProgress], *, bring: bool) -> None:
    tried = [passage for passage in course if passage.attempts]
    failed = next((passage for passage in tried if passage.state is ActionState.FAILED), None)
    if failed and (error := failed.attempts[-1].error):
        summary = f"Action {failed.index + 1} was not delivered" if len(course) > 1 else "Not delivered"
        Verdict("no", f"{summary}: {LABELS[error.error_class].lower()}", error.message, bring=bring)
    elif execution.status is not Status.SUCCEEDED:
        Verdict(
            "unknown", "No answer yet", "It goes on in the background; its end appears under Executions.", bring=bring
        )
    elif not tried:
        Verdict("yes", "Nothing was to be sent", "No action's own condition holds for this event.", bring=bring)
    elif len(course) > 1:
        Verdict("yes", "Delivered", f"{len(tried)} of {len(course)} actions were called.", bring=bring)
    else:
        (last,) = tried[0].attempts
        summary = f"Delivered: the receiver answered {last.status_code}"
        Verdict("yes", summary, f"In {last.latency_ms:.0f} ms.", bring=bring)


def _show_answer(attempt: Attempt) -> None:
    if attempt.response:
        HttpCall.response(attempt.response, attempt.latency_ms)
    else:
        with ui.element("section").classes("th-call"):
            Text("h4", "Response", "th-call-title")
            Text("p", f"None. The call ended after {attempt.latency_ms:.0f} ms.", "th-hint")


def _inside_a_sentence(reason: str) -> str:
    return (reason[:1].lower() + reason[1:]).removesuffix(".")


def _is_unknown(decision: Decision) -> bool:
    return decision.gate is Gate.CONDITION and decision.trace[Gate.CONDITION]["verdict"] is None


def _how_to_fix(decision: Decision) -> str:
    return _FIXES[decision.gate] if decision.gate else ""
