"""Mail delivery: whether it is on, its server, and the queue length."""

from nicegui import ui
from nicegui.element import Element

from dashboard.components.basics.fact import fact
from dashboard.components.basics.text import Text
from engine import Engine, TriggerHooksError

_HOW = {"starttls": "encrypted (STARTTLS)", "tls": "encrypted (TLS)", "none": "not encrypted"}


class MailCard(Element):
    """Empty until `refresh` is called."""

    def __init__(self, engine: Engine) -> None:
        super().__init__("section")
        self._engine = engine
        self.classes("th-card th-section th-storage")
        smtp = engine.settings.smtp
        with self:
            heading = Text("h2", "E-mail")
            if smtp is None:
                Text("p", "No mail server is set, so /notify sends no mails.", "th-muted")
                Text("p", "TRIGGER_HOOKS_SMTP_URL and TRIGGER_HOOKS_SMTP_FROM name one.", "th-note")
                return
            with ui.element("dl"):
                fact("Server", f"{smtp.host}:{smtp.port}, {_HOW[smtp.tls]}")
                fact("From", smtp.sender)
                self._waiting = fact("Waiting", "…")
            Text("p", "More than a few to one address within a minute go as one mail that lists them.", "th-note")
        heading.props["id"] = f"th-{heading.id}"
        self.props["aria-labelledby"] = heading.props["id"]

    async def refresh(self) -> None:
        if self._engine.settings.smtp is None:
            return
        try:
            waiting = await self._engine.mail_waiting()
        except TriggerHooksError:
            return
        self._waiting.text = f"{waiting:,} to be sent" if waiting else "None"
