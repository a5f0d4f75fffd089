"""What an access list of the ASA does with a packet: the first line that fits decides."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network

from appliance.lab.asa.configuration import Configuration
from appliance.lab.asa.exemption import networks
from appliance.lab.asa.words import one_network
from appliance.lab.cisco.tree import Key

_SIZES = {"any": 1, "any4": 1, "any6": 1}
_CONDITIONS = {"eq": 2, "neq": 2, "lt": 2, "gt": 2, "range": 3}
_PORTS = {
    "bgp": 179, "domain": 53, "ftp": 21, "https": 443, "isakmp": 500, "ntp": 123, "smtp": 25,
    "snmp": 161, "ssh": 22, "syslog": 514, "telnet": 23, "www": 80,
}  # fmt: skip
_TYPES = {"echo-reply": 0, "unreachable": 3, "echo": 8, "time-exceeded": 11}


@dataclass(frozen=True, slots=True, kw_only=True)
class Packet:
    """The first packet of a connection; `ports` are its own and the one asked, or the ICMP type."""

    protocol: str
    source: str
    target: str
    ports: tuple[int, int] = (0, 0)


def port(word: str) -> int:
    """The number of a port, by its name or itself; -1 where the lab knows no such name."""
    return int(word) if word.isdecimal() else _PORTS.get(word, -1)


def decided(config: Configuration, name: str, packet: Packet) -> Key | None:
    """The words of the line that decides; None when none fits."""
    acl = config.root.children.get(("access-list", name))
    for node in acl.children.values() if acl else ():
        words = node.words
        if words[2] == "extended" and "inactive" not in words and _fits(config, words[4:], packet):
            return words
    return None


def _fits(config: Configuration, words: Key, packet: Packet) -> bool:
    if words[0] not in {"ip", packet.protocol}:
        return False
    rest = words[1:]
    ends = ((packet.source, packet.ports[0]), (packet.target, packet.ports[1]))
    for address, asked in ends:
        inside, rest = _side(config, rest, address)
        size = _CONDITIONS.get(rest[0], 0) if rest else 0
        if not inside or not _meets(rest[:size], asked):
            return False
        rest = rest[size:]
    return packet.protocol != "icmp" or not rest or _typed(rest[0], packet.ports[0])


def _meets(condition: Key, asked: int) -> bool:
    if not condition:
        return True
    low, high = port(condition[1]), port(condition[-1])
    return {
        "eq": asked == low,
        "neq": asked != low,
        "lt": asked < low,
        "gt": asked > low,
        "range": low <= asked <= high,
    }[condition[0]]


def _typed(word: str, kind: int) -> bool:
    """Whether an ICMP type is asked for that this is not; what is no type says nothing of it."""
    wanted = _TYPES.get(word, int(word) if word.isdecimal() else kind)
    return wanted == kind


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
