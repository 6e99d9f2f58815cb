"""Users, their sessions, and API keys. Passwords by argon2; tokens and keys are random, and kept only as hashes."""

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from pwdlib import PasswordHash

from engine.access import Permission, require
from engine.errors import InvalidAccount, NotAllowed
from engine.model import Actor, ApiKey, Role, User
from engine.ports import AccountStore

SESSION = timedelta(hours=12)
MIN_PASSWORD = 12
MAX_PASSWORD = 200
CACHED_KEYS = 1_000
SYSTEM = Actor(kind="system", id=0, name="Trigger Hooks", role=Role.ADMIN)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """`token` goes into the browser's cookie, and nowhere else."""

    token: str
    actor: Actor
    at: datetime
    expires_at: datetime


class Accounts:
    def __init__(self, store: AccountStore, now: Callable[[], datetime]) -> None:
        self._store, self._now = store, now
        self._passwords = PasswordHash.recommended()
        self._hashing = asyncio.Semaphore(2)
        self._nobody = ""
        self._first_key: str | None = None
        self._keys: dict[bytes, Actor] = {}
        self._used: dict[int, datetime] = {}

    async def needs_admin(self) -> bool:
        return not await self._store.has_admin()

    async def set_up(self, *, email: str, password: str) -> SignedIn:
        """The first administrator, and a first key for events. Raises InvalidAccount; NotAllowed once there is one."""
        if not await self.needs_admin():
            raise NotAllowed("There is an administrator already. Sign in, or ask them for an account.")
        user = await self.create_user(email=email, password=password, role=Role.ADMIN)
        _, self._first_key = await self.create_key(name="First steps", role=Role.AGENT, actor=SYSTEM)
        return await self._begin_session(user)

    async def create_user(self, *, email: str, password: str, role: Role) -> User:
        """Raises InvalidAccount."""
        if role not in {Role.ADMIN, Role.MANAGER, Role.USER}:
            raise InvalidAccount("role", "A person is admin, manager or user; agent and system are roles of keys.")
        email = email.strip()
        name, _, domain = email.partition("@")
        if not (name and "." in domain and email.isprintable() and " " not in email and len(email) <= 254):
            raise InvalidAccount("email", "Enter an e-mail address such as ada@example.com.")
        if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
            raise InvalidAccount("password", f"Use {MIN_PASSWORD} to {MAX_PASSWORD} characters; a few words do well.")
        password_hash = await self._hash(password)
        return await self._store.add_user(email=email, role=role, password_hash=password_hash, at=self._now())

    async def sign_in(self, *, email: str, password: str) -> SignedIn:
        """Takes as long for an unknown address as for a wrong password. Raises NotAllowed."""
        found = await self._store.user_by_email(email.strip())
        user, password_hash = found or (None, await self._nobodys_hash())
        async with self._hashing:
            right = await asyncio.to_thread(self._passwords.verify, password[:MAX_PASSWORD], password_hash)
        if user is None or not right or user.disabled:
            raise NotAllowed("E-mail or password is wrong.")
        return await self._begin_session(user)

    async def actor_of(self, token: str | None) -> Actor | None:
        """Whom a session token belongs to; None where it has ended."""
        if not token:
            return None
        user = await self._store.session_user(_hash_of(token), self._now())
        return _person(user) if user else None

    async def sign_out(self, token: str) -> None:
        await self._store.end_session(_hash_of(token))

    async def create_key(self, *, name: str, role: Role, actor: Actor) -> tuple[ApiKey, str]:
        """The key in plain, this once. Raises NotAllowed, InvalidAccount."""
        require(actor, Permission.ADMINISTER)
        if not 1 <= len(name.strip()) <= 100:
            raise InvalidAccount("name", "Give the key a name of 1 to 100 characters.")
        prefix = f"th_{secrets.token_hex(4)}"
        key = f"{prefix}_{secrets.token_urlsafe(32)}"
        made = await self._store.add_key(
            name=name.strip(), role=role, prefix=prefix, key_hash=_hash_of(key), at=self._now()
        )
        return made, key

    async def actor_of_key(self, key: str) -> Actor | None:
        """Whom an API key acts as; None for an unknown or revoked one."""
        key_hash = _hash_of(key)
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

    async def _begin_session(self, user: User) -> SignedIn:
        token, now = secrets.token_urlsafe(32), self._now()
        await self._store.add_session(token_hash=_hash_of(token), user_id=user.id, at=now, expires_at=now + SESSION)
        return SignedIn(token=token, actor=_person(user), at=now, expires_at=now + SESSION)

    async def _hash(self, password: str) -> str:
        async with self._hashing:
            return await asyncio.to_thread(self._passwords.hash, password)

    async def _nobodys_hash(self) -> str:
        if not self._nobody:
            self._nobody = await self._hash(secrets.token_urlsafe(16))
        return self._nobody


def _person(user: User) -> Actor:
    return Actor(kind="user", id=user.id, name=user.email, role=user.role)


def _hash_of(secret: str) -> bytes:
    """Tokens and keys are 256 random bits: a plain hash is right for them."""
    return sha256(secret.encode(errors="replace")).digest()
