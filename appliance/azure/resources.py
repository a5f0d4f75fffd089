"""The kinds of Azure resources that matter here: how to recognise, name and export them."""

from __future__ import annotations

import re
from enum import StrEnum

from appliance.azure.origin import PLACEHOLDER, Moved
from appliance.azure.tree import Node
from appliance.record import dataclass


class Kind(StrEnum):
    """A resource the importer understands; the value is its word in documents and messages."""

    CONNECTION = "connection"
    GATEWAY = "virtual-network-gateway"
    LOCAL_GATEWAY = "local-network-gateway"
    VNET = "virtual-network"
    PUBLIC_IP = "public-ip"
    CIRCUIT = "express-route-circuit"
    CIRCUIT_PEERING = "express-route-peering"
    HUB_CIRCUIT = "express-route-connection"
    HUB_CIRCUITS = "express-route-gateway"
    PEERING = "virtual-network-peering"
    NAT_RULE = "nat-rule"
    ROUTE_TABLE = "route-table"
    ROUTE = "route"
    SUBNET = "subnet"
    TABLE_OF = "route-table-association"
    GROUP_OF = "security-group-association"
    WAN_GATEWAY = "vpn-gateway"
    WAN_CONNECTION = "vpn-gateway-connection"
    WAN_SITE = "vpn-site"
    HUB = "virtual-hub"
    HUB_CONNECTION = "virtual-hub-connection"
    WAN_CLIENTS = "p2s-vpn-gateway"


@dataclass(frozen=True, slots=True)
class _Facts:
    """How a kind is called in ARM and az, and the members of which it has at least one."""

    arm: str
    show: str
    members: frozenset[str]


_FACTS = {
    Kind.WAN_GATEWAY: _Facts(
        "microsoft.network/vpngateways", "vpn-gateway", frozenset({"vpngatewayscaleunit"})
    ),
    Kind.WAN_CONNECTION: _Facts(
        "microsoft.network/vpngateways/vpnconnections",
        "vpn-gateway connection",
        frozenset({"vpnlinkconnections", "remotevpnsite"}),
    ),
    Kind.WAN_SITE: _Facts(
        "microsoft.network/vpnsites", "vpn-site", frozenset({"vpnsitelinks", "deviceproperties"})
    ),
    Kind.HUB: _Facts(
        "microsoft.network/virtualhubs",
        "vhub",
        frozenset({"virtualrouterasn", "virtualhubroutetablev2s", "addressprefix"}),
    ),
    Kind.HUB_CONNECTION: _Facts(
        "microsoft.network/virtualhubs/hubvirtualnetworkconnections",
        "vhub connection",
        frozenset(
            {"allowhubtoremotevnettransit", "enableinternetsecurity", "remotevirtualnetwork"}
        ),
    ),
    Kind.WAN_CLIENTS: _Facts(
        "microsoft.network/p2svpngateways",
        "p2s-vpn-gateway",
        frozenset({"p2sconnectionconfigurations"}),
    ),
    Kind.CIRCUIT: _Facts(
        "microsoft.network/expressroutecircuits",
        "express-route",
        frozenset(
            {"serviceproviderproperties", "circuitprovisioningstate", "expressrouteport"}
            | {"serviceproviderprovisioningstate"}
        ),
    ),
    Kind.CIRCUIT_PEERING: _Facts(
        "microsoft.network/expressroutecircuits/peerings",
        "express-route peering",
        frozenset({"primarypeeraddressprefix", "azureasn", "primaryazureport"}),
    ),
    Kind.HUB_CIRCUIT: _Facts(
        "microsoft.network/expressroutegateways/expressrouteconnections",
        "express-route gateway connection",
        frozenset({"expressroutecircuitpeering"}),
    ),
    Kind.HUB_CIRCUITS: _Facts(
        "microsoft.network/expressroutegateways",
        "express-route gateway",
        frozenset({"expressrouteconnections"}),
    ),
    Kind.PEERING: _Facts(
        "microsoft.network/virtualnetworks/virtualnetworkpeerings",
        "vnet peering",
        frozenset({"allowgatewaytransit", "peeringstate"}),
    ),
    Kind.NAT_RULE: _Facts(
        "microsoft.network/virtualnetworkgateways/natrules",
        "vnet-gateway nat-rule",
        frozenset({"internalmappings", "externalmappings"}),
    ),
    Kind.ROUTE_TABLE: _Facts("microsoft.network/routetables", "route-table", frozenset({"routes"})),
    Kind.ROUTE: _Facts(
        "microsoft.network/routetables/routes",
        "route-table route",
        frozenset({"nexthoptype"}),
    ),
    Kind.SUBNET: _Facts(
        "microsoft.network/virtualnetworks/subnets",
        "vnet subnet",
        frozenset({"addressprefix", "addressprefixes"}),
    ),
    # Terraform's alone: Azure has these two in the subnet.
    Kind.TABLE_OF: _Facts(
        "microsoft.network/routetableassociations", "vnet subnet", frozenset({"subnet"})
    ),
    Kind.GROUP_OF: _Facts(
        "microsoft.network/securitygroupassociations", "vnet subnet", frozenset({"subnet"})
    ),
    Kind.CONNECTION: _Facts(
        "microsoft.network/connections",
        "vpn-connection",
        frozenset({"connectiontype", "virtualnetworkgateway1", "connectionprotocol"}),
    ),
    Kind.GATEWAY: _Facts(
        "microsoft.network/virtualnetworkgateways",
        "vnet-gateway",
        frozenset({"gatewaytype", "vpntype", "vpngatewaygeneration"}),
    ),
    Kind.LOCAL_GATEWAY: _Facts(
        "microsoft.network/localnetworkgateways",
        "local-gateway",
        frozenset({"localnetworkaddressspace", "gatewayipaddress"}),
    ),
    Kind.VNET: _Facts("microsoft.network/virtualnetworks", "vnet", frozenset({"addressspace"})),
    Kind.PUBLIC_IP: _Facts(
        "microsoft.network/publicipaddresses",
        "public-ip",
        frozenset({"ipaddress", "publicipallocationmethod"}),
    ),
}
_OF_ARM = {facts.arm: kind for kind, facts in _FACTS.items()} | {
    "microsoft.network/vpngateways/natrules": Kind.NAT_RULE
}
_SHARED = frozenset({"fqdn", "bgpsettings", "ipconfigurations", "ipaddress", "addressspace"})
"""Members that several kinds have, and mere references to a resource have not."""
_PARENTS = {
    Kind.WAN_CONNECTION: "--gateway-name",
    Kind.HUB_CONNECTION: "--vhub-name",
    Kind.PEERING: "--vnet-name",
    Kind.ROUTE: "--route-table-name",
    Kind.SUBNET: "--vnet-name",
    Kind.CIRCUIT_PEERING: "--circuit-name",
    Kind.HUB_CIRCUIT: "--gateway-name",
    Kind.NAT_RULE: "--gateway-name",
}
"""How az names the resource that one of these belongs to."""
_BARE = frozenset(
    {Kind.HUB, Kind.HUB_CONNECTION, Kind.ROUTE_TABLE, Kind.ROUTE, Kind.SUBNET, Kind.TABLE_OF}
    | {Kind.GROUP_OF}
)
"""Kinds whose members are not theirs alone: told by type or id only."""


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource; `id` as Azure wrote it, None when the export leaves it out."""

    kind: Kind
    id: str | None
    name: str
    node: Node
    modified: float

    @property
    def caveat(self) -> str:
        """In which way its source is less than Azure's own answer; empty when it is not."""
        return self.node.value.caveat if isinstance(self.node.value, Moved) else ""


_TYPE = re.compile(r"[a-z][\w-]*(?:\.[\w-]+)+(?:/[\w.-]+)+", re.I)
"""A type of ARM's: its provider, and kinds behind slashes."""
_HOLDERS = ("microsoft.resources/resourcegroups", "microsoft.resources/subscriptions")
"""Types of what holds resources, in which a script may list them."""
_OF_RULES = ("static", "dynamic")
"""The type of a NAT rule, where a shape without levels has it in the place of the resource's."""
_WORDS = ("connectionType", "connectionProtocol")
_OF_AZURE = frozenset({"ipsec", "vnet2vnet", "expressroute", "vpnclient", "ikev1", "ikev2"})


def recognise(node: Node) -> Kind | None:
    """By type, else by id, else (where there is neither) by members that only one kind has."""
    stated = node.value.get("type") if isinstance(node.value, dict) else None
    told = node.text("type") if isinstance(stated, str) else None
    plain = told is None or told.casefold() in _OF_RULES
    arm = _arm(node.text("id") or "") if plain else told
    if arm:
        return _OF_ARM.get(arm.casefold())
    for kind, facts in _FACTS.items():
        if kind not in _BARE and _has(node, facts.members):
            return None if kind is Kind.CONNECTION and _elsewhere(node) else kind
    return None


def is_resource(node: Node) -> bool:
    """Whether this is a resource of any kind, or something that belongs to one (a lock, an event).

    What stands in one is told by members that other kinds have, too, so it is not looked at.
    """
    members = node.value if isinstance(node.value, dict) else {}
    stated, identity = members.get("type"), members.get("id")
    said = stated.strip().casefold() if isinstance(stated, str) else ""
    typed = _TYPE.fullmatch(said) is not None and said not in _HOLDERS
    return typed or (isinstance(identity, str) and bool(_arm(identity)))


def _elsewhere(node: Node) -> bool:
    """Whether what names the type of a connection is none of Azure's: databases have some, too."""
    words = {str(one.value).casefold() for name in _WORDS if (one := node.get(name)) is not None}
    return node.get("virtualNetworkGateway1") is None and not words & _OF_AZURE


def complete(kind: Kind, node: Node) -> bool:
    """Whether the object tells the resource's properties, rather than only naming it."""
    return _has(node, _FACTS[kind].members | _SHARED)


def _has(node: Node, members: frozenset[str]) -> bool:
    return any(node.get(member) is not None for member in sorted(members))


def embedded(kind: Kind, node: Node) -> Resource | None:
    """A whole resource in the place of a reference, as some responses carry it."""
    if not complete(kind, node):
        return None
    identity = node.text("id")
    return Resource(kind, identity, name_of(identity or ""), node, 0.0)


def name_of(identity: str) -> str:
    """Last part of a resource id."""
    return identity.rstrip("/").rpartition("/")[2]


def parent(identity: str, level: str) -> str:
    """A child's id without what begins at `level`: the VNet's id out of its subnet's."""
    cut = identity.casefold().find(f"/{level.casefold()}/")
    return identity if cut < 0 else identity[:cut]


def belongs(part: str | None, level: str, owner: str | None) -> bool | None:
    """Whether a child's id is below that of its owner; None where made up ones are not the same."""
    if not part or not owner or (above := parent(part, level)) == part:
        return None
    same = above.casefold() == owner.casefold()
    return None if not same and PLACEHOLDER in part + owner else same


def show_command(kind: Kind, identity: str | None) -> str:
    """The az command that exports the resource."""
    parts = (identity or "").split("/")
    folded = [part.casefold() for part in parts]
    named = "resourcegroups" in folded
    group = parts[folded.index("resourcegroups") + 1 :][:1] if named else []
    where = _plain(group, "RESOURCE_GROUP")
    told = named and "azurerm_" not in parts[-1]  # else an address of Terraform's
    name = _plain(parts[-1:] if told else [], "NAME")
    owner = _PARENTS.get(kind)
    of = f" {owner} {_plain(parts[-3:-2] if named else [], 'NAME')}" if owner else ""
    return f"az network {_FACTS[kind].show} show -g {where}{of} -n {name} -o json > {name}.json"


def _arm(identity: str) -> str:
    """Type of the resource an id names: its provider and every second part after it."""
    parts = identity.strip("/").split("/")
    folded = [part.casefold() for part in parts]
    if "providers" not in folded:
        return ""
    tail = parts[len(parts) - folded[::-1].index("providers") :]
    return "/".join([*tail[:1], *tail[1::2]])


def _plain(part: list[str], otherwise: str) -> str:
    """A part of an id when it can stand in a shell command."""
    text = part[0] if part else ""
    safe = text.replace("-", "").replace("_", "").replace(".", "")
    return text if safe.isascii() and safe.isalnum() else otherwise
