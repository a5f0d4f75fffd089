"""Azure's routes as chains of lines: the longest prefix decides, and must lead to the gateway."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network

from appliance.model.filters import Chain, Entry
from appliance.model.traffic import BOTH, Box, flows, interval
from appliance.model.tunnel import Source
from appliance.proof.exported import Members, Scope, listed, members, words
from appliance.record import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from appliance.proof.landscape import Table

_ORIGINS = {"user": 0, "virtualnetworkgateway": 1, "default": 2}
"""Of routes to one prefix the user's wins, then what the gateway learnt, then Azure's own."""
_LEARNT: Members = {"nexthoptype": "VirtualNetworkGateway"}
"""What a subnet has of the gateway for each network on premises, unless its table keeps it out."""


def routes_in(root: object) -> list[Members] | None:
    """The routes of a table, alone or listed; None where there are none."""
    whole = members(root)
    lists = (one for one in (root, whole.get("value"), whole.get("routes")) if listed(one))
    rows = [members(one) for one in listed(next(lists, None))]
    return rows if rows and all("nexthoptype" in one for one in rows) else None


def propagates(root: object) -> bool:
    """Whether a table lets the gateway's routes in; one that keeps them out says so."""
    return members(root).get("disablebgproutepropagation") is not True


def of_subnets(root: object, scope: Scope) -> tuple[Chain, ...] | None:
    """The routes of each subnet, where the file is an export of a whole landscape."""
    from appliance.proof.landscape import tables  # noqa: PLC0415 -- states and templates only

    found = tables(root, scope.file, scope.remote)
    return None if found is None else tuple(_of_table(table, scope) for table in found)


def _of_table(table: Table, scope: Scope) -> Chain:
    routes = [members(route) for route in table.routes]
    about = replace(scope, file=f"{scope.file}: subnet {table.subnet}", remote=table.networks)
    return routing(routes, about, propagation=table.propagation)


def routing(routes: list[Members], scope: Scope, *, propagation: bool) -> Chain:
    """The way back on premises: the longest prefix decides, and must lead to the gateway.

    What a virtual appliance does with traffic is not known here.
    """
    known = [
        (network, rank, route)
        for route in routes
        if str(route.get("state", "active")).casefold() == "active"
        for network in _prefixes(route)
        for rank in [_ORIGINS.get(str(route.get("source", "user")).casefold(), 3)]
    ]
    remote = tuple(interval(network) for network in scope.remote)
    complete = any(str(route.get("source", "")).casefold() == "default" for route in routes)
    if propagation and not complete:
        known += [(network, 1, _LEARNT) for network in scope.local]
    known.sort(key=lambda one: (-one[0].prefixlen, one[1]))
    return Chain(
        name="Azure's routes",
        entries=tuple(_hop(network, route, scope) for network, _, route in known),
        source=Source(0, f"{scope.file}: no route"),
        scope=flows(Box(direction=BOTH, remote=remote)),
        # A table of one's own only adds to the routes of the system and of the gateway, unless it
        # keeps the latter out.
        otherwise=not complete and propagation,
    )


def _prefixes(route: Members) -> Iterator[IPv4Network]:
    for word in words(route.get("addressprefix")):
        if ":" in word:
            continue
        try:
            yield IPv4Network(word, strict=False)
        except ValueError:
            continue


def _hop(network: IPv4Network, route: Members, scope: Scope) -> Entry:
    kind = str(route.get("nexthoptype", ""))
    hop = ", ".join(words(route.get("nexthopipaddress")))
    text = f"{scope.file}: {network} next hop {kind}{' ' + hop if hop else ''}"
    elsewhere = kind.casefold() == "virtualappliance"
    return Entry(
        flows=flows(Box(local=(interval(network),))),
        permit=None if elsewhere else kind.casefold() == "virtualnetworkgateway",
        source=Source(0, text),
    )
