"""Spellings of addresses that must not be called, and of our own host, which must be known in each."""

import pytest
from ssrfguard import BlockedAddressError
from starlette.applications import Starlette

from engine.actions.http import HttpClient, parse_networks
from engine.actions.policy import policy_of

REFUSED = (
    "127.0.0.1",
    "0.0.0.0",
    "10.0.0.1",
    "100.64.0.1",
    "169.254.169.254",
    "168.63.129.16",
    "192.0.0.192",
    "192.88.99.1",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:168.63.129.16",
    "::ffff:0:127.0.0.1",
    "::ffff:0:8.8.8.8",
    "64:ff9b::127.0.0.1",
    "2002:7f00:1::",
    "fc00::1",
    "fe80::1",
    "fd00:ec2::254",
    "ff02::1",
)
OURS = (
    "https://internal.example/echo",
    "https://internal.example./echo",
    "HTTPS://INTERNAL.EXAMPLE/echo",
    "https://internal.example:443/echo",
    "https://ｉｎｔｅｒｎａｌ.example/echo",
    "https://internal。example/echo",
    "https://internal.example/{{ path }}",
)


@pytest.fixture
def client() -> HttpClient:
    return HttpClient(networks=(), internal={"internal.example": Starlette()})


@pytest.mark.parametrize("address", REFUSED)
def test_it_is_refused(address: str, client: HttpClient) -> None:
    host = f"[{address}]" if ":" in address else address

    with pytest.raises(BlockedAddressError):
        policy_of(()).check_address(address)
    assert client.refusal(f"https://{host}/x")
    assert client.refusal(f"https://{host}:8443/x")


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "168.63.129.17"])
def test_public_addresses_are_called(address: str) -> None:
    policy_of(()).check_address(address)


def test_an_operator_may_allow_one() -> None:
    policy_of(parse_networks("168.63.129.16/32")).check_address("168.63.129.16")


@pytest.mark.parametrize("url", OURS)
def test_our_own_host_is_known_however_it_is_written(url: str, client: HttpClient) -> None:
    assert client.is_internal(url)


@pytest.mark.parametrize("url", ["https://internal.example.evil/echo", "https://xinternal.example/", "https://./"])
def test_and_no_other_is(url: str, client: HttpClient) -> None:
    assert not client.is_internal(url)
