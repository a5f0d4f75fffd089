"""Which traffic enters a tunnel, as ASA sections: object groups, crypto access list, exemption.

Statements of our own are known with their lines (`own`). What of them fits the model stays as it
is on the device, what does not goes, and what the model has beyond them is written pair by pair.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import IPv4Network

from appliance.model.tunnel import TrafficSelector, Tunnel
from appliance.record import replace
from vendors.cisco.writing.section import PREFIX, Section, crypto, line, ours
from vendors.cisco_asa.names import masked

_GROUP = re.compile(rf"(?<!\S){re.escape(PREFIX)}\S+")
_ANY = frozenset({"any", "any4"})
_ANYWHERE = IPv4Network("0.0.0.0/0")

Pairs = frozenset[TrafficSelector]


def networks(tunnel: Tunnel) -> Iterator[Section]:
    """Sections of our own lists, groups and rules; those of others are theirs to change."""
    for kind, lines in tunnel.objects.items():
        if kind.startswith("group "):
            yield _group(kind.removeprefix("group "), lines.split("\n"))
    acl = tunnel.objects.get("acl")
    if acl is not None and ours(acl):
        yield _access_list(acl, tuple(_entries(tunnel)))
    for rule in exemptions(tunnel):
        if _passing(tunnel, rule):
            yield _exemption(rule)


def exemptions(tunnel: Tunnel) -> tuple[str, ...]:
    """Our own NAT exemption rules for the tunnel, as the device shows them."""
    rules = tunnel.objects.get("nat", "").split("\n")
    return tuple(dict.fromkeys(unnumbered(rule) for rule in rules if groups_in(rule)))


def unnumbered(rule: str) -> str:
    """A rule as the device shows it: the line it was inserted at is not part of it."""
    return re.sub(r"^(nat \(\S+\)) \d+ ", r"\1 ", rule)


def groups_in(text: str) -> tuple[str, ...]:
    """The names of our own object groups in a statement, each once."""
    return tuple(dict.fromkeys(_GROUP.findall(text)))


# --- what statements mean ---


def _entries(tunnel: Tunnel) -> Iterator[str]:
    """The entries of our list: those that fit the selectors, and one for each pair beyond."""
    covered: set[TrafficSelector] = set()
    wanted = frozenset(tunnel.selectors)
    for entry in tunnel.objects.get("acl lines", "").split("\n"):
        pairs = _pairs(tunnel, entry)
        if entry and (pairs is None or pairs <= wanted):
            covered |= pairs or frozenset()
            yield entry
    for pair in tunnel.selectors:
        if pair not in covered:
            yield f"extended permit ip {masked(pair.local)} {masked(pair.remote)}"


def _pairs(tunnel: Tunnel, entry: str) -> Pairs | None:
    """The pairs of an entry; None when it is none, or says something else."""
    head, found, rest = entry.partition("extended permit ip ")
    words = rest.split()
    if head or not found:
        return None
    ends = []
    while words:
        end = _end(tunnel, words)
        if end is None:
            return None
        ends.append(end)
    if len(ends) != 2:  # noqa: PLR2004 -- both ends
        return None
    return _product(ends[0], ends[1])


def _product(locals_: list[IPv4Network], remotes: list[IPv4Network]) -> Pairs:
    return frozenset(TrafficSelector(local=a, remote=b) for a in locals_ for b in remotes)


def _end(tunnel: Tunnel, words: list[str]) -> list[IPv4Network] | None:
    """The networks of one end, whose words are taken away; None when they are not understood."""
    kind = words.pop(0)
    if kind in _ANY:
        return [_ANYWHERE]
    if not words:
        return None
    value = words.pop(0)
    try:
        if kind == "object-group":
            return _members(tunnel, value)
        return [IPv4Network(value if kind == "host" else f"{kind}/{value}")]
    except ValueError:
        return None


def _members(tunnel: Tunnel, group: str) -> list[IPv4Network] | None:
    """The networks of one of our groups; None when somebody put something else into it."""
    found = []
    for member in tunnel.objects.get(f"group {group}", "").split("\n"):
        words = member.removeprefix("network-object ").split()
        if len(words) != 2 or words[0] == "object":  # noqa: PLR2004 -- address and mask
            return None
        try:
            found.append(IPv4Network(words[1] if words[0] == "host" else "/".join(words)))
        except ValueError:  # `name 10.1.0.0 OUR-NET` stands for an address
            return None
    return found


def _passing(tunnel: Tunnel, rule: str) -> bool:
    """Whether all that a rule exempts is to pass."""
    held = tunnel.passes
    groups = [_members(tunnel, group) for group in groups_in(rule)]
    if held is None or len(groups) != 2 or groups[0] is None or groups[1] is None:  # noqa: PLR2004
        return True
    return all(
        any(
            pair.local.subnet_of(wider.local) and pair.remote.subnet_of(wider.remote)
            for wider in held
        )
        for pair in _product(groups[0], groups[1])
    )


# --- sections ---


def _group(group: str, members: list[str]) -> Section:
    name = f"object-group network {group}"
    return Section(
        key=name,
        rank=5,
        heading=(name,),
        lines=tuple(crypto(member) for member in members if member),
        why="the networks of one end",
        remove=(f"no {name}",),
    )


def _access_list(acl: str, entries: tuple[str, ...]) -> Section:
    name = f"access-list {acl}"
    return Section(
        key=name,
        rank=8,
        heading=(),
        lines=tuple(
            line(f"{name} {entry}") if entry.startswith("remark ") else crypto(f"{name} {entry}")
            for entry in entries
        ),
        why="which traffic enters the tunnel; Azure must hold the mirror image",
        remove=(f"clear configure {name}",),
    )


def _exemption(rule: str) -> Section:
    """At line 1: a rule that stands above it would translate, and nothing would ever match."""
    zones, _, rest = rule.removeprefix("nat ").partition(" ")
    return Section(
        key=rule,
        rank=12,
        heading=(),
        lines=(replace(line(rule), typed=f"nat {zones} 1 {rest}"),),
        why="leaves the tunnel's traffic untranslated",
    )
