"""Secrets at rest: sealed under the first key, opened under any that is known."""

import pytest

from engine.errors import SecretLost
from engine.secrets.vault import Vault, is_sealed


def test_what_is_sealed_is_not_readable_and_opens_again() -> None:
    vault = Vault(("one",))
    sealed = vault.seal("whsec_abc")

    assert is_sealed(sealed)
    assert "whsec" not in sealed
    assert vault.open(sealed) == "whsec_abc"
    assert vault.seal("whsec_abc") != sealed


def test_a_key_is_replaced_while_the_old_one_still_opens() -> None:
    old, both, new = Vault(("old",)), Vault(("new", "old")), Vault(("new",))
    sealed = old.seal("secret")

    assert new.open(both.renewed(sealed)) == "secret"
    with pytest.raises(SecretLost, match="SECRET_KEY"):
        new.open(sealed)


def test_what_was_stored_in_plain_is_given_as_it_is() -> None:
    assert Vault().open("whsec_plain") == "whsec_plain"


def test_without_a_key_it_ends_with_the_process() -> None:
    with pytest.raises(SecretLost):
        Vault().open(Vault().seal("secret"))


def test_a_key_for_one_purpose_is_kept_and_opens_nothing_else() -> None:
    vault = Vault(("one", "older"))

    assert vault.key_for("forms") == Vault(("one",)).key_for("forms")
    assert len({vault.key_for("forms"), vault.key_for("others"), vault.key_for("secrets at rest")}) == 3
    assert Vault().key_for("forms") != Vault().key_for("forms")
