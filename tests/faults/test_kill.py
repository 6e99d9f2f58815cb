"""What was answered with 202 survives the process: killed before the call, it is called after the next start."""

import asyncio
import signal
import threading
import time
from collections.abc import Generator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from tests.server import Server


class Sink(ThreadingHTTPServer):
    """Keeps the body and the id of every request; answers when `open` is set."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.open = threading.Event()
        self.open.set()
        self.seen: list[tuple[str, bytes]] = []
        self.arrived = threading.Event()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/in"

    def handle_error(self, request: object, client_address: object) -> None:
        """A caller that is killed is what these tests are about."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        sink = self.server
        assert isinstance(sink, Sink)
        body = self.rfile.read(int(self.headers["content-length"]))
        sink.seen.append((self.headers["webhook-id"], body))
        sink.arrived.set()
        sink.open.wait(20)
        try:
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()
        except OSError:
            pass

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def sink() -> Generator[Sink]:
    sink = Sink()
    yield sink
    sink.open.set()
    sink.shutdown()
    sink.server_close()


def hook(server: Server, url: str) -> None:
    key = server.key("admin")
    body = {"title": "Witness", "trigger": "call.ended", "role": "agent", "actions": [{"url": url}]}
    answer = httpx.post(f"{server.url}/api/v1/hooks", json=body, headers={"authorization": f"Bearer {key}"})
    assert answer.status_code == 201, answer.text


def post(server: Server, key: str, event_id: str) -> str:
    event = {"type": "call.ended", "id": event_id, "data": {"call_duration": 187}}
    answer = httpx.post(f"{server.url}/api/v1/events", json=event, headers={"authorization": f"Bearer {key}"})
    assert answer.status_code == 202, answer.text
    return answer.json()["events"][0]["status"]


async def executions(server: Server) -> list[dict]:
    key = server.key("admin")
    items: list[dict] = []
    for _ in range(200):
        answer = httpx.get(f"{server.url}/api/v1/executions", headers={"authorization": f"Bearer {key}"})
        items = answer.json()["items"]
        if items and all(item["finished_at"] for item in items):
            return items
        await asyncio.sleep(0.05)
    raise AssertionError(items)


async def test_killed_while_it_calls_it_calls_again_with_the_same_id(tmp_path: Path, sink: Sink) -> None:
    server = Server(tmp_path).with_admin().start()
    try:
        hook(server, sink.url)
        agent = server.key()
        sink.open.clear()
        post(server, agent, "evt_one")
        assert sink.arrived.wait(10)
        time.sleep(0.6)  # a call that takes long is marked as running

        server.kill()
        sink.open.set()
        server.start()
        (execution,) = await executions(server)

        assert post(server, agent, "evt_one") == "duplicate"
    finally:
        server.stop()
    assert execution["status"] == "succeeded"
    assert {id for id, _ in sink.seen} == {execution["id"]}
    assert len(sink.seen) == 2
    assert [(one["number"], one["error"] and one["error"]["class"]) for one in execution["attempts"]] == [
        (1, "interrupted"),
        (2, None),
    ]


async def test_stopped_for_a_while_and_woken_it_goes_on_where_it_was(tmp_path: Path, sink: Sink) -> None:
    """As by a machine that sleeps: answers came meanwhile, and are recorded once."""
    server = Server(tmp_path).with_admin().start()
    try:
        hook(server, sink.url)
        agent = server.key()
        sink.open.clear()
        for number in range(5):
            post(server, agent, f"evt_{number}")
        while len(sink.seen) < 5:
            await asyncio.sleep(0.02)
        assert server.process is not None
        server.process.send_signal(signal.SIGSTOP)
        sink.open.set()
        await asyncio.sleep(3)
        server.process.send_signal(signal.SIGCONT)
        found = await executions(server)
    finally:
        server.stop()
    assert [(one["status"], len(one["attempts"])) for one in found] == [("succeeded", 1)] * 5
    assert len(sink.seen) == 5


async def test_told_to_stop_it_finishes_what_it_calls(tmp_path: Path, sink: Sink) -> None:
    server = Server(tmp_path).with_admin().start()
    hook(server, sink.url)
    sink.open.clear()
    post(server, server.key(), "evt_one")
    assert sink.arrived.wait(10)
    threading.Timer(1.0, sink.open.set).start()

    code = server.stop()
    server.start()
    (execution,) = await executions(server)
    server.stop()

    assert code == 0
    assert (execution["status"], len(execution["attempts"])) == ("succeeded", 1)
    assert len(sink.seen) == 1


async def test_told_to_stop_while_a_receiver_hangs_it_ends_in_time_and_calls_again(tmp_path: Path, sink: Sink) -> None:
    server = Server(tmp_path).with_admin().start()
    hook(server, sink.url)
    sink.open.clear()
    post(server, server.key(), "evt_one")
    assert sink.arrived.wait(10)
    began = time.monotonic()

    code = server.stop()
    took = time.monotonic() - began
    sink.open.set()
    server.start()
    (execution,) = await executions(server)
    server.stop()

    assert code == 0
    assert took < 10
    assert execution["status"] == "succeeded"
    assert {id for id, _ in sink.seen} == {execution["id"]}


def test_a_second_server_on_the_same_database_says_why_it_does_not_start(tmp_path: Path) -> None:
    first = Server(tmp_path).with_admin().start()
    second = Server(tmp_path)

    with pytest.raises(RuntimeError, match=r"serves .*trigger-hooks\.db already"):
        second.start()
    answer = httpx.get(f"{first.url}/readyz")
    first.kill()
    first.start()
    first.stop()

    assert second.process is not None
    assert second.process.returncode == 1
    assert answer.status_code == 200


async def test_killed_right_after_the_answer_nothing_accepted_is_missing(tmp_path: Path, sink: Sink) -> None:
    server = Server(tmp_path).with_admin().start()
    try:
        hook(server, sink.url)
        agent = server.key()
        sink.open.clear()  # the calls hang, so that most of the events are still before theirs
        for number in range(60):
            post(server, agent, f"evt_{number}")

        server.kill()
        sink.open.set()
        server.start()
        for _ in range(400):
            if len({id for id, _ in sink.seen}) == 60:
                break
            await asyncio.sleep(0.05)
    finally:
        server.stop()
    assert len({id for id, _ in sink.seen}) == 60


def test_the_process_for_long_back_tests_ends_with_the_server_however_that_ends(tmp_path: Path) -> None:
    server = Server(tmp_path).with_admin().start()
    headers = {"authorization": f"Bearer {server.key('admin')}"}
    hook = {"title": "T", "trigger": "call.ended", "actions": [{"url": "https://example.com/"}]}
    ends = []
    for end in (server.stop, server.kill):
        answer = httpx.post(
            f"{server.url}/api/v1/hooks/backtest", json={"hook": hook, "events": 50_000}, headers=headers, timeout=120
        )
        assert answer.status_code == 200, answer.text
        assert server.process is not None
        apart = _children_of(server.process.pid)
        assert apart
        end()
        for _ in range(100):
            if not any(Path(f"/proc/{pid}").exists() for pid in apart):
                break
            time.sleep(0.05)
        ends.append([pid for pid in apart if Path(f"/proc/{pid}").exists()])
        if end == server.stop:
            server.start()

    assert ends == [[], []]


def _children_of(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
