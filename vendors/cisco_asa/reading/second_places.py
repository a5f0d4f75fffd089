"""Addresses, object groups and access lists of an ASA, read a second time and apart."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import AddressValueError, IPv4Address, IPv4Network, summarize_address_range

from vendors.cisco.second_reader import Heading

_DEEP = 100
_ENTRY = re.compile(
    r"access-list \S+ (?:line \d+ )?(?:extended )?(permit|deny) (ip|object-group \S+) (.+?)"
    r"(?: log(?: \S+)*)?"
)

Pair = tuple[Heading, IPv4Network, IPv4Network]


class Places:
    """What names, objects and groups stand for."""

    def __init__(self, found: tuple[Heading, ...]) -> None:
        self.names: dict[str, str] = {}
        self.below: dict[str, list[str]] = {}
        self.interfaces: dict[str, str] = {}
        for heading in found:
            words = heading.text.split()
            if words[0] == "name" and len(words) > 2:  # noqa: PLR2004 -- words
                self.names[words[2]] = words[1]
            elif words[0] in {"object", "object-group"} and len(words) > 2:  # noqa: PLR2004
                key = " ".join(words[:3])
                self.below.setdefault(key, []).extend(line.text for line in heading.below)
            elif words[0] == "interface":
                self._interface([line.text.split() for line in heading.below])

    def _interface(self, lines: list[list[str]]) -> None:
        names = [words[-1] for words in lines if words[0] == "nameif"]
        held = [words[2] for words in lines if words[:2] == ["ip", "address"] and len(words) > 3]  # noqa: PLR2004
        if names and held:
            self.interfaces[names[-1].lower()] = held[-1]

    def address(self, text: str) -> IPv4Address | None:
        """An address, or the name of one."""
        try:
            return IPv4Address(self.names.get(text, text))
        except AddressValueError:
            return None

    def network(self, base: str, mask: str) -> IPv4Network | None:
        """A network from address and mask."""
        try:
            found = f"{self.names.get(base, base)}/{self.names.get(mask, mask)}"
            return IPv4Network(found, strict=False)
        except ValueError:
            return None

    def pairs(self, entries: list[Heading]) -> list[Pair]:
        """What a crypto access list permits, less what it denied before."""
        found: dict[tuple[IPv4Network, IPv4Network], Heading] = {}
        denied: list[tuple[IPv4Network, IPv4Network]] = []
        for entry in entries:
            match = _ENTRY.fullmatch(entry.text)
            if match is None or not self._whole(match[2]):
                continue
            for one, other in self._product(match[3].split()):
                if match[1] == "deny":
                    denied.append((one, other))
                elif not any(one.subnet_of(a) and other.subnet_of(b) for a, b in denied):
                    found.setdefault((one, other), entry)
        return [(entry, one, other) for (one, other), entry in found.items()]

    def _whole(self, protocol: str) -> bool:
        """Whether it is all of IP: the word, or a group with it."""
        name = protocol.partition(" ")[2]
        if not name:
            return True
        members = [
            *self.below.get(f"object-group protocol {name}", ()),
            *self.below.get(f"object-group service {name}", ()),
        ]
        return any(member in {"protocol-object ip", "service-object ip"} for member in members)

    def _product(self, words: list[str]) -> Iterator[tuple[IPv4Network, IPv4Network]]:
        ends: list[list[IPv4Network]] = []
        while words:
            size = 1 if words[0] in {"any", "any4", "any6"} else 2
            ends.append(self._place(words[:size]))
            words = words[size:]
        if len(ends) == 2:  # noqa: PLR2004 -- both ends
            yield from ((one, other) for one in ends[0] for other in ends[1])

    def _place(self, words: list[str]) -> list[IPv4Network]:
        if not words:
            return []
        if words[0] in {"any", "any4"}:
            return [IPv4Network("0.0.0.0/0")]
        if words[0] == "object":
            return self._object(words[-1])
        if words[0] == "object-group":
            return self._group(words[-1], set())
        base = self.interfaces.get(words[-1].lower(), "") if words[0] == "interface" else words[-1]
        if words[0] in {"host", "interface"}:
            one = self.address(base)
            return [] if one is None else [IPv4Network(one)]
        found = self.network(words[0], words[-1]) if words[0] != "any6" else None
        return [] if found is None else [found]

    def _object(self, name: str) -> list[IPv4Network]:
        for text in self.below.get(f"object network {name}", ()):
            words = text.split()
            if words[0] == "host":
                return self._place(words)
            if words[0] == "subnet":
                return self._place(words[1:3])
            if words[0] == "range" and len(words) > 1:
                first, last = self.address(words[1]), self.address(words[-1])
                return list(summarize_address_range(first, last)) if first and last else []
        return []

    def _group(self, name: str, seen: set[str]) -> list[IPv4Network]:
        """The networks of a group; `seen` keeps groups that hold each other from looping."""
        found: list[IPv4Network] = []
        if name in seen or len(seen) > _DEEP:
            return found
        seen.add(name)
        for text in self.below.get(f"object-group network {name}", ()):
            words = text.split()
            if words[0] == "group-object":
                found += self._group(words[-1], seen)
            elif words[0] == "network-object":
                found += self._place(words[1:3])
        return found
