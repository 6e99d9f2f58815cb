"""Which hooks the table shows, and in which order. Pure; the page's URL uses the same names."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from engine import LABELS, Catalogue, Hook, HookDefinition, HookStats

SIZES = (10, 25, 50, 100)
STATUSES = ("enabled", "shadow", "disabled")
NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class HookQuery:
    """`status` is empty, `enabled`, `shadow` or `disabled`; `page` counts from 1."""

    q: str = ""
    trigger: str = ""
    type: str = ""
    status: str = ""
    sort: str = "id"
    down: bool = False
    page: int = 1
    size: int = 25


@dataclass(frozen=True, slots=True)
class Line:
    """A hook with its data for the table."""

    hook: Hook
    stats: HookStats


def status_of(definition: HookDefinition) -> str:
    """One of `STATUSES`: a hook in shadow is enabled too, but sends nothing."""
    if not definition.enabled:
        return "disabled"
    return "shadow" if definition.shadow else "enabled"


SORTS: Mapping[str, Callable[[Line, Catalogue], Any]] = {
    "id": lambda line, _: line.hook.id,
    "title": lambda line, _: line.hook.definition.title.casefold(),
    "enabled": lambda line, _: STATUSES.index(status_of(line.hook.definition)),
    "trigger": lambda line, catalogue: catalogue.label(line.hook.definition.trigger),
    "type": lambda line, _: LABELS[line.hook.definition.type],
    "hits": lambda line, _: line.stats.hits,
    "last_hit_at": lambda line, _: line.stats.last_hit_at or NEVER,
    "updated_at": lambda line, _: line.hook.updated_at,
    "created_at": lambda line, _: line.hook.created_at,
}


def read_query(words: Mapping[str, Any]) -> HookQuery:
    """Reads a URL or a browser message: invalid values fall back to the default."""
    sort = str(words.get("sort", "id"))
    down = bool(words.get("down", sort.startswith("-")))
    sort = sort.removeprefix("-")
    size = _whole(words.get("size"), 25)
    return HookQuery(
        q=str(words.get("q", ""))[:200],
        trigger=str(words.get("trigger", "")),
        type=str(words.get("type", "")),
        status=str(words.get("status", "")),
        sort=sort if sort in SORTS else "id",
        down=down,
        page=max(1, _whole(words.get("page"), 1)),
        size=size if size in SIZES else 25,
    )


def select(lines: Sequence[Line], query: HookQuery, catalogue: Catalogue) -> tuple[list[Line], int]:
    """The rows of the page, and the total on all pages. A page past the end shows the last one."""
    found = [line for line in lines if _matches(line, query, catalogue)]
    key = SORTS[query.sort]
    found.sort(key=lambda line: (key(line, catalogue), line.hook.id), reverse=query.down)
    start = (page_within(query, len(found)) - 1) * query.size
    return found[start : start + query.size], len(found)


def page_within(query: HookQuery, total: int) -> int:
    return min(query.page, max(1, -(-total // query.size)))


def _matches(line: Line, query: HookQuery, catalogue: Catalogue) -> bool:
    definition = line.hook.definition
    words = (
        definition.title,
        definition.description,
        definition.condition,
        catalogue.label(definition.trigger),
        str(line.hook.id),
        *(action.url for action in definition.actions),
    )
    return (
        query.q.strip().casefold() in "\n".join(words).casefold()
        and query.trigger in {"", definition.trigger}
        and query.type in {"", definition.type}
        and query.status in {"", status_of(definition)}
    )


def _whole(value: Any, otherwise: int) -> int:
    try:
        return int(value)
    except (TypeError, ValueError):
        return otherwise
