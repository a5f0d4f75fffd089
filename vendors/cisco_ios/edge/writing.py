"""All sections of IOS configuration that an edge amounts to.

As with tunnels, the renderer, the change and the rollback have this one source. Prefix lists and
route maps are written where they are ours (`Edge.objects`); those of others are only named.
"""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network

from appliance.model.edge import Edge, ErLink
from appliance.model.secret import KEY_MARK, Hidden, Secret
from vendors.cisco.writing.section import LABEL, Line, Section, line

_LINE = "one of the circuit's two links"
_SESSION = "the BGP session with Microsoft over the circuit"
_FILTER = "what the circuit may teach and be told"
FILTERS = ("route-map in", "prefix-list in", "route-map out", "prefix-list out")
"""Kinds of `ErLink.objects` that are a statement of the neighbour."""
_OTHERS = ("distribute-list in", "filter-list in", "distribute-list out", "filter-list out")


def edge_sections(edge: Edge) -> Iterator[Section]:
    """Every section of an edge; equal ones of several links are merged by whoever reads them."""
    yield from _hosts(edge)
    yield from _filters(edge)
    for link in edge.links:
        yield from _line(link)
        if edge.asn is not None:
            yield from _session(edge.asn, link)
    if edge.asn is not None and edge.networks:  # also those of others: a way back leaves them
        yield _networks(edge.asn, edge.networks)


def _hosts(edge: Edge) -> Iterator[Section]:
    for route in edge.hosts:
        text = f"ip route {route.address} 255.255.255.255 {route.via}"
        yield Section(
            key=text,
            rank=60,
            heading=(),
            lines=(line(text),),
            why="keeps Azure's VPN gateway off the circuit",
        )


def _line(link: ErLink) -> Iterator[Section]:
    if not link.interface:
        return
    heading = f"interface {link.interface}"
    lines = []
    if link.label is not None:
        lines.append(line(f"description {LABEL}{link.label}", slot="description"))
    lines += [*_tags(link), *_address(link), *_detection(link)]
    off = link.objects.get("off", "").splitlines()
    if link.interface in off:
        lines.append(line("shutdown"))
    yield Section(
        key=heading,
        rank=65,
        heading=(heading,),
        lines=tuple(lines),
        why=_LINE,
        remove=None if link.label is None else (f"no {heading}",),
    )
    for parent in off:
        if parent != link.interface:
            heading = f"interface {parent}"
            yield Section(
                key=heading,
                rank=64,
                heading=(heading,),
                lines=(line("shutdown"),),
                why="the line that the circuit comes on",
            )


def _tags(link: ErLink) -> Iterator[Line]:
    if link.vlan is None:
        return
    tags = f"{link.vlan}" if link.svlan is None else f"{link.svlan} second-dot1q {link.vlan}"
    yield line(f"encapsulation dot1Q {tags}", slot="encapsulation")


def _address(link: ErLink) -> Iterator[Line]:
    if link.address is not None:
        text = f"ip address {link.address.ip} {link.address.netmask}"
        yield line(text, slot="ip address")


def _detection(link: ErLink) -> Iterator[Line]:
    template = link.objects.get("bfd template")
    if template is not None:
        yield line(f"bfd template {template}", slot="bfd template")
    elif link.bfd is not None:
        timers = link.bfd
        text = (
            f"bfd interval {timers.transmit_ms} min_rx {timers.receive_ms} "
            f"multiplier {timers.multiplier}"
        )
        yield line(text, slot="bfd interval", undo=f"no {text}")


def _filters(edge: Edge) -> Iterator[Section]:
    for key, text in edge.objects.items():
        kind, _, name = key.partition(" ")
        if kind == "prefix-list":
            start = f"ip prefix-list {name}"
            yield Section(
                key=start,
                rank=70,
                heading=(),
                lines=tuple(line(f"{start} {entry}") for entry in text.splitlines()),
                why=_FILTER,
                remove=(f"no {start}",),
            )
        elif kind == "route-map":
            yield Section(
                key=key,
                rank=71,
                heading=(key,),
                lines=tuple(_in_map(entry) for entry in text.splitlines()),
                why=_FILTER,
                remove=(f"no {key}",),
            )


def _in_map(text: str) -> Line:
    single = text.startswith("set local-preference")
    return line(text, slot="set local-preference" if single else "")


def _session(asn: int, link: ErLink) -> Iterator[Section]:
    process = f"router bgp {asn}"
    vrf = link.objects.get("vrf")
    family = f"address-family ipv4 vrf {vrf}" if vrf else "address-family ipv4"
    name = f"neighbor {link.session.peer}"
    heading = (process, family) if vrf else (process,)
    yield Section(key=process, rank=90, heading=(process,), lines=(), why="the BGP process")
    yield Section(
        key=f"{process} {name}",
        rank=91,
        heading=heading,
        lines=tuple(_neighbor(name, link)),
        why=_SESSION,
        remove=(*heading, f"no {name}"),
    )
    yield Section(
        key=f"{process} {family} {name}",
        rank=92,
        heading=(process, family),
        lines=tuple(_exchange(name, link)),
        owner=f"{process} {name}",
        why=_SESSION,
    )


def _neighbor(name: str, link: ErLink) -> Iterator[Line]:
    session = link.session
    yield line(f"{name} remote-as {session.asn}", slot=f"{name} remote-as")
    if session.key is not None:
        yield _password(name, session.key)
    if session.bfd:
        yield line(f"{name} fall-over bfd", slot=f"{name} fall-over")
    timers = (session.keepalive_seconds, session.hold_seconds)
    if timers != (60, 180):
        yield line(f"{name} timers {timers[0]} {timers[1]}", slot=f"{name} timers")
    if "shutdown" in link.objects:
        yield line(f"{name} shutdown")


def _password(name: str, key: Secret | Hidden) -> Line:
    slot = f"{name} password"
    return Line(
        text=f"{slot} {KEY_MARK}",
        slot=slot,
        undo=f"no {slot}",
        secret=key if isinstance(key, Secret) else None,
    )


def _exchange(name: str, link: ErLink) -> Iterator[Line]:
    """Filters first: what is activated before them would be taken as it comes."""
    for kind in (*FILTERS, *_OTHERS):
        if kind in link.objects:
            word, direction = kind.split()
            text = f"{name} {word} {link.objects[kind]} {direction}"
            yield line(text, slot=f"{name} {kind}", undo=f"no {text}")
    if link.session.weight is not None:
        yield line(f"{name} weight {link.session.weight}", slot=f"{name} weight")
    if "default-originate" in link.objects:
        yield line(f"{name} default-originate")
    if "inactive" not in link.objects:
        yield line(f"{name} activate")


def _networks(asn: int, networks: tuple[IPv4Network, ...]) -> Section:
    """With the key that the networks of tunnels have: they are the same statements."""
    process, family = f"router bgp {asn}", "address-family ipv4"
    return Section(
        key=f"{process} {family} networks",
        rank=93,
        heading=(process, family),
        lines=tuple(line(f"network {n.network_address} mask {n.netmask}") for n in networks),
        why="advertises the on-premises prefixes",
    )
