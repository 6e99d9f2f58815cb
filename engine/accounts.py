"""Users, and signing in."""

from collections.abc import Callable
from datetime import datetime

from engine.audit import Audit
from engine.errors import InvalidAccount, NotAllowed, TooManyTries
from engine.keys import Keys
from engine.model import Actor, Role, User
from engine.passwords import Passwords, require_good
from engine.ports import AccountStore
from engine.sessions import Sessions, SignedIn
from engine.throttle import Seldom, Throttle

TOLD_EVERY_SECONDS = 60.0
SYSTEM = Actor(kind="system", id=0, name="Trigger Hooks", role=Role.ADMIN)


class Accounts:
    def __init__(
        self,
        store: AccountStore,
        sessions: Sessions,
        keys: Keys,
        audit: Audit,
        now: Callable[[], datetime],
        clock: Callable[[], float],
    ) -> None:
        self._store, self._sessions, self._keys, self._audit, self._now = store, sessions, keys, audit, now
        self._passwords = Passwords()
        self._throttle = Throttle(clock)
        self._told_failures = Seldom(clock, TOLD_EVERY_SECONDS)
        self._first_key: str | None = None

    async def needs_admin(self) -> bool:
        return not await self._store.has_admin()

    async def set_up(self, *, email: str, password: str, address: str = "", device: str = "") -> SignedIn:
        """The first administrator, and a first key for events. Raises InvalidAccount; NotAllowed once there is one."""
        if not await self.needs_admin():
            raise NotAllowed("There is an administrator already. Sign in, or ask them for an account.")
        user = await self.create_user(email=email, password=password, role=Role.ADMIN)
        _, self._first_key = await self._keys.create({"name": "First steps", "role": Role.AGENT}, actor=SYSTEM)
        return await self._sessions.begin(user, address=address, device=device)

    async def create_user(self, *, email: str, password: str, role: Role) -> User:
        """Raises InvalidAccount."""
        if role not in {Role.ADMIN, Role.MANAGER, Role.USER}:
            raise InvalidAccount("role", "A person is admin, manager or user; agent and system are roles of keys.")
        email = email.strip()
        name, _, domain = email.partition("@")
        if not (name and "." in domain and email.isprintable() and " " not in email and len(email) <= 254):
            raise InvalidAccount("email", "Enter an e-mail address such as ada@example.com.")
        require_good(password, email)
        password_hash = await self._passwords.hash(password)
        user = await self._store.add_user(email=email, role=role, password_hash=password_hash, at=self._now())
        await self._audit.note(SYSTEM, "user.created", f"user {user.id} {user.email}", after={"role": str(role)})
        return user

    async def sign_in(self, *, email: str, password: str, address: str = "", device: str = "") -> SignedIn:
        """Answers alike, and takes as long, for an unknown address as for a wrong password.

        Raises NotAllowed; TooManyTries where somebody guesses.
        """
        account = email.strip().casefold()[:254]
        if wait := self._throttle.wait(account, address):
            raise TooManyTries(wait)
        found = await self._store.user_by_email(account)
        user, kept = found or (None, "")
        right, newer = await self._passwords.check(password, kept)
        if user is None or not right or user.disabled:
            self._throttle.failed(account, address)
            await self._tell_failure(account, address)
            raise NotAllowed("E-mail or password is wrong.")
        self._throttle.succeeded(account, address)
        if newer:
            await self._store.set_password_hash(user.id, newer)
        signed_in = await self._sessions.begin(user, address=address, device=device)
        await self._audit.note(signed_in.actor, "sign_in.succeeded", f"user {user.id} {user.email}")
        return signed_in

    async def actor_of(self, token: str | None) -> Actor | None:
        """Whom a session token belongs to; None where it has ended."""
        return await self._sessions.actor_of(token)

    async def sign_out(self, token: str) -> None:
        await self._sessions.end(token)

    async def _tell_failure(self, account: str, address: str) -> None:
        """Once a minute for an account and an address, so that guessing does not flood the log."""
        if not self._told_failures.due(f"{account} {address}"):
            return
        nobody = Actor(kind="nobody", id=0, name=account, role=Role.USER, address=address)
        await self._audit.note(nobody, "sign_in.failed", f"user {account}")

    def first_key(self) -> str | None:
        """The key that `set_up` made, in plain, for the first steps; gone with the first event or the process."""
        return self._first_key

    def forget_first_key(self) -> None:
        self._first_key = None
