"""Signatures: what a receiver computes by itself from the secret is what it is sent."""

import base64
import hashlib
import hmac
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.model import SigningSecret
from engine.secrets.signatures import SECRET_BYTES, new_secret, rotated, signature
from tests.unit.samples import AT

OLD, NEW = "whsec_" + base64.b64encode(b"o" * 32).decode(), "whsec_" + base64.b64encode(b"n" * 32).decode()
DAY = timedelta(hours=24)


def expected(secret: str, at: datetime, body: str) -> str:
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"exe_1.{int(at.timestamp())}.{body}".encode()
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def signed(secret: SigningSecret, at: datetime = AT, body: str = "{}") -> str:
    return signature(secret, webhook_id="exe_1", at=at, body=body)


@given(
    st.text(st.characters(exclude_categories=["Cs"])),
    st.integers(0, 4_000_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, timezone(timedelta(hours=5.5)))),
)
def test_a_receiver_computes_the_same_in_whatever_zone_the_clock_is(body: str, at: datetime) -> None:
    assert signed(SigningSecret(current=NEW), at, body) == expected(NEW, at, body)


@pytest.mark.parametrize(
    ("secret", "after", "keys"),
    [
        (SigningSecret(current=NEW), timedelta(), [NEW]),
        (SigningSecret(current=NEW, previous=OLD), timedelta(), [NEW]),
        (SigningSecret(current=NEW, previous=OLD, rotated_at=AT), timedelta(), [NEW, OLD]),
        (SigningSecret(current=NEW, previous=OLD, rotated_at=AT), DAY - timedelta(seconds=1), [NEW, OLD]),
        (SigningSecret(current=NEW, previous=OLD, rotated_at=AT), DAY, [NEW]),
    ],
)
def test_the_secret_before_signs_too_for_a_day(secret: SigningSecret, after: timedelta, keys: list[str]) -> None:
    assert signed(secret, AT + after) == " ".join(expected(key, AT + after, "{}") for key in keys)


def test_a_rotation_keeps_the_secret_before_and_forgets_the_one_before_that() -> None:
    first = SigningSecret(current=OLD)
    second = rotated(first, AT)
    third = rotated(second, AT + DAY)

    assert (second.previous, second.rotated_at) == (OLD, AT)
    assert (third.previous, third.rotated_at) == (second.current, AT + DAY)
    assert len({OLD, second.current, third.current}) == 3


def test_a_new_secret_is_long_and_its_own() -> None:
    many = {new_secret() for _ in range(100)}

    assert len(many) == 100
    assert {len(base64.b64decode(one.removeprefix("whsec_"), validate=True)) for one in many} == {SECRET_BYTES}
