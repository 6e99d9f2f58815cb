"""Events that our own hooks post to our own door: they continue the chain of the run that sent them, as those do that
`/emit` makes. So a hook that posts what runs it again is cut."""

from collections.abc import Sequence
from dataclasses import replace

from engine.errors import InvalidEvent, NotFound
from engine.events.chains import CHAIN_HEADER, chain_limit_problem, chain_of
from engine.events.draft import EventDraft
from engine.ports import ExecutionStore
from engine.secrets.chain_marks import ChainMarks
from engine.secrets.vault import Vault


class Continuation:
    def __init__(self, store: ExecutionStore, vault: Vault) -> None:
        self._store, self._marks = store, ChainMarks(vault)

    async def of(self, drafts: Sequence[EventDraft], mark: str) -> Sequence[EventDraft]:
        """The drafts in the chain of the run that a request's mark names; as they are where it names none of ours.

        Raises InvalidEvent where the chain is at its end.
        """
        execution_id = self._marks.execution_of(mark)
        if execution_id is None:
            return drafts
        try:
            job = await self._store.execution(execution_id)
        except NotFound:
            return drafts
        if problem := chain_limit_problem(job.event):
            raise InvalidEvent({CHAIN_HEADER: problem})
        chain = chain_of(job.event, job.execution)
        return [replace(draft, chain=chain, test=job.execution.test) for draft in drafts]
