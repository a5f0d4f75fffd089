"""What an ASA configuration says about tunnels and the routes to them."""

from __future__ import annotations

from dataclasses import dataclass

from appliance.lab.asa.configuration import Configuration
from appliance.lab.asa.exemption import translated
from appliance.lab.asa.gate import lets_in
from appliance.lab.asa.links import links
from appliance.lab.asa.routes import outgoing, static, table
from appliance.lab.link import Link


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """The answers that associations ask for, from the configuration as it is now."""

    config: Configuration

    def links(self) -> tuple[Link, ...]:
        """Every tunnel the configuration asks for."""
        return links(self.config)

    def reaches(self, link: Link) -> bool:
        """Whether the first peer is behind the interface the tunnel leaves by, and is let in."""
        way = outgoing(table(self.config), link.peers[0])
        if way is None or way.nameif != link.profile:
            return False
        return lets_in(self.config, link.profile, link.peers[0], link.local)

    def routed(self, link: Link) -> bool:
        """Whether traffic from behind the device gets into the tunnel.

        For a crypto map it must leave by that interface and keep its addresses: what is
        translated no longer fits the access list, and the tunnel stays down without a word.
        """
        if link.map_entry:
            return any(self.carried(link, pair) for pair in link.selectors)
        owner = self.config.interface(link.interface)
        nameif = owner.value("nameif") if owner else ""
        return any(route.nameif == nameif for route in static(self.config))

    def carried(self, link: Link, pair: tuple[str, str]) -> bool:
        """Whether the device's own traffic of this pair reaches the crypto map as it is."""
        way = outgoing(table(self.config), pair[1].split("/")[0])
        leaves = way is not None and way.nameif == link.profile
        return leaves and not translated(self.config, pair, link.profile)

    def changed(self, link: Link, *, up: bool) -> str:
        """The syslog line of a tunnel interface."""
        if link.map_entry:
            return ""
        state = "up" if up else "down"
        return (
            f"%ASA-4-411001: Line protocol on Interface {link.interface}, changed state to {state}"
        )
