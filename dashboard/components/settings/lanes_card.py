"""The lanes, one per hook type, edited by Admins and saved together."""

from nicegui import ui
from nicegui.element import Element

from dashboard.components.basics.acting import ActorNow, act
from dashboard.components.basics.buttons import plain_button
from dashboard.components.basics.dialogs import toast
from dashboard.components.basics.text import Text
from dashboard.components.basics.unsaved import Unsaved
from dashboard.components.settings.lane_fields import LaneFields
from engine import Actor, Engine, HookType, InvalidHook

ABOUT = (
    "A lane is what all hooks of one type share: how many of their calls run at once, how long one may take, "
    "and when a failed one is made again."
)
HOLDS = "A change holds from the next call on. What a hook says under Delivery goes before its lane."


class LanesCard(Element):
    """`actor` is called for the current actor before each change; `back` is the page to return to after signing in."""

    def __init__(self, engine: Engine, actor: ActorNow, *, back: str, read_only: bool) -> None:
        super().__init__("section")
        self._engine, self._actor, self._back = engine, actor, back
        self._lanes: list[LaneFields] = []
        self._notice: Text | None
        self._saving, self._notice = False, None
        self.classes("th-card th-lanes")
        with self:
            self._unsaved = Unsaved()
            with ui.element("div").classes("th-lanes-about"):
                heading = Text("h2", "Lanes")
                Text("p", ABOUT)
                Text("p", HOLDS if not read_only else "Admins may change them.", "th-muted")
            with ui.element("div").classes("th-lanes-head") as head:
                for name in ("Type", "Calls at once", "Timeout", "Retries", ""):
                    Text("span", name)
            for type in HookType:
                settings = engine.lane_settings.of(type)
                lane = LaneFields(type, settings, changed=self._changed, read_only=read_only)
                self._lanes.append(lane)
            if not read_only:
                self._notice = self._footer()
        heading.props["id"] = f"th-{heading.id}"
        self.props["aria-labelledby"] = heading.props["id"]
        head.props["aria-hidden"] = "true"

    def follow(self) -> None:
        """Shows what others have saved meanwhile."""
        for lane in self._lanes:
            lane.follow(self._engine.lane_settings.of(lane.type))

    async def save(self) -> None:
        """Saves each changed lane; those that fail show why, and keep their input."""
        if self._saving:
            return
        self._saving = True
        try:
            await self._save()
        finally:
            self._saving = False

    async def _save(self) -> None:
        changed = [lane for lane in self._lanes if lane.dirty]
        wrong: list[tuple[LaneFields, dict[str, str]]] = []
        for lane in changed:
            problems = await act(
                self._actor, lambda actor, lane=lane: self._save_lane(lane, actor), within=self, back=self._back
            )
            if problems is None:
                return
            if problems:
                wrong.append((lane, problems))
        self._show_outcome(len(changed), wrong)

    async def _save_lane(self, lane: LaneFields, actor: Actor) -> dict[str, str]:
        """Returns problems; empty if it was saved."""
        problems = lane.own_problems
        if not problems:
            try:
                lane.take(await self._engine.lane_settings.save(lane.type, lane.raw, actor=actor))
            except InvalidHook as error:
                problems = dict(error.problems)
        lane.show(problems)
        return problems

    def _show_outcome(self, changed: int, wrong: list[tuple[LaneFields, dict[str, str]]]) -> None:
        if wrong and self._notice:
            self._notice.text = f"{_lanes(len(wrong))} {'needs' if len(wrong) == 1 else 'need'} a change."
            wrong[0][0].focus(wrong[0][1])
        elif changed:
            toast(f"{_lanes(changed)} {'is' if changed == 1 else 'are'} saved.", "good")

    def _footer(self) -> Text:
        """Returns the element for problems."""
        with ui.element("div").classes("th-lanes-foot"):
            notice = Text("p", "")
            notice.props["role"] = "alert"
            plain_button("Save", self.save, "is-main")
        return notice

    def _changed(self) -> None:
        self._unsaved.guard(any(lane.dirty for lane in self._lanes))
        if self._notice:
            self._notice.text = ""


def _lanes(count: int) -> str:
    return "One lane" if count == 1 else f"{count} lanes"
