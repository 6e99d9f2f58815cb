import orjson
from sqlmodel import Session

from engine.model import Json
from storage.tables import SettingRow


def get(session: Session, name: str) -> Json:
    row = session.get(SettingRow, name)
    return None if row is None else orjson.loads(row.value)


def put(session: Session, name: str, value: Json) -> None:
    session.merge(SettingRow(name=name, value=orjson.dumps(value).decode()))
