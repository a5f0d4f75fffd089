"""What stands around a tunnel: static routes, BGP with its export policy, rules of ours."""

from __future__ import annotations

from collections.abc import Iterator

from appliance.model.tunnel import Bgp, BgpPeer, Tunnel
from vendors.juniper_junos import names
from vendors.juniper_junos.writing.rules import in_force
from vendors.juniper_junos.writing.statement import (
    Statement,
    Thing,
    inactive,
    word,
)

NETWORKS = "-networks"
"""What the export policy of ours is called: the BGP group's name with this at its end."""


def root(tunnel: Tunnel) -> str:
    """What routing statements of the tunnel begin with: its routing instance, if any."""
    instance = tunnel.objects.get("instance")
    return f"routing-instances {word(instance)} " if instance else ""


def routes(tunnel: Tunnel) -> Iterator[Statement]:
    """Static routes into the st0 unit; those of traffic selectors Junos makes itself."""
    if tunnel.interface is None or not tunnel.interface.name:
        return
    for route in tunnel.routes:
        thing = Thing(
            f"{root(tunnel)}routing-options static route {route}",
            "sends Azure's prefix into the tunnel",
        )
        way = tunnel.objects.get(f"route {route}", f"next-hop {tunnel.interface.name}")
        if not way.startswith("next-table "):  # that stands in another instance's table
            yield _way(thing, way)


def _way(thing: Thing, way: str) -> Statement:
    """A qualified next hop goes with what is said of it; else an empty one would stay behind."""
    match way.split():
        case ["qualified-next-hop", hop, "preference", value]:
            return thing.part(f"qualified-next-hop {hop}").one("preference", value)
        case _:
            return thing.has(way)


def bgp(tunnel: Tunnel) -> Iterator[Statement]:
    """The neighbours in the tunnel, and what is advertised to them."""
    group = tunnel.objects.get("bgp group")
    if tunnel.bgp is None or group is None:
        return
    thing = Thing(f"{root(tunnel)}protocols bgp group {word(group)}", "the BGP session with Azure")
    yield thing.one("type", "external")
    exported = tunnel.objects.get("bgp export", "").split()
    for peer in tunnel.bgp.peers:
        yield from _neighbor(thing, tunnel.bgp, peer, exported)
    if f"{group}{NETWORKS}" in exported:
        yield from _networks(f"{group}{NETWORKS}", tunnel.bgp)


def _neighbor(group: Thing, bgp: Bgp, peer: BgpPeer, exported: list[str]) -> Iterator[Statement]:
    """All values stand at the neighbour: there they override what a group may say."""
    thing = group.part(f"neighbor {peer.address}")
    if peer.multihop is not None:
        yield thing.part("multihop").one("ttl", peer.multihop)
    if peer.local_address is not None:
        yield thing.one("local-address", peer.local_address)
    if peer.hold_seconds != names.BGP_HOLD:
        yield thing.one("hold-time", peer.hold_seconds)
    for policy in exported:
        yield thing.each("export", policy)
    yield thing.one("peer-as", peer.asn)
    yield thing.one("local-as", bgp.local_asn)
    if not peer.enabled:
        yield inactive(thing.path, "the session is switched off")


def _networks(name: str, bgp: Bgp) -> Iterator[Statement]:
    policy = Thing(
        f"policy-options policy-statement {word(name)}", "advertises the on-premises prefixes"
    )
    ours, rest = policy.part("term ours"), policy.part("term rest")
    for network in bgp.networks:
        yield ours.has(f"from route-filter {network} exact")
    if bgp.networks:
        yield ours.has("then accept")
    yield rest.has("then reject")


def around(tunnel: Tunnel) -> Iterator[Statement]:
    """Statements of ours beside the tunnel, as they were found or placed."""
    for text in in_force(tunnel):
        yield Statement(text=text, slot=text, inside=_inside(text), why=_why(text))


_DEPTHS = {
    "security policies from-zone": (6, 8),
    "security address-book": (5,),
    "applications application": (3,),
}
"""How many words of a statement name the things it is inside of."""


def _inside(text: str) -> tuple[str, ...]:
    words = text.split()
    if words[:2] == ["interfaces", "lo0"]:
        return ("interfaces lo0", "interfaces lo0 unit 0")
    if words[:2] == ["security", "zones"]:
        return _inside_zone(words)
    for start, depths in _DEPTHS.items():
        if text.startswith(start):
            return tuple(" ".join(words[:depth]) for depth in depths)
    return ()


def _inside_zone(words: list[str]) -> tuple[str, ...]:
    """`security zones security-zone Z ...`: the zone is others', what we add to it is ours."""
    if words[4] == "address-book":
        return (" ".join(words[:5]), " ".join(words[:7]))
    if "host-inbound-traffic" in words:
        return (" ".join(words[: words.index("host-inbound-traffic") + 1]),)
    return ()


def _why(text: str) -> str:
    if "host-inbound-traffic" in text:
        return "lets Azure's IKE or BGP reach the device itself"
    if text.startswith("interfaces lo0"):
        return "the address BGP speaks from"
    return "lets the traffic of the tunnel through between the zones"
