"""Object groups of IOS access lists, expanded."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network, summarize_address_range

from vendors.cisco.addresses import address, network
from vendors.cisco.sections import Said
from vendors.cisco_ios.reading.running import Running

WILD = 0xFFFFFFFF
"""All wildcard bits set: any address."""

Places = tuple[tuple[int, int], ...]
"""Pairs of address and wildcard bits, as access lists match them."""

ANYWHERE: Places = ((0, WILD),)


class Groups:
    """The object groups of a configuration; each is expanded once."""

    def __init__(self, running: Running) -> None:
        self.running = running
        self._places: dict[str, Places | None] = {}

    def places(self, name: str) -> Places | None:
        """All addresses of a network group; None when it, or one inside, is not defined."""
        if name not in self._places:
            self._places[name] = self._expand(name)
        return self._places[name]

    def _expand(self, name: str) -> Places | None:
        found: list[tuple[int, int]] = []
        for said in self.members("object-group network", name):
            if said is None:
                return None
            places = member_places(said)
            if places is None:
                return None
            found.extend(places)
        return tuple(found)

    def members(self, kind: str, name: str) -> Iterator[Said | None]:
        """The statements of a group and of those inside it; None for an undefined one."""
        waiting, seen = [name], {name}
        while waiting:
            block = self.running.block(kind, waiting.pop())
            if block is None:
                yield None
                return
            for said in (one for all_ in block.said.values() for one in all_):
                if said.words[0].lower().startswith("g") and len(said.words) > 1:
                    inner = said.words[1]
                    if inner not in seen:
                        seen.add(inner)
                        waiting.append(inner)
                else:
                    yield said


def member_places(said: Said) -> Places | None:
    """The addresses of one line of a network group; None when it is none."""
    words = [word.lower() for word in said.words]
    if "any".startswith(words[0]):
        return ANYWHERE
    if "host".startswith(words[0]) and len(words) > 1:
        return _host(words[1])
    if "range".startswith(words[0]):
        return _range(words[1:])
    covered = _network(words)
    return None if covered is None else place_of(covered)


def _host(text: str) -> Places | None:
    found = address(text)
    return None if found is None else ((int(found), 0),)


def _range(words: list[str]) -> Places | None:
    ends = [address(word) for word in words[:2]]
    if len(ends) < 2 or ends[0] is None or ends[1] is None or ends[0] > ends[1]:  # noqa: PLR2004
        return None
    return tuple(
        pair for part in summarize_address_range(ends[0], ends[1]) for pair in place_of(part)
    )


def _network(words: list[str]) -> IPv4Network | None:
    if len(words) == 1:
        base, _, length = words[0].partition("/")
        mask = f"/{length}"
    else:
        base, mask = words[0], words[1]
    if not mask.startswith("/"):
        return network(base, mask)
    try:
        return IPv4Network(f"{base}{mask}", strict=False)
    except ValueError:
        return None


def place_of(covered: IPv4Network) -> Places:
    """A network as address and wildcard."""
    return ((int(covered.network_address), int(covered.hostmask)),)


def as_network(place: tuple[int, int]) -> IPv4Network | None:
    """Address and wildcard as a network; None when the wildcard has holes."""
    base, wild = place
    if wild & (wild + 1):
        return None
    return IPv4Network((IPv4Address(base & ~wild & WILD), 32 - wild.bit_length()))
