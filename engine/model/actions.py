"""The calls of a hook."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from pydantic import with_config


class Method(StrEnum):
    GET = "GET"
    POST = "POST"
    PUT = "PUT"
    DELETE = "DELETE"
    PATCH = "PATCH"


BODYLESS = frozenset({Method.GET, Method.DELETE})


class Run(StrEnum):
    SEQUENTIAL = "sequential"
    PARALLEL = "parallel"


@with_config(extra="forbid", str_strip_whitespace=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class Success:
    """The success criteria: `statuses` such as "200-299, 404" (empty: 2xx), and a `check` over the response's `status`,
    `headers`, `text` and `json` that must be true (empty: none)."""

    statuses: str = ""
    check: str = ""


@with_config(extra="forbid", str_strip_whitespace=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One call. URL, header values and body are templates; without a body, the standard envelope is sent.

    The values of `secret_headers` (case-insensitive names) are stored sealed, and shown only to Admins on request. In a
    sequence it runs if `when` is true (empty: always). `go_on`: it is tried once, and its failure stops nothing.
    """

    url: str
    method: Method = Method.POST
    headers: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    secret_headers: tuple[str, ...] = ()
    body: str | None = None
    when: str = ""
    go_on: bool = False
    success: Success = Success()
