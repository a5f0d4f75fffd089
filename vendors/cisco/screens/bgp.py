"""`show ip bgp summary` and its newer form `show bgp ... summary`."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address

from appliance.model.state import BgpState, Operational
from appliance.template import rows

_STATES = frozenset({"idle", "connect", "active", "opensent", "openconfirm", "established"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the screen, as `bgp_summary.textfsm` of IOS and ASA names its parts."""

    neighbor: str
    asn: str
    prefixes: str | None
    state: str | None
    qualifier: str | None


def read(template: str, text: str) -> Operational:
    """IPv4 neighbours. A number in the last column means established, and is the prefixes."""
    found = rows(template, text, Row)
    return Operational(bgp=tuple(session for row in found if (session := _session(row))))


def _session(row: Row) -> BgpState | None:
    try:
        peer = IPv4Address(row.neighbor)
    except ValueError:
        return None
    return BgpState(
        peer=peer,
        asn=_asn(row.asn),
        status=_status(row),
        prefixes_received=None if row.prefixes is None else int(row.prefixes),
    )


def _status(row: Row) -> str:
    """`(NoNeg)` is a session without our address family: no routes flow, so it counts as idle."""
    if row.prefixes is not None:
        return "established"
    state = (row.state or "").lower()
    return state if state in _STATES else "idle"


def _asn(text: str) -> int:
    """A number, also in the dotted form of RFC 5396."""
    high, dot, low = text.partition(".")
    return int(high) * 65_536 + int(low) if dot else int(high)
