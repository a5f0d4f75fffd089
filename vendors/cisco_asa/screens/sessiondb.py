"""`show vpn-sessiondb l2l` and `show vpn-sessiondb detail l2l`.

A session is one peer with its IKE SA and child SAs. Layouts: 7.x counts `IKE Sessions`, 8.x `IKE
Tunnels`, 8.4 and later `IKEv1 Tunnels` or `IKEv2 Tunnels`; with NAT traversal the child SAs are
`IPsecOverNatT`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network

from appliance.model.algorithms import IkeVersion
from appliance.model.state import ChildState, Operational, SaStatus, TunnelState
from appliance.model.tunnel import TrafficSelector
from appliance.template import rows
from vendors.cisco.screens import peers
from vendors.cisco.screens import words as shared
from vendors.cisco_asa.screens import words


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the screen, as `templates/cisco_asa/vpn_sessiondb.textfsm` names its parts."""

    session: str | None
    connection: str | None
    address: str | None
    protocol: str | None
    encryption: str | None
    hashing: str | None
    bytes_tx: str | None
    bytes_rx: str | None
    packets_tx: str | None
    packets_rx: str | None
    duration: str | None
    counted: str | None
    count: str | None
    section: str | None
    port: str | None
    group: str | None
    pfs_group: str | None
    local_net: str | None
    remote_net: str | None
    interval: str | None
    left: str | None


_VALUES = (
    "connection",
    "address",
    "protocol",
    "encryption",
    "hashing",
    "bytes_tx",
    "bytes_rx",
    "packets_tx",
    "packets_rx",
    "duration",
    "port",
    "group",
    "pfs_group",
    "local_net",
    "remote_net",
    "interval",
    "left",
)
_HEAD = ("connection", "address", "protocol", "duration")
"""What stands once in a session, above its parts."""

Told = dict[str, str]


@dataclass(slots=True, kw_only=True)
class _Session:
    """One session while its lines are read: what its head and its parts tell, by name."""

    ours: bool
    detailed: bool = False
    head: Told = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    parts: list[tuple[str, Told]] = field(default_factory=list)

    def named(self, prefix: str) -> list[Told]:
        """The parts whose name begins so (`ike`, `ipsec`)."""
        return [told for name, told in self.parts if name.lower().startswith(prefix)]

    @property
    def plain(self) -> bool:
        """Whether it is all that the short form of the command tells, down to its last line."""
        counted = self.detailed or self.counts or self.parts
        return not counted and "duration" in self.head

    def number(self, prefix: str) -> int | None:
        """How many tunnels of a kind it counts; None when it does not say."""
        told = [n for name, n in self.counts.items() if name.lower().startswith(prefix)]
        return sum(told) if told else None


def read(text: str) -> Operational:
    """The sessions of the screen, one state a peer. It counts bytes."""
    return Operational(tunnels=peers.grouped(_states(text)))


def _states(text: str) -> Iterator[TunnelState]:
    for session in _sessions(text):
        remote = _remote(session)
        if remote is not None and session.ours:
            yield _state(session, remote)


def _remote(session: _Session) -> IPv4Address | None:
    """`Connection` may be empty or the name of a group, `IP Addr` the name of an address."""
    return shared.address(session.head.get("address")) or shared.address(
        session.head.get("connection")
    )


def _sessions(text: str) -> Iterator[_Session]:
    session = _Session(ours=True)
    for row in rows("cisco_asa/vpn_sessiondb", text, Row):
        if row.session is not None:
            yield session
            kind = row.session.upper()
            session = _Session(ours=kind.startswith("LAN-TO-LAN"), detailed="DETAIL" in kind)
        elif _another(row, session):
            yield session
            session = _Session(ours=session.ours, detailed=session.detailed)
        _add(session, row)
    yield session


def _another(row: Row, session: _Session) -> bool:
    """Whether a row can only be of the next session, even when lines are missing."""
    if any(getattr(row, name) is not None and name in session.head for name in _HEAD):
        return True
    starts = row.connection is not None or row.address is not None
    return starts and bool(session.parts or session.counts)


def _add(session: _Session, row: Row) -> None:
    if row.section is not None:
        session.parts.append((row.section, {}))
    elif row.counted is not None:
        session.counts[row.counted] = int(row.count or 0)
    else:
        told = {name: value for name in _VALUES if (value := getattr(row, name)) is not None}
        target = session.parts[-1][1] if session.parts else session.head
        for name, value in told.items():
            target.setdefault(name, value)


def _state(session: _Session, remote: IPv4Address) -> TunnelState:
    ike = next(iter(session.named("ike")), {})
    children = peers.flows(_children(session))
    protocol = session.head.get("protocol", "")
    encryption = words.cipher(ike.get("encryption") or _of_head(session, "encryption"))
    integrity = words.integrity(ike.get("hashing") or _of_head(session, "hashing"))
    return TunnelState(
        remote=remote,
        ike=_ike(session, protocol),
        ike_version=_version(session, protocol),
        child=peers.together(children) or _child(session, protocol),
        children=children,
        encryption=encryption,
        integrity=None if encryption is None else integrity,
        group=shared.group(ike.get("group")),
        age_seconds=words.seconds(session.head.get("duration")),
        peer_port=int(ike["port"]) if "port" in ike else None,
    )


def _of_head(session: _Session, name: str) -> str | None:
    return words.counted(session.head.get(name), "ike")


def _ike(session: _Session, protocol: str) -> SaStatus | None:
    """A session that counts no IKE SA is a stale one, whatever totals it still shows."""
    count = session.number("ike")
    if count is not None:
        return SaStatus.UP if count else SaStatus.DOWN
    told = "ike" in protocol.lower() or "lan2lan" in protocol.lower()
    return SaStatus.UP if told and session.plain else None


def _child(session: _Session, protocol: str) -> SaStatus | None:
    if session.number("ipsec") == 0:
        return SaStatus.DOWN
    if session.plain and protocol:
        return SaStatus.UP if "ipsec" in protocol.lower() else SaStatus.DOWN
    return None


def _version(session: _Session, protocol: str) -> IkeVersion | None:
    """Before 8.4 there was IKEv1 only, and it is called `IKE`, or nothing at all."""
    told = " ".join([protocol, *session.counts, *(name for name, _ in session.parts)]).lower()
    if "ikev2" in told:
        return IkeVersion.V2
    return IkeVersion.V1 if "ike" in told or "lan2lan" in told else None


def _children(session: _Session) -> Iterator[ChildState]:
    """Child SAs with their selectors; without any the session's own counters, selectors untold."""
    parts = session.named("ipsec")
    status = SaStatus.UP if session.number("ipsec") else None
    for told in parts:
        if ":" in told.get("local_net", "") + told.get("remote_net", ""):
            continue  # IPv6 is beyond the model
        yield _one(told, _selector(told), status)
    if not parts and "bytes_tx" in session.head and session.number("ipsec") != 0:
        protocol = session.head.get("protocol", "")
        told = {**session.head}
        for name in ("encryption", "hashing"):
            told[name] = words.counted(session.head.get(name), "ipsec") or ""
        yield _one(told, None, _child(session, protocol))


def _one(told: Told, selector: TrafficSelector | None, status: SaStatus | None) -> ChildState:
    return ChildState(
        selector=selector,
        status=status,
        bytes_in=_number(told, "bytes_rx"),
        bytes_out=_number(told, "bytes_tx"),
        packets_in=_number(told, "packets_rx"),
        packets_out=_number(told, "packets_tx"),
        encryption=words.cipher(told.get("encryption")),
        integrity=words.integrity(told.get("hashing")),
        age_seconds=_age(told),
    )


def _number(told: Told, name: str) -> int | None:
    return int(told[name]) if name in told else None


def _age(told: Told) -> int | None:
    interval, left = _number(told, "interval"), _number(told, "left")
    return None if interval is None or left is None else max(interval - left, 0)


def _selector(told: Told) -> TrafficSelector | None:
    local, remote = _network(told.get("local_net")), _network(told.get("remote_net"))
    if local is None or remote is None:
        return None
    return TrafficSelector(local=local, remote=remote)


def _network(text: str | None) -> IPv4Network | None:
    """`10.10.0.7/255.255.0.0/0/0`, host bits and all."""
    base, _, rest = (text or "").partition("/")
    mask = rest.partition("/")[0]
    return shared.network(f"{base}/{mask}") if mask.count(".") == _DOTS else None


_DOTS = 3
"""In a mask: a shorter one was cut off, and must not be read as a length."""
