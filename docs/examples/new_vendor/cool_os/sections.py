"""The statements that a set of tunnels amounts to: the one source of renderer and change."""

from __future__ import annotations

from collections.abc import Iterator

from appliance.model.algorithms import Integrity
from appliance.model.change import KEY_MARK
from appliance.model.pairing import LABEL
from appliance.model.secret import Secret
from appliance.model.tunnel import Esp, Ike, Tunnel, TunnelInterface, Tunnels
from appliance.record import dataclass

from . import names

REMARK = "appliance: "
"""What the remark of our own tunnels begins with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One statement under a heading; lines of one slot overwrite each other."""

    slot: str
    text: str
    secret: Secret | None = None


Sections = dict[str, dict[str, Line]]
"""Heading -> slot -> line; routes stand under the empty heading, each in a slot of its own."""


def sections(tunnels: Tunnels) -> Sections:
    """All statements of these tunnels."""
    made: Sections = {heading(tunnel): _by_slot(_lines(tunnel)) for tunnel in tunnels}
    made[""] = _by_slot(
        Line(slot=f"route {route} {tunnel.name}", text=f"route {route} {tunnel.name}")
        for tunnel in tunnels
        for route in tunnel.routes
    )
    return made


def heading(tunnel: Tunnel) -> str:
    """The block of a tunnel."""
    return f"vpn {tunnel.name}"


def _by_slot(lines: Iterator[Line]) -> dict[str, Line]:
    return {line.slot: line for line in lines}


def _lines(tunnel: Tunnel) -> Iterator[Line]:
    if LABEL in tunnel.objects:
        yield _line("remark", f"{REMARK}{tunnel.objects[LABEL]}")
    yield _line("port", tunnel.local.interface)
    if tunnel.local.identity is not None:
        yield _line("local-id", tunnel.local.identity)
    for address in tunnel.remote.addresses[:1]:
        yield _line("gateway", address)
    if tunnel.remote.identity is not None:
        yield _line("gateway-id", tunnel.remote.identity)
    if tunnel.psk is not None:
        known = tunnel.psk if isinstance(tunnel.psk, Secret) else None
        yield Line(slot="key", text=f"key {KEY_MARK}", secret=known)
    yield from _ike(tunnel.ike)
    yield from _esp(tunnel.esp)
    if tunnel.interface is not None:
        yield from _interface(tunnel.interface)
    if not tunnel.enabled:
        yield Line(slot="off", text="off")


def _line(slot: str, value: object) -> Line:
    return Line(slot=slot, text=f"{slot} {value}")


def _ike(ike: Ike) -> Iterator[Line]:
    proposal = ike.proposals[0]
    cipher, group = names.ENCRYPTION[proposal.encryption[0]], names.GROUP[proposal.groups[0]]
    hash_ = names.HASH[Integrity(proposal.prf[0].value)]
    yield _line("ike", f"{cipher} {hash_} {group}")
    yield _line("ike-life", proposal.lifetime_seconds)
    if ike.dpd is not None:
        yield _line("dpd", f"{ike.dpd.delay_seconds} {ike.dpd.retry_seconds or 1}")


def _esp(esp: Esp) -> Iterator[Line]:
    proposal = esp.proposals[0]
    words = [names.ENCRYPTION[proposal.encryption[0]]]
    words += [names.HASH[hash_] for hash_ in proposal.integrity if hash_ is not Integrity.NONE]
    yield _line("esp", " ".join(words))
    if esp.pfs_group is not None:
        yield _line("pfs", names.GROUP[esp.pfs_group])
    yield _line("rekey-seconds", esp.lifetime_seconds or "never")
    yield _line("rekey-kilobytes", esp.lifetime_kilobytes or "never")


def _interface(interface: TunnelInterface) -> Iterator[Line]:
    yield _line("address", interface.address or f"of {interface.unnumbered}")
    if interface.mss is not None:
        yield _line("mss", interface.mss)
    if interface.mtu is not None:
        yield _line("mtu", interface.mtu)
