"""Checks of BGP sessions. From "About BGP with VPN Gateway" and "Configure BGP"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from ipaddress import IPv4Address, IPv4Network

from appliance.checks.check import BREAKING, INFORMATION, WARNING, Check, Subject, one
from appliance.checks.overlap import by_gateway
from appliance.model.tunnel import BgpPeer, Tunnel

KEEPALIVE, HOLD = 60, 180
"""Azure's timers, which it does not negotiate."""
SHORTEST_HOLD = 60
MOST_ROUTES = 4_000
NEAR_MOST = MOST_ROUTES * 8 // 10

_APIPA = IPv4Network("169.254.0.0/16")
_AZURE_APIPA = (IPv4Address("169.254.21.0"), IPv4Address("169.254.22.255"))
_OTHER_CLOUDS = ("usgov", "usdod", "ussec", "usnat", "china")
"""How regions of clouds begin for which that range is not documented."""
_RESERVED = (
    range(8_074, 8_076),
    range(12_076, 12_077),
    range(23_456, 23_457),
    range(64_496, 64_512),
    range(65_515, 65_516),
    range(65_517, 65_521),
    range(65_535, 65_552),
    range(4_294_967_295, 4_294_967_296),
)


def _our_numbers(subject: Subject) -> dict[str, int]:
    """AS numbers of the site, by who says so."""
    ours, theirs = subject.site.on_premises.bgp, subject.expectation.on_premises.bgp_asn
    found = {} if ours is None else {"the inventory": ours.asn}
    return found if theirs is None else {**found, "the local network gateway": theirs}


def _our_addresses(subject: Subject) -> tuple[IPv4Address, ...]:
    ours, theirs = subject.site.on_premises.bgp, subject.expectation.on_premises.bgp_address
    both = (None if ours is None else ours.address, theirs)
    return tuple(dict.fromkeys(address for address in both if address is not None))


def _sessions(subject: Subject) -> Iterator[tuple[Tunnel, BgpPeer]]:
    for tunnel in subject.intent.tunnels:
        for peer in tunnel.bgp.peers if tunnel.bgp else ():
            yield tunnel, peer


def _reserved(subject: Subject) -> Iterator[str]:
    if subject.expectation.bgp_enabled:
        for who, number in _our_numbers(subject).items():
            if any(number in numbers for numbers in _RESERVED):
                yield f"AS {number} in {who}"


def _same(subject: Subject) -> Iterator[str]:
    azures = subject.expectation.bgp_asn
    if subject.expectation.bgp_enabled and azures in _our_numbers(subject).values():
        yield f"both are AS {azures}"


def _public_peer(subject: Subject) -> Iterator[str]:
    if subject.expectation.bgp_enabled:
        public = subject.site.on_premises.address
        same = [address for address in _our_addresses(subject) if address == public]
        yield from one(same, "{} is the public address too")


def _vnet_peer(subject: Subject) -> Iterator[str]:
    if not subject.expectation.bgp_enabled:
        return
    for address in _our_addresses(subject):
        told = subject.expectation
        behind = dict.fromkeys((*told.vnet_prefixes, *told.untranslated))
        inside = [net for net in behind if net.prefixlen and address in net]
        yield from one(inside, f"{address} lies in {{}}")


def _wrong_apipa(subject: Subject) -> Iterator[str]:
    region = subject.expectation.gateway.location or ""
    if not subject.expectation.bgp_enabled or region.startswith(_OTHER_CLOUDS):
        return
    instances = (endpoint.apipa_addresses for endpoint in subject.expectation.endpoints)
    known = (*_our_addresses(subject), *(address for each in instances for address in each))
    low, high = _AZURE_APIPA
    outside = [address for address in known if address in _APIPA and not low <= address <= high]
    yield from one(outside, "{}")


def _passive(subject: Subject) -> Iterator[str]:
    if subject.expectation.bgp_enabled:
        local = [address for address in _our_addresses(subject) if address in _APIPA]
        yield from one(local, "the site's peer address is {}")


def _unreachable(subject: Subject) -> Iterator[str]:
    for tunnel, peer in _sessions(subject):
        if IPv4Network(peer.address) not in tunnel.routes and not _connected(tunnel, peer):
            yield f"{tunnel.name}: no route to {peer.address}"


def _connected(tunnel: Tunnel, peer: BgpPeer) -> bool:
    """Whether the peer is on the network of the tunnel's own address."""
    interface = tunnel.interface
    own = None if interface is None else interface.address
    return own is not None and peer.address in own.network


def _doubled(subject: Subject) -> Iterator[str]:
    """With several tunnels the sessions speak from an interface apart, unless one is named."""
    if len(subject.intent.tunnels) < 2:  # noqa: PLR2004 -- a single one speaks from the tunnel
        return
    ends = (tunnel.interface for tunnel in subject.intent.tunnels)
    own = [end.address for end in ends if end is not None]
    speakers = {p.local_address for _, p in _sessions(subject) if p.source is None}
    for address in sorted(speaker for speaker in speakers if speaker is not None):
        held = [each for each in own if each is not None and address in each.network]
        yield from one(held, f"{address} and the tunnel's own {{}}")


def _timers(subject: Subject) -> Iterator[str]:
    for tunnel, peer in _sessions(subject):
        low = SHORTEST_HOLD <= peer.hold_seconds < HOLD
        if low or (peer.keepalive_seconds != KEEPALIVE and peer.hold_seconds >= HOLD):
            yield f"{tunnel.name}: {peer.keepalive_seconds}/{peer.hold_seconds} s"


def _flapping(subject: Subject) -> Iterator[str]:
    for tunnel, peer in _sessions(subject):
        if 0 < peer.hold_seconds < SHORTEST_HOLD:
            yield f"{tunnel.name}: hold time {peer.hold_seconds} s"


def _advertised(subject: Subject) -> int:
    return len(subject.site.on_premises.prefixes) if subject.speaks_bgp else 0


def _too_many(subject: Subject) -> Iterator[str]:
    if _advertised(subject) > MOST_ROUTES:
        yield f"{_advertised(subject)} prefixes"


def _nearly(subject: Subject) -> Iterator[str]:
    if NEAR_MOST < _advertised(subject) <= MOST_ROUTES:
        yield f"{_advertised(subject)} of {MOST_ROUTES} prefixes"


def _default(subject: Subject) -> Iterator[str]:
    ours = subject.site.on_premises.prefixes
    if subject.speaks_bgp and any(net.prefixlen == 0 for net in ours):
        yield "0.0.0.0/0 in `on_premises.prefixes`"


def _twice(subjects: Sequence[Subject]) -> Iterator[tuple[str, str]]:
    """The BGP address of an appliance is how the gateway tells its peers apart."""
    for gateway, together in by_gateway(subjects).items():
        first: dict[IPv4Address, Subject] = {}
        for subject in together:
            for address in _our_addresses(subject) if subject.expectation.bgp_enabled else ():
                other = first.setdefault(address, subject)
                if other is not subject:
                    yield subject.site.name, f"{address} is {other.site.name}'s too, at {gateway}"


CHECKS = (
    Check(
        id="AZ-BGP-001",
        severity=BREAKING,
        title="a reserved AS number on premises",
        page="""Azure keeps 8074, 8075, 12076, 65515 and 65517 to 65520 for itself; 23456,
64496 to 64511, 65535 to 65551 and 4294967295 nobody may use (IANA). Free for private use are
64512 to 65514 and 65521 to 65534.""",
        find=_reserved,
    ),
    Check(
        id="AZ-BGP-002",
        severity=BREAKING,
        title="both sides have the same AS number",
        page="""Azure peers by eBGP only. Give the appliance another private number than the
gateway's (65515 unless it was changed).""",
        find=_same,
    ),
    Check(
        id="AZ-BGP-003",
        severity=BREAKING,
        title="the appliance's BGP address is its public address",
        page="""The session must run inside the tunnel, and the public address is reached
outside of it. Peer from a loopback, an inside interface or an APIPA address.""",
        find=_public_peer,
    ),
    Check(
        id="AZ-BGP-004",
        severity=BREAKING,
        title="the appliance's BGP address lies in the VNet",
        page="""Azure looks for it in its own network and never reaches the appliance. Peer
from an address that is the site's, or from an APIPA one.""",
        find=_vnet_peer,
    ),
    Check(
        id="AZ-BGP-005",
        severity=BREAKING,
        title="an APIPA address that Azure does not take",
        page="""In Azure's public cloud BGP peers use 169.254.21.0 to 169.254.22.255, on both
sides; each address once only. Of the clouds of governments and of China nothing is said.""",
        find=_wrong_apipa,
    ),
    Check(
        id="AZ-BGP-006",
        severity=INFORMATION,
        title="only the appliance can open the BGP session",
        page="""With APIPA addresses Azure never opens the TCP connection, it waits. The
session on the appliance must not be passive, and a filter must let it out (TCP 179).""",
        find=_passive,
    ),
    Check(
        id="AZ-BGP-007",
        severity=BREAKING,
        title="no route to a BGP peer of the gateway",
        page="""The addresses in GatewaySubnet are not on a connected network: each needs a
host route (/32) into its own tunnel, or the session has nothing to begin with.""",
        find=_unreachable,
    ),
    Check(
        id="AZ-BGP-008",
        severity=WARNING,
        title="BGP timers other than Azure's",
        page=f"""Azure sends a keepalive each {KEEPALIVE} s and holds for {HOLD} s, and does
not negotiate. With a shorter hold time on the appliance a single lost keepalive may end the
session.""",
        find=_timers,
    ),
    Check(
        id="AZ-BGP-009",
        severity=BREAKING,
        title="the BGP hold time is shorter than Azure's keepalive",
        page=f"""The session ends before Azure's next keepalive, comes up again, and so on.
Take {KEEPALIVE}/{HOLD}.""",
        find=_flapping,
    ),
    Check(
        id="AZ-BGP-010",
        severity=BREAKING,
        title="too many prefixes for Azure",
        page=f"""Azure ends the session with a peer that advertises more than {MOST_ROUTES}
prefixes. Summarise.""",
        find=_too_many,
    ),
    Check(
        id="AZ-BGP-011",
        severity=WARNING,
        title="nearly too many prefixes for Azure",
        page=f"""Azure ends the session above {MOST_ROUTES} prefixes, and takes the site off
with it. Summarise while there is time.""",
        find=_nearly,
    ),
    Check(
        id="AZ-BGP-012",
        severity=BREAKING,
        title="a default route would be advertised to Azure",
        page="""Azure accepts it, and from then on sends all traffic of the VNets to the
Internet through this site (forced tunnelling): their own Internet access, updates and public
services break unless the site translates and forwards them.

Take 0.0.0.0/0 out of `on_premises.prefixes`; where it is meant, accept the finding.""",
        find=_default,
    ),
    Check(
        id="AZ-BGP-013",
        severity=BREAKING,
        title="two sites of one gateway have the same BGP address",
        page="""The gateway tells its peers apart by their addresses: only one of the sessions
works. Seen by `appliance validate` over both sites.""",
        across=_twice,
    ),
    Check(
        id="AZ-BGP-014",
        severity=BREAKING,
        title="the BGP address would stand on two interfaces",
        page="""A local network gateway has one BGP address, and both instances of the gateway
speak to it: with two tunnels it gets an interface of its own, from which both sessions speak. A
device refuses it there while a tunnel has the same network.

Leave `device.tunnel.addresses` out: the tunnels then borrow that address. Or name the interface
that has it already, `on_premises.bgp.source`.""",
        find=_doubled,
    ),
)
