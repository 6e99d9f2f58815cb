"""Single sign-on against an issuer of our own: who comes in as what, and tokens that say what is not so."""

import asyncio
import time
from collections.abc import AsyncGenerator, Generator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from engine import (
    SYSTEM,
    Actor,
    AuditQuery,
    Engine,
    EngineSettings,
    InvalidAccount,
    IssuerFailed,
    NotAllowed,
    Permission,
    Role,
    SignedIn,
    UserState,
    may,
)
from engine.people.single_sign_on import Departure
from engine.people.sso_settings import sso_settings
from storage.store import SqlStore
from tests.issuer import (
    CLIENT_ID,
    CLIENT_SECRET,
    Issuer,
    by_a_stranger,
    by_curve,
    by_shared_secret,
    running,
    tampered,
    unsigned,
)

PASSWORD = "a few words of my own"
ADA = {"sub": "ada-1", "email": "ada@example.com", "email_verified": True, "groups": ["hooks-admins"]}
MIA = {"sub": "mia-1", "email": "mia@example.com", "email_verified": True, "groups": ["sales", "team leads"]}


@pytest.fixture(scope="module")
def server() -> Generator[Issuer]:
    with running(Issuer()) as issuer:
        yield issuer


@pytest.fixture
def issuer(server: Issuer) -> Issuer:
    """Honest again, with Mia signed in."""
    fresh = Issuer(url=server.url, person=dict(MIA))
    for name, value in vars(fresh).items():
        setattr(server, name, value)
    return server


def new_engine(folder: Path, issuer: Issuer, **changes: Any) -> Engine:
    settings = {
        "issuer": issuer.url,
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "roles": "hooks-admins=admin, team leads=manager, sales=user",
        **changes,
    }
    sso = sso_settings(**settings)
    return Engine(SqlStore(f"sqlite:///{folder / 'test.db'}"), EngineSettings(version="0", sso=sso))


@pytest.fixture
async def engine(tmp_path: Path, issuer: Issuer) -> AsyncGenerator[Engine]:
    engine = new_engine(tmp_path, issuer)
    await engine.open()
    await engine.accounts.create_user(email="root@example.com", password=PASSWORD, role=Role.ADMIN)
    yield engine
    await engine.close()


async def visit(departure: Departure) -> str:
    """The code with which the issuer sends the browser back."""
    async with httpx.AsyncClient() as browser:
        answer = await browser.get(departure.url)
    query = parse_qs(urlsplit(answer.headers["location"]).query)
    assert query["state"] == [departure.state]
    return query["code"][0]


async def enter(engine: Engine) -> SignedIn:
    sso = engine.single_sign_on
    assert sso
    departure = await sso.depart()
    code = await visit(departure)
    return await sso.arrive(code=code, nonce=departure.nonce, verifier=departure.verifier, address="10.0.0.1")


async def people(engine: Engine) -> dict[str, tuple[Role, UserState]]:
    return {one.email: (one.role, one.state) for one in (await engine.people.page(actor=SYSTEM)).items}


async def audited(engine: Engine, action: str) -> list[tuple[str, str]]:
    page = await engine.audit.entries(AuditQuery(action=action), actor=SYSTEM)
    return [(one.actor, one.subject) for one in page.items]


async def test_who_comes_first_is_created_with_the_highest_role_of_their_groups(engine: Engine) -> None:
    signed_in = await enter(engine)

    assert (signed_in.actor.name, signed_in.actor.role) == ("mia@example.com", Role.MANAGER)
    assert (await people(engine))["mia@example.com"] == (Role.MANAGER, UserState.ACTIVE)
    assert await engine.accounts.actor_of(signed_in.token) == signed_in.actor
    assert await audited(engine, "user.created") == [
        ("Single sign-on", "user 2 mia@example.com"),
        ("Trigger Hooks", "user 1 root@example.com"),
    ]
    with pytest.raises(NotAllowed):
        await engine.accounts.sign_in(email="mia@example.com", password="")


async def test_the_role_follows_the_groups_and_the_person_is_known_by_the_subject(
    engine: Engine, issuer: Issuer
) -> None:
    first = await enter(engine)
    issuer.person |= {"groups": "sales", "email": "mia.married@example.com"}

    second = await enter(engine)

    assert (second.actor.id, second.actor.name, second.actor.role) == (2, "mia@example.com", Role.USER)
    assert await engine.accounts.actor_of(first.token) is None  # another role ends sessions
    assert [one.title for one in await engine.notices.newest(actor=second.actor)] == [
        "Your role was changed from Manager to User"
    ]


@pytest.mark.parametrize("groups", [[], ["others"], "others", None, [["sales"]], {"sales": 1}, ["SALES"]])
async def test_without_a_group_that_has_a_role_nobody_comes_in(engine: Engine, issuer: Issuer, groups: object) -> None:
    there = await enter(engine)
    issuer.person["groups"] = groups

    with pytest.raises(NotAllowed, match="in no group that may sign in here"):
        await enter(engine)
    assert await engine.accounts.actor_of(there.token) is None
    assert await audited(engine, "sign_in.failed") == [("127.0.0.1", "single sign-on")]


async def test_an_address_that_the_issuer_verified_is_the_account_that_is_there(engine: Engine, issuer: Issuer) -> None:
    user = await engine.accounts.create_user(email="Mia@Example.com", password=PASSWORD, role=Role.USER)

    signed_in = await enter(engine)

    assert (signed_in.actor.id, signed_in.actor.role) == (user.id, Role.MANAGER)
    assert (
        "signed in to through 127.0.0.1 now"
        in [one.title for one in await engine.notices.newest(actor=signed_in.actor)][1]
    )
    assert await engine.accounts.sign_in(email="mia@example.com", password=PASSWORD)


async def test_an_invitation_is_accepted_by_coming(engine: Engine) -> None:
    link = await engine.people.invite(email="mia@example.com", role=Role.USER, actor=SYSTEM)
    await enter(engine)

    assert (await people(engine))["mia@example.com"] == (Role.MANAGER, UserState.ACTIVE)
    assert await engine.accounts.link(link.url.partition("token=")[2]) is None


@pytest.mark.parametrize("verified", [None, False, "true", 1])
async def test_an_account_is_not_taken_over_by_an_address_that_is_not_verified(
    engine: Engine, issuer: Issuer, verified: object
) -> None:
    issuer.person |= {"email": "root@example.com", "email_verified": verified}

    with pytest.raises(NotAllowed, match="verified"):
        await enter(engine)
    assert (await people(engine)).keys() == {"root@example.com"}


async def test_an_issuer_that_says_nothing_of_verification_may_bring_new_people(engine: Engine, issuer: Issuer) -> None:
    del issuer.person["email_verified"]

    assert (await enter(engine)).actor.name == "mia@example.com"


@pytest.mark.parametrize("email", [None, "", "mia", ["mia@example.com"], "mia@example.com\nx"])
async def test_without_an_address_there_is_no_account(engine: Engine, issuer: Issuer, email: object) -> None:
    issuer.person["email"] = email

    with pytest.raises(NotAllowed, match="does not say which e-mail address"):
        await enter(engine)


async def test_who_is_disabled_stays_out(engine: Engine) -> None:
    mia = (await enter(engine)).actor
    await engine.people.change(mia.id, disabled=True, actor=SYSTEM)

    with pytest.raises(NotAllowed, match="disabled"):
        await enter(engine)


async def test_the_last_admin_stays_one_whatever_their_groups_say(engine: Engine, issuer: Issuer) -> None:
    issuer.person = {**ADA, "email": "root@example.com", "groups": ["sales"]}

    signed_in = await enter(engine)

    assert (signed_in.actor.id, signed_in.actor.role) == (1, Role.ADMIN)


async def test_of_two_first_sign_ins_at_once_one_account_comes(engine: Engine) -> None:
    first, second = await asyncio.gather(enter(engine), enter(engine))

    assert first.actor.id == second.actor.id == 2


async def test_a_second_factor_is_the_duty_of_the_issuer(engine: Engine) -> None:
    await engine.people.require_second_factor([Role.MANAGER], actor=SYSTEM)
    signed_in = await enter(engine)

    assert not signed_in.actor.lacks_second_factor
    assert may(await engine.accounts.actor_of(signed_in.token) or nobody(), Permission.MANAGE_HOOKS)


def nobody() -> Actor:
    raise AssertionError


async def test_what_the_token_leaves_out_is_asked_for(engine: Engine, issuer: Issuer) -> None:
    issuer.person = {"sub": "mia-1"}
    issuer.userinfo = dict(MIA)

    assert (await enter(engine)).actor.role is Role.MANAGER


async def test_one_address_is_not_verified_by_another(engine: Engine, issuer: Issuer) -> None:
    issuer.person = {"sub": "mia-1", "email": "root@example.com"}
    issuer.userinfo = dict(MIA)

    with pytest.raises(NotAllowed, match="not verified that it is yours"):
        await enter(engine)


async def test_and_has_to_be_of_the_same_person(engine: Engine, issuer: Issuer) -> None:
    issuer.person = {"sub": "mia-1"}
    issuer.userinfo = dict(ADA)

    with pytest.raises(IssuerFailed, match="somebody else"):
        await enter(engine)


async def test_keys_on_a_curve_are_taken_too_and_the_secret_where_the_issuer_wants_it(
    engine: Engine, issuer: Issuer
) -> None:
    issuer.token = by_curve
    issuer.metadata = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}

    assert await enter(engine)


@pytest.mark.parametrize(
    "token", [unsigned, by_shared_secret, by_a_stranger, tampered, lambda _: "", lambda _: "a.b.c"]
)
async def test_a_token_that_the_issuer_did_not_sign_is_worth_nothing(
    engine: Engine, issuer: Issuer, token: Any
) -> None:
    issuer.token = token

    with pytest.raises(IssuerFailed):
        await enter(engine)
    assert (await people(engine)).keys() == {"root@example.com"}
    assert issuer.asked.count("keys") <= 2


AGO, SOON = time.time() - 120, time.time() + 3_600
LIES: dict[str, dict[str, object]] = {
    "another nonce": {"nonce": "x"},
    "no nonce": {"nonce": None},
    "another audience": {"aud": "other"},
    "no audience": {"aud": None},
    "among others, for another": {"aud": [CLIENT_ID, "other"], "azp": "other"},
    "among others, for nobody": {"aud": [CLIENT_ID, "other"]},
    "another issuer": {"iss": "https://evil.example"},
    "a slash more": {"iss": "/"},
    "no issuer": {"iss": None},
    "expired": {"exp": int(AGO)},
    "never expires": {"exp": None},
    "expires in words": {"exp": "soon"},
    "not yet": {"nbf": int(SOON)},
    "of the future": {"iat": int(SOON)},
    "nobody": {"sub": None},
    "an empty name": {"sub": ""},
    "a number": {"sub": 7},
    "a list": {"sub": ["mia-1"]},
    "another access token": {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES.keys())
async def test_a_claim_that_is_not_so_is_refused(engine: Engine, issuer: Issuer, lie: dict[str, object]) -> None:
    issuer.claims = lambda claims: {k: v for k, v in {**claims, **lie}.items() if v is not None}

    with pytest.raises(IssuerFailed, match="ID token"):
        await enter(engine)


async def test_a_code_is_good_once_and_for_who_began(engine: Engine) -> None:
    sso = engine.single_sign_on
    assert sso
    mine, theirs = await sso.depart(), await sso.depart()
    code = await visit(theirs)
    with pytest.raises(IssuerFailed, match="400"):
        await sso.arrive(code=code, nonce=mine.nonce, verifier=mine.verifier)
    code = await visit(mine)
    await sso.arrive(code=code, nonce=mine.nonce, verifier=mine.verifier)
    with pytest.raises(IssuerFailed, match="400"):
        await sso.arrive(code=code, nonce=mine.nonce, verifier=mine.verifier)


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "https://evil.example"},
        {"token_endpoint": "http://evil.example/token"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"jwks_uri": None},
    ],
)
async def test_an_issuer_that_is_another_or_not_secure_is_not_gone_to(
    engine: Engine, issuer: Issuer, metadata: dict[str, Any]
) -> None:
    issuer.metadata = metadata

    with pytest.raises(IssuerFailed):
        await enter(engine)


async def test_an_issuer_that_is_not_there_is_a_failure(tmp_path: Path, engine: Engine) -> None:
    other = new_engine(tmp_path, Issuer(url="http://127.0.0.1:9"))
    await other.open()
    assert other.single_sign_on
    with pytest.raises(IssuerFailed, match="ConnectError"):
        await other.single_sign_on.depart()
    await other.close()


async def test_without_passwords_only_the_issuer_and_the_terminal_let_people_in(tmp_path: Path, issuer: Issuer) -> None:
    engine = new_engine(tmp_path, issuer, passwords=False)
    await engine.open()
    user = await engine.accounts.create_user(email="root@example.com", password=PASSWORD, role=Role.ADMIN)
    ada = Actor(kind="user", id=1, name="root@example.com", role=Role.ADMIN)
    with pytest.raises(NotAllowed, match="turned off"):
        await engine.accounts.sign_in(email="root@example.com", password=PASSWORD)
    for given in (
        engine.people.reset(user.id, actor=ada),
        engine.people.invite(email="x@y.z", role=Role.USER, actor=ada),
    ):
        with pytest.raises(InvalidAccount, match="turned off"):
            await given
    link = await engine.people.reset(user.id, actor=SYSTEM)
    back = await engine.accounts.welcome(link.url.partition("token=")[2], "some other words of mine")
    came = await enter(engine)
    await engine.close()

    assert (back.actor.id, came.actor.id) == (1, 2)
