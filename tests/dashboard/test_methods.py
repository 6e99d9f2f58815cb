"""Pages asked for by another method than GET."""

import pytest
from nicegui.testing import User

from dashboard.entrance.methods import answer_wrong_methods
from dashboard.live import Hub
from dashboard.pages.events import events_page
from dashboard.pages.hooks import hooks_page
from engine import Engine
from tests.dashboard.test_pages import STYLE


@pytest.mark.parametrize(("method", "path"), [("POST", "/events"), ("DELETE", "/")])
async def test_a_page_is_only_read(user: User, engine: Engine, method: str, path: str) -> None:
    hooks_page(engine, Hub(engine), STYLE)
    events_page(engine, STYLE)
    answer_wrong_methods()

    answer = await user.http_client.request(method, path)

    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")
    assert answer.headers["content-type"] == "application/problem+json"
    assert "/api/docs" in answer.json()["detail"]
