"""Who may sign in: invitations, roles, disabling and resets, and what becomes of those who are signed in."""

import asyncio
import sqlite3
from collections.abc import AsyncGenerator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from pyotp.totp import TOTP

from engine import (
    SYSTEM,
    Actor,
    CodeNeeded,
    Engine,
    EngineSettings,
    InvalidAccount,
    InvalidQuery,
    NewLink,
    NotAllowed,
    NotFound,
    Role,
    UserState,
)
from engine.people.directory import LINK_LASTS
from storage.store import SqlStore

PASSWORD = "a few words of my own"
OTHER = "some other words of mine"


class Clock:
    now = datetime(2026, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
async def clock() -> Clock:
    return Clock()


@pytest.fixture
async def engine(tmp_path: Path, clock: Clock) -> AsyncGenerator[Engine]:
    settings = EngineSettings(version="0", public_url="https://hooks.example.com")
    engine = Engine(SqlStore(f"sqlite:///{tmp_path / 'test.db'}"), settings, clock)
    await engine.open()
    await engine.accounts.create_user(email="ada@example.com", password=PASSWORD, role=Role.ADMIN)
    yield engine
    await engine.close()


async def enter(engine: Engine, email: str = "ada@example.com", password: str = PASSWORD) -> tuple[str, Actor]:
    signed_in = await engine.accounts.sign_in(email=email, password=password, address="10.0.0.1")
    return signed_in.token, signed_in.actor


async def join(engine: Engine, email: str, role: Role) -> tuple[str, Actor]:
    """Somebody who was invited, and came."""
    link = await engine.people.invite(email=email, role=role, actor=SYSTEM)
    signed_in = await engine.accounts.welcome(token_of(link), PASSWORD)
    return signed_in.token, signed_in.actor


def token_of(link: NewLink) -> str:
    parts = urlsplit(link.url)
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == "https://hooks.example.com/welcome"
    return parse_qs(parts.fragment)["token"][0]


def audited(folder: Path, action: str) -> list[tuple[str, str, str, str]]:
    with closing(sqlite3.connect(folder / "test.db")) as connection:
        return connection.execute(
            "SELECT actor, subject, before, after FROM audit WHERE action = ? ORDER BY seq", (action,)
        ).fetchall()


async def test_who_is_invited_sets_a_password_and_is_in(engine: Engine, tmp_path: Path) -> None:
    _, ada = await enter(engine)
    link = await engine.people.invite(email=" Mia@Example.com ", role=Role.MANAGER, actor=ada)
    with pytest.raises(NotAllowed):
        await enter(engine, "mia@example.com", "")

    signed_in = await engine.accounts.welcome(token_of(link), OTHER, address="10.0.0.2")

    assert (signed_in.actor.name, signed_in.actor.role) == ("Mia@Example.com", Role.MANAGER)
    assert await engine.accounts.actor_of(signed_in.token) == signed_in.actor
    assert (await enter(engine, "mia@example.com", OTHER))[1].id == signed_in.actor.id
    states = [(one.email, one.state) for one in (await engine.people.page(actor=ada)).items]
    assert states == [("ada@example.com", UserState.ACTIVE), ("Mia@Example.com", UserState.ACTIVE)]
    assert audited(tmp_path, "user.invited") == [
        ("ada@example.com", "user 2 Mia@Example.com", None, '{"role":"manager"}')
    ]
    assert len(audited(tmp_path, "user.joined")) == 1


async def test_a_link_works_once(engine: Engine) -> None:
    token = token_of(await engine.people.invite(email="mia@example.com", role=Role.USER, actor=SYSTEM))
    await engine.accounts.welcome(token, PASSWORD)

    with pytest.raises(NotFound):
        await engine.accounts.welcome(token, OTHER)
    assert await engine.accounts.link(token) is None
    assert (await enter(engine, "mia@example.com", PASSWORD))[1].name == "mia@example.com"


async def test_of_two_who_use_a_link_at_the_same_time_one_is_in(engine: Engine) -> None:
    token = token_of(await engine.people.invite(email="mia@example.com", role=Role.USER, actor=SYSTEM))

    ends = await asyncio.gather(
        *(engine.accounts.welcome(token, f"{PASSWORD} {number}") for number in range(3)), return_exceptions=True
    )

    assert sorted(type(end).__name__ for end in ends) == ["NotFound", "NotFound", "SignedIn"]


async def test_a_link_ends_by_time_and_by_a_newer_one(engine: Engine, clock: Clock) -> None:
    first = await engine.people.invite(email="mia@example.com", role=Role.USER, actor=SYSTEM)
    second = await engine.people.reset(first.user.id, actor=SYSTEM)
    assert await engine.accounts.link(token_of(first)) is None
    clock.now += LINK_LASTS - timedelta(seconds=1)
    assert await engine.accounts.link(token_of(second)) is not None

    clock.now += timedelta(seconds=1)

    assert await engine.accounts.link(token_of(second)) is None
    with pytest.raises(NotFound):
        await engine.accounts.welcome(token_of(second), PASSWORD)


@pytest.mark.parametrize("token", ["", "a", "x" * 10_000, "é", "\x00", "' OR 1=1 --"])
async def test_a_link_that_is_guessed_leads_nowhere(engine: Engine, token: str) -> None:
    await engine.people.invite(email="mia@example.com", role=Role.USER, actor=SYSTEM)

    assert await engine.accounts.link(token) is None
    with pytest.raises(NotFound):
        await engine.accounts.welcome(token, PASSWORD)


async def test_a_weak_password_leaves_the_link_as_it_is(engine: Engine) -> None:
    token = token_of(await engine.people.invite(email="mia@example.com", role=Role.USER, actor=SYSTEM))
    with pytest.raises(InvalidAccount):
        await engine.accounts.welcome(token, "short")

    assert await engine.accounts.welcome(token, PASSWORD)


async def test_the_database_knows_no_token(engine: Engine, tmp_path: Path) -> None:
    token = token_of(await engine.people.invite(email="mia@example.com", role=Role.USER, actor=SYSTEM))

    with closing(sqlite3.connect(tmp_path / "test.db")) as connection:
        assert token not in "\n".join(connection.iterdump())


async def test_an_invitation_is_withdrawn(engine: Engine, tmp_path: Path) -> None:
    link = await engine.people.invite(email="mia@example.com", role=Role.USER, actor=SYSTEM)
    await engine.people.withdraw(link.user.id, actor=SYSTEM)

    assert await engine.accounts.link(token_of(link)) is None
    assert len((await engine.people.page(actor=SYSTEM)).items) == 1
    assert len(audited(tmp_path, "user.withdrawn")) == 1
    with pytest.raises(NotFound):
        await engine.people.withdraw(link.user.id, actor=SYSTEM)
    with pytest.raises(InvalidAccount, match="Disable the account instead"):
        await engine.people.withdraw(1, actor=SYSTEM)
    assert (await engine.people.invite(email="mia@example.com", role=Role.USER, actor=SYSTEM)).user.id > link.user.id


@pytest.mark.parametrize(
    ("email", "role", "field"),
    [
        ("nobody", Role.USER, "email"),
        ("ADA@example.com", Role.USER, "email"),
        ("mia@example.com", Role.AGENT, "role"),
        ("mia@example.com", Role.SYSTEM, "role"),
    ],
)
async def test_whom_one_cannot_invite(engine: Engine, email: str, role: Role, field: str) -> None:
    with pytest.raises(InvalidAccount) as caught:
        await engine.people.invite(email=email, role=role, actor=SYSTEM)

    assert list(caught.value.problems) == [field]


async def test_another_role_ends_every_session_at_once(engine: Engine, tmp_path: Path) -> None:
    token, mia = await join(engine, "mia@example.com", Role.MANAGER)
    heard: list[int] = []
    engine.sessions.subscribe(heard.append)

    await engine.people.change(mia.id, role=Role.USER, actor=SYSTEM)

    assert await engine.accounts.actor_of(token) is None
    assert heard == [mia.id]
    assert audited(tmp_path, "user.changed") == [
        (
            "Trigger Hooks",
            "user 2 mia@example.com",
            '{"role":"manager","state":"active"}',
            '{"role":"user","state":"active"}',
        )
    ]


async def test_who_is_disabled_is_out_and_their_cookie_is_worth_nothing_later(engine: Engine) -> None:
    token, mia = await join(engine, "mia@example.com", Role.MANAGER)
    link = token_of(await engine.people.reset(mia.id, actor=SYSTEM))
    await engine.people.change(mia.id, disabled=True, actor=SYSTEM)
    assert await engine.accounts.actor_of(token) is None
    assert await engine.accounts.link(link) is None
    with pytest.raises(NotAllowed, match="E-mail or password is wrong"):
        await enter(engine, "mia@example.com")
    with pytest.raises(InvalidAccount, match="Enable the account first"):
        await engine.people.reset(mia.id, actor=SYSTEM)

    await engine.people.change(mia.id, disabled=False, actor=SYSTEM)

    assert await engine.accounts.actor_of(token) is None
    assert (await enter(engine, "mia@example.com"))[1].name == "mia@example.com"


async def test_the_last_active_admin_stays(engine: Engine) -> None:
    await engine.people.invite(email="eve@example.com", role=Role.ADMIN, actor=SYSTEM)
    _, mia = await join(engine, "mia@example.com", Role.ADMIN)
    await engine.people.change(mia.id, disabled=True, actor=SYSTEM)

    changes: tuple[tuple[dict[str, Any], str], ...] = (({"role": Role.USER}, "role"), ({"disabled": True}, "disabled"))
    for change, field in changes:
        with pytest.raises(InvalidAccount, match="last active Admin") as caught:
            await engine.people.change(1, **change, actor=SYSTEM)
        assert list(caught.value.problems) == [field]
    await engine.people.change(1, role=Role.ADMIN, disabled=False, actor=SYSTEM)
    await engine.people.change(mia.id, role=Role.USER, actor=SYSTEM)
    assert (await enter(engine))[1].id == 1


async def test_two_admins_who_demote_each_other_at_the_same_time_leave_one(engine: Engine) -> None:
    _, mia = await join(engine, "mia@example.com", Role.ADMIN)
    _, ada = await enter(engine)

    ends = await asyncio.gather(
        engine.people.change(mia.id, role=Role.USER, actor=ada),
        engine.people.change(ada.id, role=Role.USER, actor=mia),
        return_exceptions=True,
    )

    assert sorted(type(end).__name__ for end in ends) == ["InvalidAccount", "User"]
    assert not await engine.accounts.needs_admin()


async def test_a_reset_changes_nothing_until_it_is_used_and_then_ends_all_sessions(engine: Engine) -> None:
    token, mia = await join(engine, "mia@example.com", Role.MANAGER)
    link = token_of(await engine.people.reset(mia.id, actor=SYSTEM))
    assert await engine.accounts.actor_of(token)
    assert (await enter(engine, "mia@example.com"))[1].name == "mia@example.com"

    signed_in = await engine.accounts.welcome(link, OTHER)

    assert await engine.accounts.actor_of(token) is None
    assert await engine.accounts.actor_of(signed_in.token)
    with pytest.raises(NotAllowed):
        await enter(engine, "mia@example.com", PASSWORD)
    assert (await enter(engine, "mia@example.com", OTHER))[1].name == "mia@example.com"


@pytest.mark.parametrize("drop", [False, True])
async def test_a_reset_keeps_the_second_factor_unless_it_is_wished_otherwise(engine: Engine, drop: bool) -> None:
    _, mia = await join(engine, "mia@example.com", Role.MANAGER)
    offer = engine.own_account.offer(actor=mia)
    code = TOTP(offer.secret).at(Clock.now)
    await engine.own_account.turn_on(offer=offer, code=code, present=PASSWORD, actor=mia)
    link = token_of(await engine.people.reset(mia.id, drop_second_factor=drop, actor=SYSTEM))
    assert (await engine.own_account.user(actor=mia)).second_factor

    if drop:
        assert await engine.accounts.welcome(link, OTHER)
    else:
        with pytest.raises(CodeNeeded):
            await engine.accounts.welcome(link, OTHER)

    assert (await engine.own_account.user(actor=mia)).second_factor is not drop
    assert await engine.own_account.codes_left(actor=mia) == (0 if drop else 10)


@pytest.mark.parametrize("role", [Role.MANAGER, Role.USER, Role.AGENT, Role.SYSTEM])
async def test_only_admins_do_any_of_it(engine: Engine, role: Role) -> None:
    """Their own role least of all."""
    _, mia = await join(engine, "mia@example.com", Role.USER)
    who = Actor(kind="user", id=mia.id, name=mia.name, role=role)

    for attempt in (
        engine.people.page(actor=who),
        engine.people.invite(email="eve@example.com", role=Role.USER, actor=who),
        engine.people.change(mia.id, role=Role.ADMIN, actor=who),
        engine.people.change(1, disabled=True, actor=who),
        engine.people.reset(1, actor=who),
        engine.people.withdraw(mia.id, actor=who),
    ):
        with pytest.raises(NotAllowed):
            await attempt
    assert [one.role for one in (await engine.people.page(actor=SYSTEM)).items] == [Role.ADMIN, Role.USER]


async def test_the_list_pages_by_id_and_says_when_somebody_came_last(engine: Engine, clock: Clock) -> None:
    for number in range(4):
        await engine.people.invite(email=f"u{number}@example.com", role=Role.USER, actor=SYSTEM)
    await enter(engine)
    first = await engine.people.page(actor=SYSTEM, limit=3)
    rest = await engine.people.page(actor=SYSTEM, limit=3, cursor=first.next)

    assert [one.id for one in (*first.items, *rest.items)] == [1, 2, 3, 4, 5]
    assert rest.next is None
    assert [one.last_sign_in_at for one in first.items] == [clock.now, None, None]
    for cursor in ("x", "-1", "²", "9" * 30):
        with pytest.raises(InvalidQuery):
            await engine.people.page(actor=SYSTEM, cursor=cursor)


async def test_who_never_came_is_not_disabled_but_withdrawn(engine: Engine) -> None:
    link = await engine.people.invite(email="mia@example.com", role=Role.USER, actor=SYSTEM)

    with pytest.raises(InvalidAccount, match="Withdraw the invitation"):
        await engine.people.change(link.user.id, disabled=True, actor=SYSTEM)


async def test_an_invited_admin_is_no_administrator_yet(tmp_path: Path) -> None:
    engine = Engine(SqlStore(f"sqlite:///{tmp_path / 'fresh.db'}"), EngineSettings(version="0"))
    await engine.open()
    await engine.people.invite(email="ada@example.com", role=Role.ADMIN, actor=SYSTEM)

    needs = await engine.accounts.needs_admin()
    await engine.close()

    assert needs
