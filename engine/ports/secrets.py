"""Settings, and what is stored sealed."""

from collections.abc import Callable
from typing import Protocol

from engine.model import HookDefinition, Json


class SealStore(Protocol):
    async def setting(self, name: str) -> Json:
        """None where it was never saved."""
        ...

    async def save_setting(self, name: str, value: Json) -> None: ...

    async def reseal(
        self, secret: Callable[[str], str], definition: Callable[[HookDefinition], HookDefinition]
    ) -> None:
        """Replaces every stored secret by what `secret` returns for it, and every definition that holds some by what
        `definition` returns, and leaves no trace of the old ones on disk. Raises what they raise; some secrets are
        replaced then, and some are not."""
        ...
