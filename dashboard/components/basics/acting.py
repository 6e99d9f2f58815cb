"""Changing something for whoever looks at a page."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from nicegui import Client
from nicegui.element import Element

from dashboard.components.basics.dialogs import toast
from dashboard.entrance.session import to_the_door
from engine import Actor, TriggerHooksError

R = TypeVar("R")

Now = Callable[[], Awaitable[Actor | None]]


async def act(now: Now, change: Callable[[Actor], Awaitable[R]], *, within: Client | Element, back: str) -> R | None:
    """Asks who acts now, changes, and says what was refused, which gives None.

    Where the session has ended it leads to the door, and from there to `back`.
    """
    actor = await now()
    with within:
        if actor is None:
            to_the_door(back)
            return None
    try:
        return await change(actor)
    except TriggerHooksError as error:
        with within:
            toast(str(error), "bad")
        return None
