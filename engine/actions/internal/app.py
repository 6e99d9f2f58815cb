"""The app at the internal host: finds a path's endpoint, reads its parameters, and applies its effects once."""

import asyncio
import difflib
import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from http import HTTPStatus
from typing import Any
from weakref import WeakValueDictionary

import orjson
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from engine.actions.endpoint import Call, Endpoint, Params, Refused, current_call
from engine.actions.internal.parameters import read_params
from engine.actions.internal.threads import Threads
from engine.errors import Conflict, Overloaded, StoreUnavailable, TriggerHooksError
from engine.model import Change, Effects, Event, Json, NewEvent
from engine.ports import Performed
from engine.process.backlog import Backlog
from engine.process.changes import Changes
from engine.process.supervisor import Supervisor

log = logging.getLogger(__name__)

TRIES = 5
RETRY_AFTER_SECONDS = 5


class InternalApp:
    """An ASGI app. Whatever an endpoint does, errors included, comes back as a response and so as an attempt."""

    def __init__(
        self,
        built_in: Iterable[Endpoint],
        *,
        inheriting: Callable[[Iterable[Change], Event], tuple[Change, ...]],
        changes: Changes,
        backlog: Backlog,
        supervisor: Supervisor,
    ) -> None:
        self._inheriting = inheriting
        self.built_in: Mapping[str, Endpoint] = {one.path: one for one in built_in}
        self.own: tuple[Endpoint, ...] = ()
        self._changes, self._backlog, self._supervisor = changes, backlog, supervisor
        self._threads = Threads()
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    @property
    def endpoints(self) -> Mapping[str, Endpoint]:
        """By path: the built-in endpoints and the team's own."""
        return {**{one.path: one for one in self.own}, **self.built_in}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = await self._answer(scope["path"].rstrip("/") or "/", current_call())
        await answer(scope, receive, send)

    async def _answer(self, path: str, call: Call) -> Response:
        found = self.endpoints.get(path)
        if found is None:
            return _problem(HTTPStatus.NOT_FOUND, self.no_endpoint(path))
        try:
            return Response(orjson.dumps(await self._in_turn(found, call)), media_type="application/json")
        except Refused as error:
            return _problem(HTTPStatus.UNPROCESSABLE_ENTITY, str(error), error.problems)
        except (Overloaded, StoreUnavailable) as error:
            wait = getattr(error, "retry_after", RETRY_AFTER_SECONDS)
            return _problem(HTTPStatus.SERVICE_UNAVAILABLE, str(error), headers={"retry-after": str(wait)})
        except Exception as error:
            log.exception("the endpoint %s failed for %s", path, call.key)
            message = f"{path} failed: {type(error).__name__}: {error}"[:500]
            return _problem(HTTPStatus.INTERNAL_SERVER_ERROR, message)

    async def _in_turn(self, endpoint: Endpoint, call: Call) -> Json:
        key = endpoint.turn(call) if endpoint.turn else None
        if key is None:
            return await self._run(endpoint, call)
        # Removed with the last call that waits for it.
        lock = self._turns.setdefault(f"{endpoint.path} {key}", asyncio.Lock())
        async with lock:
            return await self._run(endpoint, call)

    async def _run(self, endpoint: Endpoint, call: Call) -> Json:
        """Runs it again if data that it read was changed concurrently."""
        params = None if endpoint.params is None else read_params(endpoint.params, call)
        for _ in range(TRIES):
            result: Any = await self._ask(endpoint, call, params)
            if not isinstance(result, Effects):
                return result
            self._backlog.admit(sum(isinstance(change, NewEvent) for change in result.changes))
            # The caller may have timed out by now; publish what was stored all the same.
            task = self._supervisor.spawn(self._perform(call, result), f"effects of {call.key}")
            came = await asyncio.shield(task)
            if isinstance(came, Performed):
                return came.answer
            if not isinstance(came, Conflict):
                raise came
        raise Overloaded("Too many change the same at once.", RETRY_AFTER_SECONDS)

    async def _perform(self, call: Call, effects: Effects) -> Performed | TriggerHooksError:
        try:
            # In a thread, since an event may be of several MB.
            changes = await asyncio.to_thread(self._inheriting, effects.changes, call.event)
            return await self._changes.perform(call.execution.id, call.index, replace(effects, changes=changes))
        except TriggerHooksError as error:
            return error

    async def _ask(self, endpoint: Endpoint, call: Call, params: Params | None) -> Any:
        if endpoint.threaded:
            return await self._threads.run(endpoint.ask, call, params)
        return await endpoint.ask(call, params)

    def no_endpoint(self, path: str) -> str:
        """The message that a path has no endpoint, with the closest match."""
        near = difflib.get_close_matches(path, self.endpoints, n=1, cutoff=0.5)
        hint = f" Did you mean {near[0]}?" if near else f" There are: {', '.join(sorted(self.endpoints))}."
        return f"No internal endpoint is at {path[:100]}.{hint}"


def _problem(
    status: HTTPStatus, detail: str, problems: Mapping[str, str] | None = None, headers: dict[str, str] | None = None
) -> Response:
    document: dict[str, Json] = {"type": "about:blank", "title": status.phrase, "status": status, "detail": detail}
    if problems:
        document["errors"] = [{"field": name, "message": message} for name, message in problems.items()]
    return Response(orjson.dumps(document), status, headers, media_type="application/problem+json")
