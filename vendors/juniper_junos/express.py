"""An intent in what Junos can say, where that harms nothing: each change with a note."""

from __future__ import annotations

import re
from collections.abc import Callable

from appliance.model.intent import Environment, Intent
from appliance.model.tunnel import (
    Bgp,
    Dpd,
    Esp,
    IkeProposal,
    Mode,
    Tunnel,
    TunnelInterface,
)
from appliance.record import replace
from vendors.juniper_junos import names
from vendors.juniper_junos.release import release

VOLUMES = range(64, 4_294_967_295)
OLD_VOLUMES = range(64, 1_048_577)
WIDE_VOLUMES_SINCE = (15, 1, 49, 0)
"""Kilobytes that `lifetime-kilobytes` takes; earlier releases end at 1048576."""

DPD_INTERVALS = range(10, 61)
DPD_SECONDS = 45
"""Azure gives a silent peer up after 45 s by default: the device should not wait longer."""

_ITSELF = "family inet"
"""What stands for an address: a unit needs none, but without this nothing is routed into it."""


Note = Callable[[str], None]


def express(intent: Intent) -> Intent:
    """The intent as the driver's other functions take it; a second time it changes nothing."""
    notes = dict.fromkeys(intent.notes)
    volumes = _volumes(intent.environment)

    def note(text: str) -> None:
        notes[text] = None

    tunnels = tuple(_tunnel(tunnel, volumes, note) for tunnel in intent.tunnels)
    environment = _environment(intent.environment, note)
    return replace(intent, tunnels=tunnels, environment=environment, notes=tuple(notes))


def _volumes(environment: Environment) -> range:
    known = release(environment.version)
    old = known is not None and known < WIDE_VOLUMES_SINCE
    return OLD_VOLUMES if old else VOLUMES


def _environment(environment: Environment, note: Note) -> Environment:
    if environment.outside_acl is not None:
        note(
            f"device.outside_acl {environment.outside_acl} means nothing on Junos: IKE is let in "
            "by host-inbound-traffic of the zone"
        )
    return replace(
        environment,
        outside_interface=_unit(environment.outside_interface),
        inside_interface=_unit(environment.inside_interface),
        outside_acl=None,
    )


def _unit(interface: str | None) -> str | None:
    """Junos means a unit of an interface: the first, where none is named."""
    if interface is None or re.search(r"\.\d+$", interface):
        return interface
    return f"{interface}.0"


def _tunnel(tunnel: Tunnel, volumes: range, note: Note) -> Tunnel:
    proposals = tuple(_proposal(proposal, note) for proposal in tunnel.ike.proposals)
    dpd = None if tunnel.ike.dpd is None else _dpd(tunnel.ike.dpd, note)
    if not tunnel.passes:
        note(
            "no prefix behind Azure's gateway is known: no zone policy is written, and without one "
            "the device lets nothing through"
        )
    return replace(
        tunnel,
        local=replace(tunnel.local, interface=_unit(tunnel.local.interface)),
        ike=replace(tunnel.ike, proposals=proposals, dpd=dpd),
        esp=_esp(tunnel.esp, volumes, note),
        interface=_interface(tunnel, note),
        bgp=None if tunnel.bgp is None else _bgp(tunnel.bgp, note),
        permits=tunnel.remote.addresses,
        passes=tunnel.passes if tunnel.filter is None else None,  # one set of policies says both
    )


def _proposal(proposal: IkeProposal, note: Note) -> IkeProposal:
    lifetime = _within(proposal.lifetime_seconds, names.LIFETIMES, "IKE lifetime", note)
    return replace(proposal, lifetime_seconds=lifetime)


def _within(value: int, possible: range, what: str, note: Note) -> int:
    fits = min(max(value, possible.start), possible.stop - 1)
    if fits != value:
        note(f"{what} of {fits} s instead of {value}: Junos takes no other; each end has its own")
    return fits


def _dpd(dpd: Dpd, note: Note) -> Dpd:
    """Junos counts probes: an interval, and how many may be lost (1 to 5)."""
    if dpd.retry_seconds is None and dpd.timeout_seconds is not None:
        return dpd
    interval = _within(dpd.delay_seconds, DPD_INTERVALS, "DPD interval", note)
    lost = min(max(DPD_SECONDS // interval, 1), names.DPD_THRESHOLD)
    return Dpd(
        delay_seconds=interval,
        retry_seconds=None,
        timeout_seconds=interval * lost,
        on_demand=dpd.on_demand,
    )


def _esp(esp: Esp, volumes: range, note: Note) -> Esp:
    seconds, volume = esp.lifetime_seconds, esp.lifetime_kilobytes
    if seconds is not None:
        seconds = _within(seconds, names.LIFETIMES, "lifetime of child SAs", note)
    if volume is not None and volume not in volumes:
        note(
            f"no lifetime in kilobytes: Junos takes {volumes.start} to {volumes.stop - 1}, not "
            f"{volume}; Azure rekeys by its own"
        )
        volume = None
    return replace(esp, lifetime_seconds=seconds, lifetime_kilobytes=volume)


def _interface(tunnel: Tunnel, note: Note) -> TunnelInterface | None:
    """Every tunnel of ours is bound to an st0 unit, which needs no address."""
    interface = tunnel.interface
    if interface is None:
        bare = TunnelInterface(name="", unnumbered=_ITSELF)
        return bare if tunnel.mode is Mode.POLICY_BASED else None
    if interface.unnumbered not in {None, _ITSELF}:
        note(f"an st0 unit needs no address: that of {interface.unnumbered} is not borrowed")
    return replace(interface, unnumbered=None if interface.address else _ITSELF)


def _bgp(bgp: Bgp, note: Note) -> Bgp:
    """Junos sends a keepalive every third of the hold time."""
    for peer in bgp.peers:
        if peer.keepalive_seconds != peer.hold_seconds // 3:
            note(f"BGP keepalive every {peer.hold_seconds // 3} s: a third of the hold time")
    peers = [replace(peer, keepalive_seconds=peer.hold_seconds // 3) for peer in bgp.peers]
    return replace(bgp, peers=tuple(peers))
