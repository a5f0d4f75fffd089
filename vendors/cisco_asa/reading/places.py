"""Names, objects and object groups of an ASA, expanded to networks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Address, IPv4Interface, IPv4Network, summarize_address_range

from appliance.record import dataclass
from vendors.cisco import addresses
from vendors.cisco.sections import Said
from vendors.cisco_asa.reading.running import Running

Places = tuple[IPv4Network, ...]

ANYWHERE: Places = (IPv4Network("0.0.0.0/0"),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The networks that something stands for.

    `lacking` are objects it needs that are not defined, as `kind name`; `vague` tells that it is
    more than networks can say (a name to be resolved, something unknown).
    """

    places: Places = ()
    lacking: tuple[str, ...] = ()
    vague: bool = False


_VAGUE = Found(vague=True)
_ZERO = "0.0.0.0"  # noqa: S104 -- no bind


class Names:
    """Addresses as the configuration writes them, where `name 10.1.1.1 alias` may stand for one."""

    def __init__(self, running: Running) -> None:
        self._known: dict[str, str] = {}
        for said in running.said("name"):
            if len(said.args) > 1 and addresses.address(said.args[0]) is not None:
                self._known[said.args[1]] = said.args[0]

    def address(self, text: str) -> IPv4Address | None:
        """An address or the name of one; None when it is neither."""
        return addresses.address(self._known.get(text, text))

    def network(self, base: str, mask: str) -> IPv4Network | None:
        """A network from address and mask, either of which may be a name, or `0` for 0.0.0.0."""
        words = (_ZERO if word == "0" else self._known.get(word, word) for word in (base, mask))
        return addresses.network(*words)

    def interface(self, base: str, mask: str) -> IPv4Interface | None:
        """An interface's address with its network."""
        held, covered = self.address(base), self.network(base, mask)
        if held is None or covered is None:
            return None
        return IPv4Interface((held, covered.prefixlen))


class Objects:
    """The objects and groups of a configuration; each is expanded once."""

    def __init__(self, running: Running, names: Names) -> None:
        self.running = running
        self.names = names
        self._objects: dict[str, Found] = {}
        self._groups: dict[str, Found] = {}

    def object(self, name: str) -> Found:
        """What `object network NAME` stands for."""
        if name not in self._objects:
            self._objects[name] = self._object(name)
        return self._objects[name]

    def _object(self, name: str) -> Found:
        block = self.running.block("object network", name)
        if block is None:
            return Found(lacking=(f"object {name}",))
        said = block.last("host", "subnet", "range", "fqdn")
        if said is None:
            return _VAGUE
        if said.words[0].lower().startswith("h"):
            return self.host(said.args[0])
        if said.words[0].lower().startswith("s"):
            return self.masked(said.args)
        return self._range(said.args) if said.words[0].lower().startswith("r") else _VAGUE

    def host(self, text: str) -> Found:
        """One address; IPv6 is none of ours."""
        found = self.names.address(text)
        if found is None:
            return Found() if ":" in text else _VAGUE
        return Found(places=(IPv4Network(found),))

    def masked(self, words: list[str]) -> Found:
        """An address and its mask."""
        if words and ":" in words[0]:
            return Found()
        covered = self.names.network(words[0], words[1]) if len(words) > 1 else None
        return _VAGUE if covered is None else Found(places=(covered,))

    def _range(self, words: list[str]) -> Found:
        ends = [self.names.address(word) for word in words[:2]]
        if len(ends) < 2 or ends[0] is None or ends[1] is None or ends[0] > ends[1]:  # noqa: PLR2004
            return Found() if words and ":" in words[0] else _VAGUE
        return Found(places=tuple(summarize_address_range(ends[0], ends[1])))

    def group(self, name: str) -> Found:
        """What `object-group network NAME` stands for, groups inside it too."""
        if name not in self._groups:
            self._groups[name] = self._group(name)
        return self._groups[name]

    def _group(self, name: str) -> Found:
        places: dict[IPv4Network, None] = {}
        lacking: list[str] = []
        vague = False
        for inner, said in self.members("object-group network", name):
            one = Found(lacking=(f"object-group {inner}",)) if said is None else self._member(said)
            places |= dict.fromkeys(one.places)
            lacking += one.lacking
            vague = vague or one.vague
        return Found(places=tuple(places), lacking=tuple(lacking), vague=vague)

    def _member(self, said: Said) -> Found:
        kind = said.words[1].lower()
        if kind == "host" and said.args:
            return self.host(said.args[0])
        if kind == "object" and said.args:
            return self.object(said.args[0])
        return self.masked(said.words[1:])

    def members(self, kind: str, name: str) -> Iterator[tuple[str, Said | None]]:
        """The statements of a group and of those inside it in order; None for an undefined one."""
        seen = {name}
        open_: list[Iterator[Said]] = [iter(())]
        waiting: list[str] = [name]
        while open_:
            if waiting:
                inner = waiting.pop()
                block = self.running.block(kind, inner)
                if block is None:
                    yield inner, None
                else:
                    open_.append(iter(_in_order(block.said.values())))
            said = next(open_[-1], None)
            if said is None:
                open_.pop()
            elif not said.words[0].lower().startswith("g"):
                yield name, said
            elif said.args and said.args[0] not in seen:
                seen.add(said.args[0])
                waiting.append(said.args[0])

    def kind_of_group(self, name: str) -> str | None:
        """`network`, `service`, `protocol` or `icmp-type`; None when there is no such group."""
        for kind in ("network", "service", "protocol", "icmp-type", "other"):
            if name in self.running.names(f"object-group {kind}"):
                return kind
        return None


def _in_order(statements: Iterable[list[Said]]) -> list[Said]:
    found = [said for all_ in statements for said in all_]
    return sorted(found, key=lambda said: said.line.number)
