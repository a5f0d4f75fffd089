"""Tunnels read a second time, out of ciscoconfparse's tree, with plain regular expressions.

Shares nothing with the parser: it reads what a device prints (full words, true indentation), knows
no defaults and no abbreviations.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network, summarize_address_range

from appliance.model.algorithms import IkeVersion
from appliance.model.tunnel import Tunnel
from vendors.cisco.second_reader import Heading

Value = tuple[str, ...]


@dataclass(slots=True)
class Facts:
    """What the second reading says of one tunnel, by field, with the lines it is in."""

    values: dict[str, Value] = field(default_factory=dict)
    lines: dict[str, list[int]] = field(default_factory=dict)

    def add(self, name: str, line: Heading, *values: str) -> None:
        """One more value of a field."""
        self.values[name] = (*self.values.get(name, ()), *values)
        self.lines.setdefault(name, []).append(line.line)


_ROUTE = re.compile(r"ip route (?:vrf (\S+) )?([\d.]+) ([\d.]+) (\S+)")


class Sections:
    """The headings of the second reading, by what they begin with."""

    def __init__(self, found: tuple[Heading, ...]) -> None:
        self.found = found
        self.named: dict[str, list[Heading]] = {}
        self.routes: dict[tuple[str, str], list[tuple[Heading, str]]] = {}
        self.networks: set[str] = set()
        for heading in found:
            words = heading.text.split()
            for name in dict.fromkeys(" ".join(words[:count]) for count in (2, 3, 4)):
                self.named.setdefault(name, []).append(heading)
            if match := _ROUTE.match(heading.text):
                self._route(heading, match)

    def _route(self, heading: Heading, match: re.Match[str]) -> None:
        try:
            network = str(IPv4Network(f"{match[2]}/{match[3]}", strict=False))
        except ValueError:
            return
        self.networks.add(network)
        self.routes.setdefault((match[1] or "", match[4]), []).append((heading, network))

    def get(self, name: str) -> list[Heading]:
        """All headings that begin with these (two or four) words."""
        return self.named.get(name, [])

    def lines(self, name: str) -> Iterator[Heading]:
        """All lines below headings of this name."""
        for heading in self.get(name):
            yield from heading.below


def second_look(sections: Sections) -> dict[str, Facts]:
    """What is said of every tunnel, by its name on the device."""
    found: dict[str, Facts] = {}
    for heading in sections.found:
        interface = re.fullmatch(r"interface (\S+?)(?: type tunnel)?", heading.text)
        entry = re.match(r"crypto map (\S+ \d+)(?: ipsec-isakmp)?(?: profile \S+)?$", heading.text)
        if interface and any(
            "tunnel protection ipsec profile" in one.text for one in heading.below
        ):
            found[interface[1]] = _interface(sections, interface[1], heading)
        elif entry:
            _entry(sections, found.setdefault(entry[1], Facts()), heading)
        elif dynamic := re.match(r"crypto map (\S+ \d+) ipsec-isakmp dynamic (\S+)", heading.text):
            found |= _dynamic(sections, dynamic[1], dynamic[2])
    return found


_ON_INTERFACE = {
    "source": re.compile(r"tunnel source (?!dynamic)(\S+)"),
    "remote.addresses": re.compile(r"tunnel destination (\d+\.\d+\.\d+\.\d+)$"),
    "ipsec profile": re.compile(r"tunnel protection ipsec profile (\S+)"),
    "acl": re.compile(r"tunnel protection ipsec policy ipv4 (\S+)"),
}


def _interface(sections: Sections, name: str, heading: Heading) -> Facts:
    facts = Facts()
    for line in heading.below:
        for field_, pattern in _ON_INTERFACE.items():
            if match := pattern.match(line.text):
                facts.add(field_, line, match[1])
    ipsec = any(line.text.startswith("tunnel mode ipsec") for line in heading.below)
    facts.add("encapsulation", heading, "ipsec" if ipsec else "gre")
    facts.add("enabled", heading, str(all(line.text != "shutdown" for line in heading.below)))
    for acl in facts.values.pop("acl", ()):
        _selectors(sections, facts, acl)
    (profile,) = facts.values["ipsec profile"][-1:]
    if sections.get(f"crypto ipsec profile {profile}"):
        _protect(sections, facts, f"crypto ipsec profile {profile}")
    else:
        del facts.values["ipsec profile"]
    _named(sections, facts, heading)
    for route, network in sections.routes.get((_vrf(heading), name), ()):
        facts.add("routes", route, network)
    return facts


def _named(sections: Sections, facts: Facts, heading: Heading) -> None:
    """An IKE profile that stands behind the ipsec profile replaces the one inside it."""
    for line in heading.below:
        match = re.match(r"tunnel protection ipsec .* (ikev2|isakmp)-profile (\S+)", line.text)
        if match and sections.get(f"crypto {match[1]} profile {match[2]}"):
            facts.values.pop("ikev2 profile", None)
            facts.values.pop("isakmp profile", None)
            facts.add(f"{match[1]} profile", line, match[2])


def _vrf(heading: Heading) -> str:
    found = (re.fullmatch(r"(?:ip )?vrf forwarding (\S+)", line.text) for line in heading.below)
    return next((match[1] for match in found if match), "")


def _entry(sections: Sections, facts: Facts, heading: Heading) -> None:
    for line in heading.below:
        if match := re.match(r"set peer (\d+\.\d+\.\d+\.\d+)", line.text):
            facts.add("remote.addresses", line, match[1])
        elif match := re.match(r"match address (\S+)", line.text):
            _selectors(sections, facts, match[1])
    _esp(sections, facts, heading.below)
    facts.values["remote.addresses"] = tuple(sorted(set(facts.values.get("remote.addresses", ()))))
    if not facts.values["remote.addresses"]:
        del facts.values["remote.addresses"]


def _dynamic(sections: Sections, entry: str, name: str) -> dict[str, Facts]:
    """What the entries of a dynamic map say; the first goes by the map entry's own name."""
    numbered = [
        (int(match[1]), heading)
        for heading in sections.get("crypto dynamic-map")
        if (match := re.match(rf"crypto dynamic-map {re.escape(name)} (\d+)$", heading.text))
    ]
    found: dict[str, Facts] = {} if numbered else {entry: Facts()}
    for number, heading in sorted(numbered, key=lambda one: one[0]):
        facts = found[f"{entry} {name} {number}" if found else entry] = Facts()
        for line in heading.below:
            if match := re.match(r"match address (\S+)", line.text):
                _selectors(sections, facts, match[1])
        _esp(sections, facts, heading.below)
    return found


def _protect(sections: Sections, facts: Facts, name: str) -> None:
    _esp(sections, facts, tuple(sections.lines(name)))


UNTOLD = "default"
"""A value that the text leaves to the version of IOS."""

_IN_PROFILE = {
    "esp.pfs_group": re.compile(r"set pfs(?: group(\d+))?$"),
    "esp.proposals": re.compile(r"set transform-set (.+)"),
    "ikev2 profile": re.compile(r"set ikev2-profile (\S+)"),
    "isakmp profile": re.compile(r"set isakmp-profile (\S+)"),
}


def _esp(sections: Sections, facts: Facts, lines: tuple[Heading, ...]) -> None:
    """What a profile or map entry sets; the last of equal statements counts."""
    said: dict[str, tuple[Heading, str]] = {}
    for line in lines:
        for field_, pattern in _IN_PROFILE.items():
            if match := pattern.match(line.text):
                said[field_] = (line, match[1] or UNTOLD)
    sets = said.pop("esp.proposals", None)
    for name in sets[1].split() if sets is not None else ():
        for heading in sections.get(f"crypto ipsec transform-set {name}")[-1:]:
            facts.add("esp.proposals", heading, f"{name}:{_words(heading)}")
    for field_, (line, value) in said.items():
        kind = field_.split()[0]
        if field_ == "esp.pfs_group" or sections.get(f"crypto {kind} profile {value}"):
            facts.add(field_, line, value)


def _words(heading: Heading) -> str:
    text = " ".join(heading.text.split()[4:]).replace(" 128", "")
    words = re.findall(r"(?:esp|ah)-(?!null)[a-z0-9-]+(?: \d+)?", text)
    mode = "transport" if any("mode transport" in line.text for line in heading.below) else "tunnel"
    return "+".join([*sorted(words), mode])


def _selectors(sections: Sections, facts: Facts, name: str) -> None:
    lines = [(line, line.text) for line in sections.lines(f"ip access-list extended {name}")]
    old = sections.get(f"access-list {name}")
    lines += [(line, " ".join(line.text.split()[2:])) for line in old]
    for line, text in lines:
        match = re.fullmatch(r"(?:\d+ )?permit (?:ip|gre) (.+?)(?: log(?:-input)?)?", text)
        for local, remote in _pairs(sections, match[1].split()) if match else ():
            facts.add("selectors", line, f"{local} <-> {remote}")


def _pairs(sections: Sections, words: list[str]) -> list[tuple[IPv4Network, IPv4Network]]:
    ends: list[list[IPv4Network]] = []
    while words:
        size = 1 if words[0] == "any" else 2
        ends.append(_places(sections, words[:size]))
        words = words[size:]
    if len(ends) != 2:  # noqa: PLR2004 -- both ends
        return []
    return [(one, other) for one in ends[0] for other in ends[1]]


def _places(sections: Sections, words: list[str]) -> list[IPv4Network]:
    if words[0] == "object-group":
        return _group(sections, words[1], set())
    try:
        if words == ["any"]:
            return [IPv4Network("0.0.0.0/0")]
        if words[0] == "host":
            return [IPv4Network(words[1])]
        flipped = IPv4Address(int(IPv4Address(words[1])) ^ 0xFFFFFFFF)
        return [IPv4Network(f"{words[0]}/{flipped}", strict=False)]
    except (ValueError, IndexError):
        return []


def _group(sections: Sections, name: str, seen: set[str]) -> list[IPv4Network]:
    """The networks of an object group; `seen` keeps groups that hold each other from looping."""
    found: list[IPv4Network] = []
    if name in seen or len(seen) > _DEEP:
        return found
    seen.add(name)
    for line in sections.lines(f"object-group network {name}"):
        words = line.text.split()
        if words[0] == "group-object":
            found += _group(sections, words[1], seen)
        elif words[0] == "range":
            first, last = IPv4Address(words[1]), IPv4Address(words[2])
            found += summarize_address_range(first, last)
        elif words[0] in {"host", "any"}:
            found += _places(sections, words)
        elif words[0] != "description":
            found.append(IPv4Network("/".join(words[:2]).replace("//", "/"), strict=False))
    return found


_DEEP = 100


def offers(sections: Sections, facts: Facts, tunnel: Tunnel) -> None:
    """What the sections of the proposals say that the first reading has chosen for a tunnel."""
    policy = tunnel.objects.get("ikev2 policy")
    if tunnel.ike.version is IkeVersion.V1:
        for proposal in tunnel.ike.proposals:
            for heading in sections.get(f"crypto isakmp policy {proposal.name}")[-1:]:
                facts.add("ike.proposals", heading, f"{proposal.name}:{_isakmp(heading)}")
    for line in sections.lines(f"crypto ikev2 policy {policy}"):
        for name in line.text.split()[1:] if line.text.startswith("proposal ") else ():
            for heading in sections.get(f"crypto ikev2 proposal {name}")[-1:]:
                facts.add("ike.proposals", heading, f"{name}:{_ikev2(heading)}")


def _isakmp(heading: Heading) -> str:
    cipher, hash_, group = "des", "sha", "1"
    for line in heading.below:
        if match := re.fullmatch(r"encr(?:yption)? (.+)", line.text):
            cipher = match[1].removesuffix(" 128")
        elif match := re.fullmatch(r"hash (\S+)", line.text):
            hash_ = match[1]
        elif match := re.fullmatch(r"group (\d+)", line.text):
            group = match[1]
    return f"{cipher}+{hash_}+{group}"


def _ikev2(heading: Heading) -> str:
    words: list[str] = []
    for kind in ("encryption", "integrity", "group"):
        said = [line.text.split()[1:] for line in heading.below if line.text.startswith(kind)]
        words += said[-1] if said else []
    return "+".join(words)
