"""Event types that a team added to the catalogue."""

from typing import Protocol

from engine.model.event_types import OwnType


class EventTypeStore(Protocol):
    async def event_types(self) -> list[OwnType]:
        """By name."""
        ...

    async def save_event_type(self, own: OwnType) -> None:
        """Adds it, or changes the settings of the one that has its name."""
        ...

    async def delete_event_type(self, name: str) -> None:
        """Nothing where it is gone."""
        ...
