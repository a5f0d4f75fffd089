"""Traffic selectors of an interface, which RRAS leaves away for any-to-any."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network, summarize_address_range

from appliance.model.tunnel import Source, TrafficSelector
from vendors.rras.reading.fields import Fields, unwrapped
from vendors.rras.reading.located import Record

_PAIR = ("LocalVpnTrafficSelector", "RemoteVpnTrafficSelector")
_ANY = (IPv4Network("0.0.0.0/0"),)


def selectors(fields: Fields, odd: list[Source]) -> tuple[TrafficSelector, ...]:
    """Every pair of both sides' networks; a side without is any. What is no IPv4 range is `odd`."""
    sides: list[tuple[IPv4Network, ...]] = []
    for name in _PAIR:
        value = unwrapped(fields.value(name))
        listed = value if isinstance(value, list) else [] if value in (None, "", "{}") else [value]
        networks = tuple(network for one in listed for network in _networks(one))
        if listed and not networks:
            odd.append(fields.source(name))
        sides.append(networks)
    if not any(sides):
        return ()
    local, remote = (side or _ANY for side in sides)
    return tuple(TrafficSelector(local=one, remote=two) for one in local for two in remote)


def _networks(value: object) -> Iterator[IPv4Network]:
    """The networks of one selector's address range."""
    if not isinstance(value, Record):
        return
    members = Fields(value)
    ends = members.texts("IPAddressRange") or (
        members.text("IPAddressRangeStart"),
        members.text("IPAddressRangeEnd"),
    )
    try:
        first, last = IPv4Address(ends[0]), IPv4Address(ends[-1])
        yield from summarize_address_range(first, last)
    except (ValueError, TypeError, IndexError):
        return
