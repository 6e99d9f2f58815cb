"""How descriptors are shared out, and which failures of a call are our own."""

import errno
import resource
import socket

import pytest

from engine.process import descriptors
from engine.process.descriptors import OUR_OWN, Shares, is_ours, raise_limit, shares_of


@pytest.mark.parametrize(
    ("limit", "shares"),
    [
        (32, Shares(calls=4, sockets=8, connections=4)),
        (256, Shares(calls=32, sockets=64, connections=128)),
        (1_024, Shares(calls=160, sockets=320, connections=640)),
        (65_536, Shares(calls=512, sockets=1_024, connections=64_448)),
    ],
)
def test_calls_and_connections_have_shares(limit: int, shares: Shares) -> None:
    assert shares_of(limit) == shares


@pytest.mark.parametrize("limit", [100, 256, 300, 1_024, 4_096, 1_000_000])
def test_shares_and_our_own_are_never_more_than_there_are(limit: int) -> None:
    shares = shares_of(limit)

    assert shares.sockets + shares.connections + OUR_OWN <= limit


@pytest.mark.parametrize(
    ("limits", "raised"),
    [
        ((256, 256), []),
        ((256, 4_096), [(4_096, 4_096)]),
        ((1_024, 1_000_000), [(65_536, 1_000_000)]),
        ((1_024, resource.RLIM_INFINITY), [(65_536, resource.RLIM_INFINITY)]),
        ((100_000, 1_000_000), []),
        ((resource.RLIM_INFINITY, resource.RLIM_INFINITY), []),
    ],
)
def test_the_limit_is_raised_within_reason(
    monkeypatch: pytest.MonkeyPatch, limits: tuple[int, int], raised: list[tuple[int, int]]
) -> None:
    calls: list[tuple[int, int]] = []
    monkeypatch.setattr(descriptors.resource, "getrlimit", lambda _: calls[-1] if calls else limits)
    monkeypatch.setattr(descriptors.resource, "setrlimit", lambda _, both: calls.append(both))

    assert raise_limit() <= 65_536
    assert calls == raised


def test_where_the_system_refuses_more_it_goes_on_with_what_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise ValueError("current limit exceeds maximum limit")

    monkeypatch.setattr(descriptors.resource, "getrlimit", lambda _: (256, resource.RLIM_INFINITY))
    monkeypatch.setattr(descriptors.resource, "setrlimit", refuse)

    assert raise_limit() == 256


@pytest.mark.parametrize("number", [errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM])
def test_what_we_lack_is_our_own_failure(number: int) -> None:
    assert is_ours((ValueError(), OSError(number, "words")))


@pytest.mark.parametrize(
    "error", [OSError(errno.ECONNREFUSED, "words"), TimeoutError(), socket.gaierror(socket.EAI_NONAME, "words")]
)
def test_what_a_receiver_does_is_not(error: Exception) -> None:
    assert not is_ours((error,))


def test_a_look_up_without_descriptors_is_our_own_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> socket.socket:
        raise OSError(errno.EMFILE, "Too many open files")

    monkeypatch.setattr(descriptors.socket, "socket", refuse)

    assert is_ours((socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution"),))
