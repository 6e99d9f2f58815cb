"""Receivers that misbehave, on real sockets: each call ends in time, in its class of error, and lets its socket go."""

import asyncio
import os
import shutil
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from engine import SYSTEM, Engine, EngineSettings, Execution, ExecutionQuery, Role, Status
from engine.actions.http import KEPT_BYTES, HttpClient, Outcome, parse_networks
from engine.events.draft import EventDraft
from engine.model import Actor, ErrorClass, Method, Request
from storage.store import SqlStore
from tests.engine.conftest import eventually
from tests.faults.fault_server import (
    BOMBS,
    Answer,
    Exchange,
    FaultServer,
    closed_port,
    dripped_body,
    dripped_head,
    endless_interim,
    fault_server,
    full_backlog,
    half_close_after_answer,
    half_close_within_head,
    huge_body,
    huge_chunks,
    packed_bomb,
    reset_at_once,
    reset_within_body,
    says,
    says_and_closes,
    self_signed,
    silence,
    status,
    statuses,
)

SECONDS = 0.6
AGENT = Actor(kind="key", id=1, name="dialer", role=Role.AGENT)
OK = b"HTTP/1.1 200 OK\r\n"


@asynccontextmanager
async def new_client() -> AsyncIterator[HttpClient]:
    client = HttpClient(networks=parse_networks("127.0.0.0/8"), internal={})
    try:
        yield client
    finally:
        await client.close()


async def send(client: HttpClient, url: str, seconds: float = SECONDS) -> Outcome:
    """The call's end, which comes in time whatever the receiver does."""
    began = time.monotonic()
    outcome = await client.send(Request(method=Method.POST, url=url, headers={}, body="{}"), seconds)
    assert time.monotonic() - began < seconds + 0.5
    assert outcome.latency_ms < (seconds + 0.5) * 1000
    return outcome


def class_of(outcome: Outcome) -> ErrorClass | None:
    return outcome.error.error_class if outcome.error else None


async def let_go(server: FaultServer) -> bool:
    """Whether the caller has closed its connections, or closes them within a moment."""
    return await eventually(lambda: server.open == 0, 1.0)


def open_sockets() -> int:
    folder = Path("/proc/self/fd")
    return sum(str(one.readlink()).startswith("socket:") for one in folder.iterdir() if one.is_symlink())


def resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


FAILING: dict[str, tuple[Answer, ErrorClass]] = {
    "accepts and never answers": (silence, ErrorClass.TIMEOUT),
    "drips its headers": (dripped_head, ErrorClass.TIMEOUT),
    "continues for ever": (endless_interim, ErrorClass.TIMEOUT),
    "sends half of its headers and waits": (says(OK + b"x-half: "), ErrorClass.TIMEOUT),
    "resets at once": (reset_at_once, ErrorClass.CONNECTION_RESET),
    "closes at once": (says_and_closes(b""), ErrorClass.CONNECTION_RESET),
    "closes within its headers": (says_and_closes(OK + b"x-half: "), ErrorClass.CONNECTION_RESET),
    "half-closes within its headers": (half_close_within_head, ErrorClass.CONNECTION_RESET),
    "speaks another protocol": (says(b"SSH-2.0-OpenSSH_9.6\r\n\r\n"), ErrorClass.INVALID_RESPONSE),
    "sends bytes at random": (says(bytes(range(256)) * 16), ErrorClass.INVALID_RESPONSE),
    "speaks HTTP/0.9": (says_and_closes(b"<html>an answer without a head</html>"), ErrorClass.INVALID_RESPONSE),
    "redirects to itself": (says(status(302, "location: /in")), ErrorClass.REJECTED),
    "fails": (says(status(500)), ErrorClass.REJECTED),
    "is too busy": (says(status(429, "retry-after: 1")), ErrorClass.REJECTED),
}


CHUNKED = OK + b"transfer-encoding: chunked\r\n\r\n"
DELIVERED: dict[str, tuple[Answer, int, str]] = {
    "resets within its body": (reset_within_body, 200, "half of it"),
    "says more than it sends": (says_and_closes(OK + b"content-length: 100\r\n\r\nshort"), 200, "short"),
    "ends behind its head": (says_and_closes(OK + b"content-length: 100\r\n\r\n"), 200, ""),
    "ends within a chunk": (says_and_closes(CHUNKED + b"ff\r\nshort"), 200, "short"),
    "ends between two chunks": (says_and_closes(CHUNKED + b"5\r\nfirst\r\n"), 200, "first"),
    "has chunks that are none": (says(CHUNKED + b"not a size\r\nx\r\n0\r\n\r\n"), 200, ""),
    "has a chunk behind which is none": (says(CHUNKED + b"5\r\nfirst\r\nzz\r\n"), 200, "first"),
    "has trailers that are none": (says(CHUNKED + b"5\r\nfirst\r\n0\r\n\x00 bad\r\n\r\n"), 200, "first"),
    "has a body behind 204": (says(b"HTTP/1.1 204 None\r\ncontent-length: 5\r\n\r\nhello"), 204, ""),
    "has chunks behind 204": (
        says(b"HTTP/1.1 204 None\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"),
        204,
        "",
    ),
    "sends more than it says": (says(OK + b"content-length: 2\r\n\r\nok and more"), 200, "ok"),
    "sends more behind its chunks": (says(CHUNKED + b"2\r\nok\r\n0\r\n\r\nand more"), 200, "ok"),
    "sends a second answer": (says(status(200) + status(500)), 200, "ok"),
    "sends half of its body and waits": (says(OK + b"content-length: 9\r\n\r\nhalf"), 200, "half"),
    "sends a chunk and waits": (says(CHUNKED + b"5\r\nfirst\r\n"), 200, "first"),
    "sends its head and waits": (says(OK + b"content-length: 9\r\n\r\n"), 200, ""),
    "has two lengths": (says(OK + b"content-length: 2\r\ncontent-length: 5\r\n\r\nhello"), 200, "he"),
    "has a length below zero": (says_and_closes(OK + b"content-length: -5\r\n\r\nhello"), 200, "hello"),
    "has a header of 1 MB": (
        says(OK + b"x-long: " + b"x" * 1_000_000 + b"\r\ncontent-length: 0\r\n\r\n"),
        200,
        "",
    ),
    "has 100 000 headers": (
        says(OK + b"".join(b"x-%d: 1\r\n" % number for number in range(100_000)) + b"content-length: 0\r\n\r\n"),
        200,
        "",
    ),
    "says its length twice": (says(OK + b"content-length: 2\r\nContent-Length: 2\r\n\r\nok"), 200, "ok"),
    "says its length twice in a line": (says(OK + b"content-length: 2, 2\r\n\r\nok"), 200, "ok"),
    "has a length and chunks": (
        says(OK + b"content-length: 9\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"),
        200,
        "ok",
    ),
    "is encoded as identity": (
        says(OK + b"transfer-encoding: identity\r\ncontent-length: 2\r\n\r\nok"),
        200,
        "ok",
    ),
    "is encoded as identity and ends": (says_and_closes(OK + b"transfer-encoding: identity\r\n\r\nok"), 200, "ok"),
    "has a header of 9 KB": (says(OK + b"x: " + b"x" * 9_000 + b"\r\ncontent-length: 2\r\n\r\nok"), 200, "ok"),
    "has 2 000 headers": (
        says(OK + b"".join(b"x-%d: 1\r\n" % number for number in range(2_000)) + b"content-length: 2\r\n\r\nok"),
        200,
        "ok",
    ),
    "has a blank before a colon": (says(OK + b"x-a : 1\r\ncontent-length: 2\r\n\r\nok"), 200, "ok"),
    "has a line without a colon": (says(OK + b"foo\r\ncontent-length: 2\r\n\r\nok"), 200, "ok"),
    "has a control character in a value": (says(OK + b"x-a: \x00\x01\r\ncontent-length: 2\r\n\r\nok"), 200, "ok"),
    "says that it is HTTP/2": (says(b"HTTP/2 200 OK\r\ncontent-length: 2\r\n\r\nok"), 200, "ok"),
    "has a control character in its reason": (
        says(b"HTTP/1.1 200 O\x01K\r\ncontent-length: 2\r\n\r\nok"),
        200,
        "ok",
    ),
}


@pytest.mark.parametrize("pieces", [1, 3, 10_000])
@pytest.mark.parametrize("fault", DELIVERED)
async def test_the_status_decides_though_a_receiver(fault: str, pieces: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is wrong in the head or behind it, and in however many pieces it comes.

    Each is delivered, with a remark, by one connection. Of what comes only after an answer was whole, nobody waits to
    hear.
    """
    answer, code, body = DELIVERED[fault]
    in_pieces(monkeypatch, pieces)

    async with fault_server(answer) as server, new_client() as client:
        outcome = await send(client, server.url)
        closed = await let_go(server)

    assert outcome.error is None
    assert outcome.response is not None
    assert (outcome.response.status, outcome.response.body) == (code, body)
    late = "more" in fault or "second" in fault or "behind 204" in fault
    assert len(outcome.response.remarks) == 1 or (late and pieces > 1 and not outcome.response.remarks)
    assert server.connections == 1
    assert closed


def in_pieces(monkeypatch: pytest.MonkeyPatch, pieces: int) -> None:
    async def send(exchange: Exchange, raw: bytes) -> None:
        size = -(-len(raw) // pieces)
        for start in range(0, len(raw), size):
            exchange.writer.write(raw[start : start + size])
            await exchange.writer.drain()
            await asyncio.sleep(0)

    monkeypatch.setattr(Exchange, "send", send)


@pytest.mark.parametrize("flaw", [b"content-length: 2\r\n", b"foo\r\n", b"x-a : 1\r\n", b"x: " + b"x" * 99_000])
async def test_a_failure_with_a_flawed_head_is_one_by_its_status(flaw: bytes) -> None:
    raw = b"HTTP/1.1 503 No\r\nretry-after: 60\r\ncontent-length: 2\r\n" + flaw + b"\r\nno"
    async with fault_server(says(raw)) as server, new_client() as client:
        outcome = await send(client, server.url)

    assert class_of(outcome) == ErrorClass.REJECTED
    assert outcome.response is not None
    assert (outcome.response.status, outcome.response.headers["retry-after"]) == (503, "60")
    assert len(outcome.response.remarks) == 1


@pytest.mark.parametrize(
    "raw",
    [
        b"\r\n\r\n" + OK + b"content-length: 2\r\n\r\nok",
        OK + b"x-a: 1\r\n and more\r\ncontent-length: 2\r\n\r\nok",
        b"HTTP/1.1 200\ncontent-length:2\n\nok",
    ],
)
async def test_what_older_servers_send_is_no_flaw(raw: bytes) -> None:
    async with fault_server(says(raw)) as server, new_client() as client:
        outcome = await send(client, server.url)

    assert outcome.response is not None
    assert (outcome.response.body, outcome.response.remarks) == ("ok", ())


async def test_a_body_that_drips_is_kept_as_far_as_it_came() -> None:
    async with fault_server(dripped_body) as server, new_client() as client:
        outcome = await send(client, server.url)
        closed = await let_go(server)

    assert outcome.error is None
    assert outcome.response is not None
    assert outcome.response.body
    assert "The time was up" in outcome.response.remarks[0]
    assert closed


@pytest.mark.parametrize("ends", [says, says_and_closes])
@pytest.mark.parametrize("code", [400, 500])
async def test_a_failure_that_is_cut_short_is_one_by_its_status(code: int, ends: Callable[[bytes], Answer]) -> None:
    answer = ends(f"HTTP/1.1 {code} No\r\ncontent-length: 9\r\n\r\nno".encode())
    async with fault_server(answer) as server, new_client() as client:
        outcome = await send(client, server.url)

    assert class_of(outcome) == ErrorClass.REJECTED
    assert outcome.response is not None
    assert (outcome.response.status, outcome.response.body) == (code, "no")
    assert len(outcome.response.remarks) == 1


@pytest.mark.parametrize("reason", ["Angenommen, schön", "已创建", ""])
async def test_a_reason_in_any_language_is_none_to_fail(reason: str) -> None:
    for raw in {reason.encode(), reason.encode("latin-1", "replace")}:
        answer = says(b"HTTP/1.1 201 " + raw + b"\r\ncontent-length: 2\r\n\r\nok")
        async with fault_server(answer) as server, new_client() as client:
            outcome = await send(client, server.url)

        assert outcome.error is None
        assert outcome.response is not None
        assert (outcome.response.status, outcome.response.remarks) == (201, ())


async def test_early_hints_are_no_answer() -> None:
    answer = says(b"HTTP/1.1 103 Early\r\nlink: </x>\r\n\r\nHTTP/1.1 102 X\r\n\r\n" + status(200))
    async with fault_server(answer) as server, new_client() as client:
        outcome = await send(client, server.url)

    assert outcome.error is None
    assert outcome.response is not None
    assert (outcome.response.status, outcome.response.body, outcome.response.remarks) == (200, "ok", ())


@pytest.mark.parametrize("fault", FAILING)
async def test_a_receiver_that(fault: str) -> None:
    """Each ends in its class of error, by one connection that is closed afterwards, or kept whole for the next call."""
    answer, expected = FAILING[fault]
    before = open_sockets()

    async with fault_server(answer) as server:
        async with new_client() as client:
            outcome = await send(client, server.url)
            left_alone = expected is ErrorClass.REJECTED or await let_go(server)
        connections, closed = server.connections, await let_go(server)
    await asyncio.sleep(0.01)

    assert class_of(outcome) == expected, outcome.error
    assert outcome.error is not None
    assert outcome.error.message
    assert connections == 1
    assert left_alone
    assert closed
    assert open_sockets() == before


async def test_a_closed_port_refuses_at_once() -> None:
    before = open_sockets()

    async with new_client() as client:
        outcome = await send(client, f"http://127.0.0.1:{closed_port()}/in")

    assert class_of(outcome) == ErrorClass.CONNECTION_REFUSED
    assert outcome.latency_ms < 500
    assert open_sockets() == before


async def test_a_receiver_that_takes_no_connections_is_cut_off() -> None:
    async with full_backlog() as url, new_client() as client:
        before = open_sockets()
        outcome = await send(client, url)
        await asyncio.sleep(0.01)
        after = open_sockets()

    assert class_of(outcome) == ErrorClass.TIMEOUT
    assert after == before


@pytest.mark.parametrize("answer", [huge_body, huge_chunks])
async def test_of_1_gib_little_is_read_and_less_is_kept(answer: Answer) -> None:
    async with fault_server(answer) as server, new_client() as client:
        before = resident_bytes()
        outcome = await send(client, server.url)
        grown = resident_bytes() - before
        closed = await let_go(server)

    assert outcome.error is None
    assert outcome.response is not None
    assert (outcome.response.status, outcome.response.truncated) == (200, True)
    assert outcome.response.body == "x" * KEPT_BYTES
    assert closed
    assert server.sent < 8 << 20
    assert grown < 16 << 20


@pytest.mark.parametrize("coding", BOMBS)
async def test_a_bomb_is_unpacked_no_further_than_it_is_kept(coding: str) -> None:
    async with fault_server(packed_bomb(coding)) as server, new_client() as client:
        before = resident_bytes()
        outcome = await send(client, server.url)
        grown = resident_bytes() - before
        closed = await let_go(server)

    assert outcome.error is None
    assert outcome.response is not None
    assert outcome.response.truncated
    assert outcome.response.body == "\0" * KEPT_BYTES
    assert closed
    assert grown < 16 << 20


async def test_a_receiver_that_half_closes_after_its_answer_has_answered() -> None:
    async with fault_server(half_close_after_answer) as server, new_client() as client:
        outcome = await send(client, server.url)
        closed = await let_go(server)

    assert outcome.error is None
    assert outcome.response is not None
    assert outcome.response.body == "ok"
    assert closed


async def test_what_follows_an_answer_never_answers_the_next_call() -> None:
    """A receiver that sends more than it says cannot slip an answer to somebody else's call into the connection."""

    async def answer(exchange: Exchange) -> None:
        await exchange.send(status(200) + b"HTTP/1.1 200 OK\r\ncontent-length: 8\r\n\r\nsmuggled")
        await exchange.until_left()

    async with fault_server(answer) as server, new_client() as client:
        outcomes = [await send(client, server.url) for _ in range(3)]
        await asyncio.sleep(0.05)
        outcomes.append(await send(client, server.url))

    assert all(outcome.response is None or outcome.response.body == "ok" for outcome in outcomes)
    assert outcomes[0].response is not None


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
async def test_the_target_of_a_redirect_sees_no_connection(code: int) -> None:
    async with fault_server(says(status(200))) as target, new_client() as client:
        async with fault_server(says(status(code, f"location: {target.url}"))) as server:
            outcome = await send(client, server.url)
        await asyncio.sleep(0.05)

    assert class_of(outcome) == ErrorClass.REJECTED
    assert outcome.response is not None
    assert (outcome.response.status, outcome.response.headers["location"]) == (code, target.url)
    assert (server.connections, target.connections) == (1, 0)


async def test_many_that_hang_leave_no_socket_behind() -> None:
    before = open_sockets()
    async with fault_server(silence) as server, new_client() as client:
        outcomes = await asyncio.gather(*(send(client, server.url, 3) for _ in range(100)))
        closed = await let_go(server)
    await asyncio.sleep(0.01)

    assert {class_of(outcome) for outcome in outcomes} == {ErrorClass.TIMEOUT}
    assert server.connections == 100
    assert closed
    assert open_sockets() == before


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl makes the certificate")
async def test_a_certificate_that_nobody_signed_is_not_trusted(tmp_path: Path) -> None:
    async with fault_server(says(status(200)), self_signed(tmp_path)) as server, new_client() as client:
        outcome = await send(client, server.url)

    assert class_of(outcome) == ErrorClass.TLS_ERROR, outcome.error
    assert outcome.error is not None
    assert "certificate" in outcome.error.message.lower()
    assert server.requests == []


async def test_a_port_without_tls_is_no_trusted_connection() -> None:
    """The first bytes of TLS are no request: this one answers them as web servers do."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(100)
        writer.write(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with new_client() as client:
        outcome = await send(client, f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/in")
    server.close()

    assert class_of(outcome) == ErrorClass.TLS_ERROR, outcome.error


async def test_a_tls_greeting_that_is_never_answered_is_cut_off() -> None:
    """`serve` waits for the end of a head that never comes."""
    async with fault_server(silence) as server, new_client() as client:
        outcome = await send(client, server.url.replace("http:", "https:"))
        closed = await let_go(server)

    assert class_of(outcome) == ErrorClass.TIMEOUT
    assert closed


class Clock:
    """Runs on, and can be set forward."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def forward(self, seconds: float) -> None:
        self.ahead += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def engine(tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[Engine]:
    """With the schedule of retries that is usual, and a clock that tests set forward."""
    monkeypatch.setattr("engine.delivery.lanes.RETRY_SWEEP_SECONDS", 0.02)
    settings = EngineSettings(
        version="0.0.0", allowed_networks=parse_networks("127.0.0.0/8"), secret_keys=("a key for tests",)
    )
    engine = Engine(SqlStore(f"sqlite:///{tmp_path / 'test.db'}"), settings, now=clock)
    await engine.start()
    yield engine
    await engine.stop()


async def add_hook(engine: Engine, url: str, **more: object) -> int:
    raw = {"title": "Witness", "trigger": "call.ended", "actions": [{"url": url}], **more}
    return (await engine.hooks.save(raw, actor=SYSTEM)).id


async def fire(engine: Engine) -> None:
    await engine.accept([EventDraft(type="call.ended", data={}, id=None, occurred_at=None)], AGENT)


async def execution_after(engine: Engine, attempts: int) -> Execution:
    """The newest, once so many attempts of it are recorded."""

    async def found() -> Execution | None:
        items = (await engine.executions.page(ExecutionQuery())).items
        return items[0] if items and len(items[0].attempts) >= attempts and items[0].status != Status.RUNNING else None

    execution = await eventually(found)
    assert execution is not None, (await engine.executions.page(ExecutionQuery())).items
    return execution


def header(raw: bytes, name: str) -> str:
    lines = raw.decode().partition("\r\n\r\n")[0].split("\r\n")[1:]
    return next(value.strip() for key, _, value in (line.partition(":") for line in lines) if key.lower() == name)


async def test_failing_twice_it_is_delivered_at_last_and_always_by_the_same_id(engine: Engine, clock: Clock) -> None:
    async with fault_server(statuses(500, 500, 200)) as server:
        await add_hook(engine, server.url)
        await fire(engine)
        first = await execution_after(engine, 1)
        await asyncio.sleep(0.2)
        before_due = server.connections
        clock.forward(5 * 1.2)
        second = await execution_after(engine, 2)
        clock.forward(300 * 1.2)
        third = await execution_after(engine, 3)

    assert before_due == 1
    assert [first.status, second.status, third.status] == [Status.RETRYING, Status.RETRYING, Status.SUCCEEDED]
    assert [attempt.status_code for attempt in third.attempts] == [500, 500, 200]
    assert [attempt.number for attempt in third.attempts] == [1, 2, 3]
    assert {header(raw, "webhook-id") for raw in server.requests} == {third.id}
    stamps = [int(header(raw, "webhook-timestamp")) for raw in server.requests]
    assert stamps[2] - stamps[0] >= 366
    assert len({header(raw, "webhook-signature") for raw in server.requests}) == 3


async def test_it_waits_for_as_long_as_a_busy_receiver_asks(engine: Engine, clock: Clock) -> None:
    async def busy_once(exchange: Exchange) -> None:
        answer = status(429, "retry-after: 20") if exchange.number == 1 else status(200)
        await exchange.send(answer)
        await exchange.close()

    async with fault_server(busy_once) as server:
        await add_hook(engine, server.url)
        await fire(engine)
        waiting = await execution_after(engine, 1)
        clock.forward(20)
        ended = await execution_after(engine, 2)

    ended_at = waiting.attempts[0].started_at + timedelta(milliseconds=waiting.attempts[0].latency_ms)
    assert waiting.next_attempt_at is not None
    assert timedelta(seconds=19.9) < waiting.next_attempt_at - ended_at < timedelta(seconds=20.5)
    assert (ended.status, len(server.requests)) == (Status.SUCCEEDED, 2)


async def test_a_receiver_that_is_gone_switches_its_hook_off(engine: Engine, clock: Clock) -> None:
    async with fault_server(statuses(410)) as server:
        hook_id = await add_hook(engine, server.url)
        await fire(engine)
        execution = await execution_after(engine, 1)
        await eventually(lambda: not engine.hooks.get(hook_id).definition.enabled)
        await fire(engine)
        clock.forward(7 * 86_400)
        await asyncio.sleep(0.3)

    assert execution.status == Status.FAILED
    assert not engine.hooks.get(hook_id).definition.enabled
    assert len(server.requests) == 1


async def test_a_redirect_is_tried_again_and_never_followed(engine: Engine, clock: Clock) -> None:
    async with fault_server(statuses(200)) as target:
        answer = says_and_closes(status(307, f"location: {target.url}", "connection: close"))
        async with fault_server(answer) as server:
            await add_hook(engine, server.url)
            await fire(engine)
            await execution_after(engine, 1)
            clock.forward(5 * 1.2)
            execution = await execution_after(engine, 2)
        await asyncio.sleep(0.05)

    assert execution.status == Status.RETRYING
    assert execution.attempts[0].error is not None
    assert execution.attempts[0].error.error_class == ErrorClass.REJECTED
    assert (server.connections, target.connections) == (2, 0)


async def test_receivers_that_misbehave_hold_up_no_other(engine: Engine) -> None:
    """Of all faults at once, each costs its own hook one attempt, and the healthy one has its call meanwhile."""
    answers = [
        silence,
        dripped_head,
        dripped_body,
        huge_body,
        packed_bomb("gzip"),
        endless_interim,
        reset_within_body,
    ]
    async with fault_server(statuses(200)) as healthy:
        bad = [fault_server(answer) for answer in answers]
        servers = [await one.__aenter__() for one in bad]
        for server in servers:
            await add_hook(engine, server.url, delivery={"timeout": 1})
        await add_hook(engine, healthy.url)
        began = time.monotonic()
        await fire(engine)
        await eventually(lambda: len(healthy.requests) == 1)
        took = time.monotonic() - began

        async def all_called() -> bool:
            items = (await engine.executions.page(ExecutionQuery())).items
            return sum(bool(item.attempts) and item.status != Status.RUNNING for item in items) == len(answers) + 1

        recorded = await eventually(all_called)
        items = (await engine.executions.page(ExecutionQuery())).items
        for one in bad:
            await one.__aexit__(None, None, None)

    assert took < 1
    assert recorded
    outcomes = sorted(
        str(item.attempts[0].error.error_class) if item.attempts[0].error else "delivered" for item in items
    )
    assert outcomes == ["delivered"] * 5 + ["timeout"] * 3
