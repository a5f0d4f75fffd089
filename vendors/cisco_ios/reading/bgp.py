"""BGP sessions that run through tunnels."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network

from appliance.model.tunnel import Bgp, BgpPeer
from vendors.cisco import timers
from vendors.cisco.addresses import address, network
from vendors.cisco.sections import Block, Notes, Said, number
from vendors.cisco.tree import Line
from vendors.cisco_ios.reading.addresses import Interfaces
from vendors.cisco_ios.reading.interface_names import canonical
from vendors.cisco_ios.reading.routes import Routes
from vendors.cisco_ios.reading.running import Running

KEEPALIVE, HOLD = 60, 180
"""Seconds; IOS's defaults of `timers bgp`."""

_ANY_HOPS = 255
_NO_INHERITANCE = 8
"""Templates may inherit from templates, no deeper than this."""


class Neighbor:
    """What is said of one neighbour, peer group or template, by statement; the last counts."""

    __slots__ = ("address", "line", "said", "vrf")

    def __init__(self, vrf: str | None = None) -> None:
        self.said: dict[str, Said] = {}
        self.address: IPv4Address | None = None
        self.vrf = vrf
        self.line: Line | None = None


class BgpProcess:
    """The BGP process of a device: its neighbours by the tunnel interface they run through."""

    def __init__(self, running: Running, interfaces: Interfaces, routes: Routes) -> None:
        self.interfaces = interfaces
        self.block = next(iter(running.blocks("router bgp")), None)
        self.asn = asn(self.block.name) if self.block is not None else None
        self.timers: dict[str | None, Said] = {}
        self.networks: dict[str | None, dict[IPv4Network, Line]] = {}
        self._neighbors: dict[tuple[str | None, str], Neighbor] = {}
        self._templates: dict[str, Neighbor] = {}
        self._through: dict[str, list[Neighbor]] = {}
        if self.block is not None:
            self._read(self.block, None)
            self._assign(routes)

    def _read(self, block: Block, vrf: str | None) -> None:
        for said in block.all("timers"):
            self.timers[vrf] = said
        for said in block.all("network"):
            covered = originated(said.args)
            if covered is not None and "backdoor" not in said.args:  # preferred, not advertised
                self.networks.setdefault(vrf, {}).setdefault(covered, said.line)
        for name in _STATEMENTS:
            for said in block.all(name):
                self._said(name, said, vrf)
        for inner in block.inner:
            self._read_inner(inner)

    def _read_inner(self, inner: Block) -> None:
        words = inner.name.split()
        if inner.line.kind == "bgp family":
            self._read(inner, words[-1] if "vrf" in words[1:-1] else None)
        elif inner.line.kind == "bgp template" and len(words) > 1:
            said = {name: inner.said[name][-1] for name in inner.said if name and inner.said[name]}
            template = self._templates[words[1]] = Neighbor()
            template.said.update(said)

    def _said(self, name: str, said: Said, vrf: str | None) -> None:
        who = said.words[1]
        neighbor = self._neighbors.setdefault((vrf, who), Neighbor(vrf=vrf))
        neighbor.address = neighbor.address or address(who)
        neighbor.line = neighbor.line or said.line
        neighbor.said[name] = said

    def _assign(self, routes: Routes) -> None:
        for neighbor in self._neighbors.values():
            if neighbor.address is None:
                continue
            owners = dict.fromkeys(routes.leading_to(neighbor.address, neighbor.vrf))
            source = self._value(neighbor, "update-source")
            if source is not None and source.args:
                owners[canonical(source.args)] = None
            for owner in owners:
                self._through.setdefault(owner, []).append(neighbor)

    def _value(self, neighbor: Neighbor, name: str) -> Said | None:
        """What a neighbour says, or the group or template it inherits from."""
        vrf = neighbor.vrf
        for _ in range(_NO_INHERITANCE):
            if name in neighbor.said:
                return neighbor.said[name]
            above = self._above(neighbor, vrf)
            if above is None:
                return None
            neighbor = above
        return None

    def _above(self, neighbor: Neighbor, vrf: str | None) -> Neighbor | None:
        group, inherit = neighbor.said.get("peer-group"), neighbor.said.get("inherit")
        if group is not None and group.args:
            name = group.args[0]
            return self._neighbors.get((vrf, name)) or self._neighbors.get((None, name))
        if inherit is not None and inherit.args:
            return self._templates.get(inherit.words[-1])
        return None

    def through(self, interface: str, vrf: str | None, notes: Notes) -> Bgp | None:
        """The sessions through a tunnel interface, None when there are none."""
        if self.block is None or self.asn is None:
            return None
        local = self.asn
        peers: dict[IPv4Address, BgpPeer] = {}
        for neighbor in self._through.get(interface, ()):
            if neighbor.vrf != vrf or neighbor.address is None:
                continue
            peer = self._peer(neighbor, neighbor.address, interface)
            if peer is not None:
                peers[neighbor.address] = peer
                self._where(neighbor, notes)
                self._timed(neighbor, peer, notes)
                local = self._local_as(neighbor) or local
                _own_local_as(neighbor, notes)
        if not peers:
            return None
        if self.block.name != str(local):
            notes.objects["bgp process"] = self.block.name
        notes.at("bgp.local_asn", self.block.line)
        own = self.networks.get(vrf, {})
        for line in own.values():
            notes.at("bgp.networks", line)
        return Bgp(local_asn=local, peers=tuple(peers.values()), networks=tuple(own))

    def _where(self, neighbor: Neighbor, notes: Notes) -> None:
        """Remember where a session stands, and each field of it that is told."""
        path = f"bgp.peers.{neighbor.address}"
        notes.at("bgp.peers", neighbor.line)
        for name, field in _FIELDS:
            notes.at(f"{path}.{field}", self._value(neighbor, name))
        notes.at(f"{path}.timers", self._process_timers(neighbor))
        notes.at(path, neighbor.line)

    def _local_as(self, neighbor: Neighbor) -> int | None:
        said = self._value(neighbor, "local-as")
        return asn(said.args[0]) if said is not None and said.args else None

    def _peer(self, neighbor: Neighbor, where: IPv4Address, interface: str) -> BgpPeer | None:
        remote = self._value(neighbor, "remote-as")
        number_ = asn(remote.args[0]) if remote is not None and remote.args else None
        if number_ is None:
            return None
        keepalive, hold = self._timers(neighbor)
        source = self._value(neighbor, "update-source")
        name = canonical(source.args) if source is not None and source.args else None
        held = self.interfaces.lent(interface if name is None else name)
        return BgpPeer(
            address=where,
            asn=number_,
            multihop=self._multihop(neighbor),
            source=name,
            local_address=held.ip if held is not None else None,
            keepalive_seconds=keepalive,
            hold_seconds=hold,
            enabled=self._value(neighbor, "shutdown") is None,
        )

    def _multihop(self, neighbor: Neighbor) -> int | None:
        said = self._value(neighbor, "ebgp-multihop")
        if said is None:
            return None
        value = number(said.args[0]) if said.args else _ANY_HOPS
        return value if value is not None else _ANY_HOPS

    def _timers(self, neighbor: Neighbor) -> tuple[int, int]:
        return _seconds(self._value(neighbor, "neighbor-timers") or self._process_timers(neighbor))

    def _timed(self, neighbor: Neighbor, peer: BgpPeer, notes: Notes) -> None:
        own, above = neighbor.said.get("neighbor-timers"), self._above(neighbor, neighbor.vrf)
        lent = self._value(above, "neighbor-timers") if above is not None else None
        said = timers.form(
            None if own is None else _seconds(own),
            _seconds(lent or self._process_timers(neighbor)),
        )
        if said is not None:
            notes.objects[timers.kind(peer)] = said

    def _process_timers(self, neighbor: Neighbor) -> Said | None:
        return self.timers.get(neighbor.vrf, self.timers.get(None))


def _seconds(said: Said | None) -> tuple[int, int]:
    """Keepalive and hold time of a statement, the defaults without one."""
    values = [number(word) for word in said.args[:2]] if said is not None else []
    if len(values) == 2 and values[0] is not None and values[1] is not None:  # noqa: PLR2004
        return values[0], values[1]
    return KEEPALIVE, HOLD


def _own_local_as(neighbor: Neighbor, notes: Notes) -> None:
    """What a neighbour says itself of the AS that it sees, with all its options."""
    said = neighbor.said.get("local-as")
    if said is not None:
        notes.objects[f"local-as {neighbor.address}"] = " ".join(said.args)


_FIELDS = (
    ("remote-as", "asn"),
    ("ebgp-multihop", "multihop"),
    ("update-source", "source"),
    ("neighbor-timers", "timers"),
    ("shutdown", "enabled"),
)
"""Statements about a neighbour, and the field of the session that each tells."""

_STATEMENTS = [
    "remote-as",
    "peer-group",
    "ebgp-multihop",
    "update-source",
    "neighbor-timers",
    "shutdown",
    "local-as",
    "inherit",
]


def asn(text: str) -> int | None:
    """An AS number, plain or as `65000.1` (RFC 5396)."""
    high, dot, low = text.partition(".")
    if not dot:
        return number(text)
    upper, lower = number(high), number(low)
    return None if upper is None or lower is None else (upper << 16) + lower


def originated(args: list[str]) -> IPv4Network | None:
    """`network A [mask M]`: without a mask the class of the address decides (RFC 791)."""
    base = address(args[0]) if args else None
    if base is None:
        return None
    if len(args) > 2 and "mask".startswith(args[1].lower()):  # noqa: PLR2004 -- words
        return network(args[0], args[2])
    first = int(base) >> 24
    lengths: Iterable[tuple[int, int]] = ((1, 0), (128, 8), (192, 16), (224, 24))
    length = next((size for below, size in lengths if first < below), 32)
    return IPv4Network((base, length), strict=False)
