"""Pauses between attempts in readable form, "5 s, 1 min, 2 h", and delivery in one line. Pure."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from engine import LABELS, Json, LaneSettings, Preset

UNITS: Final[Mapping[str, int]] = {"s": 1, "min": 60, "h": 3_600, "d": 86_400}
PRESETS: Final[Mapping[Preset, str]] = {
    Preset.STANDARD: "5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h, 24 h",
    Preset.SHORT: "1 s, 5 s, 30 s, 2 min",
    Preset.NONE: "",
}

_PAUSE = re.compile(r"(\d{1,9}(?:\.\d{1,3})?)\s*([a-z]*)", re.ASCII | re.IGNORECASE)
_NAMES: Final[Mapping[str, str]] = {
    **dict.fromkeys(("", "s", "sec", "secs", "second", "seconds"), "s"),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes"), "min"),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), "h"),
    **dict.fromkeys(("d", "day", "days"), "d"),
}
_MOST_NAMED = 3


class UnreadablePauseError(ValueError):
    """Names the pause, and the accepted formats."""


def read_pauses(text: str) -> list[float]:
    """In seconds, also for numbers without a unit. Raises UnreadablePauseError, also if there is none."""
    parts = [part.strip() for part in re.split(r"[,;]", text)]
    while parts and not parts[-1]:
        parts.pop()
    if not parts:
        raise UnreadablePauseError("Write at least one pause, such as 5 s, 1 min, 2 h.")
    return [_read(part) for part in parts]


def read_seconds(text: str) -> float:
    """A single duration; 0, which is never valid, if it cannot be parsed."""
    try:
        return _read(text.strip())
    except UnreadablePauseError:
        return 0


def write_pauses(pauses: Sequence[float]) -> str:
    return ", ".join(write_seconds(pause) for pause in pauses)


def write_seconds(seconds: float) -> str:
    """In the largest unit without a fraction; a day is 24 h, and only whole days beyond it are shown as days."""
    for unit in ("d", "h", "min"):
        if seconds >= (2 if unit == "d" else 1) * UNITS[unit] and seconds % UNITS[unit] == 0:
            return f"{seconds / UNITS[unit]:.0f} {unit}"
    return f"{seconds:.3f}".rstrip("0").rstrip(".") + " s"


def retries_in_words(retries: Json) -> str:
    """For a preset's name or a list of seconds: "Ten attempts over three days", "Again after 5 s and 1 min"."""
    if isinstance(retries, str):
        return LABELS[Preset(retries)]
    if not retries:
        return LABELS[Preset.NONE]
    named = [write_seconds(pause) for pause in retries]
    if len(named) > _MOST_NAMED:
        named = [*named[:_MOST_NAMED], f"{len(named) - _MOST_NAMED} more"]
    last = named.pop()
    return f"Again after {', '.join(named)} and {last}" if named else f"Again after {last}"


def delivery_in_words(delivery: Mapping[str, Json], lane: LaneSettings) -> str:
    """One line: "As its lane: ten attempts over three days, 15 s a call"."""
    retries = lane.retries if delivery["retries"] is None else delivery["retries"]
    timeout = lane.timeout if delivery["timeout"] is None else delivery["timeout"]
    words = f"{retries_in_words(retries)}, {write_seconds(timeout)} a call"
    if delivery["retries"] is None and delivery["timeout"] is None:
        words = f"As its lane: {uncapitalised(words)}"
    extras = {"4xx is final": delivery["final_4xx"], "in order": delivery["ordered"]}
    return ", ".join([words, *(name for name, on in extras.items() if on)])


def uncapitalised(words: str) -> str:
    return words[:1].lower() + words[1:]


def _read(part: str) -> float:
    found = _PAUSE.fullmatch(part)
    unit = _NAMES.get(found[2].lower()) if found else None
    if found is None or unit is None:
        shown = part if len(part) <= 40 else f"{part[:40]}…"
        what = f"“{shown}” is no pause." if part else "A pause is missing between two commas."
        raise UnreadablePauseError(f"{what} Write them like 5 s, 1 min, 2 h.")
    return float(found[1]) * UNITS[unit]
