"""What import policies of an SRX make of a prefix that a BGP neighbor sends."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Network

from appliance.lab.junos.tree import Node

_USUAL = 100


def let_in(root: Node, names: Iterable[str], prefix: str) -> int | None:
    """The local preference that a prefix gets; None where a policy refuses it."""
    preferred = _USUAL
    for name in names:
        policy = root.find("policy-options", "policy-statement", name)
        for term in (*policy.all("term"), policy) if policy is not None else ():
            if not _matches(root, term, IPv4Network(prefix)):
                continue
            preferred = int(term.value("then", "local-preference") or preferred)
            if term.has("then", "reject"):
                return None
            if term.has("then", "accept"):
                return preferred
    return preferred  # BGP takes what no policy has decided


def _matches(root: Node, term: Node, prefix: IPv4Network) -> bool:
    filters = term.all("from", "route-filter")
    lists = term.many("from", "prefix-list")
    if not filters and not lists:
        return True
    if any(_filtered(node, prefix) for node in filters):
        return True
    listed = (node for name in lists for node in _entries(root, name))
    return any(IPv4Network(node.name) == prefix for node in listed)


def _entries(root: Node, name: str) -> list[Node]:
    found = root.find("policy-options", "prefix-list", name)
    return [] if found is None else [node for node in found.ordered() if "/" in node.name]


def _filtered(node: Node, prefix: IPv4Network) -> bool:
    base, way = IPv4Network(node.words[1]), " ".join(node.words[2:]) or "exact"
    if way == "exact":
        return prefix == base
    longest = int(way.rpartition("/")[2]) if way.startswith("upto") else 32
    return prefix.subnet_of(base) and prefix.prefixlen <= longest
