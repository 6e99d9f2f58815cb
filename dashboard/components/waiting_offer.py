"""After an edit: what waits with the old version of the hook may be sent by the new one."""

from nicegui import ui

from dashboard.components.dialogs import ActorNow, button, toast
from dashboard.components.text import Text
from engine import Engine, TriggerHooksError


async def offer_waiting(engine: Engine, hook_id: int, actor: ActorNow) -> None:
    """Asks, where something waits."""
    if not (count := await engine.waiting_behind.count(hook_id)):
        return
    title = f"{_executions(count)} with the old version"
    with ui.dialog() as dialog, ui.element("div").classes("ti-confirm"):
        dialog.props["aria-label"] = title
        Text("h2", title, "ti-title")
        Text("p", "They stay with it, unless you send them by the new one. Each is sent when it is due.", "ti-hint")

        async def send() -> None:
            dialog.close()
            await _send(engine, hook_id, actor)

        with ui.element("div").classes("ti-buttons"):
            button("Leave them", dialog.close).props("autofocus")
            button("Send them by the new one", send, "is-main")
    dialog.on("hide", dialog.delete, [])
    dialog.open()


async def _send(engine: Engine, hook_id: int, actor: ActorNow) -> None:
    who = await actor()
    if who is None:
        toast("You are signed out. Sign in again first.", "bad")
        return
    try:
        moved = await engine.waiting_behind.send_by_new(hook_id, actor=who)
    except TriggerHooksError as error:
        toast(str(error), "bad")
    else:
        toast(f"{_executions(moved)} with the new version.", "good")


def _executions(count: int) -> str:
    return f"{count:,} execution waits" if count == 1 else f"{count:,} executions wait"
