"""What a test came to: the verdict in a sentence, the trace, the request, and with Send the response."""

from collections.abc import Callable, Set
from typing import Final

from nicegui import ui

from dashboard.components.http_call import HttpCall
from dashboard.components.needed import show_needed
from dashboard.components.prose import prose
from dashboard.components.text import Text
from dashboard.components.trace import Trace, not_asked
from dashboard.components.verdict import Verdict
from dashboard.curl import curl_of
from engine import LABELS, Attempt, Decision, Execution, Gate, Status, TestResult

_MEND: Final = {
    Gate.STATUS: "Enable the hook and save it, then send again.",
    Gate.ROLE: "Choose a role under “Act as role” that this hook listens to, or change the hook's role.",
    Gate.FILTERS: "Change the event's data so that the filters match, or change the filters.",
    Gate.CONDITION: "Change the event's data so that the condition holds, or change the condition.",
    Gate.LIMITS: "Send passes by cooldown, runs per hour and hours; a hook that has expired needs a later end.",
}


def show_result(
    result: TestResult, *, without: Set[Gate], refused: bool, bring: bool, below: Callable[[], None]
) -> None:
    """`without` are the gates that were not asked; `refused` where it was to be sent, and would not fire.

    `bring` brings it into view; `below` adds what stands below the verdict.
    """
    decision, execution = result.decision, result.execution
    if execution:
        _show_execution(execution, bring=bring)
    else:
        _show_decision(decision, without=without, refused=refused, bring=bring)
    if without:
        Text("p", not_asked(without), "ti-info ti-unasked")
    below()
    if execution and execution.attempts:
        _show_answer(execution.attempts[-1])
    show_needed(decision)
    heading("Why")
    Trace(decision, without)
    for number, request in enumerate(result.requests, start=1):
        title = "Request" if len(result.requests) == 1 else f"Request {number}"
        note = "as it went out" if execution else "as it would go out" if decision.fired else "if it fired"
        problem = result.problems.get(number - 1)
        HttpCall.request(request, title, curl=curl_of(request)).props["note"] = "not filled in yet" if problem else note
        if problem:
            prose("p", f"Not filled in before the call: {problem}", "ti-info ti-unfilled")


def show_waiting() -> None:
    Verdict("wait", "Sending…", "Waiting for the answer.", bring=True)


def heading(text: str) -> None:
    Text("h3", text, "ti-heading")


def _show_decision(decision: Decision, *, without: Set[Gate], refused: bool, bring: bool) -> None:
    if decision.fired:
        said = "Every gate that was asked" if without else "Every gate"
        held = decision.trace.get(Gate.LIMITS, {}).get("reason", "")
        Verdict("yes", "Would fire", f"{said} lets this event through. {held}".strip(), bring=bring)
        return
    tone = "unknown" if _is_unknown(decision) else "no"
    said = "Nothing was sent, since it would not fire" if refused else "Would not fire"
    Verdict(tone, f"{said}: {_inside_a_sentence(decision.reason)}", _mend(decision), bring=bring)


def _show_execution(execution: Execution, *, bring: bool) -> None:
    last = execution.attempts[-1] if execution.attempts else None
    if execution.status is Status.SUCCEEDED and last:
        Verdict(
            "yes", f"Delivered: the receiver answered {last.status_code}", f"In {last.latency_ms:.0f} ms.", bring=bring
        )
    elif last and last.error:
        Verdict("no", f"Not delivered: {LABELS[last.error.error_class].lower()}", last.error.message, bring=bring)
    else:
        Verdict(
            "unknown", "No answer yet", "It goes on in the background; its end appears under Executions.", bring=bring
        )


def _show_answer(attempt: Attempt) -> None:
    if attempt.response:
        HttpCall.response(attempt.response, attempt.latency_ms)
    else:
        with ui.element("section").classes("ti-call"):
            Text("h4", "Response", "ti-call-title")
            Text("p", f"None. The call ended after {attempt.latency_ms:.0f} ms.", "ti-hint")


def _inside_a_sentence(reason: str) -> str:
    return (reason[:1].lower() + reason[1:]).removesuffix(".")


def _is_unknown(decision: Decision) -> bool:
    return decision.gate is Gate.CONDITION and decision.trace[Gate.CONDITION]["verdict"] is None


def _mend(decision: Decision) -> str:
    return _MEND[decision.gate] if decision.gate else ""
