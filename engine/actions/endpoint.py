"""Defines internal endpoints: a function of a Call, registered under a path.

    class Celebrate(Params):
        name: str = Field(description="Who to celebrate")

    @endpoint("/celebrate", "Rings the bell for a colleague.")
    def celebrate(call: Call, params: Celebrate) -> Effects:
        notice = NewNotice(tone="good", title=f"Well done, {params.name}", text=f"By {call.event.type}")
        return Effects(answer={"rung": True}, changes=(notice, call.event_of("lead.qualified", {"name": params.name})))

It returns the response (JSON), or Effects: all changes and the response are stored in one transaction, once per action
of an execution, however often the action is retried. It raises Refused for what a retry cannot fix; any other error
fails the attempt, which is retried. `async` functions run on the event loop and must not block it; plain ones run in a
thread.

Parameters come from the URL's query and the action's custom body, which takes precedence. The standard envelope (an
action without a custom body) provides none: the function reads missing values from `call.event.data`.
"""

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from inspect import Parameter, iscoroutinefunction, signature
from typing import Any, get_type_hints

from pydantic import BaseModel, ConfigDict, create_model

from engine.errors import TriggerHooksError
from engine.events.chains import chain_limit_problem, chain_of
from engine.events.subjects import entity_of
from engine.model import Action, Effects, Event, Execution, Job, Json, Link, NewEvent, NewMail, NewNotice, Request, Role

__all__ = ["Call", "Effects", "Endpoint", "Json", "NewEvent", "NewMail", "NewNotice", "Params", "Refused", "endpoint"]


class Params(BaseModel):
    """An endpoint's parameters. Give each field a `description`; unknown parameters are refused."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, frozen=True)


class Refused(TriggerHooksError):
    """The endpoint will not do this, however often it is retried; `problems` by parameter, or one message."""

    def __init__(self, problems: Mapping[str, str] | str) -> None:
        self.problems: Mapping[str, str] = {} if isinstance(problems, str) else problems
        text = "; ".join(f"{name}: {message}" for name, message in self.problems.items())
        super().__init__(problems if isinstance(problems, str) else text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One action of an execution calling an endpoint. `at` is when this attempt began."""

    job: Job
    index: int
    request: Request
    at: datetime
    new_id: Callable[[str], str] = field(repr=False, compare=False)

    @property
    def event(self) -> Event:
        return self.job.event

    @property
    def execution(self) -> Execution:
        return self.job.execution

    @property
    def action(self) -> Action:
        return self.job.hook.definition.actions[self.index]

    @property
    def key(self) -> str:
        """The idempotency key: the same for all attempts of an action, and unique to it."""
        return f"{self.execution.id}/{self.index}"

    @property
    def chain(self) -> tuple[Link, ...]:
        """The chain of everything that this call creates, now or later. Raises Refused if it would be too long."""
        if problem := chain_limit_problem(self.event):
            raise Refused(problem)
        return chain_of(self.event, self.execution)

    def event_of(self, type: str, data: Mapping[str, Json]) -> NewEvent:
        """An event emitted by this call: by the system, in its chain and flow, and a test if the call is one."""
        return NewEvent(
            event=Event(
                id=self.new_id("evt"),
                type=type,
                role=Role.SYSTEM,
                occurred_at=self.at,
                received_at=self.at,
                data=data,
                test=self.execution.test,
                chain=self.chain,
                entity=entity_of(data),
                flow=self.event.flow,
            )
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """`params` is None if it takes none. `spread`: the function takes them one by one, not as Params.

    Calls with the same `turn` run one after another; None: no ordering.
    """

    path: str
    summary: str
    function: Callable[..., Any]
    params: type[Params] | None
    spread: bool = False
    turn: Callable[[Call], str | None] | None = None

    @property
    def threaded(self) -> bool:
        return not iscoroutinefunction(self.function)

    @property
    def line(self) -> int:
        """The line where its function begins."""
        return self.function.__code__.co_firstlineno

    def ask(self, call: Call, params: Params | None) -> Any:
        """Calls the function; returns its response, or a coroutine of it."""
        if params is None:
            return self.function(call)
        return self.function(call, **dict(params)) if self.spread else self.function(call, params)


def endpoint(
    path: str, summary: str, *, turn: Callable[[Call], str | None] | None = None
) -> Callable[[Callable[..., Any]], Endpoint]:
    """Registers a function as an endpoint: `(call)`, `(call, params: SomeParams)`, or typed parameters one by one, such
    as `(call, name: str, times: int = 1)`."""

    def make(function: Callable[..., Any]) -> Endpoint:
        hints = get_type_hints(function, include_extras=True)
        taken = list(signature(function).parameters.values())[1:]
        only = hints.get(taken[0].name) if len(taken) == 1 else None
        if not taken or (isinstance(only, type) and issubclass(only, Params)):
            return Endpoint(path=path, summary=summary, function=function, params=only, turn=turn)
        params = _model_of(function.__name__, taken, hints)
        return Endpoint(path=path, summary=summary, function=function, params=params, spread=True, turn=turn)

    return make


def _model_of(name: str, taken: Sequence[Parameter], hints: Mapping[str, Any]) -> type[Params]:
    for one in taken:
        if one.name not in hints:
            raise TypeError(f"Give the parameter {one.name} a type, such as {one.name}: str.")
    fields: dict[str, Any] = {
        one.name: (hints[one.name], ... if one.default is Parameter.empty else one.default) for one in taken
    }
    return create_model(name, __base__=Params, **fields)


_current: ContextVar[Call] = ContextVar("internal call")


@contextmanager
def calling(call: Call) -> Generator[None]:
    """Within it, `current_call` returns this call: how a call passes through the HTTP client to the app behind it."""
    token = _current.set(call)
    try:
        yield
    finally:
        _current.reset(token)


def current_call() -> Call:
    return _current.get()
