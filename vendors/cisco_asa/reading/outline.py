"""The sections of an ASA configuration by heading: what new names may not collide with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from vendors.cisco.masking import mask
from vendors.cisco.tree import Line
from vendors.cisco_asa.reading.running import Running

_HEADINGS = {
    "interface": "interface",
    "object network": "object network",
    "object service": "object service",
    "object-group network": "object-group network",
    "object-group service": "object-group service",
    "object-group protocol": "object-group protocol",
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
}
"""Sections with a name."""

_LINES = {
    "tunnel-group type": ("tunnel-group", 1, 2),
    "group-policy kind": ("group-policy", 1, 2),
    "transform-set": ("crypto ipsec ikev1 transform-set", 4, 5),
    "old transform-set": ("crypto ipsec ikev1 transform-set", 3, 4),
    "map interface": ("crypto map", 2, 3),
    "ikev1 enable": ("crypto ikev1 enable", 0, 3),
    "ikev2 enable": ("crypto ikev2 enable", 0, 3),
    "tcpmss": ("sysopt connection tcpmss", 0, 3),
    "permit-vpn": ("sysopt connection permit-vpn", 0, 3),
    "isakmp identity": ("crypto isakmp identity", 0, 3),
    "access-group": ("access-group", 0, 1),
    "mtu": ("mtu", 1, 2),
}
"""One-line statements: heading, where the name stands (0: it has none), where the rest begins."""


class Outline(Mapping[str, tuple[str, ...]]):
    """Heading -> lines, blanks normalised and keys masked, for every section that matters.

    A heading ends with the section's name (`crypto map AZURE 10`, `object-group network A`,
    `access-list A`); what else stands in a heading of the text is a line. A `nat` rule is a heading
    of its own. Lines are read when they are asked for.
    """

    def __init__(self, running: Running) -> None:
        self._found: dict[str, list[tuple[str, Line]]] = {}
        for kind, heading in _HEADINGS.items():
            for name, sections in running.names(kind).items():
                self._add(f"{heading} {name}", kind, sections)
        for kind in _LINES:
            self._add_lines(kind, running.lines.get(kind, []))
        for name, lines in running.lists().items():
            self._add(f"access-list {name}", "access-list", lines)
        for kind in ("nat", "old nat", "route"):
            for line in running.lines.get(kind, ()):
                self._add(" ".join(line.text.split()), kind, [])

    def _add(self, heading: str, kind: str, lines: list[Line]) -> None:
        self._found.setdefault(heading, []).extend((kind, line) for line in lines)

    def _add_lines(self, kind: str, lines: list[Line]) -> None:
        heading, name_at, _rest = _LINES[kind]
        for line in lines:
            words = line.text.split()
            name = words[name_at] if name_at and len(words) > name_at else ""
            self._add(f"{heading} {name}".strip(), kind, [line])

    def __getitem__(self, heading: str) -> tuple[str, ...]:
        return tuple(text for kind, line in self._found[heading] for text in _lines(kind, line))

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)


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
