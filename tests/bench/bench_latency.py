"""From a post to its arrival at the receiver, in an open loop: what is late counts from when it was due."""

import argparse
from pathlib import Path

from tests.bench.bench_cost import Side, sides
from tests.bench.figures import Figure, balanced, table, written
from tests.bench.load import open_loop, percentile

RATES = (20.0, 500.0, 1_000.0)
SECONDS, RUNS = 8.0, 3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    figures = measured(RATES, SECONDS, RUNS)
    print(table(figures))
    if arguments.json:
        written(figures, arguments.json)


def measured(rates: tuple[float, ...], seconds: float, runs: int) -> list[Figure]:
    """Raises Void."""
    with sides([None], fires=True) as (side,):
        side.turn(1.0)  # to warm up
        found = {rate: [_arrivals(side, rate, seconds) for _ in range(runs)] for rate in rates}
    return [figure for rate, taken in found.items() for figure in _figures(rate, taken)]


def _arrivals(side: Side, rate: float, seconds: float) -> list[float]:
    """Milliseconds of each."""
    assert side.sink is not None
    load = open_loop(side.server.port, side.server.key(), rate, seconds)
    arrived = side.sink.wait(set(load.posted_at))
    balanced(load.posted_at, arrived)
    return [(arrived[one][0] - due) * 1000 for one, due in load.posted_at.items()]


def _figures(rate: float, runs: list[list[float]]) -> list[Figure]:
    return [
        Figure(f"post to arrival at {rate:g}/s, p{100 * part:g}", "ms", tuple(percentile(run, part) for run in runs))
        for part in (0.5, 0.99)
    ]


if __name__ == "__main__":
    main()
