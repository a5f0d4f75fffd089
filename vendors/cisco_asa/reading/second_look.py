"""Tunnels read a second time, out of ciscoconfparse's tree, with plain regular expressions.

Shares nothing with the parser: it reads what a device prints (full words, true indentation), knows
no defaults and no abbreviations.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from appliance.model.algorithms import IkeVersion
from appliance.model.tunnel import Tunnel
from vendors.cisco.second_reader import Heading
from vendors.cisco_asa.reading.second_places import Places

Value = tuple[str, ...]

UNTOLD = "default"
"""A value that the text leaves to the version of the ASA."""


@dataclass(slots=True)
class Facts:
    """What the second reading says of one tunnel, by field, with the lines it is in."""

    values: dict[str, Value] = field(default_factory=dict)
    lines: dict[str, list[int]] = field(default_factory=dict)

    def add(self, name: str, line: Heading, *values: str) -> None:
        """One more value of a field."""
        self.values[name] = (*self.values.get(name, ()), *values)
        self.lines.setdefault(name, []).append(line.line)

    def put(self, name: str, line: Heading, *values: str) -> None:
        """The value of a field that is said once; the last line counts."""
        self.values[name] = values
        self.lines[name] = [line.line]


_APPLIED = re.compile(r"access-group \S+ (in|out) interface (\S+)(?: per-user-override)?$")


class Sections:
    """The headings of the second reading, by what they begin with."""

    def __init__(self, found: tuple[Heading, ...]) -> None:
        self.found = found
        self.named: dict[str, list[Heading]] = {}
        self.applied: dict[tuple[str, str], Heading] = {}
        self.permitting = [h for h in found if h.text.endswith("sysopt connection permit-vpn")]
        for heading in found:
            words = heading.text.split()
            for name in dict.fromkeys(" ".join(words[:count]) for count in (2, 3, 4, 5)):
                self.named.setdefault(name, []).append(heading)
            if match := _APPLIED.match(heading.text):
                self.applied[match[1], match[2].lower()] = heading
        self.places = Places(found)

    def get(self, name: str) -> list[Heading]:
        """All headings that begin with these (two to five) words."""
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
        if interface and any(
            line.text.startswith("tunnel protection ipsec profile ") for line in heading.below
        ):
            found[interface[1]] = _interface(sections, heading)
    entries: dict[str, list[Heading]] = {}
    for heading in sections.found:
        if entry := re.match(r"crypto map (\S+ \d+) (?!ipsec-manual)\S", heading.text):
            entries.setdefault(entry[1], []).append(heading)
    for name, lines in entries.items():
        dynamic = [m[1] for line in lines if (m := re.search(r"isakmp dynamic (\S+)", line.text))]
        if dynamic:
            found |= _dynamic(sections, name, dynamic[-1])
        else:
            found[name] = _entry(sections, lines, 4)
    return found


_SET = {
    "pfs": re.compile(r"set pfs(?: group(\d+))?$"),
    "ipsec-proposal": re.compile(r"set ikev2 ipsec-proposal (.+)"),
    "transform-set": re.compile(r"set (?:ikev1 )?transform-set (.+)"),
    "peer": re.compile(r"set peer (.+)"),
    "acl": re.compile(r"match address (\S+)"),
}


def _entry(sections: Sections, lines: list[Heading], depth: int) -> Facts:
    """Statements behind their first `depth` words: one line each in a map, none in a profile."""
    facts = Facts()
    for line in lines:
        text = " ".join(line.text.split()[depth:])
        for name, pattern in _SET.items():
            if match := pattern.match(text):
                _said(sections, facts, name, line, match[1])
    return facts


def _said(sections: Sections, facts: Facts, name: str, line: Heading, value: str | None) -> None:
    words = (value or UNTOLD).split()
    if name == "peer":
        known = [sections.places.address(word) for word in words]
        facts.add("remote.addresses", line, *(str(one) for one in known if one is not None))
    elif name == "acl":
        _selectors(sections, facts, line, words[0])
    elif name == "pfs":
        facts.put("esp.pfs_group", line, words[0])
    else:
        spelt = [one for word in words if (one := _spelt(sections, name, word)) is not None]
        facts.put(name, line, *([UNTOLD] if UNTOLD in spelt else spelt))


def _spelt(sections: Sections, kind: str, name: str) -> str | None:
    """`NAME:words` of a transform set or proposal; None when there is none of that name.

    A proposal that does not say both is left to defaults.
    """
    if kind == "ipsec-proposal":
        if not sections.get(f"crypto ipsec ikev2 ipsec-proposal {name}"):
            return None
        below = [line.text for line in sections.lines(f"crypto ipsec ikev2 ipsec-proposal {name}")]
        told = {words[2]: words[3:] for words in map(str.split, below) if len(words) > 2}  # noqa: PLR2004
        if all(word.startswith(("aes-gcm", "aes-gmac")) for word in told.get("encryption", "-")):
            told["integrity"] = ["null"]  # whatever the line says
        both = sorted(word for one in told.values() for word in one)
        return f"{name}:{'+'.join(both)}" if len(told) > 1 else UNTOLD
    headings = (
        *sections.get(f"crypto ipsec ikev1 transform-set {name}"),
        *sections.get(f"crypto ipsec transform-set {name}"),
    )
    texts = [heading.text.partition(f" transform-set {name} ")[2] for heading in headings]
    sets = [text.split() for text in texts if text and not text.startswith("mode ")]
    mode = "transport" if "mode transport" in texts else "tunnel"
    return f"{name}:{'+'.join([*sorted(sets[-1]), mode])}" if sets else None


def _selectors(sections: Sections, facts: Facts, line: Heading, name: str) -> None:
    for entry, local, remote in sections.places.pairs(sections.get(f"access-list {name}")):
        facts.add("selectors", entry, f"{local} <-> {remote}")
    facts.lines.setdefault("selectors", []).append(line.line)


def _dynamic(sections: Sections, entry: str, name: str) -> dict[str, Facts]:
    """What the entries of a dynamic map say; the first goes by the map entry's own name."""
    numbered: dict[int, list[Heading]] = {}
    for heading in sections.get(f"crypto dynamic-map {name}"):
        if match := re.match(rf"crypto dynamic-map {re.escape(name)} (\d+) ", heading.text):
            numbered.setdefault(int(match[1]), []).append(heading)
    found: dict[str, Facts] = {} if numbered else {entry: Facts()}
    for number, lines in sorted(numbered.items()):
        facts = _entry(sections, lines, 4)
        facts.values.pop("remote.addresses", None)
        found[f"{entry} {name} {number}" if found else entry] = facts
    return found


def _interface(sections: Sections, heading: Heading) -> Facts:
    told: dict[str, Heading] = {}
    for line in heading.below:
        words = line.text.split()
        told[" ".join(words[:2]) if words[0] == "tunnel" else words[0]] = line
        if line.text.startswith("tunnel protection ipsec profile "):
            told["profile"] = line
        if line.text.startswith("tunnel protection ipsec policy "):
            told["policy"] = line
    profile = told["profile"].text.split()[-1]
    facts = _entry(sections, list(sections.lines(f"crypto ipsec profile {profile}")), 0)
    if sections.get(f"crypto ipsec profile {profile}"):
        facts.put("ipsec profile", told["profile"], profile)
    facts.put("enabled", heading, str("shutdown" not in told))
    if "tunnel destination" in told:
        known = sections.places.address(told["tunnel destination"].text.split()[-1])
        facts.put("remote.addresses", told["tunnel destination"], *([str(known)] if known else []))
    if "policy" in told:
        _selectors(sections, facts, told["policy"], told["policy"].text.split()[-1])
    if "nameif" in told:
        _routes(sections, facts, told["nameif"].text.split()[-1])
        _lists(sections, facts, told["nameif"].text.split()[-1])
    return facts


def _lists(sections: Sections, facts: Facts, nameif: str) -> None:
    """The access lists of the interface, and whether they are asked."""
    for way in ("in", "out"):
        heading = sections.applied.get((way, nameif.lower()))
        if heading is not None:
            facts.put(f"filter {way}", heading, heading.text.split()[1])
    for heading in sections.permitting[-1:]:
        facts.put("permit-vpn", heading, *(["off"] if heading.text.startswith("no ") else []))


def _routes(sections: Sections, facts: Facts, nameif: str) -> None:
    for heading in sections.get(f"route {nameif}"):
        words = heading.text.split()
        network = sections.places.network(words[2], words[3]) if len(words) > 3 else None  # noqa: PLR2004
        if network is not None and "tunneled" not in words[5:]:
            facts.add("routes", heading, str(network))


def offers(sections: Sections, facts: Facts, tunnel: Tunnel) -> None:
    """What the sections of the policies say that the first reading has chosen for a tunnel."""
    v2 = tunnel.ike.version is IkeVersion.V2
    for proposal in tunnel.ike.proposals:
        kinds = ("ikev2",) if v2 else ("ikev1", "isakmp")
        found = [sections.get(f"crypto {kind} policy {proposal.name}") for kind in kinds]
        for heading in (one for headings in found for one in headings):
            said = {line.text.split()[0]: line.text.split()[1:] for line in heading.below}
            told = [_bare(said.get(kind, [])) for kind in (_V2 if v2 else _V1)]
            if all(told):
                words = "+".join(" ".join(one) for one in told)
                facts.add("ike.proposals", heading, f"{proposal.name}:{words}")


_V1 = ("encryption", "hash", "group", "lifetime")
_V2 = ("encryption", "integrity", "group", "prf", "lifetime")


def _bare(words: list[str]) -> list[str]:
    """Values of a statement; `null` beside others only says that GCM may have none of them.

    `lifetime none` is the longest there is.
    """
    if words[-1:] == ["none"]:
        return [*words[:-1], str(2**31 - 1)]
    return [word for word in words if word != "null"] or words
