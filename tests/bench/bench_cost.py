"""What an event costs: microseconds of the server's CPU, which say more on a busy machine than rates do.

`FOLDER` of another checkout as an argument measures that one beside this, in turns of a second or two, so that whatever
else the machine does falls on both. Quote ratios.
"""

import argparse
import tempfile
from collections.abc import Generator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import sleep

import httpx

from tests.bench.figures import Figure, balanced, table, written
from tests.bench.load import Sink, closed_loop
from tests.server import Server

CONNECTIONS, SECONDS, ROUNDS = 16, 1.5, 6
SETTLED_SECONDS = 0.3
HOOK = {
    "title": "Bench",
    "trigger": "call.ended",
    "condition": 'call_duration > 60 and sentiment == "positive"',
}


@dataclass
class Side:
    """A server, and what its events cost. Without a sink nobody waits for them."""

    name: str
    server: Server
    sink: Sink | None = None
    costs: list[float] = field(default_factory=list[float])
    rates: list[float] = field(default_factory=list[float])

    def turn(self, seconds: float) -> None:
        """Raises Void."""
        before = used(self.server)
        load = closed_loop(self.server.port, self.server.key(), CONNECTIONS, seconds)
        if self.sink:
            balanced(load.posted_at, self.sink.wait(set(load.posted_at)))
        sleep(SETTLED_SECONDS)
        self.costs.append((used(self.server) - before) / 1000 / load.accepted)
        self.rates.append(load.per_second)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("others", nargs="*", type=Path, metavar="FOLDER")
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    figures = measured([None, *arguments.others], SECONDS, ROUNDS)
    print(table(figures))
    if arguments.json:
        written(figures, arguments.json)


def measured(
    roots: Sequence[Path | None], seconds: float, rounds: int, kinds: Sequence[bool] = (False, True)
) -> list[Figure]:
    """`kinds`: whether a hook fires for each event."""
    figures: list[Figure] = []
    for fires in kinds:
        with sides(roots, fires=fires) as both:
            for number in range(rounds):
                for side in both if number % 2 else reversed(both):
                    side.turn(seconds)
        for side in both:
            figures.append(Figure(f"{side.name}: CPU an event", "µs", tuple(side.costs)))
            figures.append(Figure(f"{side.name}: rate", "/s", tuple(side.rates)))
        if len(both) > 1:
            figures.append(_ratio(*both[:2]))
    return figures


def _ratio(ours: Side, other: Side) -> Figure:
    ratios = tuple(one / another for one, another in zip(ours.costs, other.costs, strict=True))
    return Figure(f"{ours.name}: CPU, this ÷ the other", "×", ratios)


@contextmanager
def sides(roots: Sequence[Path | None], *, fires: bool) -> Generator[list[Side]]:
    with ExitStack() as stack:
        yield [_side(stack, root, fires=fires) for root in roots]


def _side(stack: ExitStack, root: Path | None, *, fires: bool) -> Side:
    server = Server(Path(stack.enter_context(tempfile.TemporaryDirectory()))).with_admin()
    server.start(60, *([(str(root / "main.py"),)] if root else ()))
    stack.callback(server.stop)
    sink = Sink() if fires else None
    if sink:
        stack.callback(sink.close)
        headers = {"authorization": f"Bearer {server.key('admin')}"}
        hook = {**HOOK, "actions": [{"url": sink.url}]}
        httpx.post(f"{server.url}/api/v1/hooks", json=hook, headers=headers, timeout=30).raise_for_status()
    name = "one hook fires" if fires else "nobody waits"
    return Side(f"{name}{f' ({root})' if root else ''}", server, sink)


def used(server: Server) -> int:
    """Nanoseconds of CPU, of all threads that live."""
    assert server.process is not None
    tasks = Path(f"/proc/{server.process.pid}/task").iterdir()
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks)


if __name__ == "__main__":
    main()
