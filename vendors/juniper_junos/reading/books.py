"""Address books: what the names in security policies stand for."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network, summarize_address_range

from vendors.juniper_junos.reading.words import ANYWHERE, address, network
from vendors.juniper_junos.tree import Node

Places = tuple[IPv4Network, ...]

_EVERYWHERE = frozenset({"any", "any-ipv4"})
_DEEPEST = 16
"""Sets may hold sets, no deeper than this."""


class Books:
    """The books of a device: of zones, attached to zones, and the global one."""

    __slots__ = ("_books", "_known", "_of_zone", "_seen", "style")

    def __init__(self, root: Node) -> None:
        self._of_zone: dict[str, list[Node]] = {}
        self._books: list[Node] = []
        self._known: dict[tuple[str | None, str], tuple[Places, bool]] = {}
        self.style: str | None = None
        for _, book in root.items("security", "address-book"):
            zones = book.values("attach", "zone")
            for zone in zones:
                self._of_zone.setdefault(zone, []).append(book)
            if not zones:
                self._books.append(book)
            self.style = "global"
        for zone, node in root.items("security", "zones", "security-zone"):
            own = node.get("address-book")
            if own is not None:
                self._of_zone.setdefault(zone, []).append(own)
                self.style = self.style or "zone"

    def places(self, zone: str | None, name: str) -> tuple[Places, bool]:
        """The networks of a name in a zone's book, and whether the name is defined.

        Names of hosts, wildcards and IPv6 have no networks here.
        """
        key = (zone, name)
        if key not in self._known:
            self._known[key] = self._read(zone, name)
        return self._known[key]

    def untold(self, zone: str | None, name: str) -> bool:
        """Whether a name stands, or may stand, for more than the networks that the text tells."""
        if name in _EVERYWHERE or name == "any-ipv6":
            return False
        for book in (*self._of_zone.get(zone or "", ()), *self._books):
            if book.get("address", name) or book.get("address-set", name):
                return any(_is_untold(node) for node in _entries(book, name, 0))
        return network(name) is None

    def _read(self, zone: str | None, name: str) -> tuple[Places, bool]:
        if name in _EVERYWHERE:
            return (ANYWHERE,), True
        if name == "any-ipv6":
            return (), True
        for book in (*self._of_zone.get(zone or "", ()), *self._books):
            if book.get("address", name) or book.get("address-set", name):
                return tuple(dict.fromkeys(_members(book, name, 0))), True
        literal = network(name)
        return ((literal,), True) if literal is not None and "/" in name else ((), False)


def _members(book: Node, name: str, depth: int) -> list[IPv4Network]:
    """What an address or a set stands for; members of a set that are not defined are nothing."""
    node = book.get("address", name) if depth == 0 else None
    if node is not None:
        return _networks(node)
    inner = book.at("address-set", name)
    found = [one for word in inner.values("address") for one in _networks(book.at("address", word))]
    for member in inner.values("address-set") if depth < _DEEPEST else ():
        found += _members(book, member, depth + 1)
    return found


def _entries(book: Node, name: str, depth: int) -> Iterator[Node]:
    """The addresses that a name of a book leads to."""
    node = book.get("address", name) if depth == 0 else None
    if node is not None:
        yield node
        return
    inner = book.at("address-set", name)
    yield from (book.at("address", word) for word in inner.values("address"))
    for member in inner.values("address-set") if depth < _DEEPEST else ():
        yield from _entries(book, member, depth + 1)


def _is_untold(node: Node) -> bool:
    return any(node.get(word) is not None for word in ("dns-name", "wildcard-address"))


_WORDS = frozenset({"description", "dns-name", "range-address", "wildcard-address", "ip-prefix"})


def _networks(node: Node) -> list[IPv4Network]:
    found = [network(word) for word, _ in node.items() if word not in _WORDS]
    found += [network(word) for word in node.values("ip-prefix")]
    for first, said in node.items("range-address"):
        found += _range(address(first), address(said.value("to")))
    return [one for one in found if one is not None]


_MOST = 64


def _range(first: IPv4Address | None, last: IPv4Address | None) -> list[IPv4Network | None]:
    """A range as the networks that make it up."""
    if first is None or last is None or last < first:
        return []
    found = list(summarize_address_range(first, last))
    return list(found[:_MOST])
