"""Acting as the user who is signed in now: a session, or a role, may have ended since the page was opened."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final, TypeVar

from nicegui import Client
from nicegui.element import Element

from dashboard.components.basics.dialogs import toast
from dashboard.entrance.session import to_the_door
from engine import Actor, InvalidAccount, InvalidHook, InvalidKey, InvalidTask, NotAllowed, TriggerHooksError

R = TypeVar("R")

ActorNow = Callable[[], Awaitable[Actor | None]]

SIGNED_OUT: Final = "You are signed out. Sign in again in another tab."
_BY_FIELD: Final = (InvalidAccount, InvalidHook, InvalidKey, InvalidTask)


def actor_now(actor: Actor | ActorNow) -> ActorNow:
    """A way to ask, also where there is but one answer."""
    if not isinstance(actor, Actor):
        return actor

    async def same() -> Actor | None:
        return actor

    return same


async def acting(now: ActorNow, *, within: Client | Element, back: str) -> Actor:
    """Who acts now. Raises NotAllowed, on the way to the door and from there to `back`, where the session has ended."""
    actor = await now()
    if actor is None:
        with within:
            to_the_door(back)
        raise NotAllowed("You are signed out.")
    return actor


async def act(
    now: ActorNow,
    change: Callable[[Actor], Awaitable[R]],
    *,
    within: Client | Element,
    back: str,
    problems: Callable[[Mapping[str, str]], object] | None = None,
) -> R | None:
    """Changes something as the user who acts now; None where it was refused, which `problems` shows, else a toast."""
    try:
        actor = await acting(now, within=within, back=back)
    except NotAllowed:
        return None
    try:
        return await change(actor)
    except TriggerHooksError as error:
        with within:
            if problems and isinstance(error, _BY_FIELD):
                problems(error.problems)
            else:
                toast(str(error), "bad")
        return None


async def refusals(now: ActorNow, change: Callable[[Actor], Awaitable[object]]) -> dict[str, str]:
    """Like `act`, where the page must stay because it has what is not saved yet.

    Gives what is wrong by field, under "" what is wrong as a whole; empty where the change is done.
    """
    actor = await now()
    if actor is None:
        return {"": SIGNED_OUT}
    try:
        await change(actor)
    except _BY_FIELD as error:
        return dict(error.problems)
    except TriggerHooksError as error:
        return {"": str(error)}
    return {}
