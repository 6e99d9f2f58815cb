"""The chain of an execution: boxes from its root event through hooks and events to all that followed."""

from collections.abc import Callable, Iterator

from nicegui import ui

from dashboard.components.basics.addresses import event_address
from dashboard.components.basics.text import Text
from engine import LABELS, Chain, ChainedEvent, ChainedRun


def show_chain(chain: Chain, here: str, label: Callable[[str], str]) -> None:
    """`here` is the current execution, and `label` returns the name of an event type."""
    if chain.cut:
        Text("p", "It began earlier; what came before is not kept any more.", "th-muted")
    with ui.element("div").classes("th-chain"):
        _draw(chain.root, here, label)
    if chain.more:
        Text("p", "More came of it than is shown here. Open a later hook to see what came of that.", "th-muted")


def events_of(chain: Chain) -> frozenset[str]:
    """The ids of all its events."""

    def walk(event: ChainedEvent) -> Iterator[str]:
        yield event.id
        for run in event.runs:
            for child in run.made:
                yield from walk(child)

    return frozenset(walk(chain.root))


def _draw(step: ChainedEvent | ChainedRun, here: str, label: Callable[[str], str]) -> None:
    """On one line while each step has a single successor; from a branch on, one line per successor."""
    with ui.element("ol").classes("th-chain-line"):
        _box(step, here, label)
        while len(following := _following(step)) == 1:
            step = following[0]
            _box(step, here, label)
    if following:
        with ui.element("ul").classes("th-chain-branches"):
            for branch in following:
                with ui.element("li"):
                    _draw(branch, here, label)


def _following(step: ChainedEvent | ChainedRun) -> tuple[ChainedEvent, ...] | tuple[ChainedRun, ...]:
    return step.runs if isinstance(step, ChainedEvent) else step.made


def _box(step: ChainedEvent | ChainedRun, here: str, label: Callable[[str], str]) -> None:
    with ui.element("li"), ui.element("a").classes("th-chain-box") as box:
        if isinstance(step, ChainedEvent):
            box.props["href"] = event_address(step.id)
            Text("span", "Event", "th-chain-kind")
            Text("span", label(step.type), "th-chain-name")
            return
        execution = step.execution
        box.classes("is-hook").props["href"] = f"/executions/{execution.id}"
        if execution.id == here:
            box.classes("is-here").props["aria-current"] = "true"
        Text("span", "Hook, this one" if execution.id == here else "Hook", "th-chain-kind")
        Text("span", execution.hook_title, "th-chain-name")
        Text("span", LABELS[execution.status], f"th-chip is-{execution.status}")
