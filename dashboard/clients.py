"""Typed wrappers for NiceGUI's background tasks and client hooks, which lack complete type hints."""

from asyncio import Task
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar, cast

from nicegui import Client, background_tasks
from nicegui.element import Element

R = TypeVar("R")


def later(work: Coroutine[Any, Any, R], *, name: str) -> Task[R]:
    """Runs concurrently; NiceGUI logs its exceptions."""
    task = background_tasks.create(work, name=name)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    return cast("Task[R]", task)


def when_connected(client: Client, work: Callable[[], object]) -> None:
    """Runs on every connect, reconnects included."""
    client.on_connect(work)  # pyright: ignore[reportUnknownMemberType]


def when_gone(client: Client, work: Callable[[], object]) -> None:
    """Runs once the page is closed for good."""
    client.on_delete(work)  # pyright: ignore[reportUnknownMemberType]


def set_prop(element: Element, name: str, value: object) -> None:
    """Sends the prop to the browser only if it changed."""
    if element.props.get(name) != value:  # pyright: ignore[reportUnknownMemberType]
        element.props[name] = value
