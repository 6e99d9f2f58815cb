"""A team's own endpoints: loaded from files, called by hooks, and harmless where they are wrong."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from engine import Engine, EngineSettings, EventQuery, NotAllowed, Role, Status
from engine.actions import own_endpoints
from engine.model import Actor
from storage.store import SqlStore
from tests.engine.conftest import ADMIN
from tests.engine.test_internal import answer_of, run

EXAMPLE = """
from typing import Annotated

from pydantic import Field

from engine.endpoints import Call, Effects, NewNotice, Refused, endpoint


@endpoint("/celebrate", "Rings the bell.")
def celebrate(call: Call, name: Annotated[str, Field(description="Whom")], times: int = 1):
    if times > 3:
        raise Refused({"times": "Three times at most."})
    notice = NewNotice(tone="good", title=f"Well done, {name}", text=call.event.type)
    return Effects(answer={"rung": times}, changes=(notice, call.event_of("lead.qualified", {"name": name})))


@endpoint("/divide", "Divides.")
def divide(call: Call, by: float):
    return 1 / by
"""
MANAGER = Actor(kind="user", id=2, name="mia@example.com", role=Role.MANAGER)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "endpoints"
    folder.mkdir()
    (folder / "example.py").write_text(EXAMPLE)
    return folder


@pytest.fixture
async def engine(tmp_path: Path, folder: Path) -> AsyncGenerator[Engine]:
    settings = EngineSettings(version="0", data_dir=tmp_path)
    engine = Engine(SqlStore(f"sqlite:///{tmp_path / 'test.db'}"), settings)
    await engine.start()
    yield engine
    await engine.stop()


async def test_a_function_in_a_file_is_an_endpoint_like_any_other(engine: Engine) -> None:
    execution = await run(engine, "/celebrate?name={{ lead_id }}&times=2")

    assert execution.status is Status.SUCCEEDED
    assert answer_of(execution) == {"rung": 2}
    assert [one.title for one in await engine.notices.newest()] == ["Well done, L1"]
    (made,) = (await engine.insight.events(EventQuery(type="lead.qualified"))).items
    assert (made.event.data, len(made.event.chain)) == ({"name": "L1"}, 1)
    assert engine.own_endpoints.problems == ()


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/celebrate", "name: Missing."),
        ("/celebrate?name=a&times=x", "times: Input should be a valid integer"),
        ("/celebrate?name=a&times=4", "times: Three times at most."),
        ("/divide?by=0", "/divide failed: ZeroDivisionError: "),
    ],
)
async def test_its_errors_are_those_of_the_attempt(engine: Engine, path: str, told: str) -> None:
    execution = await run(engine, path)

    (attempt,) = execution.attempts
    assert attempt.error is not None
    assert told in attempt.error.message
    assert "Traceback" not in str(attempt)


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        ("x = 1\ndef f(:\n", 2, "SyntaxError: "),
        ("\n\nraise ValueError('no key')", 3, "ValueError: no key"),
        ("import nowhere", 1, "ModuleNotFoundError: No module named 'nowhere'"),
        ("import sys\nsys.exit(1)", 2, "It ends the process"),
        ("x = 1", None, "There is no endpoint in it."),
        ("@e('/echo', 'x')\ndef f(call): ...", 1, "The path /echo is that of a built-in endpoint."),
        ("@e('/celebrate', 'x')\ndef f(call): ...", 1, "The path /celebrate is taken by another function."),
        ("@e('/a b', 'x')\ndef f(call): ...", 1, "has to be like /celebrate"),
        ("@e('/later', 'x')\nasync def f(call): ...", 1, "Write def, not async def"),
        ("@e('/typed', 'x')\ndef f(call, name): ...", 1, "Give the parameter name a type"),
        ("while True: pass", None, "It did not come to its end within"),
    ],
)
async def test_a_file_that_is_wrong_is_told_and_the_others_work(
    engine: Engine, folder: Path, monkeypatch: pytest.MonkeyPatch, text: str, line: int | None, told: str
) -> None:
    monkeypatch.setattr(own_endpoints, "LOAD_SECONDS", 0.3)
    stop = "import time\n" if "while" in text else ""
    text = text.replace("while True: pass", "time.sleep(2)")
    (folder / "wrong.py").write_text(stop + "from engine.endpoints import endpoint as e\n" + text)

    await engine.own_endpoints.reload(actor=ADMIN)

    (problem,) = engine.own_endpoints.problems
    expected = None if line is None else line + 1
    assert (problem.file, problem.line) == ("wrong.py", expected)
    assert told in problem.message
    assert answer_of(await run(engine, "/celebrate?name=a")) == {"rung": 1}
    assert "method" in answer_of(await run(engine, "/echo"))


async def test_loading_again_takes_what_is_there_now(engine: Engine, folder: Path) -> None:
    (folder / "example.py").write_text(EXAMPLE.replace("/celebrate", "/cheer"))
    (folder / "_draft.py").write_text("raise ValueError")
    with pytest.raises(NotAllowed):
        await engine.own_endpoints.reload(actor=MANAGER)

    await engine.own_endpoints.reload(actor=ADMIN)

    assert [one.path for one in engine.own_endpoints.loaded] == ["/cheer", "/divide"]
    assert {"/cheer", "/echo"} <= {one.path for one in engine.targets.endpoints()}
    (entry,) = [one for one in (await engine.audit.entries(actor=ADMIN)).items if one.action == "endpoints.loaded"]
    assert entry.after == {"paths": ["/cheer", "/divide"]}
