"""Which way an address goes: connected networks and static routes of the configuration."""

from __future__ import annotations

from dataclasses import dataclass

from appliance.lab.asa.configuration import Configuration
from appliance.lab.cisco.tree import Node
from appliance.lab.cisco.words import address, dotted


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One route out of the interface called `nameif`; `via` is empty for connected networks."""

    network: int
    bits: int
    code: str
    nameif: str
    via: str = ""
    distance: int = 0

    @property
    def text(self) -> str:
        """`10.20.0.0 255.255.0.0`."""
        mask = 0xFFFFFFFF << (32 - self.bits) & 0xFFFFFFFF
        return f"{dotted(self.network)} {dotted(mask)}"

    def covers(self, value: int) -> bool:
        """Whether the address belongs to this route."""
        shift = 32 - self.bits
        return value >> shift == self.network >> shift


def own_address(node: Node) -> str:
    """The address of an interface; empty when it has none."""
    found = node.value("ip", "address").split()[:1]
    return found[0] if found and address(found[0]) is not None else ""


def effective_address(config: Configuration, node: Node) -> str:
    """The same, following `ip unnumbered NAMEIF`."""
    lender = config.named(node.value("ip", "unnumbered")) if node.find("ip", "unnumbered") else None
    return own_address(node) or (own_address(lender) if lender else "")


def usable(node: Node | None) -> bool:
    """Whether an interface has a name and is not shut down."""
    return node is not None and node.find("shutdown") is None and node.find("nameif") is not None


def connected(config: Configuration) -> list[Route]:
    """The networks of the interfaces that are not shut down."""
    found = []
    for node in config.interfaces():
        words = node.value("ip", "address").split()
        value = address(words[0]) if words else None
        mask = address(words[1]) if len(words) > 1 else None
        if value is None or mask is None or not usable(node):
            continue
        bits = bin(mask).count("1")
        found.append(Route(network=value & mask, bits=bits, code="C", nameif=node.value("nameif")))
    return found


def static(config: Configuration) -> list[Route]:
    """The static routes whose interface is usable."""
    found = []
    for node in config.root.all("route"):
        _, nameif, network, mask, via, distance = node.words[:6]
        owner = config.named(nameif)
        if owner is None or not usable(owner):
            continue
        found.append(
            Route(
                network=address(network) or 0,
                bits=bin(address(mask) or 0).count("1"),
                code="S",
                nameif=owner.value("nameif"),
                via=via,
                distance=int(distance),
            )
        )
    return found


def table(config: Configuration, live: frozenset[str] | None = None) -> list[Route]:
    """All routes; `live` holds the tunnel interfaces that are up, None: all count."""
    routes = [*connected(config), *static(config)]
    if live is None:
        return routes
    down = {
        node.value("nameif")
        for node in config.interfaces()
        if node.words[1].startswith("Tunnel") and node.words[1] not in live
    }
    return [route for route in routes if route.nameif not in down]


def outgoing(routes: list[Route], target: str) -> Route | None:
    """The route a packet to `target` takes."""
    value = address(target)
    if value is None:
        return None
    fitting = [route for route in routes if route.covers(value)]
    return max(fitting, key=lambda route: (route.bits, -route.distance), default=None)
