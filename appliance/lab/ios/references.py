"""Who uses what: the objects IOS refuses to delete while another statement names them."""

from __future__ import annotations

from collections.abc import Iterator

from appliance.lab.cisco.tree import Key, Node
from appliance.lab.ios.configuration import Configuration


def refusal(config: Configuration, section: Node, words: Key) -> str:
    """What IOS answers to `no <words>` when the object is in use; empty when it may go."""
    if section.mode != "config" or words[0] != "crypto":
        return ""
    if words[1] == "map":
        return _map_in_use(config, words[2], words[3:4])
    what, users = _users(config, words)
    return f"% {what} {words[3]} is in use by {users[0]}" if users else ""


def _users(config: Configuration, words: Key) -> tuple[str, list[str]]:
    match words:
        case (_, "ipsec", "transform-set", name, *_):
            return "Transform-set", _naming(config, ("set", "transform-set"), name)
        case (_, "ipsec", "profile", name):
            return "Crypto ipsec profile", _protected(config, name)
        case (_, "ikev2", "profile", name):
            return "IKEv2 profile", _naming(config, ("set", "ikev2-profile"), name)
        case (_, "ikev2", "proposal", name):
            return "IKEv2 proposal", _policies(config, name)
        case (_, "ikev2", "keyring", name):
            return "IKEv2 keyring", _keyrings(config, name)
        case _:
            return "", []


def _sections(config: Configuration) -> Iterator[Node]:
    yield from config.root.all("crypto", "ipsec", "profile")
    yield from config.root.all("crypto", "map")
    yield from config.root.all("crypto", "dynamic-map")


def _naming(config: Configuration, statement: Key, name: str) -> list[str]:
    return [
        " ".join(node.words[1:4])
        for node in _sections(config)
        if name in node.value(*statement).split()
    ]


def _protected(config: Configuration, name: str) -> list[str]:
    return [
        interface.words[1]
        for interface in config.root.all("interface")
        if interface.value("tunnel", "protection", "ipsec", "profile").split()[:1] == [name]
    ]


def _policies(config: Configuration, name: str) -> list[str]:
    return [
        f"policy {policy.words[3]}"
        for policy in config.root.all("crypto", "ikev2", "policy")
        if ("proposal", name) in policy.children
    ]


def _keyrings(config: Configuration, name: str) -> list[str]:
    return [
        f"profile {profile.words[3]}"
        for profile in config.root.all("crypto", "ikev2", "profile")
        if profile.value("keyring", "local") == name
    ]


def _map_in_use(config: Configuration, name: str, number: Key) -> str:
    entries = [e for e in config.root.all("crypto", "map", name) if e.words[3].isdecimal()]
    bound = [
        interface.words[1]
        for interface in config.root.all("interface")
        if interface.value("crypto", "map").split()[:1] == [name]
    ]
    last = not number or [entry.words[3] for entry in entries] == list(number)
    if bound and last:
        return f"% Crypto-map {name} is in use by interface {bound[0]}. Remove it first."
    return ""
