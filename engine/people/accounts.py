"""Users and sign-in."""

import secrets
from collections.abc import Callable
from datetime import datetime
from hmac import compare_digest

from engine.access.audit import Audit
from engine.errors import CodeNeeded, InvalidAccount, NotAllowed, NotFound, SignInOver, TooManyTries
from engine.model import Actor, OneTimeLink, Role, User, UserState
from engine.people.alerts import Alerts
from engine.people.api_keys import Keys
from engine.people.credentials import Credentials, named, require_address, require_person_role
from engine.people.passwords import Passwords, require_good
from engine.people.pending_sign_ins import Pending
from engine.people.sessions import Sessions, SignedIn, hash_of
from engine.ports import PeopleStore

SYSTEM = Actor(kind="system", id=0, name="Trigger Hooks", role=Role.ADMIN)
_THERE_IS_ONE = "There is an administrator already. Sign in, or ask them for an account."


class Accounts:
    def __init__(
        self,
        store: PeopleStore,
        sessions: Sessions,
        credentials: Credentials,
        passwords: Passwords,
        keys: Keys,
        audit: Audit,
        alerts: Alerts,
        now: Callable[[], datetime],
        clock: Callable[[], float],
        *,
        by_password: bool = True,
    ) -> None:
        """`by_password`: people may sign in with one."""
        self._by_password = by_password
        self._store, self._sessions, self._audit, self._now = store, sessions, audit, now
        self._credentials, self._passwords, self._keys = credentials, passwords, keys
        self._alerts, self._pending = alerts, Pending(clock)
        self._first_key: str | None = None
        self.setup_code = secrets.token_hex(4)
        """Printed in the terminal: required to create the first administrator from another machine."""

    async def needs_admin(self) -> bool:
        return not await self._store.has_admin()

    async def set_up(
        self, *, email: str, password: str, code: str | None, address: str = "", device: str = ""
    ) -> SignedIn:
        """Creates the first administrator and a first key for events. Without `code` (None), only from this machine.

        Raises InvalidAccount; NotAllowed if there is an administrator already; TooManyTries.
        """
        if not await self.needs_admin():
            raise NotAllowed(_THERE_IS_ONE)
        if code is not None:
            await self._check_setup_code(code, address)
        email, password_hash = await self._checked(email, password)
        user = await self._store.add_first_admin(email=email, password_hash=password_hash, at=self._now())
        if user is None:  # made by another request meanwhile
            raise NotAllowed(_THERE_IS_ONE)
        await self._audit.note(SYSTEM, "user.created", named(user), after={"role": str(user.role)})
        _, self._first_key = await self._keys.create({"name": "First steps", "role": Role.AGENT}, actor=SYSTEM)
        return await self._sessions.begin(user, address=address, device=device)

    async def create_user(self, *, email: str, password: str, role: Role) -> User:
        """Raises InvalidAccount."""
        require_person_role(role)
        email, password_hash = await self._checked(email, password)
        user = await self._store.add_user(email=email, role=role, password_hash=password_hash, at=self._now())
        await self._audit.note(SYSTEM, "user.created", named(user), after={"role": str(role)})
        return user

    async def _checked(self, email: str, password: str) -> tuple[str, str]:
        """The address, and the hash of the password. Raises InvalidAccount."""
        email = require_address(email)
        require_good(password, email)
        return email, await self._passwords.hash(password)

    async def sign_in(self, *, email: str, password: str, address: str = "", device: str = "") -> SignedIn:
        """Gives the same error, in the same time, for an unknown address and a wrong password.

        Raises NotAllowed; TooManyTries after repeated failures; CodeNeeded if a second factor is on.
        """
        if not self._by_password:
            raise NotAllowed("Passwords are turned off: people sign in through single sign-on.")
        user, password_hash = await self._credentials.check_password(email, password, address)
        return await self._go_on(user, password_hash, address, device)

    async def sign_in_with_code(self, pending: str, code: str, *, address: str = "", device: str = "") -> SignedIn:
        """The second step, with a TOTP or recovery code.

        Raises SignInOver if the first step has expired; NotAllowed, TooManyTries, SecretLost.
        """
        half = self._pending.get(pending)
        user, password_hash = (half and await self._store.user_by_email(half.email)) or (None, "")
        if half is None or user is None or user.disabled or password_hash != half.password_hash:
            raise SignInOver
        half.tries += 1
        await self._credentials.check_code(user, code, address)
        self._pending.end(pending)
        return await self._enter(user, address, device)

    async def link(self, token: str) -> OneTimeLink | None:
        """The one-time link of a token; None if it has expired."""
        found = await self._store.link(hash_of(token))
        return found if found and found.expires_at > self._now() else None

    async def welcome(self, token: str, password: str, *, address: str = "", device: str = "") -> SignedIn:
        """Sets the password through a one-time link, and signs in.

        Raises NotFound if the link has expired; InvalidAccount; CodeNeeded if a second factor is on.
        """
        found = await self.link(token)
        if found is None:
            raise NotFound("link", "of this address")
        require_good(password, found.user.email)
        password_hash = await self._passwords.hash(password)
        user = await self._store.use_link(hash_of(token), password_hash, self._now())
        if user is None:
            raise NotFound("link", "of this address")
        self._sessions.changed(user.id)
        person = Actor(kind="user", id=user.id, name=user.email, role=user.role, address=address)
        joined = found.user.state is UserState.INVITED
        await self._audit.note(person, "user.joined" if joined else "user.password_reset", named(user))
        if not joined:
            more = ", and your second factor turned off" if found.drops_second_factor else ""
            await self._alerts.tell(user.id, f"Your password was set by a link{more}", by=person)
        return await self._go_on(user, password_hash, address, device)

    async def actor_of(self, token: str | None) -> Actor | None:
        """The user behind a session token; None if the session has ended."""
        return await self._sessions.actor_of(token)

    async def sign_out(self, token: str) -> None:
        await self._sessions.end(token)

    async def _go_on(self, user: User, password_hash: str, address: str, device: str) -> SignedIn:
        """Continues after the correct password."""
        if user.second_factor:
            raise CodeNeeded(self._pending.begin(user.email, password_hash))
        return await self._enter(user, address, device)

    async def _enter(self, user: User, address: str, device: str) -> SignedIn:
        self._credentials.succeeded(user, address)
        signed_in = await self._sessions.begin(user, address=address, device=device)
        await self._audit.note(signed_in.actor, "sign_in.succeeded", named(user))
        return signed_in

    async def _check_setup_code(self, code: str, address: str) -> None:
        right = compare_digest(code.strip().casefold().encode(), self.setup_code.encode())
        try:
            await self._credentials.check_guess("the first administrator", address, right=right)
        except TooManyTries:
            raise
        except NotAllowed:
            raise InvalidAccount("code", "This is not the code that the terminal shows.") from None

    def first_key(self) -> str | None:
        """The key that `set_up` created, in plain text, for the first steps; forgotten on the first event or at
        exit."""
        return self._first_key

    def forget_first_key(self) -> None:
        self._first_key = None
