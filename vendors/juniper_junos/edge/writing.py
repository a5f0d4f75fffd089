"""All statements that an edge amounts to, as with tunnels the one source of what is sent."""

from __future__ import annotations

from collections.abc import Iterator

from appliance.model.edge import Edge, ErLink
from appliance.model.secret import KEY_MARK, Secret
from vendors.juniper_junos.names import BGP_HOLD
from vendors.juniper_junos.writing.statement import LABEL, Statement, Thing, inactive, word

_LINE = "one of the circuit's two links"
_SESSION = "the BGP session with Microsoft over the circuit"
_FILTER = "what the circuit may teach and be told"


def edge_statements(edge: Edge) -> Iterator[Statement]:
    """Every statement of an edge; equal ones of two links are merged by whoever reads them."""
    for route in edge.hosts:
        thing = Thing(
            f"routing-options static route {route.address}/32",
            "keeps Azure's VPN gateway off the circuit",
        )
        yield thing.has(f"next-hop {route.via}")
    yield from _objects(edge)
    for link in edge.links:
        yield from _line(link)
        yield from _zone(link)
        yield from _session(edge, link)


def _objects(edge: Edge) -> Iterator[Statement]:
    for key, text in edge.objects.items():
        if key.startswith("policy-options "):
            kind, name = key.removeprefix("policy-options ").split(" ", 1)
            thing = Thing(f"policy-options {kind} {word(name)}", _FILTER)
            for line in text.splitlines():
                yield _part(thing, line)
        elif key.startswith("tagging "):
            thing = Thing(f"interfaces {key.partition(' ')[2]}", "its units carry tags")
            yield Statement(text=f"{thing.path} {text}", slot=f"{thing.path} {text}", why=thing.why)


def _part(thing: Thing, line: str) -> Statement:
    """A line of a policy: what stands in a term goes with it."""
    words = line.split()
    if words[0] == "term":
        return thing.part(" ".join(words[:2])).has(" ".join(words[2:]))
    return thing.has(line)


def _line(link: ErLink) -> Iterator[Statement]:
    port, _, number = link.interface.rpartition(".")
    if not port:
        return
    unit = Thing(f"interfaces {port} unit {number}", _LINE)
    if link.label is not None:
        yield unit.one("description", f"{LABEL}{link.label}")
    if link.svlan is not None:
        text = f"vlan-tags outer {link.svlan} inner {link.vlan}"
        yield _leaf(unit, text, "vlan-tags")
    elif link.vlan is not None:
        yield unit.one("vlan-id", link.vlan)
    if link.address is not None:
        yield unit.has(f"family inet address {link.address}")
    for off in link.objects.get("off", "").splitlines():
        if off.startswith("inactive "):
            yield inactive(off.removeprefix("inactive "), "the line is switched off")
        else:
            yield Statement(text=off, slot=off, why="the line is switched off")


def _leaf(thing: Thing, text: str, leaf: str) -> Statement:
    path = thing.path
    return Statement(
        text=f"{path} {text}", slot=f"{path} {leaf}", inside=thing.within, why=thing.why
    )


def _zone(link: ErLink) -> Iterator[Statement]:
    zone = link.objects.get("zone")
    if zone is None or link.label is None:
        return
    why = "lets BGP and BFD reach the device itself on the link"
    member = Thing(f"security zones security-zone {word(zone)} interfaces {link.interface}", why)
    yield member.alone()
    for protocol in link.objects.get("inbound", "").split():
        yield member.has(f"host-inbound-traffic protocols {protocol}")


def _session(edge: Edge, link: ErLink) -> Iterator[Statement]:
    group, instance = link.objects.get("group"), link.objects.get("instance")
    if group is None:
        return
    root = f"routing-instances {word(instance)} " if instance else ""
    whole = Thing(f"{root}protocols bgp group {word(group)}", _SESSION)
    yield whole.one("type", "external")
    thing = whole.part(f"neighbor {link.session.peer}")
    yield from _speaker(thing, edge, link)
    for kind in ("import", "export"):
        for policy in link.objects.get(kind, "").split():
            yield thing.each(kind, policy)
    off = link.objects.get("session off")
    if off == "inactive":
        yield inactive(thing.path, "the session is switched off")
    elif off == "shutdown":
        yield thing.has("shutdown")


def _speaker(thing: Thing, edge: Edge, link: ErLink) -> Iterator[Statement]:
    session = link.session
    yield thing.one("peer-as", session.asn)
    if edge.asn is not None:
        yield thing.one("local-as", edge.asn)
    if session.key is not None:
        yield _key(thing, session.key if isinstance(session.key, Secret) else None)
    if session.hold_seconds != BGP_HOLD:
        yield thing.one("hold-time", session.hold_seconds)
    if session.bfd and link.bfd is not None:
        yield from _bfd(thing, link)


def _bfd(thing: Thing, link: ErLink) -> Iterator[Statement]:
    if link.bfd is None:
        return
    part = thing.part("bfd-liveness-detection")
    if link.bfd.transmit_ms == link.bfd.receive_ms:
        yield part.one("minimum-interval", link.bfd.transmit_ms)
    else:
        yield part.part("transmit-interval").one("minimum-interval", link.bfd.transmit_ms)
        yield part.one("minimum-receive-interval", link.bfd.receive_ms)
    yield part.one("multiplier", link.bfd.multiplier)


def _key(thing: Thing, key: Secret | None) -> Statement:
    slot = f"{thing.path} authentication-key"
    return Statement(
        text=f'{slot} "{KEY_MARK}"', slot=slot, inside=thing.within, why=thing.why, secret=key
    )
