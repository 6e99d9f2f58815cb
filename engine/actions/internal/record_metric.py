"""/record-metric: adds a count or a measurement to a named series."""

from collections.abc import Callable, Mapping
from typing import Final

from pydantic import Field, field_validator

from engine.actions.endpoint import Call, Effects, Endpoint, Params, Refused, endpoint
from engine.metrics.limits import LARGEST, MAX_NAME, metric_problem
from engine.model import Json
from engine.model.metrics import MOST_SERIES, Measurement, MetricKind
from engine.model.text.names import plain_name

_NAMES: Final = {"agent_id": "agent_name", "campaign_id": "campaign_name"}
_FULL = (
    f"There are {MOST_SERIES} series already, and no more are kept. A label is for an agent or a campaign, not for "
    "each call."
)


class Recorded(Params):
    metric: str = Field(description="Name of the series, such as calls or talk_seconds")
    value: float = Field(default=1, ge=-LARGEST, le=LARGEST, description="What is added or measured")
    kind: MetricKind = Field(
        default=MetricKind.COUNT,
        description="count is added up in plots, measure averaged, where nothing else is asked",
    )
    label: str = Field(
        default="", max_length=MAX_NAME, description="Parts the series, such as {{ agent_id }} or {{ campaign_id }}"
    )

    @field_validator("metric")
    @classmethod
    def named(cls, metric: str) -> str:
        if problem := metric_problem(metric):
            raise ValueError(problem)
        return metric


def record_metric(admits: Callable[[str, str], bool]) -> Endpoint:
    """`admits` says whether the series of a metric and label exists or may still be created."""

    @endpoint("/record-metric", "Counts or measures into a named series, which the Analytics page plots.")
    async def run(call: Call, params: Recorded) -> Effects:
        answer: dict[str, Json] = {"metric": params.metric, "label": params.label, "value": params.value}
        if call.execution.test:
            return Effects(answer={**answer, "recorded": False})
        if not admits(params.metric, params.label):
            raise Refused({"label": _FULL})
        one = Measurement(
            metric=params.metric,
            value=params.value,
            kind=params.kind,
            at=call.at,
            label=params.label,
            label_name=_name_of(params.label, call.event.data),
        )
        return Effects(answer={**answer, "recorded": True}, changes=(one,))

    return run


def _name_of(label: str, data: Mapping[str, Json]) -> str:
    """The event's name for the agent or campaign whose id is the label."""
    names = (data.get(name) for id, name in _NAMES.items() if label and str(data.get(id)) == label)
    return next((plain_name(str(name))[:MAX_NAME] for name in names if name), "")
