"""An ExpressRoute edge read a second time, out of ciscoconfparse's tree, with regular expressions.

Shares nothing with the first reading: it reads what a device prints (full words, true indentation)
and follows names by itself. What each filter does is worked out for every prefix that it names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Interface, IPv4Network

from appliance.model.edge_facts import UNTOLD, listed
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
        elif line.text == "no bgp default ipv4-unicast":
            self.quiet = True

    def last(self, scope: Scope, pattern: str, deep: int = _DEEP) -> re.Match[str] | None:
        """The last statement of a neighbour that matches; else that of what it inherits from."""
        return _last(self.said.get(scope, []), pattern) or (
            self._above(scope[0], self.said.get(scope, []), pattern, deep) if deep else None
        )

    def _above(self, vrf: str, lines: Lines, pattern: str, deep: int) -> re.Match[str] | None:
        group = _last(lines, r"peer-group (\S+)$")
        if group is not None:
            scope = (vrf, group[1]) if (vrf, group[1]) in self.said else ("", group[1])
            found = self.last(scope, pattern, deep - 1)
            if found is not None:
                return found
        for line in lines:
            named = re.match(r"inherit peer-\S+ (\S+)", line.text)
            held = self.templates.get(named[1], []) if named else []
            found = _last(held, pattern) or (
                self._above(vrf, held, pattern, deep - 1) if deep else None
            )
            if found is not None:
                return found
        return None


def _family(words: str) -> str | None:
    """The VRF of a family of IPv4 unicast; None is any other family."""
    found = re.fullmatch(r"ipv4(?: unicast)?(?: vrf (\S+))?", words)
    return (found[1] or "") if found else None


def _last(lines: Iterable[Heading], pattern: str) -> re.Match[str] | None:
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
        own = _last(self.speaking.said[scope], r"(no )?activate$")
        return not own[1] if own is not None else not self.speaking.quiet

    def _line(self, scope: Scope) -> dict[str, str]:
        peer = IPv4Address(scope[1])
        for name, heading in self.interfaces.items():
            held = _last(heading.below, r"ip address (\d\S+) (\d\S+)$")
            vrf = _last(heading.below, r"(?:ip )?vrf forwarding (\S+)")
            if held is None or (vrf[1] if vrf else "") != scope[0]:
                continue
            ours = IPv4Interface(f"{held[1]}/{held[2]}")
            if peer in ours.network:
                return {"interface": name, "address": str(ours), **self._on_line(name, heading)}
        return {}

    def _on_line(self, name: str, heading: Heading) -> dict[str, str]:
        tags = _last(heading.below, r"encapsulation dot1[qQ] (\d+)(?: second-dot1q (\d+))?")
        timers = _last(heading.below, r"bfd interval (\d+) min_rx (\d+) multiplier (\d+)")
        named = _last(heading.below, r"bfd template (\S+)")
        if timers is None and named is not None and named[1] in self.templates:
            lines = self.templates[named[1]].below
            timers = _last(lines, r"interval min-tx (\d+) min-rx (\d+) multiplier (\d+)")
        parent = self.interfaces.get(name.split(".", maxsplit=1)[0], heading)
        off = any(line.text == "shutdown" for one in (heading, parent) for line in one.below)
        outer, inner = (tags[1], tags[2] or "") if tags else ("", "")
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


# --- what filters do ------------------------------------------------------------------------------


def does(edges: Edges, peer: str, direction: str, prefix: IPv4Network) -> str:
    """As `edge_facts.verdict`, worked out by statements alone."""
    scope, last = edges.scope(peer), edges.speaking.last
    if direction == "out" and last(scope, r"default-originate") and not prefix.prefixlen:
        return "yes"
    listed = last(scope, rf"prefix-list (\S+) {direction}$")
    mapped = last(scope, rf"route-map (\S+) {direction}$")
    if listed and not _passes(edges, listed[1], prefix):
        return "no"
    found = "100" if mapped is None else _by_map(edges, mapped[1], prefix)
    dark = last(scope, rf"(?:distribute|filter)-list \S+ {direction}$")
    if dark and found != "no":
        return UNTOLD
    return "yes" if direction == "out" and found.isdigit() else found


def _by_map(edges: Edges, name: str, prefix: IPv4Network) -> str:
    entries = edges.maps.get(name)
    for _, (action, heading) in sorted((entries or {}).items()):
        words = [line.text.split() for line in heading.below]
        lists = [one for said in words if said[:4] == _LISTS for one in said[4:]]
        if lists and not any(_passes(edges, one, prefix) for one in lists):
            continue
        if any(
            said[0] == "continue" or (said[0] == "match" and said[:4] != _LISTS) for said in words
        ):
            return UNTOLD
        preference = _last(heading.below, r"set local-preference (\d+)")
        return "no" if action == "deny" else preference[1] if preference else "100"
    return "no" if entries else UNTOLD


_LISTS = ["match", "ip", "address", "prefix-list"]


def _passes(edges: Edges, name: str, prefix: IPv4Network) -> bool:
    """The first entry that speaks of it; a list that is not there lets everything through."""
    entries = edges.lists.get(name)
    for _, one in sorted((entries or {}).items()):
        if one.low <= prefix.prefixlen <= one.high and prefix.network_address in one.base:
            return one.permit
    return entries is None


def prefixes(edges: Edges) -> tuple[IPv4Network, ...]:
    """What filters are tried with: each prefix that a list names, its bounds, and all there is."""
    found = {IPv4Network("0.0.0.0/0")}
    for entries in edges.lists.values():
        for one in entries.values():
            lengths = (one.base.prefixlen, one.low, one.high, min(one.high + 1, 32))
            found |= {IPv4Network((one.base.network_address, length)) for length in lengths}
    return tuple(sorted(found))
