"""Where actions call: our own endpoints by URL, and warnings about any other URL."""

from urllib.parse import urlsplit

from engine.actions.endpoint import Endpoint
from engine.actions.http import HttpClient
from engine.actions.internal import InternalApp
from engine.hooks.definition import url_problem


class Targets:
    def __init__(self, app: InternalApp, client: HttpClient, internal_url: str) -> None:
        self._app, self._client, self._internal_url = app, client, internal_url.rstrip("/")

    def endpoints(self) -> tuple[Endpoint, ...]:
        """The endpoints at the internal host, by path."""
        return tuple(one for _, one in sorted(self._app.endpoints.items()))

    def address_of(self, endpoint: Endpoint) -> str:
        return self._internal_url + endpoint.path

    def endpoint_at(self, url: str) -> Endpoint | None:
        """The endpoint behind a URL as the hook has it."""
        if url_problem(url) or not self._client.is_internal(url):
            return None
        return self._app.endpoints.get(urlsplit(url).path)

    def warning(self, url: str) -> str | None:
        """A warning about a URL that could be saved; None if there is nothing to warn about."""
        if url_problem(url):
            return None
        if refusal := self._client.refusal(url):
            return refusal
        parts = urlsplit(url)
        if self._client.is_internal(url):
            unknown = "{{" not in parts.path and self.endpoint_at(url) is None
            return self._app.no_endpoint(parts.path) if unknown else None
        if parts.scheme == "http":
            return "http is not encrypted: anybody on the way can read what is sent. Use https where you can."
        return None
