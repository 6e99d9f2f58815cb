"""Shows a request as sent, and a response as received."""

import json
from collections.abc import Mapping

from nicegui.element import Element

from dashboard.components.basics.esm import SHARED
from dashboard.components.basics.json_editor import pretty
from engine import Request, Response

_CUT = ", cut to what is kept"


class HttpCall(Element, component="http_call.js", esm=SHARED):
    @classmethod
    def request(cls, request: Request, title: str = "Request", *, curl: str | None = None) -> "HttpCall":
        """`curl` is the equivalent command line, for copying."""
        call = cls(title)
        call.props["curl"] = curl
        call.show(request)
        return call

    @classmethod
    def response(cls, response: Response, latency_ms: float, title: str = "Response") -> "HttpCall":
        call = cls(title)
        call._show_parts(str(response.status), "", response.headers, response.body)
        call.props["note"] = f"{latency_ms:.0f} ms" + (_CUT if response.truncated else "")
        call.props["tone"] = "good" if 200 <= response.status < 300 else "bad"
        call.props["empty"] = "The answer has no body."
        return call

    def __init__(self, title: str) -> None:
        super().__init__()
        self.props["title"] = title
        self.props["headers"] = []

    def show(self, request: Request) -> None:
        """Shows another request."""
        self._show_parts(str(request.method), request.url, request.headers, request.body)
        self.props["note"] = _CUT.removeprefix(", ") if request.truncated else None
        self.props["empty"] = f"{request.method} carries no body."

    def _show_parts(self, lead: str, line: str, headers: Mapping[str, str], body: str | None) -> None:
        self.props["lead"] = lead
        self.props["line"] = line
        self.props["headers"] = [list(pair) for pair in headers.items()]
        self.props["body"] = _readable(body or "")


def _readable(body: str) -> str:
    """Pretty-prints JSON; returns anything else as is."""
    try:
        return pretty(json.loads(body))
    except (ValueError, RecursionError):
        return body
