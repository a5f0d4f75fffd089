"""Checks of sites beside each other: what one takes from another.

From "VPN Gateway FAQ".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from appliance.checks.check import BREAKING, Check, Subject
from appliance.checks.overlap import by_gateway, clashes


def _shared(subjects: Sequence[Subject]) -> Iterator[tuple[str, str]]:
    """Sites of one gateway whose networks overlap: Azure sends the traffic to one of them.

    Two that speak BGP and advertise the same are one place with two appliances, as documented.
    """
    for gateway, together in by_gateway(subjects).items():
        sites = {subject.site.name: subject for subject in together}
        listed = [
            (net, name)
            for name, subject in sites.items()
            if not subject.expectation.gateway.nat_rules
            for net in subject.prefixes
        ]
        for (net, site), (other, neighbour) in clashes(listed):
            twins = sites[site].speaks_bgp and sites[neighbour].speaks_bgp
            if not (twins and net == other):
                yield site, f"{net} overlaps {other} of {neighbour}, at the same gateway {gateway}"


CHECKS = (
    Check(
        id="AZ-NET-012",
        severity=BREAKING,
        title="two sites of one gateway have overlapping networks",
        page="""Azure sends traffic for an address to one connection only: the longest prefix
wins, and of equal ones either may. Seen by `appliance validate` over both sites.

Renumber, narrow the prefixes, or use NAT rules. One place with two appliances needs BGP on both;
then nothing is said of networks that both advertise.""",
        across=_shared,
    ),
)
