"""All sections of IOS configuration that a set of tunnels amounts to.

Renderer and change have this one source: a whole configuration is the change from nothing, and a
rollback is the change the other way. Everything is derived from the model and from the names in
`Tunnel.objects`, so what the model does not know on a device is on neither side and stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from appliance.errors import RefusedError
from appliance.model.tunnel import Tunnel, Tunnels
from appliance.record import replace
from vendors.cisco_ios.writing.esp import esp
from vendors.cisco_ios.writing.ike import ike
from vendors.cisco_ios.writing.routing import bgp, permits, routes
from vendors.cisco_ios.writing.section import Section


def sections(tunnels: Tunnels) -> dict[str, Section]:
    """All sections of these tunnels by key, what several tunnels share once."""
    merged: dict[str, Section] = {}
    for tunnel in tunnels:
        for section in _of(tunnel):
            known = merged.get(section.key)
            merged[section.key] = section if known is None else _merge(known, section)
    return merged


def _merge(one: Section, other: Section) -> Section:
    lines = dict.fromkeys(one.lines)
    slots = {known.slot: known for known in one.lines}
    for new in other.lines:
        if slots.get(new.slot, new) != new or one.heading != other.heading:
            raise RefusedError(
                f"{' and '.join((*one.users, *other.users))} share `{one.key}` but need different "
                f"values: `{slots.get(new.slot, new).text}` and `{new.text}`",
                hint="give one of the tunnels an object of its own on the device",
            )
        lines[new] = None
    return replace(one, lines=tuple(lines), users=tuple(dict.fromkeys((*one.users, *other.users))))


def _of(tunnel: Tunnel) -> Iterator[Section]:
    parts = (ike(tunnel), permits(tunnel), esp(tunnel), routes(tunnel), bgp(tunnel))
    for section in chain.from_iterable(parts):
        yield replace(section, users=(tunnel.name,))
