"""Which traffic enters a tunnel, as ASA sections: object groups, crypto access list, exemption."""

from __future__ import annotations

import re
from collections.abc import Iterator

from appliance.model.tunnel import Tunnel
from vendors.cisco.writing.section import PREFIX, Section, crypto, line, ours

_GROUP = re.compile(rf"(?<!\S){re.escape(PREFIX)}\S+")


def networks(tunnel: Tunnel) -> Iterator[Section]:
    """Sections of our own lists, groups and rules; those of others are theirs to change."""
    for kind, lines in tunnel.objects.items():
        if kind.startswith("group "):
            yield _group(kind.removeprefix("group "), lines.split("\n"))
    acl = tunnel.objects.get("acl")
    if acl is not None and ours(acl):
        yield _access_list(acl, tunnel.objects.get("acl lines", "").split("\n"))
    for rule in exemptions(tunnel):
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


def _access_list(acl: str, entries: list[str]) -> Section:
    name = f"access-list {acl}"
    return Section(
        key=name,
        rank=8,
        heading=(),
        lines=tuple(
            line(f"{name} {entry}") if entry.startswith("remark ") else crypto(f"{name} {entry}")
            for entry in entries
            if entry
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
        lines=(line(f"nat {zones} 1 {rest}", slot=rule, undo=f"no {rule}"),),
        why="leaves the tunnel's traffic untranslated",
    )
