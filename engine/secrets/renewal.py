"""That all secrets are sealed, and under the newest key: seen to at the start."""

from collections.abc import Callable
from typing import Final

from engine.errors import SecretLost
from engine.ports import SealStore
from engine.secrets.headers import turned
from engine.secrets.signatures import new_secret
from engine.secrets.vault import Vault

SEAL: Final = "seal"
"""A setting that is sealed like all the rest: by it we know the key."""
SEALED: Final = "trigger-hooks"


class Sealing:
    def __init__(self, store: SealStore, vault: Vault) -> None:
        self._store, self._vault = store, vault

    async def check(self) -> None:
        """Raises SecretLost where none of our keys is the one that the store was sealed under."""
        seal = await self._store.setting(SEAL)
        if seal is not None:
            self._vault.open(seal)

    async def renew(self) -> bool:
        """Seals what was stored before there were seals, or under an older key; false where nothing was.

        The seal itself comes last: should we end in between, the next start begins again. Raises SecretLost.
        """
        seal = await self._store.setting(SEAL)
        renewed = self._vault.renewed(seal or SEALED)
        if renewed == seal:
            return False
        await self._reseal(self._vault.renewed)
        await self._store.save_setting(SEAL, renewed)
        return True

    async def forget(self) -> int:
        """Puts a new secret, which nobody knows, in the place of each whose key is lost; gives how many these were."""
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
