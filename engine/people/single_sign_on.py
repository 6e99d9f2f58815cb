"""Signing in through an issuer of OpenID Connect: who they are, and what role their groups give them."""

import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from authlib.common.security import generate_token

from engine.access.audit import Audit
from engine.errors import InvalidAccount, IssuerFailed, NotAllowed, TooManyTries
from engine.model import Actor, Identity, Role, User
from engine.people.alerts import Alerts
from engine.people.credentials import REPORT_SECONDS, named, require_address
from engine.people.directory import People
from engine.people.issuer import Document, Issuer
from engine.people.passwords import Passwords
from engine.people.sessions import Sessions, SignedIn
from engine.people.sso_settings import SsoSettings
from engine.people.throttle import Seldom
from engine.ports import PeopleStore

log = logging.getLogger(__name__)

BACK_PATH = "/sign-in/oidc/back"
ISSUER = Actor(kind="system", id=0, name="Single sign-on", role=Role.ADMIN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Departure:
    """`url` is where the browser goes; the rest stays with the browser, to be shown when it returns."""

    url: str
    state: str
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)


class SingleSignOn:
    def __init__(
        self,
        settings: SsoSettings,
        issuer: Issuer,
        store: PeopleStore,
        sessions: Sessions,
        passwords: Passwords,
        people: People,
        audit: Audit,
        alerts: Alerts,
        now: Callable[[], datetime],
        clock: Callable[[], float],
    ) -> None:
        self._settings, self._issuer, self._store, self._sessions = settings, issuer, store, sessions
        self._passwords, self._people, self._audit, self._alerts, self._now = passwords, people, audit, alerts, now
        self._reports = Seldom(clock, REPORT_SECONDS)

    @property
    def host(self) -> str:
        return self._settings.host

    @property
    def beside_passwords(self) -> bool:
        return self._settings.passwords

    @property
    def issuer(self) -> str:
        return self._settings.issuer

    async def depart(self) -> Departure:
        """Raises IssuerFailed, TooManyTries."""
        state, nonce, verifier = generate_token(43), generate_token(43), generate_token(64)
        try:
            url = await self._issuer.address(state=state, nonce=nonce, verifier=verifier)
        except IssuerFailed as error:
            await self._note_failure(str(error), "")
            raise
        return Departure(url=url, state=state, nonce=nonce, verifier=verifier)

    async def arrive(self, *, code: str, nonce: str, verifier: str, address: str = "", device: str = "") -> SignedIn:
        """Signs in whom the code stands for, created if they are new; their role follows their groups.

        Raises NotAllowed with a message for them; IssuerFailed, TooManyTries.
        """
        try:
            claims = await self._issuer.claims(code=code, nonce=nonce, verifier=verifier)
            user = await self._user_of(claims)
        except TooManyTries:
            raise
        except (NotAllowed, IssuerFailed) as error:
            await self._note_failure(str(error), address)
            raise
        signed_in = await self._sessions.begin(user, address=address, device=device, external=True)
        await self._audit.note(signed_in.actor, "sign_in.succeeded", named(user), after={"by": self.host})
        return signed_in

    async def _user_of(self, claims: Document) -> User:
        """Raises NotAllowed."""
        identity = Identity(issuer=self._settings.issuer, subject=cast("str", claims["sub"]))
        role = self._settings.role_of(_groups_in(claims.get(self._settings.groups_claim)))
        known = await self._store.user_of_identity(identity)
        if role is None:
            await self._let_go(known)
            raise NotAllowed(f"Your account at {self.host} is in no group that may sign in here. Ask an Admin.")
        user = known or await self._newcomer(identity, claims, role)
        if user.disabled:
            raise NotAllowed("This account is disabled. Ask an Admin.")
        return await self._with_role(user, role)

    async def _newcomer(self, identity: Identity, claims: Document, role: Role) -> User:
        """Created, or the account of that address, if the issuer has verified that it is theirs. Raises NotAllowed."""
        verified = claims.get("email_verified")
        try:
            email = require_address(claims["email"] if isinstance(claims.get("email"), str) else "")
        except InvalidAccount:
            raise NotAllowed(f"{self.host} does not say which e-mail address is yours. Ask an Admin.") from None
        if verified is not None and verified is not True:
            raise NotAllowed(f"Your e-mail address is not verified at {self.host}. Verify it there first.")
        nobodys = await self._passwords.hash(secrets.token_urlsafe(32))
        try:
            user, created = await self._store.add_identity(
                identity, email=email, role=role, password_hash=nobodys, at=self._now(), join=verified is True
            )
        except InvalidAccount:
            words = f"There is an account of {email} already, and {self.host} has not verified that it is yours."
            raise NotAllowed(f"{words} Ask an Admin.") from None
        action = "user.created" if created else "user.linked"
        await self._audit.note(ISSUER, action, named(user), after={"role": str(user.role), "by": self.host})
        if not created:
            await self._alerts.tell(user.id, f"Your account is signed in to through {self.host} now", by=ISSUER)
        return user

    async def _with_role(self, user: User, role: Role) -> User:
        """The last active Admin keeps their role: without one, nobody could change anything."""
        if user.role == role:
            return user
        try:
            return await self._people.change(user.id, role=role, actor=ISSUER)
        except InvalidAccount as error:
            log.warning("%s is %s by their groups, and stays %s: %s", user.email, role, user.role, error)
            return user

    async def _let_go(self, user: User | None) -> None:
        """Whose groups give no role any more loses the sessions that they have."""
        if user is not None:
            await self._sessions.end_all(user.id)

    async def _note_failure(self, why: str, address: str) -> None:
        """Once a minute per address, so that nobody floods the log."""
        if not self._reports.due(address):
            return
        log.warning("a sign-in through %s failed: %s", self.host, why)
        nobody = Actor(kind="nobody", id=0, name=self.host, role=Role.USER, address=address)
        await self._audit.note(nobody, "sign_in.failed", "single sign-on", after={"because": why[:300]})


def _groups_in(claim: Any) -> list[object]:
    """A list, or one name."""
    return cast("list[object]", claim) if isinstance(claim, list) else [claim]
