"""BGP statements: which belong to the process, which to an address family, as IOS-XE files them."""

from __future__ import annotations

from appliance.lab.cisco.grammar import Match, Rule
from appliance.lab.cisco.tree import Key, Node, key_of
from appliance.lab.cisco.words import address, dotted
from appliance.lab.ios.configuration import Configuration
from appliance.lab.ios.modes import grammar
from appliance.lab.ios.rules_network import FAMILY

_IPV4 = ("address-family", "ipv4")
_CLASSES = ((128, "255.0.0.0"), (192, "255.255.0.0"), (224, "255.255.255.0"))
_FAMILY_PATTERNS = frozenset(rule.pattern for rule in FAMILY)


def process(config: Configuration, root: Node, found: Match) -> Key:
    """A new process of IOS-XE files its networks and neighbors under the address family."""
    if found.words not in root.children and config.modern and not config.booting:
        node = config.put(root, found.rule, found.words)
        log = _rule("bgp", "bgp log-neighbor-changes", config)
        config.put(node, log, ("bgp", "log-neighbor-changes"))
        _open_family(config, node)
    return found.words


def remote_as(config: Configuration, parent: Node, found: Match) -> Key:
    """A neighbor of a process with families is activated in IPv4 unless told otherwise."""
    family_node = parent if parent.mode == "bgp-vrf-af" else parent.children.get(_IPV4)
    off = ("no", "bgp", "default", "ipv4-unicast") in parent.children
    new = found.words[:3] not in parent.children
    if family_node is not None and new and not off and not config.booting:
        rule = _rule(family_node.mode, f"neighbor {found.words[1]} activate", config)
        config.put(family_node, rule, ("neighbor", found.words[1], "activate"))
    return found.words


def network(_config: Configuration, _parent: Node, found: Match) -> Key:
    """A network of its class needs no mask; any other keeps it, its host bits cleared."""
    words = found.words
    if "mask" not in words:
        return words
    at = words.index("mask")
    value, mask = address(words[1]) or 0, address(words[at + 1]) or 0
    cleared = dotted(value & mask)
    if classful(cleared) == words[at + 1]:
        return ("network", cleared, *words[at + 2 :])
    return ("network", cleared, *words[2:])


def classful(text: str) -> str:
    """The mask that a network has by its class (RFC 791); the default route has none."""
    value = address(text) or 0
    if value == 0:
        return "0.0.0.0"  # noqa: S104 -- a mask, nothing is bound
    return next((mask for limit, mask in _CLASSES if value >> 24 < limit), "255.255.255.255")


def family(config: Configuration, node: Node, found: Match) -> Key:
    """Opening the IPv4 family moves what belongs to it there, and activates the neighbors."""
    if node.children.get(_IPV4) is None and found.words == _IPV4 and not config.booting:
        _open_family(config, node)
    return found.words


def _open_family(config: Configuration, node: Node) -> None:
    opened = config.put(node, _rule("bgp", "address-family ipv4", config), _IPV4)
    for key, child in list(node.children.items()):
        if child.rule is not None and child.rule.pattern in _FAMILY_PATTERNS:
            node.children.pop(key)
            config.put(opened, child.rule, child.words)
    for neighbor in list(node.all("neighbor")):
        if neighbor.words[2] == "remote-as":
            rule = _rule("bgp-af", f"neighbor {neighbor.words[1]} activate", config)
            config.put(opened, rule, ("neighbor", neighbor.words[1], "activate"))


def home(node: Node, rule: Rule) -> Node:
    """Where a statement typed at the process belongs: the process, or its IPv4 family."""
    opened = node.children.get(_IPV4) if node.mode == "bgp" else None
    return opened if opened is not None and rule.pattern in _FAMILY_PATTERNS else node


def forget(node: Node, words: Key) -> None:
    """`no neighbor X` also takes it out of the families."""
    for child in node.children.values():
        if child.words[0] != "address-family":
            continue
        for other in list(child.all(*words)):
            child.children.pop(key_of(other.rule, other.words) if other.rule else other.words)


def _rule(mode: str, line: str, config: Configuration) -> Rule:
    found = grammar(mode, weak=config.weak).match(line)
    if not isinstance(found, Match):  # only our own lines come here
        raise TypeError(line)
    return found.rule
