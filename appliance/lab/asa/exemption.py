"""Address translation: whether traffic for a tunnel keeps its addresses on the way out."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network

from appliance.lab.asa.configuration import Configuration
from appliance.lab.asa.words import one_network
from appliance.lab.cisco.tree import Key, Node

Pair = tuple[str, str]


def networks(config: Configuration, name: str, above: frozenset[str] = frozenset()) -> set[str]:
    """The networks an object or object group stands for; a group that holds itself adds none."""
    if name in above:
        return set()
    held = config.root.children.get(("object", "network", name))
    if held is not None:
        found = (one_network(n.words) or one_network(n.words[1:]) for n in held.children.values()
                 if n.words[0] in {"host", "subnet"})  # fmt: skip
        return {one for one in found if one}
    group = config.root.children.get(("object-group", "network", name))
    members: set[str] = set()
    for node in group.children.values() if group else ():
        members |= _member(config, node, above | {name})
    return members


def _member(config: Configuration, node: Node, above: frozenset[str]) -> set[str]:
    match node.words:
        case ("network-object", "object", name) | ("group-object", name):
            return networks(config, name, above)
        case ("network-object", *rest):
            found = one_network(rest)
            return {found} if found else set()
        case _:
            return set()


def translated(config: Configuration, pair: Pair, exits: str) -> bool:
    """Whether traffic of this pair leaves by the interface `exits` with other addresses.

    Manual rules come first, in their order; then those of objects; then the manual rules behind
    them. The first that fits decides (Cisco, "NAT rule order").
    """
    for rule in _ordered(config):
        if not _leaves(rule, exits) or not _fits(config, rule, pair):
            continue
        return not _identity(rule)
    return False


def _ordered(config: Configuration) -> Iterator[Key]:
    held = config.root.children.get(("nat",))
    manual = [node.words for node in held.children.values()] if held else []
    yield from (words for words in manual if "after-auto" not in words and "inactive" not in words)
    for node in config.root.all("object", "network"):
        rule = node.find("nat")
        if rule is not None:
            kind = rule.words[2]
            target = " ".join(rule.words[3:]).split()[:1]
            yield ("nat", rule.words[1], "source", kind, node.words[2], *target)
    yield from (words for words in manual if "after-auto" in words and "inactive" not in words)


def _leaves(words: Key, exits: str) -> bool:
    outside = words[1].strip("()").split(",")[1].lower()
    return outside in {"any", exits.lower()}


def _fits(config: Configuration, words: Key, pair: Pair) -> bool:
    at = words.index("source")
    if not _covers(config, words[at + 2], pair[0]):
        return False
    if "destination" not in words:
        return True
    return _covers(config, words[words.index("destination") + 3], pair[1])


def _covers(config: Configuration, name: str, network: str) -> bool:
    """Whether all of the network belongs to what the name stands for."""
    if name == "any":
        return True
    wanted = IPv4Network(network)
    return any(wanted.subnet_of(IPv4Network(one)) for one in networks(config, name))


def _identity(words: Key) -> bool:
    at = words.index("source")
    kind, real, *mapped = words[at + 1 : at + 4]
    return kind == "static" and mapped[:1] == [real]
