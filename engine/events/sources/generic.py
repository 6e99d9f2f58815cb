"""Senders of their own: our own form, the older one, or CloudEvents, unless their user writes a mapping."""

from collections.abc import Callable

from engine.errors import InvalidEvent
from engine.events.bounds import Bounds
from engine.events.catalogue import Catalogue
from engine.events.parsing import read_events
from engine.events.sources.chosen import verify_chosen
from engine.events.sources.documents import ignoring
from engine.events.sources.platform import Incoming, Platform, Reading
from engine.model import Json


def generic(catalogue: Catalogue, bounds: Bounds) -> Platform:
    return Platform(
        key="generic",
        verify=verify_chosen,
        read=_reader(catalogue, bounds),
        needs_secret=False,
        has_choice=True,
        has_mapping=True,
    )


def _reader(catalogue: Catalogue, bounds: Bounds) -> Callable[[Incoming], Reading]:
    def read(incoming: Incoming) -> Reading:
        """A body that is no event of ours is told by its first problem."""
        try:
            return Reading(drafts=read_events(incoming.body, incoming.headers, catalogue, bounds))
        except InvalidEvent as error:
            return ignoring(_first(error))

    return read


def _first(error: InvalidEvent) -> Json:
    place, message = next(iter(error.problems.items()))
    return f"{place}: {message}"
