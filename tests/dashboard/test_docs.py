"""The documentation of the API asks for a session or a key."""

import httpx
import pytest
from fastapi import FastAPI

from dashboard.entrance import cookies
from dashboard.entrance.docs import DocsForOurOwn
from engine import SYSTEM, Engine
from tests.dashboard.conftest import ADMIN, PASSWORD


def client_of(engine: Engine) -> httpx.AsyncClient:
    app = FastAPI(docs_url="/api/docs", openapi_url="/api/openapi.json")
    app.add_middleware(DocsForOurOwn, engine=engine)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost")


@pytest.mark.parametrize(
    ("path", "status"), [("/api/docs", 303), ("/api/openapi.json", 401), ("/api/docs/oauth2-redirect", 401)]
)
async def test_strangers_are_told_to_sign_in(engine: Engine, path: str, status: int) -> None:
    async with client_of(engine) as client:
        unknown = await client.get(path, headers={"authorization": "Bearer th_unknown"})

        assert (await client.get(path)).status_code == unknown.status_code == status


async def test_a_session_or_a_key_opens_it(engine: Engine) -> None:
    token = (await engine.accounts.sign_in(email=ADMIN.name, password=PASSWORD)).token
    _, key = await engine.keys.create({"name": "dialer", "role": "agent"}, actor=SYSTEM)
    async with client_of(engine) as client:
        by_key = await client.get("/api/openapi.json", headers={"authorization": f"Bearer {key}"})
        client.cookies.set(cookies.SESSION, token)
        by_session = await client.get("/api/docs")

    assert (by_key.status_code, by_session.status_code) == (200, 200)
