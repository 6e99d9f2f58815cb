"""Users, and signing in."""

import secrets
from collections.abc import Callable
from datetime import datetime
from hmac import compare_digest

from engine.access.audit import Audit
from engine.errors import CodeNeeded, InvalidAccount, NotAllowed, NotFound, SignInOver, TooManyTries
from engine.model import Actor, OneTimeLink, Role, User, UserState
from engine.people.api_keys import Keys
from engine.people.credentials import Credentials, named, require_address, require_person_role
from engine.people.passwords import Passwords, require_good
from engine.people.pending_sign_ins import Pending
from engine.people.sessions import Sessions, SignedIn, hash_of
from engine.ports import PeopleStore

SYSTEM = Actor(kind="system", id=0, name="Trigger Hooks", role=Role.ADMIN)


class Accounts:
    def __init__(
        self,
        store: PeopleStore,
        sessions: Sessions,
        credentials: Credentials,
        passwords: Passwords,
        keys: Keys,
        audit: Audit,
        now: Callable[[], datetime],
        clock: Callable[[], float],
    ) -> None:
        self._store, self._sessions, self._audit, self._now = store, sessions, audit, now
        self._credentials, self._passwords, self._keys = credentials, passwords, keys
        self._pending = Pending(clock)
        self._first_key: str | None = None
        self.setup_code = secrets.token_hex(4)
        """Shown in the terminal: who makes the first administrator from elsewhere has to know it."""

    async def needs_admin(self) -> bool:
        return not await self._store.has_admin()

    async def set_up(
        self, *, email: str, password: str, code: str | None, address: str = "", device: str = ""
    ) -> SignedIn:
        """The first administrator, and a first key for events. Without `code` (None) from this machine alone.

        Raises InvalidAccount; NotAllowed once there is one; TooManyTries.
        """
        if not await self.needs_admin():
            raise NotAllowed("There is an administrator already. Sign in, or ask them for an account.")
        if code is not None:
            await self._check_setup_code(code, address)
        user = await self.create_user(email=email, password=password, role=Role.ADMIN)
        _, self._first_key = await self._keys.create({"name": "First steps", "role": Role.AGENT}, actor=SYSTEM)
        return await self._sessions.begin(user, address=address, device=device)

    async def create_user(self, *, email: str, password: str, role: Role) -> User:
        """Raises InvalidAccount."""
        require_person_role(role)
        email = require_address(email)
        require_good(password, email)
        password_hash = await self._passwords.hash(password)
        user = await self._store.add_user(email=email, role=role, password_hash=password_hash, at=self._now())
        await self._audit.note(SYSTEM, "user.created", named(user), after={"role": str(role)})
        return user

    async def sign_in(self, *, email: str, password: str, address: str = "", device: str = "") -> SignedIn:
        """Answers alike, and takes as long, for an unknown address as for a wrong password.

        Raises NotAllowed; TooManyTries where somebody guesses; CodeNeeded where a second factor is on.
        """
        user, password_hash = await self._credentials.check_password(email, password, address)
        return await self._go_on(user, password_hash, address, device)

    async def sign_in_with_code(self, pending: str, code: str, *, address: str = "", device: str = "") -> SignedIn:
        """The second step, with a code by time or a recovery code.

        Raises SignInOver where the first is to be made again; NotAllowed, TooManyTries, SecretLost.
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
        """What a one-time link is for; None where it has ended."""
        found = await self._store.link(hash_of(token))
        return found if found and found.expires_at > self._now() else None

    async def welcome(self, token: str, password: str, *, address: str = "", device: str = "") -> SignedIn:
        """Sets the password by a one-time link, and signs in.

        Raises NotFound where the link has ended; InvalidAccount; CodeNeeded where a second factor is on.
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
        return await self._go_on(user, password_hash, address, device)

    async def actor_of(self, token: str | None) -> Actor | None:
        """Whom a session token belongs to; None where it has ended."""
        return await self._sessions.actor_of(token)

    async def sign_out(self, token: str) -> None:
        await self._sessions.end(token)

    async def _go_on(self, user: User, password_hash: str, address: str, device: str) -> SignedIn:
        """From the password that was right."""
        if user.second_factor:
            raise CodeNeeded(self._pending.begin(user.email, password_hash))
        return await self._enter(user, address, device)

    async def _enter(self, user: User, address: str, device: str) -> SignedIn:
        self._credentials.entered(user, address)
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
        """The key that `set_up` made, in plain, for the first steps; gone with the first event or the process."""
        return self._first_key

    def forget_first_key(self) -> None:
        self._first_key = None
