"""Settings, and re-sealing of stored secrets."""

from collections.abc import Callable
from typing import Protocol

from engine.model import HookDefinition, Json


class SealStore(Protocol):
    async def setting(self, name: str) -> Json:
        """None if it was never saved."""
        ...

    async def save_setting(self, name: str, value: Json) -> None: ...

    async def reseal(
        self, secret: Callable[[str], str], definition: Callable[[HookDefinition], HookDefinition]
    ) -> None:
        """Replaces every stored secret with the result of `secret`, and every definition that contains secrets with the
        result of `definition`, leaving no trace of the old ones on disk. Raises what they raise; some secrets are
        replaced by then."""
        ...
