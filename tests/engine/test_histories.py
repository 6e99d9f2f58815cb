"""Any history of events, calls, restarts and moving clocks: the store agrees with a small model of it.

The model knows the one table of states; whatever the history, nothing accepted is missing, ends stay as they are, and
what waits is found again.
"""

import asyncio
import tempfile
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule

from engine.model import (
    Attempt,
    AttemptError,
    ErrorClass,
    Event,
    Execution,
    Hook,
    Job,
    Method,
    Request,
    Response,
    Role,
    Status,
)
from engine.model.states import FINISHED, Step, after
from engine.ports import DecidedEvent, ExecutionQuery, Progress
from storage.store import SqlStore
from tests.examples import times
from tests.storage.conftest import ADA, definition

REQUEST = Request(method=Method.POST, url="https://api.example.com/leads", headers={}, body="{}")
"""Stands for the call: what matters here is what becomes of its end."""


@dataclass
class Known:
    """What the model knows of an execution."""

    execution: Execution
    attempts: int = 0
    runs: bool = False


@dataclass
class Model:
    accepted: dict[str, int] = field(default_factory=dict)
    decided: set[str] = field(default_factory=set)
    executions: dict[str, Known] = field(default_factory=dict)


class Histories(RuleBasedStateMachine):
    waiting = Bundle("waiting")

    @initialize()
    def begin(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.folder = tempfile.TemporaryDirectory()
        self.now = datetime(2025, 9, 9, 12, 0, tzinfo=UTC)
        self.model, self.made = Model(), 0
        self._open()
        hook, _ = self._run(
            self.store.save_hook(definition(), hook_id=None, expected=None, actor=ADA, at=self.now, secret="whsec_eA==")
        )
        self.hook: Hook = hook

    def teardown(self) -> None:
        if hasattr(self, "loop"):
            self._run(self.store.close())
            self.loop.close()
            self.folder.cleanup()

    @rule(count=st.integers(1, 3), again=st.booleans())
    def accept(self, count: int, again: bool) -> None:
        ids = [f"evt_{len(self.model.accepted) + n}" for n in range(count)]
        if again and self.model.accepted:
            ids.append(next(iter(self.model.accepted)))
        events = [
            Event(id=id, type="call.ended", role=Role.AGENT, occurred_at=self.now, received_at=self.now, data={})
            for id in ids
        ]
        for id, seq in zip(ids, self._run(self.store.append(events)), strict=True):
            assert (seq is None) == (id in self.model.accepted)
            if seq is not None:
                self.model.accepted[id] = seq

    @rule(fires=st.integers(0, 2), held=st.booleans(), twice=st.booleans())
    def decide(self, fires: int, held: bool, twice: bool) -> None:
        """All that is undecided, by one look; a second look at the same changes nothing."""
        found = self._run(self.store.undecided(100, set()))
        decided: list[DecidedEvent] = []
        for accepted in found:
            made = [self._execution(accepted.event.id) for _ in range(fires)]
            made += [self._held(accepted.event.id)] if held else []
            decided.append(DecidedEvent(seq=accepted.seq, revision=1, at=self.now, executions=tuple(made)))
            self.model.decided.add(accepted.event.id)
            self.model.executions.update({one.id: Known(one) for one in made})
        self._run(self.store.decide(decided))
        if twice:
            other = [replace(one, executions=(self._execution("evt_0"),)) for one in decided]
            self._run(self.store.decide(other))

    @rule()
    def let_go(self) -> None:
        """All that is held and due, by one look; a second one finds nothing more."""
        due = {job.execution.id for job in self._run(self.store.held(self.now, 1_000))}
        assert due == {id for id in self._with(Status.HELD) if self._next(id) <= self.now}
        assert set(self._run(self.store.release(sorted(due)))) == due
        assert self._run(self.store.release(sorted(due))) == []
        for id in due:
            known = self.model.executions[id]
            status = after(Status.HELD, Step.RELEASE)
            known.execution = replace(known.execution, status=status, next_attempt_at=None)

    @rule(number=st.integers(0, 50))
    def start(self, number: int) -> None:
        """A call that takes so long that it is marked."""
        if known := self._pick(number, Status.PENDING, Status.RETRYING):
            execution = replace(known.execution, status=after(known.execution.status, Step.START), next_attempt_at=None)
            interrupted = AttemptError(error_class=ErrorClass.INTERRUPTED, message="")
            self._run(self.store.start(Progress(execution=execution, attempt=self._attempt(known, interrupted))))
            known.execution, known.runs = execution, True

    @rule(number=st.integers(0, 50), step=st.sampled_from([Step.SUCCEED, Step.WAIT, Step.GIVE_UP]))
    def end(self, number: int, step: Step) -> None:
        """Of a call, whether it was marked as running or not."""
        known = self._pick(number, Status.PENDING, Status.RETRYING, Status.RUNNING)
        if known is None:
            return
        status = known.execution.status
        running = status if status is Status.RUNNING else after(status, Step.START)
        waits = step is Step.WAIT
        execution = replace(
            known.execution,
            status=after(running, step),
            finished_at=None if waits else self.now,
            next_attempt_at=self.now + timedelta(minutes=5) if waits else None,
        )
        error = None if step is Step.SUCCEED else AttemptError(error_class=ErrorClass.REJECTED, message="500")
        self._run(self.store.record(Progress(execution=execution, attempt=self._attempt(known, error))))
        known.execution, known.runs = execution, False
        known.attempts += 1

    @rule(number=st.integers(0, 50))
    def end_again(self, number: int) -> None:
        """What comes too late changes nothing."""
        if known := self._pick(number, *FINISHED):
            late = replace(known.execution, status=Status.SUCCEEDED)
            self._run(self.store.record(Progress(execution=late, attempt=self._attempt(known, None))))
            self._run(self.store.cancel(replace(known.execution, status=Status.CANCELLED)))

    @rule(number=st.integers(0, 50))
    def cancel(self, number: int) -> None:
        if known := self._pick(number, Status.PENDING, Status.RETRYING):
            status = after(known.execution.status, Step.CANCEL)
            known.execution = replace(known.execution, status=status, finished_at=self.now, next_attempt_at=None)
            self._run(self.store.cancel(known.execution))

    @rule()
    def restart(self) -> None:
        """What ran is put back, with an attempt that was interrupted."""
        self._run(self.store.close())
        self._open()
        self._run(self.store.put_back())
        for known in self.model.executions.values():
            if known.runs:
                known.execution = replace(known.execution, status=after(Status.RUNNING, Step.PUT_BACK))
                known.runs = False
                known.attempts += 1

    @rule(minutes=st.integers(1, 600))
    def clock_goes_back(self, minutes: int) -> None:
        by = timedelta(minutes=minutes)
        self.now -= by
        self._run(self.store.advance_due(by))
        for known in self.model.executions.values():
            if known.execution.status is Status.RETRYING and known.execution.next_attempt_at:
                known.execution = replace(known.execution, next_attempt_at=known.execution.next_attempt_at - by)

    @rule(minutes=st.integers(1, 600))
    def time_goes_on(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @invariant()
    def the_ledger_adds_up(self) -> None:
        if not hasattr(self, "store"):
            return
        stored = self._run(self.store.executions(ExecutionQuery(limit=1_000))).items
        assert {one.id for one in stored} == set(self.model.executions)
        undecided = {one.event.id for one in self._run(self.store.undecided(1_000, set()))}
        assert undecided == set(self.model.accepted) - self.model.decided
        for one in stored:
            known = self.model.executions[one.id]
            assert one.status is known.execution.status
            assert [attempt.number for attempt in one.attempts] == list(range(1, known.attempts + 1))
            assert (one.finished_at is not None) == (one.status in FINISHED)
            assert (one.next_attempt_at is not None) == (one.status in {Status.RETRYING, Status.HELD})
        unfinished = sum(one.status not in FINISHED for one in stored)
        assert self._run(self.store.backlog()) == unfinished + len(undecided)

    @invariant()
    def what_waits_is_found(self) -> None:
        if not hasattr(self, "store"):
            return
        pending = {job.execution.id for job in self._run(self.store.pending(self.hook.id, 1_000, set()))}
        due: list[Job] = self._run(self.store.due(self.hook.id, self.now, 1_000, frozenset()))
        assert pending == self._with(Status.PENDING)
        assert {job.execution.id for job in due} == {
            id for id in self._with(Status.RETRYING) if self._next(id) <= self.now
        }
        assert self._run(self.store.hooks_with_pending()) == ([self.hook.id] if self._unended() else [])

    def _open(self) -> None:
        self.store = SqlStore(f"sqlite:///{Path(self.folder.name) / 'test.db'}")
        self._run(self.store.open())

    def _run(self, work: Any) -> Any:
        return self.loop.run_until_complete(work)

    def _execution(self, event_id: str) -> Execution:
        self.made += 1
        return Execution(
            id=f"exe_{self.made:06}",
            event_id=event_id,
            event_type="call.ended",
            hook_id=self.hook.id,
            hook_version=1,
            hook_title=self.hook.definition.title,
            hook_type=self.hook.definition.type,
            status=Status.PENDING,
            created_at=self.now,
        )

    def _held(self, event_id: str) -> Execution:
        opening = self.now + timedelta(hours=3)
        return replace(self._execution(event_id), status=Status.HELD, next_attempt_at=opening, reason="Held.")

    def _next(self, id: str) -> datetime:
        return self.model.executions[id].execution.next_attempt_at or self.now

    def _attempt(self, known: Known, error: AttemptError | None) -> Attempt:
        return Attempt(
            number=known.attempts + 1,
            action=0,
            started_at=self.now,
            latency_ms=1.0,
            request=REQUEST,
            response=Response(status=200, headers={}, body="") if error is None else None,
            error=error,
        )

    def _pick(self, number: int, *statuses: Status) -> Known | None:
        fitting = [known for known in self.model.executions.values() if known.execution.status in statuses]
        return fitting[number % len(fitting)] if fitting else None

    def _with(self, status: Status) -> set[str]:
        return {id for id, known in self.model.executions.items() if known.execution.status is status}

    def _unended(self) -> set[str]:
        return self._with(Status.PENDING) | self._with(Status.RUNNING)


TestHistories = Histories.TestCase
TestHistories.settings = settings(max_examples=times(40), stateful_step_count=40)
