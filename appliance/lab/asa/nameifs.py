"""What hangs on the name of an interface: statements that follow it, or go with it."""

from __future__ import annotations

from appliance.lab.asa.configuration import Configuration
from appliance.lab.cisco.tree import Node

# Where the name stands in a statement.
_AT = {"route": 1, "mtu": 1, "ssh": 3, "http": 3, "telnet": 3, "icmp": -1}


def _place(node: Node) -> int | None:
    """The position of the nameif among the words, if the statement has one."""
    words = node.words
    if words[0] == "access-group":
        return words.index("interface") + 1 if "interface" in words else None
    if words[:2] == ("crypto", "map") and words[3] == "interface":
        return 4
    if words[:1] == ("crypto",) and words[2:3] == ("enable",):
        return 3
    at = _AT.get(words[0])
    return at if at is not None and len(words) > at else None


def users(config: Configuration, nameif: str) -> list[Node]:
    """Every top-level statement that names the interface."""
    found = []
    for node in config.root.children.values():
        at = _place(node)
        if at is not None and node.words[at].lower() == nameif.lower():
            found.append(node)
    return found


def purge(config: Configuration, nameif: str) -> None:
    """The name is gone: so is all that refers to it."""
    for node in users(config, nameif):
        config.discard(config.root, node)
    rules = config.root.children.get(("nat",))
    for rule in list(rules.children.values()) if rules else ():
        if rules is not None and nameif in rule.words[1].strip("()").split(","):
            config.discard(rules, rule)
    for interface in config.interfaces():
        for node in list(interface.all("tunnel", "source", "interface", nameif)):
            config.discard(interface, node)


def follow(config: Configuration, old: str, new: str) -> None:
    """The interface is called otherwise: the statements keep up."""
    for node in users(config, old):
        at = _place(node)
        if at is None:
            continue
        place = at % len(node.words)
        words = tuple(new if i == place else word for i, word in enumerate(node.words))
        for key, held in list(config.root.children.items()):
            if held is node:
                config.root.children.pop(key)
                size = len(key)
                node.words = words
                if node.raw:
                    node.raw = " ".join(words)
                config.root.children[words[:size]] = node
    config.edits += 1
