"""One request of a platform: verified, mapped, accepted, counted, and answered as the platform expects."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from http import HTTPStatus
from typing import Final, Protocol

from engine.access.permissions import Permission, require
from engine.errors import InvalidSource, Overloaded, StoreUnavailable
from engine.events.bounds import LARGE_BYTES, Bounds
from engine.events.catalogue import Catalogue
from engine.events.draft import EventDraft, continued
from engine.events.sources.guides import GUIDES
from engine.events.sources.platform import Incoming, Platform, Reading, Verification
from engine.events.sources.platforms import within
from engine.messages.notices import Notices
from engine.model import OUTSIDE, Actor, Origin, Scope
from engine.model.sources import Outcome, Source, SourceBody
from engine.rules.mapping.reading import mapped
from engine.sources.commands import Sources, named
from engine.sources.journal import Journal
from engine.sources.kept import (
    CAME_AGAIN,
    LONGEST_QUERY,
    SWITCHED_OFF,
    UNREADABLE,
    incoming_of,
    is_whole,
    kept_headers,
    may_be_mapped,
)

BUSY: Final = "this server was busy"
TELL_SECONDS: Final = 3_600.0


class Accepted(Protocol):
    """What became of one event: its id, and `accepted` or `duplicate`."""

    @property
    def id(self) -> str: ...

    @property
    def status(self) -> str: ...


Accept = Callable[[Sequence[EventDraft], Actor], Awaitable[Sequence[Accepted]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """`problem` is set for what is not accepted."""

    status: HTTPStatus
    body: bytes = b""
    media_type: str = ""
    problem: str = ""
    retry_after: int = 0


class Reception:
    def __init__(
        self,
        sources: Sources,
        journal: Journal,
        notices: Notices,
        catalogue: Catalogue,
        bounds: Bounds,
        now: Callable[[], datetime],
        clock: Callable[[], float],
        accept: Accept,
        note_fields: Callable[[int, Sequence[EventDraft], datetime], None],
    ) -> None:
        self._sources, self._journal, self._notices = sources, journal, notices
        self._catalogue, self._bounds, self._accept = catalogue, bounds, accept
        self._now, self._clock, self._note_fields = now, clock, note_fields
        self._told: dict[int, float] = {}
        self._unmapped: dict[int, int] = {}

    async def receive(
        self, source: Source, incoming: Incoming, plain: bytes | None, address: str, origin: Origin = OUTSIDE
    ) -> Reply:
        """`plain` is the body decompressed and in UTF-8; None if it cannot be. Whatever the bytes are, never raises."""
        platform = self._sources.platforms[source.settings.platform]
        against = Verification(secrets=self._sources.secrets_of(source), now=self._now(), choice=source.settings.verify)
        large, verify = len(incoming.body) > LARGE_BYTES, platform.verify
        problem = await asyncio.to_thread(verify, incoming, against) if large else verify(incoming, against)
        if problem is not None:
            return await self._refuse(source, problem)
        if not source.settings.enabled:
            return self._ignore(source, platform, incoming, SWITCHED_OFF)
        if plain is None:
            return self._ignore(source, platform, incoming, UNREADABLE)
        readable = replace(incoming, body=plain)
        read = self._reader_of(source)
        reading = await asyncio.to_thread(read, readable) if large else read(readable)
        reading = replace(reading, drafts=tuple(continued(reading.drafts, origin)))
        return await self._take(source, platform, readable, reading, address)

    async def send_sample(self, source_id: int, *, actor: Actor, origin: Origin = OUTSIDE) -> Sequence[Accepted]:
        """The platform's sample, mapped as if it had been posted, as a test; its ids are new each time. With a mapping
        of its own, it is the last body that this maps.

        Raises NotAllowed, NotFound, Overloaded, StoreUnavailable.
        """
        require(actor, Permission.MANAGE_SOURCES)
        source = await self._sources.get(source_id, actor=actor)
        read = self._reader_of(source)
        readings = [read(one) for one in await self._samples_of(source, actor)]
        found = next((reading.drafts for reading in readings if reading.drafts), ())
        drafts = [replace(draft, id=None, occurred_at=None, test=True) for draft in found]
        return await self._accept(continued(drafts, origin), _actor(source, actor.address)) if drafts else ()

    async def map_again(self, source_id: int, *, actor: Actor) -> int:
        """Maps the kept bodies that became nothing by the mapping as it is now, oldest first; gives how many became
        events. Raises NotAllowed, NotFound, InvalidSource, Overloaded, StoreUnavailable.
        """
        require(actor, Permission.MANAGE_SOURCES)
        source = await self._sources.get(source_id, actor=actor)
        if not self._sources.platforms[source.settings.platform].has_mapping:
            raise InvalidSource({"mapping": "What this platform posts is mapped by this server."})
        read, again = self._reader_of(source), 0
        for body in reversed((await self._sources.received(source_id, actor=actor)).bodies):
            drafts = read(incoming_of(body)).drafts if may_be_mapped(body) else ()
            if drafts:
                again += 1
                receipts = await self._accept(drafts, _actor(source, actor.address))
                for draft in drafts:
                    self._journal.count(source_id, Outcome.ACCEPTED, draft.type)
                await self._journal.change(_became(body, drafts, receipts))
        return again

    def _reader_of(self, source: Source) -> Callable[[Incoming], Reading]:
        """By its own mapping, or that of its platform; within bounds, and only the types that it may send."""
        mapping, now = self._sources.mapping_of(source), self._now()
        platform = self._sources.platforms[source.settings.platform]

        def read(incoming: Incoming) -> Reading:
            reading = mapped(incoming, mapping, self._catalogue, now) if mapping else platform.read(incoming)
            return _allowed(source, within(reading, self._bounds))

        return read

    async def _samples_of(self, source: Source, actor: Actor) -> list[Incoming]:
        if source.settings.mapping is None:
            return [Incoming(method="POST", url="", headers={}, body=GUIDES[source.settings.platform].sample)]
        bodies = (await self._sources.received(source.id, actor=actor)).bodies
        return [incoming_of(body) for body in bodies if is_whole(body)]

    async def _take(
        self, source: Source, platform: Platform, incoming: Incoming, reading: Reading, address: str
    ) -> Reply:
        at = self._now()
        try:
            receipts = await self._accept(reading.drafts, _actor(source, address)) if reading.drafts else ()
        except (Overloaded, StoreUnavailable) as error:
            self._journal.count(source.id, Outcome.REFUSED, BUSY)
            after = getattr(error, "retry_after", 5)
            return Reply(status=platform.busy, problem="Try again later.", retry_after=after)
        pairs = list(zip(reading.drafts, receipts, strict=True))
        for draft, receipt in pairs:
            again = receipt.status == "duplicate"
            outcome, reason = (Outcome.IGNORED, CAME_AGAIN) if again else (Outcome.ACCEPTED, draft.type)
            self._journal.count(source.id, outcome, reason)
        self._note_fields(source.id, [draft for draft, one in pairs if one.status != "duplicate"], at)
        for reason in reading.ignored:
            self._journal.count(source.id, Outcome.IGNORED, reason)
        if reading.ignored and source.settings.mapping:
            await self._tell_unmapped(source, reading.ignored[0])
        outcome = Outcome.ACCEPTED if receipts else Outcome.IGNORED
        reason = ", ".join(draft.type for draft in reading.drafts) or next(iter(reading.ignored), "nothing in it")
        self._keep(source, incoming, outcome, reason, [receipt.id for receipt in receipts])
        return _answer(platform)

    async def _refuse(self, source: Source, problem: str) -> Reply:
        """Counted and told, and not kept: anybody may have sent it."""
        self._journal.count(source.id, Outcome.REFUSED, problem)
        now = self._clock()
        if now - self._told.get(source.id, now - TELL_SECONDS) >= TELL_SECONDS:
            self._told[source.id] = now
            title = f"“{source.settings.name}” is refused: {problem}"
            text = "Something posts to its address without a valid signature. Compare the secret with the platform's."
            await self._notices.tell("warning", title, text, f"/sources/{source.id}")
        return Reply(status=HTTPStatus.UNAUTHORIZED, problem=f"Refused: {problem}.")

    async def _tell_unmapped(self, source: Source, what: str) -> None:
        """Once for each version of the mapping."""
        if self._unmapped.get(source.id) == source.mapping_version:
            return
        self._unmapped[source.id] = source.mapping_version
        title = f"“{source.settings.name}” posts what its mapping leaves out: {what}"
        text = "It is kept with the last bodies. Change the mapping and map it again, or leave it ignored."
        await self._notices.tell("info", title, text, f"/sources/{source.id}/mapping")

    def _ignore(self, source: Source, platform: Platform, incoming: Incoming, reason: str) -> Reply:
        self._journal.count(source.id, Outcome.IGNORED, reason)
        self._keep(source, incoming, Outcome.IGNORED, reason, ())
        return _answer(platform)

    def _keep(self, source: Source, incoming: Incoming, outcome: Outcome, reason: str, events: Sequence[str]) -> None:
        self._sources.note_use(source.id)
        query = incoming.url.partition("?")[2]
        body = incoming.body.decode(errors="replace") or query
        has_mapping = self._sources.platforms[source.settings.platform].has_mapping
        self._journal.keep(
            SourceBody(
                source_id=source.id,
                at=self._now(),
                outcome=outcome,
                reason=reason,
                media_type=incoming.headers.get("content-type", "")[:100],
                body=body.replace("\0", ""),
                events=tuple(events),
                headers=kept_headers(incoming.headers, source) if has_mapping else {},
                query=query[:LONGEST_QUERY] if has_mapping else "",
            )
        )


def _allowed(source: Source, reading: Reading) -> Reading:
    """Events of other types than the source may send are ignored."""
    types = source.settings.types
    if not types:
        return reading
    others = tuple(f"{one.type}: not among the types of this source" for one in reading.drafts if one.type not in types)
    drafts = tuple(draft for draft in reading.drafts if draft.type in types)
    return Reading(drafts=drafts, ignored=(*reading.ignored, *others))


def _became(body: SourceBody, drafts: Sequence[EventDraft], receipts: Sequence[Accepted]) -> SourceBody:
    types, ids = ", ".join(draft.type for draft in drafts), tuple(receipt.id for receipt in receipts)
    return replace(body, outcome=Outcome.ACCEPTED, reason=types, events=ids)


def _actor(source: Source, address: str) -> Actor:
    return Actor(
        kind="source",
        id=source.id,
        name=named(source),
        role=source.settings.role,
        address=address,
        scopes=frozenset({Scope.INGEST}),
        sends=source.settings.types,
    )


def _answer(platform: Platform) -> Reply:
    return Reply(status=HTTPStatus.OK, body=platform.answer.body, media_type=platform.answer.media_type)
