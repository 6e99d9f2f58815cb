"""The fields of what sources send, by hour, and those that have changed."""

from collections.abc import Sequence
from typing import Protocol

from engine.model.sources.drift import Drift, FieldHour


class DriftStore(Protocol):
    async def field_hours(self, source_id: int, type: str, since: int) -> list[FieldHour]:
        """From that hour on, oldest first."""
        ...

    async def save_field_hours(self, hours: Sequence[FieldHour], oldest: int) -> None:
        """Each in place of the one of its hour; deletes hours before `oldest`, and leaves out sources that are gone."""
        ...

    async def drifts(self) -> list[Drift]:
        """Those that have not ended, newest first."""
        ...

    async def add_drift(self, drift: Drift) -> Drift:
        """Returns it with its id. Raises NotFound where the source is gone."""
        ...

    async def change_drift(self, drift: Drift) -> None:
        """Its end and its successor; nothing where it is gone."""
        ...
