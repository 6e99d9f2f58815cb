"""What may become of an execution. One table, and nothing that is not read off it."""

from collections.abc import Mapping
from enum import StrEnum

from engine.model import Status


class Step(StrEnum):
    """What happens to an execution."""

    START = "start"
    SUCCEED = "succeed"
    WAIT = "wait for the next attempt"
    GIVE_UP = "give up"
    PUT_BACK = "put back, since the process ended"
    CANCEL = "cancel"
    RELEASE = "release, since its hours open, or someone sends it"


TABLE: Mapping[tuple[Status, Step], Status] = {
    (Status.PENDING, Step.START): Status.RUNNING,
    (Status.PENDING, Step.CANCEL): Status.CANCELLED,
    (Status.RUNNING, Step.SUCCEED): Status.SUCCEEDED,
    (Status.RUNNING, Step.WAIT): Status.RETRYING,
    (Status.RUNNING, Step.GIVE_UP): Status.FAILED,
    (Status.RUNNING, Step.PUT_BACK): Status.PENDING,
    (Status.RETRYING, Step.START): Status.RUNNING,
    (Status.RETRYING, Step.CANCEL): Status.CANCELLED,
    (Status.HELD, Step.RELEASE): Status.PENDING,
    (Status.PARKED, Step.RELEASE): Status.PENDING,
}

FINISHED = frozenset(Status) - {before for before, _ in TABLE}
"""Nothing happens to these any more."""


def started(status: Status) -> Status:
    """Running, whether or not it was before."""
    return status if status is Status.RUNNING else after(status, Step.START)


def after(status: Status, step: Step) -> Status:
    """Raises KeyError for what cannot happen."""
    return TABLE[status, step]
