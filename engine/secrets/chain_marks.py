"""What a hook's request says about its origin: `EXECUTION/ACTION;MAC`, which only we can write. Pure.

It tells receivers no more than `webhook-id` does. If the receiver is ourselves, it continues the chain.
"""

import hmac
from hashlib import sha256
from typing import Final

from engine.secrets.vault import Vault

_DIGITS: Final = 32


class ChainMarks:
    def __init__(self, vault: Vault) -> None:
        self._key = vault.key_for("marks of chains")

    def mark(self, execution_id: str, action: int) -> str:
        step = f"{execution_id}/{action}"
        return f"{step};{self._mac(step)}"

    def execution_of(self, mark: str) -> str | None:
        """The execution that sent it; None if we did not write it."""
        step, _, mac = mark.partition(";")
        known = hmac.compare_digest(mac.encode(), self._mac(step).encode())
        return step.rpartition("/")[0] if known else None

    def _mac(self, step: str) -> str:
        return hmac.new(self._key, step.encode(), sha256).hexdigest()[:_DIGITS]
