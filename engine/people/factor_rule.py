"""Which roles require a second factor. Until they have one, people of such a role may only set it up."""

from collections.abc import Iterable
from typing import Final, cast

from engine.access.permissions import PERSONS
from engine.errors import InvalidAccount
from engine.model import Role, Scope, User
from engine.ports import SealStore

SETTING: Final = "second_factor_roles"
ALL_SCOPES: Final = frozenset(Scope)
NOTHING: Final = frozenset[Scope]()


class FactorRule:
    """For people alone: keys have no second factor."""

    def __init__(self, store: SealStore) -> None:
        self._store = store
        self._roles = frozenset[Role]()

    async def load(self) -> None:
        chosen = await self._store.setting(SETTING)
        self._roles = frozenset(map(Role, cast("list[str]", chosen or [])))

    @property
    def roles(self) -> frozenset[Role]:
        return self._roles

    async def save(self, roles: Iterable[Role]) -> None:
        """Raises InvalidAccount."""
        chosen = frozenset(roles)
        if not chosen <= PERSONS:
            raise InvalidAccount("roles", "Only people have a second factor: choose among Admin, Manager and User.")
        await self._store.save_setting(SETTING, sorted(chosen))
        self._roles = chosen

    def scopes_of(self, user: User, *, external: bool) -> frozenset[Scope]:
        """`external`: they signed in through an issuer, whose duty a second factor is then."""
        lacking = user.role in self._roles and not user.second_factor and not external
        return NOTHING if lacking else ALL_SCOPES
