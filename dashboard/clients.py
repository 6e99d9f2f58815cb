"""NiceGUI's functions for work behind a page and for its client, with the types that it does not write out."""

from asyncio import Task
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar, cast

from nicegui import Client, background_tasks
from nicegui.element import Element

R = TypeVar("R")


def later(work: Coroutine[Any, Any, R], *, name: str) -> Task[R]:
    """Runs beside what runs now; NiceGUI logs what it raises."""
    task = background_tasks.create(work, name=name)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    return cast("Task[R]", task)


def when_connected(client: Client, work: Callable[[], object]) -> None:
    """At every connect, also after a time away."""
    client.on_connect(work)  # pyright: ignore[reportUnknownMemberType]


def when_gone(client: Client, work: Callable[[], object]) -> None:
    """Once the page is closed for good."""
    client.on_delete(work)  # pyright: ignore[reportUnknownMemberType]


def set_prop(element: Element, name: str, value: object) -> None:
    """Sends it to the browser only where it is another one."""
    if element.props.get(name) != value:  # pyright: ignore[reportUnknownMemberType]
        element.props[name] = value
