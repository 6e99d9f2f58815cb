"""What signed-in users can do with their own account: password, second factor, sessions."""

from engine.access.audit import Audit
from engine.access.permissions import require_person
from engine.errors import InvalidAccount, NotAllowed, TooManyTries
from engine.model import Actor, Session, User
from engine.people.alerts import Alerts
from engine.people.credentials import Credentials
from engine.people.passwords import Passwords, require_good
from engine.people.second_factor import Offer, SecondFactor, is_code
from engine.people.sessions import Sessions, id_of
from engine.ports import PeopleStore


class OwnAccount:
    """All methods raise NotAllowed if the actor is not a person, and TooManyTries after repeated failures."""

    def __init__(
        self,
        store: PeopleStore,
        sessions: Sessions,
        credentials: Credentials,
        passwords: Passwords,
        second_factor: SecondFactor,
        audit: Audit,
        alerts: Alerts,
    ) -> None:
        self._store, self._sessions, self._credentials = store, sessions, credentials
        self._passwords, self._second_factor, self._audit, self._alerts = passwords, second_factor, audit, alerts

    async def user(self, *, actor: Actor) -> User:
        require_person(actor)
        return await self._store.user(actor.id)

    async def change_password(self, *, present: str, new: str, token: str, actor: Actor) -> None:
        """`token` belongs to the session to keep; all others end. Raises InvalidAccount."""
        require_person(actor)
        require_good(new, actor.name)
        await self._prove("present", present, actor)
        await self._store.set_password_hash(actor.id, await self._passwords.hash(new))
        await self._sessions.end_all(actor.id, but=token)
        await self._audit.note(actor, "user.password_changed", _named(actor))
        await self._alerts.tell(actor.id, "Your password was changed", by=actor)

    def offer(self, *, actor: Actor) -> Offer:
        """Starts setting up a second factor."""
        require_person(actor)
        return self._second_factor.offer(actor.name)

    async def turn_on(self, *, offer: Offer, code: str, present: str, actor: Actor) -> tuple[str, ...]:
        """With a code for the offered secret and the password; returns the recovery codes. Raises InvalidAccount."""
        user = await self.user(actor=actor)
        if user.second_factor:
            raise InvalidAccount("code", "It is on already. Turn it off before you set up another device.")
        await self._prove("present", present, actor)
        codes = await self._second_factor.turn_on(actor.id, offer.secret, code)
        await self._audit.note(actor, "user.second_factor_on", _named(actor))
        await self._alerts.tell(actor.id, "Your second factor was turned on", by=actor)
        return codes

    async def turn_off(self, *, proof: str, actor: Actor) -> None:
        """`proof` is the password or a code. Raises InvalidAccount."""
        require_person(actor)
        await self._prove("proof", proof, actor, by_code=True)
        await self._second_factor.turn_off(actor.id)
        await self._audit.note(actor, "user.second_factor_off", _named(actor))
        await self._alerts.tell(actor.id, "Your second factor was turned off", by=actor)

    async def new_codes(self, *, proof: str, actor: Actor) -> tuple[str, ...]:
        """Replaces the recovery codes. Raises InvalidAccount."""
        user = await self.user(actor=actor)
        if not user.second_factor:
            raise InvalidAccount("proof", "The second factor is off.")
        await self._prove("proof", proof, actor, by_code=True)
        codes = await self._second_factor.new_codes(actor.id)
        await self._audit.note(actor, "user.recovery_codes_made", _named(actor))
        await self._alerts.tell(actor.id, "Your recovery codes were replaced", by=actor)
        return codes

    async def codes_left(self, *, actor: Actor) -> int:
        require_person(actor)
        return await self._second_factor.codes_left(actor.id)

    @staticmethod
    def session_id(token: str) -> str:
        """The id, as in `sessions`, of the session that the token belongs to."""
        return id_of(token)

    async def sessions(self, *, actor: Actor) -> list[Session]:
        """Last seen first."""
        require_person(actor)
        return await self._sessions.of(actor.id)

    async def end_session(self, session_id: str, *, actor: Actor) -> None:
        """Raises NotFound."""
        require_person(actor)
        await self._sessions.end_one(actor.id, session_id)
        await self._audit.note(actor, "session.ended", f"{_named(actor)}, session {session_id}")

    async def end_others(self, *, token: str, actor: Actor) -> None:
        """All except the token's own."""
        require_person(actor)
        await self._sessions.end_all(actor.id, but=token)
        await self._audit.note(actor, "session.ended", f"{_named(actor)}, all other sessions")

    async def _prove(self, field: str, proof: str, actor: Actor, *, by_code: bool = False) -> None:
        """Raises InvalidAccount if it is wrong."""
        try:
            if by_code and is_code(proof):
                user = await self._store.user(actor.id)
                await self._credentials.check_code(user, proof, actor.address)
            else:
                await self._credentials.check_password(actor.name, proof, actor.address)
        except TooManyTries:
            raise
        except NotAllowed:
            wrong = "That is neither your password nor a code that counts." if by_code else "That is not your password."
            raise InvalidAccount(field, wrong) from None


def _named(actor: Actor) -> str:
    return f"user {actor.id} {actor.name}"
