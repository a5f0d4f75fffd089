"""Checks of networks by where they are: what lies on both sides, what Azure refuses, what loops.

From "VPN Gateway FAQ", "About BGP with VPN Gateway" and "Azure Virtual Network FAQ".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Network

from appliance.azure.translation import translated
from appliance.checks.check import BREAKING, INFORMATION, WARNING, Check, Subject, one
from appliance.checks.overlap import Labelled, clashes, gateway_addresses

_RESERVED = tuple(
    map(
        IPv4Network,
        (
            "224.0.0.0/4",
            "255.255.255.255/32",
            "127.0.0.0/8",
            "169.254.0.0/16",
            "168.63.129.16/32",
        ),
    )
)
_UNUSUAL = tuple(
    map(
        IPv4Network,
        (
            "100.64.0.0/10",
            "192.0.2.0/24",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "198.18.0.0/15",
        ),
    )
)
_PRIVATE = tuple(map(IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")))


def _across(subject: Subject, ours: Iterable[IPv4Network]) -> list[str]:
    """Overlaps of ours with the networks behind the gateway, in words."""
    told = subject.expectation
    if told.gateway.nat_rules and not told.nat:
        return []  # what they translate is not known
    each = (_both(subject, ours), _from_azure(subject, ours))
    found = (pair for entries in each for pair in clashes(entries))
    words = (f"{inner} of {side} and {outer} of {other}" for (inner, side), (outer, other) in found)
    return list(dict.fromkeys(words))


def _both(subject: Subject, ours: Iterable[IPv4Network]) -> Iterator[Labelled]:
    """As the appliance sees it: Azure's networks through the gateway's NAT."""
    yield from ((network, "the site") for network in ours)
    yield from ((network, "Azure") for network in subject.expectation.vnet_prefixes)


def _from_azure(subject: Subject, ours: Iterable[IPv4Network]) -> Iterator[Labelled]:
    """As the VNet sees it: our networks through that NAT, its own by their own addresses."""
    told = subject.expectation
    if told.nat:
        ingress = [rule for rule in told.nat if not rule.egress]
        yield from ((network, "the site") for network in translated(ours, ingress))
        real = told.untranslated or told.vnet_prefixes
        yield from ((network, "Azure") for network in real)


def _overlap(subject: Subject) -> Iterator[str]:
    static = subject.expectation.on_premises.prefixes
    yield from one(_across(subject, static if subject.speaks_bgp else subject.prefixes), "{}")


def _filtered(subject: Subject) -> Iterator[str]:
    """By BGP a wider prefix is fine; one that is a VNet's or inside it is thrown away."""
    if not subject.speaks_bgp:
        return
    ours = subject.site.on_premises.prefixes
    found = (c for sides in (_both, _from_azure) for c in clashes(sides(subject, ours)))
    inside = dict.fromkeys(inner for (inner, side), _ in found if side == "the site")
    yield from one(tuple(inside), "{} would be advertised")


def _reserved(subject: Subject) -> Iterator[str]:
    for side, networks in _sides(subject):
        found = [net for net in networks if net.prefixlen and _touches(net, _RESERVED)]
        yield from one(found, f"{{}} {side}")


def _unusual(subject: Subject) -> Iterator[str]:
    for side, networks in _sides(subject):
        yield from one([net for net in networks if _inside(net, _UNUSUAL)], f"{{}} {side}")


def _sides(subject: Subject) -> tuple[tuple[str, tuple[IPv4Network, ...]], ...]:
    return (
        ("on premises", subject.prefixes),
        ("behind the gateway", subject.expectation.vnet_prefixes),
    )


def _touches(network: IPv4Network, ranges: Iterable[IPv4Network]) -> bool:
    return any(network.overlaps(other) for other in ranges)


def _inside(network: IPv4Network, ranges: Iterable[IPv4Network]) -> bool:
    return any(network.subnet_of(other) for other in ranges)


def _own_address(subject: Subject) -> Iterator[str]:
    address = subject.site.on_premises.address
    held = [net for net in subject.prefixes if net.prefixlen and address in net]
    yield from one(held, f"{{}} holds the appliance's public address {address}")


def _gateway_inside(subject: Subject, *, private: bool) -> Iterator[str]:
    behind = [net for net in subject.expectation.vnet_prefixes if net.prefixlen]
    for address in gateway_addresses(subject):
        if _inside(IPv4Network(address), _PRIVATE) is private:
            held = [net for net in behind if address in net]
            yield from one(held, f"{{}} holds the gateway's address {address}")


def _gateway_public(subject: Subject) -> Iterator[str]:
    return _gateway_inside(subject, private=False)


def _gateway_private(subject: Subject) -> Iterator[str]:
    return _gateway_inside(subject, private=True)


CHECKS = (
    Check(
        id="AZ-NET-001",
        severity=BREAKING,
        title="on-premises and Azure networks overlap",
        page="""The same addresses exist on both sides of the tunnel, so each side keeps such
traffic to itself. Azure refuses a local network gateway whose address space overlaps that of the
VNet.

Renumber one side, list only what is really on premises, or translate with NAT rules on the
gateway: an egress rule parts them for the appliance, an ingress rule for Azure, and both are
needed. Where the connection names rules that nobody exported this check says nothing. A default
route (0.0.0.0/0) is no overlap.""",
        find=_overlap,
    ),
    Check(
        id="AZ-NET-002",
        severity=BREAKING,
        title="a prefix to advertise lies in the VNet itself",
        page="""Azure throws away what a BGP peer advertises when it is exactly a prefix of the
VNet (or of a peered one), and what lies inside one would draw the VNet's own traffic on premises.

Take the prefix out of `on_premises.prefixes`. A wider one, such as 10.0.0.0/8 around a VNet of
10.20.0.0/16, is fine: the longer prefix wins.""",
        find=_filtered,
    ),
    Check(
        id="AZ-NET-003",
        severity=BREAKING,
        title="a reserved network",
        page="""Azure routes none of 224.0.0.0/4, 255.255.255.255/32, 127.0.0.0/8,
169.254.0.0/16 and 168.63.129.16/32 (its own DHCP, DNS and health probes come from there). The
APIPA addresses of BGP sessions belong to the sessions, not into an address space.

Take the network out of the address space.""",
        find=_reserved,
    ),
    Check(
        id="AZ-NET-004",
        severity=INFORMATION,
        title="an unusual network",
        page="""Carriers' shared space (100.64.0.0/10), benchmarking and documentation ranges
work in a VNet, but rarely mean what was meant: the first is used by Azure and by carriers
themselves, the others come out of examples.""",
        find=_unusual,
    ),
    Check(
        id="AZ-NET-005",
        severity=BREAKING,
        title="the appliance's public address lies in the site's own prefixes",
        page="""Azure then sends IKE and ESP for the appliance into the tunnel that they are to
make: the tunnel comes up and goes down, again and again.

List only what lies behind the appliance, in the inventory and in the local network gateway.""",
        find=_own_address,
    ),
    Check(
        id="AZ-NET-006",
        severity=BREAKING,
        title="the gateway's address lies in a network behind the gateway",
        page="""The appliance would send the tunnel's own packets into the tunnel. This happens
where a VNet uses public addresses.

Correct the VNet's address space or the list of `vnet_prefixes`.""",
        find=_gateway_public,
    ),
    Check(
        id="AZ-NET-007",
        severity=WARNING,
        title="the gateway's private address lies in a network routed into the tunnel",
        page="""With VPN over ExpressRoute the tunnel ends at an address inside the VNet. The
appliance needs a route for that one address (/32) to the circuit, which is longer than the VNet's
prefix; without it the tunnel's packets go into the tunnel.

Add that route on the appliance, then accept this finding.""",
        find=_gateway_private,
    ),
)
