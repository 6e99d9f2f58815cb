"""The fields of recent events: recorded when stored events are profiled, read when names are checked."""

from collections.abc import Iterable


class SeenFields:
    def __init__(self) -> None:
        self._names: dict[str, frozenset[str]] = {}

    def note(self, type: str, paths: Iterable[str]) -> None:
        """Replaces what was recorded for the type."""
        self._names[type] = frozenset(path for path in paths if "." not in path)

    def names(self, type: str) -> frozenset[str]:
        """The top-level fields of the type's data; empty until it has been profiled."""
        return self._names.get(type, frozenset())
