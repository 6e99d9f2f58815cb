"""The settings of the lanes: what is not changed is as usual."""

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import TypeAdapter, ValidationError

from engine.access.audit import Audit, changed
from engine.access.permissions import Permission, require
from engine.errors import InvalidHook
from engine.hooks.definition import messages_by_field
from engine.model import Actor, HookType, Json, LaneSettings
from engine.ports import Upkeep
from engine.process.announcer import Announcer
from engine.rules.retries import retries_problem, timeout_problem

MOST_AT_ONCE = 512

_SETTINGS = TypeAdapter(LaneSettings)


class AllLaneSettings:
    def __init__(self, store: Upkeep, audit: Audit) -> None:
        self._store, self._audit = store, audit
        self._changes = Announcer[HookType, LaneSettings]("the settings of lanes")
        self._changed: dict[HookType, LaneSettings] = {}

    async def load(self) -> None:
        self._changed = await self._store.lane_settings()
        for type, settings in self._changed.items():
            self._changes.announce(type, settings)

    def subscribe(self, callback: Callable[[HookType, LaneSettings], None]) -> Callable[[], None]:
        """Called with the settings of a lane as they are loaded or saved; gives the way to leave."""
        return self._changes.subscribe(callback)

    def of(self, type: HookType) -> LaneSettings:
        return self._changed.get(type) or _USUAL

    def raw(self, type: HookType) -> dict[str, Json]:
        """In the shape of the API."""
        return _SETTINGS.dump_python(self.of(type), mode="json")

    async def save(self, type: HookType, raw: Mapping[str, Json], *, actor: Actor) -> LaneSettings:
        """What `raw` leaves out is as usual. Raises NotAllowed, InvalidHook."""
        require(actor, Permission.ADMINISTER)
        settings = read_lane_settings(raw)
        before = self.raw(type)
        await self._store.save_lane(type, settings)
        self._changed[type] = settings
        self._changes.announce(type, settings)
        if before != (after := self.raw(type)):
            await self._audit.note(actor, "lane.saved", f"lane {type}", **changed(before, after))
        return settings


def read_lane_settings(raw: Mapping[str, Any]) -> LaneSettings:
    """Raises InvalidHook."""
    try:
        settings = _SETTINGS.validate_python(dict(raw))
    except ValidationError as error:
        raise InvalidHook(messages_by_field(error)) from None
    problems = {
        "concurrency": None if 1 <= settings.concurrency <= MOST_AT_ONCE else f"From 1 to {MOST_AT_ONCE} calls.",
        "timeout": timeout_problem(settings.timeout),
        "retries": retries_problem(settings.retries),
    }
    if found := {field: problem for field, problem in problems.items() if problem}:
        raise InvalidHook(found)
    return settings


_USUAL = LaneSettings()
