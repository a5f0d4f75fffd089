"""Expectations for people: what acts on each connection, and how strong it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from appliance.azure.expectation import Endpoint, Expectation
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
    yield f"  on premises   {_on_premises(expectation)}"
    bgp = f"AS {expectation.bgp_asn}" if expectation.bgp_enabled else "off"
    yield f"  BGP           {bgp}"
    yield f"  key           {expectation.psk_state} in the export"
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
