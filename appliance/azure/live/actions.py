"""All that is ever asked of Azure, and the right that each question needs.

Names as in "Azure permissions for Networking". `docs/azure-role.json` is this table.
"""

from __future__ import annotations

PROVIDER = "Microsoft.Network"
API_VERSION = "2025-01-01"
"""Tells all members read here; newer ones come late to sovereign clouds."""

READS = (
    "connections",
    "expressRouteCircuits",
    "expressRouteGateways",
    "expressRouteGateways/expressRouteConnections",
    "localNetworkGateways",
    "publicIPAddresses",
    "routeTables",
    "virtualHubs",
    "virtualHubs/hubVirtualNetworkConnections",
    "virtualNetworkGateways",
    "virtualNetworkGateways/natRules",
    "virtualNetworks",
    "vpnGateways",
    "vpnGateways/natRules",
    "vpnGateways/vpnConnections",
    "vpnSites",
)
"""Types of resources that are read."""

QUESTIONS = {
    "getAdvertisedRoutes": "virtualNetworkGateways/getadvertisedroutes/action",
    "getBgpPeerStatus": "virtualNetworkGateways/getbgppeerstatus/action",
    "getLearnedRoutes": "virtualNetworkGateways/getlearnedroutes/action",
    "getikesas": "connections/getikesas/action",
}
"""Questions that Azure takes as POST though they change nothing: name -> right."""

KEY = "connections/sharedKey/action"
KEY_READ = "connections/sharedKey/read"
"""What Azure asks for to read a key has changed with time: a role should have both."""
WAN_KEY = "vpnGateways/vpnConnections/vpnLinkConnections/sharedKeys/listSharedKey/action"
_KEYS = (KEY, KEY_READ, WAN_KEY)
_LIST_KEY = "listSharedKey"


def rights(*, keys: bool) -> tuple[str, ...]:
    """Every action that reading needs, sorted; with those for pre-shared keys, or without."""
    reads = (f"{kind}/read" for kind in (*READS, "virtualNetworkGateways/connections"))
    found = (*reads, *QUESTIONS.values(), *(_KEYS if keys else ()))
    return tuple(sorted(f"{PROVIDER}/{each}" for each in found))


def may_send(method: str, path: str) -> bool:
    """Whether a request is one that only reads."""
    last = path.rstrip("/").rpartition("/")[2]
    return method == "GET" or (method == "POST" and last in {*QUESTIONS, _LIST_KEY})


def right(method: str, path: str) -> str:
    """The action that a request needs, as far as its path tells."""
    parts = path.strip("/").split("/")
    folded = [part.casefold() for part in parts]
    if "providers" not in folded:
        return "*/read"
    tail = parts[len(parts) - folded[::-1].index("providers") :]
    if folded[-1] == "sharedkey":
        return f"{PROVIDER}/{KEY}"
    if folded[-1] == _LIST_KEY.casefold():
        return f"{PROVIDER}/{WAN_KEY}"
    if method == "POST":
        return f"{PROVIDER}/{QUESTIONS.get(parts[-1], '/'.join(tail[1::2]) + '/action')}"
    return "/".join((tail[0], *tail[1::2], "read"))
