"""An ExpressRoute edge read a second time, out of ciscoconfparse's tree, with regular expressions.

Shares nothing with the first reading: it reads what a device prints (full words, true indentation)
and follows names by itself. What each filter does is worked out for every prefix that it names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Interface, IPv4Network

from appliance.model.edge_facts import listed
from vendors.cisco.second_reader import Heading

MICROSOFT = ("12076", "0.12076")
Scope = tuple[str, str]
"""VRF ("" is the main table) and the name of a neighbour, group or template."""
Lines = list[Heading]

_MODES = re.compile(r"(address-family|template) (.*)")
_ENDS = re.compile(r"exit-(address-family|peer-session|peer-policy)")
_ENTRY = re.compile(
    r"ip prefix-list (\S+) (?:seq (\d+) )?(permit|deny) (\d\S+)(?: ge (\d+))?(?: le (\d+))?"
)
_MAP = re.compile(r"route-map (\S+)(?: (permit|deny))?(?: (\d+))?")
_STATIC = re.compile(r"ip route (\d\S+) (\d\S+) (\S.*)")
_DEEP = 8


@dataclass(slots=True)
class Speaking:
    """The BGP process as it is printed: statements by whom they are about."""

    asn: str = ""
    networks: set[str] = field(default_factory=set)
    said: dict[Scope, Lines] = field(default_factory=dict)
    templates: dict[str, Lines] = field(default_factory=dict)
    quiet: bool = False
    filters: Lines = field(default_factory=list)
    usual: int = 0
    timers: str = "60 180"

    def read(self, heading: Heading) -> None:
        """All lines of `router bgp`, which end their families and templates themselves."""
        self.asn = heading.text.split()[-1]
        vrf: str | None = ""
        template: Lines | None = None
        for line in heading.below:
            if mode := _MODES.match(line.text):
                template = self._template(mode[2]) if mode[1] == "template" else None
                vrf = _family(mode[2]) if mode[1] != "template" else vrf
            elif _ENDS.match(line.text):
                vrf, template = "", None
            elif template is not None:
                template.append(line)
            elif vrf is not None:
                self._statement(vrf, line)

    def _template(self, name: str) -> Lines:
        return self.templates.setdefault(name.rsplit(maxsplit=1)[-1], [])

    def _statement(self, vrf: str, line: Heading) -> None:
        words = line.text.split()
        if words[0] == "neighbor" or words[:2] == ["no", "neighbor"]:
            no = words[: words.index("neighbor")]
            said = Heading(line=line.line, text=" ".join([*no, *words[len(no) + 2 :]]))
            self.said.setdefault((vrf, words[len(no) + 1]), []).append(said)
        elif words[0] == "network" and not vrf:
            self.networks.add(_originated(words))
        elif words[:2] == ["timers", "bgp"]:
            self.timers = " ".join(words[2:4])
        elif words[0] == "distribute-list":
            self.filters.append(line)
        elif words[:3] == ["bgp", "default", "local-preference"]:
            self.usual = int(words[3])
        elif line.text == "no bgp default ipv4-unicast":
            self.quiet = True

    def last(self, scope: Scope, pattern: str, deep: int = _DEEP) -> re.Match[str] | None:
        """The last statement of a neighbour that matches; else that of what it inherits from."""
        return last_of(self.said.get(scope, []), pattern) or (
            self._above(scope[0], self.said.get(scope, []), pattern, deep) if deep else None
        )

    def _above(self, vrf: str, lines: Lines, pattern: str, deep: int) -> re.Match[str] | None:
        group = last_of(lines, r"peer-group (\S+)$")
        if group is not None:
            scope = (vrf, group[1]) if (vrf, group[1]) in self.said else ("", group[1])
            found = self.last(scope, pattern, deep - 1)
            if found is not None:
                return found
        for line in lines:
            named = re.match(r"inherit peer-\S+ (\S+)", line.text)
            held = self.templates.get(named[1], []) if named else []
            found = last_of(held, pattern) or (
                self._above(vrf, held, pattern, deep - 1) if deep else None
            )
            if found is not None:
                return found
        return None


def _family(words: str) -> str | None:
    """The VRF of a family of IPv4 unicast; None is any other family."""
    found = re.fullmatch(r"ipv4(?: unicast)?(?: vrf (\S+))?", words)
    return (found[1] or "") if found else None


def _switched(name: str) -> str:
    """The tag of a switch's own interface, which is called after it."""
    found = re.fullmatch(r"Vlan(\d+)", name)
    return found[1] if found else ""


def last_of(lines: Iterable[Heading], pattern: str) -> re.Match[str] | None:
    """The last of these lines that matches."""
    found = [match for line in lines if (match := re.match(pattern, line.text))]
    return found[-1] if found else None


def _originated(words: list[str]) -> str:
    if "mask" in words:
        return str(IPv4Network(f"{words[1]}/{words[words.index('mask') + 1]}", strict=False))
    first = int(words[1].split(".")[0])
    length = 8 if first < 128 else 16 if first < 192 else 24  # noqa: PLR2004 -- classes of RFC 791
    return str(IPv4Network(f"{words[1]}/{length}", strict=False))


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a prefix list: prefixes in `base` with a length of `low` to `high`."""

    permit: bool
    base: IPv4Network
    low: int
    high: int


def _entry(found: re.Match[str]) -> Entry:
    base = IPv4Network(found[4], strict=False)
    low = int(found[5] or base.prefixlen)
    high = int(found[6] or (32 if found[5] else base.prefixlen))
    return Entry(found[3] == "permit", base, low, high)


class Edges:
    """Everything of an edge in one configuration."""

    def __init__(self, found: tuple[Heading, ...]) -> None:
        self.interfaces: dict[str, Heading] = {}
        self.speaking = Speaking()
        self.lists: dict[str, dict[int, Entry]] = {}
        self._listed: dict[str, tuple[Entry, ...]] = {}
        self.maps: dict[str, dict[int, tuple[str, Heading]]] = {}
        self.templates: dict[str, Heading] = {}
        self.statics: list[tuple[IPv4Network, str]] = []
        for heading in found:
            self._take(heading)

    def _take(self, heading: Heading) -> None:
        text = heading.text
        if text.startswith("interface "):
            self.interfaces[text.split()[1]] = heading
        elif text.startswith("router bgp "):
            self.speaking.read(heading)
        elif text.startswith("bfd-template single-hop "):
            self.templates[text.split()[-1]] = heading
        elif entry := _ENTRY.match(text):
            held = self.lists.setdefault(entry[1], {})
            held[int(entry[2]) if entry[2] else max(held, default=0) + 5] = _entry(entry)
        elif named := _MAP.fullmatch(text):
            entries = self.maps.setdefault(named[1], {})
            entries[int(named[3] or 10)] = (named[2] or "permit", heading)
        elif static := _STATIC.match(text):
            covered = IPv4Network(f"{static[1]}/{static[2]}", strict=False)
            self.statics.append((covered, static[3]))

    def listed(self, name: str) -> tuple[Entry, ...] | None:
        """The entries of a prefix list in order, None where there is no such list."""
        if name in self.lists and name not in self._listed:
            held = self.lists[name]
            self._listed[name] = tuple(held[number] for number in sorted(held))
        return self._listed.get(name)

    def links(self) -> dict[str, dict[str, str]]:
        """What is said of each session with Microsoft, by its address."""
        return {scope[1]: self._link(scope) for scope in self.speaking.said if self._is_ours(scope)}

    def _is_ours(self, scope: Scope) -> bool:
        remote = self.speaking.last(scope, r"remote-as (\S+)")
        return remote is not None and remote[1] in MICROSOFT and scope[1][0].isdigit()

    def _link(self, scope: Scope) -> dict[str, str]:
        last = self.speaking.last
        weight, timers = last(scope, r"weight (\d+)"), last(scope, r"timers (\d+ \d+)")
        off = last(scope, r"shutdown$") is not None or not self._active(scope)
        found = {
            "key": "set" if last(scope, r"password ") else "",
            "bfd": "on" if last(scope, r"fall-over bfd") else "off",
            "session": "off" if off else "on",
            "weight": weight[1] if weight else "",
            "timers": timers[1] if timers else self.speaking.timers,
        }
        return {**found, **self._line(scope)}

    def _active(self, scope: Scope) -> bool:
        own = self.speaking.last(scope, r"(no )?activate$")
        return not own[1] if own is not None else not self.speaking.quiet

    def _line(self, scope: Scope) -> dict[str, str]:
        peer = IPv4Address(scope[1])
        for name, heading in self.interfaces.items():
            held = last_of(heading.below, r"ip address (\d\S+) (\d\S+)$")
            vrf = last_of(heading.below, r"(?:ip )?vrf forwarding (\S+)")
            if held is None or (vrf[1] if vrf else "") != scope[0]:
                continue
            ours = IPv4Interface(f"{held[1]}/{held[2]}")
            if peer in ours.network:
                return {"interface": name, "address": str(ours), **self._on_line(name, heading)}
        return {}

    def _on_line(self, name: str, heading: Heading) -> dict[str, str]:
        tags = last_of(heading.below, r"encapsulation dot1[qQ] (\d+)(?: second-dot1q (\d+))?")
        timers = last_of(heading.below, r"bfd interval (\d+) min_rx (\d+) multiplier (\d+)")
        named = last_of(heading.below, r"bfd template (\S+)")
        if timers is None and named is not None and named[1] in self.templates:
            lines = self.templates[named[1]].below
            timers = last_of(lines, r"interval min-tx (\d+) min-rx (\d+) multiplier (\d+)")
        parent = self.interfaces.get(name.split(".", maxsplit=1)[0], heading)
        off = any(line.text == "shutdown" for one in (heading, parent) for line in one.below)
        outer, inner = (tags[1], tags[2] or "") if tags else (_switched(name), "")
        return {
            "vlan": inner or outer,
            "svlan": outer if inner else "",
            "bfd timers": " ".join(timers.groups()) if timers else "",
            "line": "off" if off else "on",
        }

    def whole(self) -> dict[str, str]:
        """The process, and the static routes that stand beside it."""
        high, dot, low = self.speaking.asn.partition(".")
        hosts, standby = [], []
        for covered, rest in self.statics:
            way = re.match(r"(\S+)(?: (\d+\.\d+\.\d+\.\d+))?(?: (\d+)(?= |$))?", rest)
            if way is not None and way[1].startswith("Tunnel"):
                standby.append(f"{covered}>{way[1]}@{way[3] or 1}")
            elif way is not None and covered.prefixlen == 32:  # noqa: PLR2004 -- one address
                hosts.append(">".join(filter(None, (str(covered[0]), way[1], way[2]))))
        return {
            "asn": str((int(high) << 16) + int(low)) if dot else high,
            "networks": listed(self.speaking.networks),
            "hosts": listed(hosts),
            "standby": listed(standby),
        }

    def scope(self, peer: str) -> Scope:
        """Where the session with this address is said to be."""
        return [one for one in self.speaking.said if one[1] == peer and self._is_ours(one)][-1]
