"""BGP sessions of an ASA that run through tunnel interfaces.

All of a neighbour stands in `address-family ipv4 unicast` ("BGP" in the general operations guide).
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network

from appliance.model.tunnel import Bgp, BgpPeer
from vendors.cisco import timers
from vendors.cisco.sections import Block, Notes, Said, number
from vendors.cisco.tree import Line
from vendors.cisco_asa.reading.interfaces import Interfaces
from vendors.cisco_asa.reading.places import Names
from vendors.cisco_asa.reading.routes import Routes
from vendors.cisco_asa.reading.running import Running

KEEPALIVE, HOLD = 60, 180
"""Seconds; the ASA's defaults of `timers bgp`."""

_ANY_HOPS = 255
_STATEMENTS = (
    "remote-as",
    "activate",
    "ebgp-multihop",
    "neighbor-timers",
    "shutdown",
    "update-source",
    "local-as",
)
_FIELDS = (
    ("remote-as", "asn"),
    ("ebgp-multihop", "multihop"),
    ("update-source", "source"),
    ("neighbor-timers", "timers"),
    ("shutdown", "enabled"),
)
"""Statements about a neighbour, and the field of the session that each tells."""


class Neighbor:
    """What is said of one neighbour, by statement; the last counts."""

    __slots__ = ("address", "line", "said")

    def __init__(self, where: IPv4Address, line: Line) -> None:
        self.address = where
        self.line = line
        self.said: dict[str, Said] = {}


class BgpProcess:
    """The BGP process of a device: its neighbours by the interface they run through."""

    def __init__(
        self, running: Running, names: Names, interfaces: Interfaces, routes: Routes
    ) -> None:
        self.names = names
        self.interfaces = interfaces
        self.block = next(running.blocks("router bgp"), None)
        self.asn = asn(self.block.name) if self.block is not None else None
        self.timers: Said | None = None
        self.networks: dict[IPv4Network, Line] = {}
        self._neighbors: dict[IPv4Address, Neighbor] = {}
        self._through: dict[str, list[Neighbor]] = {}
        if self.block is not None:
            self._read(self.block)
            self._assign(routes)

    def _read(self, block: Block) -> None:
        self.timers = block.last("timers")
        for inner in block.inner:
            if inner.line.kind != "bgp family":
                continue
            self.timers = inner.last("timers") or self.timers
            for said in inner.all("network"):
                covered = self._originated(said.args)
                if covered is not None:
                    self.networks.setdefault(covered, said.line)
            for name in _STATEMENTS:
                for said in inner.all(name):
                    self._said(name, said)

    def _said(self, name: str, said: Said) -> None:
        who = self.names.address(said.words[1])
        if who is not None:
            neighbor = self._neighbors.setdefault(who, Neighbor(who, said.line))
            neighbor.said[name] = said

    def _originated(self, args: list[str]) -> IPv4Network | None:
        """`network A [mask M]`: without a mask the class of the address decides (RFC 791)."""
        base = self.names.address(args[0]) if args else None
        if base is None:
            return None
        if len(args) > 2 and "mask".startswith(args[1].lower()):  # noqa: PLR2004 -- words
            return self.names.network(args[0], args[2])
        first = int(base) >> 24
        lengths = ((1, 0), (128, 8), (192, 16), (224, 24))
        length = next((size for below, size in lengths if first < below), 32)
        return IPv4Network((base, length), strict=False)

    def _assign(self, routes: Routes) -> None:
        for neighbor in self._neighbors.values():
            owners = dict.fromkeys(routes.leading_to(neighbor.address))
            source = neighbor.said.get("update-source")
            if source is not None and source.args:
                owners[source.args[0].lower()] = None
            for owner in owners:
                self._through.setdefault(owner, []).append(neighbor)

    def through(self, nameif: str, notes: Notes) -> Bgp | None:
        """The sessions through a tunnel interface, None when there are none."""
        if self.block is None or self.asn is None:
            return None
        peers = []
        local = self.asn
        for neighbor in self._through.get(nameif.lower(), ()):
            peer = self._peer(neighbor, nameif)
            if peer is not None:
                peers.append(peer)
                self._where(neighbor, notes)
                self._timed(neighbor, peer, notes)
                said = neighbor.said.get("local-as")
                local = (asn(said.args[0]) if said is not None and said.args else None) or local
        if not peers:
            return None
        notes.at("bgp.local_asn", self.block.line)
        for line in self.networks.values():
            notes.at("bgp.networks", line)
        return Bgp(local_asn=local, peers=tuple(peers), networks=tuple(self.networks))

    def _where(self, neighbor: Neighbor, notes: Notes) -> None:
        """Remember where a session stands, and each field of it that is told."""
        path = f"bgp.peers.{neighbor.address}"
        notes.at("bgp.peers", neighbor.line)
        for name, field in _FIELDS:
            notes.at(f"{path}.{field}", neighbor.said.get(name))
        notes.at(f"{path}.timers", self.timers)
        notes.at(path, neighbor.line)

    def _peer(self, neighbor: Neighbor, nameif: str) -> BgpPeer | None:
        remote = neighbor.said.get("remote-as")
        number_ = asn(remote.args[0]) if remote is not None and remote.args else None
        if number_ is None:
            return None
        keepalive, hold = self._timers(neighbor)
        source = neighbor.said.get("update-source")
        name = source.args[0] if source is not None and source.args else None
        return BgpPeer(
            address=neighbor.address,
            asn=number_,
            multihop=_multihop(neighbor.said.get("ebgp-multihop")),
            source=name,
            local_address=self.interfaces.spoken(name or nameif),
            keepalive_seconds=keepalive,
            hold_seconds=hold,
            enabled="shutdown" not in neighbor.said and self._active(neighbor),
        )

    def _active(self, neighbor: Neighbor) -> bool:
        """A process that activates some neighbours leaves the others switched off."""
        some = any("activate" in one.said for one in self._neighbors.values())
        return "activate" in neighbor.said or not some

    def _timers(self, neighbor: Neighbor) -> tuple[int, int]:
        return _seconds(neighbor.said.get("neighbor-timers") or self.timers)

    def _timed(self, neighbor: Neighbor, peer: BgpPeer, notes: Notes) -> None:
        own = neighbor.said.get("neighbor-timers")
        said = timers.form(None if own is None else _seconds(own), _seconds(self.timers))
        if said is not None:
            notes.objects[timers.kind(peer)] = said


def _seconds(said: Said | None) -> tuple[int, int]:
    """Keepalive and hold time of a statement, the defaults without one."""
    values = [number(word) for word in said.args[:2]] if said is not None else []
    if len(values) == 2 and values[0] is not None and values[1] is not None:  # noqa: PLR2004
        return values[0], values[1]
    return KEEPALIVE, HOLD


def _multihop(said: Said | None) -> int | None:
    if said is None:
        return None
    value = number(said.args[0]) if said.args else _ANY_HOPS
    return _ANY_HOPS if value is None else value


def asn(text: str) -> int | None:
    """An AS number, plain or as `65000.1` (RFC 5396)."""
    high, dot, low = text.partition(".")
    if not dot:
        return number(text)
    upper, lower = number(high), number(low)
    return None if upper is None or lower is None else (upper << 16) + lower
