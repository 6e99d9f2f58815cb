"""Reads executions: by page or one by one, how each was decided, and how its actions went."""

from dataclasses import replace

from engine.actions.composer import Composer
from engine.actions.request import as_stored
from engine.events.catalogue import Catalogue
from engine.model import Attempt, Chain, Decision, Execution, Job, Page, Status
from engine.ports import ExecutionQuery, ExecutionStore
from engine.rules.decisions import explain, limited
from engine.rules.index import compile_hook
from engine.rules.progress import ActionProgress, progress_of

MOST_CHAINED = 200


class Executions:
    def __init__(self, store: ExecutionStore, composer: Composer, catalogue: Catalogue) -> None:
        self._store, self._composer, self._catalogue = store, composer, catalogue

    async def page(self, query: ExecutionQuery) -> Page[Execution]:
        """Newest first. Raises InvalidQuery for an invalid cursor."""
        return await self._store.executions(query)

    async def get(self, execution_id: str) -> Job:
        """With its event and the hook's version at the time. Raises NotFound.

        An execution in shadow mode has the request that it would have sent, and no response.
        """
        job = await self._store.execution(execution_id)
        return self._with_foreseen(job) if job.execution.status is Status.SHADOWED else job

    async def chain(self, execution_id: str) -> Chain:
        """Its ancestors and descendants. Raises NotFound."""
        return await self._store.chain(execution_id, MOST_CHAINED)

    def course(self, job: Job) -> tuple[ActionProgress, ...]:
        """How each of its actions went."""
        return progress_of(job, self._catalogue.aliases_of(job.event.type))

    def explain(self, job: Job) -> Decision:
        """Why it ran, was held or was skipped, as decided at the time."""
        execution, event = job.execution, job.event
        aliases = self._catalogue.aliases_of(event.type)
        decision = explain(compile_hook(job.hook), event, execution.created_at, aliases)
        return limited(decision, execution.status, execution.reason) if execution.reason else decision

    def _with_foreseen(self, job: Job) -> Job:
        at = job.execution.created_at
        requests, _ = self._composer.foreseen(job, at)
        attempts = tuple(
            Attempt(number=index + 1, action=index, started_at=at, latency_ms=0.0, request=as_stored(request))
            for index, request in enumerate(requests)
        )
        return replace(job, execution=replace(job.execution, attempts=attempts))
