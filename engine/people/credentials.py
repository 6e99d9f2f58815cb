"""Whether a password or a code is somebody's. Guessing is slowed, and told in the audit log."""

from collections.abc import Callable

from engine.access.audit import Audit
from engine.access.permissions import PERSONS
from engine.errors import InvalidAccount, NotAllowed, TooManyTries
from engine.model import Actor, Role, User
from engine.people.passwords import Passwords
from engine.people.second_factor import SecondFactor
from engine.people.throttle import Seldom, Throttle
from engine.ports import AccountStore

TOLD_EVERY_SECONDS = 60.0


class Credentials:
    """An account is named by its e-mail address as it is written; both factors share its waits."""

    def __init__(
        self,
        store: AccountStore,
        passwords: Passwords,
        second_factor: SecondFactor,
        audit: Audit,
        clock: Callable[[], float],
    ) -> None:
        self._store, self._passwords, self._second_factor = store, passwords, second_factor
        self._audit = audit
        self._throttle = Throttle(clock)
        self._told = Seldom(clock, TOLD_EVERY_SECONDS)

    async def check_password(self, email: str, password: str, address: str) -> tuple[User, str]:
        """Whose it is, with its hash. Takes as long for an unknown address as for a wrong password.

        Raises NotAllowed; TooManyTries where somebody guesses.
        """
        account = folded(email)
        self._admit(account, address)
        user, kept = await self._store.user_by_email(account) or (None, "")
        right, newer = await self._passwords.check(password, kept)
        if user is None or not right or user.disabled:
            await self._fail(account, address)
            raise NotAllowed("E-mail or password is wrong.")
        self._throttle.forgive(account, address)
        if newer:
            await self._store.set_password_hash(user.id, newer)
        return user, newer or kept

    async def check_code(self, user: User, code: str, address: str) -> None:
        """Uses it up. Raises NotAllowed, TooManyTries, SecretLost."""
        account = folded(user.email)
        self._admit(account, address)
        if not await self._second_factor.takes(user.id, code):
            await self._fail(account, address)
            raise NotAllowed("This code is wrong, or was used before. Wait for the next one.")
        self._throttle.forgive(account, address)

    async def check_guess(self, account: str, address: str, *, right: bool) -> None:
        """Of something else that can be guessed. Raises NotAllowed, TooManyTries."""
        self._admit(account, address)
        if not right:
            await self._fail(account, address)
            raise NotAllowed("This is wrong.")
        self._throttle.forgive(account, address)

    def entered(self, user: User, address: str) -> None:
        """With all that it takes: what failed before is forgotten."""
        self._throttle.succeeded(folded(user.email), address)

    def _admit(self, account: str, address: str) -> None:
        """Counts as a failure until it is forgiven, so that tries at the same time do not pass together."""
        if wait := self._throttle.wait(account, address):
            raise TooManyTries(wait)
        self._throttle.failed(account, address)

    async def _fail(self, account: str, address: str) -> None:
        """Told once a minute for an account and an address, so that guessing does not flood the log."""
        self._throttle.stand(account, address)
        if not self._told.due(f"{account} {address}"):
            return
        nobody = Actor(kind="nobody", id=0, name=account, role=Role.USER, address=address)
        await self._audit.note(nobody, "sign_in.failed", f"user {account}")


def folded(email: str) -> str:
    return email.strip().casefold()[:254]


def require_address(email: str) -> str:
    """Without what stands around it. Raises InvalidAccount."""
    email = email.strip()
    name, _, domain = email.partition("@")
    if not (name and "." in domain and email.isprintable() and " " not in email and len(email) <= 254):
        raise InvalidAccount("email", "Enter an e-mail address such as ada@example.com.")
    return email


def require_person_role(role: Role) -> None:
    """Raises InvalidAccount."""
    if role not in PERSONS:
        raise InvalidAccount("role", "A person is admin, manager or user; agent and system are roles of keys.")


def named(user: User) -> str:
    """As the audit log names a user."""
    return f"user {user.id} {user.email}"
