"""Fields that sources no longer send: noted when they are found, told where hooks that read them are written."""

from collections.abc import Iterable, Mapping


class DriftedFields:
    def __init__(self) -> None:
        self._words: dict[str, dict[str, str]] = {}

    def replace(self, drifted: Iterable[tuple[str, str, str]]) -> None:
        """With type, path and words for each."""
        words: dict[str, dict[str, str]] = {}
        for type, path, text in drifted:
            words.setdefault(type, {})[path] = text
        self._words = words

    def of(self, type: str) -> Mapping[str, str]:
        """By path, what is told of it; empty for most types."""
        return self._words.get(type, {})
