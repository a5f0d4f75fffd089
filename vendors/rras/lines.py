"""A line of a static packet filter: `SOURCE/LENGTH:DESTINATION/LENGTH:PROTOCOL` and its data.

Cmdlet reference of RemoteAccess, `Add-RemoteAccessIpFilter`, parameter `List`: two ports (0 is any)
behind TCP, UDP and TCPEstablished, type and code (255 is any) behind ICMP, a protocol's number
behind Other, nothing behind Any. Netsh and the console spell the established kind otherwise.
"""

from __future__ import annotations

import re
from ipaddress import IPv4Network

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
_HIGHEST = {"ICMP": 255, OTHER: 255}
_HIGHEST_PORT = 65_535


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
    highest = _HIGHEST.get(line.protocol, _HIGHEST_PORT)
    if len(data) != count or any(more) or any(one > highest for one in data):
        return None
    if line.protocol == OTHER and data == (0,):
        return None
    return Line(line.source, line.target, line.protocol, data)


def alike(text: str) -> str:
    """What two texts have in common that say the same line."""
    line = read(text)
    return text.lower() if line is None else str(line)
