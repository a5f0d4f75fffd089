"""One connection and the resources it names, put together into what Azure expects."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from types import MappingProxyType

from appliance.azure import bgp as bgp_
from appliance.azure.circuits import circuits
from appliance.azure.defaults import POLICY_BASED, ROUTE_BASED, WAN
from appliance.azure.expectation import (
    VIRTUAL_WAN,
    VNET_GATEWAY,
    Endpoint,
    Expectation,
    NatRule,
    OnPremisesEnd,
    Provenance,
)
from appliance.azure.facts import facts
from appliance.azure.gateway import endpoints
from appliance.azure.heap import Heap
from appliance.azure.key import by_certificate, key
from appliance.azure.nat import rules
from appliance.azure.negotiation import Terms, terms
from appliance.azure.network import Networks, networks, prefixes
from appliance.azure.origin import real_id
from appliance.azure.picked import untold
from appliance.azure.resources import Kind, Resource, embedded, name_of, show_command
from appliance.azure.selectors import Selectors, selectors
from appliance.azure.translation import translated
from appliance.record import dataclass, replace

_GATEWAY, _SITE = "virtualNetworkGateway1", "localNetworkGateway2"
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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sides:
    """Both sides of a connection; `policy_based` is the gateway, `chosen` its selectors."""

    reached: Networks
    site: OnPremisesEnd
    chosen: Selectors
    ends: tuple[Endpoint, ...]
    nat: tuple[NatRule, ...]
    bgp: bool
    policy_based: bool


def assemble(connection: Resource, heap: Heap) -> Expectation | None:
    """What Azure expects on one IPsec connection; None when faults, noted in its nodes, stop it."""
    gateway = _join(Kind.GATEWAY, _GATEWAY, connection, heap)
    site = _join(Kind.LOCAL_GATEWAY, _SITE, connection, heap)
    if gateway is None or site is None:
        terms(connection.node, [], ROUTE_BASED)  # its faults are worth knowing now, too
        return None

    def reach(notes: list[str], learned: bool) -> Networks:  # noqa: FBT001 -- see Parts
        return networks(gateway, heap, notes, learned=learned)

    return negotiated(Parts(connection, gateway, site, reach), heap)


def negotiated(parts: Parts, heap: Heap) -> Expectation | None:
    """What Azure expects on a connection whose parts are all there; faults go to their nodes."""
    node, notes = parts.connection.node, list[str]()
    if parts.kind == VNET_GATEWAY:
        untold(parts.connection, notes)
        _taken(parts, notes)
    found = _sides(parts, heap, notes)
    offers = POLICY_BASED if found.policy_based else ROUTE_BASED
    agreed = terms(node, notes, WAN if parts.kind == VIRTUAL_WAN else offers)
    psk, psk_state = key(node, parts.connection.name, heap, notes)
    provisioning = _provisioning(parts, found.reached, notes)
    if caveat := parts.connection.caveat:
        notes.append(f"{node.where}: {caveat}")
    _doubts(found, notes)
    if found.bgp:
        bgp_.doubts(parts.gateway, found.site, found.ends, notes)
    if agreed is None:
        return None
    return replace(
        _expectation(parts, found, agreed, heap),
        psk=psk,
        psk_state=psk_state,
        provisioning=MappingProxyType(provisioning),
        notes=tuple(dict.fromkeys(notes)),
    )


def _sides(parts: Parts, heap: Heap, notes: list[str]) -> _Sides:
    """Both sides of a connection: where they end, and what is behind them."""
    node = parts.connection.node
    bgp = bgp_.speaks(parts.connection, parts.gateway, notes)
    policy_based = _policy_based(parts.gateway)
    by_policy = policy_based or node.flag("usePolicyBasedTrafficSelectors")
    reached = parts.reach(notes, bgp and not by_policy)
    site = _on_premises(parts, notes, bgp=bgp)
    return _Sides(
        reached=reached,
        site=site,
        chosen=selectors(node, reached.vnet, site.prefixes, notes, always=policy_based),
        ends=endpoints(parts.gateway, parts.connection, heap, notes),
        nat=rules(node, parts.gateway, heap, notes),
        bgp=bgp,
        policy_based=policy_based,
    )


def _expectation(parts: Parts, found: _Sides, agreed: Terms, heap: Heap) -> Expectation:
    node, reached = parts.connection.node, found.reached
    egress = tuple(rule for rule in found.nat if rule.egress)
    used = _used(parts, reached)
    return Expectation(
        name=parts.connection.name,
        kind=parts.kind,
        id=real_id(parts.connection.id),
        endpoints=found.ends,
        vnet_prefixes=translated(reached.all, egress),
        on_premises=found.site,
        ike_version=agreed.version,
        policy=agreed.policy,
        esp_lifetime_seconds=agreed.lifetime_seconds,
        esp_lifetime_kilobytes=agreed.lifetime_kilobytes,
        policy_based=found.chosen.policy_based,
        custom_selectors=found.chosen.custom,
        selectors=found.chosen.pairs,
        dpd_seconds=agreed.dpd_seconds,
        certificate=by_certificate(node),
        bgp_enabled=found.bgp,
        bgp_asn=bgp_.asn(parts.gateway, bgp=found.bgp),
        nat=found.nat,
        untranslated=reached.all if egress else (),
        gateway=facts(parts.gateway, parts.connection, parts.site, reached.source, heap),
        circuits=circuits(parts.gateway, heap),
        status=node.text("connectionStatus"),
        exported_at=_oldest(used),
        provenance=tuple(Provenance(piece.node.file, piece.node.path) for piece in used),
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
    found = heap.find(kind, identity) or embedded(kind, reference) or heap.nameless(kind, identity)
    if found is None:
        reference.fault(
            f"{kind} {name_of(identity) or '(no id)'} is not among the exports"
            + heap.why_not(kind, identity),
            f"add it: {show_command(kind, identity)}",
        )
    return found


def _taken(parts: Parts, notes: list[str]) -> None:
    """Note what was not named but taken, since there is no other."""
    node = parts.connection.node
    for member, taken in ((_GATEWAY, parts.gateway), (_SITE, parts.site)):
        if node.get(member) is None:
            notes.append(
                f"{node.at(member)}: not told; {taken.kind} {taken.name}, the only one among the "
                "exports, is taken"
            )


def _policy_based(gateway: Resource) -> bool:
    kind = gateway.node.text("gatewayType")
    if kind and kind.casefold() != "vpn":
        gateway.node.fault(
            f"a connection of type IPsec to a gateway of type {kind!a}",
            "only VPN gateways terminate IPsec: name the gateway the connection belongs to",
        )
    return (gateway.node.text("vpnType") or "").casefold() == "policybased"


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
    asn = bgp_.as_number(parts.site)
    peer_address = peer.address() if peer else None
    if bgp and not (asn and peer_address):
        site.fault(
            f"the connection has BGP on, but the {called} has no bgpSettings.asn and "
            "bgpSettings.bgpPeeringAddress",
            _SET_PEER.get(parts.site.kind, "")
            + f"export all of it: {show_command(parts.site.kind, parts.site.id)}",
        )
    space = prefixes(site.told("localNetworkAddressSpace", notes), notes)
    if not (untold(parts.site, notes) or space or bgp):
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


def _doubts(found: _Sides, notes: list[str]) -> None:
    """What is imported as it stands, but may not mean what it seems to."""
    hidden = [rule.internal for rule in found.nat if not rule.egress]
    first = found.site.prefixes[:1000]
    ours = [net for net in first if not any(net.subnet_of(one) for one in hidden)]
    clashes = [
        f"{prefix} and {other}"
        for prefix in ours
        for other in found.reached.vnet
        if prefix.overlaps(other)
    ]
    if clashes:
        notes.append(f"on-premises and VNet prefixes overlap: {'; '.join(clashes[:5])}")


def _oldest(pieces: Iterable[Resource]) -> float | None:
    """Time of the oldest file, which is what an export can be trusted for."""
    return min((piece.modified for piece in pieces if piece.modified), default=None)
