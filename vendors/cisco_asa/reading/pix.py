"""What PIX 6 says on single lines, as the sections that later releases have for it.

`nameif ethernet0 outside security0` with `ip address outside A M` is an interface, `isakmp key K
address A` a tunnel-group ("Cisco PIX Firewall Command Reference", 6.3; its liveness probes are off
unless `isakmp keepalive` turns them on, for all peers).
"""

from __future__ import annotations

import re

from vendors.cisco.sections import Block, Said
from vendors.cisco.tree import Line
from vendors.cisco_asa.reading.groups import DEFAULT_GROUP
from vendors.cisco_asa.reading.running import Running, interface_name

_NAMEIF = re.compile(r"^nameif[ \t]+(\S+)[ \t]+(\S+)[ \t]+security\d+.*$", re.MULTILINE)
_ADDRESS = re.compile(r"^ip address[ \t]+(\S+)[ \t]+([\d.]+[ \t]+[\d.]+).*$", re.MULTILINE)
_OFF = re.compile(r"^interface[ \t]+(\S+)[ \t].*\bshutdown[ \t]*$", re.MULTILINE)
_KEY = re.compile(
    r"^(?:crypto )?isakmp key[ \t]+(\S+)[ \t]+address[ \t]+(\S+)"
    r"(?:[ \t]+(?:netmask[ \t]+)?(\d\S*))?",
    re.MULTILINE,
)
_KEEPALIVE = re.compile(r"^isakmp keepalive[ \t]+(\d+)(?:[ \t]+(\d+))?", re.MULTILINE)
_ANY = "0.0.0.0"  # noqa: S104 -- no bind


def without(text: str) -> str:
    """The text with the same rows, those empty that later releases would take for others."""
    return _NAMEIF.sub("", text)


def add(running: Running, text: str) -> None:
    """File the interfaces and keys of a text, unless it has them as sections as well."""
    addresses = {found[1]: found for found in _ADDRESS.finditer(text)}
    off = {found[1] for found in _OFF.finditer(text)}
    for found in _NAMEIF.finditer(text):
        block = Block(_line(text, found), interface_name([found[1]]))
        _say(block, "nameif", _line(text, found, f"nameif {found[2]}"), 1)
        held = addresses.get(found[2])
        if held is not None:
            _say(block, "ip address", _line(text, held, f"ip address {held[2]}"), 2)
        if found[1] in off:
            _say(block, "shutdown", _line(text, found, "shutdown"), 1)
        running.put("interface", block)
    for found in _KEY.finditer(text):
        name = DEFAULT_GROUP if found[3] == _ANY else found[2]
        if name not in running.names("ipsec-attributes"):
            running.put("ipsec-attributes", _group(text, found, name))


def _group(text: str, found: re.Match[str], name: str) -> Block:
    block = Block(_line(text, found), name)
    _say(block, "ikev1 key", _line(text, found, f"pre-shared-key {found[1]}"), 1)
    probes = _KEEPALIVE.search(text)
    if probes is None:
        _say(block, "keepalive", Line(0, "isakmp keepalive disable"), 2)
    else:
        retry = f" retry {probes[2]}" if probes[2] else ""
        words = f"isakmp keepalive threshold {probes[1]}{retry}"
        _say(block, "keepalive", _line(text, probes, words), 2)
    return block


def _line(text: str, found: re.Match[str], words: str = "") -> Line:
    return Line(text.count("\n", 0, found.start()) + 1, words or found[0].rstrip())


def _say(block: Block, kind: str, line: Line, depth: int) -> None:
    block.said.setdefault(kind, []).append(Said(line, line.text.split(), depth))
