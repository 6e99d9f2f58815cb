"""Settings."""

from typing import Any, ClassVar

from sqlalchemy import Column, Text
from sqlmodel import Field, SQLModel


class LaneRow(SQLModel, table=True):
    """Overridden settings of a hook type; JSON."""

    __tablename__: ClassVar[Any] = "lane"

    type: str = Field(primary_key=True)
    settings: str = Field(sa_column=Column(Text, nullable=False))


class SettingRow(SQLModel, table=True):
    """A global setting by name; JSON."""

    __tablename__: ClassVar[Any] = "setting"

    name: str = Field(primary_key=True)
    value: str = Field(sa_column=Column(Text, nullable=False))
