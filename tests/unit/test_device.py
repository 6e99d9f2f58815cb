"""Browsers by the names that they give themselves."""

import pytest

from dashboard.entrance.device import device_in_words

_MOZILLA = "Mozilla/5.0"
_KIT = "AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (f"{_MOZILLA} (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
        (f"{_MOZILLA} (Windows NT 10.0; Win64; x64) {_KIT} Chrome/140.0 Safari/537.36", "Chrome on Windows"),
        (f"{_MOZILLA} (Windows NT 10.0; Win64; x64) {_KIT} Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on Windows"),
        (f"{_MOZILLA} (Macintosh; Intel Mac OS X 10_15_7) {_KIT} Version/18.0 Safari/605.1.15", "Safari on macOS"),
        (f"{_MOZILLA} (iPhone; CPU iPhone OS 18_0 like Mac OS X) {_KIT} CriOS/140.0 Safari/604.1", "Chrome on iPhone"),
        (f"{_MOZILLA} (Linux; Android 15) {_KIT} Chrome/140.0 Mobile Safari/537.36", "Chrome on Android"),
        ("curl/8.0", "curl"),
        ("", "Unknown"),
        ("x" * 300, "x" * 60),
    ],
)
def test_a_browser_in_words(user_agent: str, words: str) -> None:
    assert device_in_words(user_agent) == words
