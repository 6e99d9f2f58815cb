"""Fields that a source has always sent and no longer does: told once, with the hooks that read them."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from engine.errors import NotFound, StoreUnavailable
from engine.events.catalogue import Catalogue
from engine.events.draft import EventDraft
from engine.events.drifted import DriftedFields
from engine.hooks.commands import Hooks
from engine.hooks.reading import paths_of, reads
from engine.messages.notices import Notices
from engine.model import Hook
from engine.model.sources.drift import Drift
from engine.ports import DriftStore, EventStore
from engine.process.announcer import Announcer
from engine.rules.drift.shapes import Item
from engine.rules.drift.successor import successor_of
from engine.rules.drift.watch import Change, FieldWatch
from engine.rules.drift.words import in_words
from engine.sources.commands import Sources
from engine.sources.journal import hour_of

log = logging.getLogger(__name__)

WEEK_HOURS: Final = 7 * 24
FORGOTTEN: Final = timedelta(days=7)
"""After a week without it, that is how it is."""
MOST_WATCHED: Final = 300
"""Sources times types; any more are not watched."""
MOST_DEEP: Final = 20
SAVE_SECONDS: Final = 300.0
LOOKED_BACK: Final = 200

_Key = tuple[int, str]


class FieldDrift:
    def __init__(
        self,
        store: DriftStore,
        events: EventStore,
        sources: Sources,
        hooks: Hooks,
        catalogue: Catalogue,
        notices: Notices,
        drifted: DriftedFields,
        now: Callable[[], datetime],
        steady: Callable[[], float],
    ) -> None:
        self._store, self._events, self._sources, self._hooks = store, events, sources, hooks
        self._catalogue, self._notices, self._drifted = catalogue, notices, drifted
        self._now, self._steady = now, steady
        self._watches: dict[_Key, FieldWatch] = {}
        self._found: list[tuple[_Key, Change]] = []
        self._back: list[tuple[_Key, Item]] = []
        self._open: dict[int, Drift] = {}
        self._hour, self._saved_at, self._revision = hour_of(now()), steady(), -1
        self._changes = Announcer[[]]("fields that changed")

    async def load(self) -> None:
        self._open = {drift.id: drift for drift in await self._store.drifts()}
        self._tell_hooks()

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Called when a field has changed or is back; returns the unsubscribe function."""
        return self._changes.subscribe(callback)

    def note(self, source_id: int, drafts: Sequence[EventDraft], at: datetime) -> None:
        """What a source has sent, and was accepted."""
        for draft in drafts:
            key = (source_id, draft.type)
            watch = self._watches.get(key) or self._begin(key)
            if watch and watch.note(draft.data, at):
                found, back = watch.look()
                self._found += [(key, change) for change in found]
                self._back += [(key, item) for item in back]

    def of(self, source_id: int) -> list[Drift]:
        """Fields of the source that have not come back, newest first."""
        found = [drift for drift in self._open.values() if drift.source_id == source_id]
        return sorted(found, key=lambda drift: drift.found_at, reverse=True)

    def words_of(self, drift: Drift) -> str:
        source = next((one.settings.name for one in self._sources.all() if one.id == drift.source_id), "")
        return in_words(drift, self._catalogue.label(drift.type), f"“{source}”", len(self.readers_of(drift)))

    def readers_of(self, drift: Drift) -> list[Hook]:
        """Enabled hooks that read the field, by id."""
        aliases = self._catalogue.aliases_of(drift.type)
        hooks = self._hooks.index().enabled.get(drift.type, ())
        return [compiled.hook for compiled in hooks if reads(compiled, drift.path, aliases)]

    async def look(self) -> None:
        """Tells what was found, ends what is back, and learns and stores what came by hour."""
        try:
            await self._tell_found()
            await self._end()
            await self._learn()
            if self._steady() - self._saved_at >= SAVE_SECONDS or hour_of(self._now()) != self._hour:
                await self.save()
        except StoreUnavailable as error:
            log.warning("the fields of what sources send cannot be stored yet: %s", error)

    async def stop(self) -> None:
        """Stores also what was not compared yet."""
        for watch in self._watches.values():
            watch.flush()
        try:
            await self.save()
        except StoreUnavailable as error:
            log.warning("the fields of what sources sent are lost: %s", error)

    async def save(self) -> None:
        """Raises StoreUnavailable."""
        ended, self._saved_at = self._hour, self._steady()
        known = [(key, watch) for key, watch in self._watches.items() if watch.known]
        hours = [watch.hour(*key, ended) for key, watch in known]
        await self._store.save_field_hours([one for one in hours if one.events], ended - WEEK_HOURS)
        if hour_of(self._now()) != ended:
            self._hour = hour_of(self._now())
            for key, watch in known:
                watch.begin()
                watch.learn(await self._store.field_hours(*key, self._hour - WEEK_HOURS), self._hour)

    def _begin(self, key: _Key) -> FieldWatch | None:
        if len(self._watches) >= MOST_WATCHED:
            return None
        missing = {(one.path, one.kind): one.before for one in self._open.values() if (one.source_id, one.type) == key}
        self._watches[key] = watch = FieldWatch(missing)
        self._revision = -1
        return watch

    async def _learn(self) -> None:
        """What is new, and after a change of hooks, the paths that they read below the top."""
        known = {source.id for source in self._sources.all()}
        self._watches = {key: watch for key, watch in self._watches.items() if key[0] in known}
        for key, watch in list(self._watches.items()):
            if not watch.known:
                watch.learn(await self._store.field_hours(*key, self._hour - WEEK_HOURS), self._hour)
        index = self._hooks.index()
        if index.revision != self._revision:
            self._revision = index.revision
            for (_, type), watch in self._watches.items():
                read = {path for one in index.enabled.get(type, ()) for path in paths_of(one) if "." in path}
                watch.deep = tuple(sorted(read)[:MOST_DEEP])

    async def _tell_found(self) -> None:
        found, self._found = self._found, []
        for key, change in found:
            if any((one.source_id, one.type, one.path) == (*key, change.item[0]) for one in self._open.values()):
                continue
            drift = _drift(key, change, self._now())
            drift = replace(drift, successor="" if drift.became else await self._successor_of(drift))
            try:
                drift = await self._store.add_drift(drift)
            except NotFound:
                continue
            self._open[drift.id] = drift
            title = f"`{drift.path}` {'is now ' + drift.became if drift.became else 'no longer comes'}"
            await self._notices.tell("warning", title, self.words_of(drift), f"/sources/{drift.source_id}")
            self._tell_hooks()

    async def _end(self) -> None:
        """What is back, what is no longer new, and what belongs to a source that is gone."""
        back, self._back = {(*key, *item) for key, item in self._back}, []
        known, now = {source.id for source in self._sources.all()}, self._now()
        for drift in list(self._open.values()):
            is_back = (drift.source_id, drift.type, drift.path, drift.kind) in back
            if is_back or drift.source_id not in known or now - drift.found_at > FORGOTTEN:
                await self._store.change_drift(replace(drift, ended_at=now))
                del self._open[drift.id]
                self._tell_hooks()

    async def _successor_of(self, drift: Drift) -> str:
        """By the last events of the type, from whichever source: stored ones do not name it once they are decided."""
        recorded = await self._events.latest_events(drift.type, None, LOOKED_BACK)
        before = [one.event.data for one in recorded if one.event.received_at < drift.since]
        after = [one.event.data for one in recorded if one.event.received_at >= drift.since]
        return successor_of(drift.path, before, after)

    def _tell_hooks(self) -> None:
        self._drifted.replace((one.type, one.path, self.words_of(one)) for one in self._open.values())
        self._changes.announce()


def _drift(key: _Key, change: Change, now: datetime) -> Drift:
    return Drift(
        source_id=key[0],
        type=key[1],
        path=change.item[0],
        kind=change.item[1],
        before=change.before,
        came=change.came,
        events=change.events,
        since=change.since,
        became=change.became,
        found_at=now,
    )
