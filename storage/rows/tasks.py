"""Converts tasks to rows and back."""

from typing import Any

from pydantic import TypeAdapter

from engine.model import Task, TaskDefinition
from storage.rows.events import chain_of, chain_text, fields_of, fields_text
from storage.tables import TaskRow

_TASK = TypeAdapter(TaskDefinition)


def task_values(task: Task) -> dict[str, Any]:
    definition = task.definition
    return {
        "id": task.id,
        "definition": _TASK.dump_json(definition).decode(),
        "due_at": definition.due_at,
        "assigned_to": definition.assigned_to,
        "created_at": task.created_at,
        "created_by": task.created_by,
        "updated_at": task.updated_at,
        "done_at": task.done_at,
        "done_by": task.done_by,
        "chain": chain_text(task.chain),
        "test": task.test,
        "inherited": fields_text(task.inherited),
    }


def task_of(row: TaskRow) -> Task:
    return Task(
        id=row.id,
        definition=_TASK.validate_json(row.definition),
        created_at=row.created_at,
        created_by=row.created_by,
        updated_at=row.updated_at,
        done_at=row.done_at,
        done_by=row.done_by,
        chain=chain_of(row),
        test=row.test,
        inherited=fields_of(row.inherited),
    )
