"""BGP neighbours of a router with all they inherit: peer groups, peer sessions, peer policies."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network

from vendors.cisco.addresses import address
from vendors.cisco_ios.edge.rows import Row
from vendors.cisco_ios.reading.bgp import asn, originated

Key = tuple[str | None, str]
_DEEPEST = 8
_DIRECTED = {"route-map", "prefix-list", "distribute-list", "filter-list"}
_TEMPLATES = ("peer-session", "peer-policy")


class Said:
    """What is said of one neighbour, peer group or template: a row for each statement."""

    __slots__ = ("group", "inherits", "rows")

    def __init__(self) -> None:
        self.rows: dict[str, Row] = {}
        self.group: str | None = None
        self.inherits: list[str] = []

    def take(self, row: Row, words: tuple[str, ...]) -> None:
        """One statement, `words` without `neighbor X`."""
        name = words[0].lower()
        if name == "inherit" and len(words) > 2 and not row.negated:  # noqa: PLR2004 -- words
            self.inherits.append(words[2])
        elif name == "peer-group" and len(words) > 1:
            self.group = None if row.negated else words[1]
        elif name in _DIRECTED and len(words) > 2:  # noqa: PLR2004 -- words
            self._put(f"{name} {words[2].lower()}", row)
        else:
            self._put(name, row)

    def _put(self, name: str, row: Row) -> None:
        if row.negated and name != "activate":
            self.rows.pop(name, None)
        else:
            self.rows[name] = row


class Process:
    """The BGP process: its AS, what it originates, and its neighbours by VRF and address."""

    def __init__(self, rows: list[Row], heading: Row | None) -> None:
        self.asn = None if heading is None else asn(heading.words[2])
        self.networks: dict[IPv4Network, Row] = {}
        self.neighbors: dict[Key, Said] = {}
        self.templates: dict[str, Said] = {}
        self.timers: Row | None = None
        self.distance = 20
        self.redistributes: list[str] = []
        self.distributes: list[Row] = []
        self.preferred: Row | None = None
        self.by_default = True
        self._vrf: str | None = None
        self._other = False
        self._template: Said | None = None
        for row in rows:
            self._take(row)

    def _take(self, row: Row) -> None:
        words = row.words
        name = words[0].lower()
        if name.startswith("exit"):
            self._vrf, self._other, self._template = None, False, None
        elif name == "address-family":
            self._family(words)
        elif name == "template" and len(words) > 2 and words[1].lower() in _TEMPLATES:  # noqa: PLR2004 -- words
            self._template = self.templates.setdefault(words[2], Said())
        elif self._template is not None and name != "neighbor":
            self._template.take(row, words)
        elif not self._other:
            self._statement(name, row)

    def _family(self, words: tuple[str, ...]) -> None:
        self._template = None
        self._other = words[1:2] != ("ipv4",) or words[2:3] not in {(), ("unicast",), ("vrf",)}
        self._vrf = words[words.index("vrf") + 1] if "vrf" in words[:-1] else None

    def _statement(self, name: str, row: Row) -> None:
        words = row.words
        if name == "neighbor" and len(words) > 2:  # noqa: PLR2004 -- words
            said = self.neighbors.setdefault((self._vrf, words[1]), Said())
            said.take(row, words[2:])
        elif name == "network" and self._vrf is None:
            covered = None if row.negated else originated(list(words[1:]))
            if covered is not None:
                self.networks.setdefault(covered, row)
        else:
            self._of_process(name, row)

    def _of_process(self, name: str, row: Row) -> None:
        words = row.words
        if name == "timers" and len(words) > 3:  # noqa: PLR2004 -- words
            self.timers = row
        elif name == "distance" and len(words) > 2 and words[2].isdecimal():  # noqa: PLR2004 -- words
            self.distance = int(words[2])
        elif row.negated:
            said_by_default = [w.lower() for w in words[:3]] == ["bgp", "default", "ipv4-unicast"]
            self.by_default = self.by_default and not said_by_default
        elif name == "distribute-list":
            self.distributes.append(row)
        elif name == "redistribute":
            self.redistributes.append(" ".join(words[1:]))
        elif [w.lower() for w in words[:3]] == ["bgp", "default", "local-preference"]:
            self.preferred = row

    def sessions(self) -> Iterator[tuple[str | None, IPv4Address, Said]]:
        """The neighbours that have an address and an AS, in order."""
        for (vrf, who), said in self.neighbors.items():
            where = address(who)
            if where is not None and self.value(said, vrf, "remote-as") is not None:
                yield vrf, where, said

    def value(self, said: Said, vrf: str | None, name: str) -> Row | None:
        """A statement of a neighbour, or of what it inherits from; its own comes first."""
        return self._value(said, vrf, name, _DEEPEST)

    def _value(self, said: Said, vrf: str | None, name: str, deep: int) -> Row | None:
        if name in said.rows:
            return said.rows[name]
        for above in self._above(said, vrf) if deep else ():
            found = self._value(above, vrf, name, deep - 1)
            if found is not None:
                return found
        return None

    def _above(self, said: Said, vrf: str | None) -> Iterator[Said]:
        if said.group is not None:
            group = self.neighbors.get((vrf, said.group)) or self.neighbors.get((None, said.group))
            if group is not None:
                yield group
        yield from (self.templates[name] for name in said.inherits if name in self.templates)

    def active(self, said: Said, vrf: str | None) -> bool:
        """Whether IPv4 routes are exchanged ("no bgp default ipv4-unicast" asks for each)."""
        row = self.value(said, vrf, "activate")
        return self.by_default if row is None else not row.negated
