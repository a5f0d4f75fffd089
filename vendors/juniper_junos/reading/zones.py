"""Security zones: which interface is in which, and what each lets in to the device itself."""

from __future__ import annotations

from ipaddress import IPv4Address

from vendors.juniper_junos.reading.words import unit
from vendors.juniper_junos.tree import Node

_ALL = ("all", "any-service")


class Zones:
    """The zones of a device. `known` says that the text has any: a fragment may not."""

    __slots__ = ("_members", "_of", "known", "nodes")

    def __init__(self, root: Node) -> None:
        zones = root.at("security", "zones", "security-zone")
        self.nodes: dict[str, Node] = {}
        self._of: dict[str, tuple[str, Node]] = {}
        self._members: dict[str, set[str]] = {}
        for name, zone in zones.items():
            if name.startswith("apply-"):
                continue
            self.nodes[name] = zone
            for member, said in zone.items("interfaces"):
                self._of[unit(member) or member] = (name, said)
                self._members.setdefault(name, set()).add(unit(member) or member)
        self.known = bool(self.nodes)

    def of(self, interface: str | None) -> str | None:
        """The zone of an interface."""
        found = self._of.get(interface or "") or self._of.get("all")
        return None if found is None or interface is None else found[0]

    def members(self, zone: str) -> set[str]:
        """The interfaces of a zone."""
        return self._members.get(zone, set())

    def inbound(self, interface: str | None, kind: str, word: str) -> tuple[bool, Node | None]:
        """Whether one of these services or protocols may reach the device here, and what decides.

        What is said of an interface replaces what is said of its zone ("Security Zones User
        Guide", host-inbound-traffic).
        """
        found = self._of.get(interface or "") or self._of.get("all")
        if found is None:
            return False, None
        zone, said = found
        own = said.get("host-inbound-traffic")
        block = own if own is not None else self.nodes[zone].at("host-inbound-traffic")
        listed = block.get(kind)
        if listed is None:
            return False, own or said
        return _lets_in(listed, word), listed.get(word) or listed

    def permits(
        self, interface: str | None, remotes: tuple[IPv4Address, ...]
    ) -> tuple[tuple[IPv4Address, ...] | None, Node | None]:
        """The remote addresses whose IKE gets in: all or none. None: the text has no zones."""
        if not self.known or interface is None:
            return None, None
        passes, node = self.inbound(interface, "system-services", "ike")
        return remotes if passes else (), node


def _lets_in(listed: Node, word: str) -> bool:
    own = listed.get(word)
    if own is not None:
        return own.get("except") is None
    return any(listed.get(every) is not None for every in _ALL)
