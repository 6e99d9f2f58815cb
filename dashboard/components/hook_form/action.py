"""One action of a hook: URL, method, headers, body and terms. One of several is shown as a card."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from nicegui import ui
from nicegui.events import GenericEventArguments

from dashboard.components.basics.field import FormField, text_input
from dashboard.components.basics.text import Text
from dashboard.components.hook_form.body import BodyField
from dashboard.components.hook_form.curl import action_of, paste_curl
from dashboard.components.hook_form.endpoints import choose_endpoint, offer_endpoints, told_of_endpoint
from dashboard.components.hook_form.headers import HeaderRows
from dashboard.components.hook_form.kind import list_field
from dashboard.components.hook_form.preview import Preview, PreviewEvent
from dashboard.components.hook_form.sections import Editing
from dashboard.components.hook_form.terms import TermsFields
from dashboard.curl.command import NotCurl
from engine import EventType, Json, Method, Profile

_METHODS: Final[Mapping[Method, str]] = {
    Method.GET: "Asks for something. Carries no body.",
    Method.POST: "Creates. The event goes in the body.",
    Method.PUT: "Replaces. The event goes in the body.",
    Method.DELETE: "Removes. Carries no body.",
    Method.PATCH: "Changes a part. The event goes in the body.",
}
_BODYLESS: Final = {Method.GET, Method.DELETE}
_ON_PASTE: Final = """(event) => {
  const text = event.clipboardData.getData("text");
  if (!/^\\s*(\\$\\s+)?curl(\\.exe)?\\s/.test(text)) return;
  event.preventDefault();
  emit(text);
}"""
"""A field of one line would lose the ends of a command's lines."""


class ActionFields:
    """URL, method, headers, body, preview and terms. `index` counts from 0, as in the engine's names."""

    def __init__(
        self,
        editing: Editing,
        index: int,
        action: dict[str, Json],
        *,
        seen_for: PreviewEvent,
        on_change: Callable[[], None],
        on_choose: Callable[[], None],
    ) -> None:
        """`seen_for` is the event of the preview; `on_choose` is called when another event is chosen."""
        self._editing, self._action, self._on_change = editing, action, on_change
        self.place = f"actions[{index}]"
        steps = editing.draft.steps(index)
        with ui.element("div").classes("th-form-columns is-wide-left"):
            self._url_field()
            self._method_field()
        self._left_out = Text("p", "", "th-panel-info th-left-out")
        self._left_out.props["role"] = "status"
        self._left_out.visible = False
        with FormField(f"{self.place}.headers", "Headers", note="Optional", caption="span").inside:
            self._headers = HeaderRows(
                f"{self.place}.headers",
                action["headers"],
                action["secret_headers"],
                on_change=self._write_headers,
                on_leave=lambda: editing.left(f"{self.place}.headers"),
                read_only=editing.read_only,
            )
        self._body = BodyField(editing, self.place, action, steps=steps, on_change=self._body_changed)
        self.preview = Preview(editing, index, action, seen_for, on_choose=on_choose)
        self._terms = TermsFields(editing, self.place, action, steps=steps, on_change=on_change)
        self._hint_at_target()
        self._see_method()

    def own_problems(self) -> dict[str, str]:
        return self._headers.own_problems()

    def show(self, problems: Mapping[str, str], every: Mapping[str, str], *, tries: int) -> None:
        self._url.show(problems.get(f"{self.place}.url"))
        self._method.show(problems.get(f"{self.place}.method"))
        self._headers.show_problems(every, tries=tries)
        self._terms.show(problems)

    def check(self) -> None:
        """Runs pending checks immediately."""
        self._body.check()
        self._terms.check()

    def follow(self, known: EventType | None, seen: Profile | None = None) -> None:
        self._body.follow(known, seen)
        self._terms.follow(known, seen)

    def places(self) -> list[str]:
        return self._headers.places()

    def _url_field(self) -> None:
        self._url = FormField(f"{self.place}.url", "Hook URL", note="Required")
        self._box = text_input(
            self._url,
            self._action["url"],
            placeholder="https://api.example.com/leads",
            read_only=self._editing.read_only,
        )
        self._box.props("inputmode=url spellcheck=false").classes("is-mono")
        self._box.on_value_change(lambda event: self._write_url(event.value or ""))
        self._box.on("blur", lambda: self._editing.left(f"{self.place}.url"), [])
        if not self._editing.read_only:
            offer_endpoints(self._editing.engine, self._box)
            self._box.on("paste", self._pasted, js_handler=_ON_PASTE)
            with self._url.caption:
                inside = Text("button", "Inside", "th-insight-link")
                inside.props.update(type="button", title="Addresses that are answered within Trigger Hooks")
                inside.on("click", lambda: choose_endpoint(self._editing.engine, self._take_url), [])
                paste = Text("button", "Paste cURL", "th-insight-link")
                paste.props["type"] = "button"
                paste.on("click", lambda: paste_curl(self._take), [])

    def _method_field(self) -> None:
        self._method, self._method_list = list_field(
            f"{self.place}.method",
            "Hook Method",
            {str(one): (str(one), detail) for one, detail in _METHODS.items()},
            self._action["method"],
            on_change=self._write_method,
            read_only=self._editing.read_only,
        )

    def _pasted(self, event: GenericEventArguments) -> None:
        """A command was pasted into the URL field."""
        try:
            action, left_out = action_of(str(event.args))
        except NotCurl as error:
            self._show_left_out([str(error)])
        else:
            self._take(action, left_out)

    def _take_url(self, url: str) -> None:
        """The field emits its own change event."""
        self._box.value = url

    def _take(self, action: Mapping[str, Json], left_out: Sequence[str]) -> None:
        """Replaces the action with everything the command specifies."""
        self._action.update(action)
        self._box.value = action["url"]
        self._method_list.set(action["method"])
        self._headers.write(action["headers"], action["secret_headers"])
        self._body.write(action["body"])
        self._show_left_out(left_out)
        self._see_method()
        self._on_change()

    def _show_left_out(self, sentences: Sequence[str]) -> None:
        self._left_out.text = " ".join(sentences)
        self._left_out.visible = bool(sentences)

    def _write_url(self, url: str) -> None:
        self._action["url"] = url.strip()
        self._hint_at_target()
        self._on_change()

    def _write_method(self, method: str) -> None:
        self._action["method"] = method
        self._see_method()
        self._on_change()

    def _write_headers(self, headers: Mapping[str, str], secret: Sequence[str]) -> None:
        self._action["headers"], self._action["secret_headers"] = headers, secret
        self._on_change()

    def _body_changed(self) -> None:
        if self._action["body"] is not None:
            self.preview.unfold()
        self._on_change()

    def _see_method(self) -> None:
        bodyless = self._action["method"] in _BODYLESS
        self._method.hint("Carries no body." if bodyless else "The event goes in the body.")
        self._body.see_method(bodyless=bodyless)

    def _hint_at_target(self) -> None:
        engine, url = self._editing.engine, self._action["url"]
        warning = engine.targets.warning(url)
        self._url.hint(warning or told_of_endpoint(engine, url), warning=warning is not None)
