"""Sources on disk: what goes in comes out, counts add up, and only the last bodies stay."""

from dataclasses import replace
from datetime import timedelta

import pytest

from engine.errors import NotFound
from engine.model import Role
from engine.model.sources import (
    Outcome,
    SigningChoice,
    SigningKind,
    Source,
    SourceBody,
    SourceCount,
    SourceSettings,
)
from storage.store import SqlStore
from tests.storage.conftest import NOW

SETTINGS = SourceSettings(
    platform="vapi",
    name="Main",
    role=Role.MANAGER,
    types=frozenset({"call.ended", "call.started"}),
    enabled=False,
    verify=SigningChoice(kind=SigningKind.HMAC, header="x-signature"),
)
SOURCE = Source(
    id=0, settings=SETTINGS, token="sealed:t", token_hash=b"h", secret="sealed:s", created_at=NOW, created_by="ada"
)


def counted(source_id: int, count: int, hour: int = 5, reason: str = "call.ended") -> SourceCount:
    return SourceCount(source_id=source_id, hour=hour, outcome=Outcome.ACCEPTED, reason=reason, count=count)


def body(source_id: int, text: str) -> SourceBody:
    return SourceBody(
        source_id=source_id,
        at=NOW,
        outcome=Outcome.ACCEPTED,
        reason="call.ended",
        media_type="application/json",
        body=text,
        events=("evt_1",),
    )


async def test_a_source_comes_out_as_it_went_in(store: SqlStore) -> None:
    one = await store.add_source(SOURCE)
    other = replace(SOURCE, token_hash=b"i", secret=None, settings=replace(SETTINGS, verify=None, types=frozenset()))
    two = await store.add_source(other)

    assert await store.sources() == [replace(SOURCE, id=one.id), replace(other, id=two.id)]


async def test_a_change_is_of_one_source(store: SqlStore) -> None:
    one, two = await store.add_source(SOURCE), await store.add_source(replace(SOURCE, token_hash=b"i"))
    changed = replace(one, secret="sealed:n", previous_secret="sealed:s", previous_until=NOW + timedelta(days=1))
    await store.change_source(changed)

    assert await store.sources() == [changed, two]
    with pytest.raises(NotFound):
        await store.change_source(replace(one, id=99))


async def test_counts_add_up_by_hour_outcome_and_reason(store: SqlStore) -> None:
    source = await store.add_source(SOURCE)
    await store.note_received([counted(source.id, 2), counted(source.id, 1, hour=4)], [], 3)
    await store.note_received([counted(source.id, 3), counted(source.id, 1, reason="x"), counted(99, 1)], [], 3)

    assert await store.source_counts(source.id, 5) == [counted(source.id, 5), counted(source.id, 1, reason="x")]
    assert len(await store.source_counts(source.id, 0)) == 3
    assert await store.source_totals(5) == [counted(source.id, 6, reason="")]


async def test_only_the_last_bodies_of_each_source_stay(store: SqlStore) -> None:
    one, two = await store.add_source(SOURCE), await store.add_source(replace(SOURCE, token_hash=b"i"))
    await store.note_received([], [body(one.id, f"{number}") for number in range(5)] + [body(two.id, "x")], 3)
    await store.note_received([], [body(one.id, "5"), body(99, "gone")], 3)

    assert [replace(found, id=0) for found in await store.source_bodies(one.id)] == [
        body(one.id, text) for text in ("5", "4", "3")
    ]
    assert [replace(found, id=0) for found in await store.source_bodies(two.id)] == [body(two.id, "x")]
    assert [source.last_received_at for source in await store.sources()] == [NOW, NOW]


async def test_with_a_source_goes_what_came_from_it(store: SqlStore) -> None:
    source = await store.add_source(SOURCE)
    await store.note_received([counted(source.id, 2)], [body(source.id, "x")], 3)
    await store.delete_source(source.id)

    assert await store.sources() == []
    assert (await store.source_counts(source.id, 0), await store.source_bodies(source.id)) == ([], [])
    with pytest.raises(NotFound):
        await store.delete_source(source.id)


async def test_secrets_and_addresses_are_sealed_under_the_newest_key(store: SqlStore) -> None:
    source = await store.add_source(replace(SOURCE, previous_secret="sealed:p"))
    other = await store.add_source(replace(SOURCE, token_hash=b"i", secret=None))
    await store.reseal(lambda secret: f"again {secret}", lambda definition: definition)

    assert await store.sources() == [
        replace(source, token="again sealed:t", secret="again sealed:s", previous_secret="again sealed:p"),
        replace(other, token="again sealed:t"),
    ]
