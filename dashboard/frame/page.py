"""The frame of every page: the bar at the top, the navigation, and the content area."""

import asyncio
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace

from nicegui import ui
from nicegui.element import Element

from dashboard.clients import later, when_connected, when_gone
from dashboard.components.basics.buttons import submit_button
from dashboard.components.basics.esm import SHARED
from dashboard.components.basics.text import Text
from dashboard.entrance.form_token import FIELD, form_token
from dashboard.entrance.session import ACCOUNT, Visitor, to_the_door
from dashboard.frame.navigation import Navigation
from dashboard.frame.notice_bell import NoticeBell
from dashboard.theme import dress
from engine import LABELS, Actor

LOOK = "look whether the session goes on"
LOOK_SECONDS = 60.0
PARTING_SECONDS = 0.5
"""For the way to the door to reach the browser."""
FORGET_DRAFTS = """() => {
    for (const name of Object.keys(localStorage)) if (name.startsWith("th-draft:")) localStorage.removeItem(name);
}"""


class ThemeSwitch(Element, component="theme_switch.js", esm=SHARED):
    """Light, dark, or the system's; remembered in the browser."""


class Keys(Element, component="keys.js", esm=SHARED):
    """`g` and a letter opens a page, `?` lists all shortcuts."""


class SessionWatch(Element, component="session_watch.js", esm=SHARED):
    """Leads to the sign-in form where the session has ended before the page could connect. Shows nothing."""


@contextmanager
def frame(visitor: Visitor, style_url: str, title: str, path: str) -> Generator[None]:
    dress(style_url)
    ui.page_title(f"{title} · Trigger Hooks")
    _link("#th-content", "Skip to content").classes("th-skip")
    with ui.element("header").classes("th-bar"):
        with _link("/", "").classes("th-brand") as brand:
            brand.props["aria-label"] = "Trigger Hooks"
            mark = ui.element("img")
            mark.props.update(src="/favicon.svg", alt="", width=24, height=24)
            Text("span", "Trigger Hooks")
        with _link("/account", "").classes("th-who") as who:
            ui.icon("account_circle").props["aria-hidden"] = "true"
            Text("span", f"{visitor.actor.name} · {LABELS[visitor.actor.role]}")
        who.props.update({"title": "Your account", "aria-label": f"Your account, {visitor.actor.name}"})
        if not visitor.actor.lacks_second_factor:
            NoticeBell(visitor.engine, visitor.actor, visitor.now)
            Keys()
        SessionWatch()
        ThemeSwitch()
        with ui.element("form") as form:
            form.props.update(method="post", action="/sign-out")
            form.on("submit", js_handler=FORGET_DRAFTS)
            token = ui.element("input")
            token.props.update(type="hidden", name=FIELD, value=form_token(visitor.engine, visitor.token))
            submit_button("Sign out", "is-quiet")
    if not visitor.actor.lacks_second_factor:
        Navigation(visitor.actor, path)
    _leave_with_the_session(visitor, path)
    with ui.element("div").classes("th-content") as content:
        content.props.update(id="th-content", tabindex="-1")
        yield


def _leave_with_the_session(visitor: Visitor, path: str) -> None:
    """While the page is open it keeps the session alive; once the session has ended, the page gets no more updates.

    It looks when it connects too: the session may have changed while the page was built or loaded.
    """
    client = ui.context.client

    async def look() -> None:
        now = await visitor.now()
        if client.is_deleted or (now and _sees_the_same(visitor.actor, now, path)):
            return
        with client:
            if now is None:
                to_the_door(path)
            else:  # a page depends on the role
                ui.navigate.reload()
        await asyncio.sleep(PARTING_SECONDS)
        client.delete()

    async def look_soon() -> None:
        """The tab that signs out is already navigating."""
        await asyncio.sleep(PARTING_SECONDS)
        if client.has_socket_connection:
            await look()

    def changed(user_id: int) -> None:
        if user_id == visitor.actor.id:
            later(look_soon(), name=LOOK)

    when_gone(client, visitor.engine.sessions.subscribe(changed))
    when_connected(client, lambda: later(look(), name=LOOK))
    ui.timer(LOOK_SECONDS, look, immediate=False)


def _sees_the_same(before: Actor, now: Actor, path: str) -> bool:
    """Pages depend on the role, and all but the account page on a second factor: that one is where it is set up, and
    shows recovery codes that a reload would lose."""
    return now == (replace(before, scopes=now.scopes) if path == ACCOUNT else before)


def _link(target: str, text: str) -> Element:
    link = Text("a", text)
    link.props["href"] = target
    return link
