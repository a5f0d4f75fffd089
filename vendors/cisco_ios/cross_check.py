"""Whether a second, independent reading of a configuration finds the same tunnels.

It reads what a device prints (full words, true indentation) with plain regular expressions, knows
no defaults and no abbreviations, and shares nothing with the parser but the masking of keys.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network, summarize_address_range

from appliance.driver import Disagreement
from appliance.model.algorithms import Encryption, IkeVersion, Integrity
from appliance.model.tunnel import EspProposal, IkeProposal, Mode, Tunnel
from vendors.cisco.second_reader import Heading, headings
from vendors.cisco_ios import names
from vendors.cisco_ios.masking import mask
from vendors.cisco_ios.parse import parse

_Value = tuple[str, ...]


@dataclass(slots=True)
class _Facts:
    """What the second reading says of one tunnel, by field, with the lines it is in."""

    values: dict[str, _Value] = field(default_factory=dict)
    lines: dict[str, list[int]] = field(default_factory=dict)

    def add(self, name: str, line: Heading, *values: str) -> None:
        """One more value of a field."""
        self.values[name] = (*self.values.get(name, ()), *values)
        self.lines.setdefault(name, []).append(line.line)


def cross_check(text: str) -> tuple[Disagreement, ...]:
    """Points where the two readings differ; () when they agree.

    Raises `ParseError` as `parse` does.
    """
    tunnels = {tunnel.name: tunnel for tunnel in parse(text).tunnels}
    sections = _Sections(headings(text, mask))
    second = _second(sections)
    found = list(_only_one(set(tunnels), second))
    for name, facts in second.items():
        if name in tunnels:
            _offers(sections, facts, tunnels[name])
            found += _compare(tunnels[name], facts)
            found += _one_way(sections, tunnels[name], facts)
    return tuple(found)


def _only_one(first: set[str], second: dict[str, _Facts]) -> Iterator[Disagreement]:
    for name in sorted(first ^ set(second)):
        seen = ("a tunnel", "no tunnel") if name in first else ("no tunnel", "a tunnel")
        lines = tuple(n for one in second.get(name, _Facts()).lines.values() for n in one)
        yield Disagreement(tunnel=name, field="name", first=seen[0], second=seen[1], lines=lines)


def _compare(tunnel: Tunnel, facts: _Facts) -> Iterator[Disagreement]:
    """Fields that both readings tell in full."""
    first = _told(tunnel)
    for name in sorted((set(first) | set(facts.values)) - _ONE_WAY):
        one, other = first.get(name, ()), facts.values.get(name, ())
        if sorted(set(one)) != sorted(set(other)):
            yield _differs(tunnel, facts, name, one, other)


def _one_way(sections: _Sections, tunnel: Tunnel, facts: _Facts) -> Iterator[Disagreement]:
    """Fields of which the second reading tells a part: that part must be in the first."""
    ends = (tunnel.local.interface or "", str(tunnel.local.address))
    told = {
        "source": ends,
        "isakmp profile": _maybe(tunnel.objects.get("isakmp profile")),
        "routes": tuple(map(str, tunnel.routes)),
    }
    for name, first in told.items():
        second = facts.values.get(name, ())
        unknown = set(second) - set(first)
        if name == "routes":
            unknown |= set(first) - sections.networks
        if unknown:
            yield _differs(tunnel, facts, name, first, second)


_ONE_WAY = frozenset({"source", "isakmp profile", "routes"})


def _differs(
    tunnel: Tunnel, facts: _Facts, name: str, first: _Value, second: _Value
) -> Disagreement:
    return Disagreement(
        tunnel=tunnel.name,
        field=name,
        first=" ".join(first) or "nothing",
        second=" ".join(second) or "nothing",
        lines=tuple(facts.lines.get(name, ())),
    )


# --- the first reading, put into the words of the second ------------------------------------------


def _told(tunnel: Tunnel) -> dict[str, _Value]:
    """The fields that both readings can tell, without what is only a default."""
    objects = tunnel.objects
    told: dict[str, _Value] = {
        "remote.addresses": tuple(sorted(map(str, tunnel.remote.addresses))),
        "ikev2 profile": _maybe(objects.get("ikev2 profile")),
        "esp.pfs_group": _maybe(tunnel.esp.pfs_group and str(int(tunnel.esp.pfs_group))),
        "esp.proposals": tuple(
            f"{proposal.name}:{_transforms(proposal)}"
            for proposal in tunnel.esp.proposals
            if "esp.proposals" in tunnel.sources
        ),
        "ike.proposals": tuple(
            f"{proposal.name}:{_offer(proposal)}"
            for proposal in tunnel.ike.proposals
            if f"ike.proposals.{proposal.name}" in tunnel.sources
        ),
        "selectors": tuple(map(str, tunnel.selectors)),
    }
    if tunnel.mode is Mode.ROUTE_BASED:
        told["ipsec profile"] = _maybe(objects.get("ipsec profile"))
        told["encapsulation"] = (tunnel.encapsulation.value,)
        told["enabled"] = (str(tunnel.enabled),)
    return {name: value for name, value in told.items() if value}


def _maybe(value: object) -> _Value:
    return (str(value),) if value else ()


def _transforms(proposal: EspProposal) -> str:
    words = [] if proposal.ah is None else [names.TRANSFORM_AH[proposal.ah]]
    shown = [c for c in proposal.encryption if c is not Encryption.NULL or proposal.integrity]
    words += [names.TRANSFORM_ENCRYPTION[cipher] for cipher in shown]
    words += [names.TRANSFORM_INTEGRITY[i] for i in proposal.integrity if i is not Integrity.NONE]
    mode = "transport" if proposal.transport else "tunnel"
    return "+".join([*sorted(word.replace(" 128", "") for word in words), mode])


def _offer(proposal: IkeProposal) -> str:
    """Numbered proposals are isakmp policies, which spell the same algorithms another way."""
    old = proposal.name.isdigit()
    ciphers, hashes = (
        (names.ISAKMP_ENCRYPTION, names.ISAKMP_HASH)
        if old
        else (names.IKEV2_ENCRYPTION, names.IKEV2_INTEGRITY)
    )
    words = [ciphers[cipher] for cipher in proposal.encryption]
    words += [hashes[hash_] for hash_ in proposal.integrity]
    return "+".join([*words, *(str(int(group)) for group in proposal.groups)])


# --- the second reading -----------------------------------------------------------------------


_ROUTE = re.compile(r"ip route (?:vrf (\S+) )?([\d.]+) ([\d.]+) (\S+)")


class _Sections:
    """The headings of the second reading, by what they begin with."""

    def __init__(self, found: tuple[Heading, ...]) -> None:
        self.found = found
        self.named: dict[str, list[Heading]] = {}
        self.routes: dict[tuple[str, str], list[tuple[Heading, str]]] = {}
        self.networks: set[str] = set()
        for heading in found:
            words = heading.text.split()
            for count in (2, 4):
                self.named.setdefault(" ".join(words[:count]), []).append(heading)
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


def _second(sections: _Sections) -> dict[str, _Facts]:
    found: dict[str, _Facts] = {}
    for heading in sections.found:
        interface = re.fullmatch(r"interface (\S+?)(?: type tunnel)?", heading.text)
        entry = re.match(r"crypto map (\S+ \d+)\b(?! *ipsec-isakmp dynamic)", heading.text)
        if interface and any(
            "tunnel protection ipsec profile" in one.text for one in heading.below
        ):
            found[interface[1]] = _interface(sections, interface[1], heading)
        elif entry:
            _entry(sections, found.setdefault(entry[1], _Facts()), heading)
        elif dynamic := re.match(r"crypto map (\S+ \d+) ipsec-isakmp dynamic (\S+)", heading.text):
            found[dynamic[1]] = _dynamic(sections, dynamic[2])
    return found


def _interface(sections: _Sections, name: str, heading: Heading) -> _Facts:
    facts = _Facts()
    mode, enabled, profile = "gre", "True", ""
    for line in heading.below:
        if match := re.fullmatch(r"tunnel destination (\d+\.\d+\.\d+\.\d+)", line.text):
            facts.add("remote.addresses", line, match[1])
        elif match := re.match(r"tunnel source (\S+)", line.text):
            facts.add("source", line, match[1])
        elif match := re.match(r"tunnel protection ipsec profile (\S+)", line.text):
            profile = match[1]
        elif line.text.startswith("tunnel mode ipsec"):
            mode = "ipsec"
        elif line.text == "shutdown":
            enabled = "False"
        elif match := re.match(r"tunnel protection ipsec policy ipv4 (\S+)", line.text):
            _selectors(sections, facts, match[1])
    facts.add("encapsulation", heading, mode)
    facts.add("enabled", heading, enabled)
    if sections.get(f"crypto ipsec profile {profile}"):
        facts.add("ipsec profile", heading, profile)
        _protect(sections, facts, f"crypto ipsec profile {profile}")
    for route, network in sections.routes.get((_vrf(heading), name), ()):
        facts.add("routes", route, network)
    return facts


def _vrf(heading: Heading) -> str:
    found = (re.fullmatch(r"(?:ip )?vrf forwarding (\S+)", line.text) for line in heading.below)
    return next((match[1] for match in found if match), "")


def _entry(sections: _Sections, facts: _Facts, heading: Heading) -> None:
    for line in heading.below:
        if match := re.match(r"set peer (\d+\.\d+\.\d+\.\d+)", line.text):
            facts.add("remote.addresses", line, match[1])
        elif match := re.match(r"match address (\S+)", line.text):
            _selectors(sections, facts, match[1])
    _esp(sections, facts, heading.below)
    facts.values["remote.addresses"] = tuple(sorted(set(facts.values.get("remote.addresses", ()))))
    if not facts.values["remote.addresses"]:
        del facts.values["remote.addresses"]


def _dynamic(sections: _Sections, name: str) -> _Facts:
    facts = _Facts()
    numbered = [
        (int(match[1]), heading)
        for heading in sections.get("crypto dynamic-map")
        if (match := re.match(rf"crypto dynamic-map {re.escape(name)} (\d+)$", heading.text))
    ]
    for _, heading in sorted(numbered, key=lambda one: one[0])[:1]:
        for line in heading.below:
            if match := re.match(r"match address (\S+)", line.text):
                _selectors(sections, facts, match[1])
        _esp(sections, facts, heading.below)
    return facts


def _protect(sections: _Sections, facts: _Facts, name: str) -> None:
    _esp(sections, facts, tuple(sections.lines(name)))


def _esp(sections: _Sections, facts: _Facts, lines: tuple[Heading, ...]) -> None:
    sets: tuple[Heading, list[str]] | None = None
    for line in lines:
        if match := re.match(r"set pfs group(\d+)", line.text):
            facts.values["esp.pfs_group"] = (match[1],)
        elif match := re.match(r"set transform-set (.+)", line.text):
            sets = (line, match[1].split())
        elif match := re.match(r"set ikev2-profile (\S+)", line.text):
            _profile(sections, facts, line, match[1])
        elif match := re.match(r"set isakmp-profile (\S+)", line.text):
            if sections.get(f"crypto isakmp profile {match[1]}"):
                facts.add("isakmp profile", line, match[1])
    for name in sets[1] if sets is not None else ():
        for heading in sections.get(f"crypto ipsec transform-set {name}")[-1:]:
            facts.add("esp.proposals", heading, f"{name}:{_words(heading)}")


def _words(heading: Heading) -> str:
    text = " ".join(heading.text.split()[4:]).replace(" 128", "")
    words = re.findall(r"(?:esp|ah)-[a-z0-9-]+(?: \d+)?", text)
    mode = "transport" if any("mode transport" in line.text for line in heading.below) else "tunnel"
    return "+".join([*sorted(words), mode])


def _profile(sections: _Sections, facts: _Facts, line: Heading, name: str) -> None:
    if sections.get(f"crypto ikev2 profile {name}"):
        facts.add("ikev2 profile", line, name)


def _selectors(sections: _Sections, facts: _Facts, name: str) -> None:
    lines = [(line, line.text) for line in sections.lines(f"ip access-list extended {name}")]
    old = sections.get(f"access-list {name}")
    lines += [(line, " ".join(line.text.split()[2:])) for line in old]
    for line, text in lines:
        match = re.fullmatch(r"(?:\d+ )?permit (?:ip|gre) (.+?)(?: log(?:-input)?)?", text)
        for local, remote in _pairs(sections, match[1].split()) if match else ():
            facts.add("selectors", line, f"{local} <-> {remote}")


def _pairs(sections: _Sections, words: list[str]) -> list[tuple[IPv4Network, IPv4Network]]:
    ends: list[list[IPv4Network]] = []
    while words:
        size = 1 if words[0] == "any" else 2
        ends.append(_places(sections, words[:size]))
        words = words[size:]
    if len(ends) != 2:  # noqa: PLR2004 -- both ends
        return []
    return [(one, other) for one in ends[0] for other in ends[1]]


def _places(sections: _Sections, words: list[str]) -> list[IPv4Network]:
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


def _group(sections: _Sections, name: str, seen: set[str]) -> list[IPv4Network]:
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


def _offers(sections: _Sections, facts: _Facts, tunnel: Tunnel) -> None:
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
