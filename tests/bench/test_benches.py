"""The benchmarks run and find what they ought to; how fast is not asked here."""

import json
from pathlib import Path

import pytest

from engine.rules.index import build_index
from tests.bench import bench_cost, bench_latency, bench_many_hooks
from tests.bench.bench_many_hooks import by_condition, by_filter, by_order, came, fired
from tests.bench.figures import Figure, Void, balanced, table, written


def test_a_ledger_that_does_not_balance_voids_a_run() -> None:
    balanced(["a", "b"], {"a": [1.0], "b": [2.0], "another": [1.0, 2.0]})
    for arrivals in ({"a": [1.0]}, {"a": [1.0], "b": [1.0, 2.0]}):
        with pytest.raises(Void):
            balanced(["a", "b"], arrivals)


def test_figures_are_told_as_a_table_and_as_json(tmp_path: Path) -> None:
    figures = [Figure("rate", "/s", (1_000.0, 3_000.0, 2_000.0))]
    written(figures, tmp_path / "figures.json")

    assert table(figures).splitlines()[-1] == "| rate | 2,000 /s | 1,000 /s | 3,000 /s |"
    assert json.loads((tmp_path / "figures.json").read_text())[0]["median"] == 2_000.0


def test_of_many_hooks_those_that_match_fire() -> None:
    matching = list(range(71, 81))

    for made in (by_filter, by_condition):
        assert fired(build_index(1, [made(number) for number in range(200)]), came()) == matching
    assert len(fired(build_index(1, [by_order(number) for number in range(300)]), came())) == 187
    assert len(bench_many_hooks.measured(200, 20, rounds=1)) == 4


def test_the_cost_of_an_event_is_found_and_none_is_lost() -> None:
    cost, rate = bench_cost.measured([None], seconds=0.3, rounds=1, kinds=[True])

    assert min(cost.runs) > 0
    assert min(rate.runs) > 0


def test_latencies_are_found_and_none_is_lost() -> None:
    p50, p99 = bench_latency.measured((50.0,), seconds=0.4, runs=1)

    assert 0 < p50.median <= p99.median
