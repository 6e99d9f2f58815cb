"""How often hooks may run, held against what ran: cooldowns and runs per hour.

What ran is read from the disk each time, so nothing is forgotten when the process ends; only those of the same batch,
which are not stored yet, are counted here. Hooks without such limits cost nothing.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from engine.model import Execution, Job, Status
from engine.ports import ExecutionStore, Runs, RunsQuery
from engine.process.insist import insist
from engine.process.turns import Turns
from engine.rules.limits import Tally, queries, why_skipped


class Limiter:
    def __init__(self, store: ExecutionStore) -> None:
        self._store = store

    def passes(self, jobs: Sequence[Job]) -> bool:
        """Whether none of them counts against a limit, so that nothing has to be read."""
        return all(job.execution.counts_at is None for job in jobs)

    async def limit(self, jobs: Sequence[Job]) -> list[Job]:
        """The same jobs in their order; those that would run too often are skipped."""
        asked = list({query for job in jobs for query in _queries(job)})
        if not asked:
            return list(jobs)
        found = await insist(partial(self._store.runs, asked), "what ran cannot be read")
        stored = dict(zip(asked, found, strict=True))
        made = Tally()

        def runs_of(query: RunsQuery) -> Runs:
            before, now = stored[query], made.within(query)
            newest = max(filter(None, (before.newest, now.newest)), default=None)
            return Runs(count=before.count + now.count, newest=newest)

        limited: list[Job] = []
        turns = Turns()
        for job in jobs:
            await turns.give_way()
            execution = job.execution
            if execution.counts_at is not None:
                at, now = execution.counts_at, execution.created_at
                if reason := why_skipped(job.hook, execution.subject, at, now, runs_of):
                    execution = _skipped(execution, reason)
                else:
                    made.add(job.hook, execution.subject, at)
            limited.append(replace(job, execution=execution))
        return limited


def _queries(job: Job) -> tuple[RunsQuery, ...]:
    execution = job.execution
    return () if execution.counts_at is None else queries(job.hook, execution.subject, execution.counts_at)


def _skipped(execution: Execution, reason: str) -> Execution:
    return replace(
        execution,
        status=Status.SKIPPED,
        finished_at=execution.created_at,
        next_attempt_at=None,
        reason=reason,
        counts_at=None,
    )
