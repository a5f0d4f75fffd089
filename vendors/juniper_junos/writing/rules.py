"""Zone policies of ours, in so far as they are in force."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from ipaddress import IPv4Network

from appliance.model.tunnel import Tunnel
from vendors.juniper_junos.around import TRAFFIC
from vendors.juniper_junos.writing.statement import AROUND

_RULE = re.compile(r"(security policies from-zone \S+ to-zone \S+ policy (\S+)) (.+)")
_MATCH = re.compile(r"match (source|destination)-address (\S+)")
_ENTRY = re.compile(r".* address (\S+) ([\d.]+/\d+)")


def in_force(tunnel: Tunnel) -> Iterator[str]:
    """The statements of ours beside the tunnel that do what they say.

    A policy that an earlier one keeps from being reached lets nothing through, as `Tunnel.passes`
    tells: it is as good as not there, so that a push sets it again, in front.
    """
    lines = tunnel.objects.get(AROUND, "").splitlines()
    rules = {line: match for line in lines if (match := _RULE.fullmatch(line))}
    networks = dict(_networks(lines))
    dead = {
        line for line, match in rules.items() if not _passes(tunnel, match[2], match[3], networks)
    }
    gone = {path for path, sides in _sides(rules, dead).items() if sides != _BOTH}
    for line in lines:
        match = rules.get(line)
        if line not in dead and (match is None or match[1] not in gone):
            yield line


def idle_rules(tunnel: Tunnel) -> tuple[str, ...]:
    """The statements of policies of ours that are there, but let nothing through."""
    live = set(in_force(tunnel))
    lines = tunnel.objects.get(AROUND, "").splitlines()
    return tuple(line for line in lines if line not in live)


_BOTH = {"source", "destination"}


def _networks(lines: Iterable[str]) -> Iterator[tuple[str, IPv4Network]]:
    for line in lines:
        if match := _ENTRY.fullmatch(line):
            yield match[1], IPv4Network(match[2])


def _passes(tunnel: Tunnel, policy: str, statement: str, networks: dict[str, IPv4Network]) -> bool:
    """Whether traffic of the address that a statement names gets through at all."""
    if TRAFFIC in policy:  # what these let through is in `Tunnel.filter`
        return True
    match = _MATCH.fullmatch(statement)
    network = networks.get(match[2]) if match else None
    if match is None or network is None or tunnel.passes is None:
        return True
    outward = re.search(r"-out(?:-\d+)?$", policy) is not None
    ours = (match[1] == "source") is outward
    return any((pair.local if ours else pair.remote).overlaps(network) for pair in tunnel.passes)


def _sides(rules: dict[str, re.Match[str]], dead: set[str]) -> dict[str, set[str]]:
    """Of each policy the sides that it still names an address of."""
    found: dict[str, set[str]] = {}
    for line, match in rules.items():
        sides = found.setdefault(match[1], set())
        named = _MATCH.fullmatch(match[3])
        if TRAFFIC in match[2]:
            sides |= _BOTH
        elif named and line not in dead:
            sides.add(named[1])
    return found
