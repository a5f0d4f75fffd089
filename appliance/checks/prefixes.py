"""Checks of lists of prefixes: how long Azure takes them, and what says nothing new in them.

From "VPN Gateway FAQ" and "Azure subscription and service limits".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from ipaddress import IPv4Network, collapse_addresses

from appliance.checks.check import BREAKING, INFORMATION, WARNING, Check, Subject, one

MOST_SITE_PREFIXES = 1_000
MOST_VNET_PREFIXES = 600


def _many_ours(subject: Subject) -> Iterator[str]:
    yield from _many(subject.expectation.on_premises.prefixes, MOST_SITE_PREFIXES)


def _many_theirs(subject: Subject) -> Iterator[str]:
    yield from _many(subject.expectation.vnet_prefixes, MOST_VNET_PREFIXES)


def _many(prefixes: Sequence[IPv4Network], most: int) -> Iterator[str]:
    if len(prefixes) > most:
        yield f"{len(prefixes)} prefixes, Azure takes {most}"


def _redundant(subject: Subject) -> Iterator[str]:
    listed = subject.expectation.on_premises.prefixes
    widest: IPv4Network | None = None
    found = []
    for net in sorted(net for net in listed if net.prefixlen):
        if widest is not None and net.subnet_of(widest):
            found.append(f"{net} in {widest}")
        else:
            widest = net
    yield from one(found, "{}")


def _siblings(subject: Subject) -> Iterator[str]:
    listed = set(subject.expectation.on_premises.prefixes)
    fewer = [net for net in collapse_addresses(listed) if net not in listed]
    yield from one(fewer, f"of {len(listed)} prefixes some add up to {{}}")


CHECKS = (
    Check(
        id="AZ-NET-008",
        severity=BREAKING,
        title="too many prefixes in the local network gateway",
        page=f"""A local network gateway takes {MOST_SITE_PREFIXES} prefixes. Summarise them,
or let BGP tell them.""",
        find=_many_ours,
    ),
    Check(
        id="AZ-NET-009",
        severity=BREAKING,
        title="too many prefixes behind the gateway",
        page=f"""A gateway speaks for {MOST_VNET_PREFIXES} VNet prefixes, its own and those of
peered VNets. Summarise them.""",
        find=_many_theirs,
    ),
    Check(
        id="AZ-NET-010",
        severity=WARNING,
        title="a prefix of the local network gateway lies inside another",
        page="""It changes nothing while both point here, and hides a mistake when one is
removed. With policy-based selectors it makes selectors that overlap, and the appliance and Azure
may choose different ones for a packet.

Keep the wider one, or the parts.""",
        find=_redundant,
    ),
    Check(
        id="AZ-NET-011",
        severity=INFORMATION,
        title="prefixes of the local network gateway can be summarised",
        page="""Fewer prefixes are fewer selectors, and with policy-based selectors fewer SAs
(at most 100 in a tunnel).""",
        find=_siblings,
    ),
)
