"""What many hooks of one type cost an event: milliseconds of CPU of asking them, without any I/O."""

import time
from collections.abc import Callable
from datetime import UTC, datetime

from engine.events.catalogue import load_catalogue
from engine.model import Action, Event, FilterRow, Filters, Hook, HookDefinition, Json, Operator, Role
from engine.rules.decisions import context_of, stopped_by
from engine.rules.index import HookIndex, build_index
from engine.rules.parts import Answers
from tests.bench.figures import Figure, table

NOW = datetime(2025, 9, 9, tzinfo=UTC)
RUNS = 3
CAMPAIGN = 7
OF_A_CAMPAIGN = 10


def main() -> None:
    print(table(measured(10_000, 1_000, rounds=20)))


def measured(many: int, asked: int, rounds: int) -> list[Figure]:
    first = CAMPAIGN * OF_A_CAMPAIGN
    cases = {
        f"{OF_A_CAMPAIGN} hooks, all match": [by_filter(n) for n in range(first, first + OF_A_CAMPAIGN)],
        f"{many:,} hooks, {OF_A_CAMPAIGN} match, by a filter": [by_filter(n) for n in range(many)],
        f"{many:,} hooks, {OF_A_CAMPAIGN} match, by a condition": [by_condition(n) for n in range(many)],
        f"{asked:,} hooks, all asked": [by_order(n) for n in range(asked)],
    }
    return [_figure(name, build_index(1, hooks), rounds) for name, hooks in cases.items()]


def fired(index: HookIndex, event: Event) -> list[int]:
    names = context_of(event, NOW, {})
    answers = Answers(names)
    asked = index.candidates(event, names)
    return [one.hook.id for one in asked if stopped_by(one, event, names, answers) is None]


def by_filter(number: int) -> Hook:
    return _hook(number, rows=_is("campaign_id", f"cmp_{number // OF_A_CAMPAIGN}"), condition="call_duration > 1")


def by_condition(number: int) -> Hook:
    return _hook(number, condition=f'call_duration > 1 and campaign_id == "cmp_{number // OF_A_CAMPAIGN}"')


def by_order(number: int) -> Hook:
    return _hook(number, rows=_is("country", "us"), condition=f'call_duration > {number} and sentiment == "positive"')


def _is(field: str, value: Json) -> tuple[FilterRow, ...]:
    return (FilterRow(field=field, operator=Operator.IS, value=value),)


def _figure(name: str, index: HookIndex, rounds: int) -> Figure:
    event = came()
    return Figure(name, "ms", tuple(_best(lambda: fired(index, event), rounds) for _ in range(RUNS)))


def _best(work: Callable[[], object], rounds: int) -> float:
    """On a machine that others use too, the quickest round is the steadiest."""
    took: list[float] = []
    for _ in range(rounds):
        began = time.process_time()
        work()
        took.append((time.process_time() - began) * 1000)
    return min(took)


def came() -> Event:
    data = {**load_catalogue().get("call.ended").sample, "campaign_id": f"cmp_{CAMPAIGN}"}
    return Event(id="e", type="call.ended", role=Role.AGENT, occurred_at=NOW, received_at=NOW, data=data)


def _hook(number: int, rows: tuple[FilterRow, ...] = (), condition: str = "") -> Hook:
    definition = HookDefinition(
        title=f"Hook {number}",
        key=f"hook-{number}",
        trigger="call.ended",
        actions=(Action(url="https://example.com/"),),
        filters=Filters(rows=rows),
        condition=condition,
    )
    return Hook(id=number + 1, version=1, definition=definition, created_at=NOW, updated_at=NOW)


if __name__ == "__main__":
    main()
