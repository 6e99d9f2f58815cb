"""Unsaved hooks while they are being written: their conditions and templates are checked, and they can be tested."""

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime

from engine.events.catalogue import Catalogue
from engine.events.drifted import DriftedFields
from engine.events.seen import SeenFields
from engine.expressions.condition import Condition, ConditionCheck, check, doubts
from engine.expressions.template import TemplateError, template
from engine.hooks.commands import Hooks
from engine.model import Actor, Hook, Json
from engine.rules.index import CompiledHook, compile_hook


class Drafts:
    def __init__(
        self,
        hooks: Hooks,
        catalogue: Catalogue,
        seen: SeenFields,
        drifted: DriftedFields,
        now: Callable[[], datetime],
    ) -> None:
        self._hooks, self._catalogue, self._seen, self._now = hooks, catalogue, seen, now
        self._drifted = drifted

    def check_condition(self, source: str, trigger: str, *, more: Collection[str] = ()) -> ConditionCheck:
        """Checks a condition while it is typed. `trigger` may be empty or unknown to the catalogue; `more` are known
        names besides its fields."""
        return check(source, lambda condition: self._doubts((condition,), trigger, more))

    def check_template(self, source: str, trigger: str, *, more: Collection[str] = ()) -> ConditionCheck:
        """The same for the expressions in a URL, a header or a body."""
        try:
            expressions = template(source).expressions
        except TemplateError as error:
            return ConditionCheck(error=str(error))
        return ConditionCheck(warnings=self._doubts(expressions, trigger, more))

    def compiled(self, raw: Mapping[str, Json], *, actor: Actor) -> CompiledHook:
        """From the API's shape, with the `id` of its hook, if it has one. Raises InvalidHook."""
        now, definition = self._now(), self._hooks.read(raw, actor=actor)
        return compile_hook(Hook(id=0, version=0, definition=definition, created_at=now, updated_at=now))

    def _doubts(self, read: Iterable[Condition], trigger: str, more: Collection[str]) -> tuple[str, ...]:
        """Names that are read but occur neither in the catalogue nor in recent traffic, or no longer come."""
        known = self._catalogue.by_name.get(trigger)
        if known is None:
            return ()
        names = {*known.fields, *known.aliases, *self._seen.names(trigger), *more}
        conditions = tuple(read)
        paths = {path for one in conditions for path in one.paths}
        paths |= {known.aliases.get(path, path) for path in paths}
        gone = (words for path, words in self._drifted.of(trigger).items() if path in paths)
        return (*doubts(conditions, names, known.label), *gone)
