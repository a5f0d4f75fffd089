"""A line of a static packet filter: `SOURCE/LENGTH:DESTINATION/LENGTH:PROTOCOL` and its data.

Cmdlet reference of RemoteAccess, `Add-RemoteAccessIpFilter`, parameter `List`: two ports (0 is any)
behind TCP, UDP and TCPEstablished, type and code (255 is any) behind ICMP, a protocol's number
behind Other, nothing behind Any. Netsh and the console spell the established kind otherwise.
"""

from __future__ import annotations

import re
from ipaddress import IPv4Network

from appliance.model.packets import Match
from appliance.model.traffic import ICMP, PORTS, PROTOCOLS, TCP, UDP, interval
from appliance.record import dataclass

ANY, OTHER, ESTABLISHED = "Any", "Other", "TCPEstablished"
ANY_CODE = 255
_WORDS = {
    "any": ANY,
    "tcp": "TCP",
    "udp": "UDP",
    "tcpestablished": ESTABLISHED,
    "tcpest": ESTABLISHED,
    "icmp": "ICMP",
    "other": OTHER,
}
_DATA = {ANY: 0, OTHER: 1}  # all others have two
_NUMBERS = {"TCP": TCP, "UDP": UDP, ESTABLISHED: TCP}
_HIGHEST = {"ICMP": 255, OTHER: 255}
_NO_ECHO = 256
"""An ICMP type that no packet has."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line; `data` are its ports, its type and code, or its protocol's number."""

    source: IPv4Network
    target: IPv4Network
    protocol: str
    data: tuple[int, ...] = ()

    def __str__(self) -> str:
        return ":".join(map(str, (self.source, self.target, self.protocol, *self.data)))


def read(text: str) -> Line | None:
    """The line that a text says; None where it is none that we know."""
    parts = text.strip().split(":")
    try:
        source, target, said = parts[:3]
        data = tuple(map(_number, parts[3:]))
        ends = IPv4Network(source, strict=False), IPv4Network(target, strict=False)
    except ValueError:
        return None
    word = _WORDS.get(re.sub(r"[^a-z]", "", said.lower()))
    if word is None and said.isdigit():
        word, data = OTHER, (int(said), *data)
    return None if word is None else _checked(Line(*ends, word, data))


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise ValueError(text)
    return int(text)


def _checked(line: Line) -> Line | None:
    """Zeros behind what a protocol has say nothing; 0 as another protocol may stand for any."""
    count = _DATA.get(line.protocol, 2)
    data, more = line.data[:count], line.data[count:]
    highest = _HIGHEST.get(line.protocol, PORTS[0][1])
    if len(data) != count or any(more) or any(one > highest for one in data):
        return None
    if line.protocol == OTHER and data == (0,):
        return None
    return Line(line.source, line.target, line.protocol, data)


def alike(text: str) -> str:
    """What two texts have in common that say the same line."""
    line = read(text)
    return text.lower() if line is None else str(line)


def match(line: Line) -> Match:
    """The packets that it matches."""
    ends = (interval(line.source),), (interval(line.target),)
    if line.protocol == ANY:
        return Match(protocol=PROTOCOLS, source=ends[0], target=ends[1])
    if line.protocol == OTHER:
        return Match(protocol=((line.data[0],) * 2,), source=ends[0], target=ends[1])
    if line.protocol == "ICMP":
        kind = ((ICMP, ICMP),)
        return Match(protocol=kind, source=ends[0], target=ends[1], icmp=_type(*line.data))
    number = _NUMBERS[line.protocol]
    asking, asked = (PORTS if port == 0 else ((port, port),) for port in line.data)
    return Match(
        protocol=((number, number),),
        source=ends[0],
        target=ends[1],
        source_ports=asking,
        target_ports=asked,
        established=line.protocol == ESTABLISHED,
    )


def _type(kind: int, code: int) -> int | None:
    """The type; echo and its reply have code 0 only."""
    if code not in (0, ANY_CODE):
        return _NO_ECHO
    return None if kind == ANY_CODE else kind
