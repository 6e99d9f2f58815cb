"""A drift in words. Pure."""

from engine.model.sources.drift import Drift


def in_words(drift: Drift, label: str, source: str, readers: int) -> str:
    """Such as "`sentiment` came in 98 % of Call Ended from “Main” until 10:12 UTC on 11-23; since then in 0 of 16; 3
    hooks read it.". `label` is that of the type, `source` the name of the source."""
    kind = f" as {drift.kind}" if drift.became else ""
    now = f", now as {drift.became}" if drift.became else ""
    share = min(round(drift.before * 100), 100)
    came = f"`{drift.path}` came{kind} in {share} % of {label} from {source} until {drift.since:%H:%M} UTC on "
    came += f"{drift.since:%m-%d}; since then in {drift.came} of {drift.events}{now}"
    hooks = {0: "no hook reads it", 1: "1 hook reads it"}.get(readers, f"{readers} hooks read it")
    successor = f" `{drift.successor}` probably took its place." if drift.successor else ""
    return f"{came}; {hooks}.{successor}"
