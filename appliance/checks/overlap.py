"""Which networks overlap, and which sites share a gateway."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from ipaddress import IPv4Address, IPv4Network

from appliance.checks.check import Subject, shown

_LABELS = 2
"""Of equal networks so many labels are enough to find another one than one's own."""

Labelled = tuple[IPv4Network, str]


def clashes(entries: Iterable[Labelled]) -> Iterator[tuple[Labelled, Labelled]]:
    """Networks of different labels that overlap, each with one that holds it.

    Default routes clash with nothing. Linear after sorting: of equal networks two labels are kept.
    """
    real = [entry for entry in entries if entry[0].prefixlen]
    real.sort(key=lambda entry: (int(entry[0].network_address), entry[0].prefixlen, entry[1]))
    around: list[Labelled] = []
    for entry in real:
        network, label = entry
        while around and around[-1][0].broadcast_address < network.network_address:
            around.pop()
        other = next((held for held in reversed(around) if held[1] != label), None)
        if other is not None:
            yield entry, other
        equal = [held[1] for held in around[-2:] if held[0] == network]
        if label not in equal and len(equal) < _LABELS:
            around.append(entry)


def gateway_addresses(subject: Subject) -> Iterator[IPv4Address]:
    """Where the tunnels of the site end, as far as that is known."""
    for endpoint in subject.expectation.endpoints:
        if endpoint.address is not None:
            yield endpoint.address


def by_gateway(subjects: Sequence[Subject]) -> dict[str, list[Subject]]:
    """Sites by the addresses of their gateway, where those are known."""
    found: dict[str, list[Subject]] = {}
    for subject in subjects:
        addresses = sorted(gateway_addresses(subject))
        if addresses:
            found.setdefault(shown(addresses), []).append(subject)
    return found
