"""`show security ike security-associations`, short and `detail`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from appliance.model.algorithms import Encryption, IkeVersion
from appliance.model.state import Operational, SaStatus, TunnelState
from appliance.template import rows
from vendors.juniper_junos.screens import peers, words


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the screen, as `templates/juniper_junos/ike_sa.textfsm` names its parts."""

    peer: str | None
    state: str | None
    responder: str | None
    mode: str | None
    local: str | None
    remote: str | None
    port: str | None
    hash: str | None
    cipher: str | None
    group: str | None
    part: str | None


_LABELS = ("state", "responder", "mode", "remote", "hash", "cipher", "group")
"""What stands once below the heading of a peer, in this order."""


@dataclass(slots=True, kw_only=True)
class _Sa:
    """An IKE SA while its lines are read; `open` until something comes that is not its own."""

    peer: str
    told: dict[str, str] = field(default_factory=dict)
    open: bool = True


def read(text: str) -> Operational:
    """The IKE SAs of the screen, one a peer."""
    return Operational(tunnels=peers.grouped(_states(text)))


def _states(text: str) -> Iterator[TunnelState]:
    for sa in _sas(text):
        remote = words.address(sa.peer)
        told = sa.told
        if remote is None or told.get("remote", sa.peer) != sa.peer:
            continue
        encryption = words.cipher(told.get("cipher"))
        known = encryption not in {None, Encryption.NULL}  # `(null)` before anything is agreed
        port = told.get("port")
        yield TunnelState(
            remote=remote,
            local=words.address(told.get("local")),
            ike=_status(told),
            ike_version=_version(told.get("mode")),
            encryption=encryption if known else None,
            integrity=words.integrity(told.get("hash")) if known else None,
            group=words.group(told.get("group")),
            peer_port=int(port) if port else None,
        )


def _status(told: dict[str, str]) -> SaStatus | None:
    """A peer that never answered has no cookie of its own; the row may still be there."""
    state, responder = told.get("state"), told.get("responder", "")
    if state == "DOWN" or (responder and not responder.strip("0")):
        return SaStatus.DOWN
    return SaStatus.UP if state == "UP" and responder else None


def _version(mode: str | None) -> IkeVersion | None:
    """Main and aggressive mode are IKEv1's."""
    if mode is None:
        return None
    return IkeVersion.V2 if mode.lower() == "ikev2" else IkeVersion.V1


def _sas(text: str) -> Iterator[_Sa]:
    current: _Sa | None = None
    for row in rows("juniper_junos/ike_sa", text, Row):
        if row.peer is not None or (row.remote and row.state) or row.part:
            if current is not None:
                yield current
            current = _begun(row)
        elif current is not None and current.open:
            _add(current, row)
    if current is not None:
        yield current


def _begun(row: Row) -> _Sa | None:
    """A heading of the detail, or a whole row of the table."""
    if row.peer is not None:
        return _Sa(peer=row.peer)
    if row.remote is None:
        return None
    told = {name: value for name in _LABELS if (value := getattr(row, name)) is not None}
    return _Sa(peer=row.remote, told=told, open=False)


def _add(sa: _Sa, row: Row) -> None:
    """Lines come in one order: one that comes late or twice belongs to another peer."""
    name = next(name for name in _LABELS if getattr(row, name) is not None)
    at = _LABELS.index(name)
    if any(later in sa.told for later in _LABELS[at:]):
        sa.open = False
        return
    for part in (name, "local", "port"):
        value = getattr(row, part)
        if value is not None:
            sa.told[part] = value
