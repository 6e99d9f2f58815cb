"""How long one hostile event keeps everything else waiting, with a thousand hooks whose conditions are as hostile."""

import asyncio
import sys
import tempfile
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from itertools import cycle, islice
from pathlib import Path

from pydantic import TypeAdapter

from engine import SYSTEM, Engine, EngineSettings, Role
from engine.events.bounds import Bounds
from engine.events.parsing import read_events
from engine.model import Actor, Filters
from main import SWITCH_SECONDS
from storage.store import SqlStore
from tests.attacks.events import CONDITIONS, FILTERS, hostile_bodies

HOOKS = 1_000
LOOK_SECONDS = 0.002
DEFINED = TypeAdapter(Filters)
AGENT = Actor(kind="key", id=1, name="dialer", role=Role.AGENT)


class Watchdog:
    """Asks the loop for a sign of life from a thread of its own, and notes the longest wait for one.

    Of a wait, what the loop's own thread worked: on a busy machine it also waits for others.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop, self._ended = loop, False
        self._clock = time.pthread_getcpuclockid(threading.get_ident())
        self.longest = 0.0

    @contextmanager
    def watching(self) -> Generator[None]:
        thread = threading.Thread(target=self._watch)
        thread.start()
        try:
            yield
        finally:
            self._ended = True

    def _watch(self) -> None:
        while not self._ended:
            alive = threading.Event()
            worked = time.clock_gettime(self._clock)
            self._loop.call_soon_threadsafe(alive.set)
            alive.wait()
            self.longest = max(self.longest, time.clock_gettime(self._clock) - worked)
            time.sleep(LOOK_SECONDS)


async def run() -> None:
    with tempfile.TemporaryDirectory() as folder:
        engine = Engine(SqlStore(f"sqlite:///{Path(folder) / 'bench.db'}"), EngineSettings(version="0"))
        await engine.start()
        asked = [{"condition": one} for one in CONDITIONS]
        asked += [{"filters": DEFINED.dump_python(one, mode="json")} for one in FILTERS]
        for number, one in enumerate(islice(cycle(asked), HOOKS)):
            raw = {"title": f"Hook {number}", "trigger": "call.ended", "actions": [{"url": "https://example.com/"}]}
            await engine.hooks.save({**raw, **one}, actor=SYSTEM)
        for name, body in hostile_bodies():
            print(f"{name} ({len(body):,} bytes): stalls of at most {await _stall(engine, body):.1f} ms; bar: 20 ms")
        await engine.stop()


async def _stall(engine: Engine, body: bytes) -> float:
    """In milliseconds, from reading the body until every hook has been asked."""
    watchdog = Watchdog(asyncio.get_running_loop())
    with watchdog.watching():
        drafts = await asyncio.to_thread(read_events, body, {}, engine.catalogue, Bounds())
        await engine.accept(drafts, AGENT)
        while not await engine.parts.delivery.pipeline.idle():
            await asyncio.sleep(0.05)
    return watchdog.longest * 1000


def main() -> None:
    sys.setswitchinterval(SWITCH_SECONDS)
    asyncio.run(run())


if __name__ == "__main__":
    main()
