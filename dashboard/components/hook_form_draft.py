"""What a person is writing, as the API's JSON."""

from collections.abc import Mapping
from copy import deepcopy
from typing import cast

from engine import HookType, Json, Match, Method, Role, Run


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
        "actions": [{"url": "", "method": str(Method.POST), "headers": {}, "secret_headers": [], "body": None}],
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
