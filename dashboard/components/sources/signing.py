"""How a sender signs, chosen for platforms that leave it to their users."""

from collections.abc import Callable
from typing import Final

from nicegui import ui
from nicegui.element import Element

from dashboard.components.basics.combobox import Combobox, Option
from dashboard.components.basics.field import FormField, text_input
from engine import Json, SigningKind

USUAL: Final = ""
KINDS: Final[dict[str, tuple[str, str]]] = {
    SigningKind.HEADER: ("A header with the secret", "Such as Authorization: Bearer SECRET"),
    SigningKind.STANDARD_WEBHOOKS: ("Standard Webhooks", "webhook-id, webhook-timestamp, webhook-signature"),
    SigningKind.HMAC: ("HMAC of the body", "A digest in a header of your choice"),
    SigningKind.BASIC: ("User and password", "Basic authentication; the secret is user:password"),
    SigningKind.NONE: ("None", "Whoever knows the address can post"),
}
ALGORITHMS: Final = {"sha256": "SHA-256", "sha512": "SHA-512", "sha1": "SHA-1"}
ENCODINGS: Final = {"hex": "Hexadecimal", "base64": "Base64"}


class SigningFields(Element):
    """Shown only for platforms with a choice."""

    def __init__(self) -> None:
        super().__init__("div")
        self._chosen = str(SigningKind.HEADER)
        self._algorithm, self._encoding = "sha256", "hex"
        with self:
            field = FormField("verify", "Signature", caption="span")
            with field.inside:
                self._kinds = Combobox([], value=self._chosen, label="Signature", on_change=self._choose)
            self.field = field
            with ui.element("div") as self._of_header:
                self._header = self._line("verify_header", "Header", "authorization")
            with ui.element("div") as self._of_hmac:
                self._choice("Algorithm", ALGORITHMS, self._choose_algorithm)
                self._choice("Encoding", ENCODINGS, self._choose_encoding)
                self._prefix = self._line("verify_prefix", "Before the digest", "", "Such as sha256=")
                self._format = self._line("verify_format", "Format", "{body}", "Such as {timestamp}.{body}")
                self._stamp = self._line("verify_stamp", "Header with the time", "", "Where the format has {timestamp}")
        self.offer("")

    def offer(self, platform: str) -> None:
        """The choices of a platform; hidden for those that sign in one way."""
        self.visible = platform in {"vapi", "generic"}
        options = [Option(value=kind, label=label, detail=detail) for kind, (label, detail) in KINDS.items()]
        if platform == "vapi":
            options.insert(0, Option(value=USUAL, label="X-Vapi-Secret", detail="As Vapi does unless told otherwise"))
        self._kinds.offer(options)
        self._choose(options[0].get("value", USUAL))
        self._kinds.set(self._chosen)

    @property
    def raw(self) -> dict[str, Json] | None:
        """In the API's format."""
        if not self.visible or self._chosen == USUAL:
            return None
        if self._chosen not in {SigningKind.HEADER, SigningKind.HMAC}:
            return {"kind": self._chosen}
        header = (self._header.value or "").strip()
        if self._chosen == SigningKind.HEADER:
            return {"kind": self._chosen, "header": header}
        return {
            "kind": self._chosen,
            "header": header,
            "algorithm": self._algorithm,
            "encoding": self._encoding,
            "prefix": self._prefix.value or "",
            "format": self._format.value or "",
            "timestamp_header": (self._stamp.value or "").strip(),
        }

    def _line(self, name: str, label: str, value: str, hint: str = "") -> ui.input:
        return text_input(FormField(name, label, hint=hint), value)

    def _choice(self, label: str, options: dict[str, str], choose: Callable[[str], None]) -> None:
        field = FormField(label.lower(), label, caption="span")
        with field.inside:
            listed = [Option(value=value, label=words) for value, words in options.items()]
            Combobox(listed, value=next(iter(options)), label=label, on_change=choose)

    def _choose(self, kind: str) -> None:
        self._chosen = kind
        usual = "x-signature" if kind == SigningKind.HMAC else "authorization"
        if self._header.value in {"x-signature", "authorization"}:
            self._header.value = usual
        self._of_header.visible = kind in {SigningKind.HEADER, SigningKind.HMAC}
        self._of_hmac.visible = kind == SigningKind.HMAC

    def _choose_algorithm(self, value: str) -> None:
        self._algorithm = value

    def _choose_encoding(self, value: str) -> None:
        self._encoding = value
