"""Signatures: what the official SDKs sign is accepted, and what differs by one character is not."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from plivo.utils.signature_v3 import construct_get_url, construct_post_url, get_signature_v3
from svix.webhooks import Webhook
from twilio.request_validator import RequestValidator
from vonage_jwt.verify_jwt import verify_signature

from engine.events.sources.platform import Incoming
from engine.events.sources.signing import IN_FUTURE, NO_SIGNATURE, TOO_OLD, WRONG_SIGNATURE, moment_of
from engine.model.sources import SigningChoice, SigningKind
from tests.unit.events.sources.requests import MILLISECONDS, NOW, SECONDS, URL, post, verified

SECRET = "a secret as long as HS256 wants it to be"
BODY = b'{"event":"call_analyzed","call":{"call_id":"call_7be1"}}'
KEY = Ed25519PrivateKey.from_private_bytes(b"a private key of 32 bytes, fixed")
RAW_KEY = base64.b64encode(KEY.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()
PEM_KEY = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
WEBHOOK_SECRET = "whsec_" + base64.b64encode(b"32 bytes that nobody else has ..").decode()


def hexed(message: bytes, secret: str = SECRET, algorithm: Any = hashlib.sha256) -> str:
    return hmac.new(secret.encode(), message, algorithm).hexdigest()


def based(message: bytes, secret: str = SECRET, algorithm: Any = hashlib.sha256) -> str:
    return base64.b64encode(hmac.new(secret.encode(), message, algorithm).digest()).decode()


def signed_by_key(message: bytes) -> str:
    return base64.b64encode(KEY.sign(message)).decode()


def at(offset: timedelta) -> str:
    return str(int((NOW + offset).timestamp()))


def retell(stamp: str = MILLISECONDS, body: bytes = BODY) -> Incoming:
    return post(body, {"x-retell-signature": f"v={stamp},d={hexed(body + stamp.encode())}"})


def elevenlabs(stamp: str = SECONDS) -> Incoming:
    return post(BODY, {"elevenlabs-signature": f"t={stamp},v0={hexed(stamp.encode() + b'.' + BODY)}"})


def telnyx(stamp: str = SECONDS) -> Incoming:
    signature = signed_by_key(stamp.encode() + b"|" + BODY)
    return post(BODY, {"telnyx-signature-ed25519": signature, "telnyx-timestamp": stamp})


def calendly(stamp: str = SECONDS) -> Incoming:
    return post(BODY, {"calendly-webhook-signature": f"t={stamp},v1={hexed(stamp.encode() + b'.' + BODY)}"})


def hubspot(stamp: str = MILLISECONDS) -> Incoming:
    signature = based(b"POST" + URL.encode() + BODY + stamp.encode())
    return post(BODY, {"x-hubspot-signature-v3": signature, "x-hubspot-request-timestamp": stamp})


def vonage(claims: dict[str, Any] | None = None, body: bytes = BODY, secret: str = SECRET) -> Incoming:
    known = {"iat": int(NOW.timestamp()), "api_key": "a1", "payload_hash": hashlib.sha256(BODY).hexdigest()}
    token = jwt.encode(known | (claims or {}), secret, "HS256")
    return post(body, {"authorization": f"Bearer {token}"})


def synthflow() -> Incoming:
    return post({"call": {"call_id": "c-77"}}, {"synthflow-signature": based(b"c-77")})


def twilio(params: dict[str, str], url: str = URL, signed_url: str = URL) -> Incoming:
    body = "&".join(f"{name}={value}" for name, value in params.items())
    return post(body, {"x-twilio-signature": RequestValidator(SECRET).compute_signature(signed_url, params)}, url=url)


def plivo(params: dict[str, Any], url: str = URL, method: str = "POST") -> Incoming:
    known: dict[str, Any] = {name: str(value) for name, value in params.items()}
    base = construct_post_url(url, known) if method == "POST" else construct_get_url(url, dict(known))
    signature = get_signature_v3(SECRET, base.decode(), "n1").decode()
    body = "&".join(f"{name}={value}" for name, value in params.items())
    headers = {"x-plivo-signature-v3": f"other, {signature}", "x-plivo-signature-v3-nonce": "n1"}
    if method == "GET":
        return post(b"", headers, url=f"{url}?{body}", method="GET")
    return post(body, headers, url=url)


ACCEPTED: dict[str, list[tuple[Incoming, str]]] = {
    "retell": [(retell(), SECRET)],
    "vapi": [(post(BODY, {"x-vapi-secret": SECRET}), SECRET), (post(BODY, {"x-vapi-signature": SECRET}), SECRET)],
    "bland": [(post(BODY, {"x-webhook-signature": hexed(BODY)}), SECRET)],
    "elevenlabs": [(elevenlabs(), SECRET)],
    "synthflow": [
        (synthflow(), SECRET),
        (post({"call": {"call_id": "c-77"}}, {"http_synthflow_signature": based(b"c-77")}), SECRET),
    ],
    "twilio": [(twilio({"CallSid": "CA31", "CallStatus": "completed"}), SECRET)],
    "telnyx": [(telnyx(), RAW_KEY), (telnyx(), PEM_KEY)],
    "vonage": [(vonage(), SECRET), (vonage(body=b""), SECRET)],
    "plivo": [(plivo({"CallUUID": "p-1", "Duration": 187}), SECRET)],
    "cal_com": [(post(BODY, {"x-cal-signature-256": hexed(BODY)}), SECRET)],
    "calendly": [(calendly(), SECRET)],
    "highlevel": [(post(BODY, {"x-ghl-signature": signed_by_key(BODY)}), RAW_KEY)],
    "hubspot": [(hubspot(), SECRET)],
    "generic": [(post(BODY, {"authorization": f"Bearer {SECRET}"}), SECRET)],
}
CASES = [(key, request, secret) for key, requests in ACCEPTED.items() for request, secret in requests]


@pytest.mark.parametrize(("key", "request_", "secret"), CASES)
def test_what_the_platform_signs_is_accepted(key: str, request_: Incoming, secret: str) -> None:
    assert verified(key, request_, secret) is None


@pytest.mark.parametrize(("key", "request_", "secret"), CASES)
def test_either_of_two_secrets_is_enough_while_they_rotate(key: str, request_: Incoming, secret: str) -> None:
    other = base64.b64encode(b"x" * 32).decode()
    assert verified(key, request_, other, secret) is None
    assert verified(key, request_, secret, other) is None


@pytest.mark.parametrize(("key", "request_", "secret"), CASES)
def test_another_secret_is_refused(key: str, request_: Incoming, secret: str) -> None:
    assert verified(key, request_, base64.b64encode(b"y" * 32).decode()) == WRONG_SIGNATURE


@pytest.mark.parametrize(
    ("key", "request_", "secret"),
    [one for one in CASES if one[0] not in {"vapi", "generic", "synthflow"} and one[1].body],
)
def test_another_body_is_refused(key: str, request_: Incoming, secret: str) -> None:
    body = request_.body.replace(b"1", b"2", 1) if request_.body != BODY else BODY + b" "
    changed = post(body, request_.headers, url=request_.url)
    assert verified(key, changed, secret) == WRONG_SIGNATURE


@pytest.mark.parametrize("key", ACCEPTED)
def test_a_request_without_a_signature_is_refused(key: str) -> None:
    assert verified(key, post(BODY), RAW_KEY) == NO_SIGNATURE


@pytest.mark.parametrize("key", ["vapi", "bland", "synthflow", "cal_com"])
def test_without_a_secret_the_address_alone_is_the_proof(key: str) -> None:
    assert verified(key, post(BODY)) is None


@pytest.mark.parametrize(
    ("key", "make", "oldest", "newest", "thousands"),
    [
        ("retell", retell, 300, 300, "000"),
        ("elevenlabs", elevenlabs, 1_800, 300, ""),
        ("telnyx", telnyx, 300, 300, ""),
        ("calendly", calendly, 180, 180, ""),
        ("hubspot", hubspot, 300, 300, "000"),
    ],
)
def test_a_signature_is_taken_for_as_long_as_documented(
    key: str, make: Any, oldest: int, newest: int, thousands: str
) -> None:
    secret = RAW_KEY if key == "telnyx" else SECRET

    def found(seconds: int) -> str | None:
        return verified(key, make(at(timedelta(seconds=seconds)) + thousands), secret)

    assert found(-oldest) is None
    assert found(-oldest - 1) == TOO_OLD
    assert found(newest) is None
    assert found(newest + 1) == IN_FUTURE


@pytest.mark.parametrize(
    ("key", "headers"),
    [
        ("retell", {"x-retell-signature": "v=1"}),
        ("elevenlabs", {"elevenlabs-signature": f"v0={hexed(b'.' + BODY)}"}),
        ("telnyx", {"telnyx-signature-ed25519": signed_by_key(b"|" + BODY)}),
        ("calendly", {"calendly-webhook-signature": f"t=soon,v1={hexed(b'soon.' + BODY)}"}),
        ("hubspot", {"x-hubspot-signature-v3": based(b"POST" + URL.encode() + BODY)}),
    ],
)
def test_a_signature_without_a_time_is_refused(key: str, headers: dict[str, str]) -> None:
    assert verified(key, post(BODY, headers), RAW_KEY if key == "telnyx" else SECRET) == NO_SIGNATURE


def test_retells_own_verifier_accepts_the_same_request() -> None:
    from retell.lib.webhook_auth import verify

    stamp = str(int(datetime.now(UTC).timestamp() * 1_000))
    request = retell(stamp)
    assert verify(BODY.decode(), SECRET, request.headers["x-retell-signature"])
    assert verified("retell", request, SECRET, now=datetime.now(UTC)) is None


def test_hubspots_own_signer_signs_the_same() -> None:
    from hubspot.utils.signature import Signature

    given = Signature.get_signature(SECRET, BODY.decode(), "v3", URL, "POST", MILLISECONDS)
    assert hubspot().headers["x-hubspot-signature-v3"] == given


def test_twilio_signs_the_url_and_all_fields_in_order() -> None:
    params = {"To": "x", "CallSid": "CA31", "From": "y", "Empty": ""}
    assert verified("twilio", twilio(params), SECRET) is None


@pytest.mark.parametrize(
    ("url", "signed_url"),
    [
        (URL, "https://hooks.example.com:443/in/abc"),
        ("https://hooks.example.com:443/in/abc", URL),
        ("http://hooks.example.com/in/abc", "http://hooks.example.com:80/in/abc"),
    ],
)
def test_twilio_may_sign_the_url_with_its_port_or_without(url: str, signed_url: str) -> None:
    assert verified("twilio", twilio({"CallSid": "CA31"}, url, signed_url), SECRET) is None


def test_an_address_without_a_host_verifies_nothing_of_twilio() -> None:
    assert verified("twilio", post("a=b", {"x-twilio-signature": "x"}, url="/in/abc"), SECRET) == WRONG_SIGNATURE


def test_twilio_signs_json_by_a_hash_in_the_url() -> None:
    url = f"{URL}?bodySHA256={hashlib.sha256(BODY).hexdigest()}"
    headers = {"x-twilio-signature": RequestValidator(SECRET).compute_signature(url, {})}
    assert RequestValidator(SECRET).validate(url, BODY.decode(), headers["x-twilio-signature"])
    assert verified("twilio", post(BODY, headers, url=url), SECRET) is None
    assert verified("twilio", post(BODY + b" ", headers, url=url), SECRET) == WRONG_SIGNATURE


def test_twilio_signs_with_a_shared_key() -> None:
    params = {"CallSid": "CA31"}
    headers = {
        "x-twilio-signature": RequestValidator(SECRET).compute_signature(URL, params, "HMAC_SHA256"),
        "x-twilio-webhooks-signature-settings": "key=webhooks_1,algorithm=HMAC_SHA256",
    }
    assert verified("twilio", post("CallSid=CA31", headers), SECRET) is None


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("params", [{}, {"CallUUID": "p-1"}, {"To": "1", "CallUUID": "p-1", "Duration": 187}])
def test_plivo_signs_url_fields_and_nonce(method: str, params: dict[str, Any]) -> None:
    assert verified("plivo", plivo(params, method=method), SECRET) is None


def test_plivo_signs_the_query_of_the_address_too() -> None:
    assert verified("plivo", plivo({"CallUUID": "p-1"}, f"{URL}?b=2&a=1"), SECRET) is None


def test_vonages_own_verifier_accepts_the_same_token() -> None:
    token = vonage({"iat": int(datetime.now(UTC).timestamp())}).headers["authorization"].partition(" ")[2]
    assert verify_signature(token, SECRET)


@pytest.mark.parametrize(
    ("claims", "problem"),
    [
        ({"payload_hash": "0" * 64}, WRONG_SIGNATURE),
        ({"payload_hash": None}, WRONG_SIGNATURE),
        ({"exp": int(NOW.timestamp()) - 1}, TOO_OLD),
        ({"exp": int(NOW.timestamp()) + 60}, None),
        ({"iat": int(NOW.timestamp()) - 86_400}, None),
        ({"iat": int(NOW.timestamp()) - 25 * 3_600 - 1}, TOO_OLD),
        ({"iat": int(NOW.timestamp()) + 301}, IN_FUTURE),
        ({"iat": "soon"}, NO_SIGNATURE),
    ],
)
def test_a_token_of_vonage_is_of_its_body_and_its_day(claims: dict[str, Any], problem: str | None) -> None:
    assert verified("vonage", vonage(claims), SECRET) == problem


@pytest.mark.parametrize(
    "token",
    ["", "Bearer x", "Bearer a.b.c", "Basic e30.e30.x", "Bearer é.é.é", "Bearer bnVsbA.bnVsbA.x", "Bearer e30.e30.x"],
)
def test_what_is_no_token_is_refused(token: str) -> None:
    assert verified("vonage", post(BODY, {"authorization": token}), SECRET) == NO_SIGNATURE


def test_a_token_of_another_algorithm_is_refused() -> None:
    parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode() for part in ({"alg": "none"}, {"iat": 1})]
    assert verified("vonage", post(BODY, {"authorization": f"Bearer {'.'.join(parts)}."}), SECRET) == NO_SIGNATURE


def test_highlevel_signs_with_the_key_that_it_publishes() -> None:
    given = {"x-ghl-signature": signed_by_key(BODY)}
    assert verified("highlevel", post(BODY, given)) == WRONG_SIGNATURE
    assert verified("highlevel", post(BODY, {"x-wh-signature": "x"})) == NO_SIGNATURE


@pytest.mark.parametrize("key", ["not base64!", "YQ==", ""])
def test_a_public_key_that_is_none_refuses_everything(key: str) -> None:
    assert verified("telnyx", telnyx(), key) == WRONG_SIGNATURE


def test_a_signature_that_is_not_base64_is_refused() -> None:
    assert verified("highlevel", post(BODY, {"x-ghl-signature": "%%%"}), RAW_KEY) == WRONG_SIGNATURE


def test_cal_com_says_where_it_has_no_secret() -> None:
    assert verified("cal_com", post(BODY, {"x-cal-signature-256": "no-secret-provided"}), SECRET) == NO_SIGNATURE


def chosen(request: Incoming, choice: SigningChoice, secret: str = SECRET) -> str | None:
    found = verified("generic", request, secret, choice=choice)
    assert verified("vapi", request, secret, choice=choice) == found
    return found


def test_a_sender_may_choose_no_signature() -> None:
    assert chosen(post(BODY), SigningChoice(kind=SigningKind.NONE)) is None


@pytest.mark.parametrize("value", [SECRET, f"Bearer {SECRET}"])
def test_a_sender_may_put_the_secret_into_a_header(value: str) -> None:
    choice = SigningChoice(kind=SigningKind.HEADER, header="X-Token")
    assert chosen(post(BODY, {"x-token": value}), choice) is None
    assert chosen(post(BODY, {"x-token": value + "x"}), choice) == WRONG_SIGNATURE


def test_a_sender_may_use_basic_authentication() -> None:
    choice, value = SigningChoice(kind=SigningKind.BASIC), base64.b64encode(b"ann:pass word").decode()
    assert chosen(post(BODY, {"authorization": f"Basic {value}"}), choice, "ann:pass word") is None
    assert chosen(post(BODY, {"authorization": f"Basic {value}"}), choice, "ann:password") == WRONG_SIGNATURE


@pytest.mark.parametrize("prefix", ["webhook", "svix"])
def test_a_sender_may_sign_by_standard_webhooks(prefix: str) -> None:
    choice = SigningChoice(kind=SigningKind.STANDARD_WEBHOOKS)
    signature = Webhook(WEBHOOK_SECRET).sign("msg_1", NOW, BODY.decode())
    headers = {f"{prefix}-id": "msg_1", f"{prefix}-timestamp": SECONDS, f"{prefix}-signature": f"v1a,x {signature}"}
    assert chosen(post(BODY, headers), choice, WEBHOOK_SECRET) is None
    late = post(BODY, headers)
    assert verified("generic", late, WEBHOOK_SECRET, choice=choice, now=NOW + timedelta(seconds=301)) == TOO_OLD
    assert chosen(post(BODY + b" ", headers), choice, WEBHOOK_SECRET) == WRONG_SIGNATURE
    assert chosen(post(BODY), choice, WEBHOOK_SECRET) == NO_SIGNATURE


@pytest.mark.parametrize("algorithm", ["sha1", "sha256", "sha512"])
def test_a_sender_may_sign_in_a_way_of_its_own(algorithm: Any) -> None:
    choice = SigningChoice(
        kind=SigningKind.HMAC,
        header="X-Signature",
        algorithm=algorithm,
        prefix="sha=",
        timestamp_header="X-Timestamp",
        format="{method}{url}.{timestamp}.{body}",
    )
    message = b"POST" + URL.encode() + b"." + SECONDS.encode() + b"." + BODY
    signature = hexed(message, algorithm=getattr(hashlib, algorithm))
    request = post(BODY, {"x-signature": f"sha={signature.upper()}", "x-timestamp": SECONDS})
    assert chosen(request, choice) is None
    assert verified("generic", request, SECRET, choice=choice, now=NOW + timedelta(hours=1)) == TOO_OLD


def test_a_sender_may_sign_in_base64_with_a_key_in_base64() -> None:
    choice = SigningChoice(kind=SigningKind.HMAC, header="x-signature", encoding="base64", base64_secret=True)
    request = post(BODY, {"x-signature": based(BODY, "a key")})
    assert chosen(request, choice, base64.b64encode(b"a key").decode()) is None
    assert chosen(request, choice, "a key") is None, "what is not base64 is the key itself"


def test_a_time_in_milliseconds_is_one_too() -> None:
    choice = SigningChoice(
        kind=SigningKind.HMAC, header="x-signature", timestamp_header="x-timestamp", format="{timestamp}{body}"
    )
    headers = {"x-signature": hexed(MILLISECONDS.encode() + BODY), "x-timestamp": MILLISECONDS}
    assert chosen(post(BODY, headers), choice) is None


@pytest.mark.parametrize("digits", ["", "-1", "1.5", "٣", "9" * 14, "9" * 400])
def test_digits_beyond_the_calendar_are_no_time(digits: str) -> None:
    assert moment_of(digits) is None
