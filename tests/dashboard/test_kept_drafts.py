"""What the browser keeps of a hook that is being written."""

from typing import Any

import pytest

from dashboard.components.hook_form.draft import empty_action, empty_hook
from dashboard.components.hook_form.kept import read_kept, without_secrets
from engine import MASK


def hook(**changes: Any) -> dict[str, Any]:
    return {**empty_hook(), "title": "Leads", **changes}


def test_secrets_are_never_kept() -> None:
    headers = {"Authorization": "Bearer sk", "X-Team": "a", "X-Sign": "s", "x-api-key": MASK}
    raw = hook(actions=[{**empty_action(), "headers": headers, "secret_headers": ["x-sign"]}])
    kept: Any = without_secrets(raw)

    assert kept["actions"][0]["headers"] == {"Authorization": "", "X-Team": "a", "X-Sign": "", "x-api-key": MASK}
    assert raw["actions"][0]["headers"] == headers


def test_what_was_typed_while_the_server_was_away_comes_on_top() -> None:
    typed = {
        "title": "Better",
        "actions[0].url": "https://a.b/",
        "actions[7].url": "x",
        "role": "admin",
        "condition": 7,
    }
    kept: Any = read_kept({"at": "10:31", "raw": hook(), "version": 3, "typed": typed})

    assert (kept.at, kept.version, kept.raw["title"], kept.raw["role"]) == ("10:31", 3, "Better", "agent")
    assert kept.raw["actions"] == [{**empty_action(), "url": "https://a.b/"}]
    assert read_kept({"at": "10:31", "typed": {"title": "New"}}).raw["title"] == "New"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "document",
    [
        None,
        [],
        {"raw": []},
        {"raw": {"title": 7}},
        {"raw": hook(actions=[])},
        {"raw": hook(actions=[7])},
        {"raw": hook(limits=[])},
        {"raw": hook(actions=[{**empty_action(), "headers": []}])},
    ],
)
def test_what_has_not_the_shape_of_a_hook_is_passed_over(document: Any) -> None:
    assert read_kept(document) is None
