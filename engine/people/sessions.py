"""Signed-in browsers: random tokens stored only as hashes, ended at once wherever they are open.

A session ends after a period without use, and after a longer one in any case. An open page counts as use.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from engine.errors import NotFound
from engine.model import Actor, Session, User
from engine.people.factor_rule import FactorRule
from engine.ports import AccountStore
from engine.process.announcer import Announcer

IDLE = timedelta(hours=2)
LONGEST = timedelta(days=7)
SEEN_EVERY = timedelta(minutes=1)
MOST_OF_A_USER = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """`token` is sent only in the browser's cookie."""

    token: str
    actor: Actor
    at: datetime
    expires_at: datetime


class Sessions:
    def __init__(self, store: AccountStore, rule: FactorRule, now: Callable[[], datetime]) -> None:
        self._store, self._rule, self._now = store, rule, now
        self._changes = Announcer[int]("the sessions")

    async def begin(self, user: User, *, address: str = "", device: str = "", external: bool = False) -> SignedIn:
        """Always with a new token, whatever the browser had before."""
        token, now = secrets.token_urlsafe(32), self._now()
        session = Session(
            id="",
            user=user,
            created_at=now,
            expires_at=now + LONGEST,
            last_seen_at=now,
            address=address,
            device=device,
            external=external,
        )
        await self._store.add_session(hash_of(token), session)
        await self._drop_ended(user.id)
        return SignedIn(token=token, actor=self._person(session), at=now, expires_at=session.expires_at)

    async def actor_of(self, token: str | None) -> Actor | None:
        """The token's user; None if the session has ended or the user is disabled."""
        if not token:
            return None
        session = await self._store.session(hash_of(token))
        if session is None or session.user.disabled or self._has_ended(session):
            return None
        if self._now() - session.last_seen_at >= SEEN_EVERY:
            await self._store.touch_session(hash_of(token), self._now())
        return self._person(session)

    async def end(self, token: str) -> None:
        found = await self._store.session(hash_of(token))
        await self._store.end_sessions([hash_of(token)])
        if found:
            self.changed(found.user.id)

    async def of(self, user_id: int) -> list[Session]:
        """The user's active sessions, last seen first."""
        return [one for _, one in await self._store.sessions_of(user_id) if not self._has_ended(one)]

    async def end_one(self, user_id: int, session_id: str) -> None:
        """Raises NotFound if the user has no such session."""
        found = [token for token, one in await self._store.sessions_of(user_id) if one.id == session_id]
        if not found:
            raise NotFound("session", session_id)
        await self._store.end_sessions(found)
        self.changed(user_id)

    async def end_all(self, user_id: int, *, but: str = "") -> None:
        """`but` is the token of the session to keep."""
        await self._store.end_sessions_of(user_id, hash_of(but) if but else None)
        self.changed(user_id)

    def changed(self, user_id: int) -> None:
        """Call when what a user's sessions may do has changed: subscribers check again."""
        self._changes.announce(user_id)

    def subscribe(self, callback: Callable[[int], None]) -> Callable[[], None]:
        """Called with a user's id whenever their sessions change; returns the unsubscribe function."""
        return self._changes.subscribe(callback)

    async def _drop_ended(self, user_id: int) -> None:
        """Also drops all but the newest few, to bound their number."""
        found = await self._store.sessions_of(user_id)
        ended = [token for number, (token, one) in enumerate(found) if self._has_ended(one) or number >= MOST_OF_A_USER]
        if ended:
            await self._store.end_sessions(ended)

    def _person(self, session: Session) -> Actor:
        user, scopes = session.user, self._rule.scopes_of(session.user, external=session.external)
        return Actor(kind="user", id=user.id, name=user.email, role=user.role, address=session.address, scopes=scopes)

    def _has_ended(self, session: Session) -> bool:
        now = self._now()
        return now >= session.expires_at or now - session.last_seen_at >= IDLE


def hash_of(secret: str) -> bytes:
    """Tokens and keys are 256 random bits, so a plain hash is enough."""
    return sha256(secret.encode(errors="replace")).digest()


def id_of(token: str) -> str:
    """Short, and reveals nothing about the token."""
    return hash_of(token)[:6].hex()
