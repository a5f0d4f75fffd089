"""Routes of subnets in whole exports: Terraform's states and plans, templates, VNets of Azure.

A file of `--cloud` is then about each subnet by itself, and only about those that have a table.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Network

from appliance.azure.gathering import gather
from appliance.azure.heap import Heap
from appliance.azure.reading import Document
from appliance.azure.subnets import Subnet, of_exports
from appliance.azure.tree import Faults, Node
from appliance.errors import ExpectationError
from appliance.record import dataclass

_WHAT = "the file"
_GATEWAYS = "gatewaysubnet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The routes of one subnet, as members of Azure's; `networks` are what is behind it.

    `propagation` tells whether the gateway's routes come into it.
    """

    subnet: str
    networks: tuple[IPv4Network, ...]
    routes: tuple[object, ...]
    propagation: bool


def tables(root: object, file: str, behind: Iterable[IPv4Network]) -> tuple[Table, ...] | None:
    """The tables of subnets in a document, for those parts of the networks behind the gateway.

    None when it has no such subnet; one without a table has Azure's own routes and the gateway's.
    Raises `ExpectationError` for a table that is named and not there, whose routes would be missed.
    """
    networks = tuple(behind)
    inside = [
        (subnet, tuple(_common(subnet.prefixes, networks)))
        for subnet in of_exports(_heap(root, file))
        if (subnet.name or "").casefold() != _GATEWAYS  # its table is about the way to the VNets
    ]
    near = [(subnet, parts) for subnet, parts in inside if parts]
    return tuple(_tables(near, file)) if near else None


def _heap(root: object, file: str) -> Heap:
    faults = Faults()
    heap = gather(iter([Document(Node(root, file, "$", faults), 0.0)]), [])
    faults.stop(_WHAT)
    return heap


def _tables(near: Iterable[tuple[Subnet, tuple[IPv4Network, ...]]], file: str) -> Iterator[Table]:
    for subnet, parts in near:
        if subnet.route_table is not None and subnet.routes is None:
            raise ExpectationError(
                f"subnet {subnet.name} has route table {subnet.route_table}, which is not in it",
                where=file,
                hint="export the table, too, in the same file: az network route-table list",
            )
        if subnet.routes is not None:
            yield _table(subnet, parts)


def _table(subnet: Subnet, inside: tuple[IPv4Network, ...]) -> Table:
    return Table(
        subnet=subnet.name or "?",
        networks=inside,
        routes=tuple(route.value for route in subnet.routes or ()),
        propagation=subnet.propagation is not False,
    )


def _common(first: Iterable[IPv4Network], second: tuple[IPv4Network, ...]) -> Iterator[IPv4Network]:
    for one in first:
        for other in second:
            if one.overlaps(other):
                yield one if one.prefixlen >= other.prefixlen else other
