"""Any saved state of an RRAS server as tunnels: snapshot, cmdlet output, or operations."""

from __future__ import annotations

from appliance.model.intent import Observed
from appliance.model.tunnel import Source, Tunnel
from vendors.rras import names
from vendors.rras.reading.bgp import odd_peers, router, speaking
from vendors.rras.reading.document import Document, read
from vendors.rras.reading.fields import Fields
from vendors.rras.reading.filters import filtered
from vendors.rras.reading.interfaces import interface
from vendors.rras.reading.operations import played

NAME = "rras"


def parse(text: str) -> Observed:
    """What a saved text says of VPN tunnels, Windows's defaults filled in.

    Raises `ParseError` when the text is plainly something else.
    """
    document = played(read(text))
    computer = document.computer[0] if document.computer else None
    version = computer.text("version") if computer else ""
    old = names.level(version) == names.OLD or (not version and not _modern(document))
    tunnels: list[Tunnel] = []
    odd = [*document.other, *odd_peers(document)]
    for fields in document.interfaces:
        tunnel, notes = interface(fields, old=old)
        tunnels += [] if tunnel is None else [tunnel]
        odd += notes.odd
    return Observed(
        driver=NAME,
        hostname=(computer.text("name") or None) if computer else None,
        version=version or None,
        tunnels=speaking(filtered(tunnels, document.filters, odd), router(document)),
        unrecognized=_ordered(odd),
        objects=_outline(document, old=old),
    )


def _modern(document: Document) -> bool:
    """Without a version: the property that came with 2016 is there (or there is nothing)."""
    return not document.interfaces or any("MMSALifeTime" in one for one in document.interfaces)


def _ordered(odd: list[Source]) -> tuple[Source, ...]:
    unique = {(source.line, source.text): source for source in odd}
    return tuple(unique[key] for key in sorted(unique))


def _outline(document: Document, *, old: bool) -> dict[str, tuple[str, ...]]:
    """What `place` may not collide with, by heading."""
    found: dict[str, tuple[str, ...]] = {}
    if document.computer or document.interfaces:
        found[names.LEVEL] = (names.OLD if old else "2016",)
    for access in document.remote_access:
        found[names.REMOTE_ACCESS] = (f"VpnS2SStatus {access.text('VpnS2SStatus')}",)
    for fields in document.interfaces:
        found[names.INTERFACE + fields.text("Name")] = _lines(
            fields, ("Protocol", "Destination", "AdminStatus", "IPv4Subnet")
        )
    for fields in document.routers[:1]:
        found[names.ROUTER] = _lines(fields, ("LocalASN", "BgpIdentifier"))
    for fields in document.peers:
        name = fields.text("PeerName") or fields.text("Name")
        found[f"{names.PEER} {name}"] = _lines(
            fields, ("PeerIPAddress", "LocalIPAddress", "PeerASN")
        )
    if document.custom_routes:
        found[names.CUSTOM] = tuple(
            network for route in document.custom_routes for network in route.texts("Network")
        )
    return found


def _lines(fields: Fields, members: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"{name} {' '.join(fields.texts(name))}".rstrip() for name in members)
