"""Reads and writes the settings of sources in the API's shape. Pure."""

import re
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from engine.errors import InvalidSource
from engine.events.catalogue import Catalogue
from engine.events.sources.platform import Platform
from engine.events.sources.signing import public_key
from engine.hooks.definition import messages_by_field
from engine.model import Json
from engine.model.sources import SigningChoice, SigningKind, SourceMapping, SourceSettings
from engine.model.text.names import name_problem
from engine.rules.mapping.compiled import mapping_problems

MOST_NAME: Final = 100
MOST_SECRET: Final = 2_000
MOST_FORMAT: Final = 200

_SETTINGS: Final = TypeAdapter(SourceSettings)
_CHOICE: Final = TypeAdapter(SigningChoice)
_HEADER: Final = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
_WITH_KEYS: Final = ("telnyx", "highlevel")
"""Their secret is a public key."""


def read_source(raw: Mapping[str, Any], catalogue: Catalogue, platforms: Mapping[str, Platform]) -> SourceSettings:
    """Raises InvalidSource."""
    try:
        settings = _SETTINGS.validate_python(dict(raw))
    except ValidationError as error:
        raise InvalidSource(messages_by_field(error)) from None
    problems = {
        "platform": None if settings.platform in platforms else f"Choose one of: {', '.join(platforms)}.",
        "name": _name_problem(settings.name),
        "types": _types_problem(settings, catalogue),
        "verify": _choice_problem(settings.verify, platforms.get(settings.platform)),
    }
    found = {field: problem for field, problem in problems.items() if problem}
    if found := found | _mapping_problems(settings, catalogue, platforms.get(settings.platform)):
        raise InvalidSource(found)
    return settings


def write_source(settings: SourceSettings) -> dict[str, Json]:
    """In the API's shape."""
    return {
        "platform": settings.platform,
        "name": settings.name,
        "role": str(settings.role),
        "types": sorted(settings.types),
        "enabled": settings.enabled,
        "verify": _CHOICE.dump_python(settings.verify, mode="json") if settings.verify else None,
        "mapping": write_mapping(settings.mapping) if settings.mapping else None,
    }


def write_mapping(mapping: SourceMapping) -> dict[str, Json]:
    """In the API's shape."""
    return asdict(mapping)


def read_secret(value: object, settings: SourceSettings, platform: Platform) -> str | None:
    """None where none is given and none is needed. Raises InvalidSource."""
    secret = value.strip() if isinstance(value, str) else value
    if secret in (None, ""):
        if needs_secret(settings, platform):
            raise InvalidSource({"secret": "This source signs what it posts: enter its secret."})
        return None
    if not isinstance(secret, str) or not _is_printable(secret) or len(secret) > MOST_SECRET:
        raise InvalidSource({"secret": f"A secret is text of up to {MOST_SECRET:,} printable characters."})
    if settings.platform in _WITH_KEYS and not _reads(public_key, secret):
        raise InvalidSource({"secret": "This is no public key of Ed25519 in base64; copy it as the platform shows it."})
    if settings.verify and settings.verify.kind is SigningKind.BASIC and ":" not in secret:
        raise InvalidSource({"secret": "For basic authentication, give user:password."})
    return secret


def needs_secret(settings: SourceSettings, platform: Platform) -> bool:
    if not platform.has_choice:
        return platform.needs_secret
    chosen = settings.verify or (SigningChoice() if settings.platform == "generic" else None)
    return chosen is not None and chosen.kind is not SigningKind.NONE


def _name_problem(name: str) -> str | None:
    if not 1 <= len(name) <= MOST_NAME:
        return f"Give the source a name of 1 to {MOST_NAME} characters."
    return name_problem(name, "name")


def _types_problem(settings: SourceSettings, catalogue: Catalogue) -> str | None:
    unknown = sorted(type for type in settings.types if not catalogue.may_send(type))
    return catalogue.unknown(unknown[0]) if unknown else None


def _choice_problem(chosen: SigningChoice | None, platform: Platform | None) -> str | None:
    if chosen is None or platform is None:
        return None
    if not platform.has_choice:
        return "This platform signs in one way only; leave this out."
    headers = [name for name in (chosen.header, chosen.timestamp_header) if name]
    if not chosen.header or not all(_HEADER.fullmatch(name) for name in headers):
        return "A header has a name of letters, digits and hyphens."
    if len(chosen.format) > MOST_FORMAT or len(chosen.prefix) > MOST_FORMAT or "{body}" not in chosen.format:
        return f"The format has at most {MOST_FORMAT} characters and contains {{body}}."
    if bool(chosen.timestamp_header) != ("{timestamp}" in chosen.format):
        return "Name the header with the time, and put {timestamp} into the format; or leave out both."
    return None


def _mapping_problems(settings: SourceSettings, catalogue: Catalogue, platform: Platform | None) -> dict[str, str]:
    if settings.mapping is None or platform is None:
        return {}
    if not platform.has_mapping:
        return {"mapping": "What this platform posts is mapped already; leave this out."}
    return {f"mapping.{place}": problem for place, problem in mapping_problems(settings.mapping, catalogue).items()}


def _is_printable(secret: str) -> bool:
    """A key in PEM has several lines."""
    return secret.replace("\n", "").replace("\r", "").isprintable()


def _reads(read: Callable[[str], object], text: str) -> bool:
    try:
        read(text)
    except ValueError:
        return False
    return True
