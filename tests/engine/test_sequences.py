"""Any list of actions, any answers, and the process killed anywhere: what was recorded as delivered is not sent again,
and a sequence keeps its order."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from unittest.mock import patch

from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine.actions.composer import Composer
from engine.actions.http import Outcome
from engine.delivery import attempts
from engine.delivery.attempts import INTERRUPTED, Attempts
from engine.delivery.breaker import Breaker
from engine.delivery.dispatch import Dispatcher
from engine.delivery.lane_settings import AllLaneSettings
from engine.events.catalogue import load_catalogue
from engine.feed import Feed
from engine.hooks.commands import Hooks
from engine.hooks.waiting import Waiting
from engine.model import (
    Action,
    Attempt,
    AttemptError,
    Delivery,
    ErrorClass,
    Event,
    Execution,
    Hook,
    HookDefinition,
    HookType,
    Job,
    Request,
    Response,
    Role,
    Run,
    Status,
)
from engine.model.states import FINISHED
from engine.ports import Progress
from engine.process.ids import Ids
from engine.process.supervisor import Supervisor
from engine.rules.index import build_index
from engine.rules.sequence import holds, last_of_each, names_of
from engine.secrets.vault import Vault
from tests.examples import times

AT = datetime(2025, 9, 9, 12, 0, tzinfo=UTC)
EVENT = Event(id="evt_1", type="call.ended", role=Role.AGENT, occurred_at=AT, received_at=AT, data={"n": 2})
PAUSES = (1.0, 1.0)
MOST_LIVES = 40


class Killed(BaseException):
    """The process is gone."""


@dataclass
class World:
    """What outlives the process: the store's rows, and what the receivers saw."""

    definition: HookDefinition
    answers: list[list[bool]]
    lives: Iterator[int]
    status: Status = Status.PENDING
    rows: dict[int, Attempt] = field(default_factory=dict)
    sent: list[int] = field(default_factory=list)
    delivered: set[int] = field(default_factory=set)
    ends: int = 0
    left: int = 0

    def step(self) -> None:
        """One of the moments at which the process may be gone; once it is, nothing more happens."""
        self.left -= 1
        if self.left <= 0:
            raise Killed

    # The store

    async def start(self, progress: Progress) -> None:
        self.step()
        assert progress.attempt is not None
        self.rows.setdefault(progress.attempt.number, progress.attempt)
        self.status = progress.execution.status
        self.step()

    async def record(self, progress: Progress) -> None:
        self.step()
        if progress.attempt:
            known = self.rows.get(progress.attempt.number)
            assert known is None or (known.action, known.error) == (progress.attempt.action, INTERRUPTED)
            self.rows[progress.attempt.number] = progress.attempt
            self.ends += 1
            self.delivered |= set() if progress.attempt.error else {progress.attempt.action}
        self.status = progress.execution.status
        self.step()

    # The receivers

    async def send(self, request: Request, seconds: float, success: object) -> Outcome:
        action = int(request.url.rpartition("/")[2])
        assert action not in self.delivered, "sent again, though it was delivered"
        if self.definition.run is Run.SEQUENTIAL:
            self._comes_next(action)
        self.step()
        self.sent.append(action)
        answers = self.answers[action]
        good = answers.pop(0) if answers else True
        for _ in range(len(answers) + action):
            await asyncio.sleep(0)
        self.step()
        response = Response(status=200 if good else 500, headers={}, body='{"v": 1}')
        return Outcome(1.0, response, None if good else AttemptError(error_class=ErrorClass.REJECTED, message="500"))

    def is_internal(self, url: str) -> bool:
        return False

    def _comes_next(self, action: int) -> None:
        """All before it were delivered, or failed and may, or were passed over."""
        attempts = tuple(self.rows.values())
        last = last_of_each(attempts)
        for earlier, one in enumerate(self.definition.actions[:action]):
            if earlier not in last:
                before = tuple(attempt for attempt in attempts if attempt.action < earlier)
                assert not holds(one.when, names_of(EVENT, AT, {}, before)), f"{earlier} was due before {action}"
            else:
                failed = last[earlier].error
                assert failed is None or (one.go_on and failed != INTERRUPTED), f"{action} after {earlier} failed"

    def job(self) -> Job:
        hook = Hook(id=1, version=1, definition=self.definition, created_at=AT, updated_at=AT)
        execution = Execution(
            id="exe_1",
            event_id=EVENT.id,
            event_type=EVENT.type,
            hook_id=1,
            hook_version=1,
            hook_title="H",
            hook_type=HookType.OTHER,
            status=self.status,
            created_at=AT,
            attempts=tuple(self.rows[number] for number in sorted(self.rows)),
        )
        return Job(execution=execution, event=EVENT, hook=hook)

    def note(self, *_: object) -> None:
        """As a watch over hooks that are all well."""

    async def react(self, *_: object) -> None:
        """Likewise."""

    async def live(self) -> None:
        """One process: it takes up what the last one left, until nothing is left to do, or it is killed."""
        self.left = next(self.lives)
        if self.status is Status.RUNNING:
            self.status = Status.PENDING
        supervisor = Supervisor()
        try:
            while self.status not in FINISHED:
                dispatcher = _dispatcher(self, supervisor)
                await dispatcher.record(await dispatcher.run(self.job()))
        finally:
            self.left = 0
            await supervisor.stop()


def _dispatcher(world: Any, supervisor: Supervisor) -> Dispatcher:
    audit: Any = None
    settings, catalogue, vault = AllLaneSettings(world, audit), load_catalogue(), Vault(("a key of sixteen signs",))
    hooks = Hooks(world, catalogue, vault, audit, lambda: AT)
    hooks._index = build_index(1, [world.job().hook])
    composer = Composer(hooks, catalogue, vault, version="1", now=lambda: AT)
    feed = Feed()
    making = Attempts(
        store=world,
        client=world,
        composer=composer,
        settings=settings,
        feed=feed,
        supervisor=supervisor,
        ids=Ids(),
        now=lambda: AT,
    )
    return Dispatcher(
        store=world,
        hooks=hooks,
        settings=settings,
        composer=composer,
        attempts=making,
        client=world,
        breaker=Breaker(lambda: 0.0),
        watch=world,
        waiting=Waiting(world, hooks, audit),
        feed=feed,
        now=lambda: AT,
        draw=lambda: 0.5,
    )


def actions(count: int) -> st.SearchStrategy[tuple[Action, ...]]:
    def one(index: int) -> st.SearchStrategy[Action]:
        whens = ["", "", "n > 1", "n > 2"]
        whens += [f"steps[{earlier}].ok" for earlier in range(index)]
        whens += [f"not steps[{earlier}].ok" for earlier in range(index)]
        return st.builds(
            lambda when, go_on: Action(url=f"https://api.example.com/{index}", when=when, go_on=go_on),
            st.sampled_from(whens),
            st.booleans(),
        )

    return st.tuples(*(one(index) for index in range(count)))


ACTIONS = st.integers(1, 4).flatmap(actions)
ANSWERS = st.lists(st.lists(st.booleans(), max_size=4), min_size=4, max_size=4)
LIVES = st.lists(st.integers(1, 12), max_size=5)
RUNS = st.sampled_from(Run)


TWO_AT_ONCE = tuple(Action(url=f"https://api.example.com/{index}") for index in range(2))


@given(ACTIONS, ANSWERS, LIVES, RUNS, st.booleans())
@example(TWO_AT_ONCE, [[False] * 3, [], [], []], [5], Run.PARALLEL, False)  # one recorded, the other not
@settings(max_examples=times(300))
def test_what_was_delivered_is_not_sent_again(
    listed: tuple[Action, ...], answers: list[list[bool]], kills: list[int], run: Run, slow: bool
) -> None:
    definition = HookDefinition(
        title="H", trigger="call.ended", actions=listed, run=run, delivery=Delivery(retries=PAUSES)
    )
    lives = iter([*kills, *[10_000] * MOST_LIVES])
    world = World(definition=definition, answers=[list(one) for one in answers], lives=lives)

    with patch.object(attempts, "SLOW_SECONDS", 0.0 if slow else 60.0):
        while world.status not in FINISHED:
            try:
                asyncio.run(world.live())
            except Killed:
                continue

    assert sorted(world.rows) == list(range(1, len(world.rows) + 1)), "a number is missing"
    last = last_of_each(tuple(world.rows.values()))
    failed = [i for i, one in last.items() if one.error and not listed[i].go_on]
    assert (world.status is Status.FAILED) == bool(failed)
    assert {i for i, one in last.items() if one.error is None} == world.delivered
    if not kills:
        assert len(world.sent) == len(world.rows) == world.ends
        assert all(world.sent.count(index) <= 1 + len(PAUSES) for index in range(len(listed)))
