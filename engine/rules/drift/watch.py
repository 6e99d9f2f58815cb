"""Watches the events of one type from one source: learns their fields, and finds what has changed. Pure: no I/O."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from engine.model import Json
from engine.model.sources.drift import FieldHour
from engine.rules.drift.chance import most_by_change
from engine.rules.drift.shapes import EMPTY, Item, Noted, items_of, note

BLOCK: Final = 16
BLOCKS: Final = 3
"""The newest one, two and three blocks of events are compared with all before them."""
BUSY: Final = 1_000
"""With more events in an hour, every other block is enough."""
BACK: Final = 0.75
ENOUGH: Final = 50
"""With fewer events before, nothing is known."""
FULL_HOUR: Final = 20
"""An hour with fewer events says nothing of its own."""
MOST_ITEMS: Final = 1_000

_NEVER: Final = datetime.min.replace(tzinfo=UTC)


@dataclass(slots=True)
class _Block:
    began: datetime = _NEVER
    events: int = 0
    items: Counter[Item] = field(default_factory=Counter[Item])


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """An item that came in the share `before` of events, and in `came` of the newest `events`, since then."""

    item: Item
    before: float
    came: int
    events: int
    since: datetime
    became: str


class FieldWatch:
    """`missing` are the items known to be gone, with their share before; they are not found again until they are back.

    `deep` are paths below the fields at the top that are watched too.
    """

    def __init__(self, missing: Mapping[Item, float] | None = None) -> None:
        self.missing: dict[Item, float] = dict(missing or {})
        self.deep: tuple[str, ...] = ()
        self.known = False
        self._noted: Noted = []
        self._newest, self._skipped, self._began = 0, 0, _NEVER
        self._blocks: list[_Block] = []
        self._hour = _Block()
        self._past = _Block()
        self._lowest: dict[Item, float] = {}
        self._shares: dict[Item, float] = {}
        self._limits: list[tuple[Item, list[int]]] = []
        """By item, at most how many of the newest one, two and three blocks can have it after a change."""
        self._compare_at = ENOUGH

    def note(self, data: Mapping[str, Json], at: datetime) -> bool:
        """Whether a block is complete, so that it is time to look for changes."""
        if self._skipped:
            self._skipped -= 1
            return False
        if not self._newest:
            self._began = at
        self._newest += 1
        note(data, self.deep, self._noted)
        return self._newest >= BLOCK

    def look(self) -> tuple[list[Change], list[Item]]:
        """What has changed since the last look, and what is back."""
        self._close_block()
        if len(self._blocks) > BLOCKS:
            _add(self._hour, self._blocks.pop(0))
        self._skipped = BLOCK if self._hour.events >= BUSY else 0
        if self._hour.events >= self._compare_at:
            self._compare_at = self._hour.events * 2
            self._compare_with_past()
        back = self._returned()
        return self._changes(), back

    def learn(self, hours: Sequence[FieldHour], now: int) -> None:
        """From the hours of the last week, in place of what was learnt before; at first, a row of the hour `now` is the
        beginning of its counts."""
        self._past, self._lowest = _Block(), {}
        for one in sorted(hours, key=lambda one: one.hour):
            counts = Counter({(path, kind): n for path, kinds in one.fields.items() for kind, n in kinds.items()})
            block = _Block(events=one.events, items=counts)
            if one.hour < now:
                _add(self._past, block)
                self._note_lowest(block)
            elif not self.known:
                _add(self._hour, block)
        self.known = True
        self._compare_with_past()

    def flush(self) -> None:
        """Counts the newest events too, before a stop."""
        self._close_block()
        for block in self._blocks:
            _add(self._hour, block)
        self._blocks = []

    def hour(self, source_id: int, type: str, hour: int) -> FieldHour:
        """What was counted since `begin`."""
        fields: dict[str, dict[str, int]] = {}
        for (path, kind), count in sorted(self._hour.items.items()):
            fields.setdefault(path, {})[kind] = count
        return FieldHour(source_id=source_id, type=type, hour=hour, events=self._hour.events, fields=fields)

    def begin(self) -> None:
        """An hour begins; what was counted is stored."""
        self._hour, self._compare_at = _Block(), ENOUGH

    def _close_block(self) -> None:
        self._blocks.append(_Block(began=self._began, events=self._newest, items=items_of(self._noted)))
        self._noted, self._newest = [], 0

    def _note_lowest(self, block: _Block) -> None:
        """From the first hour on that has the item: before, it may not have been watched."""
        if block.events >= FULL_HOUR:
            for item in self._past.items:
                share = block.items.get(item, 0) / block.events
                self._lowest[item] = min(self._lowest.get(item, 1.0), share)

    def _compare_with_past(self) -> None:
        """The share of an item is that of all events, or that of the hour with the lowest, whichever is less."""
        events = self._past.events + self._hour.events
        self._shares, self._limits = {}, []
        for item, times in (self._past.items + self._hour.items).items() if events >= ENOUGH else ():
            share = min(times / events, self._lowest.get(item, 1.0))
            limits = [most_by_change(BLOCK * blocks, int(share * 100)) for blocks in range(1, BLOCKS + 1)]
            if item[1] != EMPTY and limits[-1] >= 0:
                self._shares[item] = share
                self._limits.append((item, limits))

    def _changes(self) -> list[Change]:
        """Few items get beyond the first block: those that came often in it came too often for any number of blocks."""
        newest, found = self._blocks[::-1], dict[Item, Change]()
        for item, limits in self._limits:
            came, most = 0, limits[-1]
            for place, block in enumerate(newest):
                came += block.items.get(item, 0)
                if came > most:
                    break
                if came <= limits[place] and item not in self.missing:
                    found[item] = self._change(item, came, newest[: place + 1])
                    break
        self.missing |= {item: change.before for item, change in found.items()}
        return list(found.values())

    def _change(self, item: Item, came: int, blocks: Sequence[_Block]) -> Change:
        events = sum(block.events for block in blocks)
        kinds = Counter[str]()
        for block in blocks:
            for (path, kind), count in block.items.items():
                if path == item[0] and kind not in (item[1], EMPTY):
                    kinds[kind] += count
        became = next((kind for kind, count in kinds.most_common(1) if count * 2 > events), "")
        before, since = self._shares[item], blocks[-1].began
        return Change(item=item, before=before, came=came, events=events, since=since, became=became)

    def _returned(self) -> list[Item]:
        """Those that come nearly as often as before; they are no longer missing."""
        of_all = BLOCK * BLOCKS * BACK
        back = [
            item
            for item, before in self.missing.items()
            if sum(block.items.get(item, 0) for block in self._blocks) >= of_all * before
        ]
        for item in back:
            del self.missing[item]
        return back


def _add(to: _Block, other: _Block) -> None:
    """Of names without end, the first are counted."""
    to.events += other.events
    if len(to.items) < MOST_ITEMS:
        to.items.update(other.items)
    else:
        to.items.update({item: count for item, count in other.items.items() if item in to.items})
