"""The sections of an IOS configuration by heading: what new names may not collide with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from vendors.cisco.masking import mask
from vendors.cisco.tree import Line
from vendors.cisco_ios.reading.access import AccessLists
from vendors.cisco_ios.reading.keys import Keys
from vendors.cisco_ios.reading.running import Running

_HEADINGS = {
    "interface": "interface",
    "isakmp policy": "crypto isakmp policy",
    "isakmp profile": "crypto isakmp profile",
    "keyring": "crypto keyring",
    "ikev2 proposal": "crypto ikev2 proposal",
    "ikev2 policy": "crypto ikev2 policy",
    "ikev2 keyring": "crypto ikev2 keyring",
    "ikev2 profile": "crypto ikev2 profile",
    "transform-set": "crypto ipsec transform-set",
    "ipsec profile": "crypto ipsec profile",
    "crypto map": "crypto map",
    "dynamic-map": "crypto dynamic-map",
    "access list": "ip access-list extended",
    "router bgp": "router bgp",
    "archive": "archive",
}
_REST = {"transform-set": 4, "crypto map": 4, "dynamic-map": 4, "access-list": 2}


class Outline(Mapping[str, tuple[str, ...]]):
    """Heading -> lines, blanks normalised and keys masked, for every section that matters.

    A heading ends with the section's name (`crypto map AZURE 10`); what stands behind it in the
    text (transforms, `ipsec-isakmp`) is the first line. Lines are read when they are asked for: a
    device has many sections, and few names collide.
    """

    def __init__(self, running: Running, keys: Keys, lists: AccessLists) -> None:
        self._found: dict[str, list[tuple[str, Line]]] = {}
        for kind, heading in _HEADINGS.items():
            for name, sections in running.names(kind).items():
                self._add(f"{heading} {name}".strip(), kind, sections)
        for name, numbered in lists.numbered().items():
            self._add(f"ip access-list extended {name}", "access-list", numbered)
        for key in keys.everywhere.values():
            self._add(f"crypto isakmp key address {key.name}", "isakmp key", [])

    def _add(self, heading: str, kind: str, lines: list[Line]) -> None:
        self._found.setdefault(heading, []).extend((kind, line) for line in lines)

    def __getitem__(self, heading: str) -> tuple[str, ...]:
        return tuple(
            text for kind, line in self._found[heading] for text in _lines(line, _REST.get(kind))
        )

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)


def _lines(line: Line, rest: int | None) -> Iterator[str]:
    if rest is not None:
        behind = line.text.split()[rest:]
        if behind:
            yield " ".join(behind)
    yield from _children(line)


def _children(line: Line) -> Iterator[str]:
    for child in line.children:
        yield _text(child.text)
        yield from _children(child)


def _text(text: str) -> str:
    return mask(" ".join(text.split()))
