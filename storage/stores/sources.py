"""Sources, and what came from them."""

from collections.abc import Sequence

from engine.model.sources import Source, SourceBody, SourceCount
from storage.queries import sources
from storage.stores.base import SqlBase


class SqlSources(SqlBase):
    async def sources(self) -> list[Source]:
        return await self._read(sources.every)

    async def add_source(self, source: Source) -> Source:
        return await self._write(sources.add, source)

    async def change_source(self, source: Source) -> None:
        await self._write(sources.change, source)

    async def delete_source(self, source_id: int) -> None:
        await self._write(sources.remove, source_id)

    async def note_received(self, counts: Sequence[SourceCount], bodies: Sequence[SourceBody], most: int) -> None:
        await self._write(sources.note, counts, bodies, most)

    async def change_source_body(self, body: SourceBody) -> None:
        await self._write(sources.change_body, body)

    async def source_counts(self, source_id: int, since: int) -> list[SourceCount]:
        return await self._read(sources.counts, source_id, since)

    async def source_totals(self, since: int) -> list[SourceCount]:
        return await self._read(sources.totals, since)

    async def source_bodies(self, source_id: int) -> list[SourceBody]:
        return await self._read(sources.bodies, source_id)
