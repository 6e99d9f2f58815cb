"""A search form; the search is kept in the page's URL, what was typed sealed."""

from collections.abc import Generator, Iterable
from contextlib import contextmanager
from typing import Final, cast

from nicegui import ui
from nicegui.element import Element
from nicegui.events import GenericEventArguments

from dashboard.components.basics.buttons import submit_button
from dashboard.components.basics.search_words import address_with
from dashboard.components.basics.text import Text
from engine import Engine

_ON_SUBMIT: Final = "(event) => { event.preventDefault(); emit(Object.fromEntries(new FormData(event.target))); }"


@contextmanager
def search_form(engine: Engine, path: str, label: str, *, text: str, hint: str) -> Generator[None]:
    """The text field comes first and the button last, with further filters in between."""

    def submitted(event: GenericEventArguments) -> None:
        args: object = event.args
        if isinstance(args, dict):
            words = cast("dict[str, object]", args)
            ui.navigate.to(address_with(engine, path, {name: str(word) for name, word in words.items()}))

    with ui.element("form").classes("th-tools") as form:
        form.props.update(role="search")
        form.on("submit", submitted, js_handler=_ON_SUBMIT)
        with ui.element("label").classes("th-search"):
            Text("span", label, "th-hidden")
            field = ui.element("input")
            field.props.update(name="q", value=text, type="search", placeholder=hint)
        yield
        submit_button("Search", "is-small")


def choice_of(name: str, label: str, options: Iterable[tuple[str, str]], chosen: str) -> None:
    """A native select; each option is its URL value and its label."""
    with list_of(name, label):
        for value, words in options:
            option(value, words, selected=value == chosen)


def list_of(name: str, label: str) -> Element:
    """A select to add options to."""
    box = ui.element("select")
    box.props.update({"name": name, "aria-label": label})
    return box


def option(value: str, label: str, *, selected: bool) -> None:
    element = Text("option", label)
    element.props["value"] = value
    if selected:
        element.props["selected"] = True
