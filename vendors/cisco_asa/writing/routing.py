"""What stands around a tunnel as ASA sections: permits, static routes, BGP."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address

from appliance.model.tunnel import Bgp, BgpPeer, Tunnel
from appliance.record import replace
from vendors.cisco import timers
from vendors.cisco.writing.section import Section, line
from vendors.cisco_asa.writing.marks import added

PERMITS = (
    "extended permit udp host {} any eq isakmp",
    "extended permit udp host {} any eq 4500",
    "extended permit esp host {} any",
)
"""What Azure's gateway must be let in with where an access list filters traffic to the box."""

FAMILY = "address-family ipv4 unicast"


def permits(tunnel: Tunnel) -> Iterator[Section]:
    """Entries of ours in the control-plane list; none when others let Azure in already."""
    placed = tunnel.objects.get("permits")
    if placed is None:
        return
    acl, _, number = placed.partition(" ")
    remote = tunnel.remote.addresses[0]
    name = f"access-list {acl}"
    at = f"line {number} " if number else ""
    entries = permitting(remote)
    yield Section(
        key=f"permits {name} {remote}",
        rank=15,
        heading=(),
        lines=tuple(
            replace(line(f"{name} {entry}"), typed=f"{name} {at}{entry}") for entry in entries
        ),
        why="lets IKE and ESP from Azure in at the outside interface",
    )


def permitting(remote: IPv4Address) -> tuple[str, ...]:
    """The entries that let a gateway in, as the device shows them."""
    return tuple(text.format(remote) for text in PERMITS)


def routes(tunnel: Tunnel) -> Iterator[Section]:
    """Static routes into the tunnel interface."""
    nameif = tunnel.objects.get("nameif")
    for route in tunnel.routes:
        way = tunnel.objects.get(f"route {route}") or other_end(tunnel)
        if nameif is None or way is None:
            continue
        hop, _, rest = way.partition(" ")
        tail = "" if rest in {"", "1"} else f" {rest}"  # a distance of 1 is shown, not typed
        text = f"route {nameif} {route.network_address} {route.netmask} {hop}{tail}"
        yield Section(
            key=text,
            rank=70,
            heading=(),
            lines=(line(text),),
            why="sends Azure's prefix into the tunnel",
        )


def other_end(tunnel: Tunnel) -> str | None:
    """The next hop in a tunnel: its other end, which nobody has to have."""
    interface = tunnel.interface
    address = interface.address if interface is not None else None
    if address is None:
        lent = interface is not None and interface.unnumbered is not None
        return str(tunnel.remote.addresses[0]) if lent and tunnel.remote.addresses else None
    return str(next((host for host in address.network.hosts() if host != address.ip), address.ip))


def bgp(tunnel: Tunnel) -> Iterator[Section]:
    """The BGP process, its neighbours in the tunnel and the prefixes it advertises."""
    if tunnel.bgp is not None:
        yield from _speaker(tunnel, tunnel.bgp)


def _speaker(tunnel: Tunnel, bgp: Bgp) -> Iterator[Section]:
    process = f"router bgp {bgp.local_asn}"
    new = added(tunnel, process)
    yield Section(
        key=process,
        rank=90,
        heading=(process,),
        lines=(),
        why="the BGP process of the appliance",
        remove=(f"no {process}",) if new else None,
        given=not new,
    )
    for peer in bgp.peers:
        yield _neighbor(process, peer, timers.spoken(peer, tunnel.objects))
    yield Section(
        key=f"{process} networks",
        rank=93,
        heading=(process, FAMILY),
        lines=tuple(line(f"network {n.network_address} mask {n.netmask}") for n in bgp.networks),
        why="advertises the on-premises prefixes",
        owner=process,
    )


def _neighbor(process: str, peer: BgpPeer, timed: tuple[int, int] | None) -> Section:
    """All of it stands in the address family; the session starts where the route to it leads."""
    name = f"neighbor {peer.address}"
    lines = [line(f"{name} remote-as {peer.asn}", slot=f"{name} remote-as")]
    if peer.multihop is not None:
        lines.append(line(f"{name} ebgp-multihop {peer.multihop}", slot=f"{name} ebgp-multihop"))
    if peer.source is not None:
        lines.append(line(f"{name} update-source {peer.source}", slot=f"{name} update-source"))
    if timed is not None:
        lines.append(line(f"{name} timers {timed[0]} {timed[1]}", slot=f"{name} timers"))
    if not peer.enabled:
        lines.append(line(f"{name} shutdown"))
    lines.append(line(f"{name} activate"))
    return Section(
        key=f"{process} {name}",
        rank=91,
        heading=(process, FAMILY),
        lines=tuple(lines),
        why="the BGP session with Azure, inside the tunnel",
        remove=(process, FAMILY, f"no {name}"),
        owner=process,
    )
