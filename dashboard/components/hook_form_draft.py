"""What a person is writing, as the API's JSON; and the same in one sentence."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Final, cast
from urllib.parse import urlsplit

from engine import LABELS, Catalogue, HookType, Json, Match, Method, Operator, Role, Run

_SENDERS: Final[Mapping[str, str]] = {
    Role.AGENT: "an agent",
    Role.ADMIN: "an admin",
    Role.MANAGER: "a manager or admin",
    Role.USER: "any user, manager, admin or agent",
    Role.SYSTEM: "the system itself",
}
_BARE: Final = {Operator.EXISTS, Operator.NOT_EXISTS}


def empty_hook() -> dict[str, Json]:
    return {
        "title": "",
        "description": "",
        "enabled": True,
        "shadow": False,
        "trigger": "",
        "role": str(Role.AGENT),
        "type": str(HookType.OTHER),
        "filters": {"match": str(Match.ALL), "rows": []},
        "condition": "",
        "run": str(Run.SEQUENTIAL),
        "actions": [{"url": "", "method": str(Method.POST), "headers": {}, "body": None}],
        "delivery": {"retries": None, "timeout": None, "final_4xx": False, "ordered": None},
    }


class Draft:
    """`raw` is changed in place; `touched` are the fields that were left once, so that their errors may show."""

    def __init__(self, raw: Mapping[str, Json]) -> None:
        empty = empty_hook()
        self.raw: dict[str, Json] = {**empty, **deepcopy(dict(raw))}
        self.raw["actions"] = [{**empty["actions"][0], **action} for action in self.raw["actions"]]
        self.raw["delivery"] = {**empty["delivery"], **self.raw["delivery"]}
        self.touched: set[str] = set()
        self._start = deepcopy(self.raw)

    @property
    def action(self) -> dict[str, Json]:
        return cast("dict[str, Json]", self.raw["actions"][0])

    @property
    def dirty(self) -> bool:
        return self.raw != self._start


def in_a_sentence(raw: Mapping[str, Json], catalogue: Catalogue) -> str:
    """What the hook does, in plain words: "When Call Ended comes from an agent …, POST to api.example.com/leads."."""
    if not raw["trigger"]:
        return "Choose an event, and this line says what the hook does."
    asked = [_row_in_words(row) for row in raw["filters"]["rows"] if row["field"]]
    joint = " or " if raw["filters"]["match"] == Match.ANY else " and "
    tests = [joint.join(asked)] if asked else []
    if condition := " ".join(str(raw["condition"]).split()):
        tests.append(condition)
    action = raw["actions"][0]
    where = _shortly(action["url"])
    when = f"When {catalogue.label(raw['trigger'])} comes from {_SENDERS.get(raw['role'], raw['role'])}"
    only = f", if {', and if '.join(tests)}" if tests else ""
    return f"{when}{only}: {action['method']} to {where or 'an address that is still missing'}."


def _row_in_words(row: Mapping[str, Json]) -> str:
    operator = Operator(row["operator"])
    words = f"{row['field']} {LABELS[operator]}"
    if operator in _BARE:
        return words
    value = row["value"]
    return f"{words} {', '.join(map(str, value)) if isinstance(value, list) else value}"


def _shortly(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    return f"{parts.netloc}{parts.path}" if parts.netloc else url
