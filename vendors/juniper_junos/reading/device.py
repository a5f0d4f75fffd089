"""Everything that reading a tunnel needs to look up, indexed once for the whole device."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from vendors.juniper_junos.reading.bgp import Sessions
from vendors.juniper_junos.reading.books import Books
from vendors.juniper_junos.reading.interfaces import Interfaces
from vendors.juniper_junos.reading.nat import SourceNat
from vendors.juniper_junos.reading.passes import Passes
from vendors.juniper_junos.reading.policies import Policies
from vendors.juniper_junos.reading.routes import Routes
from vendors.juniper_junos.reading.words import number, unit
from vendors.juniper_junos.reading.zones import Zones
from vendors.juniper_junos.tree import Configuration, Node

TYPE_CHECKING = False
if TYPE_CHECKING:
    from appliance.model.filters import Chain, Filter

DEFAULT_MSS = 1320
"""What `tcp-mss ipsec-vpn` means without a size ("CLI Reference", tcp-mss)."""


class Device:
    """The indexes over one configuration."""

    def __init__(self, found: Configuration) -> None:
        self.found = found
        self.root = found.root
        self.interfaces = Interfaces(self.root)
        self.zones = Zones(self.root)

    @cached_property
    def routes(self) -> Routes:
        """Static routes."""
        return Routes(self.root, self.interfaces)

    @cached_property
    def sessions(self) -> Sessions:
        """BGP neighbours."""
        return Sessions(self.root, self.interfaces, self.routes)

    @cached_property
    def books(self) -> Books:
        """Address books."""
        return Books(self.root)

    @cached_property
    def policies(self) -> Policies:
        """Security policies."""
        return Policies(self.root, self.books)

    @cached_property
    def passes(self) -> Passes:
        """What the rules let through tunnels."""
        return Passes(self.zones, self.policies, SourceNat(self.root))

    def crossing(self, interface: str, outside: str | None) -> Filter | None:
        """What may cross a tunnel by the zone policies; None: the text has no zones.

        Tunnels of one zone share it, so that it is worked out once.
        """
        if not self.zones.known and not self.policies.known:
            return None
        key = self.passes.key(interface, outside)
        if key not in self._filters:
            self._filters[key] = self._filter(interface, outside)
        return self._filters[key]

    @cached_property
    def _filters(self) -> dict[tuple[str | None, str, str | None], Filter]:
        return {}

    def _filter(self, interface: str, outside: str | None) -> Filter:
        from appliance.model.filters import Filter  # noqa: PLC0415 -- read when it is asked for

        def read() -> Iterable[Chain]:
            from vendors.juniper_junos.reading.traffic import (  # noqa: PLC0415 -- as above
                Crossing,
                Place,
            )

            zone = self.zones.of(interface)
            node = self.root.any("security", "zones", "security-zone", zone or "")
            place = Place(
                interface=interface,
                zone=zone,
                outside=outside,
                line=node.line if node is not None else 0,
            )
            return Crossing(self.found, self.passes, self.interfaces).chains(place)

        return Filter(read=read, complete=True)

    @cached_property
    def bound(self) -> dict[str, list[str]]:
        """The VPNs of each tunnel interface: one that has several ends has several."""

        found: dict[str, list[str]] = {}
        for name, vpn in self.root.items("security", "ipsec", "vpn"):
            bound = unit(vpn.value("bind-interface"))
            if bound is not None:
                found.setdefault(bound, []).append(name)
        return found

    def mss(self, tunnel: Node) -> tuple[int | None, Node | None, str | None]:
        """The TCP MSS that a tunnel clamps to, the statement, and where it stands.

        `unit`: at its own interface; `all-tcp`: for all traffic; None: where it is said for VPNs.
        """
        tcp_mss = self.root.at("security", "flow", "tcp-mss")
        for node, path, where in (
            (tunnel, ("family", "inet", "tcp-mss"), "unit"),
            (tcp_mss, ("ipsec-vpn", "mss"), None),
            (tcp_mss, ("all-tcp", "mss"), "all-tcp"),
        ):
            value = number(node.value(*path))
            if value is not None:
                return value, node.leaf(*path), where
            if path[0] == "ipsec-vpn" and node.get("ipsec-vpn") is not None:
                return DEFAULT_MSS, node.get("ipsec-vpn"), None
        return None, None, None
