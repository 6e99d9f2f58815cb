"""What is set."""

from typing import Any, ClassVar

from sqlalchemy import Column, Text
from sqlmodel import Field, SQLModel


class LaneRow(SQLModel, table=True):
    """Settings of a type of hook, where they were changed; JSON."""

    __tablename__: ClassVar[Any] = "lane"

    type: str = Field(primary_key=True)
    settings: str = Field(sa_column=Column(Text, nullable=False))


class SettingRow(SQLModel, table=True):
    """What is set once for all, by its name; JSON."""

    __tablename__: ClassVar[Any] = "setting"

    name: str = Field(primary_key=True)
    value: str = Field(sa_column=Column(Text, nullable=False))
