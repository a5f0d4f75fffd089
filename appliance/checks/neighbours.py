"""Checks of sites beside each other: what one takes from another.

From "VPN Gateway FAQ".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from ipaddress import IPv4Address, IPv4Network

from appliance.checks.check import BREAKING, INFORMATION, Check, Subject
from appliance.checks.overlap import by_gateway, clashes
from appliance.model.tunnel import Tunnel, Tunnels


def _shared(subjects: Sequence[Subject]) -> Iterator[tuple[str, str]]:
    """Sites of one gateway whose networks overlap: Azure sends the traffic to one of them."""
    for gateway, (net, one), (other, neighbour) in _overlapping(subjects):
        if not (_routed(one, neighbour) or (net == other and _one_place(one, neighbour))):
            name = neighbour.site.name
            yield one.site.name, f"{net} overlaps {other} of {name}, at the same gateway {gateway}"


def _summarised(subjects: Sequence[Subject]) -> Iterator[tuple[str, str]]:
    """Sites that both speak BGP, one of which advertises a part of what the other does."""
    for gateway, (net, one), (other, neighbour) in _overlapping(subjects):
        if net != other and _routed(one, neighbour):
            name = neighbour.site.name
            yield one.site.name, f"{net} is in {other} of {name}, at the same gateway {gateway}"


_Held = tuple[IPv4Network, Subject]


def _overlapping(subjects: Sequence[Subject]) -> Iterator[tuple[str, _Held, _Held]]:
    """Networks of sites at one gateway, each with one of another site that holds it."""
    for gateway, together in by_gateway(subjects).items():
        sites = {subject.site.name: subject for subject in together}
        listed = [
            (net, name)
            for name, subject in sites.items()
            if not subject.expectation.gateway.nat_rules
            for net in subject.prefixes
        ]
        for (net, site), (other, neighbour) in clashes(listed):
            yield gateway, (net, sites[site]), (other, sites[neighbour])


def _routed(one: Subject, other: Subject) -> bool:
    """Whether BGP tells Azure where each of two sites' networks are."""
    return one.speaks_bgp and other.speaks_bgp


def _one_place(one: Subject, other: Subject) -> bool:
    """Two links of one Virtual WAN site (`SITE/LINK`)."""
    names = [subject.expectation.name.rpartition("/")[0] for subject in (one, other)]
    return names[0] != "" and names[0] == names[1]


def _led_twice(subject: Subject) -> Iterator[str]:
    """Networks that another site on the device leads to another gateway."""
    gateways = {one for tunnel in subject.intent.tunnels for one in tunnel.remote.addresses}
    for other in subject.intent.beside:
        elsewhere = [one for one in other.tunnels if not gateways & {*one.remote.addresses}]
        listed = [(net, "") for one in subject.intent.tunnels for net in _static(one)]
        listed += [(net, other.site) for one in elsewhere for net in _static(one)]
        found = {(a, b) if site == "" else (b, a) for (a, site), (b, _) in clashes(listed)}
        for ours, theirs in sorted(found):
            yield f"{ours} here and {theirs} of {other.site}, on one device to two gateways"


def _static(tunnel: Tunnel) -> tuple[IPv4Network, ...]:
    """What is led into the tunnel whoever else announces it; with BGP only its peers are."""
    return () if tunnel.bgp is not None else (*tunnel.routes, *(p.remote for p in tunnel.selectors))


def _one_peer(subject: Subject) -> Iterator[str]:
    """Addresses that another site on the device has a session with as well."""
    ours = _peers(subject.intent.tunnels)
    for other in subject.intent.beside:
        for address in sorted(ours & _peers(other.tunnels)):
            yield f"{address} is a BGP peer of {other.site} as well, on one device"


def _peers(tunnels: Tunnels) -> set[IPv4Address]:
    return {peer.address for one in tunnels if one.bgp is not None for peer in one.bgp.peers}


CHECKS = (
    Check(
        id="AZ-NET-012",
        severity=BREAKING,
        title="two sites of one gateway have overlapping networks",
        page="""Azure sends traffic for an address to one connection only: the longest prefix
wins, and of equal ones either may. Seen by `appliance validate` over both sites.

Renumber, narrow the prefixes, or use NAT rules. One place with two appliances needs BGP on both;
then nothing is said of networks that both advertise, and of a summary AZ-NET-014 tells.""",
        across=_shared,
    ),
    Check(
        id="AZ-NET-014",
        severity=INFORMATION,
        title="a site's network is in the summary of another",
        page="""Both sites speak BGP, and the longest prefix wins: traffic for the part goes to
the site that advertises it, and to the other while that one is down. With a headquarters that
advertises a summary for all of its branches this is meant. Seen by `appliance validate` over both
sites.""",
        across=_summarised,
    ),
    Check(
        id="AZ-NET-013",
        severity=BREAKING,
        title="two sites on one device lead the same network to two gateways",
        page="""Both would have a static route, or selectors, for it. Whichever the device takes
first gets the traffic, or both share it by turns; each gateway knows its own VNet only, unless the
VNets are peered or joined behind them. Two links to one gateway are not meant.

Narrow the prefixes of one of the two, or use BGP on both: then the device learns which way is there
and which is the shorter. Where both gateways do lead to the network, accept it with the reason.""",
        find=_led_twice,
    ),
    Check(
        id="AZ-BGP-015",
        severity=BREAKING,
        title="two sites on one device have the same BGP peer",
        page="""A device has one session with an address. Two links of one branch to the same
gateway instances would have to share it, and the loss of one link takes it down for both.

Give each link's connection custom BGP addresses of its own (169.254.21.0/24, 169.254.22.0/24), and
write the appliance's end of it as `on_premises.bgp.address` of each site; or leave BGP out for one
of the two.""",
        find=_one_peer,
    ),
)
