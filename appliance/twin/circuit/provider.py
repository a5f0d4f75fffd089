"""Microsoft's and Azure's side of a circuit, from what Azure expects; see `customer`."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network

from appliance.azure.expectation import AZURE_ASN
from appliance.model.edge import MICROSOFT_ASN, USUAL_PREFERENCE, Bfd
from appliance.twin.circuit.standing import Link, Standing, key_word
from appliance.twin.network import TUN
from appliance.twin.sessions import speaks
from appliance.twin.speaker import (
    Entry,
    Neighbor,
    Policy,
    Rule,
    Speaker,
    Static,
)

_PREFERRED = 2 * USUAL_PREFERENCE
_BEHIND = 250
"""Azure prefers ExpressRoute by itself for an equal prefix, whatever the VPN learned it by
("Using S2S VPN as a backup for ExpressRoute private peering")."""
_DEFAULT = "0.0.0.0/0"


def between(number: int) -> tuple[str, str]:
    """Addresses of a line's inner end: the VNet's and Microsoft's (RFC 2544: nobody's)."""
    return f"198.18.254.{4 * number + 1}", f"198.18.254.{4 * number + 2}"


def router(standing: Standing, link: Link, number: int) -> Speaker:
    """Microsoft's router at the end of one line. A default route it teaches only when told to."""
    vnet, own = between(number)
    azure, taught = link.azure, _exactly(standing.subject.expectation.vnet_prefixes)
    default = Entry(network=_DEFAULT, shortest=0, longest=0)
    customer = Neighbor(
        name=link.name,
        local=str(azure.microsoft.ip),
        local_asn=MICROSOFT_ASN,
        remote=str(azure.ours.ip),
        remote_asn=azure.asn or 0,
        key=_key(link),
        detection=Bfd(),
        sends=Policy(rules=(Rule(entries=(*taught, default)),)),
    )
    inner = Neighbor(
        name="vnet",
        local=own,
        local_asn=MICROSOFT_ASN,
        remote=vnet,
        remote_asn=AZURE_ASN,
        sends=Policy(rules=(Rule(permit=False, entries=(*taught, default)),), otherwise=True),
    )
    return Speaker(
        identity=f"1.0.1.{number + 1}",
        neighbors=(customer, inner),
        networks=tuple(one.network for one in taught),
        later=(_DEFAULT,),
    )


def _key(link: Link) -> str | None:
    """Of two keys that differ each end has a word of its own."""
    word = key_word(link.azure.key, None if link.held is None else link.held.session.key)
    return "theirs" if word == "ours" else word


def vnet(standing: Standing) -> Speaker:
    """Azure's own routing: what the gateways of both kinds know, the circuit's first."""
    expectation = standing.subject.expectation
    return Speaker(
        identity="1.0.0.2",  # the lowest: between equals the device takes the VPN, the worse case
        neighbors=(*_gateway(standing), *_tunnel(standing)),
        statics=tuple(_statics(standing)),
        networks=tuple(map(str, expectation.vnet_prefixes)),
    )


def _gateway(standing: Standing) -> Iterator[Neighbor]:
    for number, link in enumerate(standing.links):
        own, theirs = between(number)
        yield Neighbor(
            name=link.name,
            local=own,
            local_asn=AZURE_ASN,
            remote=theirs,
            remote_asn=MICROSOFT_ASN,
            receives=Policy(rules=(Rule(preference=_PREFERRED),)),
            sends=Policy(),
        )


def _tunnel(standing: Standing) -> Iterator[Neighbor]:
    subject = standing.subject
    end, ours = subject.expectation.on_premises, subject.endpoint
    known = (*ours.apipa_addresses, *ours.bgp_addresses)
    if not speaks(subject) or end.bgp_address is None or end.bgp_asn is None or not known:
        return
    own = next((one for one in known if _is_spoken_to(standing, one)), known[0])
    yield Neighbor(
        name="vpn",
        local=str(own),
        local_asn=subject.expectation.bgp_asn or AZURE_ASN,
        remote=str(end.bgp_address),
        remote_asn=end.bgp_asn,
        multihop=4,
        sends=Policy(rules=(Rule(entries=_exactly(subject.expectation.vnet_prefixes)),)),
    )


def _is_spoken_to(standing: Standing, address: object) -> bool:
    """A gateway listens on several addresses; the session is on the one that the device calls."""
    bgp = standing.subject.tunnel.bgp
    return bgp is not None and any(one.address == address for one in bgp.peers)


def _statics(standing: Standing) -> Iterator[Static]:
    """The local network gateway's networks lead into the tunnel, behind the circuit."""
    end = standing.subject.expectation.on_premises
    for network in end.prefixes:
        yield Static(network=str(network), via=TUN, distance=_BEHIND)
    if end.bgp_address is not None:
        yield Static(network=f"{end.bgp_address}/32", via=TUN)


def _exactly(networks: tuple[IPv4Network, ...]) -> tuple[Entry, ...]:
    return tuple(
        Entry(network=str(one), shortest=one.prefixlen, longest=one.prefixlen) for one in networks
    )
