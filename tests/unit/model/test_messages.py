"""For whom a notice is."""

from datetime import UTC, datetime

import pytest

from engine.model import Actor, Notice, Role

MIA = Actor(kind="user", id=2, name="mia@example.com", role=Role.MANAGER)
HER_NUMBER = Actor(kind="key", id=2, name="CI", role=Role.MANAGER)


@pytest.mark.parametrize(
    ("to", "user_id", "mia", "key"),
    [
        (None, None, True, True),
        (Role.MANAGER, None, True, True),
        (Role.ADMIN, None, False, False),
        (None, 2, True, False),
        (None, 3, False, False),
        (Role.ADMIN, 2, False, False),
    ],
)
def test_it_is_for_everyone_a_role_or_one_person(to: Role | None, user_id: int | None, mia: bool, key: bool) -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    notice = Notice(seq=1, at=at, tone="bad", title="A hook fails", text="", to=to, user_id=user_id)

    assert (notice.is_for(MIA), notice.is_for(HER_NUMBER)) == (mia, key)
