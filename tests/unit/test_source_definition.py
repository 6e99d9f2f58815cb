"""The settings and secrets of sources, as they are read, and what is wrong with them by field."""

import base64
from typing import Any

import pytest

from engine.errors import InvalidSource
from engine.events.bounds import Bounds
from engine.events.catalogue import load_catalogue
from engine.events.sources.platforms import platforms
from engine.model import Role
from engine.model.sources import SigningKind, SourceSettings
from engine.sources.definition import read_secret, read_source, write_source

CATALOGUE = load_catalogue()
PLATFORMS = platforms(CATALOGUE, Bounds())
KEY = base64.b64encode(b"k" * 32).decode()
PEM = f"-----BEGIN PUBLIC KEY-----\n{KEY}\n-----END PUBLIC KEY-----\n"


def read(**raw: Any) -> SourceSettings:
    return read_source({"platform": "retell", "name": "Main", **raw}, CATALOGUE, PLATFORMS)


def secret(value: object, platform: str = "retell", **raw: Any) -> str | None:
    settings = read(platform=platform, **raw)
    return read_secret(value, settings, PLATFORMS[platform])


def problem(read_it: Any, *args: object, **raw: Any) -> dict[str, str]:
    with pytest.raises(InvalidSource) as found:
        read_it(*args, **raw)
    return dict(found.value.problems)


def test_a_source_is_written_as_it_was_read() -> None:
    raw = {
        "platform": "vapi",
        "name": "Main",
        "role": "user",
        "types": ["call.ended"],
        "enabled": False,
        "verify": {"kind": "hmac", "header": "x-signature", "timestamp_header": "x-t", "format": "{timestamp}.{body}"},
    }
    settings = read(**raw)
    assert settings.role is Role.USER
    assert settings.verify is not None
    assert settings.verify.kind is SigningKind.HMAC
    written = write_source(settings)
    assert written["verify"].items() >= raw["verify"].items()
    assert read(**written) == settings
    assert write_source(read())["verify"] is None


@pytest.mark.parametrize(
    ("raw", "field", "words"),
    [
        ({"platform": "aircall"}, "platform", "Choose one of: retell"),
        ({"name": " "}, "name", "1 to 100 characters"),
        ({"name": "a\nb"}, "name", "control character"),
        ({"types": ["call.endet"]}, "types", "Did you mean call.ended"),
        ({"types": ["zzzzzz"]}, "types", 'No event type is called "zzzzzz".'),
        ({"strange": 1}, "strange", ""),
        ({"verify": {"kind": "none"}}, "verify", "one way only"),
        ({"platform": "vapi", "verify": {"kind": "hmac", "header": "a b"}}, "verify", "A header has a name"),
        ({"platform": "vapi", "verify": {"kind": "hmac", "format": "x"}}, "verify", "contains {body}"),
        ({"platform": "vapi", "verify": {"kind": "hmac", "timestamp_header": "x-t"}}, "verify", "put {timestamp}"),
        ({"platform": "x", "verify": {"kind": "none"}}, "platform", "Choose one of"),
    ],
)
def test_what_is_wrong_with_the_settings(raw: dict[str, Any], field: str, words: str) -> None:
    found = problem(read, **raw)
    assert list(found) == [field]
    assert words in found[field]


@pytest.mark.parametrize(
    ("value", "platform", "verify", "expected"),
    [
        (" key ", "retell", None, "key"),
        (None, "bland", None, None),
        ("", "highlevel", None, None),
        (None, "vapi", None, None),
        (None, "generic", {"kind": "none"}, None),
        (KEY, "telnyx", None, KEY),
        (PEM, "telnyx", None, PEM.strip()),
        ("ann:pw", "generic", {"kind": "basic"}, "ann:pw"),
    ],
)
def test_a_secret_is_taken(value: object, platform: str, verify: object, expected: str | None) -> None:
    assert secret(value, platform, verify=verify) == expected


@pytest.mark.parametrize(
    ("value", "platform", "verify", "words"),
    [
        (None, "retell", None, "enter its secret"),
        (None, "generic", None, "enter its secret"),
        (None, "vapi", {"kind": "hmac"}, "enter its secret"),
        (7, "retell", None, "printable"),
        ("a\0b", "retell", None, "printable"),
        ("x" * 2_001, "retell", None, "2,000"),
        ("no key", "telnyx", None, "public key"),
        ("ann", "generic", {"kind": "basic"}, "user:password"),
    ],
)
def test_what_is_wrong_with_a_secret(value: object, platform: str, verify: object, words: str) -> None:
    assert words in problem(secret, value, platform, verify=verify)["secret"]


def test_a_mapping_is_of_senders_of_their_own_alone() -> None:
    mapping = {"type": '"call.ended"', "types": {"a": "sms.sent"}}
    settings = read(platform="generic", verify={"kind": "none"}, types=["call.started"], mapping=mapping)
    assert settings.named_types == {"call.started", "call.ended", "sms.sent"}
    assert read(types=["call.started"]).named_types == {"call.started"}
    assert write_source(settings)["mapping"]["type"] == '"call.ended"'
    assert "mapped already" in problem(read, mapping=mapping)["mapping"]
    assert list(problem(read, platform="generic", mapping={"type": "1 +"})) == ["mapping.type"]
    assert "Choose one of" in problem(read, platform="x", mapping=mapping)["platform"]
