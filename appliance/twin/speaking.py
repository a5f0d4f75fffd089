"""The two BGP speakers of a tunnel: the device's as it is configured, Azure's as exported.

Each end is told from its own side's values only, as with IKE: what does not fit shows when they
talk.
"""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network

from appliance.azure.expectation import AZURE_ASN
from appliance.model.tunnel import Bgp, BgpPeer
from appliance.twin.dialogue import Dialogue
from appliance.twin.network import TUN
from appliance.twin.sessions import connected, needs_hops
from appliance.twin.speaker import Entry, Neighbor, Policy, Rule, Speaker, Static
from appliance.twin.subject import Subject

HOLD_SECONDS = 3
"""BIRD's least; Azure has 180 s, and devices have what they were given."""
_FAR = 8
"""A TTL that is enough for any way through a tunnel."""
_LINK_LOCAL = IPv4Network("169.254.0.0/16")


def dialogue(subject: Subject) -> Dialogue | None:
    """Both speakers; None where Azure speaks none on this connection, or the device has no peer."""
    bgp, address = subject.tunnel.bgp, azures(subject)
    if not subject.expectation.bgp_enabled or bgp is None or not bgp.peers or address is None:
        return None
    return Dialogue(
        device=Speaker(
            identity="1.0.0.1",
            neighbors=tuple(_device(subject, bgp)),
            statics=_statics((*_next_door(subject), *subject.tunnel.routes)),
            networks=tuple(map(str, dict.fromkeys(bgp.networks))),
        ),
        azure=_azure(subject, address),
        here=tuple(dict.fromkeys(_here(subject, bgp))),
        there=tuple(f"{one}/32" for one in _known(subject)),
    )


def azures(subject: Subject) -> IPv4Address | None:
    """The instance's own address: a custom one where it knows the site by such a one."""
    ours, endpoint = _expected(subject), subject.endpoint
    custom = ours is not None and ours in _LINK_LOCAL
    known = (endpoint.apipa_addresses if custom else ()) or endpoint.bgp_addresses
    return known[0] if known else None


def _known(subject: Subject) -> tuple[IPv4Address, ...]:
    return (*subject.endpoint.bgp_addresses, *subject.endpoint.apipa_addresses)


def _device(subject: Subject, bgp: Bgp) -> Iterator[Neighbor]:
    sends = Policy(rules=(Rule(entries=tuple(map(_exactly, bgp.networks))),))
    for number, peer in enumerate(bgp.peers):
        local = source(subject, peer)
        if peer.enabled and local not in (None, peer.address):
            yield Neighbor(
                name=f"azure{number}",
                local=str(local),
                local_asn=bgp.local_asn,
                remote=str(peer.address),
                remote_asn=peer.asn,
                multihop=_multihop(subject, peer),
                sends=sends,
                hold_seconds=HOLD_SECONDS,
            )


def source(subject: Subject, peer: BgpPeer) -> IPv4Address | None:
    """Where the device's session comes from: as configured, else the tunnel's own address, else
    that of the outside interface, which the tunnel's then borrows."""
    if peer.local_address is not None:
        return peer.local_address
    interface = subject.tunnel.interface
    if interface is not None and interface.address is not None:
        return interface.address.ip
    return subject.tunnel.local.address or subject.public


def _multihop(subject: Subject, peer: BgpPeer) -> int | None:
    """None: on a network of the tunnel interface, or not at all."""
    if (peer.multihop or 1) > 1:
        return max(peer.multihop or 1, 2)
    return None if needs_hops(subject) or connected(peer.address, subject.tunnel) else _FAR


def _next_door(subject: Subject) -> Iterator[IPv4Network]:
    """The tunnel interface's own network: what BIRD learns from there it looks up like the rest."""
    interface = subject.tunnel.interface
    held = None if interface is None else interface.address
    if held is not None and held.network.num_addresses > 1:
        yield held.network


def _statics(networks: tuple[IPv4Network, ...]) -> tuple[Static, ...]:
    return tuple(Static(network=str(one), via=TUN) for one in dict.fromkeys(networks))


def _here(subject: Subject, bgp: Bgp) -> Iterator[str]:
    """The tunnel interface's address, then those that sessions come from."""
    interface = subject.tunnel.interface
    held = None if interface is None else interface.address
    if held is not None:
        yield str(held)
    outside = subject.tunnel.local.address or subject.public
    for peer in bgp.peers:
        local = source(subject, peer)
        if local not in (None, outside) and (held is None or local != held.ip):
            yield f"{local}/32"


def _exactly(network: IPv4Network) -> Entry:
    return Entry(network=str(network), shortest=network.prefixlen, longest=network.prefixlen)


def _azure(subject: Subject, address: IPv4Address) -> Speaker:
    """Azure waits for the one address that it knows, with the AS number that it knows."""
    expectation = subject.expectation
    ours = expectation.on_premises
    networks = expectation.vnet_prefixes
    theirs = _expected(subject)
    statics = tuple(dict.fromkeys((*ours.prefixes, *(() if theirs is None else (_host(theirs),)))))
    peers = () if theirs is None else (theirs,)
    return Speaker(
        identity="2.0.0.1",
        neighbors=tuple(
            Neighbor(
                name="site",
                local=str(address),
                local_asn=expectation.bgp_asn or AZURE_ASN,
                remote=str(peer),
                remote_asn=ours.bgp_asn or _asn(subject),
                multihop=_FAR,
                sends=Policy(rules=(Rule(entries=tuple(map(_exactly, networks))),)),
                hold_seconds=HOLD_SECONDS,
            )
            for peer in peers
        ),
        statics=_statics(statics),
        networks=tuple(map(str, dict.fromkeys(networks))),
    )


def _host(address: IPv4Address) -> IPv4Network:
    return IPv4Network(address)


def _expected(subject: Subject) -> IPv4Address | None:
    """Where Azure looks for the device's BGP."""
    return subject.expectation.on_premises.bgp_address or next(_sources(subject), None)


def _sources(subject: Subject) -> Iterator[IPv4Address]:
    """What an export without an address of ours leaves open is taken to be right."""
    for peer in () if subject.tunnel.bgp is None else subject.tunnel.bgp.peers:
        local = source(subject, peer)
        if local is not None:
            yield local


def _asn(subject: Subject) -> int:
    return 0 if subject.tunnel.bgp is None else subject.tunnel.bgp.local_asn
