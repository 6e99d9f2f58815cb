"""Requests that our own hooks send to our own addresses: what they create continues the chain of the run that sent
them, as does what internal actions emit. So a hook that creates what runs it again is stopped by the same gate."""

from engine.errors import InvalidEvent, NotFound
from engine.events.chains import CHAIN_HEADER, chain_limit_problem, chain_of
from engine.model import OUTSIDE, Origin
from engine.ports import ExecutionStore
from engine.secrets.chain_marks import ChainMarks
from engine.secrets.vault import Vault


class Continuation:
    def __init__(self, store: ExecutionStore, vault: Vault) -> None:
        self._store, self._marks = store, ChainMarks(vault)

    def is_own(self, mark: str) -> bool:
        """Whether one of our own hooks sent the request with this mark."""
        return self._marks.execution_of(mark) is not None

    async def origin(self, mark: str) -> Origin:
        """Of a request with this mark; outside if it names no run of ours. Raises InvalidEvent if the chain is at its
        end."""
        execution_id = self._marks.execution_of(mark)
        if execution_id is None:
            return OUTSIDE
        try:
            job = await self._store.execution(execution_id)
        except NotFound:
            return OUTSIDE
        if problem := chain_limit_problem(job.event):
            raise InvalidEvent({CHAIN_HEADER: problem})
        return Origin(chain=chain_of(job.event, job.execution), test=job.execution.test)
