"""A team's own endpoints: Python files in `DATA_DIR/endpoints`. A broken one affects nothing else."""

import asyncio
import importlib.util
import logging
import re
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.access.audit import Audit
from engine.access.permissions import Permission, require
from engine.actions.endpoint import Endpoint
from engine.actions.internal import InternalApp, Threads
from engine.errors import Overloaded
from engine.model import Actor

log = logging.getLogger(__name__)

LOAD_SECONDS = 10.0
MOST_FILES = 200
_PATH = re.compile(r"(/[A-Za-z0-9_-]+)+")


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadProblem:
    """Why a file, or one of its endpoints, was not loaded; `line` if known."""

    file: str
    line: int | None
    message: str


class OwnEndpoints:
    def __init__(self, app: InternalApp, folder: Path | None, audit: Audit) -> None:
        """Without a folder there are no endpoints."""
        self._app, self._audit = app, audit
        self._threads = Threads()
        self.folder = folder
        self.problems: tuple[LoadProblem, ...] = ()

    @property
    def loaded(self) -> tuple[Endpoint, ...]:
        return self._app.own

    async def reload(self, *, actor: Actor) -> None:
        """Raises NotAllowed, StoreUnavailable."""
        require(actor, Permission.ADMINISTER)
        await self.load()
        paths = [one.path for one in self.loaded]
        await self._audit.note(actor, "endpoints.loaded", "endpoints of the team", after={"paths": paths})

    async def load(self) -> None:
        """Replaces what was loaded before."""
        endpoints: dict[str, Endpoint] = {}
        problems: list[LoadProblem] = []
        for file in await asyncio.to_thread(self._files):
            for found in await self._load_file(file):
                problem = found if isinstance(found, LoadProblem) else self._objection(file.name, found, endpoints)
                if problem:
                    log.warning("%s, line %s: %s", problem.file, problem.line, problem.message)
                    problems.append(problem)
                elif isinstance(found, Endpoint):
                    endpoints[found.path] = found
        self._app.own, self.problems = tuple(endpoints.values()), tuple(problems)

    def _files(self) -> Sequence[Path]:
        if self.folder is None or not self.folder.is_dir():
            return ()
        return sorted(file for file in self.folder.glob("*.py") if not file.name.startswith("_"))[:MOST_FILES]

    async def _load_file(self, file: Path) -> Sequence[Endpoint | LoadProblem]:
        """In its own thread, which is abandoned if the file never finishes."""
        try:
            found: list[Endpoint] = await asyncio.wait_for(self._threads.run(_endpoints_of, file), LOAD_SECONDS)
        except TimeoutError:
            message = f"It did not come to its end within {LOAD_SECONDS:.0f} seconds."
            return [LoadProblem(file=file.name, line=None, message=message)]
        except Overloaded as error:
            return [LoadProblem(file=file.name, line=None, message=str(error))]
        except Exception as error:
            log.warning("%s cannot be loaded", file, exc_info=True)
            return [LoadProblem(file=file.name, line=_line_of(error, file), message=_words(error))]
        message = "There is no endpoint in it. Mark a function with @endpoint(“/path”, “What it does.”)."
        return found or [LoadProblem(file=file.name, line=None, message=message)]

    def _objection(self, file: str, found: Endpoint, others: dict[str, Endpoint]) -> LoadProblem | None:
        message = None
        if not _PATH.fullmatch(found.path):
            message = f"The path {found.path!r} has to be like /celebrate: letters, digits, - and _ after a slash."
        elif found.path in self._app.built_in:
            message = f"The path {found.path} is that of a built-in endpoint. Choose another."
        elif found.path in others:
            message = f"The path {found.path} is taken by another function. Choose another."
        elif not found.threaded:
            message = "Write def, not async def: it runs in a thread, where it can hold up nobody else."
        return LoadProblem(file=file, line=found.line, message=message) if message else None


def _endpoints_of(file: Path) -> list[Endpoint]:
    """Raises whatever the file raises."""
    spec = importlib.util.spec_from_file_location(f"own_endpoints_{file.stem}", file)
    if spec is None or spec.loader is None:
        raise ImportError("It is no Python file.")
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except SystemExit as error:
        raise RuntimeError("It ends the process, which it may not.") from error
    return [value for value in vars(module).values() if isinstance(value, Endpoint)]


def _line_of(error: Exception, file: Path) -> int | None:
    if isinstance(error, SyntaxError):
        return error.lineno
    for one in (error, error.__cause__):
        frames = traceback.extract_tb(one.__traceback__) if one else ()
        if lines := [frame.lineno for frame in frames if frame.filename == str(file)]:
            return lines[-1]
    return None


def _words(error: Exception) -> str:
    text = error.msg if isinstance(error, SyntaxError) else str(error)
    return f"{type(error).__name__}: {text}"[:500]
