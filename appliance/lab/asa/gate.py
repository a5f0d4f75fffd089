"""Whether IKE from a gateway reaches the device itself.

Interface access lists do not concern traffic to an ASA; one applied with `control-plane` does
(Cisco, "access-group" in the command reference), and what it does not name is let through.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network

from appliance.lab.asa.configuration import Configuration
from appliance.lab.asa.exemption import networks
from appliance.lab.asa.words import one_network
from appliance.lab.cisco.tree import Key

_IKE = frozenset(("isakmp", "500"))
_SIZES = {"any": 1, "any4": 1, "any6": 1}
_PORTED = 2  # `eq PORT`


def lets_in(config: Configuration, nameif: str, peer: str, local: str) -> bool:
    """Whether the first line that fits IKE from `peer` to `local` is a permit, or none fits."""
    for node in config.root.all("access-group"):
        words = node.words
        if words[2:4] != ("in", "interface") or "control-plane" not in words:
            continue
        if words[4].lower() == nameif.lower():
            return _first(config, words[1], (peer, local))
    return True


def _first(config: Configuration, name: str, ends: tuple[str, str]) -> bool:
    acl = config.root.children.get(("access-list", name))
    for node in acl.children.values() if acl else ():
        words = node.words
        if words[2] == "extended" and "inactive" not in words and _fits(config, words[4:], ends):
            return words[3] == "permit"
    return True


def _fits(config: Configuration, words: Key, ends: tuple[str, str]) -> bool:
    if words[0] not in {"ip", "udp"}:
        return False
    rest = words[1:]
    for address in ends:
        inside, rest = _side(config, rest, address)
        if not inside:
            return False
        if rest[:1] == ("eq",):
            if rest[1] not in _IKE:
                return False
            rest = rest[_PORTED:]
    return True


def _side(config: Configuration, words: Key, address: str) -> tuple[bool, Key]:
    """Whether the address belongs to the next argument, and what follows it."""
    size = _SIZES.get(words[0], 2) if words else 0
    head, rest = words[:size], words[size:]
    if head[:1] == ("interface",):
        return True, rest
    grouped = head[:1] in {("object",), ("object-group",)}
    found = networks(config, head[1]) if grouped else {one_network(head)}
    held = (IPv4Network(one, strict=False) for one in found if one)
    return any(IPv4Address(address) in one for one in held), rest
