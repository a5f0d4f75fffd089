"""Applications of security policies: protocols and ports by the names that policies use."""

from __future__ import annotations

from collections.abc import Iterator

from appliance.model.diagram import Interval
from appliance.model.traffic import ICMP, PORTS, PROTOCOLS, TCP, UDP
from appliance.record import dataclass
from vendors.juniper_junos.tree import Node

_DEEPEST = 16
_LAST_PORT = 0xFFFF
_NUMBERS = {"icmp": ICMP, "igmp": 2, "tcp": TCP, "egp": 8, "udp": UDP, "gre": 47, "esp": 50,
            "ah": 51, "ospf": 89, "pim": 103, "vrrp": 112, "sctp": 132}  # fmt: skip
_NAMES = {
    "bgp": 179, "bootpc": 68, "bootps": 67, "domain": 53, "finger": 79, "ftp": 21, "ftp-data": 20,
    "http": 80, "https": 443, "imap": 143, "ldap": 389, "nntp": 119, "ntp": 123, "pop3": 110,
    "pptp": 1723, "radius": 1812, "radacct": 1813, "rip": 520, "sip": 5060, "smtp": 25,
    "snmp": 161, "snmptrap": 162, "ssh": 22, "sunrpc": 111, "syslog": 514, "tacacs": 49,
    "telnet": 23, "tftp": 69, "xdmcp": 177,
}  # fmt: skip
_ECHO = frozenset({"8", "echo-request"})

_TCP = {
    "bgp": 179, "dns-tcp": 53, "finger": 79, "ftp": 21, "ftp-data": 20, "http": 80, "https": 443,
    "ident": 113, "imap": 143, "imaps": 993, "ldap": 389, "mail": 25, "ms-sql": 1433,
    "netbios-session": 139, "nntp": 119, "pop3": 110, "pptp": 1723, "rdp": 3389, "rtsp": 554,
    "smb-session": 445, "smtp": 25, "ssh": 22, "tacacs": 49, "telnet": 23, "whois": 43,
}  # fmt: skip
_UDP = {
    "dns-udp": 53, "ike": 500, "ike-nat": 4500, "l2tp": 1701, "nbds": 138, "nbname": 137,
    "ntp": 123, "radius": 1812, "radacct": 1813, "rip": 520, "syslog": 514, "tftp": 69,
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One part of an application: protocols, and the ports asked and asking."""

    protocol: tuple[Interval, ...] = PROTOCOLS
    ports: tuple[Interval, ...] = PORTS
    from_ports: tuple[Interval, ...] = PORTS


def _one(number: int, *ports: int) -> tuple[Service, ...]:
    asked = tuple((port, port) for port in ports) or PORTS
    return (Service(protocol=((number, number),), ports=asked),)


_PREDEFINED: dict[str, tuple[Service, ...]] = {
    "any": (Service(),),
    "junos-tcp-any": _one(TCP),
    "junos-udp-any": _one(UDP),
    "junos-icmp-all": _one(ICMP),
    "junos-icmp-ping": _one(ICMP),
    "junos-ping": _one(ICMP),
    "junos-gre": _one(47),
    "junos-ospf": _one(89),
    "junos-smb": _one(TCP, 139, 445),
    "junos-sip": (*_one(TCP, 5060), *_one(UDP, 5060)),
    **{f"junos-{name}": _one(TCP, port) for name, port in _TCP.items()},
    **{f"junos-{name}": _one(UDP, port) for name, port in _UDP.items()},
}
"""The predefined applications that people use; `show groups junos-defaults applications`."""


class Applications:
    """The applications of a device."""

    def __init__(self, root: Node) -> None:
        self.root = root.at("applications")

    def services(self, name: str) -> tuple[Service, ...] | None:
        """What a name stands for; None when that is not known."""
        return self._read(name, 0)

    def _read(self, name: str, depth: int) -> tuple[Service, ...] | None:
        own = self.root.get("application", name)
        if own is not None:
            return _own(own)
        members = self.root.get("application-set", name)
        if members is None or depth >= _DEEPEST:
            return _PREDEFINED.get(name)
        found: list[Service] = []
        for kind in ("application", "application-set"):
            for member in members.values(kind):
                inner = self._read(member, depth + 1)
                if inner is None:
                    return None
                found += inner
        return tuple(found)


def _own(node: Node) -> tuple[Service, ...] | None:
    terms = [term for name, term in node.items("term") if not name.startswith("apply-")]
    parts = terms or [node]
    read = [service for part in parts for service in _part(part)]
    known = tuple(service for service in read if service is not None)
    return known if len(known) == len(read) else None


def _part(node: Node) -> Iterator[Service | None]:
    """A term; None for what cannot be told. ICMP that is no echo is in no flow."""
    word = node.value("protocol")
    number = _number(word, _NUMBERS)
    if number is None or node.value("ether-type") or node.value("rpc-program-number"):
        yield None
        return
    kind = node.value("icmp-type")
    if kind is not None and kind not in _ECHO:
        return
    asked, asking = _range(node.value("destination-port")), _range(node.value("source-port"))
    if asked is None or asking is None:
        yield None
        return
    yield Service(protocol=((number, number),), ports=(asked,), from_ports=(asking,))


def _number(word: str | None, names: dict[str, int]) -> int | None:
    if word is None:
        return None
    return int(word) if word.isdecimal() else names.get(word)


def _range(text: str | None) -> Interval | None:
    if text is None:
        return PORTS[0]
    first, _, last = text.partition("-")
    name = _NAMES.get(text)
    if name is not None:
        return name, name
    if not first.isdecimal() or not (last or first).isdecimal():
        return None
    low, high = int(first), int(last or first)
    return (low, high) if low <= high <= _LAST_PORT else None
