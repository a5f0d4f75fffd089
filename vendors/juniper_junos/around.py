"""Statements of ours that stand beside a tunnel: found again on a device, and kept with it.

They are recognised by their names and places, so that a push knows them again and its rollback
takes away what it brought, and nothing else: zone policies with their addresses, the way in for
IKE and BGP, and the loopback address that BGP speaks from.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from appliance.model.tunnel import Tunnel
from appliance.record import replace
from vendors.juniper_junos.writing.statement import AROUND, word

Objects = Mapping[str, tuple[str, ...]]

_POLICY = re.compile(r"(security policies from-zone (\S+) to-zone (\S+) policy (\S+))(?: .+)?")
_OURS = re.compile(r".+-(?:out|in)(?:-\d+)?")
TRAFFIC = "-traffic-"
"""Stands in the names of our policies that rules on traffic became; others let all through."""
APPLICATION = "appliance-"
"""What the names of our applications begin with."""
_ADDRESS = re.compile(r"match (source|destination)-address (\S+)")


def lines(objects: Objects) -> tuple[str, ...]:
    """Every statement below the paths of `Observed.objects`, as `set` would have it."""
    return tuple(
        f"{path} {line}".rstrip() for path, below in objects.items() for line in below or ("",)
    )


class Surroundings:
    """What a device holds beside its tunnels; looked up, never read as a whole."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects
        self._held: dict[str, frozenset[str]] = {}
        self._policies: dict[str, list[str]] = {}
        for path in objects:
            match = _POLICY.fullmatch(path) if path.startswith("security policies from") else None
            if match is not None and _OURS.fullmatch(match[4].strip('"')):
                self._policies.setdefault(match[4].strip('"'), []).append(path)

    def with_own(self, tunnel: Tunnel) -> Tunnel:
        """The tunnel with the statements of ours beside it in its `objects`."""
        own = tuple(dict.fromkeys(self._own(tunnel)))
        if not own:
            return tunnel
        return replace(tunnel, objects={**tunnel.objects, AROUND: "\n".join(own)})

    def policies(self, tunnel: Tunnel) -> tuple[str, ...]:
        """Paths of the policies that have the names of ours for the tunnel."""
        own = base(tunnel)
        found = (paths for name, paths in self._policies.items() if is_ours(own, name))
        return tuple(path for paths in found for path in paths)

    def ways_in(self, tunnel: Tunnel) -> Iterator[str]:
        """Those statements by which IKE and BGP reach the device that it holds."""
        for path, line in _ways_in(tunnel):
            if line in self._lines(path):
                yield f"{path} {line}"

    def _lines(self, path: str) -> frozenset[str]:
        if path not in self._held:
            self._held[path] = frozenset(self._objects.get(path, ()))
        return self._held[path]

    def _own(self, tunnel: Tunnel) -> Iterator[str]:
        yield from self.ways_in(tunnel)
        for path in self.policies(tunnel):
            for line in self._objects[path]:
                yield from self._addresses(path, line)
                yield from self._application(line)
            yield from (f"{path} {line}" for line in self._objects[path])

    def _application(self, line: str) -> Iterator[str]:
        """The application of ours that a policy names."""
        name = line.removeprefix("match application ")
        if name != line and name.startswith(APPLICATION):
            path = f"applications application {name}"
            yield from (f"{path} {value}" for value in self._objects.get(path, ()))

    def _addresses(self, path: str, line: str) -> Iterator[str]:
        """The address book entries that a policy names: a source is looked up in the from-zone."""
        match, policy = _ADDRESS.fullmatch(line), _POLICY.fullmatch(path)
        if match is None or policy is None:
            return
        zone = policy[2 if match[1] == "source" else 3].strip('"')
        for style in ("global", "zone"):
            entry = f"{entries(zone, style)} address {match[2]}"
            yield from (f"{entry} {value}" for value in self._objects.get(entry, ()))


def is_ours(own: str, name: str) -> bool:
    """Whether a policy's name is one of ours, for the tunnel whose policies begin with `own`."""
    return re.fullmatch(rf"{re.escape(own)}(?:-traffic)?-(?:out|in)(?:-\d+)?", name) is not None


def base(tunnel: Tunnel) -> str:
    """What the names of our policies for the tunnel begin with."""
    return tunnel.objects.get("label") or tunnel.name


def entries(zone: str, style: str) -> str:
    """Where the addresses of a zone stand, in either style of address books."""
    if style == "zone":
        return f"security zones security-zone {word(zone)} address-book"
    return "security address-book global"


def inbound(zone: str, interface: str, what: str) -> tuple[str, str]:
    """The way in to the device itself, for one interface of a zone and for all of them."""
    path = f"security zones security-zone {word(zone)}"
    return (
        f"{path} interfaces {interface} host-inbound-traffic {what}",
        f"{path} host-inbound-traffic {what}",
    )


def loopback(address: object, zone: str) -> tuple[str, str]:
    """The loopback address of a BGP session, and its zone."""
    return (
        f"interfaces lo0 unit 0 family inet address {address}/32",
        f"security zones security-zone {word(zone)} interfaces lo0.0",
    )


def _ways_in(tunnel: Tunnel) -> Iterator[tuple[str, str]]:
    """Path and statement of all ways in, wherever they may stand."""
    outside, zone = tunnel.objects.get("outside zone"), tunnel.objects.get("zone")
    ours: list[str] = []
    if outside and tunnel.local.interface:
        ours += inbound(outside, tunnel.local.interface, "system-services ike")
    if zone and tunnel.interface is not None and tunnel.bgp is not None:
        ours += inbound(zone, tunnel.interface.name, "protocols bgp")
        for peer in tunnel.bgp.peers:
            if peer.local_address is not None:
                ours += loopback(peer.local_address, zone)
    for line in ours:
        words = line.split()
        yield " ".join(words[:4]), " ".join(words[4:])
