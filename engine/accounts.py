"""Users and API keys, and signing in. Tokens and keys are random, and kept only as hashes."""

import secrets
from collections.abc import Callable
from datetime import datetime

from engine.access import Permission, require
from engine.audit import Audit
from engine.errors import InvalidAccount, NotAllowed, TooManyTries
from engine.model import Actor, ApiKey, Role, User
from engine.passwords import Passwords, require_good
from engine.ports import AccountStore
from engine.sessions import Sessions, SignedIn, hash_of
from engine.throttle import Seldom, Throttle

TOLD_EVERY_SECONDS = 60.0
CACHED_KEYS = 1_000
SYSTEM = Actor(kind="system", id=0, name="Trigger Hooks", role=Role.ADMIN)


class Accounts:
    def __init__(
        self,
        store: AccountStore,
        sessions: Sessions,
        audit: Audit,
        now: Callable[[], datetime],
        clock: Callable[[], float],
    ) -> None:
        self._store, self._sessions, self._audit, self._now = store, sessions, audit, now
        self._passwords = Passwords()
        self._throttle = Throttle(clock)
        self._told_failures = Seldom(clock, TOLD_EVERY_SECONDS)
        self._first_key: str | None = None
        self._keys: dict[bytes, Actor] = {}
        self._used: dict[int, datetime] = {}

    async def needs_admin(self) -> bool:
        return not await self._store.has_admin()

    async def set_up(self, *, email: str, password: str, address: str = "", device: str = "") -> SignedIn:
        """The first administrator, and a first key for events. Raises InvalidAccount; NotAllowed once there is one."""
        if not await self.needs_admin():
            raise NotAllowed("There is an administrator already. Sign in, or ask them for an account.")
        user = await self.create_user(email=email, password=password, role=Role.ADMIN)
        _, self._first_key = await self.create_key(name="First steps", role=Role.AGENT, actor=SYSTEM)
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

    async def create_key(self, *, name: str, role: Role, actor: Actor) -> tuple[ApiKey, str]:
        """The key in plain, this once. Raises NotAllowed, InvalidAccount."""
        require(actor, Permission.ADMINISTER)
        if not 1 <= len(name.strip()) <= 100:
            raise InvalidAccount("name", "Give the key a name of 1 to 100 characters.")
        prefix = f"th_{secrets.token_hex(4)}"
        key = f"{prefix}_{secrets.token_urlsafe(32)}"
        made = await self._store.add_key(
            name=name.strip(), role=role, prefix=prefix, key_hash=hash_of(key), at=self._now()
        )
        await self._audit.note(actor, "key.created", f"key {made.id} {made.name}", after={"role": str(role)})
        return made, key

    async def actor_of_key(self, key: str) -> Actor | None:
        """Whom an API key acts as; None for an unknown or revoked one."""
        key_hash = hash_of(key)
        actor = self._keys.get(key_hash)
        if actor is None:
            found = await self._store.key_by_hash(key_hash)
            if found is None:
                return None
            actor = Actor(kind="key", id=found.id, name=found.name, role=found.role)
            if len(self._keys) >= CACHED_KEYS:
                self._keys.clear()
            self._keys[key_hash] = actor
        self._used[actor.id] = self._now()
        return actor

    async def revoke_key(self, key_id: int, *, actor: Actor) -> None:
        """At once. Raises NotAllowed."""
        require(actor, Permission.ADMINISTER)
        await self._store.revoke_key(key_id, self._now())
        self._keys.clear()
        await self._audit.note(actor, "key.revoked", f"key {key_id}")

    async def keys(self, *, actor: Actor) -> list[ApiKey]:
        """Raises NotAllowed."""
        require(actor, Permission.ADMINISTER)
        return await self._store.keys()

    def first_key(self) -> str | None:
        """The key that `set_up` made, in plain, for the first steps; gone with the first event or the process."""
        return self._first_key

    def forget_first_key(self) -> None:
        self._first_key = None

    async def note_use(self) -> None:
        """Stores when keys were last used; called now and then."""
        used, self._used = self._used, {}
        if used:
            await self._store.touch_keys(list(used.items()))
