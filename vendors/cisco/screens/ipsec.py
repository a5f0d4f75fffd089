"""`show crypto ipsec sa`, for all peers, one peer or one interface, with and without `detail`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network

from appliance.model.algorithms import Encryption, IkeVersion, Integrity
from appliance.model.state import ChildState, Operational, SaStatus, TunnelState
from appliance.model.tunnel import TrafficSelector
from appliance.template import rows
from vendors.cisco.screens import peers, words


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the screen, as `crypto_ipsec_sa.textfsm` of IOS and ASA names its parts."""

    interface: str | None
    address: str | None
    block: str | None
    local_net: str | None
    remote_net: str | None
    local_other: str | None
    remote_other: str | None
    peer: str | None
    port: str | None
    peer_other: str | None
    encaps: str | None
    decaps: str | None
    local_end: str | None
    remote_end: str | None
    current: str | None
    pfs_group: str | None
    direction: str | None
    protocol: str | None
    spi: str | None
    transform: str | None
    timing: str | None
    status: str | None
    settings: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How a vendor prints the screen: its template, and how it spells transforms."""

    template: str
    transform: Callable[[str], tuple[Encryption | None, Integrity | None]]


_ONCE = (
    ("local_net", "local_other"),
    ("remote_net", "remote_other"),
    ("peer", "peer_other"),
    ("encaps",),
    ("decaps",),
    ("local_end",),
    ("remote_end",),
    ("current",),
    ("pfs_group",),
)
"""What stands once in a selector pair's block; coming again it belongs to the next block."""


_TOLD = (*(name for names in _ONCE for name in names), "port")


@dataclass(slots=True, kw_only=True)
class _Sa:
    """One SA of one direction while its lines are read."""

    direction: str
    spi: int
    transform: str | None = None
    timing: str | None = None
    status: str | None = None
    settings: str | None = None

    @property
    def live(self) -> bool:
        """Old releases print no status, but always what is left of the lifetime."""
        told = self.timing is not None if self.status is None else self.status.upper() == "ACTIVE"
        return told and self.spi != 0


@dataclass(slots=True, kw_only=True)
class _Block:
    """One selector pair while its lines are read; `sections` are `inbound esp` and so on."""

    interface: str | None = None
    address: str | None = None
    told: dict[str, str] = field(default_factory=dict)
    sections: list[tuple[str, str]] = field(default_factory=list)
    sas: list[_Sa] = field(default_factory=list)


def read(layout: Layout, text: str) -> Operational:
    """The selector pairs of the screen under their peers; it counts packets, not bytes."""
    return Operational(tunnels=peers.grouped(_states(layout, text)))


def _states(layout: Layout, text: str) -> Iterator[TunnelState]:
    block = _Block()
    for row in rows(layout.template, text, Row):
        if _starts(row, block):
            yield from _state(layout, block)
            block = _next(row, block)
        _add(block, row)
    yield from _state(layout, block)


def _starts(row: Row, block: _Block) -> bool:
    """Whether the row opens another selector pair. A missing line must never join two pairs."""
    if row.interface or row.address or row.block:
        return True
    if row.direction is not None:
        return (row.direction, row.protocol) in block.sections
    return any(
        any(getattr(row, name) for name in names) and any(name in block.told for name in names)
        for names in _ONCE
    )


def _next(row: Row, block: _Block) -> _Block:
    """Pairs of one interface follow each other below its name and address."""
    if row.interface is not None:
        return _Block(interface=row.interface)
    return _Block(interface=block.interface, address=row.address or block.address)


def _add(block: _Block, row: Row) -> None:
    if row.direction is not None:
        block.sections.append((row.direction, row.protocol or ""))
    elif row.spi is not None:
        if block.sections:
            block.sas.append(_Sa(direction=block.sections[-1][0], spi=int(row.spi, 16)))
    elif row.transform or row.timing or row.status or row.settings:
        if block.sas:
            _describe(block.sas[-1], row)
    else:
        told = {name: getattr(row, name) for name in _TOLD}
        block.told.update((name, value) for name, value in told.items() if value)


def _describe(sa: _Sa, row: Row) -> None:
    sa.transform = sa.transform or row.transform
    sa.timing = sa.timing or row.timing
    sa.status = sa.status or row.status
    sa.settings = sa.settings or row.settings


def _state(layout: Layout, block: _Block) -> Iterator[TunnelState]:
    remote = _remote(block)
    selector = _selector(block)
    if remote is None or (selector is None and not _named(block)):
        return
    encryption, integrity = _algorithms(layout, block)
    status = _status(block)
    child = ChildState(
        selector=selector,
        status=status,
        packets_in=_count(block, "decaps"),
        packets_out=_count(block, "encaps"),
        encryption=encryption,
        integrity=integrity,
    )
    yield TunnelState(
        remote=remote,
        local=words.address(block.told.get("local_end")) or words.address(block.address),
        interface=block.interface,
        child=status,
        children=(child,),
        encryption=encryption,
        integrity=integrity,
        ike_version=_ike_version(block),
        group=words.group(block.told.get("pfs_group") or _in_settings(block, r"PFS Group (\d+)")),
        peer_port=_count(block, "port"),
    )


def _remote(block: _Block) -> IPv4Address | None:
    """The peer; None where it is IPv6, or a person. The ASA may know it by a name only."""
    peer, end = (words.address(block.told.get(name)) for name in ("peer", "remote_end"))
    other = ":" in block.told.get("peer_other", "") or _in_settings(block, r"^\s*(RA)\b")
    return None if other else peer or end


def _selector(block: _Block) -> TrafficSelector | None:
    local, remote = (_network(block.told.get(name)) for name in ("local_net", "remote_net"))
    if local is None or remote is None:
        return None
    return TrafficSelector(local=local, remote=remote)


def _named(block: _Block) -> bool:
    """Whether a network is told by a name only (ASA), and not as IPv6."""
    others = [block.told[name] for name in ("local_other", "remote_other") if name in block.told]
    return bool(others) and all("/" in text and ":" not in text for text in others)


def _network(text: str | None) -> IPv4Network | None:
    return None if text is None else words.network(text)


def _count(block: _Block, name: str) -> int | None:
    value = block.told.get(name)
    return None if value is None else int(value)


def _status(block: _Block) -> SaStatus | None:
    """Up takes a live SA in each direction, the outbound one under the SPI in use.

    During a rekey there are two SAs a direction. An SPI of zero is no SA, whatever else is told.
    """
    current = block.told.get("current")
    if current is not None and int(current, 16) == 0:
        return SaStatus.DOWN
    if block.told.get("remote_end") not in (None, block.told.get("peer"), str(_remote(block))):
        return None  # lines of two pairs have run together
    outbound = {sa.spi for sa in block.sas if sa.live and sa.direction == "outbound"}
    inbound = any(sa.live for sa in block.sas if sa.direction == "inbound")
    if current is not None:
        outbound &= {int(current, 16)}
    return SaStatus.UP if inbound and outbound else None


def _in_settings(block: _Block, pattern: str) -> str | None:
    """What `in use settings` of a live SA says besides tunnel or transport (ASA)."""
    told = (re.search(pattern, sa.settings) for sa in block.sas if sa.settings and sa.live)
    return next((found[1] for found in told if found is not None), None)


def _ike_version(block: _Block) -> IkeVersion | None:
    told = _in_settings(block, r"IKEv([12])")
    return None if told is None else IkeVersion(int(told))


def _algorithms(layout: Layout, block: _Block) -> tuple[Encryption | None, Integrity | None]:
    transform = next((sa.transform for sa in block.sas if sa.transform and sa.live), None)
    return (None, None) if transform is None else layout.transform(transform)
