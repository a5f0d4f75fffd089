"""Azure's network security groups and routes, from what `az` prints, as chains of lines.

`az network nic list-effective-nsg`, `az network nsg show`, `az network nic
show-effective-route-table` and `az network route-table show` (or their REST forms) are told apart
by shape; tables of subnets come out of whole exports, too (`landscape`). "Network security groups:
how they filter", "Virtual network traffic routing".
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from ipaddress import IPv4Network

from appliance.errors import ExpectationError
from appliance.model.diagram import Interval, joined
from appliance.model.filters import Chain, Entry
from appliance.model.traffic import (
    ADDRESSES,
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
from appliance.proof.exported import Members, Scope, listed, members, words
from appliance.proof.routes import of_subnets, propagates, routes_in, routing

TO, FROM = Direction

_PROTOCOLS = {"*": None, "all": None, "tcp": TCP, "udp": UDP, "icmp": ICMP, "esp": 50, "ah": 51}
_BALANCER = IPv4Network("168.63.129.16/32")


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
    routes = routes_in(root)
    if routes is not None:
        return (routing(routes, scope, propagation=propagates(root)),)
    found = of_subnets(root, scope)
    if found is None:
        raise _neither(scope, "holds no security rules and no routes of subnets behind the gateway")
    return found


def _neither(scope: Scope, what: str) -> ExpectationError:
    return ExpectationError(
        f"the file {what}",
        where=scope.file,
        hint="save it from: az network nic list-effective-nsg, az network nsg show, az network nic "
        "show-effective-route-table, or az network route-table show, with -o json; or name a state "
        "of Terraform's with the subnets' tables",
    )


# --- network security groups --------------------------------------------------------------------


def _groups(root: object) -> Iterator[list[Members]]:
    """The rules of each group in the document: all must let a flow through."""
    every = root if isinstance(root, list) else listed(members(root).get("value")) or [root]
    for one in every:
        group = members(one)
        rules = [
            members(rule)
            for name in ("effectivesecurityrules", "securityrules", "defaultsecurityrules")
            for rule in listed(group.get(name))
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
    expanded = words(rule.get(f"expanded{side}addressprefix"))
    said = expanded or [
        *words(rule.get(f"{side}addressprefix")),
        *words(rule.get(f"{side}addressprefixes")),
    ]
    if listed(rule.get(f"{side}applicationsecuritygroups")) or not said:
        return ADDRESSES, False
    found: list[Interval] = []
    for word in said:
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
    said = [*words(rule.get(f"{side}portrange")), *words(rule.get(f"{side}portranges"))]
    found: list[Interval] = []
    for word in said or ["*"]:
        if word in ("*", "All"):
            return PORTS
        match = re.fullmatch(r"(\d{1,5})(?:-(\d{1,5}))?", word)
        if match is None:
            return None
        found.append((int(match[1]), int(match[2] or match[1])))
    return tuple(joined(found))
