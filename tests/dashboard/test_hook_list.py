"""Which hooks the table shows: pure, so by tables."""

from datetime import UTC, datetime, timedelta

import pytest

from dashboard.components.hook_table.query import HookQuery, Line, read_query, select
from engine import Action, Hook, HookDefinition, HookStats, HookType
from engine.events.catalogue import load_catalogue

CATALOGUE = load_catalogue()
NOW = datetime(2025, 9, 9, tzinfo=UTC)


def line(number: int, title: str, **changes: object) -> Line:
    values: dict[str, object] = {
        "title": title,
        "trigger": "call.ended",
        "actions": (Action(url="https://api.example.com/leads"),),
        **changes,
    }
    stats = HookStats(hits=10 - number, last_hit_at=NOW + timedelta(hours=number) if number % 2 else None)
    definition = HookDefinition(**values)  # type: ignore[arg-type]
    at = NOW + timedelta(days=number)
    return Line(Hook(id=number, version=1, definition=definition, created_at=at, updated_at=at), stats)


LINES = [
    line(1, "lead qualification", condition="call_duration > 60"),
    line(2, "Follow-up", trigger="follow_up.due", type=HookType.WORKFLOW),
    line(3, "CRM sync", enabled=False, type=HookType.CRM_INTEGRATION, description="Every new lead"),
]


def ids(**query: object) -> list[int]:
    return [one.hook.id for one in select(LINES, HookQuery(**query), CATALOGUE)[0]]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, [1, 2, 3]),
        ({"q": "LEAD"}, [1, 2, 3]),
        ({"q": "new lead"}, [3]),
        ({"q": "call_duration"}, [1]),
        ({"q": "Follow-up Due"}, [2]),
        ({"q": "nothing like it"}, []),
        ({"trigger": "call.ended"}, [1, 3]),
        ({"type": "workflow"}, [2]),
        ({"status": "enabled"}, [1, 2]),
        ({"status": "disabled"}, [3]),
        ({"sort": "id", "down": True}, [3, 2, 1]),
        ({"sort": "title"}, [3, 2, 1]),
        ({"sort": "hits", "down": True}, [1, 2, 3]),
        ({"sort": "last_hit_at"}, [2, 1, 3]),
        ({"sort": "enabled"}, [1, 2, 3]),
        ({"sort": "trigger"}, [1, 3, 2]),
        ({"sort": "type"}, [3, 1, 2]),
        ({"sort": "updated_at", "down": True}, [3, 2, 1]),
        ({"size": 10, "page": 2}, [1, 2, 3]),
    ],
)
def test_what_is_asked_for_is_shown(query: dict[str, object], expected: list[int]) -> None:
    assert ids(**query) == expected


def test_shadow_is_a_status_of_its_own() -> None:
    lines = [line(1, "a", shadow=True), line(2, "b"), line(3, "c", enabled=False, shadow=True)]

    def shown(**query: object) -> list[int]:
        return [one.hook.id for one in select(lines, HookQuery(**query), CATALOGUE)[0]]  # type: ignore[arg-type]

    assert [shown(status=status) for status in ("enabled", "shadow", "disabled")] == [[2], [1], [3]]
    assert shown(sort="enabled") == [2, 1, 3]


def test_pages_and_their_total() -> None:
    many = [line(number, f"Hook {number}") for number in range(1, 36)]

    found, total = select(many, HookQuery(page=2, size=25), CATALOGUE)

    assert (total, [one.hook.id for one in found]) == (35, list(range(26, 36)))


def test_an_address_is_read_back() -> None:
    words = {"q": "crm", "trigger": "call.ended", "type": "other", "status": "enabled", "sort": "-hits", "page": "3"}

    assert read_query(words) == HookQuery(
        q="crm", trigger="call.ended", type="other", status="enabled", sort="hits", down=True, page=3
    )


@pytest.mark.parametrize("words", [{"sort": "x"}, {"page": "-1"}, {"page": "x"}, {"size": "7"}, {"size": None}])
def test_what_is_not_understood_is_left_as_usual(words: dict[str, object]) -> None:
    assert read_query(words) == HookQuery()
