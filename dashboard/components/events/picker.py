"""Chooses an event type from the catalogue: grouped, and searchable by label, alias, dotted name and description."""

from collections.abc import Callable

from dashboard.components.basics.combobox import Combobox, Option
from engine import Catalogue, EventType


class EventPicker(Combobox):
    def __init__(
        self,
        catalogue: Catalogue,
        *,
        value: str,
        on_change: Callable[[str], None],
        on_leave: Callable[[], None] = lambda: None,
        input_id: str | None = None,
        read_only: bool = False,
    ) -> None:
        super().__init__(
            [_option(known) for known in catalogue.all],
            value=value,
            label="Trigger When",
            on_change=on_change,
            on_leave=on_leave,
            input_id=input_id,
            placeholder="Search events, such as “call ended”",
            search=True,
            read_only=read_only,
        )


def _option(known: EventType) -> Option:
    return Option(
        value=known.type,
        label=known.label,
        detail=known.meaning,
        note=known.type,
        group=known.group,
        words=list(known.other_labels),
    )
