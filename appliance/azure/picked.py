"""Members that somebody left out (`--query`, Select-Object): not told, and not Azure's defaults.

Azure's own answers have them all, and a template leaves out what is to be as by default.
"""

from __future__ import annotations

from appliance.azure.origin import Moved
from appliance.azure.resources import Kind, Resource
from appliance.azure.tree import Node, fold

_ALWAYS = ("provisioningState", "etag", "location", "resourceGuid")
"""Members of every whole answer; of a pick, seldom one."""
_DECIDING = {
    Kind.CONNECTION: (
        *("connectionProtocol", "enableBgp", "usePolicyBasedTrafficSelectors"),
        *("dpdTimeoutSeconds", "connectionMode"),
    ),
    Kind.GATEWAY: ("vpnType", "activeActive", "vpnClientConfiguration"),
    Kind.LOCAL_GATEWAY: ("localNetworkAddressSpace",),
    Kind.VNET: ("virtualNetworkPeerings",),
}


def is_picked(node: Node) -> bool:
    """Whether the members of a resource were chosen."""
    members = node.value
    if not isinstance(members, dict) or isinstance(members, Moved) or "properties" in members:
        return False
    return all(node.get(name) is None for name in _ALWAYS)


def untold(resource: Resource, notes: list[str]) -> bool:
    """Note which members that decide something were not picked; whether there are such."""
    node = resource.node
    if not is_picked(node) or not isinstance(node.value, dict):
        return False
    told = {fold(name).removesuffix("text") for name in node.value}
    missing = [name for name in _DECIDING.get(resource.kind, ()) if fold(name) not in told]
    if missing:
        notes.append(
            f"{node.where}: only a part was exported, without {', '.join(missing)}: taken as where "
            "Azure has nothing set; export all of it"
        )
    return bool(missing)
