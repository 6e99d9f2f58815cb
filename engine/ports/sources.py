"""Sources, and what came from them."""

from collections.abc import Sequence
from typing import Protocol

from engine.model.sources import Source, SourceBody, SourceCount


class SourceStore(Protocol):
    async def sources(self) -> list[Source]:
        """By id."""
        ...

    async def add_source(self, source: Source) -> Source:
        """Returns it with its id."""
        ...

    async def change_source(self, source: Source) -> None:
        """Its settings and secrets. Raises NotFound."""
        ...

    async def delete_source(self, source_id: int) -> None:
        """With its counts and bodies. Raises NotFound."""
        ...

    async def note_received(self, counts: Sequence[SourceCount], bodies: Sequence[SourceBody], most: int) -> None:
        """Adds to the counts, and keeps the newest `most` bodies of each source and outcome. Sources that are gone are
        left out."""
        ...

    async def change_source_body(self, body: SourceBody) -> None:
        """Its outcome, reason and events; nothing where it is gone."""
        ...

    async def source_counts(self, source_id: int, since: int) -> list[SourceCount]:
        """From that hour on, oldest first."""
        ...

    async def source_totals(self, since: int) -> list[SourceCount]:
        """Of every source from that hour on: one for each outcome, in the hour `since` and without a reason."""
        ...

    async def source_bodies(self, source_id: int) -> list[SourceBody]:
        """Newest first."""
        ...
