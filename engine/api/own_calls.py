"""Requests that our own hooks send to our own API, which could loop: the one place that recognizes them.

What a route creates continues the chain of the calling run; a route that cannot do so refuses the call.
"""

from collections.abc import Mapping
from http import HTTPStatus

from starlette.requests import Request

from engine.api.problems import Problem
from engine.events.chains import CHAIN_HEADER
from engine.model import OUTSIDE, Origin
from engine.runtime import Engine


async def origin_of(engine: Engine, headers: Mapping[str, str]) -> Origin:
    """The chain that everything created by a request with these headers continues. Raises InvalidEvent if it is at its
    end."""
    mark = headers.get(CHAIN_HEADER)
    return await engine.continuation.origin(mark) if mark else OUTSIDE


def refuse_own_calls(engine: Engine, request: Request, what: str) -> None:
    """Raises Problem (409) if one of our own hooks sent the request. `what` is refused, such as "begin a replay"."""
    if engine.continuation.is_own(request.headers.get(CHAIN_HEADER, "")):
        raise Problem(
            HTTPStatus.CONFLICT,
            f"This call comes from a hook of this server, and hooks may not {what}, since that could loop. "
            f"If no hook sent it, leave out the header {CHAIN_HEADER}.",
        )
