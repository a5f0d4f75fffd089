"""What an SRX's configuration means for tunnels, routes and traffic at this moment."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from ipaddress import IPv4Network

from appliance.lab.junos.links import links
from appliance.lab.junos.routes import addresses, connected, instance_of, outgoing, table, unit_of
from appliance.lab.junos.tree import Node
from appliance.lab.junos.zones import network, permits, zone_of
from appliance.lab.link import ANY, Link

Pair = tuple[IPv4Network, IPv4Network]


class SrxNetwork:
    """Reads one configuration, of which `root` holds what is in force."""

    def __init__(self, root: Node) -> None:
        self.root = root

    @cached_property
    def _links(self) -> tuple[Link, ...]:
        return tuple(links(self.root))

    def links(self) -> tuple[Link, ...]:
        """Every tunnel the configuration asks for."""
        return self._links

    def reaches(self, link: Link) -> bool:
        """Whether a route leads to the tunnel's first peer, not through the tunnel itself."""
        try:
            way = outgoing(self.root, link.vrf, link.peers[0])
        except ValueError:  # a name instead of an address: nobody resolves it here
            return False
        return bool(way) and way != link.interface

    def routed(self, link: Link) -> bool:
        """Whether traffic from behind the device gets into the tunnel."""
        return any(self.leads(link, pair) and self.lets(link, pair) for pair in self.flows(link))

    def changed(self, link: Link, *, up: bool) -> str:
        """What the device logs when the tunnel comes up or goes."""
        state, what = ("up", "UP") if up else ("down", "DOWN")
        return (
            f"kmd[2210]: KMD_VPN_{what}_ALARM_USER: VPN {link.name} from {link.peers[0]} is "
            f"{state}. Local-ip: {link.local}, gateway name: {link.profile}, vpn name: {link.name}"
        )

    def inside(self, link: Link) -> Iterator[tuple[str, IPv4Network]]:
        """(zone, network) of what is behind the device."""
        outside = self.outside(link)
        for route in connected(self.root, self.instance(link)):
            if route.unit == outside or route.unit.startswith(("st0.", "lo0.")):
                continue
            zone = zone_of(self.root, route.unit)
            if zone is not None:
                yield zone.name, route.network

    def outside(self, link: Link) -> str:
        """The interface with the tunnel's own address."""
        gateway = self.root.find("security", "ike", "gateway", link.profile)
        return gateway.value("external-interface") if gateway is not None else ""

    def instance(self, link: Link) -> str:
        """The routing instance of the traffic."""
        return instance_of(self.root, link.interface or self.outside(link))

    def flows(self, link: Link) -> list[Pair]:
        """(here, there) of the traffic that could use the tunnel."""
        if link.selectors != ((ANY, ANY),):
            return [(network(local), network(remote)) for local, remote in link.selectors]
        there = [
            route.network
            for route in table(self.root, self.instance(link))
            if route.unit == link.interface and route.kind != "Direct"
        ]
        return [(here, far) for _, here in self.inside(link) for far in there]

    def lets(self, link: Link, pair: Pair, *, back: bool = False) -> bool:
        """Whether policies let this pair through, from behind the device or towards it."""
        zone = zone_of(self.root, link.interface or self.outside(link))
        for own, here in self.inside(link):
            if zone is None or not here.overlaps(pair[0]):
                continue
            zones = (zone.name, own) if back else (own, zone.name)
            if permits(self.root, zones, pair[::-1] if back else pair):
                return True
        return False

    def leads(self, link: Link, pair: Pair) -> bool:
        """Whether a route of the configuration leads what is meant for the far end there."""
        target = next(iter(pair[1].hosts()), pair[1].network_address)
        way = outgoing(self.root, self.instance(link), str(target))
        return way == (link.interface or self.outside(link))

    def address(self, unit: str) -> str:
        """The first address of an interface; empty when it has none."""
        node = unit_of(self.root, unit)
        own = addresses(node) if node is not None else []
        return str(own[0].ip) if own else ""
