"""What a driver understood of a configuration, as the document `appliance/observed/1`."""

from __future__ import annotations

from collections.abc import Iterator

from appliance.model.intent import Observed
from appliance.model.secret import Hidden, Secret
from appliance.model.tunnel import (
    Bgp,
    BgpPeer,
    Dpd,
    Esp,
    EspProposal,
    Ike,
    IkeProposal,
    TrafficSelector,
    Tunnel,
    TunnelInterface,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from appliance.model.filters import Filter

SCHEMA = "appliance/observed/1"


def document(observed: Observed) -> dict[str, object]:
    """JSON values only: algorithms by token, addresses as text, keys as state and fingerprint.

    Raises `SecretError` when the key of this machine, which fingerprints need, cannot be kept.
    """
    return {
        "schema": SCHEMA,
        "driver": observed.driver,
        "hostname": observed.hostname,
        "version": observed.version,
        "tunnels": [_tunnel(tunnel) for tunnel in observed.tunnels],
        **_edge(observed),
        "unrecognized": [{"line": odd.line, "text": odd.text} for odd in observed.unrecognized],
    }


def _edge(observed: Observed) -> dict[str, object]:
    """Only where there are links: host routes alone say nothing of ExpressRoute."""
    if observed.edge is None or not observed.edge.links:
        return {}
    from appliance.report import edge  # noqa: PLC0415 -- few devices have one

    return {"express_route": edge.document(observed.edge)}


def _tunnel(tunnel: Tunnel) -> dict[str, object]:
    local = tunnel.local
    return {
        "name": tunnel.name,
        "mode": tunnel.mode.value,
        "encapsulation": tunnel.encapsulation.value,
        "enabled": tunnel.enabled,
        "dynamic": tunnel.dynamic,
        "missing": list(tunnel.missing),
        "quirks": list(tunnel.quirks),
        "local": {
            "address": _text(local.address),
            "interface": local.interface,
            "identity": local.identity,
            "vrf": local.vrf,
        },
        "remote": {
            "addresses": [str(address) for address in tunnel.remote.addresses],
            "identity": tunnel.remote.identity,
        },
        "interface": None if tunnel.interface is None else _interface(tunnel.interface),
        "ike": _ike(tunnel.ike),
        "esp": _esp(tunnel.esp),
        "psk": _psk(tunnel.psk),
        "selectors": _pairs(tunnel.selectors),
        "routes": [str(route) for route in tunnel.routes],
        "bgp": None if tunnel.bgp is None else _bgp(tunnel.bgp),
        "passes": None if tunnel.passes is None else _pairs(tunnel.passes),
        "permits": None if tunnel.permits is None else [str(address) for address in tunnel.permits],
        "filter": None if (own := _own(tunnel)) is None else _filter(own),
    }


def _own(tunnel: Tunnel) -> Filter | None:
    """The tunnel's own filter; rules between zones are all its neighbours', and many."""
    return None if tunnel.filter is None or tunnel.filter.complete else tunnel.filter


def _filter(held: Filter) -> dict[str, object]:
    from appliance.model.spoken import document as told  # noqa: PLC0415 -- most have none

    return {"passes": told(held.passes), "unknown": told(held.perhaps)}


def _pairs(pairs: tuple[TrafficSelector, ...]) -> list[dict[str, str]]:
    return [{"local": str(pair.local), "remote": str(pair.remote)} for pair in pairs]


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _interface(interface: TunnelInterface) -> dict[str, object]:
    return {
        "name": interface.name,
        "address": _text(interface.address),
        "unnumbered": interface.unnumbered,
        "mss": interface.mss,
        "mtu": interface.mtu,
        "vrf": interface.vrf,
    }


def _ike(ike: Ike) -> dict[str, object]:
    return {
        "version": int(ike.version),
        "dpd": None if ike.dpd is None else _dpd(ike.dpd),
        "proposals": [_ike_proposal(proposal) for proposal in ike.proposals],
    }


def _dpd(dpd: Dpd) -> dict[str, object]:
    return {
        "delay_seconds": dpd.delay_seconds,
        "retry_seconds": dpd.retry_seconds,
        "timeout_seconds": dpd.timeout_seconds,
        "on_demand": dpd.on_demand,
    }


def _ike_proposal(proposal: IkeProposal) -> dict[str, object]:
    return {
        "name": proposal.name,
        "encryption": [cipher.value for cipher in proposal.encryption],
        "integrity": [hash_.value for hash_ in proposal.integrity],
        "prf": [prf.value for prf in proposal.prf],
        "groups": [int(group) for group in proposal.groups],
        "lifetime_seconds": proposal.lifetime_seconds,
    }


def _esp(esp: Esp) -> dict[str, object]:
    return {
        "proposals": [_esp_proposal(proposal) for proposal in esp.proposals],
        "pfs_group": None if esp.pfs_group is None else int(esp.pfs_group),
        "lifetime_seconds": esp.lifetime_seconds,
        "lifetime_kilobytes": esp.lifetime_kilobytes,
    }


def _esp_proposal(proposal: EspProposal) -> dict[str, object]:
    return {
        "name": proposal.name,
        "encryption": [cipher.value for cipher in proposal.encryption],
        "integrity": [hash_.value for hash_ in proposal.integrity],
        "ah": None if proposal.ah is None else proposal.ah.value,
        "transport": proposal.transport,
    }


def _psk(psk: Secret | Hidden | None) -> dict[str, object]:
    match psk:
        case Secret():
            from appliance.secrets.fingerprint import fingerprint  # noqa: PLC0415 -- rarely needed

            return {"state": "known", "fingerprint": fingerprint(psk)}
        case Hidden(reason=reason):
            return {"state": "hidden", "fingerprint": None, "reason": reason}
        case None:
            return {"state": "absent", "fingerprint": None}


def _bgp(bgp: Bgp) -> dict[str, object]:
    return {
        "local_asn": bgp.local_asn,
        "peers": [_bgp_peer(peer) for peer in bgp.peers],
        "networks": [str(network) for network in bgp.networks],
    }


def _bgp_peer(peer: BgpPeer) -> dict[str, object]:
    return {
        "address": str(peer.address),
        "asn": peer.asn,
        "multihop": peer.multihop,
        "source": peer.source,
        "local_address": _text(peer.local_address),
        "keepalive_seconds": peer.keepalive_seconds,
        "hold_seconds": peer.hold_seconds,
        "enabled": peer.enabled,
    }


def lines(observed: Observed) -> Iterator[str]:
    """The same for people: a few lines for each tunnel, and what was not understood."""
    if not observed.tunnels:
        yield "no IPsec tunnel in this configuration"
    for tunnel in observed.tunnels:
        yield from _paragraph(tunnel)
    if observed.edge is not None and observed.edge.links:
        from appliance.report import edge  # noqa: PLC0415 -- as above

        yield from edge.lines(observed.edge)
    for odd in observed.unrecognized:
        yield f"not understood, line {odd.line}: {odd.text.strip()}"


def _paragraph(tunnel: Tunnel) -> Iterator[str]:
    peers = ", ".join(map(str, tunnel.remote.addresses)) or "any"
    off = "" if tunnel.enabled else ", switched off"
    start = tunnel.local.interface or tunnel.local.address or "?"
    yield f"{tunnel.name}: {tunnel.mode}, {start} -> {peers}, IKEv{int(tunnel.ike.version)}{off}"
    for proposal in tunnel.ike.proposals:
        groups = "/".join(str(int(group)) for group in proposal.groups)
        words = ["/".join(proposal.encryption), "/".join(proposal.integrity or proposal.prf)]
        yield f"  IKE {proposal.name}: {' '.join(words)} group {groups}"
    pfs = "no PFS" if tunnel.esp.pfs_group is None else f"PFS group {int(tunnel.esp.pfs_group)}"
    for esp in tunnel.esp.proposals:
        yield f"  ESP {esp.name}: {'/'.join(esp.encryption)} {'/'.join(esp.integrity)}, {pfs}"
    through = [str(selector) for selector in tunnel.selectors] or list(map(str, tunnel.routes))
    yield f"  traffic: {', '.join(through) or 'none'}; key {_psk(tunnel.psk)['state']}"
    if (own := _own(tunnel)) is not None:
        yield from _crossing(own)
    for name in tunnel.missing:
        yield f"  refers to {name}, which is not defined"
    yield from (f"  {words}" for words in tunnel.quirks)


def _crossing(held: Filter) -> Iterator[str]:
    from appliance.model.spoken import told  # noqa: PLC0415 -- most have none

    yield from (f"  may cross: {words}" for words in told(held.passes))
    if held.perhaps:
        yield from (f"  may cross or not: {words}" for words in told(held.perhaps))
