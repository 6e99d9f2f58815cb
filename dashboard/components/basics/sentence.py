"""Describes a hook in one plain sentence, for the form and the table. Pure."""

import re
from collections.abc import Iterator, Mapping
from typing import Final, cast
from urllib.parse import urlsplit

from engine import (
    LABELS,
    SCHEDULED,
    VALUELESS,
    Catalogue,
    Json,
    Match,
    Operator,
    Role,
    Run,
    limits_in_words,
    schedule_in_words,
)

_SENDERS: Final[Mapping[str, str]] = {
    Role.AGENT: "agents",
    Role.ADMIN: "admins",
    Role.MANAGER: "managers and admins",
    Role.USER: "users, managers, admins and agents",
    Role.SYSTEM: "the system itself",
}
_NO_ADDRESS: Final = "an address that is still missing"
_MOST_CALLS: Final = 3
_LONGEST: Final = 1_000
_ORDERS: Final = {Operator.GT, Operator.GTE, Operator.LT, Operator.LTE}
_TOKENS: Final = re.compile(
    r"""(?P<text>"(?:[^"\\]|\\.)*+"?|'(?:[^'\\]|\\.)*+'?)|(?P<note>\#[^\n]*)
    |(?P<joint>\b(?:and|or|if|else)\b)|(?P<compare>==|!=|<=|>=|<|>|\bnot\s+in\b|\bin\b)|(?P<rest>\s+|\w+|.)""",
    re.VERBOSE,
)
_IN_WORDS: Final[Mapping[str, str]] = {
    "==": "is",
    "!=": "is not",
    "<": "is less than",
    "<=": "is at most",
    ">": "is greater than",
    ">=": "is at least",
    "in": "is in",
    "not in": "is not in",
}


def in_a_sentence(raw: Mapping[str, Json], catalogue: Catalogue) -> str:
    """Takes a hook in the API's format: "When any call completes and …, POST to api.example.com/leads. …"."""
    if not raw["trigger"]:
        return "Choose an event, and this line says what the hook does."
    tests = [_filters_in_words(raw["filters"]), condition_in_words(str(raw["condition"]))]
    asked = [test for test in tests if test]
    if len(asked) > 1 or _matches_any(raw["filters"]):
        asked = [f"({test})" if re.search(r" (?:or|if) ", test) else test for test in asked]
    only = "".join(f" and {test}" for test in asked)
    shadow = " (in shadow: nothing is sent)" if raw.get("shadow") else ""
    listens = f"Listens to {_SENDERS.get(raw['role'], raw['role'])}."
    rest = " ".join([listens, *limits_in_words(raw.get("limits") or {})])
    return f"{_when(raw, catalogue)}{only}, {_calls(raw)}{shadow}. {rest}"


def _calls(raw: Mapping[str, Json]) -> str:
    """ "POST to a.example.com, then PUT to b.example.com and 2 more": the first few actions in order."""
    actions, together = raw["actions"], raw["run"] == Run.PARALLEL
    calls = [f"{one['method']} to {shortly(one['url']) or _NO_ADDRESS}" for one in actions[:_MOST_CALLS]]
    more = f" and {len(actions) - len(calls)} more" if len(actions) > len(calls) else ""
    if len(actions) == 1:
        return calls[0]
    return f"at the same time {', '.join(calls)}{more}" if together else f"{', then '.join(calls)}{more}"


def condition_in_words(source: str) -> str:
    """`call_duration > 60` becomes "call_duration is greater than 60". Chained comparisons are left as written."""
    return " ".join("".join(_comparison(part) for part in _parts(source[:_LONGEST])).split())


def shortly(url: str) -> str:
    """A URL without its scheme and query."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    return f"{parts.netloc}{parts.path}" if parts.netloc else url


def _when(raw: Mapping[str, Json], catalogue: Catalogue) -> str:
    trigger = raw["trigger"]
    if trigger == SCHEDULED and (words := schedule_in_words(raw.get("schedule"))):
        return words
    known = catalogue.by_name.get(trigger)
    return known.meaning if known else f"When {trigger} comes"


def _matches_any(filters: Mapping[str, Json]) -> bool:
    return filters["match"] == Match.ANY and len([row for row in filters["rows"] if row["field"]]) > 1


def _filters_in_words(filters: Mapping[str, Json]) -> str:
    joint = " or " if filters["match"] == Match.ANY else " and "
    return joint.join(_row_in_words(row) for row in filters["rows"] if row["field"])


def _row_in_words(row: Mapping[str, Json]) -> str:
    operator = Operator(row["operator"])
    words = f"{row['field']} {'is ' if operator in _ORDERS else ''}{LABELS[operator]}"
    if operator in VALUELESS:
        return words
    value = row["value"]
    return f"{words} {', '.join(map(str, cast('list[Json]', value))) if isinstance(value, list) else value}"


def _parts(source: str) -> Iterator[list[tuple[str, str]]]:
    """The pieces of text between `and`, `or` and similar words, and those words."""
    part: list[tuple[str, str]] = []
    for match in _TOKENS.finditer(source):
        kind, text = str(match.lastgroup), match[0]
        if kind == "joint":
            yield part
            yield [(kind, text)]
            part = []
        elif kind != "note":
            part.append((kind, text))
    yield part


def _comparison(part: list[tuple[str, str]]) -> str:
    plain = sum(kind == "compare" for kind, _ in part) == 1
    return "".join(
        f" {_IN_WORDS[' '.join(text.split())]} " if plain and kind == "compare" else _spaced(kind, text)
        for kind, text in part
    )


def _spaced(kind: str, text: str) -> str:
    return text if kind != "rest" or text.strip() else " "
