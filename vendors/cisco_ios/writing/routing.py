"""What stands around a tunnel: permits at the outside interface, static routes, BGP."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from appliance.model.tunnel import Bgp, BgpPeer, Tunnel
from vendors.cisco import timers
from vendors.cisco.writing.section import Line, Section, line

PERMITS = (
    "permit udp host {} any eq isakmp",
    "permit udp host {} any eq non500-isakmp",
    "permit esp host {} any",
)
"""What Azure's gateway must be let in with at the outside interface."""


def permits(tunnel: Tunnel) -> Iterator[Section]:
    """Entries of ours in the outside access list; none when others let Azure in already."""
    placed = tunnel.objects.get("permits")
    if placed is None:
        return
    acl, *numbers = placed.split()
    remote = tunnel.remote.addresses[0]
    entries = [text.format(remote) for text in PERMITS]
    numbered = [f"{n} " for n in numbers] or [""] * len(entries)
    lines = [
        Line(text=f"{number}{entry}", slot=entry, undo=f"no {entry}")
        for number, entry in zip(numbered, entries, strict=True)
    ]
    name = f"ip access-list extended {acl}"
    yield Section(
        key=f"permits {name}",
        rank=35,
        heading=(name,),
        lines=tuple(lines),
        why="lets IKE and ESP from Azure in at the outside interface",
    )


def led(way: str) -> str:
    """Where a static route leads, without what follows: distance, name, tag, track."""
    words = way.split()
    end = next((at for at, word in enumerate(words) if word.isdecimal() or word in _BEHIND), None)
    return " ".join(words[:end])


_BEHIND = frozenset({"name", "tag", "track", "permanent"})


def routes(tunnel: Tunnel) -> Iterator[Section]:
    """Static routes into the tunnel interface."""
    if tunnel.interface is None:
        return
    vrf = f"vrf {tunnel.interface.vrf} " if tunnel.interface.vrf else ""
    for route in tunnel.routes:
        way = tunnel.objects.get(f"route {route}", tunnel.interface.name)
        start = f"ip route {vrf}{route.network_address} {route.netmask}"
        base = f"{start} {led(way)}"  # with another distance IOS writes over it
        yield Section(
            key=base,
            rank=80,
            heading=(),
            lines=(line(f"{start} {way}", slot=base),),
            why="sends Azure's prefix into the tunnel",
        )


def _speaker(tunnel: Tunnel, bgp: Bgp) -> Iterator[Section]:
    process = f"router bgp {tunnel.objects.get('bgp process', bgp.local_asn)}"
    vrf = tunnel.interface.vrf if tunnel.interface else None
    family = f"address-family ipv4 vrf {vrf}" if vrf else "address-family ipv4"
    yield Section(
        key=process,
        rank=90,
        heading=(process,),
        lines=(),
        why="the BGP process of the appliance",
    )
    for peer in bgp.peers:
        heading = (process, family) if vrf else (process,)
        yield _neighbor(process, heading, peer, tunnel.objects)
        yield Section(
            key=f"{process} {family} neighbor {peer.address}",
            rank=92,
            heading=(process, family),
            lines=(line(f"neighbor {peer.address} activate"),),
            owner=f"{process} neighbor {peer.address}",
            why="exchanges IPv4 routes with Azure",
        )
    yield Section(
        key=f"{process} {family} networks",
        rank=93,
        heading=(process, family),
        lines=tuple(line(f"network {n.network_address} mask {n.netmask}") for n in bgp.networks),
        why="advertises the on-premises prefixes",
    )


def _neighbor(
    process: str, heading: tuple[str, ...], peer: BgpPeer, objects: Mapping[str, str]
) -> Section:
    name = f"neighbor {peer.address}"
    local_as, timed = objects.get(f"local-as {peer.address}"), timers.spoken(peer, objects)
    lines = [line(f"{name} remote-as {peer.asn}", slot=f"{name} remote-as")]
    if local_as is not None:
        lines.append(line(f"{name} local-as {local_as}", slot=f"{name} local-as"))
    if peer.multihop is not None:
        lines.append(line(f"{name} ebgp-multihop {peer.multihop}", slot=f"{name} ebgp-multihop"))
    if peer.source is not None:
        lines.append(line(f"{name} update-source {peer.source}", slot=f"{name} update-source"))
    if timed is not None:
        lines.append(line(f"{name} timers {timed[0]} {timed[1]}", slot=f"{name} timers"))
    if not peer.enabled:
        lines.append(line(f"{name} shutdown"))
    return Section(
        key=f"{process} {name}",
        rank=91,
        heading=heading,
        lines=tuple(lines),
        why="the BGP session with Azure, inside the tunnel",
        remove=(*heading, f"no {name}"),
    )


def bgp(tunnel: Tunnel) -> Iterator[Section]:
    """The BGP process, its neighbours in the tunnel and the prefixes it advertises."""
    if tunnel.bgp is not None:
        yield from _speaker(tunnel, tunnel.bgp)
