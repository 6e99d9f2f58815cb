"""Event types that a team adds to the catalogue."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from pydantic import with_config

from engine.model.json import Json

FieldType = Literal["string", "number", "integer", "boolean", "array"]


@with_config(extra="forbid", str_strip_whitespace=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class OwnField:
    type: FieldType
    meaning: str = ""


@with_config(extra="forbid", str_strip_whitespace=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class OwnTypeSettings:
    """`label` and `group` are for people; `sample` is the data of an event, as tests start with it."""

    label: str
    group: str = "Own"
    meaning: str = ""
    fields: Mapping[str, OwnField] = field(default_factory=dict[str, OwnField])
    sample: Mapping[str, Json] = field(default_factory=dict[str, Json])


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnType:
    """`type` is its dotted name, which stays."""

    type: str
    settings: OwnTypeSettings
    created_at: datetime
    created_by: str = ""
