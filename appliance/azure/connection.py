"""One connection and the resources it names, put together into what Azure expects."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from types import MappingProxyType

from appliance.azure.circuits import circuits
from appliance.azure.defaults import POLICY_BASED, ROUTE_BASED, WAN
from appliance.azure.expectation import (
    AZURE_ASN,
    VIRTUAL_WAN,
    VNET_GATEWAY,
    Endpoint,
    Expectation,
    OnPremisesEnd,
    Provenance,
)
from appliance.azure.facts import facts
from appliance.azure.gateway import endpoints
from appliance.azure.heap import Heap
from appliance.azure.key import by_certificate, key
from appliance.azure.nat import rules
from appliance.azure.negotiation import terms
from appliance.azure.network import Networks, networks, prefixes
from appliance.azure.origin import Unknown, real_id
from appliance.azure.resources import Kind, Resource, embedded, name_of, show_command
from appliance.azure.selectors import selectors
from appliance.azure.translation import translated
from appliance.record import dataclass

_MAX_ASN = 4_294_967_295
_SET_PEER = {
    Kind.LOCAL_GATEWAY: "set them (az network local-gateway update --asn ASN "
    "--bgp-peering-address ADDRESS) or "
}


@dataclass(frozen=True, slots=True)
class Parts:
    """A connection with the resources it joins, in the shape of a VNet gateway's.

    `reach` gives the networks behind the gateway: what is to be noted goes to its first argument,
    the second says that BGP will tell them.
    """

    connection: Resource
    gateway: Resource
    site: Resource
    reach: Callable[[list[str], bool], Networks]
    kind: str = VNET_GATEWAY


def assemble(connection: Resource, heap: Heap) -> Expectation | None:
    """What Azure expects on one IPsec connection; None when faults, noted in its nodes, stop it."""
    gateway = _join(Kind.GATEWAY, "virtualNetworkGateway1", connection, heap)
    site = _join(Kind.LOCAL_GATEWAY, "localNetworkGateway2", connection, heap)
    if gateway is None or site is None:
        terms(connection.node, [], ROUTE_BASED)  # its faults are worth knowing now, too
        return None

    def reach(notes: list[str], learned: bool) -> Networks:  # noqa: FBT001 -- see Parts
        return networks(gateway, heap, notes, learned=learned)

    return negotiated(Parts(connection, gateway, site, reach), heap)


def negotiated(parts: Parts, heap: Heap) -> Expectation | None:
    """What Azure expects on a connection whose parts are all there; faults go to their nodes."""
    node, notes = parts.connection.node, list[str]()
    bgp = _bgp(parts, notes)
    policy_based = _policy_based(parts.gateway)
    by_policy = policy_based or node.flag("usePolicyBasedTrafficSelectors")
    reached = parts.reach(notes, bgp and not by_policy)
    end = _on_premises(parts, notes, bgp=bgp)
    chosen = selectors(node, reached.vnet, end.prefixes, notes, always=policy_based)
    offers = POLICY_BASED if policy_based else ROUTE_BASED
    agreed = terms(node, notes, WAN if parts.kind == VIRTUAL_WAN else offers)
    ends = endpoints(parts.gateway, parts.connection, heap, notes)
    nat = rules(node, parts.gateway, heap, notes)
    egress = tuple(rule for rule in nat if rule.egress)
    psk, psk_state = key(node, parts.connection.name, heap, notes)
    provisioning = _provisioning(parts, reached, notes)
    if caveat := parts.connection.caveat:
        notes.append(f"{node.where}: {caveat}")
    _doubts(reached, end, notes)
    if bgp:
        _bgp_doubts(parts, end, ends, notes)
    if agreed is None:
        return None
    return Expectation(
        name=parts.connection.name,
        kind=parts.kind,
        id=real_id(parts.connection.id),
        endpoints=ends,
        vnet_prefixes=translated(reached.all, egress),
        on_premises=end,
        ike_version=agreed.version,
        policy=agreed.policy,
        esp_lifetime_seconds=agreed.lifetime_seconds,
        esp_lifetime_kilobytes=agreed.lifetime_kilobytes,
        policy_based=chosen.policy_based,
        custom_selectors=chosen.custom,
        selectors=chosen.pairs,
        dpd_seconds=agreed.dpd_seconds,
        psk=psk,
        psk_state=psk_state,
        certificate=by_certificate(node),
        bgp_enabled=bgp,
        bgp_asn=_asn(parts.gateway, bgp=bgp),
        nat=nat,
        untranslated=reached.all if egress else (),
        gateway=facts(parts.gateway, parts.connection, parts.site, reached.source, heap),
        circuits=circuits(heap),
        status=node.text("connectionStatus"),
        provisioning=MappingProxyType(provisioning),
        exported_at=_oldest(_used(parts, reached)),
        provenance=tuple(
            Provenance(piece.node.file, piece.node.path) for piece in _used(parts, reached)
        ),
        notes=tuple(dict.fromkeys(notes)),
    )


def _join(kind: Kind, member: str, connection: Resource, heap: Heap) -> Resource | None:
    """The resource a connection names, from the heap or embedded; a fault when there is none."""
    reference = connection.node.get(member)
    if reference is None:
        if len(known := heap.of(kind)) == 1:
            return known[0]
        connection.node.fault(
            f"the connection does not say its {kind} ({member} is missing)",
            f"export all of it: {show_command(Kind.CONNECTION, connection.id)}",
        )
        return None
    if reference.unknown():
        return None
    identity = reference.text("id") or ""
    found = heap.find(kind, identity) or embedded(kind, reference) or heap.nameless(kind)
    if found is None:
        reference.fault(
            f"{kind} {name_of(identity) or '(no id)'} is not among the exports"
            + heap.why_not(kind, identity),
            f"add it: {show_command(kind, identity)}",
        )
    return found


def _policy_based(gateway: Resource) -> bool:
    kind = gateway.node.text("gatewayType")
    if kind and kind.casefold() != "vpn":
        gateway.node.fault(
            f"a connection of type IPsec to a gateway of type {kind!a}",
            "only VPN gateways terminate IPsec: name the gateway the connection belongs to",
        )
    return (gateway.node.text("vpnType") or "").casefold() == "policybased"


def _bgp(parts: Parts, notes: list[str]) -> bool:
    wanted = parts.connection.node.flag("enableBgp")
    told = parts.gateway.node.get("enableBgp") is not None
    if wanted and told and not parts.gateway.node.flag("enableBgp"):
        notes.append(
            f"{parts.gateway.node.at('enableBgp')}: false, although the connection has BGP on"
        )
    return wanted


def _asn(gateway: Resource, *, bgp: bool) -> int | None:
    """The gateway's AS number, Azure's own unless it has another; None when it is not known."""
    settings = gateway.node.get("bgpSettings")
    if settings is not None and isinstance(settings.value, Unknown):
        if bgp:
            settings.unknown()
        return None
    return _as_number(gateway) or AZURE_ASN


def _as_number(resource: Resource) -> int | None:
    """The BGP AS number of a gateway; None when it has none (PowerShell shows 0)."""
    settings = resource.node.get("bgpSettings")
    number = settings.number("asn") if settings else None
    if settings and number and number > _MAX_ASN:
        settings.fault(f"{number} is no AS number")
    return number or None


def _on_premises(parts: Parts, notes: list[str], *, bgp: bool) -> OnPremisesEnd:
    site, called = parts.site.node, parts.site.kind.replace("-", " ")
    shown, named = site.told("gatewayIpAddress", notes), site.told("fqdn", notes)
    address, fqdn = (shown.address() if shown else None), (named.as_text() if named else None)
    if address is None and site.get("gatewayIpAddress") is None and site.get("fqdn") is None:
        site.fault(
            f"the {called} has neither gatewayIpAddress nor fqdn",
            f"export all of it: {show_command(parts.site.kind, parts.site.id)}",
        )
    settings = site.get("bgpSettings")
    peer = settings.get("bgpPeeringAddress") if settings else None
    asn = _as_number(parts.site)
    peer_address = peer.address() if peer else None
    if bgp and not (asn and peer_address):
        site.fault(
            f"the connection has BGP on, but the {called} has no bgpSettings.asn and "
            "bgpSettings.bgpPeeringAddress",
            _SET_PEER.get(parts.site.kind, "")
            + f"export all of it: {show_command(parts.site.kind, parts.site.id)}",
        )
    space = prefixes(site.told("localNetworkAddressSpace", notes), notes)
    if not space and not bgp:
        notes.append(f"{site.where}: no prefixes and no BGP: Azure routes nothing to this site")
    return OnPremisesEnd(
        id=real_id(parts.site.id),
        address=address,
        fqdn=fqdn,
        prefixes=space,
        bgp_asn=asn,
        bgp_address=peer_address,
    )


def _used(parts: Parts, reached: Networks) -> tuple[Resource, ...]:
    pieces = (parts.connection, parts.gateway, parts.site, reached.source)
    return tuple(piece for piece in pieces if piece is not None)


def _provisioning(parts: Parts, reached: Networks, notes: list[str]) -> dict[str, str]:
    states = {}
    for piece in _used(parts, reached):
        if state := piece.node.text("provisioningState"):
            states[piece.kind.value] = state
            if state.casefold() != "succeeded":
                notes.append(
                    f"{piece.node.at('provisioningState')}: {state!a}, not Succeeded:"
                    " what acts may differ from what is shown"
                )
    return states


def _doubts(reached: Networks, end: OnPremisesEnd, notes: list[str]) -> None:
    """What is imported as it stands, but may not mean what it seems to."""
    ours = end.prefixes[:1000]
    clashes = [
        f"{prefix} and {other}"
        for prefix in ours
        for other in reached.vnet
        if prefix.overlaps(other)
    ]
    if clashes:
        notes.append(f"on-premises and VNet prefixes overlap: {'; '.join(clashes[:5])}")


def _bgp_doubts(
    parts: Parts, end: OnPremisesEnd, ends: Iterable[Endpoint], notes: list[str]
) -> None:
    """Peerings that cannot come up ("About BGP with VPN Gateway")."""
    if end.bgp_asn == _asn(parts.gateway, bgp=True):
        notes.append(f"both sides have AS {end.bgp_asn}; Azure peers with another AS only")
    apipa = end.bgp_address is not None and end.bgp_address.is_link_local
    without = [endpoint.name for endpoint in ends if apipa and not endpoint.apipa_addresses]
    if without:
        notes.append(
            f"the site's BGP address {end.bgp_address} is an APIPA one, but gateway instance "
            f"{', '.join(without)} has no custom APIPA address to peer with it"
        )


def _oldest(pieces: Iterable[Resource]) -> float | None:
    """Time of the oldest file, which is what an export can be trusted for."""
    return min((piece.modified for piece in pieces if piece.modified), default=None)
