"""The server, which kills itself at a moment of its path: `python -m tests.faults.crashing MOMENT NUMBER`.

The moments lie just before and just after each of accept, decide, send, record, perform (what an internal action does),
fire (tasks that are due) and run_timers (schedules). At the given number of times that one is reached, the process is
gone, as by kill -9.
"""

import os
import signal
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import main
from engine.actions.http import HttpClient
from engine.process.flow_queues import FlowQueues
from storage.store import SqlStore

MOMENTS: dict[str, tuple[type, str]] = {
    "accept": (SqlStore, "append"),
    "decide": (SqlStore, "decide"),
    "send": (HttpClient, "send"),
    "record": (SqlStore, "record"),
    "perform": (SqlStore, "perform"),
    "fire": (SqlStore, "fire"),
    "run_timers": (SqlStore, "run_timers"),
}


def crash_at(moment: str, number: int) -> None:
    when, _, step = moment.partition(" ")
    owner, name = MOMENTS[step]
    if step == "decide":  # later than accepted, as for what waits; else both are one
        FlowQueues.waits = lambda *_: True  # type: ignore[method-assign]
    plain: Callable[..., Awaitable[Any]] = getattr(owner, name)
    left = number

    def count() -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    async def crashing(self: Any, *arguments: Any, **named: Any) -> Any:
        if when == "before":
            count()
        result = await plain(self, *arguments, **named)
        if when == "after":
            count()
        return result

    setattr(owner, name, crashing)


if __name__ == "__main__":
    moment, number = sys.argv[1], int(sys.argv[2])
    sys.argv = ["main.py"]
    crash_at(moment, number)
    main.main()
