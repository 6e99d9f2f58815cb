"""What goes over the wire, read off raw sockets: the address byte for byte, and connections that are used again."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import pytest

from engine.actions.http import HttpClient, Outcome, parse_networks
from engine.model import ErrorClass, Method, Request

OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"


@dataclass
class Receiver:
    """Answers each request on a connection by `answer`, told its number on that connection, until that says False."""

    answer: Callable[[asyncio.StreamWriter, int], Awaitable[bool]]
    port: int = 0
    connections: int = 0
    requests: list[bytes] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        number = 0
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = [int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
                self.requests.append(head + await reader.readexactly(sum(length)))
                number += 1
                if not await self.answer(writer, number):
                    break
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.transport.abort()

    def url(self, target: str) -> str:
        return f"http://127.0.0.1:{self.port}{target}"


@asynccontextmanager
async def receiving(answer: Callable[[asyncio.StreamWriter, int], Awaitable[bool]]) -> AsyncIterator[Receiver]:
    receiver = Receiver(answer)
    server = await asyncio.start_server(receiver.serve, "127.0.0.1", 0)
    receiver.port = server.sockets[0].getsockname()[1]
    try:
        yield receiver
    finally:
        server.close()


@asynccontextmanager
async def new_client() -> AsyncIterator[HttpClient]:
    client = HttpClient(networks=parse_networks("127.0.0.0/8"), internal={})
    try:
        yield client
    finally:
        await client.close()


async def always(writer: asyncio.StreamWriter, _: int) -> bool:
    writer.write(OK)
    await writer.drain()
    return True


async def send(client: HttpClient, url: str, method: Method = Method.POST) -> Outcome:
    body = None if method in {Method.GET, Method.DELETE} else '{"n": 1}'
    return await client.send(Request(method=method, url=url, headers={"webhook-id": "exe_1"}, body=body), 2)


TARGETS = {
    "/a%2Fb?sig=ab%2Fc%3D%3D": "/a%2Fb?sig=ab%2Fc%3D%3D",
    "/%7Euser/%2e%2E/x%c3%a9": "/%7Euser/%2e%2E/x%c3%a9",
    "/a+b;v=1//c/../d/./e": "/a+b;v=1//c/../d/./e",
    "/x?": "/x?",
    "/x?a=b+c&d=%2B&&e==;f": "/x?a=b+c&d=%2B&&e==;f",
    "/x?next=http://y/z?w=1": "/x?next=http://y/z?w=1",
    "/x(1)!$&'*,:@[]{}|\\^`<>\"": "/x(1)!$&'*,:@[]{}|\\^`<>\"",
    "/100%/%zz": "/100%/%zz",
    "/é/日本?q=ü ä": "/%C3%A9/%E6%97%A5%E6%9C%AC?q=%C3%BC%20%C3%A4",
    "/x?a=1#part?b=2": "/x?a=1",
    "/#x": "/",
    "": "/",
    "?a=1": "/?a=1",
    "//double": "//double",
}


@pytest.mark.parametrize("written", TARGETS)
@pytest.mark.parametrize("method", [Method.GET, Method.POST, Method.DELETE])
async def test_the_address_goes_out_byte_for_byte(written: str, method: Method) -> None:
    async with receiving(always) as receiver, new_client() as client:
        outcome = await send(client, receiver.url(written), method)

    assert outcome.error is None
    line = receiver.requests[0].split(b"\r\n")[0]
    assert line == f"{method} {TARGETS[written]} HTTP/1.1".encode()


@pytest.mark.parametrize(
    "url",
    [
        "ftp://x/",
        "http:///x",
        "http://u:p@x/",
        "http://x:99999/",
        "http://\ud800/",
        "x",
        "http://127.1/",
        "http://2130706433/",
        "http://256.1.1.1/",
        "http://a..b/",
        "http://h:0/",
        "http://127.0.0.1./",
        "http://" + "a" * 64 + "/",
        "http://" + "ü" * 60 + "/",
    ],
)
async def test_what_is_no_address_is_not_called(url: str) -> None:
    async with new_client() as client:
        outcome = await send(client, url)

    assert outcome.error is not None
    assert outcome.error.error_class == ErrorClass.ADDRESS_REFUSED
    assert "This address cannot be called" in outcome.error.message


async def test_a_cookie_that_was_set_is_not_sent_back() -> None:
    async def answer(writer: asyncio.StreamWriter, _: int) -> bool:
        writer.write(b"HTTP/1.1 200 OK\r\nset-cookie: a=b; path=/; domain=localhost\r\ncontent-length: 0\r\n\r\n")
        await writer.drain()
        return True

    async with receiving(answer) as receiver, new_client() as client:
        for _ in range(2):
            await send(client, f"http://localhost:{receiver.port}/")

    assert all(b"cookie" not in request.lower() for request in receiver.requests)


async def once_each(writer: asyncio.StreamWriter, number: int) -> bool:
    """The second request on a connection is read, and the connection closed without a word."""
    return await always(writer, number) if number == 1 else False


@pytest.mark.parametrize("method", list(Method))
async def test_a_used_connection_that_is_closed_is_opened_anew_at_once(method: Method) -> None:
    async with receiving(once_each) as receiver, new_client() as client:
        outcomes = [await send(client, receiver.url("/"), method) for _ in range(6)]

    assert [outcome.error for outcome in outcomes] == [None] * 6
    assert receiver.connections == 6
    assert len(receiver.requests) == 11
    assert len(set(receiver.requests)) == 1


async def test_of_several_used_connections_that_are_closed_none_is_tried_twice() -> None:
    """The second try is by a new connection, however many old ones are left."""
    async with receiving(once_each) as receiver, new_client() as client:
        await asyncio.gather(*(send(client, receiver.url("/")) for _ in range(20)))
        before = len(receiver.requests)
        outcome = await send(client, receiver.url("/"))

    assert outcome.error is None
    assert len(receiver.requests) - before == 2


@pytest.mark.parametrize("method", list(Method))
async def test_a_new_connection_that_is_closed_is_a_failure(method: Method) -> None:
    async def never(_writer: asyncio.StreamWriter, _number: int) -> bool:
        return False

    async with receiving(never) as receiver, new_client() as client:
        outcome = await send(client, receiver.url("/"), method)

    assert outcome.error is not None
    assert outcome.error.error_class == ErrorClass.CONNECTION_RESET
    assert len(receiver.requests) == 1


@pytest.mark.parametrize("method", [Method.GET, Method.POST])
async def test_a_second_connection_that_is_closed_is_a_failure(method: Method) -> None:
    calls = 0

    async def first_alone(writer: asyncio.StreamWriter, number: int) -> bool:
        nonlocal calls
        calls += 1
        return await always(writer, number) if calls == 1 else False

    async with receiving(first_alone) as receiver, new_client() as client:
        first, second = [await send(client, receiver.url("/"), method) for _ in range(2)]

    assert first.error is None
    assert second.error is not None
    assert second.error.error_class == ErrorClass.CONNECTION_RESET
    assert len(receiver.requests) == 3


@pytest.mark.parametrize("method", [Method.GET, Method.POST])
async def test_where_an_answer_began_the_call_is_not_made_twice(method: Method) -> None:
    async def half(writer: asyncio.StreamWriter, number: int) -> bool:
        if number == 1:
            return await always(writer, number)
        writer.write(b"HTTP/1.1 2")
        await writer.drain()
        return False

    async with receiving(half) as receiver, new_client() as client:
        _, outcome = [await send(client, receiver.url("/"), method) for _ in range(2)]

    assert outcome.error is not None
    assert outcome.error.error_class == ErrorClass.CONNECTION_RESET
    assert len(receiver.requests) == 2


async def test_forty_calls_to_a_receiver_that_closes_what_is_idle_all_arrive() -> None:
    """As one does whose keep-alive ends just when the next call comes."""

    async def closes_soon(writer: asyncio.StreamWriter, number: int) -> bool:
        await always(writer, number)
        await asyncio.sleep(0.005)
        return False

    async with receiving(closes_soon) as receiver, new_client() as client:
        outcomes: list[Outcome] = []
        for number in range(40):
            outcomes.append(await send(client, receiver.url("/")))
            await asyncio.sleep(0.0045 + number * 0.00002)

    assert [outcome.error for outcome in outcomes] == [None] * 40


async def test_what_comes_on_an_idle_connection_answers_nobody() -> None:
    async def late(writer: asyncio.StreamWriter, number: int) -> bool:
        await always(writer, number)
        await asyncio.sleep(0.02)
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 8\r\n\r\nsmuggled")
        await writer.drain()
        return True

    async with receiving(late) as receiver, new_client() as client:
        bodies: list[str | None] = []
        for _ in range(3):
            outcome = await send(client, receiver.url("/"))
            bodies.append(outcome.response and outcome.response.body)
            await asyncio.sleep(0.05)

    assert bodies == ["ok"] * 3
    assert receiver.connections == 3


async def test_a_connection_is_used_again() -> None:
    async with receiving(always) as receiver, new_client() as client:
        for _ in range(5):
            await send(client, receiver.url("/"))

    assert receiver.connections == 1


async def test_a_large_body_goes_out_whole_and_the_connection_is_used_again() -> None:
    body = '"' + "x" * 3_000_000 + '"'
    async with receiving(always) as receiver, new_client() as client:
        request = Request(method=Method.POST, url=receiver.url("/"), headers={}, body=body)
        outcomes = [await client.send(request, 10) for _ in range(2)]

    assert [outcome.error for outcome in outcomes] == [None, None]
    assert all(one.endswith(b"\r\n\r\n" + body.encode()) for one in receiver.requests)
    assert (len(receiver.requests), receiver.connections) == (2, 1)


async def test_an_answer_before_a_large_body_is_read_counts_and_ends_the_connection() -> None:
    left = asyncio.Queue[bool]()

    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 413 Too Large\r\ncontent-length: 2\r\n\r\nno")
        with suppress(OSError):
            while await reader.read(1 << 16):
                await asyncio.sleep(0.001)
        writer.transport.abort()
        left.put_nowait(True)

    server = await asyncio.start_server(refuse, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    async with new_client() as client:
        request = Request(method=Method.POST, url=url, headers={}, body="x" * 30_000_000)
        outcomes = [await client.send(request, 10) for _ in range(2)]
        for _ in outcomes:  # each on a connection of its own
            await asyncio.wait_for(left.get(), 5)
    server.close()

    assert [outcome.response and outcome.response.status for outcome in outcomes] == [413, 413]


async def test_a_header_that_would_end_its_line_is_not_sent() -> None:
    async with receiving(always) as receiver, new_client() as client:
        request = Request(method=Method.GET, url=receiver.url("/"), headers={"x-a": "1\r\nx-b: 2"}, body=None)
        outcome = await client.send(request, 2)

    assert outcome.error is not None
    assert receiver.requests == []
