"""Expectations as JSON documents, and as the inline values of an inventory."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from ipaddress import IPv4Network

from appliance.azure.defaults import ROUTE_BASED
from appliance.azure.expectation import (
    Circuit,
    Endpoint,
    Expectation,
    GatewayFacts,
    NatRule,
    OnPremisesEnd,
    Peering,
)
from appliance.azure.inline import POLICY_MEMBERS
from appliance.azure.listing import lines
from appliance.azure.policy import policy_words
from appliance.azure.selectors import product
from appliance.errors import ExpectationError
from appliance.model.intent import EspOffer
from appliance.model.secret import Secret
from appliance.model.tunnel import IkeProposal, TrafficSelector

__all__ = ["as_inventory", "document", "lines"]

SCHEMA = "appliance/expectation/1"


def document(
    expectations: Iterable[Expectation], *, fingerprint: Callable[[Secret], str] | None = None
) -> dict[str, object]:
    """The document of `appliance import azure -o json`; `fingerprint` says how to name a key.

    Numbers are seconds and kilobytes; groups are IANA's; nothing in it is secret.
    """
    now = datetime.now(UTC)
    return {
        "schema": SCHEMA,
        "connections": [_connection(each, now, fingerprint) for each in expectations],
    }


def as_inventory(expectation: Expectation) -> dict[str, object]:
    """The members `azure` (inline form) and `on_premises` of a site that say the same.

    Raises `ExpectationError` for an instance without an address, and for the default offers of a
    policy-based gateway or of Virtual WAN: the inline form has no words for them.
    """
    azure: dict[str, object] = {
        "endpoints": [_inline_endpoint(endpoint) for endpoint in expectation.endpoints],
        "vnet_prefixes": _texts(expectation.vnet_prefixes),
        "on_premises_prefixes": _texts(expectation.on_premises.prefixes),
        "ike_version": int(expectation.ike_version),
        "policy": _inline_policy(expectation),
        "policy_based_selectors": expectation.policy_based,
        "selectors": _pairs(_inline_selectors(expectation)),
        "connection_mode": str(expectation.policy.dials),
        "dpd_seconds": expectation.dpd_seconds,
        "bgp": {"enabled": expectation.bgp_enabled, "asn": expectation.bgp_asn},
    }
    kept = {name: value for name, value in azure.items() if value not in ([], None)}
    return {"azure": kept, "on_premises": _inline_site(expectation.on_premises)}


def _connection(
    expectation: Expectation, now: datetime, fingerprint: Callable[[Secret], str] | None
) -> dict[str, object]:
    said = expectation.exported_at
    exported = None if said is None else datetime.fromtimestamp(said, UTC)
    psk = expectation.psk
    return {
        "name": expectation.name,
        "kind": expectation.kind,
        "id": expectation.id,
        "endpoints": [_endpoint(endpoint) for endpoint in expectation.endpoints],
        "vnet_prefixes": _texts(expectation.vnet_prefixes),
        "on_premises": _on_premises(expectation.on_premises),
        "ike_version": int(expectation.ike_version),
        "policy": _policy(expectation),
        "selectors": {"mode": _mode(expectation), "pairs": _pairs(expectation.selectors)},
        "dpd_seconds": expectation.dpd_seconds,
        "psk": {
            "state": expectation.psk_state,
            "fingerprint": fingerprint(psk) if fingerprint and psk else None,
        },
        "authentication": "certificate" if expectation.certificate else "psk",
        "bgp": {"asn": expectation.bgp_asn, "enabled": expectation.bgp_enabled},
        "nat": [_plain(rule) for rule in expectation.nat],
        "untranslated_prefixes": _texts(expectation.untranslated),
        "gateway": _plain(expectation.gateway),
        "circuits": [_plain(circuit) for circuit in expectation.circuits],
        "status": expectation.status,
        "provisioning": dict(expectation.provisioning),
        "exported_at": None if exported is None else exported.isoformat(timespec="seconds"),
        "age_seconds": None if exported is None else max(0, int((now - exported).total_seconds())),
        "provenance": [
            {"file": piece.file, "path": piece.path} for piece in expectation.provenance
        ],
        "notes": list(expectation.notes),
    }


def _plain(value: object) -> object:
    """A record as a document, its members in words of JSON; None stays: it was not told."""
    match value:
        case GatewayFacts() | NatRule() | Circuit() | Peering():
            return {name: _plain(getattr(value, name)) for name in type(value).__slots__}
        case tuple():
            return [_plain(one) for one in value]
        case IPv4Network():
            return str(value)
        case _:
            return value


def _texts(values: Iterable[object]) -> list[str]:
    return [str(value) for value in values]


def _endpoint(endpoint: Endpoint) -> dict[str, object]:
    return {
        "name": endpoint.name,
        "address": None if endpoint.address is None else str(endpoint.address),
        "bgp_addresses": _texts(endpoint.bgp_addresses),
        "apipa_addresses": _texts(endpoint.apipa_addresses),
    }


def _on_premises(end: OnPremisesEnd) -> dict[str, object]:
    return {
        "address": None if end.address is None else str(end.address),
        "fqdn": end.fqdn,
        "prefixes": _texts(end.prefixes),
        "bgp": _peer(end),
    }


def _peer(end: OnPremisesEnd) -> dict[str, object] | None:
    if end.bgp_asn is None or end.bgp_address is None:
        return None
    return {"asn": end.bgp_asn, "address": str(end.bgp_address)}


def _policy(expectation: Expectation) -> dict[str, object]:
    policy = expectation.policy
    return {
        "kind": "default" if policy.default else "custom",
        "ike": [_ike(proposal) for proposal in policy.ike],
        "initiator": [_esp(offer) for offer in policy.initiator],
        "responder": [_esp(offer) for offer in policy.responder],
        "lifetime_seconds": expectation.esp_lifetime_seconds,
        "lifetime_kilobytes": expectation.esp_lifetime_kilobytes,
        "connection_mode": str(policy.dials),
    }


def _ike(proposal: IkeProposal) -> dict[str, object]:
    """Azure's proposals are exact: one value a member. An AEAD cipher has integrity `none`."""
    return {
        "encryption": str(proposal.encryption[0]),
        "integrity": str(proposal.integrity[0]) if proposal.integrity else "none",
        "prf": str(proposal.prf[0]),
        "group": int(proposal.groups[0]),
        "lifetime_seconds": proposal.lifetime_seconds,
    }


def _esp(offer: EspOffer) -> dict[str, object]:
    return {
        "encryption": str(offer.encryption),
        "integrity": str(offer.integrity),
        "pfs_group": None if offer.pfs_group is None else int(offer.pfs_group),
    }


def _mode(expectation: Expectation) -> str:
    if not expectation.policy_based:
        return "any"
    return "custom" if expectation.custom_selectors else "policy-based"


def _pairs(selectors: Iterable[TrafficSelector]) -> list[dict[str, str]]:
    return [{"local": str(pair.local), "remote": str(pair.remote)} for pair in selectors]


def _inline_endpoint(endpoint: Endpoint) -> dict[str, object]:
    bgp = _texts((*endpoint.bgp_addresses, *endpoint.apipa_addresses))
    if endpoint.address is None:
        raise ExpectationError(
            "the address of this gateway instance is not known, which inline values must say",
            where=endpoint.name,
            hint="add the export of the gateway: az network vnet-gateway show",
        )
    address = {"address": str(endpoint.address)}
    return {**address, "bgp_addresses": bgp} if bgp else {**address}


def _inline_policy(expectation: Expectation) -> object:
    if expectation.policy.default:
        if expectation.policy.ike != ROUTE_BASED.ike:
            raise ExpectationError(
                "inline values cannot say the default offers of a policy-based gateway or of "
                "Virtual WAN",
                where=expectation.name,
                hint="keep `azure: {export: PATH}` for this site",
            )
        return "default"
    words = policy_words(expectation.policy)
    return {
        **{member: words[field] for field, member in POLICY_MEMBERS.items()},
        "sa_lifetime_seconds": expectation.esp_lifetime_seconds,
        "sa_data_size_kilobytes": expectation.esp_lifetime_kilobytes,
    }


def _inline_selectors(expectation: Expectation) -> tuple[TrafficSelector, ...]:
    """Selectors that do not follow from the prefixes."""
    every = expectation.selectors and product(
        expectation.on_premises.prefixes, expectation.vnet_prefixes
    )
    return () if every == expectation.selectors else expectation.selectors


def _inline_site(end: OnPremisesEnd) -> dict[str, object]:
    site: dict[str, object] = {}
    if end.address is not None:
        site["public_ip"] = str(end.address)
    if end.prefixes:
        site["prefixes"] = _texts(end.prefixes)
    if (peer := _peer(end)) is not None:
        site["bgp"] = peer
    return site
