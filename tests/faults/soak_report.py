"""What a long run came to, by minute: a table in words, and the same as a drawing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

FONT = 'font-family="sans-serif" font-size="12"'
WIDTH, BAND, LEFT, RIGHT, TOP, GAP = 860, 110, 70, 20, 40, 34


@dataclass
class Minute:
    """Latencies in milliseconds; `memory` and `descriptors` are the most that were seen."""

    latencies: list[float] = field(default_factory=list[float])
    memory: float = 0.0
    descriptors: int = 0
    happened: list[str] = field(default_factory=list[str])

    @property
    def p95(self) -> float:
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))] if ordered else 0.0

    def row(self) -> tuple[str, ...]:
        return (
            f"{len(self.latencies):,}",
            f"{self.p95:.1f}",
            f"{self.memory:.0f}",
            str(self.descriptors),
            ", ".join(self.happened),
        )


def table(minutes: Sequence[Minute], counts: Mapping[str, int]) -> str:
    """In Markdown, the ledger first."""
    lines = ["| " + " | ".join(counts) + " |", "| " + " | ".join("---" for _ in counts) + " |"]
    lines += ["| " + " | ".join(f"{count:,}" for count in counts.values()) + " |", ""]
    lines += ["| minute | accepted | p95 ms | memory MB | descriptors | what happened |", "| --- " * 6 + "|"]
    lines += [f"| {number} | {' | '.join(one.row())} |" for number, one in enumerate(minutes, start=1)]
    return "\n".join(lines) + "\n"


def drawing(minutes: Sequence[Minute]) -> str:
    """As SVG: one band for each figure, a dot for each minute, and a line wherever something happened."""
    bands = {
        "accepted a minute": [float(len(one.latencies)) for one in minutes],
        "p95 of an answer, ms": [one.p95 for one in minutes],
        "memory, MB": [one.memory for one in minutes],
        "descriptors": [float(one.descriptors) for one in minutes],
    }
    height = TOP + len(bands) * (BAND + GAP)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" {FONT}>',
        f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>',
        f'<text x="{LEFT}" y="20" fill="#333">{len(minutes)} minutes; dashed: killed, or the clock was moved</text>',
    ]
    for number, (title, values) in enumerate(bands.items()):
        parts += _band(title, values, TOP + number * (BAND + GAP), [bool(one.happened) for one in minutes])
    return "\n".join([*parts, "</svg>"]) + "\n"


def save(folder: Path, minutes: Sequence[Minute], counts: Mapping[str, int], words: str) -> None:
    (folder / "images" / "soak.svg").write_text(drawing(minutes))
    page = f"# The long run\n\n{words}\n\n![By minute](images/soak.svg)\n\n{table(minutes, counts)}"
    (folder / "soak.md").write_text(page)


def _band(title: str, values: Sequence[float], top: int, marked: Sequence[bool]) -> list[str]:
    most = max(values, default=0.0) or 1.0
    step = (WIDTH - LEFT - RIGHT) / max(1, len(values) - 1)
    points = [(LEFT + n * step, top + BAND - value / most * (BAND - 20)) for n, value in enumerate(values)]
    parts = [
        f'<text x="{LEFT}" y="{top + 10}" fill="#555">{escape(title)}</text>',
        f'<text x="{LEFT - 8}" y="{top + 24}" fill="#555" text-anchor="end">{most:,.0f}</text>',
        f'<text x="{LEFT - 8}" y="{top + BAND}" fill="#555" text-anchor="end">0</text>',
        f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{top + BAND}" y2="{top + BAND}" stroke="#ccc"/>',
    ]
    parts += [
        f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{top + 16}" y2="{top + BAND}" stroke="#d88" stroke-dasharray="3 3"/>'
        for (x, _), mark in zip(points, marked, strict=True)
        if mark
    ]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    parts.append(f'<polyline points="{line}" fill="none" stroke="#2563eb" stroke-width="1.5"/>')
    return parts + [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2" fill="#2563eb"/>' for x, y in points]
