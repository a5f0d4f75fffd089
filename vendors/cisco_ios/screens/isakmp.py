"""`show crypto isakmp sa`, short and `detail`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from ipaddress import IPv4Address, IPv4Network

from appliance.model.algorithms import IkeVersion
from appliance.model.state import Operational, SaStatus, TunnelState
from appliance.template import rows
from vendors.cisco.screens import peers, words

_PRIVATE = tuple(map(IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")))

_FromSource = Callable[[IPv4Address, IPv4Address], bool]
"""Of destination and source: whether the source is the remote one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the screen, as `templates/cisco_ios/crypto_isakmp_sa.textfsm` names its parts."""

    status_column: str | None
    destination: str | None
    source: str | None
    state: str | None
    slot: str | None
    status: str | None
    local: str | None
    remote: str | None
    encryption: str | None
    size: str | None
    hash: str | None
    group: str | None
    lifetime: str | None
    deleted: str | None


def read(text: str, known: frozenset[IPv4Address] = frozenset()) -> Operational:
    """The IKE SAs of the screen.

    The short table says which side began (`src`), not which is ours. Of its two addresses the one
    in `known` is the remote; else the one that most rows share is ours; else a private one is ours,
    for Azure's is public; else `dst` is taken to be the remote, as when we began.
    """
    seen = tuple(_with_deletions(rows("cisco_ios/crypto_isakmp_sa", text, Row)))
    from_source = _orientation(seen, known)
    status_told = any(row.status_column for row in seen)
    states = (
        _detailed(row)
        if row.local
        else _short(row, from_source, _short_status(row, status_told=status_told))
        for row in seen
    )
    return Operational(tunnels=peers.grouped(state for state in states if state is not None))


def _with_deletions(found: Iterable[Row]) -> Iterator[Row]:
    """Rows of the tables; a `(deleted)` on a line of its own goes to the row above it.

    Any other line comes as a row without values and ends the one above.
    """
    last: Row | None = None
    for row in found:
        table = row.destination or row.local or row.status_column
        if last is not None:
            alone = row.deleted is not None and not table
            yield replace(last, deleted=row.deleted) if alone else last
        last = row if table else None
    if last is not None:
        yield last


def _orientation(seen: Iterable[Row], known: frozenset[IPv4Address]) -> _FromSource:
    pairs = {
        frozenset((one, other))
        for row in seen
        if (one := words.address(row.destination)) and (other := words.address(row.source))
    }
    rows_of = Counter(address for pair in pairs for address in pair)
    shared = {one for one, count in rows_of.items() if count > 1 and 2 * count > len(pairs)}
    looks_remote: tuple[Callable[[IPv4Address], bool], ...] = (
        lambda address: address in known,
        lambda address: address not in shared,
        lambda address: not any(address in private for private in _PRIVATE),
    )

    def from_source(destination: IPv4Address, source: IPv4Address) -> bool:
        for remote in looks_remote:
            if remote(destination) != remote(source):
                return remote(source)
        return False

    return from_source


def _short_status(row: Row, *, status_told: bool) -> SaStatus | None:
    """`QM_IDLE` is established. IOS 12.2 has a slot and no status; later ones must say ACTIVE."""
    if row.deleted:
        return SaStatus.DOWN
    if row.state != "QM_IDLE":
        return SaStatus.NEGOTIATING
    old = row.status is None and row.slot is not None and not status_told
    return SaStatus.UP if old or row.status == "ACTIVE" else None


def _short(row: Row, from_source: _FromSource, status: SaStatus | None) -> TunnelState | None:
    destination, source = words.address(row.destination), words.address(row.source)
    if destination is None or source is None:
        return None
    swapped = from_source(destination, source)
    return TunnelState(
        remote=source if swapped else destination,
        local=destination if swapped else source,
        ike=status,
        ike_version=IkeVersion.V1,
    )


def _detailed(row: Row) -> TunnelState | None:
    """An SA still negotiating has no algorithms, or no lifetime yet.

    The screen says `aes` for every key length, so the cipher stays untold with AES.
    """
    remote = words.address(row.remote)
    if remote is None:
        return None
    active = row.status in ("ACTIVE", None)  # IOS 12.3 has no such column
    ready = active and row.hash is not None and bool(words.seconds(row.lifetime))
    return TunnelState(
        remote=remote,
        local=words.address(row.local),
        ike=_detailed_status(row, ready=ready),
        ike_version=IkeVersion.V1,
        encryption=words.cipher(row.encryption, row.size),
        integrity=words.integrity(row.hash),
        group=words.group(row.group),
    )


def _detailed_status(row: Row, *, ready: bool) -> SaStatus:
    if row.deleted:
        return SaStatus.DOWN
    return SaStatus.UP if ready else SaStatus.NEGOTIATING
