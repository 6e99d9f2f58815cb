"""Spellings of addresses that must not be called, and of our own host, which must be known in each."""

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address
from typing import Final

import pytest
from ssrfguard import BlockedAddressError
from starlette.applications import Starlette

from engine.actions.address import address_of
from engine.actions.http import HttpClient, host_of, parse_networks
from engine.actions.policy import policy_of
from engine.hooks.definition import url_problem
from engine.model.text.hosts import in_one_spelling

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


V4: Final = tuple(IPv4Address(one) for one in REFUSED if "." in one and ":" not in one)
WIDE: Final = str.maketrans("0123456789.", "０１２３４５６７８９。")


def spellings_of(address: IPv4Address) -> Iterator[str]:
    """An IPv4 address as resolvers, browsers and IPv6 can write it, as the host of a URL."""
    number, parts = int(address), address.packed
    a, b, c, d = parts
    yield str(number)
    yield f"{a}.{number & 0xFFFFFF}"
    yield f"{a}.{b}.{number & 0xFFFF}"
    yield hex(number)
    yield f"0{number:o}"
    yield ".".join(hex(part) for part in parts)
    yield ".".join(f"0{part:o}" for part in parts)
    yield f"{a:#x}.{b}.0{c:o}.{d}"
    yield f"{address}."
    yield str(address).translate(WIDE)
    yield "".join(f"%{ord(sign):02x}" for sign in str(address))
    for prefix in ("::", "::ffff:", "::ffff:0:", "64:ff9b::"):
        yield f"[{prefix}{address}]"
        yield f"[{prefix}{number >> 16:x}:{number & 0xFFFF:x}]"
        yield f"[{IPv6Address(f'{prefix}{address}').exploded.upper()}]"
    yield f"[2002:{number >> 16:x}:{number & 0xFFFF:x}::1]"


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


@pytest.mark.parametrize("address", V4, ids=str)
def test_so_it_is_in_every_spelling_when_it_is_saved_and_when_it_is_called(address: IPv4Address) -> None:
    client = HttpClient(networks=(), internal={})
    let_in = [
        host
        for host in spellings_of(address)
        for url in (f"https://{host}/x", f"https://{host}:8443/{{{{ path }}}}")
        if not (url_problem(url) or client.refusal(in_one_spelling(url)))
    ]
    called = [host for host in spellings_of(address) if not client.refusal(f"https://{host}/x") and not cannot(host)]

    assert (let_in, called) == ([], [])


def cannot(host: str) -> bool:
    """Whether it is refused before any look-up."""
    try:
        address_of(f"https://{host}/x")
    except ValueError:
        return True
    return False


@pytest.mark.parametrize("written", ["https://Internal.Example.", "https://ｉｎｔｅｒｎａｌ.example:443"])
def test_our_own_host_may_be_set_in_any_spelling(written: str) -> None:
    assert HttpClient(networks=(), internal={host_of(written): Starlette()}).is_internal(
        "https://internal.example/echo"
    )


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
