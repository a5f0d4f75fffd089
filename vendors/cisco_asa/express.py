"""An intent in what the ASA can say, where that harms nothing; each change leaves a note.

What would harm is refused by `capabilities` instead.
"""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import IPv4Address, IPv4Interface, IPv4Network

from appliance.model.intent import Environment, Intent
from appliance.model.tunnel import Dpd, Tunnel
from appliance.record import replace
from vendors.cisco.speaker import loopback
from vendors.cisco_asa import names

IKE_SECONDS = (120, 2_147_483_647)
SA_SECONDS = (120, 214_783_647)
SA_KILOBYTES = (10, 2_147_483_647)
THRESHOLD = (10, 3_600)
RETRY = (2, 10)
"""Ranges of `lifetime seconds`, `set security-association lifetime` and `isakmp keepalive`."""

LONGEST_PREFIX = 30
"""A tunnel interface of an ASA needs a network with room for its other end."""
_LINK_LOCAL = "169.254.0.0/16"
"""What stands for an address where it is not chosen yet: without any the interface stays down."""

FLOATING = (
    "an ASA takes one static route of a distance to a network: those of the second tunnel are "
    "further, and carry traffic when the first tunnel is down; with BGP both are used"
)

Said = tuple[Tunnel, str]


def express(intent: Intent) -> Intent:
    """The intent with lifetimes, liveness, identity and addresses as an ASA can have them."""
    notes: dict[str, None] = dict.fromkeys(intent.notes)
    tunnels = []
    for tunnel in intent.tunnels:
        for rule in _RULES:
            tunnel, note = rule(tunnel, intent.environment)  # noqa: PLW2901 -- each builds on the last
            if note:
                notes[note] = None
        tunnels.append(tunnel)
    speaker = loopback(replace(intent, tunnels=tuple(tunnels)))
    tunnels = [_connected(_speaking(tunnel, speaker)) for tunnel in tunnels]
    routes = [route for tunnel in tunnels for route in tunnel.routes]
    if len(set(routes)) < len(routes):
        notes[FLOATING] = None
    return replace(intent, tunnels=tuple(tunnels), notes=tuple(notes))


def _clamped(value: int, limits: tuple[int, int]) -> int:
    return min(max(value, limits[0]), limits[1])


def _lifetimes(tunnel: Tunnel, _: Environment) -> Said:
    proposals = tuple(
        replace(one, lifetime_seconds=_clamped(one.lifetime_seconds, IKE_SECONDS))
        for one in tunnel.ike.proposals
    )
    seconds, volume = tunnel.esp.lifetime_seconds, tunnel.esp.lifetime_kilobytes
    esp = replace(
        tunnel.esp,
        lifetime_seconds=_clamped(names.SA_SECONDS if seconds is None else seconds, SA_SECONDS),
        lifetime_kilobytes=None if volume is None else _clamped(volume, SA_KILOBYTES),
    )
    changed = replace(tunnel, ike=replace(tunnel.ike, proposals=proposals), esp=esp)
    note = "lifetimes are set to what an ASA takes; each side has its own"
    return changed, note if changed != tunnel else ""


def _dpd(tunnel: Tunnel, _: Environment) -> Said:
    """`isakmp keepalive threshold T retry R`: the ASA knows one form, and no end of its own."""
    asked = tunnel.ike.dpd
    if asked is None:
        return tunnel, ""
    retry = names.DPD_RETRY if asked.retry_seconds is None else asked.retry_seconds
    dpd = Dpd(
        delay_seconds=_clamped(asked.delay_seconds, THRESHOLD), retry_seconds=_clamped(retry, RETRY)
    )
    note = ""
    if (dpd.delay_seconds, dpd.retry_seconds) != (asked.delay_seconds, asked.retry_seconds):
        note = (
            f"liveness is probed after {dpd.delay_seconds} s and every {dpd.retry_seconds} s: an "
            "ASA takes 10 to 3600 s and 2 to 10 s"
        )
    return replace(tunnel, ike=replace(tunnel.ike, dpd=dpd)), note


def _identity(tunnel: Tunnel, _: Environment) -> Said:
    """`crypto isakmp identity` is one for all tunnels of the box, and may name other peers."""
    if tunnel.local.identity is None:
        return tunnel, ""
    note = (
        "behind NAT the ASA names itself by its private address: its identity is one for the "
        "whole box; Azure accepts that with pre-shared keys"
    )
    return replace(tunnel, local=replace(tunnel.local, identity=None)), note


def _sizes(tunnel: Tunnel, _: Environment) -> Said:
    """The MTU follows from the source interface; the MSS clamp is box-wide and never raised."""
    interface = tunnel.interface
    if interface is None:
        return tunnel, ""
    note = ""
    if interface.mtu is not None:
        note = "an ASA derives the MTU of a tunnel interface itself; only the MSS is set"
    mss = interface.mss
    if mss is not None and mss > names.TCP_MSS:
        mss = names.TCP_MSS
        note = f"the ASA's own MSS clamp of {mss} is smaller than what was asked, and stays"
    return replace(tunnel, interface=replace(interface, mtu=None, mss=mss)), note


def _address(tunnel: Tunnel, _: Environment) -> Said:
    """A tunnel interface has an address of its own, in a network with room for the other end."""
    interface = tunnel.interface
    if interface is None:
        return tunnel, ""
    note = ""
    if interface.unnumbered not in {None, _LINK_LOCAL}:
        note = "a tunnel interface of an ASA borrows no address: it gets one of 169.254.0.0/16"
    address = interface.address
    if address is not None and address.network.prefixlen > LONGEST_PREFIX:
        peers = [peer.address for peer in tunnel.bgp.peers] if tunnel.bgp else []
        address = _roomy(address.ip, peers)
        note = f"the tunnel interface gets {address}: an ASA takes no /32 there"
    lender = None if address else _LINK_LOCAL
    return replace(tunnel, interface=replace(interface, unnumbered=lender, address=address)), note


def _roomy(ours: IPv4Address, peers: list[IPv4Address]) -> IPv4Interface:
    """The smallest network in which both ends are hosts; without such a one a /30."""
    for length in range(LONGEST_PREFIX, 23, -1):
        network = IPv4Network((ours, length), strict=False)
        ends = {network.network_address, network.broadcast_address}
        inside = [peer for peer in peers if peer in network]
        if ours not in ends and not ends & set(inside) and (inside or not peers):
            return IPv4Interface((ours, length))
    return IPv4Interface((ours, LONGEST_PREFIX))


def _speaking(tunnel: Tunnel, speaker: str) -> Tunnel:
    """A session starts from the tunnel interface, or from a loopback that has its address."""
    bgp, interface = tunnel.bgp, tunnel.interface
    if bgp is None or interface is None:
        return tunnel
    own = None if interface.address is None else interface.address.ip
    peers = tuple(
        replace(peer, source=None)
        if peer.local_address == own
        else replace(peer, source=peer.source or speaker)
        for peer in bgp.peers
    )
    return replace(tunnel, bgp=replace(bgp, peers=peers))


def _connected(tunnel: Tunnel) -> Tunnel:
    """No host route to a peer that is connected."""
    interface = tunnel.interface
    if tunnel.bgp is None or interface is None or interface.address is None:
        return tunnel
    connected = {
        IPv4Network(peer.address)
        for peer in tunnel.bgp.peers
        if peer.address in interface.address.network
    }
    return replace(tunnel, routes=tuple(r for r in tunnel.routes if r not in connected))


def _traffic(tunnel: Tunnel, _: Environment) -> Said:
    if tunnel.filter is None:
        return tunnel, ""
    from vendors.cisco_asa.writing.traffic import expressed  # noqa: PLC0415 -- few have rules

    return expressed(tunnel)


_RULES: tuple[Callable[[Tunnel, Environment], Said], ...] = (
    _lifetimes,
    _dpd,
    _identity,
    _sizes,
    _address,
    _traffic,
)
