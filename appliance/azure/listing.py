"""Expectations for people: what acts on each connection, and how strong it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from appliance.azure.expectation import Circuit, Endpoint, Expectation, NatRule
from appliance.model.algorithms import Integrity, Strength
from appliance.model.intent import Dials, EspOffer
from appliance.model.tunnel import IkeProposal

_DIALS = {
    Dials.EITHER: "either side dials",
    Dials.AZURE: "only Azure dials",
    Dials.APPLIANCE: "only the appliance dials",
}
_MAX_PAIRS = 12


def lines(expectations: Iterable[Expectation]) -> tuple[str, ...]:
    """A paragraph for each connection, blank lines between them."""
    now = datetime.now(UTC)
    told = [line for each in expectations for line in (*_connection(each, now), "")]
    return tuple(told[:-1])


def _connection(expectation: Expectation, now: datetime) -> Iterator[str]:
    yield f"{expectation.name} ({expectation.kind}){_state(expectation, now)}"
    for endpoint in expectation.endpoints:
        yield f"  gateway       {_endpoint(endpoint)}"
    yield f"  behind it     {_listed(expectation.vnet_prefixes)}"
    if expectation.untranslated:
        yield f"  without NAT   {_listed(expectation.untranslated)}"
    for rule in expectation.nat:
        yield f"  NAT           {_nat(rule)}"
    yield f"  on premises   {_on_premises(expectation)}"
    bgp = f"AS {expectation.bgp_asn}" if expectation.bgp_enabled else "off"
    yield f"  BGP           {bgp}"
    yield f"  key           {_key(expectation)}"
    yield from _gateway(expectation)
    for circuit in expectation.circuits:
        yield f"  circuit       {_circuit(circuit)}"
    yield from _policy(expectation)
    yield from _selectors(expectation)
    for note in expectation.notes:
        yield f"  note: {note}"


def _state(expectation: Expectation, now: datetime) -> str:
    status = f", {expectation.status}" if expectation.status else ""
    if expectation.exported_at is None:
        return status
    age = max(0, int(now.timestamp() - expectation.exported_at))
    days, hours, minutes = age // 86_400, age // 3_600, age // 60
    ago = next((f"{count} {unit}" for count, unit in ((days, "days"), (hours, "h")) if count), "")
    return f"{status}, exported {ago or f'{minutes} min'} ago"


def _listed(values: Iterable[object]) -> str:
    return " ".join(map(str, values)) or "nothing told"


def _endpoint(endpoint: Endpoint) -> str:
    bgp = " ".join(map(str, (*endpoint.bgp_addresses, *endpoint.apipa_addresses)))
    peers = f", BGP {bgp}" if bgp else ""
    return f"{endpoint.address or 'address not known'} ({endpoint.name}{peers})"


def _on_premises(expectation: Expectation) -> str:
    end = expectation.on_premises
    peer = f", AS {end.bgp_asn} at {end.bgp_address}" if end.bgp_asn and end.bgp_address else ""
    return f"{end.address or end.fqdn or 'not told'}: {_listed(end.prefixes)}{peer}"


def _key(expectation: Expectation) -> str:
    certified = "none: Azure authenticates by certificate"
    return certified if expectation.certificate else f"{expectation.psk_state} in the export"


def _nat(rule: NatRule) -> str:
    """Whose addresses, and who sees which in their place."""
    whose, seer = ("Azure's", "the site") if rule.egress else ("the site's", "Azure")
    bound = f", on {rule.instance} only" if rule.instance else ""
    kind = "dynamic" if rule.dynamic else "static"
    return f"{whose} {rule.internal} is {rule.external} to {seer} ({rule.name}, {kind}{bound})"


def _gateway(expectation: Expectation) -> Iterator[str]:
    """What is told of the gateway itself, on one line; nothing when nothing is."""
    told = expectation.gateway
    parts = (
        told.sku,
        told.vpn_type,
        "active-active" if told.active_active else None,
        f"of scale unit {told.scale_units}" if told.scale_units else None,
        f"{told.subnet} {_listed(told.subnet_prefixes)}" if told.subnet_prefixes else None,
        f"security group {told.security_group}" if told.security_group else None,
        f"route table {told.route_table}" if told.route_table else None,
        f"default site {told.default_site}" if told.default_site else None,
        f"public address {told.public_ip_skus[0]}" if told.public_ip_skus else None,
    )
    if any(parts):
        yield f"  gateway is    {', '.join(part for part in parts if part)}"


def _circuit(circuit: Circuit) -> str:
    peering = circuit.peering
    parts = (
        circuit.name,
        f"{circuit.bandwidth_mbps} Mbps" if circuit.bandwidth_mbps else None,
        circuit.provider_state,
        f"links {peering.primary} {peering.secondary}" if peering.primary else None,
        f"VLAN {peering.vlan}" if peering.vlan else None,
        f"AS {peering.azure_asn} and {peering.peer_asn}" if peering.peer_asn else None,
        f"gateway {circuit.gateway_sku or 'of unknown SKU'}" if circuit.connected else "no gateway",
    )
    return ", ".join(part for part in parts if part)


def _policy(expectation: Expectation) -> Iterator[str]:
    policy = expectation.policy
    kind = "Azure's default policy" if policy.default else "custom policy"
    yield (
        f"  IKEv{expectation.ike_version}         {kind}; {_DIALS[policy.dials]}; liveness "
        f"{expectation.dpd_seconds} s"
    )
    for proposal in policy.ike:
        yield f"    IKE         {_ike(proposal)}"
    both = [offer for offer in policy.responder if offer in policy.initiator]
    for offer in both:
        yield f"    ESP         {_esp(offer)}"
    for offer in policy.responder:
        if offer not in both:
            yield f"    ESP         {_esp(offer)}; only when the appliance dials"
    yield (
        f"    lifetimes   IKE {expectation.ike_lifetime_seconds} s, ESP "
        f"{expectation.esp_lifetime_seconds} s, {expectation.esp_lifetime_kilobytes} KB"
    )


def _ike(proposal: IkeProposal) -> str:
    integrity = f" {proposal.integrity[0]}" if proposal.integrity else ""
    weakest = min(
        *(each.strength for each in proposal.encryption),
        *(each.strength for each in proposal.integrity),
        *(each.strength for each in proposal.prf),
        *(each.strength for each in proposal.groups),
    )
    return (
        f"{proposal.encryption[0]}{integrity} prf {proposal.prf[0]} "
        f"group {proposal.groups[0].value}: {_strength(weakest)}"
    )


def _esp(offer: EspOffer) -> str:
    integrity = "" if offer.integrity is Integrity.NONE else f" {offer.integrity}"
    pfs = "no PFS" if offer.pfs_group is None else f"PFS group {offer.pfs_group.value}"
    group = Strength.STRONG if offer.pfs_group is None else offer.pfs_group.strength
    weakest = min(offer.encryption.strength, offer.integrity.strength, group)
    return f"{offer.encryption}{integrity}, {pfs}: {_strength(weakest)}"


def _strength(strength: Strength) -> str:
    return strength.name.lower()


def _selectors(expectation: Expectation) -> Iterator[str]:
    if not expectation.policy_based:
        yield "  selectors     any to any"
        return
    how = "set one by one" if expectation.custom_selectors else "every prefix with every other"
    yield f"  selectors     {len(expectation.selectors)}, {how}"
    for pair in expectation.selectors[:_MAX_PAIRS]:
        yield f"    {pair}"
    if len(expectation.selectors) > _MAX_PAIRS:
        yield f"    and {len(expectation.selectors) - _MAX_PAIRS} more"
