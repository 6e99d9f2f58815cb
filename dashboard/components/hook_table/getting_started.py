"""First steps: what a hook is, an example to start from, and a command that sends a first event."""

from collections.abc import Awaitable, Callable, Mapping

from nicegui.element import Element
from nicegui.events import GenericEventArguments

from dashboard.components.basics.esm import SHARED
from engine import Engine, Json, Permission

_EVENT = '{"type": "call.ended", "data": {"call_duration": 187, "sentiment": "positive", "first_name": "Ada"}}'


def starters(internal_url: str) -> tuple[Mapping[str, Json], ...]:
    """Drafts of hooks that work immediately: they call the echo endpoint in this process."""
    actions = [{"url": f"{internal_url}/echo", "method": "POST"}]
    return (
        {
            "title": "Lead Qualification",
            "description": "Automatically qualifies leads based on call sentiment and duration",
            "trigger": "call.ended",
            "condition": 'call_duration > 60 and sentiment == "positive"',
            "role": "agent",
            "type": "lead_processing",
            "actions": actions,
        },
        {
            "title": "Follow-up Scheduler",
            "description": "Plans a call back when the last attempt did not reach anybody",
            "trigger": "power_list.dial_3",
            "condition": 'dial_result in ["no_answer", "busy", "voicemail"]',
            "role": "agent",
            "type": "workflow",
            "actions": actions,
        },
        {
            "title": "CRM sync",
            "description": "Sends every new lead to the CRM",
            "trigger": "lead.generated",
            "condition": "",
            "role": "agent",
            "type": "crm_integration",
            "actions": actions,
        },
    )


class GettingStarted(Element, component="getting_started.js", esm=SHARED):
    def __init__(
        self,
        engine: Engine,
        permissions: frozenset[Permission],
        *,
        seen: bool,
        start: Callable[[Mapping[str, Json]], object],
        make_key: Callable[[], Awaitable[str | None]],
    ) -> None:
        """`seen` is whether anything ever ran: if so, this is shown only while there are no hooks."""
        super().__init__()
        offered = starters(engine.settings.internal_url)
        url = f"{engine.settings.public_url}/api/v1/events"
        self.props["starters"] = [{"title": one["title"], "about": one["description"]} for one in offered]
        self.props["before"] = f"curl {url} \\\n  -H 'Authorization: Bearer "
        self.props["after"] = f"' \\\n  -H 'Content-Type: application/json' \\\n  -d '{_EVENT}'"
        self.props["firstKey"] = engine.accounts.first_key() if Permission.ADMINISTER in permissions else None
        self.props["seen"] = seen
        self.props["canManage"] = Permission.MANAGE_HOOKS in permissions
        self.props["canMakeKey"] = Permission.ADMINISTER in permissions
        self.set_hooks(len(engine.hooks.all()))

        def on_start(event: GenericEventArguments) -> None:
            start(offered[int(event.args)])

        async def on_key() -> None:
            if key := await make_key():
                self.run_method("setKey", key)

        self.on("start", on_start)
        self.on("key", on_key, [])

    def set_hooks(self, count: int) -> None:
        """The number of hooks."""
        self.props["hooks"] = count
        self.update()
