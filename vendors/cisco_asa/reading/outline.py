"""The sections of an ASA configuration by heading: what new names may not collide with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from vendors.cisco.masking import mask
from vendors.cisco.tree import Line
from vendors.cisco_asa.reading.nat_rules import printed
from vendors.cisco_asa.reading.places import Names
from vendors.cisco_asa.reading.running import Running

_HEADINGS = {
    "interface": "interface",
    "object network": "object network",
    "object service": "object service",
    "object-group network": "object-group network",
    "object-group service": "object-group service",
    "object-group protocol": "object-group protocol",
    "object-group icmp-type": "object-group icmp-type",
    "object-group other": "object-group",
    "ikev1 policy": "crypto ikev1 policy",
    "ikev2 policy": "crypto ikev2 policy",
    "ipsec-proposal": "crypto ipsec ikev2 ipsec-proposal",
    "ipsec profile": "crypto ipsec profile",
    "crypto map": "crypto map",
    "dynamic-map": "crypto dynamic-map",
    "general-attributes": "tunnel-group",
    "ipsec-attributes": "tunnel-group",
    "group-policy": "group-policy",
    "router bgp": "router bgp",
    "webvpn": "webvpn",
}
"""Sections with a name."""

_LINES = {
    "tunnel-group type": ("tunnel-group", 1, 2),
    "group-policy kind": ("group-policy", 1, 2),
    "transform-set": ("crypto ipsec ikev1 transform-set", 4, 5),
    "old transform-set": ("crypto ipsec ikev1 transform-set", 3, 4),
}
"""Statements with a name: heading, where the name stands, where the rest begins."""

_WHOLE = (
    "map interface",
    "ikev1 enable",
    "ikev2 enable",
    "tcpmss",
    "no permit-vpn",
    "isakmp identity",
    "access-group",
    "mtu",
    "nat",
    "old nat",
    "route",
)
"""Statements that are a heading as a whole."""

_OLD = (("isakmp enable", "crypto ikev1 enable"), ("crypto isakmp enable", "crypto ikev1 enable"))
"""Statements of 8.3 and before, and what they read back as on later releases."""


class Outline(Mapping[str, tuple[str, ...]]):
    """Heading -> lines, blanks normalised and keys masked, for every section that matters.

    A heading ends with the section's name (`crypto map AZURE 10`, `object-group network A`,
    `access-list A`); what else stands in a heading of the text is a line. Statements that are about
    no section are headings as a whole: NAT rules, routes, `crypto map AZURE interface outside`,
    `crypto ikev2 enable outside`. Lines are read when they are asked for.
    """

    def __init__(self, running: Running, names: Names) -> None:
        self._names = names
        self._found: dict[str, list[tuple[str, Line]]] = {}
        for kind, heading in _HEADINGS.items():
            for name, sections in running.names(kind).items():
                self._add(f"{heading} {name}".rstrip(), kind, sections)
        for kind in _LINES:
            self._add_lines(kind, running.lines.get(kind, []))
        for name, lines in running.lists().items():
            self._add(f"access-list {name}", "access-list", lines)
        for kind in _WHOLE:
            for line in running.lines.get(kind, ()):
                self._add(_heading(line), kind, [])

    def _add(self, heading: str, kind: str, lines: list[Line]) -> None:
        self._found.setdefault(heading, []).extend((kind, line) for line in lines)

    def _add_lines(self, kind: str, lines: list[Line]) -> None:
        heading, name_at, _rest = _LINES[kind]
        for line in lines:
            words = line.text.split()
            if len(words) > name_at:
                self._add(f"{heading} {words[name_at]}", kind, [line])

    def __getitem__(self, heading: str) -> tuple[str, ...]:
        found = sorted(self._found[heading], key=lambda one: one[1].number)
        texts = (text for kind, line in found for text in _lines(kind, line))
        if heading.startswith("object-group network "):
            return tuple(map(self._addressed, texts))
        return tuple(texts)

    def _addressed(self, member: str) -> str:
        """A member by its address: with `names` the ASA prints a name for it, whoever wrote it."""
        words = member.split()
        if words[0] != "network-object" or words[1:2] == ["object"]:
            return member
        return " ".join(str(self._names.address(word) or word) for word in words)

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)


def _heading(line: Line) -> str:
    """A statement as the ASA prints it today."""
    text = printed(line)
    for old, new in _OLD:
        text = new + text.removeprefix(old) if text.startswith(f"{old} ") else text
    return text


def _lines(kind: str, line: Line) -> Iterator[str]:
    words = mask(" ".join(line.text.split())).split()
    if kind in _LINES:
        yield " ".join(words[_LINES[kind][2] :])
    elif kind in {"crypto map", "dynamic-map"}:
        yield " ".join([*words[:1], *words[5:]] if words[0] == "no" else words[4:])
    elif kind == "access-list":
        yield " ".join(words[2:])
    else:
        yield from _children(line)


def _children(line: Line) -> Iterator[str]:
    for child in line.children:
        yield mask(" ".join(child.text.split()))
        yield from _children(child)
