"""The fields that came lately: noted by whoever looks at what is stored, known to whoever checks a name."""

from collections.abc import Iterable


class SeenFields:
    def __init__(self) -> None:
        self._names: dict[str, frozenset[str]] = {}

    def note(self, type: str, paths: Iterable[str]) -> None:
        """In the place of what was noted of the type before."""
        self._names[type] = frozenset(path for path in paths if "." not in path)

    def names(self, type: str) -> frozenset[str]:
        """The fields at the top of the type's data; empty where nobody looked yet."""
        return self._names.get(type, frozenset())
