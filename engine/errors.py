"""The hierarchy of errors; every message is written for the person who sees it on the screen.

TriggerHooksError
  InvalidHook(problems: field → message)
  InvalidEvent(problems: place → message)
  InvalidQuery(name, message)
  InvalidAccount(field, message)
  InvalidKey(problems: field → message)
  InvalidTask(problems: field → message)
  InvalidSource(problems: field → message)
  InvalidEventType(problems: field → message)
  InUse(message)                what others still need is not deleted
  NotAllowed(message)
    Refused(message)            the actor's role or scopes do not permit it
    TooManyTries(seconds)       too many failed tries
    CodeNeeded(pending)         the password is correct, and a second factor is on
    SignInOver                  the code came too late after the password
  IssuerFailed(message)         single sign-on: its issuer fails, or says what is not valid
  KeyRefused(message)           unknown, expired or revoked API key
  RateExceeded(seconds)         an API key calls too often
  NotFound(kind, id)            also a LookupError
  Conflict(kind, id, found)     somebody else saved meanwhile
  Overloaded(retry_after)       the queue is full
  SecretLost                    sealed under a key that is not available
  StoreUnavailable(message)     the database fails
"""

from collections.abc import Mapping
from math import ceil


class TriggerHooksError(Exception):
    """The base class of every error that this product raises on purpose."""


class InvalidHook(TriggerHooksError):
    """`problems` maps a field (`title`, `actions[0].url`, `filters.rows[1].value`) to what is wrong."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{field}: {message}" for field, message in problems.items()))
        self.problems = problems


class InvalidEvent(TriggerHooksError):
    """`problems` maps a place (`type`, `[3].data`) to what is wrong and how to fix it."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{place}: {message}" for place, message in problems.items()))
        self.problems = problems


class InvalidQuery(TriggerHooksError):
    def __init__(self, name: str, message: str) -> None:
        super().__init__(f"{name}: {message}")
        self.problems: Mapping[str, str] = {name: message}


class InvalidAccount(TriggerHooksError):
    """`field` is the input: `email`, `password`, `present`, `role`, `disabled`, `code`, `proof`."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.problems: Mapping[str, str] = {field: message}


class InvalidKey(TriggerHooksError):
    """`problems` maps a setting of an API key (`name`, `scopes`) to what is wrong."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{field}: {message}" for field, message in problems.items()))
        self.problems = problems


class InvalidTask(TriggerHooksError):
    """`problems` maps a field (`title`, `due_at`) to what is wrong and how to fix it."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{field}: {message}" for field, message in problems.items()))
        self.problems = problems


class InvalidSource(TriggerHooksError):
    """`problems` maps a setting of a source (`name`, `secret`) to what is wrong."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{field}: {message}" for field, message in problems.items()))
        self.problems = problems


class InvalidEventType(TriggerHooksError):
    """`problems` maps a part of an event type (`type`, `label`, `sample.x`) to what is wrong."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{field}: {message}" for field, message in problems.items()))
        self.problems = problems


class InUse(TriggerHooksError):
    pass


class IssuerFailed(TriggerHooksError):
    """The message is for the log: it may quote the issuer."""


class KeyRefused(TriggerHooksError):
    pass


class RateExceeded(TriggerHooksError):
    """`retry_after` is in whole seconds."""

    def __init__(self, seconds: float, rate: int) -> None:
        self.retry_after = max(1, ceil(seconds))
        super().__init__(f"This API key may send {rate:,} events or other calls a minute, and has. Wait, then go on.")


class NotAllowed(TriggerHooksError):
    pass


class Refused(NotAllowed):
    """The actor's role or scopes do not permit it."""


class SecretLost(TriggerHooksError):
    def __init__(self) -> None:
        super().__init__(
            "The secrets in this database are sealed under another key. Nothing was changed. Put that key back: the "
            "file secret.key in DATA_DIR, or TRIGGER_HOOKS_SECRET_KEY. To change to a new key, set "
            "TRIGGER_HOOKS_SECRET_KEY to the new one and the old one, in this order. If it is lost for good: "
            "python main.py forget-secrets"
        )


class TooManyTries(NotAllowed):
    """`retry_after` is in whole seconds."""

    def __init__(self, seconds: float) -> None:
        self.retry_after = max(1, round(seconds + 0.5))
        seconds_to_wait = "a second" if self.retry_after == 1 else f"{self.retry_after} seconds"
        super().__init__(f"Too many tries. Wait {seconds_to_wait}, then try again.")


class CodeNeeded(NotAllowed):
    """`pending` is a token for the correct password; together with a code it signs the user in."""

    def __init__(self, pending: str) -> None:
        super().__init__("Enter a code of your second factor.")
        self.pending = pending


class SignInOver(NotAllowed):
    def __init__(self) -> None:
        super().__init__("That took too long, or too many codes were wrong. Sign in again.")


class NotFound(TriggerHooksError, LookupError):
    def __init__(self, kind: str, id: object) -> None:
        super().__init__(f"There is no {kind} {id}.")


class Conflict(TriggerHooksError):
    """`found` is the current version."""

    def __init__(self, kind: str, id: object, found: int) -> None:
        super().__init__(f"Somebody else saved {kind} {id} in the meantime; it is at version {found} now.")
        self.found = found


class Overloaded(TriggerHooksError):
    """`retry_after` is in seconds."""

    def __init__(self, message: str, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class StoreUnavailable(TriggerHooksError):
    pass
