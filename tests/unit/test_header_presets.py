"""Headers made from a token, a user with a password, or a key."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.components.hook_form.header_presets import NotEnough, header_of


@pytest.mark.parametrize(
    ("kind", "values", "made"),
    [
        ("bearer", [" tok "], ("Authorization", "Bearer tok")),
        ("bearer", ["Bearer tok"], ("Authorization", "Bearer tok")),
        ("basic", ["ada", "pa:ss "], ("Authorization", "Basic YWRhOnBhOnNzIA==")),
        ("basic", ["ada", ""], ("Authorization", "Basic YWRhOg==")),
        ("key", ["X-API-Key", "k"], ("X-API-Key", "k")),
    ],
)
def test_a_header_is_made(kind: str, values: list[str], made: tuple[str, str]) -> None:
    assert header_of(kind, values) == made


@pytest.mark.parametrize(
    ("kind", "values", "words"),
    [
        ("bearer", [" "], "Token is missing."),
        ("basic", ["", "x"], "User is missing."),
        ("basic", ["a:b", "x"], "holds no colon"),
        ("key", ["X-API-Key", ""], "Key is missing."),
        ("key", ["", "k"], "Header is missing."),
    ],
)
def test_what_is_not_enough_is_said(kind: str, values: list[str], words: str) -> None:
    with pytest.raises(NotEnough, match=words):
        header_of(kind, values)


@given(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters=":"), min_size=1),
    st.text(st.characters(exclude_categories=["Cs"])),
)
def test_a_password_comes_through_as_it_is(user: str, password: str) -> None:
    if not user.strip():
        return
    _, value = header_of("basic", [user, password])

    assert base64.b64decode(value.removeprefix("Basic ")).decode() == f"{user.strip()}:{password}"
