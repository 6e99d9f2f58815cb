"""What has to happen in the end is tried again, without filling the log."""

import logging

import pytest

from engine.errors import StoreUnavailable
from engine.process import insist


async def test_it_is_told_once_a_minute(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(insist, "PAUSE_SECONDS", 0)
    left = 100

    async def ask() -> str:
        nonlocal left
        left -= 1
        if left:
            raise StoreUnavailable("The disk is full.")
        return "done"

    with caplog.at_level(logging.WARNING):
        assert await insist.insist(ask, "it cannot be stored") == "done"

    assert caplog.messages == ["it cannot be stored, trying again: The disk is full."] * 2
