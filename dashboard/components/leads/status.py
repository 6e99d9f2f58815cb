"""Another status for a lead, given by a person, with a reason for the others."""

from nicegui import ui
from nicegui.element import Element

from dashboard.components.basics.combobox import Combobox, Option
from dashboard.components.basics.dialogs import ActorNow, button, toast
from dashboard.components.basics.field import FormField, text_input
from dashboard.entrance.session import to_the_door
from engine import LABELS, Engine, InvalidHook, Lead, LeadStatus, TriggerHooksError


class StatusChange(Element):
    """`actor` is asked who acts, anew before each change."""

    def __init__(self, engine: Engine, actor: ActorNow, lead: Lead) -> None:
        super().__init__("section")
        self._engine, self._actor, self._lead = engine, actor, lead
        self._status = lead.status
        self.classes("th-card th-status ti-panel")
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
        actor = await self._actor()
        page = f"/leads/{self._lead.id}"
        if actor is None:
            to_the_door(page)
            return
        try:
            await self._engine.leads.set_status(
                self._lead.id,
                self._status,
                reason=str(self._reason.value or ""),
                actor=actor,
                expected=self._lead.version,
            )
        except InvalidHook as error:
            self._reason_field.show(error.problems.get("reason"))
        except TriggerHooksError as error:
            toast(str(error), "bad")
        else:
            ui.navigate.to(page)
