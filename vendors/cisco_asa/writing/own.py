"""The lines of our own lists and groups, beside the names that the reader found.

A crypto access list of ours is changed line by line, and never blindly: what somebody has added to
it by hand is seen, and goes. So a tunnel carries the lines as the device has them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from appliance.model.intent import Observed
from appliance.model.pairing import LABEL
from appliance.model.tunnel import Tunnel
from appliance.record import replace
from vendors.cisco.writing.section import ours
from vendors.cisco_asa.writing.labels import own
from vendors.cisco_asa.writing.networks import groups_in
from vendors.cisco_asa.writing.routing import permitting

ENDS = ("-local", "-remote")
"""How names of our object groups go on behind the name of the list or the tunnel."""

Objects = Mapping[str, tuple[str, ...]]


def completed(observed: Observed) -> Observed:
    """The same, each tunnel with the lines of the lists, groups and NAT rules that are ours."""
    rules = tuple(h for h in observed.objects if h.startswith("nat ") and groups_in(h))
    tunnels = tuple(_completed(tunnel, observed.objects, rules) for tunnel in observed.tunnels)
    return replace(observed, tunnels=tunnels)


def _completed(tunnel: Tunnel, objects: Objects, rules: tuple[str, ...]) -> Tunnel:
    acl = tunnel.objects.get("acl", "")
    entries = objects.get(f"access-list {acl}", ()) if ours(acl) else ()
    known = [*entries, tunnel.objects.get("nat", "")]
    stems = {stem(group) for text in known for group in groups_in(text)} | {acl}
    stems.add(own(tunnel.objects.get(LABEL, "")))
    way = f",{tunnel.objects['nameif']}) " if "nameif" in tunnel.objects else None
    exempt = [
        rule
        for rule in rules
        if (way and way in rule) or stems & {stem(group) for group in groups_in(rule)}
    ]
    more = {**dict(_loopback(tunnel, objects)), **dict(_permits(tunnel, objects))}
    if entries:
        more["acl lines"] = "\n".join(entries)
    if exempt:
        more["nat"] = "\n".join(exempt)
    for group in _groups((*entries, *exempt)):
        members = objects.get(f"object-group network {group}")
        if members is not None:
            more[f"group {group}"] = "\n".join(members)
    return replace(tunnel, objects={**tunnel.objects, **more}) if more else tunnel


def _permits(tunnel: Tunnel, objects: Objects) -> Iterator[tuple[str, str]]:
    """The control-plane list that holds the very entries that we would make."""
    ending = f" in interface {tunnel.local.interface} control-plane".lower()
    for heading in objects if tunnel.permits else ():
        if heading.startswith("access-group ") and heading.lower().endswith(ending):
            acl = heading.split()[1]
            wanted = permitting(tunnel.remote.addresses[0])
            if set(wanted) <= set(objects.get(f"access-list {acl}", ())):
                yield "permits", acl


def _loopback(tunnel: Tunnel, objects: Objects) -> Iterator[tuple[str, str]]:
    """The interface of ours that BGP starts from."""
    sources = {peer.source for peer in tunnel.bgp.peers} if tunnel.bgp is not None else set()
    for nameif in (source for source in sources if source is not None and ours(source)):
        for heading in objects:
            if heading.startswith("interface ") and f"nameif {nameif}" in objects[heading]:
                yield "loopback", f"{heading.removeprefix('interface ')} {nameif}"


def _groups(statements: tuple[str, ...]) -> Iterator[str]:
    yield from dict.fromkeys(group for text in statements for group in groups_in(text))


def stem(group: str) -> str:
    """What the two groups of a tunnel have in common."""
    for end in ENDS:
        head, found, _ = group.rpartition(end)
        if found:
            return head
    return group
