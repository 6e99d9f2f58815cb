"""A small issuer of OpenID Connect on loopback: whoever comes is `person`, and it can lie in every way."""

import threading
import time
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final
from urllib.parse import parse_qs, urlencode

import uvicorn
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

CLIENT_ID: Final = "trigger-hooks"
CLIENT_SECRET: Final = "s3cret: with a colon"
KEY: Final = RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"}, private=True)
STRANGER: Final = RSAKey.generate_key(2048, {"kid": "one"}, private=True)
CURVE: Final = ECKey.generate_key("P-256", {"kid": "two", "use": "sig"}, private=True)

Claims = dict[str, Any]


@dataclass
class Issuer:
    """`claims` and `token` turn what it says: the claims, and the signed token. `person` is who is signed in there."""

    url: str = ""
    person: Claims = field(default_factory=dict)
    claims: Callable[[Claims], Claims] = lambda claims: claims
    token: Callable[[Claims], str] = lambda claims: jwt.encode({"alg": "RS256", "kid": "one"}, claims, KEY)
    metadata: Claims = field(default_factory=dict)
    userinfo: Claims | None = None
    error: str = ""
    back: dict[str, str] = field(default_factory=dict)
    issued: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def describe(self, _: Request) -> Response:
        self.asked.append("metadata")
        places = {
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
        }
        more = {"userinfo_endpoint": f"{self.url}/userinfo"} if self.userinfo is not None else {}
        return JSONResponse({"issuer": self.url, **places, **more, **self.metadata})

    def keys(self, _: Request) -> Response:
        self.asked.append("keys")
        return JSONResponse({"keys": [KEY.as_dict(private=False), CURVE.as_dict(private=False)]})

    def authorize(self, request: Request) -> Response:
        """Asks nothing: the person is signed in here already."""
        query = dict(request.query_params)
        if self.error:
            return _to(query["redirect_uri"], error=self.error, state=query["state"])
        code = f"code-{len(self.issued)}"
        self.issued[code] = query
        return _to(query["redirect_uri"], code=code, state=query["state"], **self.back)

    async def exchange(self, request: Request) -> Response:
        """By RFC 6749 and RFC 7636: the client's secret, and the proof of who began; a code once."""
        form = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
        asked = self.issued.pop(form.get("code", ""), None)
        proof = urlsafe_b64encode(sha256(form.get("code_verifier", "").encode()).digest()).rstrip(b"=").decode()
        right = asked and (proof, form.get("redirect_uri")) == (asked["code_challenge"], asked["redirect_uri"])
        if not right or not _is_client(request.headers.get("authorization", ""), form):
            return JSONResponse({"error": "invalid_grant"}, 400)
        now = int(time.time())
        said = {"iss": self.url, "aud": CLIENT_ID, "iat": now, "exp": now + 300, "nonce": (asked or {})["nonce"]}
        claims = self.claims({**said, **self.person})
        return JSONResponse({"access_token": "at", "token_type": "Bearer", "id_token": self.token(claims)})

    def info(self, request: Request) -> Response:
        right = request.headers.get("authorization") == "Bearer at"
        return JSONResponse(self.userinfo) if right else JSONResponse({}, 401)

    @property
    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self.describe),
                Route("/authorize", self.authorize),
                Route("/token", self.exchange, methods=["POST"]),
                Route("/keys", self.keys),
                Route("/userinfo", self.info),
            ]
        )


def unsigned(claims: Claims) -> str:
    """As `alg: none`, which nobody has signed."""
    header, body = (urlsafe_b64encode(part).rstrip(b"=").decode() for part in (b'{"alg":"none"}', _json(claims)))
    return f"{header}.{body}."


def by_shared_secret(claims: Claims) -> str:
    """Signed with what everybody can read: the public key, as if it were a secret."""
    public = OctKey.import_key(KEY.as_pem(private=False))
    return jwt.encode({"alg": "HS256", "kid": "one"}, claims, public, algorithms=["HS256"])


def by_a_stranger(claims: Claims) -> str:
    return jwt.encode({"alg": "RS256", "kid": "one"}, claims, STRANGER)


def by_curve(claims: Claims) -> str:
    return jwt.encode({"alg": "ES256", "kid": "two"}, claims, CURVE)


def tampered(claims: Claims) -> str:
    """The body of another token, with the signature of this one."""
    right = jwt.encode({"alg": "RS256", "kid": "one"}, claims, KEY).split(".")
    body = urlsafe_b64encode(_json({**claims, "groups": ["hooks-admins"]})).rstrip(b"=").decode()
    return f"{right[0]}.{body}.{right[2]}"


@contextmanager
def running(issuer: Issuer) -> Generator[Issuer]:
    """On a port of its own, in a thread."""
    server = uvicorn.Server(uvicorn.Config(issuer.app, port=0, log_config=None, lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    issuer.url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    try:
        yield issuer
    finally:
        server.should_exit = True
        thread.join()


def _to(place: str, **query: str) -> Response:
    return RedirectResponse(f"{place}?{urlencode(query)}", 303)


def _is_client(authorization: str, form: Mapping[str, str]) -> bool:
    if not authorization:
        return (form.get("client_id"), form.get("client_secret")) == (CLIENT_ID, CLIENT_SECRET)
    given = b64decode(authorization.removeprefix("Basic ")).decode()
    return given == f"{CLIENT_ID}:s3cret%3A%20with%20a%20colon"


def _json(value: Claims) -> bytes:
    import json

    return json.dumps(value).encode()
