"""The body that a mapping is tried on: one that came, or one that is pasted."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final

from nicegui.element import Element

from dashboard.components.basics.combobox import Combobox, Option
from dashboard.components.basics.field import FormField, text_area
from dashboard.components.sources.bodies import indented, is_form
from engine import Incoming, SourceBody, incoming_of

PASTED: Final = "pasted"


class MappingBody(Element):
    """`on_change` is called whenever another body is to be tried."""

    def __init__(self, bodies: Sequence[SourceBody], on_change: Callable[[], None]) -> None:
        super().__init__("div")
        self._bodies = {str(body.id): body for body in bodies}
        self._chosen = next(iter(self._bodies), PASTED)
        self._on_change = on_change
        with self:
            which = FormField("body_from", "Which", caption="span")
            with which.inside:
                Combobox(_options(bodies), value=self._chosen, label="Which body", on_change=self._choose)
            field = FormField("body", "Body", hint="JSON or a form. It is tried here, and not sent.")
            self._area = text_area(field, self._original())
            self._area.classes("is-mono th-mapping-body")
            self._area.on_value_change(self._edited)

    @property
    def incoming(self) -> Incoming:
        """As it came, or as it was pasted."""
        text = self._area.value or ""
        body = self._bodies.get(self._chosen)
        if body and text == self._original():
            return incoming_of(body)
        headers: Mapping[str, str] = body.headers if body else {}
        content = text.strip().replace("\n", "&") if is_form(text) else text
        return Incoming(method="POST", url="", headers=headers, body=content.encode(errors="replace"))

    def _choose(self, chosen: str) -> None:
        self._chosen = chosen
        self._area.value = self._original()
        self._on_change()

    def _edited(self) -> None:
        self._on_change()

    def _original(self) -> str:
        return indented(self._bodies[self._chosen].body) if self._chosen != PASTED else ""


def _options(bodies: Sequence[SourceBody]) -> list[Option]:
    came = [
        Option(value=str(body.id), label=f"{_time(body.at)} · {body.outcome.value}", detail=body.reason)
        for body in bodies
    ]
    return [*came, Option(value=PASTED, label="Pasted", detail="Write or paste one below")]


def _time(moment: datetime) -> str:
    return f"{moment:%m-%d %H:%M:%S} UTC"
