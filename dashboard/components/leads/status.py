"""Sets a lead's status by hand, with a reason for others to read."""

from collections.abc import Mapping

from nicegui import ui
from nicegui.element import Element

from dashboard.components.basics.acting import ActorNow, act
from dashboard.components.basics.buttons import button
from dashboard.components.basics.combobox import Combobox, Option
from dashboard.components.basics.field import FormField, text_input
from engine import LABELS, Actor, Engine, Lead, LeadStatus


class StatusChange(Element):
    """`actor` is called before each change for the current actor."""

    def __init__(self, engine: Engine, actor: ActorNow, lead: Lead) -> None:
        super().__init__("section")
        self._engine, self._actor, self._lead = engine, actor, lead
        self._status = lead.status
        self.classes("th-card th-status th-panel")
        self.props["aria-label"] = "Change the status"
        with self:
            field = FormField("status", "Status")
            with field.inside:
                Combobox(
                    [Option(value=str(one), label=LABELS[one]) for one in LeadStatus],
                    value=str(lead.status),
                    label="Status",
                    on_change=self._choose,
                    input_id=field.control_id,
                )
            self._reason_field = FormField("reason", "Reason", note="Optional")
            self._reason = text_input(self._reason_field, "", placeholder="Called back, wants an offer")
            button("Change", self.save, "is-main")

    def _choose(self, status: str) -> None:
        self._status = LeadStatus(status)

    async def save(self) -> None:
        page = f"/leads/{self._lead.id}"

        async def change(actor: Actor) -> bool:
            await self._engine.leads.set_status(
                self._lead.id,
                self._status,
                reason=str(self._reason.value or ""),
                actor=actor,
                expected=self._lead.version,
            )
            return True

        def show(problems: Mapping[str, str]) -> None:
            self._reason_field.show(problems.get("reason"))

        if await act(self._actor, change, within=self, back=page, problems=show):
            ui.navigate.to(page)
