"""An intent in what charon and networkd have statements for."""

from __future__ import annotations

from appliance.model.intent import Intent
from appliance.model.tunnel import Dpd, Mode, Tunnel, TunnelInterface
from appliance.record import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from appliance.model.filters import Filter

HEADERS = 40
"""IPv4's and TCP's, without options: what an MSS leaves out and an MTU holds (RFC 9293, 3.7.1)."""

NO_CLAMP = (
    "networkd cannot clamp the MSS of forwarded TCP: the tunnel interface gets an MTU that is "
    "{} bytes larger than the MSS instead, and Linux tells senders of it; where ICMP is dropped on "
    "the inside, add to nftables: tcp flags syn tcp option maxseg size set rt mtu"
)
NO_RETRY = (
    "charon repeats a liveness probe at its own pace (charon.retransmit_* in strongswan.conf), "
    "there is no setting for one connection"
)
NO_WITHDRAWAL = (
    "a Linux tunnel interface stays up while its tunnel is down, and so do its static routes: when "
    "one of several instances of the gateway is lost, traffic of its routes is lost until it is "
    "back; a routing daemon with BGP beside charon would move it"
)
NO_LENDER = "a Linux tunnel interface without an address needs to borrow none"
NO_INTERFACE = "charon is told the address to leave from; the outside interface is not configured"
NO_FILTER = "the host's own packet filter is not managed here: it must let UDP 500, 4500 and ESP in"


def express(intent: Intent) -> Intent:
    """The same intent with what harms nothing left out or said otherwise, each with a note."""
    if intent.beside:
        from appliance.model.neighbours import set_apart  # noqa: PLC0415 -- few hosts have two sites

        intent = set_apart(intent)
    notes: dict[str, None] = dict.fromkeys(intent.notes)
    tunnels = tuple(_tunnel(tunnel, notes) for tunnel in intent.tunnels)
    if sum(bool(tunnel.routes) for tunnel in tunnels) > 1:
        notes[NO_WITHDRAWAL] = None
    return replace(intent, tunnels=tunnels, notes=tuple(notes))


def _tunnel(tunnel: Tunnel, notes: dict[str, None]) -> Tunnel:
    """`passes` needs no word: nothing of charon's is in the way of its own policies."""
    local = tunnel.local
    if local.interface is not None:
        notes[NO_INTERFACE] = None
        local = replace(local, interface=None)
    if tunnel.permits is not None:
        notes[NO_FILTER] = None
    return replace(
        tunnel,
        filter=_filter(tunnel),
        local=local,
        interface=None if tunnel.interface is None else _interface(tunnel.interface, notes),
        ike=replace(tunnel.ike, dpd=_dpd(tunnel.ike.dpd, notes)),
        permits=None,
        passes=None,
    )


def _filter(tunnel: Tunnel) -> Filter | None:
    """Without a tunnel interface the selectors are what crosses at all: rules are for that."""
    wanted = tunnel.filter
    if wanted is None or tunnel.mode is not Mode.POLICY_BASED or not tunnel.selectors:
        return wanted
    from appliance.model.filters import Filter  # noqa: PLC0415 -- most have no rules
    from appliance.model.traffic import NOTHING, between  # noqa: PLC0415 -- as above

    crossing = NOTHING
    for pair in tunnel.selectors:
        crossing |= between(pair.local, pair.remote)
    return Filter(wanted.passes & crossing, rules=wanted.rules, within=wanted.within)


def _dpd(dpd: Dpd | None, notes: dict[str, None]) -> Dpd | None:
    """charon probes whenever nothing came in for so long: never on demand only."""
    if dpd is None:
        return None
    if dpd.retry_seconds is not None:
        notes[NO_RETRY] = None
    return Dpd(delay_seconds=dpd.delay_seconds, on_demand=False)


def _interface(wanted: TunnelInterface, notes: dict[str, None]) -> TunnelInterface:
    mtu = wanted.mtu
    if wanted.mss is not None:
        notes[NO_CLAMP.format(HEADERS)] = None
        fits = wanted.mss + HEADERS
        mtu = fits if mtu is None else min(mtu, fits)
    if wanted.unnumbered is not None:
        notes[NO_LENDER] = None
    return replace(wanted, mss=None, mtu=mtu, unnumbered=None, vrf=None)
