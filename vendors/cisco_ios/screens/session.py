"""`show crypto session`, with and without `detail`, and `brief`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from ipaddress import IPv4Address, IPv4Network

from appliance.model.algorithms import IkeVersion
from appliance.model.state import ChildState, Operational, SaStatus, TunnelState
from appliance.model.tunnel import TrafficSelector
from appliance.template import rows
from vendors.cisco.screens import peers, words
from vendors.cisco_ios.screens import interfaces

# Cisco, "IPsec VPN Monitoring": IKE SA first, then whether any child SA exists.
_SESSION: dict[str | None, tuple[SaStatus | None, SaStatus | None]] = {
    "UP-ACTIVE": (SaStatus.UP, None),
    "UP-IDLE": (SaStatus.UP, SaStatus.DOWN),
    "UP-NO-IKE": (SaStatus.DOWN, None),
    "DOWN-NEGOTIATING": (SaStatus.NEGOTIATING, SaStatus.DOWN),
    "DOWN": (SaStatus.DOWN, SaStatus.DOWN),
}
_BRIEF = {
    "UA": (SaStatus.UP, SaStatus.UP),
    "UI": (SaStatus.UP, SaStatus.DOWN),
    "UK": (SaStatus.DOWN, SaStatus.UP),
    "DN": (SaStatus.NEGOTIATING, SaStatus.DOWN),
    "D": (SaStatus.DOWN, SaStatus.DOWN),
}
_VERSION = {"IKEv2": IkeVersion.V2, "IKEv1": IkeVersion.V1, "IKE": IkeVersion.V1}
_NETWORK = r"(host \S+|any|\d+\.\d+\.\d+\.\d+/\d+\.\d+\.\d+\.\d+)"
_FLOW = re.compile(rf"permit\s+\S+\s+{_NETWORK}(?:\s+port\s+\d+)?\s+{_NETWORK}(?:\s+port\s+\d+)?")
_PAIR = 2  # SAs that carry traffic both ways


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the screen, as `templates/cisco_ios/crypto_session.textfsm` names its parts."""

    interface: str | None
    uptime: str | None
    session: str | None
    peer: str | None
    port: str | None
    version: str | None
    local: str | None
    remote: str | None
    remote_port: str | None
    ike: str | None
    flow: str | None
    sas: str | None
    decrypted: str | None
    encrypted: str | None
    brief: str | None


@dataclass(slots=True, kw_only=True)
class _Block:
    """One session while its lines are read."""

    interface: str | None = None
    uptime: str | None = None
    session: str | None = None
    peer: str | None = None
    port: str | None = None
    sas: list[Row] = field(default_factory=list)
    flows: list[ChildState] = field(default_factory=list)


def read(text: str) -> Operational:
    """The sessions of the screen, one state a peer, selector pairs judged one by one."""
    return Operational(tunnels=peers.grouped(_states(text)))


def _states(text: str) -> Iterator[TunnelState]:
    block = _Block()
    for row in rows("cisco_ios/crypto_session", text, Row):
        if row.brief is not None:
            yield from _brief(row)
        elif _starts(row, block):
            yield from _state(block)
            # The interface stands once above several peers of one crypto map entry.
            block = _Block(interface=block.interface)
        _add(block, row)
    yield from _state(block)


def _brief(row: Row) -> Iterator[TunnelState]:
    remote = words.address(row.peer)
    if remote is not None:
        ike, child = _BRIEF.get(row.brief or "", (None, None))
        name = interfaces.long_name(row.interface or "")
        age = words.seconds(row.uptime)
        yield TunnelState(remote=remote, interface=name, ike=ike, child=child, age_seconds=age)


def _starts(row: Row, block: _Block) -> bool:
    """Whether the row can only belong to the next session, even when lines are missing."""
    if row.brief is not None:
        return False
    another = row.remote not in (None, block.peer) and not _anonymised(block)
    return another or (
        (row.interface is not None and _begun(block))
        or (row.uptime is not None and (block.uptime or block.session or block.peer) is not None)
        or (row.session is not None and (block.session or block.peer) is not None)
        or (row.peer is not None and (block.peer is not None or bool(block.sas or block.flows)))
    )


def _anonymised(block: _Block) -> bool:
    """Whether a first IKE SA may name another peer than the session.

    Outputs passed on for help have their addresses changed by hand, not always alike. Below a
    complete heading that is likelier than lines lost, and the heading counts.
    """
    headed = block.session is not None and block.peer is not None
    return block.peer is None or (headed and not block.sas and not block.flows)


def _begun(block: _Block) -> bool:
    return bool(block.uptime or block.session or block.peer or block.sas or block.flows)


def _add(block: _Block, row: Row) -> None:
    if row.brief is not None:
        return
    if row.interface is not None:
        block.interface = row.interface
    elif row.version is not None:
        block.sas.append(row)
    elif row.flow is not None:
        block.flows.append(ChildState(selector=_selector(row.flow)))
    elif block.flows:
        block.flows[-1] = _counted(block.flows[-1], row)
    block.uptime = row.uptime or block.uptime
    block.session = row.session or block.session
    block.peer = row.peer or block.peer
    block.port = row.port or block.port


def _selector(flow: str) -> TrafficSelector | None:
    """The pair of networks of `permit ip 10.0.0.0/255.0.0.0 host 10.1.1.1`; None for IPv6."""
    found = _FLOW.match(flow)
    if found is None:
        return None
    local, remote = (_network(part) for part in found.groups())
    if local is None or remote is None:
        return None
    return TrafficSelector(local=local, remote=remote)


def _network(text: str) -> IPv4Network | None:
    return words.network("0.0.0.0/0" if text == "any" else text.removeprefix("host "))


def _counted(flow: ChildState, row: Row) -> ChildState:
    """A lone SA carries one direction only: neither up nor down for sure."""
    if row.sas is not None and flow.status is None:
        count = int(row.sas)
        status = SaStatus.UP if count >= _PAIR else None
        return replace(flow, status=SaStatus.DOWN if count == 0 else status)
    if row.decrypted is not None:
        return replace(flow, packets_in=int(row.decrypted))
    return replace(flow, packets_out=int(row.encrypted)) if row.encrypted is not None else flow


def _state(block: _Block) -> Iterator[TunnelState]:
    remote = _remote(block)
    if remote is None:
        return
    ike, child = _SESSION.get(block.session, (None, None))
    # IPv6 pairs of an IPv4 peer are beyond the model; a session that is down has no SA at all.
    told = (flow for flow in block.flows if flow.selector is not None)
    children = peers.flows(replace(flow, status=child or flow.status) for flow in told)
    first = next((row for row in block.sas if row.ike == "Active"), next(iter(block.sas), None))
    port = block.port or (None if first is None else first.remote_port)
    yield TunnelState(
        remote=remote,
        local=None if first is None else words.address(first.local),
        interface=block.interface,
        ike=ike or _sa_status(block),
        ike_version=None if first is None else _VERSION[first.version or "IKE"],
        child=peers.together(children) if children else child,
        children=children,
        age_seconds=words.seconds(block.uptime),
        peer_port=None if port is None else int(port),
    )


def _remote(block: _Block) -> IPv4Address | None:
    if block.peer is not None or not block.sas:
        return words.address(block.peer)
    return words.address(block.sas[0].remote)


def _sa_status(block: _Block) -> SaStatus | None:
    """Where the line with the session's status is missing, its IKE SAs still tell."""
    if block.session is not None or not block.sas:
        return None
    return SaStatus.UP if any(row.ike == "Active" for row in block.sas) else SaStatus.DOWN
