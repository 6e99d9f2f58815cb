"""Clients that offer another protocol, such as HTTP/2 in clear text, are answered over HTTP/1.1, body and all."""

import asyncio
import shutil
import subprocess
from pathlib import Path

import pytest

from engine import SYSTEM, Engine
from tests.engine.test_connections import said

EVENT = b'{"type": "call.ended", "id": "e%d", "data": {"text": "%s"}}'
H2C = b"connection: Upgrade, HTTP2-Settings\r\nupgrade: h2c\r\nhttp2-settings: AAEAAEAAAAIAAAABAAMAAABkAAQBAAAAAA\r\n"
ONCE = b"GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"

JAVA = """
import java.net.*; import java.net.http.*; import java.nio.file.*;
class Post { public static void main(String[] a) throws Exception {
  var request = HttpRequest.newBuilder(URI.create(a[0])).header("authorization", "Bearer " + a[1])
    .POST(HttpRequest.BodyPublishers.ofString("{\\"type\\":\\"call.ended\\",\\"data\\":{}}")).build();
  var client = HttpClient.newHttpClient();
  for (int i = 0; i < 2; i++) {
    System.out.println(client.send(request, HttpResponse.BodyHandlers.ofString()).statusCode());
  }
} }
"""


async def new_key(engine: Engine) -> bytes:
    return (await engine.keys.create({"name": "dialer", "role": "agent"}, actor=SYSTEM))[1].encode()


def post(key: bytes, number: int, *, offer: bytes = H2C, text: bytes = b"", chunked: bool = False) -> bytes:
    body = EVENT % (number, text)
    framing = b"transfer-encoding: chunked\r\n" if chunked else b"content-length: %d\r\n" % len(body)
    head = b"POST /api/v1/events HTTP/1.1\r\nhost: x\r\nauthorization: Bearer %s\r\n%s%s\r\n" % (key, offer, framing)
    return head + (b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body) if chunked else body)


@pytest.mark.parametrize("offer", [H2C, b"upgrade: TLS/1.0, h2c\r\nconnection: keep-alive, upgrade\r\n"])
@pytest.mark.parametrize("chunked", [False, True])
async def test_the_body_of_a_request_that_offers_an_upgrade_is_read(
    engine: Engine, port: int, offer: bytes, chunked: bool
) -> None:
    request = post(await new_key(engine), 1, offer=offer, chunked=chunked, text=b"x" * 200_000)

    answer = await said(port, request, ONCE)

    assert answer.startswith(b"HTTP/1.1 202 Accepted")
    assert answer.count(b"HTTP/1.1 ") == 2 and b"HTTP/1.1 200 OK" in answer


async def test_wherever_the_request_is_cut(engine: Engine, port: int) -> None:
    key = await new_key(engine)
    whole = post(key, 1)

    for cut in range(1, len(whole), 7):
        answer = await said(port, whole[:cut], whole[cut:] + ONCE)
        assert answer.count(b"HTTP/1.1 202 Accepted") == 1, (cut, answer)


async def test_several_offers_on_one_connection(engine: Engine, port: int) -> None:
    key = await new_key(engine)

    answer = await said(port, post(key, 1) + post(key, 2, chunked=True) + post(key, 3, offer=b"") + ONCE)

    assert answer.count(b"HTTP/1.1 202 Accepted") == 3
    assert all(b'"id":"e%d","status":"accepted"' % number in answer for number in (1, 2, 3))


async def test_an_offer_without_a_body_and_one_to_connect(port: int) -> None:
    get = b"GET /healthz HTTP/1.1\r\nhost: x\r\n%s\r\n" % H2C
    tunnel = b"CONNECT x:80 HTTP/1.1\r\nhost: x\r\n%s\r\n" % H2C

    assert (await said(port, get, ONCE)).count(b"HTTP/1.1 200 OK") == 2
    assert (await said(port, tunnel)).startswith(b"HTTP/1.1 4")


@pytest.mark.skipif(not shutil.which("curl"), reason="there is no curl")
async def test_curl_with_http2(engine: Engine, port: int, tmp_path: Path) -> None:
    key = (await new_key(engine)).decode()
    (tmp_path / "event").write_bytes(EVENT % (1, b"x" * 100_000))
    url = f"http://127.0.0.1:{port}/api/v1/events"
    command = ["curl", "--http2", "-sS", "-m", "20", "-H", f"authorization: Bearer {key}"]

    done = await asyncio.to_thread(
        subprocess.run, [*command, "--json", f"@{tmp_path}/event", url], capture_output=True, check=False
    )

    assert done.stdout == b'{"events":[{"id":"e1","status":"accepted"}]}', done.stderr


@pytest.mark.skipif(not shutil.which("java"), reason="there is no JDK")
async def test_the_http_client_of_the_jdk(engine: Engine, port: int, tmp_path: Path) -> None:
    key = (await new_key(engine)).decode()
    (tmp_path / "Post.java").write_text(JAVA)
    url = f"http://127.0.0.1:{port}/api/v1/events"

    done = await asyncio.to_thread(
        subprocess.run, ["java", f"{tmp_path}/Post.java", url, key], capture_output=True, check=False
    )
    if b"compiler" in done.stderr:
        pytest.skip("there is a JRE alone")

    assert done.stdout.split() == [b"202", b"202"], done.stderr
