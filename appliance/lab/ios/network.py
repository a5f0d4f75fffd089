"""What an IOS configuration says about tunnels and the routes to them."""

from __future__ import annotations

from dataclasses import dataclass

from appliance.lab.ios.configuration import Configuration
from appliance.lab.ios.links import links
from appliance.lab.ios.routes import configured, outgoing
from appliance.lab.link import Link


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """The answers that associations ask for, from the configuration as it is now."""

    config: Configuration

    def links(self) -> tuple[Link, ...]:
        """Every tunnel the configuration asks for."""
        return links(self.config)

    def reaches(self, link: Link) -> bool:
        """Whether a route leads to the tunnel's first peer, not through the tunnel itself."""
        way = outgoing(configured(self.config, link.vrf), link.peers[0])
        return bool(way) and (way != link.interface or bool(link.map_entry))

    def routed(self, link: Link) -> bool:
        """Whether a static route leads into the tunnel; a crypto map takes what fits its list."""
        routes = self.config.root.all("ip", "route")
        return bool(link.map_entry) or any(link.interface in node.words for node in routes)

    def changed(self, link: Link, *, up: bool) -> str:
        """The line protocol of a tunnel interface."""
        if link.map_entry:
            return ""
        state = "up" if up else "down"
        return (
            f"%LINEPROTO-5-UPDOWN: Line protocol on Interface {link.interface}, "
            f"changed state to {state}"
        )
