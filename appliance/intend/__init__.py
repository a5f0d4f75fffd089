"""From an inventory site and Azure's expectation to the intent."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Interface, IPv4Network

from appliance.azure.expectation import Endpoint, Expectation
from appliance.errors import ExpectationError
from appliance.intend.crypto import esp, ike_proposal
from appliance.intend.disagreements import disagreements
from appliance.inventory.model import OnPremises, OnPremisesBgp, Site, TunnelSettings
from appliance.model.algorithms import IkeVersion
from appliance.model.intent import Environment, Intent
from appliance.model.secret import Hidden, Secret
from appliance.model.tunnel import (
    Bgp,
    BgpPeer,
    Dpd,
    Ike,
    Local,
    Mode,
    Remote,
    TrafficSelector,
    Tunnel,
    TunnelInterface,
)
from appliance.record import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from appliance.model.filters import Filter

__all__ = ["disagreements", "intend"]

APIPA = (IPv4Network("169.254.0.0/16"),)
BGP_MULTIHOP = 2
"""Azure's BGP address is one hop behind its tunnel endpoint, so it is never directly connected."""

DPD_DELAY_SECONDS = 10
DPD_RETRY_SECONDS = 3
"""Probe and retries stay well inside Azure's own limit, 45 s unless the connection says less.

IKEv2 probes an idle tunnel too, so that its routes leave with it; IKEv1's checks for one peer are
on demand on the devices at hand."""


def intend(site: Site, expectation: Expectation, psk: Secret | Hidden) -> Intent:
    """What `site` must hold to meet `expectation`.

    A hidden `psk` compares and renders without a key: it then says why it is not known.

    Raises `ExpectationError` when Azure's side lacks what a tunnel needs.
    """
    endpoints = _endpoints(site, expectation)
    mode = _mode(site, expectation)
    tunnels = tuple(
        _tunnel(_End(site, expectation, mode, index, endpoint, len(endpoints)), psk)
        for index, endpoint in enumerate(endpoints)
    )
    device = site.device
    return Intent(
        site=site.name,
        driver=device.driver,
        tunnels=tunnels,
        peer=expectation.policy,
        notes=tuple(_notes(site, expectation, mode)),
        environment=Environment(
            version=device.version,
            outside_interface=device.outside_interface,
            inside_interface=device.inside_interface,
            outside_acl=device.outside_acl,
            tunnel_number=device.tunnel.number,
        ),
        gives_up_seconds=expectation.dpd_seconds,
        any_pace=device.tunnel.dpd_seconds is None and device.tunnel.dpd_retry is None,
        reaches=tuple(expectation.vnet_prefixes),
    )


def _endpoints(site: Site, expectation: Expectation) -> tuple[Endpoint, ...]:
    where = f"site {site.name}, connection {expectation.name}"
    known = tuple(endpoint for endpoint in expectation.endpoints if endpoint.address is not None)
    if not known:
        raise ExpectationError(
            "Azure's gateway has no public address in what was exported",
            where=where,
            hint="export it: az network vnet-gateway show -g RG -n GATEWAY -o json > gateway.json",
        )
    if not expectation.vnet_prefixes and not expectation.bgp_enabled:
        raise ExpectationError(
            "no VNet prefix is known, so there is nothing to route to Azure",
            where=where,
            hint="export it: az network vnet show -g RG -n VNET -o json > vnet.json",
        )
    return known


def _mode(site: Site, expectation: Expectation) -> Mode:
    if site.device.mode is not None:
        return site.device.mode
    return Mode.POLICY_BASED if expectation.policy_based else Mode.ROUTE_BASED


def _notes(site: Site, expectation: Expectation, mode: Mode) -> Iterator[str]:
    yield from expectation.notes
    if mode is Mode.POLICY_BASED and not expectation.selectors:
        yield (
            "Azure proposes any-to-any on this connection, the device narrower selectors: the "
            "child SA comes up only when the device dials; set usePolicyBasedTrafficSelectors"
        )
    if site.on_premises.nat and expectation.ike_version is IkeVersion.V1:
        yield "IKEv1 behind NAT: the device names itself by its private address; Azure accepts it"


@dataclass(frozen=True, slots=True)
class _End:
    """One tunnel to be: all that it is derived from."""

    site: Site
    expectation: Expectation
    mode: Mode
    index: int
    endpoint: Endpoint
    count: int


def _tunnel(end: _End, psk: Secret | Hidden) -> Tunnel:
    site, expectation, route_based = end.site, end.expectation, end.mode is Mode.ROUTE_BASED
    ours, address = site.on_premises, end.endpoint.address
    bgp = _bgp(end) if route_based else None
    return Tunnel(
        name=f"{site.name}-{end.index + 1}",
        mode=end.mode,
        local=Local(
            address=ours.private_address if ours.nat else ours.address,
            interface=site.device.outside_interface,
            identity=_identity(ours, expectation.ike_version),
        ),
        remote=Remote(addresses=() if address is None else (address,), identity=str(address)),
        interface=_interface(end, bgp) if route_based else None,
        ike=Ike(
            version=expectation.ike_version,
            proposals=(ike_proposal(site.name, expectation),),
            dpd=_dpd(site.device.tunnel, expectation),
        ),
        esp=esp(site.name, expectation),
        psk=psk,
        selectors=expectation.selectors if route_based else _selectors(site, expectation),
        routes=_routes(expectation, bgp, end.mode),
        bgp=bgp,
        permits=(address,) if site.device.outside_acl and address is not None else None,
        passes=_passes(site, expectation),
        filter=_filter(site, expectation),
    )


def _filter(site: Site, expectation: Expectation) -> Filter | None:
    """The site's rules, for the traffic between its networks and those in Azure."""
    if not site.traffic:
        return None
    from appliance.model.filters import asked  # noqa: PLC0415 -- most sites have no rules

    return asked(site.traffic, _passes(site, expectation))


def _identity(ours: OnPremises, version: IkeVersion) -> str | None:
    """Behind NAT the device must call itself by the address Azure knows, if its IKE lets it."""
    return str(ours.address) if ours.nat and version is IkeVersion.V2 else None


def _interface(end: _End, bgp: Bgp | None) -> TunnelInterface:
    site, index, count = end.site, end.index, end.count
    settings = site.device.tunnel
    address: IPv4Interface | None = None
    if index < len(settings.addresses):
        address = settings.addresses[index]
    elif bgp is not None and _speaks_itself(site, count):
        address = _host(bgp.peers[0].local_address)
    return TunnelInterface(
        name="",
        address=address,
        unnumbered=settings.unnumbered if address is None else None,
        mss=settings.mss,
        mtu=settings.mtu,
    )


def _speaks_itself(site: Site, count: int) -> bool:
    """Whether the tunnel's own address is that of the BGP session.

    One local network gateway has one BGP address: two instances need it on an interface apart.
    """
    ours = site.on_premises.bgp
    return ours is not None and _link_local(ours) and ours.source is None and count == 1


def _link_local(ours: OnPremisesBgp) -> bool:
    return any(ours.address in network for network in APIPA)


def _host(address: IPv4Address | None) -> IPv4Interface | None:
    return None if address is None else IPv4Interface(f"{address}/32")


def _bgp(end: _End) -> Bgp | None:
    site, expectation, endpoint = end.site, end.expectation, end.endpoint
    ours = site.on_premises.bgp
    if ours is None or not expectation.bgp_enabled:
        return None
    link_local = _link_local(ours)
    peers = endpoint.apipa_addresses if link_local else endpoint.bgp_addresses
    if not peers or expectation.bgp_asn is None:
        kind = "APIPA (custom) " if link_local else ""
        raise ExpectationError(
            f"BGP is on, but the export has no {kind}BGP address for instance {endpoint.name}",
            where=f"site {site.name}, connection {expectation.name}",
            hint="bgpSettings.bgpPeeringAddresses tells it: az network vnet-gateway show",
        )
    peer = BgpPeer(
        address=peers[0],
        asn=expectation.bgp_asn,
        multihop=BGP_MULTIHOP,
        source=ours.source,
        local_address=ours.address,
    )
    return Bgp(local_asn=ours.asn, peers=(peer,), networks=site.on_premises.prefixes)


def _routes(expectation: Expectation, bgp: Bgp | None, mode: Mode) -> tuple[IPv4Network, ...]:
    if mode is Mode.POLICY_BASED:
        return ()
    if bgp is not None:
        return tuple(IPv4Network(peer.address) for peer in bgp.peers)
    return expectation.vnet_prefixes


def _passes(site: Site, expectation: Expectation) -> tuple[TrafficSelector, ...]:
    """Traffic between the site and its VNets is what the tunnel is for."""
    return expectation.selectors or _product(site, expectation)


def _selectors(site: Site, expectation: Expectation) -> tuple[TrafficSelector, ...]:
    return expectation.selectors or _product(site, expectation)


def _product(site: Site, expectation: Expectation) -> tuple[TrafficSelector, ...]:
    locals_ = expectation.on_premises.prefixes or site.on_premises.prefixes
    return tuple(
        TrafficSelector(local=local, remote=remote)
        for local in locals_
        for remote in expectation.vnet_prefixes
    )


def _dpd(settings: TunnelSettings, expectation: Expectation) -> Dpd:
    limit = max(expectation.dpd_seconds // 2, 10)
    return Dpd(
        delay_seconds=settings.dpd_seconds or min(DPD_DELAY_SECONDS, limit),
        retry_seconds=settings.dpd_retry or DPD_RETRY_SECONDS,
        on_demand=expectation.ike_version is IkeVersion.V1,
    )
