"""`show bgp summary`, in the older layout of one table and in the newer one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from appliance.model.state import BgpState, Operational
from appliance.template import rows
from vendors.juniper_junos.screens import words

_STATES = {"establ": "established", "established": "established"} | {
    word: word for word in ("idle", "connect", "active", "opensent", "openconfirm")
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the screen, as `templates/juniper_junos/bgp_summary.textfsm` names its parts."""

    neighbor: str | None
    asn: str | None
    state: str | None
    counts: str | None
    table: str | None
    other: str | None


def read(text: str) -> Operational:
    """IPv4 neighbours; prefixes received are those of all tables that the screen lists."""
    return Operational(bgp=tuple(_sessions(text)))


def _sessions(text: str) -> Iterator[BgpState]:
    current: BgpState | None = None
    for row in rows("juniper_junos/bgp_summary", text, Row):
        if row.table is not None and row.counts is not None:
            if current is not None and current.established:
                received = (current.prefixes_received or 0) + _received(row.counts)
                current = replace(current, prefixes_received=received)
            continue
        if current is not None:
            yield current
        current = _session(row)
    if current is not None:
        yield current


def _session(row: Row) -> BgpState | None:
    peer = words.address(row.neighbor)
    if peer is None:
        return None
    status = "established" if row.counts else _STATES.get((row.state or "").lower(), "idle")
    received = _received(row.counts) if row.counts else None
    return BgpState(peer=peer, asn=_asn(row.asn), status=status, prefixes_received=received)


def _received(counts: str) -> int:
    """The second of active/received/accepted/damped."""
    return int(counts.split("/")[1])


def _asn(text: str | None) -> int | None:
    """A number, also in the dotted form of RFC 5396."""
    if text is None:
        return None
    high, dot, low = text.partition(".")
    return int(high) * 65_536 + int(low) if dot else int(high)
