"""An engine that runs on a real database, with three people and three hooks."""

import asyncio
import gc
import re
from collections.abc import AsyncGenerator, Generator, Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import fastapi.dependencies.models
import httpx
import pytest
from nicegui import background_tasks
from nicegui.testing import User
from pwdlib import PasswordHash

from dashboard.entrance.form_token import FIELD
from dashboard.frame.page import LOOK
from engine import Actor, Engine, EngineSettings, Json, Role
from engine.actions.http import parse_networks
from engine.people.sessions import hash_of
from storage.store import SqlStore

ADMIN = Actor(kind="user", id=1, name="ada@example.com", role=Role.ADMIN)
MANAGER = Actor(kind="user", id=2, name="mia@example.com", role=Role.MANAGER)
USER = Actor(kind="user", id=3, name="uli@example.com", role=Role.USER)
PASSWORD = "correct horse battery staple"
NOW = datetime(2025, 9, 9, 14, 27, tzinfo=UTC)
ECHO = "https://internal.ai-sync.com/echo"

HOOKS: tuple[dict[str, Json], ...] = (
    {
        "title": "Lead Qualification",
        "description": "Automatically qualifies leads based on call sentiment and duration",
        "trigger": "call.ended",
        "condition": 'call_duration > 60 and sentiment == "positive"',
        "filters": {"match": "all", "rows": [{"field": "country", "operator": "is", "value": "US"}]},
        "type": "lead_processing",
        "role": "agent",
        "actions": [{"url": ECHO, "method": "POST", "headers": {"X-Team": "sales"}, "body": None}],
    },
    {
        "title": "Follow-up Scheduler",
        "trigger": "lead.score_changed",
        "condition": "lead_score >= 80",
        "enabled": False,
        "type": "workflow",
        "role": "user",
        "actions": [{"url": "https://app.hookk.com/webhook", "method": "PUT", "headers": {}, "body": None}],
    },
    {
        "title": "CRM sync",
        "trigger": "appointment.scheduled",
        "type": "crm_integration",
        "role": "manager",
        "actions": [
            {"url": "https://api.yourcrm.com/webhook/leads", "method": "POST", "headers": {}, "body": None},
        ],
    },
)


POLL_SECONDS = 0.02
PATIENCE_SECONDS = 15


@pytest.fixture(scope="session", autouse=True)
def light_collections() -> Generator[None]:
    """NiceGUI collects garbage before and after each test; what was left before is passed over."""

    def collect_and_freeze() -> None:
        gc.collect()
        gc.freeze()

    collect_and_freeze()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("nicegui.testing.general.gc", SimpleNamespace(collect=collect_and_freeze))
        yield
    gc.unfreeze()


@pytest.fixture(autouse=True)
def forgotten_pages() -> Generator[None]:
    """FastAPI remembers the functions that it was asked about: pages of tests, and with them their engines."""
    yield
    for remembers in vars(fastapi.dependencies.models).values():
        if hasattr(remembers, "cache_clear"):
            remembers.cache_clear()


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is to be seen, or gone, is looked for often and long: NiceGUI looks three times in a third of a second."""
    for look in (User.should_see, User.should_not_see):
        assert look.__kwdefaults__
        monkeypatch.setitem(look.__kwdefaults__, "retries", int(PATIENCE_SECONDS / POLL_SECONDS))
    quick = SimpleNamespace(sleep=lambda _: asyncio.sleep(POLL_SECONDS))
    monkeypatch.setattr("nicegui.testing.user.asyncio", quick)


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncGenerator[Engine]:
    """Ada, Mia and Uli sign in with `PASSWORD`."""
    store = SqlStore(f"sqlite:///{tmp_path / 'test.db'}")
    engine = Engine(
        store,
        EngineSettings(
            version="0.0.0", allowed_networks=parse_networks("127.0.0.0/8"), secret_keys=("a key for tests",)
        ),
    )
    await engine.start()
    for actor in (ADMIN, MANAGER, USER):
        await store.add_user(email=actor.name, role=actor.role, password_hash=_password_hash(), at=NOW)
    for raw in HOOKS:
        await engine.hooks.save(raw, actor=ADMIN)
    yield engine
    await engine.stop()


async def run_out(engine: Engine, token: str) -> None:
    """The session of that token ends as by time: no page is told, and those that have just connected have looked."""
    while any(task.get_name() == LOOK for task in background_tasks.running_tasks):
        await asyncio.sleep(POLL_SECONDS)
    await engine._store.end_sessions([hash_of(token)])


async def token_of(client: httpx.AsyncClient, page: str) -> dict[str, str]:
    """What a form of that page bears, to be sent with it."""
    found = re.search(rf'name="{FIELD}" value="([^"]+)"', (await client.get(page)).text)
    assert found, f"{page} has no form"
    return {FIELD: found[1]}


async def sent(
    client: httpx.AsyncClient, path: str, data: Mapping[str, str], *, page: str | None = None
) -> httpx.Response:
    """A form as a browser sends it, from the page (else the path) that it stands on."""
    return await client.post(path, data={**data, **await token_of(client, page or path)})


@cache
def _password_hash() -> str:
    """Once: it is made to be slow."""
    return PasswordHash.recommended().hash(PASSWORD)
