"""What the device's own rules let through a tunnel: zone policies both ways, and no NAT."""

from __future__ import annotations

from functools import cached_property

from appliance.model.tunnel import TrafficSelector
from vendors.juniper_junos.reading.nat import SourceNat
from vendors.juniper_junos.reading.policies import Policies, Policy
from vendors.juniper_junos.reading.rectangles import Pair, both_ways, cut, network, widest
from vendors.juniper_junos.reading.zones import Zones


class Passes:
    """The pairs that pass between the inside zones and a tunnel's zone, found once a zone."""

    def __init__(self, zones: Zones, policies: Policies, nat: SourceNat) -> None:
        self.zones = zones
        self.policies = policies
        self.nat = nat
        self._found: dict[
            tuple[str, str, str | None], tuple[tuple[TrafficSelector, ...], list[Policy]]
        ] = {}

    def through(
        self, interface: str, outside: str | None
    ) -> tuple[tuple[TrafficSelector, ...] | None, list[Policy]]:
        """Pairs that pass, and the policies that let them. None: the text has no zones."""
        if not self.zones.known and not self.policies.known:
            return None, []
        zone = self.zones.of(interface)
        if zone is None:
            return (), []
        key = (zone, *self.key(interface, outside)[1:])
        if key not in self._found:
            self._found[key] = self._read(zone, interface, outside)
        return self._found[key]

    def key(self, interface: str, outside: str | None) -> tuple[str | None, str, str | None]:
        """What tunnels must have in common for the same rules to be in their way."""
        special = any(node.values("to", "interface") for node in self.nat.sets)
        return self.zones.of(interface), interface if special else "", self.zones.of(outside)

    def _read(
        self, zone: str, interface: str, outside: str | None
    ) -> tuple[tuple[TrafficSelector, ...], list[Policy]]:
        pairs: list[Pair] = []
        used: dict[int, Policy] = {}
        for inside in self.inside(zone, outside):
            out, let_out = self.policies.passing(inside, zone)
            back, let_in = self.policies.passing(zone, inside)
            translated = self.nat.translated(inside, zone, interface)
            through = [piece for pair in both_ways(out, back) for piece in cut(pair, translated)]
            pairs += through
            for policy in (*let_out, *let_in) if through else ():
                used.setdefault(id(policy.node), policy)
        selectors = tuple(
            TrafficSelector(local=network(local), remote=network(remote))
            for local, remote in widest(pairs)
        )
        return selectors, list(used.values())

    def inside(self, zone: str, outside: str | None) -> list[str]:
        """The zones whose networks are ours: not that of the gateway, nor those of tunnels."""
        found = [name for name in self._lans if name not in {zone, self.zones.of(outside)}]
        members = {one for one in self.zones.members(zone) if not one.startswith("st0.")}
        return [*found, zone] if members - {outside} else found

    @cached_property
    def _lans(self) -> list[str]:
        """The zones that are not there for tunnels only."""
        return [
            name
            for name in self.zones.nodes
            if not (members := self.zones.members(name))
            or not all(one.startswith("st0.") for one in members)
        ]
