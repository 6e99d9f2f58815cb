"""What a benchmark found, as JSON and as a table; a run whose ledger does not balance counts for nothing."""

import json
import statistics
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path


class Void(Exception):
    """Events were lost or came twice, so that the run says nothing."""


@dataclass(frozen=True, slots=True)
class Figure:
    """The median of its runs, and the lowest and highest of them."""

    name: str
    unit: str
    runs: tuple[float, ...]

    @property
    def median(self) -> float:
        return statistics.median(self.runs)


def balanced(sent: Iterable[str], arrivals: Mapping[str, list[float]]) -> None:
    """Each of them has to have arrived, once. Raises Void."""
    lost = [one for one in sent if one not in arrivals]
    twice = [one for one in sent if len(arrivals.get(one, ())) > 1]
    if lost or twice:
        raise Void(f"{len(lost)} events were lost, and {len(twice)} came more than once: this run does not count")


def table(figures: Iterable[Figure]) -> str:
    rows = ["| | median | lowest | highest |", "| --- | --- | --- | --- |"]
    for one in figures:
        shown = (f"{value:,.4g} {one.unit}" for value in (one.median, min(one.runs), max(one.runs)))
        rows.append(f"| {one.name} | {' | '.join(shown)} |")
    return "\n".join(rows)


def written(figures: Iterable[Figure], path: Path) -> None:
    """As JSON."""
    path.write_text(json.dumps([{**asdict(one), "median": one.median} for one in figures], indent=1) + "\n")
