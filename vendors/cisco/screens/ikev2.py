"""`show crypto ikev2 sa` and `show crypto ikev2 session`, with and without `detailed`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from ipaddress import IPv4Network

from appliance.model.algorithms import DhGroup, Encryption, IkeVersion, Integrity
from appliance.model.state import ChildState, Operational, SaStatus, TunnelState
from appliance.model.tunnel import TrafficSelector
from appliance.template import rows
from vendors.cisco.screens import peers, words

_STATUS = {
    "READY": SaStatus.UP,
    "IN-NEG": SaStatus.NEGOTIATING,
    "DELETE": SaStatus.DOWN,
    "DELETED": SaStatus.DOWN,
}

_HANDFUL = 16  # networks that one range of a selector may fall into


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the screen, as `crypto_ikev2.textfsm` of IOS and ASA names its parts."""

    session: str | None
    children: str | None
    local: str | None
    remote: str | None
    port: str | None
    status: str | None
    encryption: str | None
    size: str | None
    hash: str | None
    group: str | None
    age: str | None
    child: str | None
    local_first: str | None
    local_last: str | None
    remote_first: str | None
    remote_last: str | None
    spi_in: str | None
    spi_out: str | None
    esp_encryption: str | None
    esp_size: str | None
    esp_hash: str | None


@dataclass(slots=True, kw_only=True)
class _Child:
    """A child SA while its lines are read. `ragged`: a range that is no handful of networks."""

    local: list[IPv4Network] = field(default_factory=list)
    remote: list[IPv4Network] = field(default_factory=list)
    pairs: list[tuple[IPv4Network, IPv4Network]] = field(default_factory=list)
    ragged: bool = False
    status: SaStatus | None = None
    encryption: Encryption | None = None
    integrity: Integrity | None = None

    def states(self) -> Iterator[ChildState]:
        """One state for each pair of networks; none for IPv6, which the model does not know."""
        pairs = self.pairs + [(local, remote) for local in self.local for remote in self.remote]
        selectors = [TrafficSelector(local=local, remote=remote) for local, remote in pairs]
        for selector in [None] if self.ragged else selectors:
            yield ChildState(
                selector=selector,
                status=self.status,
                encryption=self.encryption,
                integrity=self.integrity,
            )

    def select(self, networks: list[IPv4Network], first: str, last: str) -> None:
        """Add a range of addresses to one side."""
        found = words.span(first, last)
        self.ragged = self.ragged or not 0 < len(found) <= _HANDFUL
        networks.extend(found[:_HANDFUL])

    def pair(self, row: Row) -> None:
        """Add one line of a table of pairs."""
        local: list[IPv4Network] = []
        remote: list[IPv4Network] = []
        self.select(local, row.local_first or "", row.local_last or "")
        self.select(remote, row.remote_first or "", row.remote_last or "")
        self.pairs += [(one, other) for one in local for other in remote]


@dataclass(slots=True, kw_only=True)
class _Sa:
    """An IKE SA while its lines are read. `childless`: its session says it has no child SA."""

    row: Row
    childless: bool
    encryption: Encryption | None = None
    integrity: Integrity | None = None
    group: DhGroup | None = None
    proposal_seen: bool = False
    age: int | None = None
    children: list[_Child] = field(default_factory=list)


def read(template: str, text: str) -> Operational:
    """The IKE SAs of the screen; of a session also the selectors of its child SAs.

    `template` has the vendor's layout of the lines.
    """
    return Operational(tunnels=peers.grouped(_states(template, text)))


def _states(template: str, text: str) -> Iterator[TunnelState]:
    for sa in _sas(template, text):
        remote = words.address(sa.row.remote)
        if remote is None:
            continue
        # A session that counts no child SA has none: what stands below it is another's.
        told = () if sa.childless else sa.children
        children = peers.flows(state for child in told for state in child.states())
        yield TunnelState(
            remote=remote,
            local=words.address(sa.row.local),
            ike=_STATUS.get(sa.row.status or ""),
            ike_version=IkeVersion.V2,
            child=peers.together(children) or (SaStatus.DOWN if sa.childless else None),
            children=children,
            encryption=sa.encryption,
            integrity=sa.integrity,
            group=sa.group,
            age_seconds=sa.age,
            peer_port=int(sa.row.port) if sa.row.port else None,
        )


def _sas(template: str, text: str) -> Iterator[_Sa]:
    """Lines belong to the row of the table above them, as long as nothing comes twice."""
    current: _Sa | None = None
    childless = False
    for row in rows(template, text, Row):
        starts = _starts(row, current)
        if starts and current is not None:
            yield current
        if row.session is not None:
            childless = row.children == "0"
        if starts:
            current = _Sa(row=row, childless=childless) if row.remote is not None else None
        elif current is not None:
            _add(current, row)
    if current is not None:
        yield current


def _starts(row: Row, current: _Sa | None) -> bool:
    """Whether the row is the end of the SA before: a table row, a heading, or a second proposal.

    Rows that only have a heading or the address of an IPv6 peer carry no value at all.
    """
    second = row.encryption is not None and current is not None and current.proposal_seen
    sa = row.encryption or row.age or row.child
    child = row.local_first or row.remote_first or row.spi_out or row.esp_encryption
    return row.remote is not None or second or not (sa or child)


def _add(sa: _Sa, row: Row) -> None:
    if row.encryption is not None:
        sa.proposal_seen = True
        sa.encryption = words.cipher(row.encryption, row.size)
        sa.integrity = words.integrity(row.hash) if sa.encryption is not None else None
        sa.group = words.group(row.group)
    elif row.age is not None:
        sa.age = int(row.age)
    else:
        _add_to_child(_child(sa, row), row)


def _child(sa: _Sa, row: Row) -> _Child:
    """The child SA the row belongs to. One whose SPIs were told takes no further selectors."""
    selecting = row.local_first is not None or row.remote_first is not None
    done = sa.children and sa.children[-1].status is not None
    if row.child is not None or not sa.children or (selecting and done):
        sa.children.append(_Child())
    return sa.children[-1]


def _add_to_child(child: _Child, row: Row) -> None:
    if row.local_first is not None and row.remote_first is not None:
        child.pair(row)
    elif row.local_first is not None:
        child.select(child.local, row.local_first, row.local_last or "")
    elif row.remote_first is not None:
        child.select(child.remote, row.remote_first, row.remote_last or "")
    elif row.spi_in is not None and row.spi_out is not None:
        live = int(row.spi_in, 16) and int(row.spi_out, 16)
        child.status = SaStatus.UP if live else SaStatus.DOWN
    elif row.esp_encryption is not None:
        child.encryption = words.cipher(row.esp_encryption, row.esp_size)
        child.integrity = words.integrity(row.esp_hash)
