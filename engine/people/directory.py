"""User management for Admins: inviting by link, changing roles, disabling, resetting access."""

import secrets
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from engine.access.audit import Audit
from engine.access.permissions import Permission, require
from engine.errors import InvalidAccount, InvalidQuery, NotFound
from engine.model import Actor, Json, Page, Role, User, UserState
from engine.model.labels import LABELS
from engine.people.alerts import Alerts
from engine.people.credentials import named, require_address, require_person_role
from engine.people.factor_rule import FactorRule
from engine.people.sessions import Sessions, hash_of
from engine.ports import PeopleStore

PAGE = 100
LINK_LASTS = timedelta(hours=72)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLink:
    """`url` is shown once: its token is stored only as a hash."""

    user: User
    url: str = field(repr=False)
    expires_at: datetime


class People:
    def __init__(
        self,
        store: PeopleStore,
        sessions: Sessions,
        rule: FactorRule,
        audit: Audit,
        alerts: Alerts,
        now: Callable[[], datetime],
        public_url: str,
        *,
        by_password: bool = True,
    ) -> None:
        """`by_password`: people may sign in with one."""
        self._by_password = by_password
        self._store, self._sessions, self._audit, self._now = store, sessions, audit, now
        self._rule, self._alerts, self._public_url = rule, alerts, public_url

    async def page(self, *, actor: Actor, limit: int = 100, cursor: str | None = None) -> Page[User]:
        """By id. Raises NotAllowed, InvalidQuery."""
        require(actor, Permission.ADMINISTER)
        if cursor is not None and not (cursor.isascii() and cursor.isdigit() and len(cursor) <= 12):
            raise InvalidQuery("cursor", "Give what the page before named as `next`.")
        found = await self._store.users(limit + 1, int(cursor or 0))
        kept = found[:limit]
        return Page(items=tuple(kept), next=str(kept[-1].id) if len(found) > limit else None)

    async def by_email(self, email: str, *, actor: Actor) -> User:
        """Raises NotAllowed, NotFound."""
        require(actor, Permission.ADMINISTER)
        found = await self._store.user_by_email(email.strip())
        if found is None:
            raise NotFound("user", email)
        return found[0]

    async def invite(self, *, email: str, role: Role, actor: Actor) -> NewLink:
        """Creates a user without a password, and the link to set one. Raises NotAllowed, InvalidAccount."""
        require(actor, Permission.MANAGE_PEOPLE)
        self._require_passwords(actor)
        require_person_role(role)
        user = await self._store.add_user(email=require_address(email), role=role, password_hash="", at=self._now())
        link = await self._new_link(user)
        await self._audit.note(actor, "user.invited", named(user), after={"role": str(role)})
        return link

    async def change(
        self, user_id: int, *, role: Role | None = None, disabled: bool | None = None, actor: Actor
    ) -> User:
        """None leaves a value unchanged. Applies at once, also to open pages; another role ends the user's sessions.

        Raises NotAllowed, NotFound; InvalidAccount if no active Admin would be left.
        """
        require(actor, Permission.MANAGE_PEOPLE)
        if role is not None:
            require_person_role(role)
        before, after = await self._store.change_user(user_id, role=role, disabled=disabled, at=self._now())
        if before.role != after.role:
            await self._sessions.end_all(user_id)
        elif before.state != after.state:
            self._sessions.changed(user_id)
        if _facts(before) != _facts(after):
            await self._audit.note(actor, "user.changed", named(after), before=_facts(before), after=_facts(after))
        for what in _changes_in_words(before, after):
            await self._alerts.tell(user_id, what, by=actor)
        return after

    async def reset(self, user_id: int, *, drop_second_factor: bool = False, actor: Actor) -> NewLink:
        """A link to set a new password, replacing an earlier one. Nothing changes until it is used; then the user's
        sessions end, and if requested the second factor is removed. Raises NotAllowed, NotFound, InvalidAccount."""
        require(actor, Permission.MANAGE_PEOPLE)
        self._require_passwords(actor)
        user = await self._store.user(user_id)
        if user.disabled:
            raise InvalidAccount("disabled", "This user is disabled. Enable the account first.")
        link = await self._new_link(user, drop_second_factor)
        action = "user.invited" if user.state is UserState.INVITED else "user.reset"
        await self._audit.note(actor, action, named(user), after={"drops_second_factor": drop_second_factor})
        if user.state is UserState.ACTIVE:
            more = " and turn off your second factor" if drop_second_factor else ""
            await self._alerts.tell(user_id, f"A link was created to set your password{more}", by=actor)
        return link

    async def sign_out(self, user_id: int, *, actor: Actor) -> None:
        """Ends all of the user's sessions. Raises NotAllowed, NotFound."""
        require(actor, Permission.MANAGE_PEOPLE)
        user = await self._store.user(user_id)
        await self._sessions.end_all(user_id)
        await self._audit.note(actor, "user.signed_out", named(user))
        await self._alerts.tell(user_id, "You were signed out everywhere", by=actor)

    @property
    def second_factor_roles(self) -> frozenset[Role]:
        """The roles that require a second factor."""
        return self._rule.roles

    async def require_second_factor(self, roles: Collection[Role], *, actor: Actor) -> None:
        """Of exactly these roles, at once: those who lack one may only set it up. Raises NotAllowed, InvalidAccount."""
        require(actor, Permission.MANAGE_PEOPLE)
        before = self._rule.roles
        await self._rule.save(roles)
        if before == self._rule.roles:
            return
        facts = {"before": sorted(before), "after": sorted(self._rule.roles)}
        await self._audit.note(actor, "second_factor.required", "second factor", **facts)
        after = 0
        while found := await self._store.users(PAGE, after):
            for user in found:
                self._sessions.changed(user.id)
            after = found[-1].id

    async def withdraw(self, user_id: int, *, actor: Actor) -> None:
        """Revokes an invitation that was not accepted. Raises NotAllowed, NotFound, InvalidAccount."""
        require(actor, Permission.MANAGE_PEOPLE)
        user = await self._store.withdraw_user(user_id)
        await self._audit.note(actor, "user.withdrawn", named(user), before={"role": str(user.role)})

    def _require_passwords(self, actor: Actor) -> None:
        """The terminal may give links even so: the way in where the issuer fails. Raises InvalidAccount."""
        if not self._by_password and actor.kind != "system":
            raise InvalidAccount("email", "Passwords are turned off: people sign in through single sign-on.")

    async def _new_link(self, user: User, drop_second_factor: bool = False) -> NewLink:
        token, expires_at = secrets.token_urlsafe(32), self._now() + LINK_LASTS
        await self._store.set_link(user.id, hash_of(token), expires_at, drop=drop_second_factor)
        return NewLink(user=user, url=f"{self._public_url}/welcome#token={token}", expires_at=expires_at)


def _changes_in_words(before: User, after: User) -> Iterator[str]:
    if before.role != after.role:
        yield f"Your role was changed from {LABELS[before.role]} to {LABELS[after.role]}"
    if before.disabled != after.disabled:
        yield "Your account was disabled" if after.disabled else "Your account was enabled again"


def _facts(user: User) -> dict[str, Json]:
    return {"role": str(user.role), "state": str(user.state)}
