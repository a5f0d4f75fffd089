"""`traffic` of a site: what may cross its tunnels, as an ordered list of rules.

A `deny` goes before every `permit`. With a `permit`, what none names is prohibited; without one,
what is not denied may pass.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Network
from typing import cast

from appliance.model.diagram import Interval
from appliance.model.filters import ANYWHERE, Rule
from appliance.model.traffic import ICMP, TCP, UDP, Direction

Members = Mapping[str, object]

ALL = "all"
PROTOCOLS = {"any": None, "tcp": TCP, "udp": UDP, "icmp": ICMP}
DIRECTIONS = {
    "both": None,
    Direction.TO_AZURE.word: Direction.TO_AZURE,
    Direction.FROM_AZURE.word: Direction.FROM_AZURE,
}


def rules(traffic: Members) -> tuple[Rule, ...]:
    """The rules in the order of evaluation; what none matches is prohibited."""
    denied, permitted = _listed(traffic, "deny"), _listed(traffic, "permit")
    found = [_rule(member, permit=False) for member in denied]
    found += [_rule(member, permit=True) for member in permitted]
    if denied and not permitted:
        found.append(Rule(permit=True))
    return tuple(found)


def findings(site: Members) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Rules that mean nothing, with the path of the member that is wrong."""
    traffic = site.get("traffic")
    if not isinstance(traffic, dict):
        return
    for kind in ("permit", "deny"):
        for at, member in enumerate(_listed(traffic, kind)):
            if member.get("ports") and member.get("protocol") not in ("tcp", "udp"):
                path = ("traffic", kind, at, "ports")
                yield path, "need 'protocol: tcp' or 'protocol: udp': nothing else has ports"


def _listed(traffic: Members, kind: str) -> list[Members]:
    found = traffic.get(kind)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _rule(member: Members, *, permit: bool) -> Rule:
    ports = member.get("ports")
    return Rule(
        permit=permit,
        local=_place(member.get("local", ALL)),
        remote=_place(member.get("remote", ALL)),
        protocol=PROTOCOLS[str(member.get("protocol", "any"))],
        ports=tuple(_range(one) for one in cast(list[object], ports)) if ports else (),
        direction=DIRECTIONS[str(member.get("direction", "both"))],
    )


def _place(value: object) -> IPv4Network:
    return ANYWHERE if value == ALL else IPv4Network(str(value))


def _range(value: object) -> Interval:
    low, _, high = str(value).partition("-")
    return int(low), int(high or low)
