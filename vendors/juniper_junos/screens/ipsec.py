"""`show security ipsec security-associations`, its `detail`, and `inactive-tunnels`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from appliance.model.algorithms import Encryption, IkeVersion, Integrity
from appliance.model.state import ChildState, Operational, SaStatus, TunnelState
from appliance.model.tunnel import TrafficSelector
from appliance.template import rows
from vendors.juniper_junos.screens import peers, words


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the screen, as `templates/juniper_junos/ipsec_sa.textfsm` names its parts."""

    arrow: str | None
    id: str | None
    algorithm: str | None
    spi: str | None
    port: str | None
    gateway: str | None
    block: str | None
    name: str | None
    local: str | None
    local_id: str | None
    remote_id: str | None
    version: str | None
    interface: str | None
    direction: str | None
    state: str | None
    hash: str | None
    cipher: str | None
    pfs: str | None
    reason: str | None
    node: str | None


_LABELS = ("gateway", "local_id", "remote_id", "version", "pfs", "interface", "port", "reason")
"""What stands once below the heading of a tunnel, before its SAs."""


@dataclass(slots=True, kw_only=True)
class _Sa:
    """One SA of one direction while its lines are read."""

    direction: str
    spi: str
    state: str | None = None
    cipher: str | None = None
    hash: str | None = None

    @property
    def live(self) -> bool:
        """Whether packets can use it."""
        told = (self.state or "").strip().lower()
        return told == "installed" and bool(self.spi.removeprefix("0x").strip("0"))


@dataclass(slots=True, kw_only=True)
class Tunnel:
    """One tunnel of the screen, by its index; `open` until something comes that is not its own."""

    index: str | None = None
    told: dict[str, str] = field(default_factory=dict)
    sas: list[_Sa] = field(default_factory=list)
    open: bool = True
    whole: bool = True
    table: bool = False

    def state(self) -> TunnelState | None:
        """What is told of it; None without an IPv4 peer, or when lines of two ran together."""
        remote = words.address(self.told.get("gateway"))
        if remote is None or not self.whole:
            return None
        child = self._child()
        version = self.told.get("version")
        port = self.told.get("port")
        return TunnelState(
            remote=remote,
            local=words.address(self.told.get("local")),
            interface=self.told.get("interface"),
            ike_version=IkeVersion(int(version[-1])) if version else None,
            child=child.status,
            children=(child,),
            encryption=child.encryption,
            integrity=child.integrity,
            group=words.group(self.told.get("pfs")),
            peer_port=int(port) if port else None,
        )

    def _child(self) -> ChildState:
        cipher, hash_ = self._algorithms()
        return ChildState(
            selector=self._selector(),
            status=self._status(),
            encryption=cipher,
            integrity=hash_,
        )

    def _status(self) -> SaStatus | None:
        """Up takes a live SA in each direction; during a rekey there are two.

        A direction that is not listed may have been lost; one that says it is dead is down.
        """
        if self.sas and not self.table and not {"local_id", "remote_id"} <= self.told.keys():
            return None  # whose SAs these are has been lost
        if self.sas:
            live = {sa.direction for sa in self.sas if sa.live}
            if live == {"inbound", "outbound"}:
                return SaStatus.UP
            dead = {sa.direction for sa in self.sas if sa.state == "not installed"}
            return SaStatus.DOWN if dead - live else None
        return SaStatus.DOWN if "reason" in self.told else None

    def _algorithms(self) -> tuple[Encryption | None, Integrity | None]:
        told = next((sa for sa in self.sas if sa.live and sa.cipher), None)
        if told is None:
            return None, None
        cipher = words.cipher(told.cipher)
        if cipher is not None and cipher.aead:
            return cipher, Integrity.NONE  # newer releases name the cipher once more
        return cipher, words.integrity(told.hash)

    def _selector(self) -> TrafficSelector | None:
        local, remote = (words.network(self.told.get(name)) for name in ("local_id", "remote_id"))
        if local is None or remote is None:
            return None
        return TrafficSelector(local=local, remote=remote)


def read(text: str) -> Operational:
    """The child SAs of the screen under their peers, each selector pair or index one child."""
    states = (state for one in tunnels(text) if (state := one.state()) is not None)
    return Operational(tunnels=peers.grouped(states))


def tunnels(text: str) -> Iterator[Tunnel]:
    """The tunnels of the screen one by one, the short table's by index and gateway."""
    table: dict[tuple[str | None, str | None], Tunnel] = {}
    current: Tunnel | None = None
    for row in rows("juniper_junos/ipsec_sa", text, Row):
        if row.arrow is not None:
            _table_row(table, row)
            continue
        if row.block or row.node or (row.id and row.reason):
            if current is not None:
                yield current
            current = _begun(row)
        elif current is not None and current.open:
            _add(current, row)
    if current is not None:
        yield current
    yield from table.values()


def _begun(row: Row) -> Tunnel | None:
    """The heading of a tunnel's detail, or a whole row of those that are down."""
    if row.node is not None:
        return None
    if row.reason is None:
        return Tunnel(index=row.id)
    told = {name: value for name in _LABELS if (value := getattr(row, name)) is not None}
    return Tunnel(index=row.id, told=told, open=False)


_WAYS = {"<": "inbound", ">": "outbound"}


def _table_row(table: dict[tuple[str | None, str | None], Tunnel], row: Row) -> None:
    """A row of the short table stands for an SA that is installed."""
    found = table.setdefault((row.id, row.gateway), Tunnel(index=row.id, table=True))
    found.told |= {"gateway": row.gateway or "", "port": row.port or ""}
    algorithm = row.algorithm or ""
    protocol, _, rest = algorithm.partition(":")
    first, _, second = rest.partition("/")
    sa = _Sa(direction=_WAYS[row.arrow or "<"], spi=row.spi or "0", state="installed")
    sa.cipher, sa.hash = (first, second) if protocol == "ESP" else ("none", first)
    found.sas.append(sa)


def _add(tunnel: Tunnel, row: Row) -> None:
    """Labels come before the SAs, each once: what comes late belongs to another tunnel."""
    if row.direction is not None:
        tunnel.sas.append(_Sa(direction=row.direction, spi=row.spi or "0"))
        return
    if row.state is not None or row.cipher is not None:
        _describe(tunnel, row)
        return
    name = next((name for name in _LABELS if getattr(row, name) is not None), None)
    if name is None:
        return
    if tunnel.sas or name in tunnel.told:
        tunnel.open = False
        tunnel.whole = bool(tunnel.sas)
        return
    for part in (name, "local"):
        value = getattr(row, part)
        if value is not None:
            tunnel.told[part] = value


def _describe(tunnel: Tunnel, row: Row) -> None:
    if not tunnel.sas:
        return
    sa = tunnel.sas[-1]
    if row.state is not None:
        sa.state = row.state if sa.state is None else "told twice"
    else:
        sa.cipher, sa.hash = sa.cipher or row.cipher, sa.hash or row.hash
