"""Follow-ups and deadlines over HTTP."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from engine.access.permissions import Permission
from engine.api.auth import caller
from engine.api.json import answer
from engine.api.own_calls import origin_of
from engine.api.requests.body import read_object
from engine.api.requests.queries import Limit, Since, Text, TextAsked, Until
from engine.api.schemas import PROBLEMS, TASK_BODY, TASK_PATCH
from engine.model import Json, Task, TaskState
from engine.ports import TaskQuery
from engine.runtime import Engine
from engine.tasks.definition import created_event, write_task


def task_routes(engine: Engine) -> APIRouter:
    router = APIRouter(tags=["tasks"], responses=PROBLEMS)

    @router.get("/tasks")
    async def list_tasks(
        request: Request,
        limit: Limit = 50,
        cursor: TextAsked = None,
        state: TaskState | None = None,
        assigned_to: TextAsked = None,
        q: Text = "",
        since: Since = None,
        until: Until = None,
    ) -> Response:
        """Open ones by the time that they are due, then those that are done, the last first. `from` and `to` bound the
        due time, `q` is any text inside; the role user searches what it sees, and whole values beyond that."""
        sight = engine.sensitive.sight(await caller(engine, request, Permission.VIEW))
        query = TaskQuery(
            limit=limit,
            cursor=cursor,
            state=state,
            assigned_to=assigned_to,
            text=q,
            view=sight.or_none(sight.task),
            since=since,
            until=until,
        )
        page = await engine.tasks.list(query)
        return answer({"items": [_task(sight.task(task)) for task in page.items], "next": page.next})

    @router.post("/tasks", status_code=201, openapi_extra=TASK_BODY)
    async def create_task(request: Request) -> Response:
        """Emits Task Created now, Follow-up Due and Deadline Approaching when the time comes."""
        actor = await caller(engine, request, Permission.MANAGE_TASKS)
        origin = await origin_of(engine, request.headers)
        task = await engine.tasks.add(await read_object(request), actor=actor, origin=origin)
        return answer(_task(task), 201, {"location": f"/api/v1/tasks/{task.id}"})

    @router.get("/tasks/{task_id}")
    async def get_task(request: Request, task_id: str) -> Response:
        actor = await caller(engine, request, Permission.VIEW)
        task = await engine.tasks.get(task_id)
        sight = await engine.sensitive.look(created_event(task, ""), f"task {task_id}", actor=actor)
        return answer(_task(sight.task(task)))

    @router.patch("/tasks/{task_id}", openapi_extra=TASK_PATCH)
    async def change_task(request: Request, task_id: str) -> Response:
        """What is left out stays. `state` completes it (`done`), or opens it again (`open`)."""
        actor = await caller(engine, request, Permission.MANAGE_TASKS)
        raw, origin = await read_object(request), await origin_of(engine, request.headers)
        return answer(_task(await engine.tasks.change(task_id, raw, actor=actor, origin=origin)))

    @router.delete("/tasks/{task_id}", status_code=204)
    async def delete_task(request: Request, task_id: str) -> Response:
        """Withdraws what it planned."""
        actor = await caller(engine, request, Permission.MANAGE_TASKS)
        await engine.tasks.delete(task_id, actor=actor)
        return Response(status_code=204)

    return router


def _task(task: Task) -> dict[str, Json]:
    return {
        "id": task.id,
        "state": task.state,
        **write_task(task.definition),
        "created_at": task.created_at,
        "created_by": task.created_by,
        "updated_at": task.updated_at,
        "done_at": task.done_at,
        "done_by": task.done_by,
    }
