"""Disks that are full, read-only, locked or broken: refused in plain words, and nothing that was accepted is lost."""

import asyncio
import os
import resource
import shutil
import sqlite3
import subprocess
import threading
import time
from collections.abc import Callable, Generator
from contextlib import closing, suppress
from pathlib import Path

import httpx
import orjson
import pytest

from tests.faults.test_kill import Sink, hook, sink
from tests.server import ROOT, Server

__all__ = ["sink"]

DATABASE = "trigger-hooks.db"
DISK_MIB = 24


def run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise OSError(f"{' '.join(command)}: {done.stderr}")


def mount(folder: Path, *options: str) -> None:
    folder.mkdir(exist_ok=True)
    try:
        run("mount", *options, str(folder))
    except OSError as error:
        pytest.skip(f"nothing can be mounted here: {error}")


def unmount(folder: Path) -> None:
    if folder.is_mount():
        run("umount", str(folder))


needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="to mount a disk takes root")


@pytest.fixture
def disk(tmp_path: Path) -> Generator[Path]:
    """A small one, in memory."""
    folder = tmp_path / "disk"
    mount(folder, "-t", "tmpfs", "-o", f"size={DISK_MIB}m", "none")
    yield folder
    unmount(folder)


@pytest.fixture
def failing_disk(tmp_path: Path) -> Generator[Path]:
    """One that the kernel can turn read-only while files are open, as it does at errors of the device."""
    if shutil.which("mkfs.ext4") is None:
        pytest.skip("mkfs.ext4 makes the disk")
    image, folder = tmp_path / "disk.img", tmp_path / "disk"
    with image.open("wb") as file:
        file.truncate(32 << 20)
    run("mkfs.ext4", "-q", str(image))
    mount(folder, "-o", "loop", str(image))
    yield folder
    unmount(folder)


class Desk:
    """Posts to a server, and keeps the ids that it answered with 202, and the answers that were none."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.accepted: set[str] = set()
        self.refused: list[httpx.Response] = []
        self._count = 0
        self._keys = {role: server.key(role) for role in ("agent", "user")}

    def post(self, padding: int = 0) -> int:
        """The status of the answer."""
        self._count += 1
        event_id = f"evt_{self._count}"
        event = {"type": "call.ended", "id": event_id, "data": {"event_id": event_id, "padding": "x" * padding}}
        answer = httpx.post(f"{self.server.url}/api/v1/events", json=event, headers=self._as("agent"), timeout=15)
        if answer.status_code == 202:
            self.accepted.add(event_id)
        else:
            self.refused.append(answer)
        return answer.status_code

    def post_until(self, status: int, seconds: float, padding: int = 0) -> bool:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.post(padding) == status:
                return True
            time.sleep(0.002 if padding else 0.1)
        return False

    def get(self, path: str) -> int:
        return httpx.get(f"{self.server.url}{path}", headers=self._as("user"), timeout=5).status_code

    def unfinished(self) -> int:
        """Executions that are not recorded as succeeded yet."""
        path = f"{self.server.url}/api/v1/executions?limit=1&status="
        count = 0
        for status in ("pending", "running", "retrying", "failed"):
            answer = httpx.get(f"{path}{status}", headers=self._as("user"), timeout=5)
            assert answer.status_code == 200, answer.text
            count += len(answer.json()["items"])
        return count

    def refusals(self) -> set[tuple[int, bool, bool]]:
        """The status of each refusal, whether it says when to come again, and whether it is told as a problem."""
        return {
            (
                answer.status_code,
                answer.headers.get("retry-after", "").isdigit(),
                answer.headers["content-type"] == "application/problem+json",
            )
            for answer in self.refused
        }

    def _as(self, role: str) -> dict[str, str]:
        return {"authorization": f"Bearer {self._keys[role]}"}


REFUSED_PROPERLY = {(503, True, True)}


async def until(condition: Callable[[], bool], seconds: float = 15) -> bool:
    end = time.monotonic() + seconds
    while not (met := condition()) and time.monotonic() < end:
        await asyncio.sleep(0.05)
    return met


def delivered(sink: Sink) -> set[str]:
    return {orjson.loads(body)["data"]["event_id"] for _, body in list(sink.seen)}


def repeated(sink: Sink) -> int:
    """Calls beyond one for each execution."""
    return len(sink.seen) - len({id for id, _ in sink.seen})


def fill(disk: Path, leave: int = 0) -> Path:
    """Leaves that many bytes."""
    filler = disk / "filler"
    with suppress(OSError), filler.open("wb", buffering=0) as file:
        while (free := shutil.disk_usage(disk).free - leave) > 0:
            file.write(bytes(min(free, 1 << 20)))
    return filler


def integrity(database: Path) -> str:
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute("PRAGMA integrity_check").fetchone()[0]


@needs_root
async def test_a_full_disk_refuses_events_and_comes_back_by_itself(disk: Path, sink: Sink) -> None:
    """Without the reserve that is kept free, so that the disk itself says no."""
    server = Server(disk, {"MIN_FREE_MB": "0"}).with_admin().start()
    try:
        desk = Desk(server)
        hook(server, sink.url)
        assert desk.post() == 202
        filler = fill(disk)
        became_full = desk.post_until(503, 15, padding=20_000)
        while_full = [desk.post(20_000) for _ in range(20)]
        reads = [desk.get(path) for path in ("/healthz", "/api/v1/executions", "/api/v1/hooks")]
        ready = desk.get("/readyz")
        alive = server.process is not None and server.process.poll() is None

        filler.unlink()
        came_back = desk.post_until(202, 10)
        ready_again = desk.get("/readyz")
        for _ in range(5):
            desk.post()
        all_delivered = await until(lambda: desk.accepted <= delivered(sink))
        all_recorded = await until(lambda: desk.unfinished() == 0)
    finally:
        server.stop()

    assert became_full
    assert 202 not in while_full[-10:]
    assert desk.refusals() == REFUSED_PROPERLY
    assert (reads, alive) == ([200, 200, 200], True)
    assert (ready, ready_again) == (503, 200)
    assert came_back
    assert all_delivered, desk.accepted - delivered(sink)
    assert delivered(sink) == desk.accepted
    assert all_recorded
    assert repeated(sink) == 0
    assert integrity(disk / DATABASE) == "ok"


@needs_root
async def test_results_of_calls_wait_for_a_full_disk(disk: Path, sink: Sink) -> None:
    """The calls run while the disk fills up; they are not made again, and not forgotten."""
    server = Server(disk, {"MIN_FREE_MB": "0"}).with_admin().start()
    try:
        desk = Desk(server)
        hook(server, sink.url)
        sink.open.clear()
        for _ in range(10):
            assert desk.post() == 202
        called = await until(lambda: len(sink.seen) == 10)
        filler = fill(disk)
        became_full = desk.post_until(503, 15, padding=20_000)
        sink.open.set()
        await asyncio.sleep(1.5)
        filler.unlink()
        all_recorded = await until(lambda: desk.unfinished() == 0)
        all_delivered = await until(lambda: desk.accepted <= delivered(sink))
    finally:
        sink.open.set()
        server.stop()

    assert called
    assert became_full
    assert all_recorded
    assert all_delivered
    assert delivered(sink) == desk.accepted
    assert repeated(sink) == 0
    assert integrity(disk / DATABASE) == "ok"


@needs_root
async def test_a_disk_that_takes_no_writes_for_a_while(tmp_path: Path, sink: Sink) -> None:
    """Every write of the process fails at once, its log's too; reads go on. Later it all works again, by itself."""
    server = Server(tmp_path).with_admin().start()
    assert server.process is not None
    try:
        desk = Desk(server)
        hook(server, sink.url)
        sink.open.clear()
        assert desk.post() == 202
        called = await until(lambda: len(sink.seen) == 1)
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
        refused = [desk.post() for _ in range(5)]
        sink.open.set()
        reads = [desk.get(path) for path in ("/healthz", "/api/v1/executions", "/api/v1/hooks")]
        await asyncio.sleep(1.2)
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        came_back = desk.post_until(202, 5)
        all_recorded = await until(lambda: desk.accepted <= delivered(sink) and desk.unfinished() == 0)
    finally:
        sink.open.set()
        server.stop()

    assert called
    assert refused == [503] * 5
    assert desk.refusals() == REFUSED_PROPERLY
    assert reads == [200, 200, 200]
    assert came_back
    assert all_recorded
    assert delivered(sink) == desk.accepted
    assert repeated(sink) == 0
    assert integrity(tmp_path / DATABASE) == "ok"


@needs_root
async def test_a_disk_that_turns_read_only(failing_disk: Path, sink: Sink) -> None:
    """It can only be mended without the server; what was accepted before is called after the next start."""
    image = failing_disk.with_name("disk.img")
    server = Server(failing_disk).with_admin().start()
    try:
        desk = Desk(server)
        hook(server, sink.url)
        sink.open.clear()
        for _ in range(5):
            assert desk.post() == 202
        run("mount", "-o", "remount,abort", str(failing_disk))
        refused = [desk.post() for _ in range(5)]
        reads = [desk.get(path) for path in ("/healthz", "/api/v1/executions", "/api/v1/hooks")]
        server.kill()
        sink.open.set()
        unmount(failing_disk)
        subprocess.run(["fsck.ext4", "-p", str(image)], capture_output=True, check=False)
        mount(failing_disk, "-o", "loop", str(image))
        server.start()
        works_again = desk.post()
        all_recorded = await until(lambda: desk.accepted <= delivered(sink) and desk.unfinished() == 0)
    finally:
        sink.open.set()
        server.stop()

    assert refused == [503] * 5
    assert desk.refusals() == REFUSED_PROPERLY
    assert reads == [200, 200, 200]
    assert works_again == 202
    assert all_recorded
    assert delivered(sink) == desk.accepted
    assert integrity(failing_disk / DATABASE) == "ok"


async def test_a_database_that_another_program_holds(tmp_path: Path, sink: Sink) -> None:
    """For a moment: the event waits. For longer: it is refused. Reads do not care, and a result waits for its turn."""
    server = Server(tmp_path).with_admin().start()
    other = sqlite3.connect(tmp_path / DATABASE, isolation_level=None, check_same_thread=False)
    try:
        desk = Desk(server)
        hook(server, sink.url)
        assert desk.post() == 202

        other.execute("BEGIN IMMEDIATE")
        release = threading.Timer(1.0, other.execute, ["ROLLBACK"])
        release.start()
        began = time.monotonic()
        waited = (desk.post(), time.monotonic() - began)
        release.join()

        sink.open.clear()
        seen = len(sink.seen)
        assert desk.post() == 202
        called = await until(lambda: len(sink.seen) > seen)
        other.execute("BEGIN IMMEDIATE")
        sink.open.set()
        began = time.monotonic()
        posting = asyncio.create_task(asyncio.to_thread(desk.post))
        await asyncio.sleep(1)
        read = (await asyncio.to_thread(desk.get, "/api/v1/executions"), time.monotonic() - began)
        refused = (await posting, time.monotonic() - began)
        other.execute("ROLLBACK")

        came_back = desk.post_until(202, 5)
        all_recorded = await until(lambda: desk.accepted <= delivered(sink) and desk.unfinished() == 0)
    finally:
        sink.open.set()
        other.close()
        server.stop()

    assert waited[0] == 202
    assert 0.8 < waited[1] < 3
    assert called
    assert read[0] == 200
    assert read[1] < 2
    assert refused[0] == 503
    assert 4 < refused[1] < 12
    assert desk.refusals() == REFUSED_PROPERLY
    assert came_back
    assert all_recorded
    assert delivered(sink) == desk.accepted
    assert repeated(sink) == 0
    assert integrity(tmp_path / DATABASE) == "ok"


def write_garbage(database: Path) -> None:
    database.write_bytes(b"this was a database once" * 1_000)


def cut_in_half(database: Path) -> None:
    os.truncate(database, database.stat().st_size // 2)


def cut_within_a_page(database: Path) -> None:
    os.truncate(database, database.stat().st_size - 5 * 4_096 - 1_000)


def overwrite_the_middle(database: Path) -> None:
    """Several pages, all but the first ones, as by a program that writes to the wrong place."""
    with database.open("r+b") as file:
        for page in range(4, database.stat().st_size // 4_096, 3):
            file.seek(page * 4_096)
            file.write(b"\xa5" * 4_096)


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database as a server leaves it."""
    folder = tmp_path_factory.mktemp("sound")
    Server(folder).key()
    assert not (folder / f"{DATABASE}-wal").exists()
    return folder / DATABASE


@pytest.mark.parametrize("spoil", [write_garbage, cut_in_half, cut_within_a_page, overwrite_the_middle])
def test_a_broken_database_is_not_served_and_told_in_plain_words(
    tmp_path: Path, sound: Path, spoil: Callable[[Path], None]
) -> None:
    database = tmp_path / DATABASE
    shutil.copy(sound, database)
    spoil(database)
    spoilt = database.read_bytes()

    said = refuses_to_start(Server(tmp_path))

    assert str(database) in said or "database" in said
    assert database.read_bytes() == spoilt


@needs_root
def test_a_read_only_disk_is_told_at_the_start_in_plain_words(tmp_path: Path, disk: Path, sound: Path) -> None:
    shutil.copy(sound, disk)
    run("mount", "-o", "remount,ro", str(disk))

    said = refuses_to_start(Server(tmp_path, {"DATABASE_URL": f"sqlite:///{disk / DATABASE}"}))

    assert "read-only" in said.lower() or "readonly" in said.lower()


@needs_root
def test_a_full_disk_is_told_at_the_start_in_plain_words(tmp_path: Path, disk: Path) -> None:
    fill(disk)

    said = refuses_to_start(Server(tmp_path, {"DATABASE_URL": f"sqlite:///{disk / DATABASE}"}))

    assert "full" in said or "disk" in said


def test_a_command_on_a_broken_database_says_so_in_plain_words(tmp_path: Path) -> None:
    write_garbage(tmp_path / DATABASE)

    with pytest.raises(RuntimeError) as refusal:
        Server(tmp_path).key()

    assert "Traceback" not in str(refusal.value)
    assert "not a database" in str(refusal.value)


def refuses_to_start(server: Server) -> str:
    """What it says: a few words for whoever runs it, and no stack."""
    try:
        with pytest.raises(RuntimeError):
            server.start()
    finally:
        assert server.process is not None
        if server.process.poll() is None:
            server.kill()
    said = server.log()
    assert server.process.returncode == 1
    assert "Traceback" not in said
    assert str(ROOT) not in said
    assert len(said.splitlines()) <= 3
    return said


def delete(database: Path) -> None:
    for path in database.parent.glob(f"{database.name}*"):
        if path.suffix != ".lock":
            path.unlink()


def delete_the_log(database: Path) -> None:
    database.with_name(f"{database.name}-wal").unlink()


def delete_the_index_of_the_log(database: Path) -> None:
    """As found: what commands of other processes wrote from then on was gone."""
    database.with_name(f"{database.name}-shm").unlink()


def empty_the_log(database: Path) -> None:
    """As whoever takes it for one of messages does, to save room."""
    os.truncate(database.with_name(f"{database.name}-wal"), 0)


def delete_the_lock(database: Path) -> None:
    """As found: a second server started beside this one."""
    database.with_name(f"{database.name}.lock").unlink()


def replace_by_a_copy(database: Path) -> None:
    """As a restore does that does not wait for the server to stop."""
    copy = database.with_name("copy")
    shutil.copy(database, copy)
    copy.replace(database)


@pytest.mark.parametrize(
    "spoil",
    [delete, delete_the_log, empty_the_log, delete_the_index_of_the_log, delete_the_lock, replace_by_a_copy],
)
async def test_files_that_are_taken_away_while_it_runs_end_its_202s(
    tmp_path: Path, sink: Sink, spoil: Callable[[Path], None]
) -> None:
    """SQLite writes on, into a file that nobody finds again."""
    server = Server(tmp_path).with_admin().start()
    try:
        desk = Desk(server)
        hook(server, sink.url)
        assert desk.post() == 202
        spoil(tmp_path / DATABASE)
        refused = [desk.post() for _ in range(5)]
        ready, alive = desk.get("/readyz"), desk.get("/healthz")
        told = await until(lambda: "while the server runs" in server.log(), 5)
    finally:
        server.stop()

    assert refused == [503] * 5
    assert desk.refusals() == REFUSED_PROPERLY
    assert (ready, alive) == (503, 200)
    assert told


async def test_files_that_are_put_back_are_written_to_again(tmp_path: Path, sink: Sink) -> None:
    server = Server(tmp_path).with_admin().start()
    try:
        desk = Desk(server)
        hook(server, sink.url)
        assert desk.post() == 202
        (tmp_path / DATABASE).rename(tmp_path / "moved")
        assert desk.post() == 503
        (tmp_path / "moved").rename(tmp_path / DATABASE)
        came_back = desk.post_until(202, 5)
        all_delivered = await until(lambda: desk.accepted == delivered(sink))
    finally:
        server.stop()

    assert came_back
    assert all_delivered
    assert integrity(tmp_path / DATABASE) == "ok"
