"""A zone policy of ours: where it stands, and the names of the networks in it."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network

from appliance.errors import RefusedError
from appliance.model.tunnel import Tunnel
from vendors.juniper_junos import around
from vendors.juniper_junos.writing.box import Box
from vendors.juniper_junos.writing.statement import word

INSIDE, OUTSIDE = "trust", "untrust"
"""Zones of the factory configuration, for a device that nobody has looked at."""


def is_rule(line: str) -> bool:
    """Whether a statement of ours is part of a policy, or what one refers to."""
    return line.startswith(("security policies ", "security address-book ", "applications ")) or (
        " address-book " in line
    )


def inside_zone(box: Box, tunnel: Tunnel, network: IPv4Network) -> str:
    """The zone that an on-premises network is in; raises `RefusedError` where nobody knows."""
    if box.blank:
        return INSIDE
    interface = box.facing(network)
    if interface is None or interface == tunnel.local.interface:
        interface = box.environment.inside_interface
    zone = box.zones.get(interface or "")
    if zone is not None:
        return zone
    if INSIDE in box.zones.values():
        return INSIDE
    raise RefusedError(
        f"it is not known in which security zone {network} is",
        where=box.where,
        hint="name device.interfaces.inside, with its unit, and put it in a zone on the device",
    )


class ZonePolicy:
    """One zone policy of ours."""

    def __init__(self, box: Box, source: str, target: str, name: str) -> None:
        self.box = box
        self.source = source
        self.target = target
        self.context = f"security policies from-zone {word(source)} to-zone {word(target)}"
        self.name = name
        self.path = f"{self.context} policy {word(name)}"

    def lines(
        self, sources: tuple[IPv4Network, ...], targets: tuple[IPv4Network, ...]
    ) -> Iterator[str]:
        """Its statements, those of its addresses first."""
        named = [self.address(self.source, network) for network in sources]
        aimed = [self.address(self.target, network) for network in targets]
        yield from (entry for _, entry in (*named, *aimed))
        yield from (f"{self.path} match source-address {name}" for name, _ in named)
        yield from (f"{self.path} match destination-address {name}" for name, _ in aimed)
        yield f"{self.path} match application any"
        yield f"{self.path} then permit"

    def address(self, zone: str, network: IPv4Network) -> tuple[str, str]:
        """Name and entry of a network: one that the address book has already, or a new one."""
        style = "zone" if any(" address-book " in line for line in self._zoned()) else "global"
        book = around.entries(zone, style)
        for entry in self.box.below(f"{book} address"):
            name, _, value = entry.rpartition(" ")
            if value == str(network) and name and " " not in name:
                return name, f"{book} address {entry}"
        name = self.box.free(f"{book} address", f"net-{str(network).replace('/', '_')}")
        return name, f"{book} address {name} {network}"

    def _zoned(self) -> Iterator[str]:
        return (line for line in self.box.lines if line.startswith("security zones "))

    def shadow(self) -> str | None:
        """The first policy that would keep ours, at the end, from ever being reached."""
        policies: dict[str, set[str]] = {}
        for line in self.box.below(f"{self.context} policy"):
            name, _, rest = line.partition(" ")
            policies.setdefault(name, set()).add(rest)
        broad = ("match source-address any", "match destination-address any")
        for name, rules in policies.items():
            denies = rules & {"then deny", "then reject"}
            going = name == word(self.name) or around.TRAFFIC in name
            if denies and all(rule in rules for rule in broad) and not going:
                return name
        return None
