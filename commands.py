"""The commands about people and keys, on an engine that `main` has opened; also while the server runs."""

import argparse
import getpass
import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from engine import Engine

    Command = Callable[[Engine, argparse.Namespace], Awaitable[None]]
    Bind = Callable[[Command], Callable[..., None]]

MOST_DAYS = 36_500


async def create_user(engine: "Engine", arguments: argparse.Namespace) -> None:
    from engine import Role

    password = getpass.getpass() if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    user = await engine.accounts.create_user(email=arguments.email, password=password, role=Role(arguments.role))
    print(f"{user.email} may sign in as {user.role}.")


async def sign_out(engine: "Engine", arguments: argparse.Namespace) -> None:
    """Pages that are open follow within a minute."""
    from engine import SYSTEM

    user = await engine.people.by_email(arguments.email, actor=SYSTEM)
    await engine.people.sign_out(user.id, actor=SYSTEM)
    print(f"{user.email} is signed out everywhere.")


async def sign_in_link(engine: "Engine", arguments: argparse.Namespace) -> None:
    """For whoever is locked out, even where passwords are turned off."""
    from engine import SYSTEM

    user = await engine.people.by_email(arguments.email, actor=SYSTEM)
    drop = arguments.drop_second_factor
    link = await engine.people.reset(user.id, drop_second_factor=drop, actor=SYSTEM)
    print(
        f"This link sets a password for {user.email} and signs them in, once, until {link.expires_at:%Y-%m-%d %H:%M}:"
    )
    print(link.url)


async def create_key(engine: "Engine", arguments: argparse.Namespace) -> None:
    from engine import SYSTEM

    raw: dict[str, object] = {"name": arguments.name, "role": arguments.role, "rate": arguments.rate}
    if arguments.scopes:
        raw["scopes"] = arguments.scopes.replace(",", " ").split()
    if arguments.types:
        raw["types"] = arguments.types.replace(",", " ").split()
    if arguments.expires_days is not None:
        raw["expires_at"] = datetime.now(UTC) + timedelta(days=min(arguments.expires_days, MOST_DAYS))
    made, key = await engine.keys.create(raw, actor=SYSTEM)
    print(f"The key {made.settings.name} acts as {made.settings.role}. It is shown this once:")
    print(key)


def add_people_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]", bind: "Bind") -> None:
    """`bind` makes of a command what `main` runs with the settings."""
    user = commands.add_parser("create-user", help="a user; the password is asked for, or read from standard input")
    user.add_argument("--email", required=True)
    user.add_argument("--role", required=True, choices=("admin", "manager", "user"))
    user.set_defaults(run=bind(create_user))
    out = commands.add_parser("sign-out", help="ends all sessions of a user")
    out.add_argument("--email", required=True)
    out.set_defaults(run=bind(sign_out))
    link = commands.add_parser("sign-in-link", help="a link to set a password and sign in, for whoever is locked out")
    link.add_argument("--email", required=True)
    link.add_argument("--drop-second-factor", action="store_true", help="and turn off their second factor")
    link.set_defaults(run=bind(sign_in_link))
    _add_create_key(commands, bind)


def _add_create_key(commands: "argparse._SubParsersAction[argparse.ArgumentParser]", bind: "Bind") -> None:
    key = commands.add_parser("create-key", help="an API key, printed once, alone on the last line")
    key.add_argument("--name", required=True)
    key.add_argument("--role", required=True, choices=("agent", "admin", "manager", "user", "system"))
    key.add_argument(
        "--scopes",
        default="",
        help="of ingest,read,manage,people; where left out, all that the role can use but people",
    )
    key.add_argument("--types", default="", help="the event types that it may send, such as call.ended,lead.generated")
    key.add_argument("--rate", type=int, help="events and other calls a minute")
    key.add_argument("--expires-days", type=int, help="it works for so long")
    key.set_defaults(run=bind(create_key))
