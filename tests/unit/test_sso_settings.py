"""Settings of single sign-on."""

from typing import Any

import pytest

from engine.model import Role
from engine.people.sso_settings import is_secure, roles_in, sso_settings

USUAL: dict[str, Any] = {"issuer": "https://login.example/realms/team", "client_id": "hooks", "roles": "a=admin"}


def test_without_an_issuer_there_is_none() -> None:
    assert sso_settings(issuer="", client_id="", roles="") is None


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"issuer": "http://login.example"}, "https"),
        ({"issuer": "login.example"}, "https"),
        ({"issuer": "", "passwords": False}, "OIDC_ISSUER is set"),
        ({"client_id": ""}, "OIDC_CLIENT_ID"),
        ({"roles": ""}, "OIDC_ROLES"),
        ({"roles": "a"}, "GROUP=ROLE"),
        ({"roles": "=admin"}, "GROUP=ROLE"),
        ({"roles": "a=agent"}, "GROUP=ROLE"),
        ({"roles": "a=Admin"}, "GROUP=ROLE"),
    ],
)
def test_what_is_missing_or_not_secure_says_so(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        sso_settings(**{**USUAL, **changes})


def test_groups_may_have_spaces_and_signs_of_equality() -> None:
    assert roles_in(" team leads = manager ,CN=Sales=user,,") == {"team leads": Role.MANAGER, "CN=Sales": Role.USER}


@pytest.mark.parametrize(
    ("groups", "role"),
    [
        (["u", "m"], Role.MANAGER),
        (["m", "a", "u"], Role.ADMIN),
        (["u"], Role.USER),
        (["x", None, ["a"], {}], None),
        ([], None),
    ],
)
def test_the_highest_role_of_the_groups_counts(groups: list[object], role: Role | None) -> None:
    settings = sso_settings(**{**USUAL, "roles": "a=admin, m=manager, u=user"})

    assert settings
    assert settings.role_of(groups) is role


def test_openid_is_always_asked_for_and_the_secret_never_shown() -> None:
    settings = sso_settings(**USUAL, scopes="groups, openid", client_secret="s3cret", groups_claim="roles")

    assert settings
    assert (settings.scopes, settings.groups_claim, settings.host) == ("openid groups", "roles", "login.example")
    assert "s3cret" not in repr(settings)


@pytest.mark.parametrize(
    ("url", "secure"),
    [
        ("https://login.example", True),
        ("http://localhost:8080/x", True),
        ("http://[::1]/", True),
        ("http://127.0.0.1.evil.example/", False),
        ("ftp://127.0.0.1/", False),
        ("", False),
    ],
)
def test_what_is_secure(url: str, secure: bool) -> None:
    assert is_secure(url) is secure
