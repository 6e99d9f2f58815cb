"""Trigger Hooks: settings → store → engine → dashboard → server, and the commands. The one place where they meet."""

import argparse
import asyncio
import gc
import ipaddress
import os
import secrets
import signal
import socket
import stat
import sys
import tempfile
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Self

from pydantic import Field, ValidationError, ValidationInfo, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from commands import add_people_commands

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    from commands import Command
    from engine import Engine
    from engine.api.doors import Doors
    from engine.people.sso_settings import SsoSettings

__version__ = "0.1.0"
CLOSE_SECONDS = 3
SWITCH_SECONDS = 0.0005
"""How long a thread may keep the interpreter while the loop waits for it: a tenth of what is usual."""

FORGETS = """This forgets every secret that the key at hand does not open: hooks get new signing secrets, which
receivers have to be told of, and values of secret headers have to be entered again. Nothing else is lost. Where the old
key may still be found, put it back instead. To go on: python main.py forget-secrets --yes"""


class Settings(BaseSettings):
    """From the environment or `.env`, each with the prefix `TRIGGER_HOOKS_`."""

    model_config = SettingsConfigDict(env_prefix="TRIGGER_HOOKS_", env_file=".env", extra="ignore")

    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=1, le=65535)
    data_dir: Path = Path("data")
    database_url: str = ""
    secret_key: str = ""
    internal_url: str = "https://internal.ai-sync.com"
    allowed_networks: str = ""
    admin_email: str = ""
    admin_password: str = ""
    public_url: str = ""
    max_event_bytes: int = Field(default=4_194_304, ge=1_024)
    max_event_fields: int = Field(default=200_000, ge=100)
    max_backlog: int = Field(default=1_000_000, ge=1_000)
    max_hook_backlog: int = Field(default=100_000, ge=1_000)
    max_connections: int = Field(default=2_000, ge=16)
    max_connections_per_address: int = Field(default=200, ge=4)
    trusted_proxies: str = ""
    min_free_mb: int = Field(default=256, ge=0)
    smtp_from: str = ""
    smtp_url: str = Field(default="", repr=False)
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_client_secret: str = Field(default="", repr=False)
    oidc_roles: str = ""
    oidc_scopes: str = ""
    oidc_groups_claim: str = ""
    oidc_passwords: bool = True
    retention_days: int = Field(default=30, ge=1, le=3_650)
    log_format: Literal["console", "json"] = "console"

    @field_validator("allowed_networks", "trusted_proxies")
    @classmethod
    def _only_networks(cls, text: str) -> str:
        for part in text.replace(",", " ").split():
            ipaddress.ip_network(part, strict=False)
        return text

    @field_validator("data_dir")
    @classmethod
    def _only_utf8(cls, path: Path) -> Path:
        try:
            str(path).encode()
        except UnicodeEncodeError:
            raise ValueError("the name of the folder is not UTF-8") from None
        return path

    @field_validator("smtp_url")
    @classmethod
    def _only_smtp(cls, url: str, info: ValidationInfo) -> str:
        if url:
            from engine.messages.mail import smtp_settings

            smtp_settings(url, info.data["smtp_from"])
        return url

    @field_validator("database_url")
    @classmethod
    def _only_sqlite(cls, text: str) -> str:
        if text and not text.startswith("sqlite:///"):
            raise ValueError("only SQLite is supported, such as sqlite:////absolute/path.db")
        return text

    @model_validator(mode="after")
    def _whole_oidc(self) -> Self:
        _ = self.sso
        return self

    @property
    def sso(self) -> "SsoSettings | None":
        """Raises ValueError."""
        if not self.oidc_issuer and self.oidc_passwords:
            return None
        from engine.people.sso_settings import sso_settings

        return sso_settings(
            issuer=self.oidc_issuer,
            client_id=self.oidc_client_id,
            client_secret=self.oidc_client_secret,
            roles=self.oidc_roles,
            scopes=self.oidc_scopes,
            groups_claim=self.oidc_groups_claim,
            passwords=self.oidc_passwords,
        )

    @property
    def url(self) -> str:
        """Where browsers and senders reach the server, without a slash at the end."""
        host = "127.0.0.1" if self.host in {"0.0.0.0", "::"} else self.host  # noqa: S104 (compared, not bound)
        return self.public_url.rstrip("/") or f"http://{host}:{self.port}"

    @property
    def store_url(self) -> str:
        from storage import sqlite

        return self.database_url or sqlite.url_of(self.data_dir.absolute() / "trigger-hooks.db")


def main() -> None:
    arguments = _parser().parse_args()
    try:
        settings = Settings()
    except ValidationError as error:
        for one in error.errors():
            print(
                f"TRIGGER_HOOKS_{'_'.join(map(str, one['loc'] or ['oidc_…'])).upper()}: {one['msg']}", file=sys.stderr
            )
        raise SystemExit(2) from None
    _keep_private(settings.data_dir)
    arguments.run(settings, arguments)


def _keep_private(folder: Path) -> None:
    """The folder and all that is written are for their owner alone; a folder that is shared on purpose stays so."""
    os.umask(0o077)
    with suppress(OSError):
        kept = folder.stat()
        if kept.st_uid == os.geteuid() and not kept.st_mode & stat.S_ISVTX:
            folder.chmod(0o700)


def serve(settings: Settings, _: argparse.Namespace) -> None:
    """Runs until it is told to stop."""
    import uvicorn

    from dashboard import mount
    from engine import SecretLost, StoreUnavailable
    from engine.api import create_app
    from engine.api.connections import CountedWebSocket, bounded_by
    from engine.process.descriptors import raise_limit, shares_of
    from engine.process.logs import log_to_terminal
    from storage import sqlite

    log_to_terminal(settings.log_format)
    sys.setswitchinterval(SWITCH_SECONDS)
    try:
        most = min(settings.max_connections, shares_of(raise_limit()).connections)
        lock = sqlite.lock(settings.store_url)
        sqlite.verify(settings.store_url)
        has_admin = asyncio.run(_prepare(settings))
    except (SecretLost, StoreUnavailable) as error:
        print(error, file=sys.stderr)
        raise SystemExit(1) from None
    if most < settings.max_connections:
        print(f"There may be {most} connections: the process can open no more files (ulimit -n).", file=sys.stderr)
    host = settings.host if has_admin else _loopback(settings.host)
    engine = _engine(settings)
    app = create_app(engine)
    mount(app, engine)

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if self.started:
                code = None if has_admin else engine.accounts.setup_code
                print(_welcome(settings, host, code), flush=True)

        def handle_exit(self, sig: int, frame: object) -> None:  # noqa: ARG002 (the signature is uvicorn's)
            """To be told to stop is no failure: uvicorn's own way ends the process by the signal, not with 0."""
            self.force_exit = self.should_exit and sig == signal.SIGINT
            self.should_exit = True

    proxies = settings.trusted_proxies.replace(",", " ").split()
    config = uvicorn.Config(
        app,
        host=host,
        port=settings.port,
        access_log=False,
        log_config=None,
        server_header=False,
        backlog=most,
        timeout_graceful_shutdown=CLOSE_SECONDS,
        proxy_headers=bool(proxies),  # loopback is not trusted by itself
        forwarded_allow_ips=proxies,
        http=bounded_by(_doors(settings, most)),
        ws=CountedWebSocket,
    )
    gc.collect()
    gc.freeze()  # what is there now stays: later collections pass over it, and hold nobody up
    with lock:
        Server(config).run()


def _doors(settings: Settings, most: int) -> "Doors":
    from engine.actions.http import parse_networks
    from engine.api.doors import Doors

    return Doors(
        most=most,
        most_of_address=settings.max_connections_per_address,
        shared=parse_networks(settings.trusted_proxies),
    )


def forget_secrets(settings: Settings, arguments: argparse.Namespace) -> None:
    """For whoever has lost the key. Not beside a server, which has it."""
    from storage import sqlite

    if not arguments.yes:
        print(FORGETS, file=sys.stderr)
        raise SystemExit(2)

    async def forget() -> None:
        engine = _engine(settings)
        try:
            with sqlite.lock(settings.store_url):
                print(f"{await engine.forget_secrets()} secrets were forgotten. The server starts again.")
        finally:
            await engine.close()

    _run(forget())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="main.py", description="Trigger Hooks")
    parser.add_argument("--version", action="version", version=__version__)
    parser.set_defaults(run=serve)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    commands.add_parser("serve", help="the server (the same as no command)").set_defaults(run=serve)
    add_people_commands(commands, _on_engine)
    forget = commands.add_parser("forget-secrets", help="start again without the secrets whose key is lost")
    forget.add_argument("--yes", action="store_true", help="really")
    forget.set_defaults(run=forget_secrets)
    return parser


def _engine(settings: Settings) -> "Engine":
    from engine import Bounds, Engine, EngineSettings
    from engine.actions.http import parse_networks
    from engine.messages.mail import smtp_settings
    from engine.process import descriptors
    from storage.store import SqlStore

    return Engine(
        SqlStore(settings.store_url),
        EngineSettings(
            version=__version__,
            public_url=settings.url,
            internal_url=settings.internal_url.rstrip("/"),
            allowed_networks=parse_networks(settings.allowed_networks),
            bounds=Bounds(bytes=settings.max_event_bytes, fields=settings.max_event_fields),
            most_waiting=settings.max_backlog,
            most_of_hook=settings.max_hook_backlog,
            least_free=settings.min_free_mb << 20,
            most_calls=descriptors.shares_of(descriptors.limit()).calls,
            retention_days=settings.retention_days,
            data_dir=settings.data_dir,
            sso=settings.sso,
            smtp=smtp_settings(settings.smtp_url, settings.smtp_from),
            secret_keys=_secret_keys(settings),
        ),
    )


@asynccontextmanager
async def _opened(settings: Settings) -> "AsyncGenerator[Engine]":
    """The engine with its store open and nothing running: for commands, also while the server runs."""
    engine = _engine(settings)
    try:
        await engine.open()
        yield engine
    finally:
        await engine.close()


async def _prepare(settings: Settings) -> bool:
    """Makes the administrator that the settings name; tells whether there is one now."""
    from engine import Role

    async with _opened(settings) as engine:
        if settings.admin_email and settings.admin_password and await engine.accounts.needs_admin():
            await engine.accounts.create_user(
                email=settings.admin_email, password=settings.admin_password, role=Role.ADMIN
            )
        return not await engine.accounts.needs_admin()


def _on_engine(command: "Command") -> "Callable[[Settings, argparse.Namespace], None]":
    def run(settings: Settings, arguments: argparse.Namespace) -> None:
        async def work() -> None:
            async with _opened(settings) as engine:
                await command(engine, arguments)

        _run(work())

    return run


def _run(command: object) -> None:
    from engine import TriggerHooksError

    try:
        asyncio.run(command)  # type: ignore[arg-type]
    except TriggerHooksError as error:
        print(error, file=sys.stderr)
        raise SystemExit(1) from None


def _secret_keys(settings: Settings) -> tuple[str, ...]:
    """As set, the newest first, and behind them the one in the data folder, which the first start makes without any."""
    given = settings.secret_key.replace(",", " ").split()
    kept = settings.data_dir / "secret.key"
    try:
        if not given and not kept.exists():
            _make_key(kept)
        found = kept.read_text().split() if kept.exists() else []
    except OSError as error:
        print(f"The secret key cannot be kept, or read: {error}.", file=sys.stderr)
        raise SystemExit(1) from None
    if not given and not found:
        print(f"{kept} is empty. Put the key back that was in it, or set TRIGGER_HOOKS_SECRET_KEY.", file=sys.stderr)
        raise SystemExit(1)
    return (*given, *found)


def _make_key(path: Path) -> None:
    """Whole or not at all, for its owner alone; one that another process made meanwhile stays."""
    path.parent.mkdir(parents=True, exist_ok=True)
    number, name = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(number, "w") as file:
            file.write(secrets.token_urlsafe(32) + "\n")
            file.flush()
            os.fsync(number)
        with suppress(FileExistsError):
            path.hardlink_to(name)
    finally:
        Path(name).unlink()


def _loopback(host: str) -> str:
    return host if host in {"127.0.0.1", "::1", "localhost"} else "127.0.0.1"


def _welcome(settings: Settings, host: str, setup_code: str | None) -> str:
    """`setup_code` where there is no administrator yet."""
    local = f"http://{host}:{settings.port}"
    if setup_code is None:
        return f"Trigger Hooks {__version__} listens at {local}. Open {settings.url} to sign in. Ctrl+C stops it."
    later = "" if host == settings.host else f" Restart afterwards to listen on {settings.host}."
    return (
        f"Trigger Hooks {__version__} listens at {local}. Open it to make the administrator "
        f"(through a proxy, with the code {setup_code}).{later} Ctrl+C stops it."
    )


if __name__ == "__main__":
    main()
