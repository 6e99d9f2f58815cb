"""The page of API keys, without a browser: made, shown once, rolled, revoked, and for Admins alone."""

from datetime import UTC, datetime, timedelta

import pytest
from nicegui import ui
from nicegui.testing import User

from dashboard.components.basics.combobox import Combobox
from dashboard.components.basics.text import Text
from dashboard.components.keys.form import KeyForm
from dashboard.components.keys.shown import line_of
from dashboard.entrance.session import COOKIE
from dashboard.pages.keys import keys_page
from engine import SYSTEM, Actor, ApiKey, Engine, KeySettings, Role, Scope
from tests.dashboard.conftest import ADMIN, PASSWORD

STYLE = "/style.css"


async def opened(user: User, engine: Engine, who: Actor = ADMIN) -> str:
    """The token of the session."""
    keys_page(engine, STYLE)
    token = (await engine.accounts.sign_in(email=who.name, password=PASSWORD)).token
    user.http_client.cookies.set(COOKIE, token)
    await user.open("/keys")
    return token


async def made(engine: Engine, **changes: object) -> tuple[ApiKey, str]:
    return await engine.keys.create({"name": "dialer", "role": "agent", **changes}, actor=SYSTEM)


async def listed(engine: Engine) -> list[ApiKey]:
    return list((await engine.keys.page(actor=SYSTEM)).items)


def fill(user: User, **fields: str) -> KeyForm:
    user.find("New key").click()
    (form,) = user.find(kind=KeyForm).elements
    for name, text in fields.items():
        user.find(kind=ui.input, marker=name).clear().type(text)
    return form


async def submit(user: User) -> None:
    (dialog,) = user.find(kind=KeyForm).elements
    (form,) = [one for one in dialog.descendants() if one.tag == "form"]
    for listener in list(form._event_listeners.values()):
        form._handle_event({"listener_id": listener.id, "args": [], "id": form.id})


async def test_keys_are_listed_with_what_they_may(user: User, engine: Engine) -> None:
    await made(engine, types=["call.ended"], rate=600)
    await made(engine, name="reports", role="manager", scopes=["read"])
    await opened(user, engine)

    for words in ("dialer", "sends", "600 a minute", "call.ended", "reports", "Manager", "all event types", "Never"):
        await user.should_see(words)


async def test_there_is_no_key_yet(user: User, engine: Engine) -> None:
    await opened(user, engine)

    await user.should_see("There is no key yet.")


async def test_a_key_is_made_and_shown_once_with_a_line_to_try_it(user: User, engine: Engine) -> None:
    await opened(user, engine)
    form = fill(user, name="Dialer", types="call.ended, call.started", rate="6 000")
    assert form.raw["scopes"] == ["ingest"]
    await submit(user)

    await user.should_see("The key “Dialer”")
    (key,) = await listed(engine)
    (shown,) = user.find(kind=Text, marker="key").elements
    (line,) = user.find(kind=Text, marker="curl").elements
    assert (key.settings.name, key.settings.rate) == ("Dialer", 6_000)
    assert key.settings.types == {"call.ended", "call.started"}
    assert shown.text.startswith(key.prefix) and shown.text in line.text
    assert await engine.keys.actor_of(shown.text, "")


async def test_what_cannot_be_is_said_beside_its_field(user: User, engine: Engine) -> None:
    await opened(user, engine)
    fill(user, types="call.endet", rate="many")
    await submit(user)

    await user.should_see("Give the key a name of 1 to 100 characters.")
    await user.should_see("Did you mean call.ended")
    await user.should_see("From 1 to 10,000,000 a minute.")
    assert await listed(engine) == []


async def test_a_role_offers_the_scopes_that_it_can_use(user: User, engine: Engine) -> None:
    await opened(user, engine)
    form = fill(user, name="x")
    (role,) = [box for box in user.find(kind=Combobox).elements if box.props["label"] == "Role"]
    role._on_change("user")
    off = {scope for scope in Scope if form._boxes[scope].props["disabled"]}

    assert (off, form.raw["scopes"]) == ({Scope.MANAGE, Scope.PEOPLE}, ["ingest", "read"])


async def test_rolled_the_old_one_says_until_when_it_works(user: User, engine: Engine) -> None:
    old, plain = await made(engine)
    await opened(user, engine)
    user.find("Roll").click()
    await user.should_see("How long does the old one still work?")
    user.find(kind=ui.button, content="Roll").click()

    await user.should_see("The key “dialer”")
    await user.should_see("Works until")
    new, before = await listed(engine)
    assert new.id != old.id
    assert before.settings.expires_at and before.settings.expires_at - datetime.now(UTC) > timedelta(hours=23)
    assert await engine.keys.actor_of(plain, "")


async def test_revoking_asks_first(user: User, engine: Engine) -> None:
    await made(engine)
    await opened(user, engine)
    user.find("Revoke").click()
    await user.should_see("Revoke “dialer”?")
    user.find("Keep it").click()
    assert (await listed(engine))[0].revoked_at is None
    user.find("Revoke").click()
    user.find(kind=ui.button, content="Revoke").click()

    await user.should_see("“dialer” is revoked.")
    assert (await listed(engine))[0].revoked_at is not None
    await user.should_see("Revoked")


@pytest.mark.parametrize(
    ("scopes", "types", "path", "type"),
    [
        ({Scope.INGEST, Scope.READ}, set(), "/api/v1/events", "call.ended"),
        ({Scope.INGEST}, {"lead.generated"}, "/api/v1/events", "lead.generated"),
        ({Scope.READ}, set(), "/api/v1/hooks", ""),
        ({Scope.MANAGE}, set(), "", ""),
    ],
)
async def test_the_line_is_a_call_that_the_key_may_make(
    engine: Engine, scopes: set[Scope], types: set[str], path: str, type: str
) -> None:
    settings = KeySettings(name="k", role=Role.ADMIN, scopes=frozenset(scopes), types=frozenset(types))
    key = ApiKey(id=1, prefix="th_1", settings=settings, created_at=datetime.now(UTC))
    line = line_of(key, "th_1_secret", "https://hooks.example.com", engine.catalogue)

    assert (f"https://hooks.example.com{path}" in line) is bool(path)
    assert type in line
    assert ("th_1_secret" in line) is bool(path)
