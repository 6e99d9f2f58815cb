"""Your own second factor: set-up with a QR code and a first code, turning it off, and recovery codes."""

from typing import Final, Protocol

import segno
from nicegui import ui
from nicegui.element import Element

from dashboard.components.basics.buttons import button
from dashboard.components.basics.dialog_form import DialogForm, show_once
from dashboard.components.basics.dialogs import toast
from dashboard.components.basics.section_card import section_card
from dashboard.components.basics.text import Text
from engine import Actor, Offer

ABOUT: Final = (
    "Besides your password, sign-in then asks for a code that an app on your phone shows, new every 30 seconds."
)
ONCE: Final = (
    "Each signs you in once where the phone is lost. Keep them apart from your password. They are shown this once."
)
PROOF: Final = "Your password, or a code"


class Factor(Protocol):
    """Actions that the card requests from the page."""

    def offer(self) -> Offer: ...

    async def turn_on(self, offer: Offer, code: str, present: str) -> tuple[str, ...]: ...

    async def turn_off(self, proof: str) -> None: ...

    async def new_codes(self, proof: str) -> tuple[str, ...]: ...

    async def left(self) -> tuple[bool, int]:
        """Whether it is on, and the number of recovery codes left."""
        ...

    async def changed(self) -> None:
        """It was turned on or off."""
        ...


class FactorRequired(Element):
    """Says that the role requires a second factor, and once there is one, leads on. Hidden until `show` is called."""

    def __init__(self) -> None:
        super().__init__("div")
        self.classes("th-card th-section th-required").props["role"] = "status"
        self.visible, self._was_lacking = False, False

    def show(self, actor: Actor | None) -> None:
        lacking = actor is not None and actor.lacks_second_factor
        self._was_lacking, self.visible = self._was_lacking or lacking, self._was_lacking or lacking
        self.clear()
        with self:
            if lacking:
                Text("p", "Your role requires a second factor. Add one below to continue.")
            else:
                Text("p", "Your second factor is on.")
                Text("a", "Continue", "th-button is-main").props["href"] = "/"


class FactorCard:
    """Empty until `refresh` is called."""

    def __init__(self, factor: Factor) -> None:
        self._factor = factor
        with section_card("Second factor", ABOUT):
            self._box = ui.element("div").classes("th-factor")

    async def refresh(self) -> None:
        on, left = await self._factor.left()
        self._box.clear()
        with self._box:
            if not on:
                Text("p", "It is off.")
                button("Set it up", self._ask_to_turn_on)
                return
            few = left <= 2
            Text("span", "On", "th-chip is-plain is-succeeded")
            Text("p", f"{left} of 10 recovery codes are left.", "th-warn" if few else "")
            with ui.element("div").classes("th-buttons"):
                button("New recovery codes", self._ask_for_codes)
                button("Turn it off", self._ask_to_turn_off)

    def _ask_to_turn_on(self) -> None:
        offer = self._factor.offer()

        async def turn_on() -> None:
            codes = await self._factor.turn_on(offer, str(code.value or ""), str(present.value or ""))
            form.close()
            await self._done("The second factor is on.", codes)

        form = DialogForm(
            "Set up the second factor",
            "Scan this with an authenticator app, then enter the code that it shows.",
            go="Turn it on",
            submit=turn_on,
        )
        with form.inside:
            image = ui.element("img").classes("th-qr")
            image.props["src"] = segno.make(offer.uri, error="m").svg_data_uri(scale=4, border=2, light="#fff")
            image.props["alt"] = "The picture to scan"
            with ui.element("p").classes("th-hint"):
                Text("span", "Or type this key: ")
                Text("code", _in_groups(offer.secret), "th-key")
        code = form.field("code", "Code", complete="one-time-code")
        present = form.field("present", "Your password", kind="password", complete="current-password")

    def _ask_to_turn_off(self) -> None:
        async def turn_off() -> None:
            await self._factor.turn_off(str(proof.value or ""))
            form.close()
            await self._done("The second factor is off.")

        text = "From then on your password alone signs you in. Its recovery codes end too."
        form = DialogForm("Turn off the second factor?", text, go="Turn it off", submit=turn_off, look="is-bad")
        proof = form.field("proof", PROOF, kind="password")

    def _ask_for_codes(self) -> None:
        async def make() -> None:
            codes = await self._factor.new_codes(str(proof.value or ""))
            form.close()
            await self._done("There are new recovery codes.", codes)

        form = DialogForm(
            "New recovery codes?", "Those that you have work no longer.", go="Make new codes", submit=make
        )
        proof = form.field("proof", PROOF, kind="password")

    async def _done(self, words: str, codes: tuple[str, ...] = ()) -> None:
        await self.refresh()
        await self._factor.changed()
        with self._box:
            toast(words, "good")
            if codes:
                show_once("Your recovery codes", ONCE, codes, copy="Copy them")


def _in_groups(secret: str) -> str:
    return " ".join(secret[place : place + 4] for place in range(0, len(secret), 4))
