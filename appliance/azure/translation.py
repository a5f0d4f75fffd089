"""Addresses as the other end sees them, behind the NAT rules of a gateway.

Apart from `nat`, which reads the rules: a command whose exports have not changed needs only this.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Network

from appliance.azure.expectation import NatRule


def translated(
    networks: Iterable[IPv4Network], rules_: Iterable[NatRule]
) -> tuple[IPv4Network, ...]:
    """How the other end sees these networks, in order, each once.

    A network that a rule holds whole is seen as its image; one that a rule only holds a part of
    stays, for the rest of it, beside that part's image.
    """
    every = tuple(rules_)
    return tuple(dict.fromkeys(seen for network in networks for seen in _images(network, every)))


def _images(network: IPv4Network, every: tuple[NatRule, ...]) -> Iterator[IPv4Network]:
    whole = [rule for rule in every if network.subnet_of(rule.internal)]
    if whole:
        yield from (_image(network, rule) for rule in whole)
        return
    yield network
    yield from (rule.external for rule in every if rule.internal.subnet_of(network))


def _image(network: IPv4Network, rule: NatRule) -> IPv4Network:
    """The same place in the external network; a dynamic rule hides the place."""
    if rule.dynamic or rule.external.num_addresses != rule.internal.num_addresses:
        return rule.external
    offset = int(network.network_address) - int(rule.internal.network_address)
    address = int(rule.external.network_address) + offset
    return IPv4Network((address, network.prefixlen))
