"""An intent in what RRAS can say, where that harms nothing; each change is noted."""

from __future__ import annotations

from collections.abc import Iterable

from appliance.model.intent import Intent
from appliance.model.tunnel import Bgp, Ike, Local, Remote, Tunnel
from appliance.record import replace
from vendors.rras import names
from vendors.rras.capabilities import HIGHEST_OLD_ASN

_DPD = (
    "RRAS negotiates no liveness check: it sends its own probes and gives a silent gateway up "
    "after NetworkOutageTimeSeconds"
)
_MSS = (
    "RRAS has no statement for MSS or MTU of an S2S interface; where large packets are lost, clamp "
    "them at another router or lower the MTU of the hosts"
)
_IDENTITY = (
    "RRAS cannot be told its identity: behind NAT it sends its private address, which Azure takes "
    "with a pre-shared key; Azure cannot dial it, so it dials itself"
)
_RANGES = "SA lifetimes are moved into what RRAS takes: {0} to {1} s, {2} kB and more"
_VOLUME = "an SA always has a volume limit on RRAS; it gets the default, 32 GiB"
_OLD_LIFETIME = "Windows Server 2012 R2 has no IKE lifetime to set; it is 28800 s"
_ASN = "whether RRAS takes AS numbers above 65534 is documented both ways; the push tells"


def express(intent: Intent) -> Intent:
    """The intent as RRAS can hold it. Idempotent."""
    old = names.level(intent.environment.version) == names.OLD
    notes = dict.fromkeys(
        (*intent.notes, *(note for tunnel in intent.tunnels for note in _notes(tunnel, old=old)))
    )
    tunnels = []
    for tunnel in intent.tunnels:
        ruled, told = _filtered(tunnel)
        tunnels.append(_tunnel(ruled, old=old))
        notes |= dict.fromkeys(told)
    return replace(intent, tunnels=tuple(tunnels), notes=tuple(notes))


def _filtered(tunnel: Tunnel) -> tuple[Tunnel, Iterable[str]]:
    if tunnel.filter is None:
        return tunnel, ()
    from vendors.rras.writing.traffic import expressed  # noqa: PLC0415 -- few have rules

    return expressed(tunnel)


def _tunnel(tunnel: Tunnel, *, old: bool) -> Tunnel:
    return replace(
        tunnel,
        local=Local(address=tunnel.local.address),
        remote=Remote(addresses=tunnel.remote.addresses),
        interface=None,
        ike=_ike(tunnel.ike, old=old),
        esp=replace(
            tunnel.esp,
            lifetime_seconds=_seconds(tunnel.esp.lifetime_seconds),
            lifetime_kilobytes=_kilobytes(tunnel.esp.lifetime_kilobytes),
        ),
        bgp=None if tunnel.bgp is None else _bgp(tunnel.bgp),
        permits=None,
        passes=None,
    )


def _ike(ike: Ike, *, old: bool) -> Ike:
    proposals = tuple(
        replace(
            proposal,
            lifetime_seconds=names.DEFAULT_IKE_SECONDS
            if old
            else _seconds(proposal.lifetime_seconds),
        )
        for proposal in ike.proposals
    )
    return replace(ike, proposals=proposals, dpd=None)


def _seconds(wanted: int | None) -> int:
    least, most = names.SA_SECONDS
    return names.DEFAULT_SA_SECONDS if wanted is None else min(max(wanted, least), most)


def _kilobytes(wanted: int | None) -> int:
    least, most = names.SA_KILOBYTES
    return names.DEFAULT_SA_KILOBYTES if wanted is None else min(max(wanted, least), most)


def _bgp(bgp: Bgp) -> Bgp:
    """Keepalives are a third of the hold time; sessions start from an address, at any distance."""
    peers = tuple(
        replace(
            peer,
            source=None,
            multihop=None,
            keepalive_seconds=peer.hold_seconds // 3,
        )
        for peer in bgp.peers
    )
    return replace(bgp, peers=peers)


def _notes(tunnel: Tunnel, *, old: bool) -> Iterable[str]:
    interface, esp = tunnel.interface, tunnel.esp
    if tunnel.ike.dpd is not None:
        yield _DPD
    if interface is not None and (interface.mss, interface.mtu) != (None, None):
        yield _MSS
    if tunnel.local.identity is not None:
        yield _IDENTITY
    if esp.lifetime_kilobytes is None:
        yield _VOLUME
    elif _kilobytes(esp.lifetime_kilobytes) != esp.lifetime_kilobytes or (
        _seconds(esp.lifetime_seconds) != esp.lifetime_seconds
    ):
        yield _RANGES.format(*names.SA_SECONDS, names.SA_KILOBYTES[0])
    if old and tunnel.ike.proposals[0].lifetime_seconds != names.DEFAULT_IKE_SECONDS:
        yield _OLD_LIFETIME
    if tunnel.bgp is not None and tunnel.bgp.local_asn > HIGHEST_OLD_ASN and not old:
        yield _ASN
