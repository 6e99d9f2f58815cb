"""What all answers of the API have in common."""

import gzip
from typing import Any

import httpx
import pytest
from starlette.responses import HTMLResponse
from starlette.types import Receive, Scope, Send

from engine import Role
from engine.api import create_app
from engine.api.answers import takes_gzip
from tests.engine.conftest import Api

LARGE = {
    "title": "A",
    "trigger": "call.ended",
    "description": "many words " * 400,
    "actions": [{"url": "https://a.b/"}],
}


async def raw(api: Api, path: str, **headers: str) -> tuple[httpx.Response, bytes]:
    """With the body as it is on the wire."""
    headers = {"authorization": f"Bearer {api.keys[Role.ADMIN]}"} | headers
    async with api.client.stream("GET", path, headers=headers) as answer:
        return answer, b"".join([chunk async for chunk in answer.aiter_raw()])


async def test_lists_are_small_on_the_wire(api: Api) -> None:
    for _ in range(12):
        (await api.post("/hooks", json=LARGE)).raise_for_status()
    answer, body = await raw(api, "/api/v1/hooks", **{"accept-encoding": "gzip, deflate"})
    plain, whole = await raw(api, "/api/v1/hooks", **{"accept-encoding": "identity"})

    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["vary"] == plain.headers["vary"] == "accept-encoding"
    assert len(body) == int(answer.headers["content-length"]) < len(whole) / 10
    assert gzip.decompress(body) == whole
    assert "content-encoding" not in plain.headers


async def test_tiny_answers_are_left_as_they_are(api: Api) -> None:
    answer, body = await raw(api, "/api/v1/hooks", **{"accept-encoding": "gzip"})

    assert "content-encoding" not in answer.headers
    assert body == b'{"items":[],"next":null}'


@pytest.mark.parametrize(
    ("accepted", "takes"),
    [
        ("gzip", True),
        ("br, GZIP;q=0.5", True),
        ("*", True),
        ("identity", False),
        ("", False),
        ("gzip;q=0", False),
        ("gzip; q=0.000, *", False),
        ("*;q=0", False),
        ("deflate, br", False),
    ],
)
def test_whoever_takes_gzip_says_so(accepted: str, takes: bool) -> None:
    assert takes_gzip(accepted) is takes


@pytest.mark.parametrize("path", ["/api/v1/hooks", "/api/v1/nothing", "/api/v1/hooks/x", "/healthz", "/readyz"])
async def test_no_cache_keeps_them(api: Api, path: str) -> None:
    assert (await api.call("GET", path)).headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/api/v1/hooks", "/api/v1/event-types"])
async def test_head_has_the_head_alone(api: Api, path: str) -> None:
    answer, whole = await api.call("HEAD", path), await api.call("GET", path)

    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-type"] == whole.headers["content-type"]


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PATCH", "/hooks/1", "GET, HEAD, PUT, DELETE"),
        ("DELETE", "/events", "GET, HEAD, POST"),
        ("PUT", "/hooks", "GET, HEAD, POST"),
        ("GET", "/hooks/1/duplicate", "POST"),
        ("TRACE", "/audit", "GET, HEAD"),
        ("OPTIONS", "/lanes/other", "PUT"),
        ("BREW", "/hooks", "GET, HEAD, POST"),
    ],
)
async def test_a_method_that_is_not_there_names_those_that_are(api: Api, method: str, path: str, allowed: str) -> None:
    answer = await api.call(method, f"/api/v1{path}")

    assert (answer.status_code, answer.headers["allow"]) == (405, allowed)
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/events/"), ("POST", "/hooks/"), ("GET", "/hooks/"), ("PUT", "/lanes/other/")]
)
async def test_a_slash_at_the_end_is_told(api: Api, method: str, path: str) -> None:
    answer = await api.call(method, f"/api/v1{path}", json={})
    document: dict[str, Any] = answer.json()

    assert answer.status_code == document["status"] == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert document["detail"].endswith(f"leave out the slash at its end: /api/v1{path[:-1]}")


async def test_what_is_not_there_at_all(api: Api) -> None:
    for path in ("/api/v1/nothing", "/api/v1/nothing/", "/api/v2/events"):
        assert (await api.call("POST", path, json={})).status_code == 404


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "/healthz", "GET, HEAD"),
        ("POST", "/healthz", "GET, HEAD"),
        ("DELETE", "/readyz", "GET, HEAD"),
        ("DELETE", "/in/x", "GET, HEAD, POST"),
        ("BREW", "/in/x", "GET, HEAD, POST"),
    ],
)
async def test_beside_pages_too_a_wrong_method_is_a_problem(api: Api, method: str, path: str, allowed: str) -> None:
    async with beside_pages(api) as client:
        answer = await client.request(method, path)

    assert (answer.status_code, answer.headers["allow"]) == (405, allowed)
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("path", ["/in/x/y", "/in/x/", "/in/"])
async def test_beside_pages_too_what_is_not_there_is_a_problem(api: Api, path: str) -> None:
    async with beside_pages(api) as client:
        answer = await client.post(path)

    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")


async def test_head_of_a_page_has_the_head_alone(api: Api) -> None:
    async with beside_pages(api) as client:
        answer, whole = await client.head("/"), await client.get("/")

    assert (answer.status_code, answer.content, whole.text) == (200, b"", "<p>page")
    assert answer.headers["content-length"] == whole.headers["content-length"] == "7"
    assert "cache-control" not in answer.headers


def beside_pages(api: Api) -> httpx.AsyncClient:
    """As the dashboard's pages are: mounted at the root, and answering GET alone."""
    app = create_app(api.engine)

    async def page(scope: Scope, receive: Receive, send: Send) -> None:
        status = 200 if scope["method"] == "GET" else 404
        await HTMLResponse("<p>page", status)(scope, receive, send)

    app.mount("/", page)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test")
