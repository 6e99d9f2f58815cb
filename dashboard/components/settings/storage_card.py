"""Disk use, backlog and retention."""

from nicegui import ui
from nicegui.element import Element

from dashboard.components.basics.fact import fact
from dashboard.components.basics.text import Text
from engine import Engine, TriggerHooksError


class StorageCard(Element):
    """Empty until `refresh` is called."""

    def __init__(self, engine: Engine) -> None:
        super().__init__("section")
        self._engine = engine
        self.classes("th-card th-section th-storage")
        with self:
            heading = Text("h2", "Storage")
            self._problem = Text("p", "", "th-problem")
            self._problem.props["role"] = "status"
            with ui.element("dl"):
                self._used, self._free, self._waiting = fact("Database", "…"), fact("Disk", "…"), fact("Waiting", "…")
                days = engine.settings.retention_days
                fact("Kept", f"{days} days; what failed, {2 * days} days")
            Text("p", _refusal(engine), "th-note")
        heading.props["id"] = f"th-{heading.id}"
        self.props["aria-labelledby"] = heading.props["id"]

    async def refresh(self) -> None:
        try:
            use = await self._engine.disk_use()
        except TriggerHooksError as error:
            self._show_problem(f"The disk cannot be measured now. {error}")
            return
        settings, waiting = self._engine.settings, self._engine.waiting
        self._used.text = size_in_words(use.used)
        self._free.text = f"{size_in_words(use.free)} free of {size_in_words(use.total)}"
        self._waiting.text = f"{waiting:,} of at most {settings.most_waiting:,}"
        if use.free < settings.least_free:
            self._show_problem("The disk is nearly full: new events are refused.")
        elif waiting >= settings.most_waiting:
            self._show_problem("Too many events are waiting to be decided: new ones are refused for now.")
        else:
            self._show_problem("")

    def _show_problem(self, problem: str) -> None:
        self._problem.text = problem
        self._problem.visible = bool(problem)


def size_in_words(size: int) -> str:
    """Formats bytes: "87.5 MB"."""
    amount, units = float(size), ["bytes", "KB", "MB", "GB"]
    while amount >= 1_000 and units:
        amount /= 1_024
        units.pop(0)
    unit = units[0] if units else "TB"
    return f"{amount:.0f} {unit}" if unit == "bytes" or amount >= 100 else f"{amount:.1f} {unit}"


def _refusal(engine: Engine) -> str:
    settings = engine.settings
    return (
        f"While {settings.most_waiting:,} events wait to be decided, or less than {size_in_words(settings.least_free)} "
        "of disk is free, new events are refused."
    )
