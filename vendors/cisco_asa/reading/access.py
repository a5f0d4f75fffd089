"""Access lists of an ASA: their entries in the order of evaluation."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Network

from appliance.record import dataclass
from vendors.cisco.sections import bare, number
from vendors.cisco.tree import Line
from vendors.cisco_asa.reading.places import ANYWHERE, Found, Names, Objects
from vendors.cisco_asa.reading.running import Running

_OPERATORS = frozenset({"eq", "neq", "gt", "lt", "range"})
_WHOLE = frozenset({"ip", "0", "any"})
_KINDS = ("extended", "standard", "advanced")
_ACTIONS = ("permit", "deny", "trust")
_CONDITIONS = frozenset({"service", "icmp-type", "other"})
"""Groups that stand behind an address, for ports or types."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of an access list in force.

    `protocols` are the words of its protocols, more than one for a group of them, each with the
    port conditions a service group gives it. `ports` are the words of the conditions at source and
    target, `rest` what stands behind. `odd` tells that something in it is not understood.
    """

    line: Line
    permit: bool
    protocols: tuple[tuple[str, ...], ...]
    source: Found
    target: Found
    ports: tuple[tuple[str, ...], tuple[str, ...]]
    odd: bool
    rest: tuple[str, ...] = ()

    @property
    def whole(self) -> bool:
        """Whether it is about all of IP."""
        return any(words[0] in _WHOLE for words in self.protocols) and not any(self.ports)


class AccessLists:
    """The access lists of a configuration, read when they are asked for."""

    def __init__(self, running: Running, names: Names, objects: Objects) -> None:
        self.running = running
        self.names = names
        self.objects = objects
        self.owners: dict[str, IPv4Network] = {}
        self._entries: dict[str, tuple[Entry, ...] | None] = {}

    def entries(self, name: str) -> tuple[Entry, ...] | None:
        """The entries of a list that are in force; None when it is not defined."""
        if name not in self._entries:
            lines = self.running.lists().get(name)
            self._entries[name] = None if lines is None else self._read(lines)
        return self._entries[name]

    def remarks(self, name: str) -> list[tuple[Line, list[str]]]:
        """The remarks of a list, with their words."""
        found = []
        for line in self.running.lists().get(name, ()):
            words = _body(line.text.split())
            if words and "remark".startswith(words[0].lower()) and len(words[0]) > 2:  # noqa: PLR2004
                found.append((line, words[1:]))
        return found

    def _read(self, lines: list[Line]) -> tuple[Entry, ...]:
        """`line 3` puts an entry where the third stood; what is printed needs no numbers."""
        found: list[Entry | None] = []
        for line in lines:
            words = line.text.split()
            if "!" in line.text:
                words = bare(words)
            place = number(words[3]) if words[2:3] == ["line"] and len(words) > 3 else None  # noqa: PLR2004
            entry = _Cursor(_body(words), self).entry(line)
            # Remarks and entries out of force are lines too.
            found.insert(len(found) if place is None else max(place - 1, 0), entry)
        return tuple(entry for entry in found if entry is not None)


def _body(words: list[str]) -> list[str]:
    """What stands behind name and line number."""
    rest = words[2:]
    return rest[2:] if rest[:1] == ["line"] else rest


def _short(word: str, whole: str) -> bool:
    """Whether a word is a keyword, or so much of it that it can be no other."""
    return len(word) > 1 and whole.startswith(word.lower())


class _Cursor:
    """Reads the words of one entry from left to right.

    `personal` tells that it is about some users or security groups only.
    """

    def __init__(self, words: list[str], lists: AccessLists) -> None:
        self.words = words
        self.at = 1
        self.personal = False
        self.lists = lists
        self.objects = lists.objects

    def entry(self, line: Line) -> Entry | None:
        """The whole line; None for remarks, other kinds of lists, and what is `inactive`."""
        kind = next((one for one in _KINDS if self.words and _short(self.words[0], one)), "")
        if kind:
            del self.words[0]
        action = next((one for one in _ACTIONS if self.words and _short(self.words[0], one)), "")
        if not action:
            return None
        odd = kind == "advanced" and self._advanced(action)
        source = target = Found(places=ANYWHERE)
        protocols: tuple[tuple[str, ...], ...] = (("ip",),)
        ports: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
        if kind == "standard":
            source = self._place()
        else:
            protocols = self._protocols()
            source, asking = self._place(), self._ports()
            target, asked = self._place(), self._ports()
            ports = (asking, asked)
        rest = [word.lower() for word in self.words[self.at :]]
        if "inactive" in rest:
            return None
        return Entry(
            line=line,
            permit=action != "deny",
            protocols=protocols,
            source=source,
            target=target,
            ports=ports,
            odd=odd or self.personal or not harmless(rest),
            rest=tuple(rest),
        )

    def _advanced(self, action: str) -> bool:
        """Take what only Firepower says out of the words; whether the line says less without it.

        What such a line permits Snort may still block, and one about zones is not about all.
        """
        rule = self.words.index("rule-id") if "rule-id" in self.words else len(self.words)
        words = self.words[:rule]
        zones = [at for at, word in enumerate(words) if word == "ifc"]
        self.words = [w for at, w in enumerate(words) if at not in zones and at - 1 not in zones]
        return bool(zones) or action == "permit"

    def _take(self) -> str:
        self.at += 1
        return self.words[self.at - 1] if self.at <= len(self.words) else ""

    def _peek(self, ahead: int = 0) -> str:
        at = self.at + ahead
        return self.words[at].lower() if at < len(self.words) else ""

    def _protocols(self) -> tuple[tuple[str, ...], ...]:
        word = self._take().lower()
        if word == "object":
            block = self.objects.running.block("object service", self._take())
            said = block.last("service") if block is not None else None
            return (tuple(map(str.lower, said.args)) if said is not None else ("?",),)
        if word != "object-group":
            return ((word,),)
        name = self._take()
        kind = self.objects.kind_of_group(name)
        if kind not in {"service", "protocol"}:
            return (("?",),)
        members = self.objects.members(f"object-group {kind}", name)
        return tuple(_service(said.words) if said is not None else ("?",) for _, said in members)

    def _place(self) -> Found:
        while self._peek() in {"user", "user-group", "object-group-user", "security-group"}:
            self.at += 3 if self._peek() == "security-group" else 2
            self.personal = True
        word = self._take()
        lower = word.lower()
        if lower in {"any", "any4"}:
            return Found(places=ANYWHERE)
        if lower == "any6" or ":" in lower:
            return Found()
        meant = {
            "host": self.objects.host,
            "object": self.objects.object,
            "object-group": self.objects.group,
            "interface": self._own,
        }.get(lower)
        return self.objects.masked([word, self._take()]) if meant is None else meant(self._take())

    def _own(self, nameif: str) -> Found:
        held = self.lists.owners.get(nameif.lower())
        return Found(vague=True) if held is None else Found(places=(held,))

    def _ports(self) -> tuple[str, ...]:
        word = self._peek()
        if word in _OPERATORS:
            size = 3 if word == "range" else 2
            return tuple(self._take().lower() for _ in range(size))
        group = self._peek(1) and self.words[self.at + 1]
        if word == "object-group" and self.objects.kind_of_group(group) in _CONDITIONS:
            self.at += 2
            return ("object-group", group)
        return ()


def _service(words: list[str]) -> tuple[str, ...]:
    """`service-object tcp destination eq https` or `protocol-object udp` by its words behind."""
    return tuple(word.lower() for word in words[1:]) or ("?",)


def harmless(rest: Sequence[str]) -> bool:
    """Whether what stands behind says nothing about what matches: logging, hit counters."""
    counted = not rest or rest[0] == "log" or rest[0].startswith(("(hitcnt", "0x"))
    return counted and "time-range" not in rest
