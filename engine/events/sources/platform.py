"""A platform: one request of it, what the request means, and how to answer it. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from urllib.parse import parse_qsl, urlsplit

from engine.events.draft import EventDraft
from engine.model.sources import SigningChoice

MOST_FORM_FIELDS = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """One request. `url` is the public one, with its query; `headers` have lower-case names; `body` is raw."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def query(self) -> list[tuple[str, str]]:
        return _pairs(urlsplit(self.url).query)

    @property
    def form(self) -> list[tuple[str, str]]:
        """The fields of a form body; none for anything else."""
        return [] if self.has_json else _pairs(self.body.decode(errors="replace"))

    @property
    def has_json(self) -> bool:
        return "json" in self.headers.get("content-type", "").lower() or self.body.lstrip()[:1] in {b"{", b"["}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """`ignored` names, one by one, the messages that become no event, and why."""

    drafts: tuple[EventDraft, ...] = ()
    ignored: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What the platform expects after an accepted request."""

    body: bytes = b"{}"
    media_type: str = "application/json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What a signature is checked against: the secrets that are valid now, and the choice where there is one."""

    secrets: Sequence[str]
    now: datetime
    choice: SigningChoice | None = None


Verify = Callable[[Incoming, Verification], str | None]
"""Returns why a request is refused; None if its signature is valid."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    """`needs_secret`: it always signs, so that a source without a secret is a mistake.

    `has_choice`: its user chooses how it signs. `has_mapping`: its user may write how it is mapped. `gets`: it may use
    GET. `busy` is the status that makes it try again.
    """

    key: str
    verify: Verify
    read: Callable[[Incoming], Reading]
    needs_secret: bool = True
    has_choice: bool = False
    has_mapping: bool = False
    gets: bool = False
    answer: Answer = Answer()
    busy: HTTPStatus = HTTPStatus.SERVICE_UNAVAILABLE


def _pairs(text: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_FORM_FIELDS)
    except ValueError:
        return []
