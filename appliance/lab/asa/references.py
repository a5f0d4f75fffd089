"""Who uses what: the objects the ASA refuses to delete while another statement names them."""

from __future__ import annotations

from collections.abc import Iterator

from appliance.lab.asa.configuration import Configuration
from appliance.lab.asa.lists import nat_objects
from appliance.lab.cisco.tree import Key, Node

BUILT_IN = ("DefaultL2LGroup", "DefaultRAGroup", "DefaultWEBVPNGroup", "DfltGrpPolicy")


def refusal(config: Configuration, section: Node, words: Key) -> str:
    """What the ASA answers to `no <words>` while somebody needs it; empty when it may go."""
    if section.mode == "object-group":
        return _last_member(config, section, words)
    return _top(config, words) if section.mode == "config" else ""


def _top(config: Configuration, words: Key) -> str:
    match words:
        case ("object-group", "network", name):
            used = name_users(config, name)
            return f"Removing object-group ({name}) not allowed, it is being used." if used else ""
        case ("object", "network", name):
            used = name_users(config, name)
            return f"ERROR: unable to delete object ({name}). object is being used." if used else ""
        case ("group-policy", name, *_):
            return group_policy_refusal(config, name)
        case ("crypto", "ipsec", *rest):
            return _crypto(config, tuple(rest))
        case _:
            return ""


def _last_member(config: Configuration, group: Node, words: Key) -> str:
    members = [n for n in group.children.values() if n.words[0] != "description"]
    name = group.words[2]
    if [node.words for node in members] != [words] or not name_users(config, name):
        return ""
    return (
        "Removing obj from object-group not allowed;\n"
        f"object-group ({name}),  being used in access-list or threat-detection or NAT, "
        "would become empty"
    )


def name_users(config: Configuration, name: str) -> list[str]:
    """The statements that name this object or group."""
    return [text for text, names in _naming(config) if name in names]


def _naming(config: Configuration) -> Iterator[tuple[str, set[str]]]:
    for node in config.root.children.values():
        if node.words[0] == "access-list":
            for line in node.children.values():
                yield line.text, _objects(line.words)
        elif node.words == ("nat",):
            for line in node.children.values():
                yield line.text, nat_objects(line.words)
        elif node.words[0] == "object-group":
            for line in node.children.values():
                named = line.words[-1:] if line.words[0] != "description" else ()
                yield f"{node.text}: {line.text}", set(named)


def _objects(words: Key) -> set[str]:
    return {words[at + 1] for at, w in enumerate(words[:-1]) if w in {"object", "object-group"}}


def group_policy_refusal(config: Configuration, name: str) -> str:
    """Why a group policy stays; empty when it may go."""
    if name in BUILT_IN:
        return f"ERROR: {name} can not be removed"
    for node in config.root.all("tunnel-group"):
        if node.value("default-group-policy") == name:
            return (
                f"ERROR: group-policy {name} is in use by tunnel-group {node.words[1]} "
                "and can not be deleted"
            )
    return ""


def _crypto(config: Configuration, rest: Key) -> str:
    match rest:
        case ("ikev1", "transform-set", name, *_):
            users = _sets(config, ("set", "ikev1", "transform-set"), name)
            what = "transform set"
        case ("ikev2", "ipsec-proposal", name):
            users = _sets(config, ("set", "ikev2", "ipsec-proposal"), name)
            what = "ipsec-proposal"
        case ("profile", name):
            users = [
                interface.words[1]
                for interface in config.interfaces()
                if interface.value("tunnel", "protection", "ipsec", "profile") == name
            ]
            what = "ipsec profile"
        case _:
            return ""
    return f"ERROR: {what} {name} is in use by {users[0]}" if users else ""


def _sets(config: Configuration, statement: Key, name: str) -> list[str]:
    size = len(statement)
    found = [
        f"crypto map {node.words[2]} {node.words[3]}"
        for kind in ("map", "dynamic-map")
        for node in config.root.all("crypto", kind)
        if node.words[4 : 4 + size] == statement and name in node.words[4 + size :]
    ]
    found.extend(
        f"crypto ipsec profile {profile.words[3]}"
        for profile in config.root.all("crypto", "ipsec", "profile")
        if name in profile.value(*statement).split()
    )
    return found
