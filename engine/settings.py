"""The engine's configuration."""

from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path

from engine.events.bounds import Bounds
from engine.messages.mail import SmtpSettings
from engine.people.sso_settings import SsoSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineSettings:
    """`public_url` is where browsers and senders reach us, without a trailing slash.

    `bounds` apply to one event. At most `most_waiting` events may wait to be decided, and at most `most_of_hook`
    executions of one hook to be sent; with less than `least_free` bytes of free disk nothing is accepted. At most
    `most_calls` are sent concurrently. Secrets are sealed under the first of `secret_keys`; the others still open what
    they sealed.
    """

    version: str
    public_url: str = "http://127.0.0.1:8080"
    internal_url: str = "https://internal.ai-sync.com"
    allowed_networks: tuple[IPv4Network | IPv6Network, ...] = ()
    bounds: Bounds = field(default_factory=Bounds)
    most_waiting: int = 1_000_000
    most_of_hook: int = 100_000
    least_free: int = 256 << 20
    most_calls: int = 512
    retention_days: int = 30
    data_dir: Path | None = None
    smtp: SmtpSettings | None = None
    sso: SsoSettings | None = None
    secret_keys: tuple[str, ...] = field(default=(), repr=False)
