"""Acting as the signed-in user, whose session or role may have ended since the page was opened."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final, TypeVar

from nicegui import Client
from nicegui.element import Element

from dashboard.components.basics.dialogs import toast
from dashboard.entrance.session import to_the_door
from engine import (
    Actor,
    InvalidAccount,
    InvalidEventType,
    InvalidHook,
    InvalidKey,
    InvalidSource,
    InvalidTask,
    NotAllowed,
    TriggerHooksError,
)

R = TypeVar("R")

ActorNow = Callable[[], Awaitable[Actor | None]]

SIGNED_OUT: Final = "You are signed out. Sign in again in another tab."
_BY_FIELD: Final = (InvalidAccount, InvalidEventType, InvalidHook, InvalidKey, InvalidSource, InvalidTask)


def actor_now(actor: Actor | ActorNow) -> ActorNow:
    """Wraps a fixed actor as a function."""
    if not isinstance(actor, Actor):
        return actor

    async def same() -> Actor | None:
        return actor

    return same


async def acting(now: ActorNow, *, within: Client | Element, back: str) -> Actor:
    """The current actor. If the session has ended, redirects to sign-in (and then `back`) and raises NotAllowed."""
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
    """Applies a change as the current actor; None if it was refused, which `problems` shows, or else a toast."""
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
    """Like `act`, but stays on the page, because it has unsaved changes.

    Returns problems by field, with those of the whole under ""; empty if the change succeeded.
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
