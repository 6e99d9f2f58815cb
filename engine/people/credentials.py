"""Verifies passwords and codes. Guessing is slowed down, and recorded in the audit log."""

from collections.abc import Callable

from engine.access.audit import Audit
from engine.access.permissions import PERSONS
from engine.errors import InvalidAccount, NotAllowed, TooManyTries
from engine.model import Actor, Role, User
from engine.people.passwords import Passwords
from engine.people.second_factor import SecondFactor
from engine.people.throttle import Seldom, Throttle
from engine.ports import AccountStore

REPORT_SECONDS = 60.0


class Credentials:
    """Accounts are identified by their e-mail address in its written form; both factors share the throttling."""

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
        self._reports = Seldom(clock, REPORT_SECONDS)

    async def check_password(self, email: str, password: str, address: str) -> tuple[User, str]:
        """Returns the user and the password hash. Takes as long for an unknown address as for a wrong password.

        Raises NotAllowed; TooManyTries after repeated failures.
        """
        account = folded(email)
        self._admit(account, address)
        user, kept = await self._store.user_by_email(account) or (None, "")
        try:
            right, newer = await self._passwords.check(password, kept)
        except TooManyTries:  # too busy to look
            self._throttle.forgive(account, address)
            raise
        if user is None or not right or user.disabled:
            await self._fail(account, address)
            raise NotAllowed("E-mail or password is wrong.")
        self._throttle.forgive(account, address)
        if newer:
            await self._store.set_password_hash(user.id, newer)
        return user, newer or kept

    async def check_code(self, user: User, code: str, address: str) -> None:
        """Consumes the code. Raises NotAllowed, TooManyTries, SecretLost."""
        account = folded(user.email)
        self._admit(account, address)
        if not await self._second_factor.takes(user.id, code):
            await self._fail(account, address)
            raise NotAllowed("This code is wrong, or was used before. Wait for the next one.")
        self._throttle.forgive(account, address)

    async def check_guess(self, account: str, address: str, *, right: bool) -> None:
        """Checks another secret that can be guessed. Raises NotAllowed, TooManyTries."""
        self._admit(account, address)
        if not right:
            await self._fail(account, address)
            raise NotAllowed("This is wrong.")
        self._throttle.forgive(account, address)

    def succeeded(self, user: User, address: str) -> None:
        """Call after all factors were verified: earlier failures are forgotten."""
        self._throttle.succeeded(folded(user.email), address)

    def _admit(self, account: str, address: str) -> None:
        """Counts as a failure until forgiven, so that concurrent tries cannot all pass."""
        if wait := self._throttle.wait(account, address):
            raise TooManyTries(wait)
        self._throttle.failed(account, address)

    async def _fail(self, account: str, address: str) -> None:
        """Recorded once a minute per account and IP address, so that guessing does not flood the log."""
        self._throttle.confirm(account, address)
        if not self._reports.due(f"{account} {address}"):
            return
        nobody = Actor(kind="nobody", id=0, name=account, role=Role.USER, address=address)
        await self._audit.note(nobody, "sign_in.failed", f"user {account}")


def folded(email: str) -> str:
    return email.strip().casefold()[:254]


def require_address(email: str) -> str:
    """Trimmed. Raises InvalidAccount."""
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
    """The user's name in the audit log."""
    return f"user {user.id} {user.email}"
