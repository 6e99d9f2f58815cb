"""`/account`: your own password, second factor and sessions."""

from nicegui import ui
from starlette.requests import Request
from starlette.responses import RedirectResponse

from dashboard.components.account.factor import FactorCard, FactorRequired
from dashboard.components.account.password import PasswordCard
from dashboard.components.account.sessions import SessionsCard
from dashboard.components.basics.acting import acting
from dashboard.components.basics.dialogs import toast
from dashboard.components.basics.text import Text
from dashboard.entrance.session import ACCOUNT, Visitor, visitor
from dashboard.frame.page import frame
from engine import LABELS, Actor, Engine, Offer, TriggerHooksError

PATH = ACCOUNT


def account_page(engine: Engine, style_url: str) -> None:
    @ui.page(PATH, title="Your account · Trigger Hooks")
    async def page(request: Request) -> RedirectResponse | None:
        who = await visitor(engine, request)
        if isinstance(who, RedirectResponse):
            return who
        with frame(who, style_url, "Your account", PATH):
            page = _AccountPage(engine, who)
        await page.refresh()
        return None


class _AccountPage:
    """Also implements the actions of the second factor card."""

    def __init__(self, engine: Engine, who: Visitor) -> None:
        self._engine, self._who = engine, who
        self._client = ui.context.client
        with ui.element("div").classes("th-head"), ui.element("div"):
            Text("h1", "Your account")
            Text("p", f"{who.actor.name}, {LABELS[who.actor.role]}", "th-muted")
        self._required = FactorRequired()
        with ui.element("div").classes("th-account"):
            PasswordCard(self._change_password)
            self._factor = FactorCard(self)
            self._sessions = SessionsCard(self._engine.own_account.session_id(who.token), self._end)

    async def refresh(self) -> None:
        self._required.show(await self._who.now())
        await self._factor.refresh()
        self._sessions.show(await self._engine.own_account.sessions(actor=self._who.actor))

    def offer(self) -> Offer:
        return self._engine.own_account.offer(actor=self._who.actor)

    async def turn_on(self, offer: Offer, code: str, present: str) -> tuple[str, ...]:
        return await self._engine.own_account.turn_on(
            offer=offer, code=code, present=present, actor=await self._actor()
        )

    async def turn_off(self, proof: str) -> None:
        await self._engine.own_account.turn_off(proof=proof, actor=await self._actor())

    async def new_codes(self, proof: str) -> tuple[str, ...]:
        return await self._engine.own_account.new_codes(proof=proof, actor=await self._actor())

    async def changed(self) -> None:
        self._required.show(await self._who.now())

    async def left(self) -> tuple[bool, int]:
        user = await self._engine.own_account.user(actor=self._who.actor)
        return user.second_factor, await self._engine.own_account.codes_left(actor=self._who.actor)

    async def _change_password(self, present: str, new: str) -> None:
        actor = await self._actor()
        await self._engine.own_account.change_password(present=present, new=new, token=self._who.token, actor=actor)
        await self._show_sessions(actor)

    async def _end(self, session_id: str | None) -> None:
        try:
            actor = await self._actor()
            if session_id is None:
                await self._engine.own_account.end_others(token=self._who.token, actor=actor)
            else:
                await self._engine.own_account.end_session(session_id, actor=actor)
            await self._show_sessions(actor)
        except TriggerHooksError as error:
            toast(str(error), "bad")

    async def _show_sessions(self, actor: Actor) -> None:
        self._sessions.show(await self._engine.own_account.sessions(actor=actor))

    async def _actor(self) -> Actor:
        return await acting(self._who.now, within=self._client, back=PATH)
