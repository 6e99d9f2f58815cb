"""The people who may sign in, one row each with an Admin's actions."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from nicegui import ui
from nicegui.element import Element

from dashboard.components.basics.buttons import plain_button
from dashboard.components.basics.fact import Moment
from dashboard.components.basics.select import Select
from dashboard.components.basics.text import Text
from engine import LABELS, Role, User, UserState

ROLES: Final = {str(role): LABELS[role] for role in (Role.ADMIN, Role.MANAGER, Role.USER)}
_HEADS: Final = ("E-mail", "Role", "State", "Second factor", "Last sign-in", "Action")
_LOOKS: Final = {UserState.ACTIVE: "is-succeeded", UserState.INVITED: "is-running", UserState.DISABLED: ""}

Act = Callable[[str, User, str], Awaitable[None]]
"""What is wanted (`role`, `disable`, `enable`, `reset`, `sign-out`, `invite`, `withdraw`), of whom, and the role."""


class PeopleTable(Element):
    """`me` is the viewer's id: people cannot disable their own account."""

    def __init__(self, users: Sequence[User], *, me: int, act: Act) -> None:
        super().__init__("section")
        self._me, self._act = me, act
        self.classes("th-card th-people")
        self.props["aria-label"] = "People"
        with self, ui.element("table").classes("th-table"):
            with ui.element("thead"), ui.element("tr"):
                for name in _HEADS:
                    Text("th", name).props["scope"] = "col"
            self._body = ui.element("tbody")
        self.show(users)

    def show(self, users: Sequence[User]) -> None:
        self._body.clear()
        with self._body:
            for user in users:
                self._row(user)

    def _row(self, user: User) -> None:
        with ui.element("tr") as row:
            row.props["data-testid"] = "person"
            with _cell("", "is-email"):
                Text("span", user.email)
                if user.id == self._me:
                    Text("span", "you", "th-badge")
            with _cell("Role"):
                self._role(user)
            with _cell("State"):
                Text("span", LABELS[user.state], f"th-chip is-plain {_LOOKS[user.state]}")
            with _cell("Second factor"):
                Text("span", "On" if user.second_factor else "Off", "" if user.second_factor else "th-muted")
            with _cell("Last sign-in", "is-stamp"):
                if user.last_sign_in_at:
                    Moment(user.last_sign_in_at.isoformat())
                else:
                    Text("span", "Never", "th-muted")
            with _cell("", "is-actions"), ui.element("div").classes("th-actions"):
                self._actions(user)

    def _role(self, user: User) -> None:
        async def change(role: str) -> None:
            await self._act("role", user, role)

        Select(ROLES, value=str(user.role), label=f"Role of {user.email}", on_change=change)

    def _actions(self, user: User) -> None:
        if user.state is UserState.INVITED:
            self._button("New link", "invite", user)
            self._button("Withdraw", "withdraw", user)
        elif user.state is UserState.DISABLED:
            self._button("Enable", "enable", user)
        else:
            self._button("Reset", "reset", user)
            if user.id != self._me:
                self._button("Sign out", "sign-out", user)
                self._button("Disable", "disable", user)

    def _button(self, label: str, name: str, user: User) -> None:
        async def on_click() -> None:
            await self._act(name, user, "")

        plain_button(label, on_click, "is-small", name=f"{label}: {user.email}").mark(f"{name}-{user.id}")


def _cell(label: str, classes: str = "") -> Element:
    cell = ui.element("td").classes(classes)
    if label:
        cell.props["data-label"] = label
    return cell
