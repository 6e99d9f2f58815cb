"""Mappings tried and suggested while they are written; they are saved with their source."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from pydantic import TypeAdapter, ValidationError

from engine.access.permissions import Permission, require
from engine.errors import InvalidSource
from engine.events.catalogue import Catalogue
from engine.events.sources.platform import Incoming
from engine.expressions.condition import ConditionCheck, check
from engine.hooks.definition import messages_by_field
from engine.model import Actor, Json
from engine.model.sources import SourceMapping
from engine.rules.mapping.suggestion import suggested
from engine.rules.mapping.trial import Trial, tried

LONGEST_TRIED: Final = 100_000

_MAPPING: Final = TypeAdapter(SourceMapping)


class Mappings:
    def __init__(self, catalogue: Catalogue, now: Callable[[], datetime]) -> None:
        self._catalogue, self._now = catalogue, now

    def attempt(self, raw: Mapping[str, Json], incoming: Incoming, *, actor: Actor) -> Trial:
        """`raw` is a mapping in the API's shape, which may have errors in its expressions. Raises NotAllowed,
        InvalidSource."""
        require(actor, Permission.MANAGE_SOURCES)
        _require_small(incoming)
        try:
            mapping = _MAPPING.validate_python(dict(raw))
        except ValidationError as error:
            problems = messages_by_field(error)
            raise InvalidSource({f"mapping.{place}": problem for place, problem in problems.items()}) from None
        return tried(incoming, mapping, self._catalogue, self._now())

    def suggest(self, incoming: Incoming, *, actor: Actor) -> SourceMapping:
        """By the names in the request. Raises NotAllowed, InvalidSource."""
        require(actor, Permission.MANAGE_SOURCES)
        _require_small(incoming)
        return suggested(incoming, self._catalogue)

    def check(self, text: str) -> ConditionCheck:
        """Checks an expression while it is typed."""
        return check(text, lambda _: ())


def _require_small(incoming: Incoming) -> None:
    """A trial runs on the event loop. Raises InvalidSource."""
    if len(incoming.body) > LONGEST_TRIED:
        raise InvalidSource({"body": f"A mapping is tried on at most {LONGEST_TRIED:,} bytes."})
