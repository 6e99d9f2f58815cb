"""Converts replays to rows and back."""

from typing import Any, cast

from pydantic import TypeAdapter

from engine.model import Replay, ReplayQuery, ReplayState
from storage.tables import ReplayRow

_REPLAY_QUERY = TypeAdapter(ReplayQuery)


def replay_values(replay: Replay) -> dict[str, Any]:
    """Without the id."""
    return {
        "query": _REPLAY_QUERY.dump_json(replay.query).decode(),
        "state": replay.state.value,
        "total": replay.total,
        "done": replay.done,
        "left_out": replay.left_out,
        "cursor": replay.cursor,
        "last": replay.last,
        "created_at": replay.created_at,
        "created_by": replay.created_by,
        "finished_at": replay.finished_at,
    }


def replay_of(row: ReplayRow) -> Replay:
    return Replay(
        id=cast("int", row.id),
        query=_REPLAY_QUERY.validate_json(row.query),
        state=ReplayState(row.state),
        total=row.total,
        done=row.done,
        left_out=row.left_out,
        cursor=row.cursor,
        last=row.last,
        created_at=row.created_at,
        created_by=row.created_by,
        finished_at=row.finished_at,
    )
