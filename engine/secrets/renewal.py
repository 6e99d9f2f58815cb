"""Ensures at startup that all secrets are sealed under the newest key."""

from collections.abc import Callable
from typing import Final

from engine.errors import SecretLost
from engine.ports import SealStore
from engine.secrets.headers import turned
from engine.secrets.signatures import new_secret
from engine.secrets.vault import Vault

SEAL: Final = "seal"
"""A sealed setting by which we recognise the key."""
SEALED: Final = "trigger-hooks"


class Sealing:
    def __init__(self, store: SealStore, vault: Vault) -> None:
        self._store, self._vault = store, vault

    async def check(self) -> None:
        """Raises SecretLost if the store was sealed under none of our keys."""
        seal = await self._store.setting(SEAL)
        if seal is not None:
            self._vault.open(seal)

    async def renew(self) -> bool:
        """Seals what was stored unsealed, or under an older key; false if there was nothing to do.

        The marker is written last: if we crash in between, the next start repeats it. Raises SecretLost.
        """
        seal = await self._store.setting(SEAL)
        renewed = self._vault.renewed(seal or SEALED)
        if renewed == seal:
            return False
        await self._reseal(self._vault.renewed)
        await self._store.save_setting(SEAL, renewed)
        return True

    async def forget(self) -> int:
        """Replaces each secret whose key is lost with a random one; returns how many there were."""
        lost = 0

        def renew(sealed: str) -> str:
            nonlocal lost
            try:
                return self._vault.renewed(sealed)
            except SecretLost:
                lost += 1
                return self._vault.seal(new_secret())

        await self._reseal(renew)
        await self._store.save_setting(SEAL, self._vault.seal(SEALED))
        return lost

    async def _reseal(self, renew: Callable[[str], str]) -> None:
        await self._store.reseal(renew, lambda definition: turned(definition, renew))
