"""`show crypto ikev1 sa` and `show crypto isakmp sa`, with and without `detail`.

From 8.4 on the latter lists the IKEv2 SAs as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from appliance.model.algorithms import IkeVersion
from appliance.model.state import Operational, SaStatus, TunnelState
from appliance.template import rows
from vendors.cisco.screens import ikev2, peers
from vendors.cisco.screens import words as shared
from vendors.cisco_asa.screens import words


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the screen, as `templates/cisco_asa/ikev1_sa.textfsm` names its parts."""

    number: str | None
    peer: str | None
    type: str | None
    role: str | None
    state: str | None
    encryption: str | None
    hash: str | None
    lifetime: str | None
    remaining: str | None


@dataclass(slots=True, kw_only=True)
class _Sa:
    """An IKE SA while its lines are read."""

    peer: str | None
    told: dict[str, str] = field(default_factory=dict)


_NAMES = ("type", "role", "state", "encryption", "hash", "lifetime", "remaining")


def read(text: str) -> Operational:
    """The LAN-to-LAN IKE SAs of the screen; those of remote access users are none of ours."""
    both = (*_states(text), *ikev2.read("cisco_asa/crypto_ikev2", text).tunnels)
    return Operational(tunnels=peers.grouped(both))


def _states(text: str) -> Iterator[TunnelState]:
    for sa in _sas(text):
        remote = shared.address(sa.peer)
        if remote is None or not _ours(sa):
            continue
        yield TunnelState(
            remote=remote,
            # A session of unknown kind may be a user's.
            ike=_status(sa.told.get("state")) if _kind(sa) else None,
            ike_version=IkeVersion.V1,
            encryption=words.cipher(sa.told.get("encryption")),
            integrity=words.integrity(sa.told.get("hash")),
            age_seconds=_age(sa),
        )


def _ours(sa: _Sa) -> bool:
    """What the ASA dials is a gateway, which it calls a user until it knows better."""
    return _kind(sa) in {"L2L", ""} or sa.told.get("role", "").lower() == "initiator"


def _kind(sa: _Sa) -> str:
    return sa.told.get("type", "").upper()


def _sas(text: str) -> Iterator[_Sa]:
    """Lines belong to the peer above them, as long as nothing comes twice."""
    current: _Sa | None = None
    for row in rows("cisco_asa/ikev1_sa", text, Row):
        told = {name: value for name in _NAMES if (value := getattr(row, name)) is not None}
        ends = row.peer is not None or not told
        if current is not None and (ends or not current.told.keys().isdisjoint(told)):
            yield current
            current = None
        if row.peer is not None:
            current = _Sa(peer=row.peer)
        elif current is not None:
            current.told |= told
    if current is not None:
        yield current


def _status(state: str | None) -> SaStatus | None:
    """`MM_ACTIVE`, `AM_ACTIVE`, and the states of a rekey are up; the case varies by release."""
    upper = (state or "").upper()
    if not upper:
        return None
    if upper.endswith("_ACTIVE") or "REKEY" in upper:
        return SaStatus.UP
    gone = upper.endswith(("_FREE", "_DEL", "_DELETE")) or "DEAD" in upper
    return SaStatus.DOWN if gone else SaStatus.NEGOTIATING


def _age(sa: _Sa) -> int | None:
    total, left = sa.told.get("lifetime"), sa.told.get("remaining")
    return None if total is None or left is None else max(int(total) - int(left), 0)
