"""Which addresses may be connected to: public ones, and networks that the operator allows."""

from dataclasses import replace
from ipaddress import IPv4Network, IPv6Network
from typing import Final

from ssrfguard import Policy

_MORE: Final = {
    "Azure's platform: metadata, DNS and health, at a public address": IPv4Network("168.63.129.16/32"),
    "IPv4-translated addresses (RFC 2765), which stand for an IPv4 address": IPv6Network("::ffff:0:0:0/96"),
}
"""Beyond IANA's registries of addresses for special purposes."""


def policy_of(allowed: tuple[IPv4Network | IPv6Network, ...]) -> Policy:
    table = Policy().denied_networks
    denied = next(block for block in table.blocks if block.network == IPv4Network("127.0.0.0/8"))
    more = tuple(replace(denied, name=name, network=network) for name, network in _MORE.items())
    return Policy(allowed_networks=allowed, denied_networks=replace(table, blocks=table.blocks + more))
