"""What `no` takes out, and what goes with it."""

from __future__ import annotations

from collections.abc import Callable

from appliance.lab.asa.actions_crypto import INCOMPLETE, complete, fill
from appliance.lab.asa.configuration import Configuration
from appliance.lab.asa.defaults import is_virtual
from appliance.lab.asa.lists import remove_ace, remove_nat
from appliance.lab.asa.nameifs import purge
from appliance.lab.asa.references import refusal
from appliance.lab.cisco.grammar import Match
from appliance.lab.cisco.tree import Key, Node

_WILL_BE = INCOMPLETE.replace("is incomplete", "will be incomplete")
Remover = Callable[[Configuration, Node, Match], str]


def remove(config: Configuration, stack: list[Node], found: Match) -> str:
    """Take out what `no` names in the current section; what the ASA says about it."""
    section = stack[-1]
    special = _SPECIAL.get(found.rule.action)
    if special is not None:
        return special(config, section, found)
    refused = "" if config.booting else refusal(config, section, found.words)
    if refused:
        return refused
    removed = config.remove(section, found)
    if section.mode in {"ikev1-policy", "ikev2-policy", "ipsec-proposal"}:
        _refill(config, section, found.words)
    missing = not removed and not found.rule.sticky and not config.booting
    return _nothing_there(found.words) if missing else ""


def _refill(config: Configuration, section: Node, words: Key) -> None:
    """A policy never lacks a line: without its own it has the default."""
    fresh = Node(words=section.words, mode=section.mode)
    fill(config, fresh)
    for key, node in fresh.children.items():
        if key not in section.children and key[0] == words[0]:
            section.children[key] = node


def _interface(config: Configuration, parent: Node, found: Match) -> str:
    name = found.words[1]
    node = parent.children.get(found.words)
    if not is_virtual(name):
        return "ERROR: Removal of physical interfaces is not permitted"
    if node is None:
        return "ERROR: % Invalid interface" if not config.booting else ""
    nameif = node.value("nameif")
    config.discard(parent, node)
    if nameif:
        purge(config, nameif)
    return ""


def _nameif(
    config: Configuration,
    parent: Node,
    found: Match,  # noqa: ARG001 -- the signature of a remover
) -> str:
    held = parent.find("nameif")
    if held is None:
        return ""
    config.discard(parent, held)
    for node in list(parent.all("security-level")):
        config.discard(parent, node)
    purge(config, held.words[1])
    return ""


def _map_statement(config: Configuration, parent: Node, found: Match) -> str:
    """One statement of a crypto map entry; of a list of peers only those named."""
    words = found.words
    size = found.rule.key or len(words)
    held = parent.children.get(words[:size])
    if held is None:
        text = f"ERROR: Crypto map entry {' '.join(words[2:4])} has no such statement"
        return "" if config.booting else text
    left = tuple(word for word in held.words[size:] if word not in words[size:])
    several = words[4:6] == ("set", "peer") or words[5:6] in {("ikev1",), ("ikev2",)}
    if several and len(words) > size and left:
        if left == held.words[size:]:
            return "ERROR: the crypto map entry does not have this value"
        held.words = (*held.words[:size], *left)
        config.edits += 1
        return ""
    config.discard(parent, held)
    statements = [node.words[4:] for node in parent.all(*words[:4])]
    return "" if not statements or complete(statements) else _WILL_BE


def _map_interface(config: Configuration, parent: Node, found: Match) -> str:
    wanted = found.words[4].lower()
    for node in list(parent.all(*found.words[:4])):
        if node.words[4].lower() == wanted:
            config.discard(parent, node)
            return ""
    return f"ERROR: crypto map {found.words[2]} is not applied to interface {found.words[4]}"


def _tunnel_group(config: Configuration, parent: Node, found: Match) -> str:
    name = found.words[1]
    held = list(parent.all("tunnel-group", name))
    for node in held:
        config.discard(parent, node)
    return "" if held or config.booting else f"ERROR: The tunnel-group {name} does not exist"


def _login(config: Configuration, parent: Node, found: Match) -> str:
    """A user goes with the attributes."""
    for node in list(parent.all(*found.words[:2])):
        config.discard(parent, node)
    return ""


def _group_policy(config: Configuration, parent: Node, found: Match) -> str:
    name = found.words[1]
    refused = refusal(config, parent, found.words)
    if refused:
        return refused
    held = list(parent.all("group-policy", name))
    for node in held:
        config.discard(parent, node)
    return "" if held or config.booting else f"ERROR: The group-policy {name} does not exist"


def _neighbor(config: Configuration, section: Node, found: Match) -> str:
    """Without its number a neighbor is nothing: all its lines go."""
    for node in list(section.all("neighbor", found.words[1])):
        config.discard(section, node)
    for node in list(section.all("no", "neighbor", found.words[1])):
        config.discard(section, node)
    return ""


def _route(config: Configuration, parent: Node, found: Match) -> str:
    wanted = found.words
    held = [
        node
        for node in parent.all("route")
        if node.words[: len(wanted)] == wanted and node.words[1].lower() == wanted[1].lower()
    ]
    for node in held:
        config.discard(parent, node)
    return "" if held or config.booting else "%No matching route to delete"


def _nothing_there(words: Key) -> str:
    """What the ASA says when a `no` names something that is not configured; mostly nothing."""
    match words:
        case ("object-group", "network", name):
            return f"ERROR: object-group {name} does not exist"
        case ("object", "network", name):
            return f"ERROR: object {name} does not exist"
        case ("access-group", *_):
            return "ERROR: access-group is not applied"
        case _:
            return ""


_SPECIAL: dict[str, Remover] = {
    "ace": remove_ace,
    "nat": remove_nat,
    "interface": _interface,
    "nameif": _nameif,
    "map_list": _map_statement,
    "map_peer": _map_statement,
    "map_pfs": _map_statement,
    "map_sets": _map_statement,
    "map_proposals": _map_statement,
    "map_lifetime": _map_statement,
    "map_interface": _map_interface,
    "secret": _login,
    "tunnel_group": _tunnel_group,
    "group_policy": _group_policy,
    "neighbor": _neighbor,
    "route": _route,
}
