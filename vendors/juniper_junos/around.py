"""Statements of ours that stand beside a tunnel: found again on a device, and kept with it.

They are recognised by their names and places, so that a push knows them again and its rollback
takes away what it brought, and nothing else: zone policies with their addresses, the way in for
IKE and BGP, and the loopback address that BGP speaks from.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from appliance.model.tunnel import Tunnel
from appliance.record import replace
from vendors.juniper_junos.writing.statement import AROUND, word

Objects = Mapping[str, tuple[str, ...]]

_POLICY = re.compile(
    r"(security policies from-zone (\S+) to-zone (\S+) policy (\S+)) (?:match|then) .+"
)
_ADDRESS = re.compile(r".* match (source|destination)-address (\S+)")


def lines(objects: Objects) -> tuple[str, ...]:
    """Every statement below the paths of `Observed.objects`, as `set` would have it."""
    return tuple(
        f"{path} {line}".rstrip() for path, below in objects.items() for line in below or ("",)
    )


def with_own(tunnels: Iterable[Tunnel], objects: Objects) -> tuple[Tunnel, ...]:
    """The tunnels, each with the statements of ours beside it in its `objects`."""
    known = lines(objects)
    held = frozenset(known)
    policies = _policies(known)
    found = []
    for tunnel in tunnels:
        own = tuple(dict.fromkeys(_own(tunnel, held, policies)))
        objects_ = {**tunnel.objects, AROUND: "\n".join(own)} if own else tunnel.objects
        found.append(replace(tunnel, objects=objects_))
    return tuple(found)


def base(tunnel: Tunnel) -> str:
    """What the names of our policies for the tunnel begin with."""
    return tunnel.objects.get("label") or tunnel.name


def entries(zone: str, style: str) -> str:
    """Where the addresses of a zone stand, in either style of address books."""
    if style == "zone":
        return f"security zones security-zone {word(zone)} address-book"
    return "security address-book global"


def inbound(zone: str, interface: str, what: str) -> tuple[str, str]:
    """The way in to the device itself, for one interface of a zone and for all of them."""
    path = f"security zones security-zone {word(zone)}"
    return (
        f"{path} interfaces {interface} host-inbound-traffic {what}",
        f"{path} host-inbound-traffic {what}",
    )


def loopback(address: object, zone: str) -> tuple[str, str]:
    """The loopback address of a BGP session, and its zone."""
    return (
        f"interfaces lo0 unit 0 family inet address {address}/32",
        f"security zones security-zone {word(zone)} interfaces lo0.0",
    )


def _policies(known: Iterable[str]) -> dict[str, list[str]]:
    """Statements of zone policies by the policy's name."""
    found: dict[str, list[str]] = {}
    for line in known:
        if match := _POLICY.fullmatch(line):
            found.setdefault(match[4].strip('"'), []).append(line)
    return found


def _own(tunnel: Tunnel, held: frozenset[str], policies: Mapping[str, list[str]]) -> Iterator[str]:
    yield from (line for line in ways_in(tunnel) if line in held)
    named = _named(tunnel)
    rules = [line for name, below in policies.items() if named.fullmatch(name) for line in below]
    for line in rules:
        yield from _addresses(line, held)
    yield from rules


def leftovers(tunnel: Tunnel, known: Iterable[str]) -> tuple[str, ...]:
    """Paths of policies that have the names of ours."""
    found = {
        match[1]: None
        for line in known
        if (match := _POLICY.fullmatch(line)) and _named(tunnel).fullmatch(match[4].strip('"'))
    }
    return tuple(found)


def _named(tunnel: Tunnel) -> re.Pattern[str]:
    return re.compile(rf"{re.escape(base(tunnel))}-(?:out|in)(?:-\d+)?")


def ways_in(tunnel: Tunnel) -> Iterator[str]:
    """Statements by which IKE and BGP reach the device, wherever they may stand."""
    outside, zone = tunnel.objects.get("outside zone"), tunnel.objects.get("zone")
    if outside and tunnel.local.interface:
        yield from inbound(outside, tunnel.local.interface, "system-services ike")
    if zone and tunnel.interface is not None and tunnel.bgp is not None:
        yield from inbound(zone, tunnel.interface.name, "protocols bgp")
        for peer in tunnel.bgp.peers:
            if peer.local_address is not None:
                yield from loopback(peer.local_address, zone)


def _addresses(rule: str, held: frozenset[str]) -> Iterator[str]:
    """The address book entries that a policy names: a source is looked up in the from-zone."""
    match, policy = _ADDRESS.fullmatch(rule), _POLICY.fullmatch(rule)
    if match is None or policy is None:
        return
    zone = policy[2 if match[1] == "source" else 3].strip('"')
    for style in ("global", "zone"):
        start = f"{entries(zone, style)} address {match[2]} "
        yield from (line for line in held if line.startswith(start))
