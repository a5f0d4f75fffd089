"""Access lists: their entries in the order of evaluation."""

from __future__ import annotations

from ipaddress import IPv4Address

from appliance.record import dataclass
from vendors.cisco.addresses import address
from vendors.cisco.sections import bare, number
from vendors.cisco.tree import Line
from vendors.cisco_ios.reading.object_groups import ANYWHERE, Groups, Places
from vendors.cisco_ios.reading.running import Running

_STEP = 10
_HOST = "0.0.0.0"  # noqa: S104 -- wildcard bits
_OPERATORS = frozenset({"eq", "neq", "gt", "lt", "range"})
_BEHIND_PORTS = frozenset(
    [
        "any",
        "host",
        "object-group",
        "log",
        "log-input",
        "established",
        "fragments",
        "dscp",
        "precedence",
        "tos",
        "time-range",
        "reflect",
        "option",
        "ttl",
    ]
)
_STANDARD = (range(1, 100), range(1300, 2000))


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of an access list; `source` or `target` is None when it cannot be understood.

    `ports` are the words of the port conditions at source and target; `rest` what stands behind.
    `groups` are object groups it names that are not defined. `protocol` is the service group's
    name behind `object-group ` when the line has one.
    """

    line: Line
    sequence: int
    numbered: bool
    permit: bool
    protocol: str
    source: Places | None
    target: Places | None
    ports: tuple[tuple[str, ...], tuple[str, ...]]
    rest: tuple[str, ...]
    groups: tuple[str, ...]


class AccessLists:
    """The access lists of a configuration, read when they are asked for."""

    def __init__(self, running: Running) -> None:
        self.running = running
        self.groups = Groups(running)
        self._numbered: dict[str, list[Line]] | None = None
        self._entries: dict[str, tuple[Entry, ...] | None] = {}
        self._hosts: dict[str, tuple[dict[int, list[Entry]], list[Entry]]] = {}

    def entries(self, name: str) -> tuple[Entry, ...] | None:
        """The entries of a list in the order of evaluation; None when it is not defined."""
        if name not in self._entries:
            self._entries[name] = self._read(name)
        return self._entries[name]

    def about(self, name: str, source: IPv4Address) -> list[Entry] | None:
        """The entries that may match packets from one address, in order: a hub has thousands."""
        entries = self.entries(name)
        if entries is None:
            return None
        if name not in self._hosts:
            self._hosts[name] = _by_host(entries)
        hosts, wide = self._hosts[name]
        own = hosts.get(int(source), [])
        return sorted([*own, *wide], key=lambda entry: entry.sequence) if own else wide

    def numbered(self) -> dict[str, list[Line]]:
        """Lines of the old form `access-list 101 permit ...`, by number."""
        if self._numbered is None:
            self._numbered = {}
            for line in self.running.lines.get("access-list", ()):
                self._numbered.setdefault(line.text.split(None, 2)[1], []).append(line)
        return self._numbered

    def unknown(self, name: str) -> list[Line]:
        """Lines of a list that are no entry and no remark."""
        block = self.running.block("access list", name)
        if block is None:
            return []
        return [*block.unknown, *(said.line for said in block.all("other"))]

    def _read(self, name: str) -> tuple[Entry, ...] | None:
        old = self.numbered().get(name, [])
        rows = [(line, bare(line.text.split())[2:]) for line in old]
        defined, standard = bool(old), _is_standard(name)
        for kind in ("access list", "standard access list"):
            block = self.running.block(kind, name)
            if block is not None:
                defined, standard = True, standard or kind != "access list"
                rows += [(said.line, said.words) for said in block.all("entry")]
        return self._ordered(rows, standard=standard) if defined else None

    def _ordered(self, rows: list[tuple[Line, list[str]]], *, standard: bool) -> tuple[Entry, ...]:
        """Lines without a number come ten behind the last, as IOS numbers them."""
        found: dict[int, Entry] = {}
        top = 0
        for line, row in rows:
            given = number(row[0]) if row else None
            words = row if given is None else row[1:]
            if not words or "remark".startswith(words[0].lower()):
                continue
            sequence = top + _STEP if given is None else given
            top = max(top, sequence)
            cursor = _Cursor(words, self.groups)
            found[sequence] = cursor.entry(
                line, sequence, standard=standard, numbered=given is not None
            )
        return tuple(found[sequence] for sequence in sorted(found))


def _by_host(entries: tuple[Entry, ...]) -> tuple[dict[int, list[Entry]], list[Entry]]:
    """Entries by the one host they come from, and those that are for more than one."""
    hosts: dict[int, list[Entry]] = {}
    wide: list[Entry] = []
    for entry in entries:
        places = entry.source or ()
        if len(places) == 1 and not places[0][1]:
            hosts.setdefault(places[0][0], []).append(entry)
        else:
            wide.append(entry)
    return hosts, wide


def _is_standard(name: str) -> bool:
    value = number(name)
    return value is not None and any(value in numbers for numbers in _STANDARD)


class _Cursor:
    """Reads the words of one entry from left to right."""

    def __init__(self, words: list[str], groups: Groups) -> None:
        self.words = [words[0].lower(), *words[1:]]
        self.at = 1
        self.groups = groups
        self.undefined: list[str] = []

    def entry(self, line: Line, sequence: int, *, standard: bool, numbered: bool) -> Entry:
        """The whole line. A standard list tells sources only."""
        protocol = "ip" if standard else self._protocol()
        source = self._place()
        ports = () if standard else self._ports()
        target = ANYWHERE if standard else self._place()
        target_ports = () if standard else self._ports()
        return Entry(
            line=line,
            sequence=sequence,
            numbered=numbered,
            permit="permit".startswith(self.words[0]),
            protocol=protocol,
            source=source,
            target=target,
            ports=(ports, target_ports),
            rest=self._rest(),
            groups=tuple(self.undefined),
        )

    def _rest(self) -> tuple[str, ...]:
        """What stands behind; the hit counter of `show access-lists` is no part of the entry."""
        rest = [word.lower() for word in self.words[self.at :]]
        count = next((at for at, word in enumerate(rest) if word.startswith("(")), len(rest))
        return tuple(rest[:count])

    def _take(self) -> str:
        self.at += 1
        return self.words[self.at - 1] if self.at <= len(self.words) else ""

    def _peek(self) -> str:
        return self.words[self.at].lower() if self.at < len(self.words) else ""

    def _protocol(self) -> str:
        word = self._take().lower()
        if not _is_group(word):
            return word
        return f"object-group {self._take()}"

    def _place(self) -> Places | None:
        word = self._take()
        lower = word.lower()
        if _is_group(lower):
            name = self._take()
            places = self.groups.places(name)
            if places is None:
                self.undefined.append(name)
            return places
        if lower == "any":
            return ANYWHERE
        if "host".startswith(lower) and lower:
            word, wild = self._take(), _HOST
        else:
            wild = self._take() if address(self._peek()) is not None else _HOST
        base, bits = address(word), address(wild)
        return None if base is None or bits is None else ((int(base), int(bits)),)

    def _ports(self) -> tuple[str, ...]:
        if self._peek() not in _OPERATORS:
            return ()
        found = [self._take().lower(), self._take().lower()]
        while self._peek() and self._peek() not in _BEHIND_PORTS and "." not in self._peek():
            found.append(self._take().lower())
        return tuple(found)


def _is_group(word: str) -> bool:
    return len(word) > 1 and "object-group".startswith(word)
