"""The way back: which path Azure takes to the site's networks, by what its VPN gateway has learned.

From the answer of `az network vnet-gateway list-learned-routes`. Longest prefix decides, then
weight: a VPN gateway gives 32768 to what it learns over its tunnels and 32769 to what the
ExpressRoute gateway beside it has learned, whose AS path holds Microsoft's 12076 ("Using S2S VPN as
a backup for ExpressRoute private peering").
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from ipaddress import IPv4Network

from appliance.errors import UsageError
from appliance.model.edge import MICROSOFT_ASN
from appliance.record import dataclass
from appliance.verify.finding import Finding, Rung, Said, failed, proven, unknown

NAME = "express route"
_CIRCUIT_WEIGHT = 32_769
_MOST = 16_000_000
"""Characters of an answer: 4000 prefixes from each of many peers are a tenth of this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """One route of the gateway's; `own` is the VNet's, which no peer has taught."""

    network: IPv4Network
    weight: int
    circuit: bool
    own: bool


def learned(text: str, where: str) -> tuple[Learned, ...]:
    """The IPv4 routes of an answer. Raises `UsageError` for a text that is something else."""
    try:
        root = json.loads(text) if len(text) <= _MOST else None
    except (ValueError, RecursionError):
        root = None
    listed = root.get("value") if isinstance(root, dict) else root
    if not isinstance(listed, list):
        raise UsageError(
            "this is no list of learned routes",
            where=where,
            hint="save it: az network vnet-gateway list-learned-routes -g RG -n GATEWAY -o json",
        )
    found = (_route(one) for one in listed if isinstance(one, dict))
    return tuple(route for route in found if route is not None)


def _route(entry: dict[str, object]) -> Learned | None:
    try:
        network = IPv4Network(str(entry.get("network")))
    except ValueError:
        return None
    path = str(entry.get("asPath") or "").replace(" ", "-").split("-")
    weight = entry.get("weight")
    number = weight if isinstance(weight, int) else 0
    circuit = str(MICROSOFT_ASN) in path or number == _CIRCUIT_WEIGHT
    own = str(entry.get("origin")).casefold() == "network" and not any(path)
    return Learned(network=network, weight=number, circuit=circuit, own=own)


def returns(prefixes: Iterable[IPv4Network], routes: tuple[Learned, ...]) -> Iterator[Finding]:
    """The path back to each of the site's networks."""
    for prefix in prefixes:
        said = _said(prefix, [route for route in routes if not route.own])
        yield Finding(
            tunnel=NAME,
            rung=Rung.PATH,
            verdict=said.verdict,
            detail=said.detail,
            next_step=said.next_step,
        )


def _said(prefix: IPv4Network, routes: list[Learned]) -> Said:
    inside = [r for r in routes if r.network != prefix and r.network.subnet_of(prefix)]
    astray = sorted({r.network for r in inside if not _by_circuit(r.network, routes)})
    if astray:
        return failed(
            f"from Azure to {prefix}: VPN for {', '.join(map(str, astray[:5]))}",
            "these are more specific on the VPN; advertise the same prefixes on both paths",
        )
    cover = [route.network for route in routes if prefix.subnet_of(route.network)]
    best = max(cover, key=lambda network: network.prefixlen, default=None)
    if best is None:
        return unknown(
            f"from Azure to {prefix}: not among the learned routes",
            "see that it is advertised, and that the answer is of all peers",
        )
    if _by_circuit(best, routes):
        return proven(f"from Azure to {prefix}: ExpressRoute")
    return failed(
        f"from Azure to {prefix}: VPN",
        "see that the prefix is advertised over the circuit, as it is over the VPN",
    )


def _by_circuit(network: IPv4Network, routes: list[Learned]) -> bool:
    """Of several ways to one network that of the highest weight."""
    ways = [route for route in routes if route.network == network]
    return max(ways, key=lambda route: (route.weight, route.circuit)).circuit
