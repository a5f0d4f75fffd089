"""BGP of a connection: whether it is on, AS numbers, and peerings that cannot come up."""

from __future__ import annotations

from collections.abc import Iterable

from appliance.azure.expectation import AZURE_ASN, Endpoint, OnPremisesEnd
from appliance.azure.origin import Unknown
from appliance.azure.resources import Resource

_MAX_ASN = 4_294_967_295


def speaks(connection: Resource, gateway: Resource, notes: list[str]) -> bool:
    """Whether BGP is on."""
    wanted = connection.node.flag("enableBgp")
    told = gateway.node.get("enableBgp") is not None
    if wanted and told and not gateway.node.flag("enableBgp"):
        notes.append(f"{gateway.node.at('enableBgp')}: false, although the connection has BGP on")
    return wanted


def asn(gateway: Resource, *, bgp: bool) -> int | None:
    """The gateway's AS number, Azure's own unless it has another; None when it is not known."""
    settings = gateway.node.get("bgpSettings")
    if settings is not None and isinstance(settings.value, Unknown):
        if bgp:
            settings.unknown()
        return None
    return as_number(gateway) or AZURE_ASN


def as_number(resource: Resource) -> int | None:
    """The BGP AS number of a gateway; None when it has none (PowerShell shows 0)."""
    settings = resource.node.get("bgpSettings")
    number = settings.number("asn") if settings else None
    if settings and number and number > _MAX_ASN:
        settings.fault(f"{number} is no AS number")
    return number or None


def doubts(
    gateway: Resource, end: OnPremisesEnd, ends: Iterable[Endpoint], notes: list[str]
) -> None:
    """Peerings that cannot come up ("About BGP with VPN Gateway")."""
    if end.bgp_asn == asn(gateway, bgp=True):
        notes.append(f"both sides have AS {end.bgp_asn}; Azure peers with another AS only")
    apipa = end.bgp_address is not None and end.bgp_address.is_link_local
    without = [endpoint.name for endpoint in ends if apipa and not endpoint.apipa_addresses]
    if without:
        notes.append(
            f"the site's BGP address {end.bgp_address} is an APIPA one, but gateway instance "
            f"{', '.join(without)} has no custom APIPA address to peer with it"
        )
