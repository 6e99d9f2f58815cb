"""After an edit, offers to move executions waiting with the old version to the new one."""

from nicegui import ui

from dashboard.components.basics.acting import SIGNED_OUT, ActorNow
from dashboard.components.basics.buttons import button
from dashboard.components.basics.dialogs import small_dialog, toast
from engine import Engine, TriggerHooksError

_ABOUT = "They stay with it, unless you send them by the new one. Each is sent when it is due."


async def offer_waiting(engine: Engine, hook_id: int, actor: ActorNow) -> None:
    """Asks if any are waiting."""
    if not (count := await engine.waiting_behind.count(hook_id)):
        return
    with small_dialog(f"{_executions(count)} with the old version", _ABOUT) as dialog:

        async def send() -> None:
            dialog.close()
            await _send(engine, hook_id, actor)

        with ui.element("div").classes("th-buttons"):
            button("Leave them", dialog.close).props("autofocus")
            button("Send them by the new one", send, "is-main")


async def _send(engine: Engine, hook_id: int, actor: ActorNow) -> None:
    who = await actor()
    if who is None:
        toast(SIGNED_OUT, "bad")
        return
    try:
        moved = await engine.waiting_behind.send_by_new(hook_id, actor=who)
    except TriggerHooksError as error:
        toast(str(error), "bad")
    else:
        toast(f"{_executions(moved)} with the new version.", "good")


def _executions(count: int) -> str:
    return f"{count:,} execution waits" if count == 1 else f"{count:,} executions wait"
