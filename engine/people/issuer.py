"""The issuer of OpenID Connect: what it says of itself, and whom a code stands for.

Its addresses come from the operator's settings, so they are called as they are, over https, without redirects. Every
ID token is verified: its signature by a public key of the issuer, and its claims.
"""

import asyncio
import ssl
from base64 import b64encode
from collections.abc import Callable, Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any, Final, cast
from urllib.parse import quote, urlencode

import httpx
import orjson
from authlib.common.errors import AuthlibBaseError
from authlib.oauth2.rfc7636 import (
    create_s256_code_challenge,  # pyright: ignore[reportUnknownVariableType]
)
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from engine.errors import IssuerFailed, TooManyTries
from engine.people.sso_settings import SsoSettings, is_secure

SECONDS: Final = 10.0
MOST_BYTES: Final = 1 << 20
FRESH_SECONDS: Final = 3_600.0
AGAIN_SECONDS: Final = 60.0
"""How often at most the keys are asked for again because of a token."""
LEEWAY_SECONDS: Final = 60
AT_ONCE: Final = 8
MOST_WAITING: Final = 40
ALGORITHMS: Final = (
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "ES256",
    "ES384",
    "ES512",
    "EdDSA",
    "Ed25519",
)
"""Only signatures with a private key: with none, or a shared secret, others could write tokens."""
_ENDPOINTS: Final = ("authorization_endpoint", "token_endpoint", "jwks_uri")

Document = Mapping[str, Any]


class Issuer:
    def __init__(
        self,
        settings: SsoSettings,
        *,
        redirect_uri: str,
        now: Callable[[], datetime],
        clock: Callable[[], float],
    ) -> None:
        self._settings, self._redirect_uri, self._now, self._clock = settings, redirect_uri, now, clock
        self._kept: dict[str, tuple[float, Document]] = {}
        self._places, self._waiting = asyncio.Semaphore(AT_ONCE), 0
        self._tls = ssl.create_default_context()  # the system's authorities, and those of SSL_CERT_FILE

    async def address(self, *, state: str, nonce: str, verifier: str) -> str:
        """Where the browser goes to sign in. Raises IssuerFailed, TooManyTries."""
        query: dict[str, str] = {
            "response_type": "code",
            "client_id": self._settings.client_id,
            "redirect_uri": self._redirect_uri,
            "scope": self._settings.scopes,
            "state": state,
            "nonce": nonce,
            "code_challenge": create_s256_code_challenge(verifier),
            "code_challenge_method": "S256",
        }
        endpoint = str((await self._metadata())["authorization_endpoint"])
        return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(query)}"

    async def claims(self, *, code: str, nonce: str, verifier: str) -> Document:
        """Of the person whom the code stands for, verified. Raises IssuerFailed, TooManyTries."""
        answer = await self._exchange(code, verifier)
        token = await self._verified(answer.get("id_token"), nonce, answer.get("access_token"))
        missing = {"email", self._settings.groups_claim} - token.keys()
        endpoint = (await self._metadata()).get("userinfo_endpoint")
        if not missing or not endpoint:
            return token
        more = await self._ask("GET", str(endpoint), headers={"authorization": f"Bearer {answer.get('access_token')}"})
        if more.get("sub") != token["sub"]:
            raise IssuerFailed("what it says of the person is of somebody else")
        return _joined(token, more)

    async def _exchange(self, code: str, verifier: str) -> Document:
        settings, metadata = self._settings, await self._metadata()
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._redirect_uri,
            "code_verifier": verifier,
        }
        headers: dict[str, str] = {}
        methods = metadata.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        if settings.client_secret and "client_secret_basic" in methods:
            pair = f"{quote(settings.client_id, safe='')}:{quote(settings.client_secret, safe='')}"
            headers["authorization"] = f"Basic {b64encode(pair.encode()).decode()}"
        else:
            form |= {"client_id": settings.client_id}
            form |= {"client_secret": settings.client_secret} if settings.client_secret else {}
        return await self._ask("POST", str(metadata["token_endpoint"]), headers=headers, form=form)

    async def _verified(self, token: object, nonce: str, access_token: object) -> Document:
        if not isinstance(token, str):
            raise IssuerFailed("it sent no ID token")
        try:
            header, claims = await self._opened(token)
            options = {
                "iss": {"essential": True, "value": self._settings.issuer},
                "aud": {"essential": True, "value": self._settings.client_id},
                "sub": {"essential": True},
            }
            about = {"nonce": nonce, "client_id": self._settings.client_id, "access_token": access_token}
            checked = CodeIDToken(claims, header, options, about)
            checked.validate(  # pyright: ignore[reportUnknownMemberType]
                now=int(self._now().timestamp()), leeway=LEEWAY_SECONDS
            )
        except (AuthlibBaseError, JoseError, ValueError, TypeError, KeyError) as error:
            raise IssuerFailed(f"its ID token is not valid ({type(error).__name__}: {error})") from None
        if not isinstance(claims["sub"], str) or not 1 <= len(claims["sub"]) <= 255:
            raise IssuerFailed("its ID token names nobody")
        return claims

    async def _opened(self, token: str) -> tuple[dict[str, Any], dict[str, Any]]:
        """Header and claims. With a key that is not known yet, the keys are asked for again."""
        try:
            found = jwt.decode(token, await self._keys(FRESH_SECONDS), list(ALGORITHMS))
        except (JoseError, ValueError):
            found = jwt.decode(token, await self._keys(AGAIN_SECONDS), list(ALGORITHMS))
        return dict(found.header), dict(found.claims)

    async def _keys(self, seconds: float) -> KeySet:
        document = await self._fresh(str((await self._metadata())["jwks_uri"]), seconds)
        return KeySet.import_key_set(cast("Any", document))

    async def _metadata(self) -> Document:
        issuer = self._settings.issuer
        found = await self._fresh(f"{issuer.rstrip('/')}/.well-known/openid-configuration", FRESH_SECONDS)
        if found.get("issuer") != issuer:
            raise IssuerFailed(f"it calls itself {str(found.get('issuer'))[:200]}, which is not OIDC_ISSUER")
        for name in _ENDPOINTS:
            if not is_secure(str(found.get(name))):
                raise IssuerFailed(f"its {name} is missing, or not https")
        return found

    async def _fresh(self, url: str, seconds: float) -> Document:
        """A document that was asked for within so many seconds."""
        at, kept = self._kept.get(url, (0.0, {}))
        if not kept or self._clock() - at > seconds:
            kept = await self._ask("GET", url)
            self._kept[url] = (self._clock(), kept)
        return kept

    async def _ask(
        self, method: str, url: str, *, headers: Mapping[str, str] | None = None, form: Mapping[str, str] | None = None
    ) -> Document:
        """An object of JSON. A few ask at once, so that nobody can make us flood the issuer."""
        if self._waiting >= MOST_WAITING:
            raise TooManyTries(SECONDS)
        self._waiting += 1
        try:
            async with self._places, asyncio.timeout(SECONDS):
                return await self._read(method, url, dict(headers or {}), form)
        except (httpx.HTTPError, httpx.InvalidURL, orjson.JSONDecodeError, TimeoutError, OSError) as error:
            raise IssuerFailed(f"{url.partition('?')[0]}: {type(error).__name__} {error}") from None
        finally:
            self._waiting -= 1

    async def _read(self, method: str, url: str, headers: dict[str, str], form: Mapping[str, str] | None) -> Document:
        async with (
            httpx.AsyncClient(verify=self._tls, trust_env=False, follow_redirects=False, timeout=SECONDS) as client,
            client.stream(method, url, headers={"accept": "application/json", **headers}, data=form) as answer,
        ):
            body = b""
            async for piece in answer.aiter_bytes():
                body += piece
                if len(body) > MOST_BYTES:
                    raise IssuerFailed(f"{url} sent more than {MOST_BYTES} bytes")
        return _document_in(answer, body)


def _joined(token: Document, more: Document) -> Document:
    """What the token says goes first; that an address is verified counts for that address alone."""
    joined = {**more, **token}
    if "email" in token and more.get("email") != token["email"]:
        joined["email_verified"] = token.get("email_verified")
    return joined


def _document_in(answer: httpx.Response, body: bytes) -> Document:
    url = answer.url
    if answer.status_code != HTTPStatus.OK:
        raise IssuerFailed(f"{url} answered {answer.status_code}: {body[:200].decode(errors='replace')}")
    document = orjson.loads(body)
    if not isinstance(document, dict):
        raise IssuerFailed(f"{url} sent no object")
    return cast("Document", document)
