"""`/people`: who may sign in, for Admins. Invitation and reset links are shown once; nothing is mailed."""

from collections.abc import Awaitable, Callable, Coroutine
from typing import TypeVar

from nicegui import ui
from starlette.requests import Request
from starlette.responses import RedirectResponse

from dashboard.clients import later
from dashboard.components.basics.acting import acting
from dashboard.components.basics.buttons import plain_button
from dashboard.components.basics.choice import Choice
from dashboard.components.basics.dialog_form import DialogForm, show_once
from dashboard.components.basics.dialogs import confirm, toast
from dashboard.components.basics.field import FormField
from dashboard.components.basics.text import Text
from dashboard.components.people.factor_roles import FactorRoles
from dashboard.components.people.table import ROLES, PeopleTable
from dashboard.entrance.session import Visitor, visitor
from dashboard.frame.allowed import allowed
from dashboard.frame.page import frame
from engine import LABELS, Actor, Engine, NewLink, NotAllowed, Page, Permission, Role, TriggerHooksError, User

PATH = "/people"
R = TypeVar("R")


def people_page(engine: Engine, style_url: str) -> None:
    @ui.page(PATH, title="People · Trigger Hooks")
    async def page(request: Request) -> RedirectResponse | None:
        who = await visitor(engine, request)
        if isinstance(who, RedirectResponse):
            return who
        if not allowed(who, Permission.ADMINISTER, PATH, style_url):
            return None
        cursor = request.query_params.get("cursor")
        people = await engine.people.page(actor=who.actor, cursor=cursor)
        with frame(who, style_url, "People", PATH):
            _PeoplePage(engine, who, cursor).build(people)
        return None


class _PeoplePage:
    def __init__(self, engine: Engine, who: Visitor, cursor: str | None) -> None:
        self._engine, self._who, self._cursor = engine, who, cursor

    def build(self, people: Page[User]) -> None:
        with ui.element("div").classes("th-head"):
            with ui.element("div"):
                Text("h1", "People")
                Text("p", "Who may sign in, and what they may do.", "th-muted")
            plain_button("Invite", self._ask_to_invite, "is-main is-add")
        with ui.element("div") as self._box:
            self._table = PeopleTable(people.items, me=self._who.actor.id, act=self._act)
        FactorRoles(self._engine.people.second_factor_roles, self._require_second_factor)
        if people.next:
            Text("a", "More people", "th-button").props["href"] = f"{PATH}?cursor={people.next}"

    async def _require_second_factor(self, roles: frozenset[Role]) -> frozenset[Role]:
        """Gives those that require it now."""

        async def done(actor: Actor) -> bool:
            await self._engine.people.require_second_factor(roles, actor=actor)
            return True

        if await self._change(done):
            with self._box:
                toast("The second factor is required as you chose.", "good")
        return self._engine.people.second_factor_roles

    async def _act(self, name: str, user: User, value: str) -> None:
        if name == "role":
            await self._ask_to_change_role(user, Role(value))
        elif name == "disable":
            self._ask_to_disable(user)
        elif name == "enable":
            await self._change(lambda actor: self._engine.people.change(user.id, disabled=False, actor=actor))
        elif name == "withdraw":
            self._ask_to_withdraw(user)
        elif name == "invite":
            await self._new_link(user)
        elif name == "reset":
            self._ask_to_reset(user)
        elif name == "sign-out":
            self._ask_to_sign_out(user)

    async def _ask_to_change_role(self, user: User, role: Role) -> None:
        """Until it is confirmed, the list shows the current role."""

        async def change() -> None:
            if await self._change(lambda actor: self._engine.people.change(user.id, role=role, actor=actor)):
                with self._box:
                    toast(f"{user.email} is {LABELS[role]} now.", "good")

        if not await self._refresh():
            return
        with self._box:
            confirm(
                f"Make {user.email} {_A[role]}?",
                f"{_MAY[role]} They are signed out everywhere, and sign in again.",
                stay=f"Stay {LABELS[user.role]}",
                go="Change the role",
                on_go=lambda: _later(change),
            )

    def _ask_to_disable(self, user: User) -> None:
        async def disable() -> None:
            await self._change(lambda actor: self._engine.people.change(user.id, disabled=True, actor=actor))

        confirm(
            f"Disable {user.email}?",
            "They are signed out everywhere at once, and cannot sign in until you enable the account again.",
            stay="Keep",
            go="Disable",
            on_go=lambda: _later(disable),
        )

    def _ask_to_sign_out(self, user: User) -> None:
        async def done(actor: Actor) -> bool:
            await self._engine.people.sign_out(user.id, actor=actor)
            return True

        async def sign_out() -> None:
            if await self._change(done):
                with self._box:
                    toast(f"{user.email} is signed out.", "good")

        confirm(
            f"Sign out {user.email}?",
            "All of their sessions end at once, in every browser. They can sign in again.",
            stay="Cancel",
            go="Sign out",
            on_go=lambda: _later(sign_out),
        )

    def _ask_to_withdraw(self, user: User) -> None:
        async def withdraw() -> None:
            await self._change(lambda actor: self._engine.people.withdraw(user.id, actor=actor))

        confirm(
            f"Withdraw the invitation of {user.email}?",
            "Their link works no longer.",
            stay="Keep",
            go="Withdraw",
            on_go=lambda: _later(withdraw),
        )

    def _ask_to_invite(self) -> None:
        async def invite() -> None:
            actor = await self._actor()
            chosen = Role(role.value)
            link = await self._engine.people.invite(email=str(email.value or ""), role=chosen, actor=actor)
            form.close()
            await self._refresh()
            self._show_link(link, f"{link.user.email} is invited")

        form = DialogForm(
            "Invite somebody", "They get a link from you, and set a password by it.", go="Make the link", submit=invite
        )
        email = form.field("email", "E-mail", kind="email")
        with form.inside, FormField("role", "Role", hint=" ".join(_MAY.values()), caption="span").inside:
            role = Choice(ROLES, value="user", label="Role", on_change=lambda _: None)

    def _ask_to_reset(self, user: User) -> None:
        async def reset() -> None:
            actor, drop = await self._actor(), factor is not None and factor.value == "off"
            link = await self._engine.people.reset(user.id, drop_second_factor=drop, actor=actor)
            form.close()
            self._show_link(link, f"A new password for {user.email}")

        form = DialogForm(
            f"Reset {user.email}?",
            "You get a link by which they set a new password. When it is used, they are signed out everywhere.",
            go="Make the link",
            submit=reset,
        )
        factor = None
        if user.second_factor:
            hint = "Turn it off where both the device and the recovery codes are lost."
            with form.inside, FormField("factor", "Second factor", hint=hint, caption="span").inside:
                options = {"on": "Stays on", "off": "Turn it off"}
                factor = Choice(options, value="on", label="Second factor", on_change=lambda _: None)

    async def _new_link(self, user: User) -> None:
        link = await self._change(lambda actor: self._engine.people.reset(user.id, actor=actor))
        if link:
            self._show_link(link, f"A new link for {user.email}")

    def _show_link(self, link: NewLink, title: str) -> None:
        until = f"{link.expires_at:%m-%d-%Y %H:%M} UTC"
        text = f"Send it by a way that you trust. It is shown this once, and works once, until {until}."
        with self._box:
            show_once(title, text, (link.url,), copy="Copy the link")

    async def _change(self, change: Callable[[Actor], Awaitable[R]]) -> R | None:
        """Checks the current actor, applies the change, shows a refusal, and reloads the list."""
        done: R | None = None
        with self._box:
            try:
                done = await change(await self._actor())
            except TriggerHooksError as error:
                toast(str(error), "bad")
                if isinstance(error, NotAllowed):
                    return None
        await self._refresh()
        return done

    async def _actor(self) -> Actor:
        return await acting(self._who.now, within=self._box, back=PATH)

    async def _refresh(self) -> bool:
        """False, with a message, if the viewer may no longer see the page."""
        with self._box:
            try:
                people = await self._engine.people.page(actor=await self._actor(), cursor=self._cursor)
            except TriggerHooksError as error:
                toast(str(error), "bad")
                return False
        if not self._table.is_deleted:
            self._table.show(people.items)
        return True


_A = {Role.ADMIN: "an Admin", Role.MANAGER: "a Manager", Role.USER: "a User"}
_MAY = {
    Role.ADMIN: "Admins do everything.",
    Role.MANAGER: "Managers make and replay hooks.",
    Role.USER: "Users look, and test without sending.",
}


def _later(work: Callable[[], Coroutine[object, object, None]]) -> None:
    later(work(), name="change somebody")
