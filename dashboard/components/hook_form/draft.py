"""What a person is writing, as the API's JSON."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Final, cast

from engine import HookType, Json, Match, Method, Role, Run

_RETURNED: Final = {
    "ok": "whether it succeeded:",
    "status": "the status of the answer to",
    "json": "the answer, read as JSON, to",
    "text": "the answer as text to",
    "headers": "the headers of the answer to",
}


def empty_hook() -> dict[str, Json]:
    return {
        "title": "",
        "description": "",
        "enabled": True,
        "shadow": False,
        "trigger": "",
        "schedule": None,
        "role": str(Role.AGENT),
        "type": str(HookType.OTHER),
        "filters": {"match": str(Match.ALL), "rows": []},
        "condition": "",
        "run": str(Run.SEQUENTIAL),
        "actions": [empty_action()],
        "delivery": {"retries": None, "timeout": None, "final_4xx": False, "ordered": None},
        "limits": {
            "cooldown_minutes": None,
            "per_entity": False,
            "max_per_hour": None,
            "hours": None,
            "expires_at": None,
        },
    }


def empty_action() -> dict[str, Json]:
    return {
        "url": "",
        "method": str(Method.POST),
        "headers": {},
        "secret_headers": [],
        "body": None,
        "when": "",
        "go_on": False,
        "success": {"statuses": "", "check": ""},
    }


class Draft:
    """`raw` is changed in place; `touched` are the fields that were left once, so that their errors may show."""

    def __init__(self, raw: Mapping[str, Json]) -> None:
        empty = empty_hook()
        self.raw: dict[str, Json] = {**empty, **deepcopy(dict(raw))}
        self.raw["actions"] = [{**empty_action(), **action} for action in self.raw["actions"]]
        for part in ("delivery", "limits"):
            self.raw[part] = {**empty[part], **self.raw[part]}
        self.touched: set[str] = set()
        self._start = deepcopy(self.raw)

    @property
    def actions(self) -> list[dict[str, Json]]:
        return cast("list[dict[str, Json]]", self.raw["actions"])

    def steps(self, index: int) -> dict[str, str]:
        """The names of what earlier actions returned, with what each is; none where all run at once."""
        if self.raw["run"] == Run.PARALLEL:
            return {}
        return {
            f"steps[{earlier}].{name}": f"{meaning} action {earlier + 1}"
            for earlier in range(index)
            for name, meaning in _RETURNED.items()
        }

    @property
    def dirty(self) -> bool:
        return self.raw != self._start
