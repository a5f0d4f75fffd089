"""Azure's network security groups and routes, from what `az` prints, as chains of lines.

`az network nic list-effective-nsg`, `az network nsg show`, `az network nic
show-effective-route-table` and `az network route-table show` (or their REST forms) are told apart
by shape. "Network security groups: how they filter", "Virtual network traffic routing".
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from ipaddress import IPv4Network
from typing import cast

from appliance.errors import ExpectationError
from appliance.model.diagram import Interval, joined
from appliance.model.filters import Chain, Entry
from appliance.model.traffic import (
    ADDRESSES,
    BOTH,
    ICMP,
    PORTS,
    PROTOCOLS,
    TCP,
    UDP,
    Box,
    Direction,
    flows,
    interval,
)
from appliance.model.tunnel import Source
from appliance.record import dataclass

Members = Mapping[str, object]

TO, FROM = Direction

_PROTOCOLS = {"*": None, "all": None, "tcp": TCP, "udp": UDP, "icmp": ICMP, "esp": 50, "ah": 51}
_BALANCER = IPv4Network("168.63.129.16/32")
_ORIGINS = {"user": 0, "virtualnetworkgateway": 1, "default": 2}
"""Of routes to one prefix the user's wins, then what the gateway learnt, then Azure's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What a file is about: the networks behind it, and both sides as tags of Azure see them."""

    file: str
    remote: tuple[IPv4Network, ...]
    local: tuple[IPv4Network, ...]
    vnets: tuple[IPv4Network, ...]


def chains(text: str, scope: Scope) -> tuple[Chain, ...]:
    """The security rules or routes of one file, for the networks of its scope.

    Raises `ExpectationError` when the text is neither.
    """
    try:
        root = json.loads(text)
    except ValueError:
        raise _neither(scope, "is no JSON") from None
    groups = list(_groups(root))
    if groups:
        return tuple(chain for group in groups for chain in _security(group, scope))
    routes = _routes(root)
    if routes is None:
        raise _neither(scope, "holds no security rules and no routes")
    return (_routing(routes, scope),)


def _neither(scope: Scope, what: str) -> ExpectationError:
    return ExpectationError(
        f"the file {what}",
        where=scope.file,
        hint="save it from: az network nic list-effective-nsg, az network nsg show, az network nic "
        "show-effective-route-table, or az network route-table show, with -o json",
    )


def _members(value: object) -> Members:
    """An object with its `properties` beside its own members, names in lower case."""
    found: dict[str, object] = {}
    if isinstance(value, dict):
        for name, one in value.items():
            if str(name).casefold() == "properties" and isinstance(one, dict):
                found.update(_members(one))
            else:
                found.setdefault(str(name).casefold(), one)
    return found


def _list(value: object) -> list[object]:
    return cast(list[object], value) if isinstance(value, list) else []


# --- network security groups --------------------------------------------------------------------


def _groups(root: object) -> Iterator[list[Members]]:
    """The rules of each group in the document: all must let a flow through."""
    listed = root if isinstance(root, list) else _list(_members(root).get("value")) or [root]
    for one in listed:
        group = _members(one)
        rules = [
            _members(rule)
            for name in ("effectivesecurityrules", "securityrules", "defaultsecurityrules")
            for rule in _list(group.get(name))
        ]
        if rules:
            yield rules


def _security(rules: list[Members], scope: Scope) -> Iterator[Chain]:
    for word, way in (("inbound", TO), ("outbound", FROM)):
        own = [rule for rule in rules if str(rule.get("direction", "")).casefold() == word]
        ordered = sorted(own, key=lambda rule: _number(rule.get("priority")))
        remote = tuple(interval(network) for network in scope.remote)
        yield Chain(
            name=f"network security group, {word}",
            entries=tuple(_rule(rule, way, scope) for rule in ordered),
            source=Source(0, f"{scope.file}: no {word} rule matches"),
            scope=flows(Box(direction=((int(way), int(way)),), remote=remote)),
        )


def _number(value: object) -> int:
    return value if isinstance(value, int) else 1 << 16


def _rule(rule: Members, way: Direction, scope: Scope) -> Entry:
    """Seen from Azure: what comes in there is what goes to Azure here."""
    source, sure_source = _places(rule, "source", scope)
    target, sure_target = _places(rule, "destination", scope)
    asking, asked = _ports(rule, "source"), _ports(rule, "destination")
    protocol = str(rule.get("protocol", "*")).casefold()
    number = _PROTOCOLS.get(protocol, -1)
    known = number is None or number >= 0
    box = Box(
        direction=((int(way), int(way)),),
        protocol=((number, number),) if number is not None and known else PROTOCOLS,
        local=source if way is TO else target,
        remote=target if way is TO else source,
        ports=asked or PORTS,
        from_ports=asking or PORTS,
    )
    name = str(rule.get("name", "?")).rpartition("/")[2]
    text = f"{scope.file}: rule {name} ({rule.get('access')}, priority {rule.get('priority')})"
    return Entry(
        flows=flows(box),
        permit=str(rule.get("access", "")).casefold() == "allow",
        source=Source(0, text),
        sure=known and sure_source and sure_target and asked is not None and asking is not None,
    )


def _places(rule: Members, side: str, scope: Scope) -> tuple[tuple[Interval, ...], bool]:
    """The addresses of one side, and whether that is all that is known of them."""
    expanded = _words(rule.get(f"expanded{side}addressprefix"))
    words = expanded or [
        *_words(rule.get(f"{side}addressprefix")),
        *_words(rule.get(f"{side}addressprefixes")),
    ]
    if _list(rule.get(f"{side}applicationsecuritygroups")) or not words:
        return ADDRESSES, False
    found: list[Interval] = []
    for word in words:
        some = _place(word, scope)
        if some is None:
            return ADDRESSES, False
        found += some
    return tuple(joined(found)), True


def _place(word: str, scope: Scope) -> list[Interval] | None:
    near = [interval(network) for network in (*scope.vnets, *scope.local)]
    tags: dict[str, Callable[[], list[Interval]]] = {
        "*": lambda: list(ADDRESSES),
        "any": lambda: list(ADDRESSES),
        "virtualnetwork": lambda: near,
        "azureloadbalancer": lambda: [interval(_BALANCER)],
        "internet": lambda: _outside(near),
    }
    tag = tags.get(word.casefold())
    if tag is not None:
        return tag()
    if ":" in word:
        return []
    try:
        return [interval(IPv4Network(word, strict=False))]
    except ValueError:
        return None


def _outside(near: Sequence[Interval]) -> list[Interval]:
    taken = joined(near)
    starts = [0, *(high + 1 for _, high in taken)]
    ends = [*(low - 1 for low, _ in taken), ADDRESSES[0][1]]
    return [(low, high) for low, high in zip(starts, ends, strict=True) if low <= high]


def _ports(rule: Members, side: str) -> tuple[Interval, ...] | None:
    """The ports of one side; None when they are not understood."""
    words = [*_words(rule.get(f"{side}portrange")), *_words(rule.get(f"{side}portranges"))]
    found: list[Interval] = []
    for word in words or ["*"]:
        if word in ("*", "All"):
            return PORTS
        match = re.fullmatch(r"(\d{1,5})(?:-(\d{1,5}))?", word)
        if match is None:
            return None
        found.append((int(match[1]), int(match[2] or match[1])))
    return tuple(joined(found))


def _words(value: object) -> list[str]:
    found = [value] if isinstance(value, str) else _list(value)
    return [one for one in found if isinstance(one, str) and one]


# --- routes -------------------------------------------------------------------------------------


def _routes(root: object) -> list[Members] | None:
    listed = root if isinstance(root, list) else None
    members = _members(root)
    for name in ("value", "routes"):
        if listed is None and isinstance(members.get(name), list):
            listed = _list(members[name])
    if not listed or not all("nexthoptype" in _members(one) for one in listed):
        return None
    return [_members(one) for one in listed]


def _routing(routes: list[Members], scope: Scope) -> Chain:
    """The way back on premises: the longest prefix decides, and must lead to the gateway.

    What a virtual appliance does with traffic is not known here.
    """
    known = [
        (network, rank, route)
        for route in routes
        if str(route.get("state", "active")).casefold() == "active"
        for network in _prefixes(route)
        for rank in [_ORIGINS.get(str(route.get("source", "user")).casefold(), 3)]
    ]
    known.sort(key=lambda one: (-one[0].prefixlen, one[1]))
    remote = tuple(interval(network) for network in scope.remote)
    complete = any(str(route.get("source", "")).casefold() == "default" for route in routes)
    return Chain(
        name="Azure's routes",
        entries=tuple(_hop(network, route, scope) for network, _, route in known),
        source=Source(0, f"{scope.file}: no route"),
        scope=flows(Box(direction=BOTH, remote=remote)),
        # A table of one's own only adds to the routes of the system and of the gateway.
        otherwise=not complete,
    )


def _prefixes(route: Members) -> Iterator[IPv4Network]:
    for word in _words(route.get("addressprefix")):
        if ":" in word:
            continue
        try:
            yield IPv4Network(word, strict=False)
        except ValueError:
            continue


def _hop(network: IPv4Network, route: Members, scope: Scope) -> Entry:
    kind = str(route.get("nexthoptype", ""))
    hop = ", ".join(_words(route.get("nexthopipaddress")))
    text = f"{scope.file}: {network} next hop {kind}{' ' + hop if hop else ''}"
    elsewhere = kind.casefold() == "virtualappliance"
    return Entry(
        flows=flows(Box(local=(interval(network),))),
        permit=None if elsewhere else kind.casefold() == "virtualnetworkgateway",
        source=Source(0, text),
    )
