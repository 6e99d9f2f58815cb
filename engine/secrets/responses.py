"""Responses with secrets in them: stored and shown masked, and sealed as they were for the actions after them."""

from collections.abc import Sequence
from dataclasses import replace
from typing import cast

import orjson

from engine.errors import SecretLost
from engine.model import Attempt, Json, Response
from engine.secrets.headers import SHORTEST_NAMED
from engine.secrets.redaction import response_without_secrets
from engine.secrets.vault import Vault


class SealedResponses:
    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def kept(self, response: Response) -> Response:
        shown, found = response_without_secrets(response)
        if not found:
            return response
        whole = orjson.dumps({"headers": response.headers, "body": response.body}).decode()
        return replace(shown, sealed=self._vault.seal(whole))

    def opened(self, attempts: Sequence[Attempt]) -> Sequence[Attempt]:
        """As they were answered; masked if the key is lost."""
        if not any(one.response and one.response.sealed for one in attempts):
            return attempts
        return [one if one.response is None else replace(one, response=self._opened(one.response)) for one in attempts]

    def secrets_in(self, attempts: Sequence[Attempt]) -> frozenset[str]:
        """The values that were masked in the responses, if they are long enough to be searched for."""
        found: set[str] = set()
        for one in attempts:
            if one.response is not None and one.response.sealed:
                found |= response_without_secrets(self._opened(one.response))[1]
        return frozenset(value for value in found if len(value) >= SHORTEST_NAMED)

    def _opened(self, response: Response) -> Response:
        if not response.sealed:
            return response
        try:
            whole = cast("dict[str, Json]", orjson.loads(self._vault.open(response.sealed)))
        except SecretLost:
            return response
        return replace(response, headers=whole["headers"], body=whole["body"])
