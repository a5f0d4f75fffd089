"""Whether a second, independent reading of a configuration finds the same tunnels.

It reads what a device prints (full words, true indentation) with plain regular expressions, knows
no defaults and no abbreviations, and shares nothing with the parser but the masking of keys.
"""

from __future__ import annotations

from collections.abc import Iterator

from appliance.driver import Disagreement
from appliance.model.algorithms import Encryption, Integrity
from appliance.model.edge import Edge
from appliance.model.edge_facts import Reading, apart, reading
from appliance.model.tunnel import EspProposal, IkeProposal, Mode, Tunnel
from vendors.cisco.masking import mask
from vendors.cisco.second_reader import headings
from vendors.cisco_ios import names
from vendors.cisco_ios.edge.second_filters import does, prefixes
from vendors.cisco_ios.edge.second_look import Edges
from vendors.cisco_ios.parse import parse
from vendors.cisco_ios.reading.second_look import (
    UNTOLD,
    Facts,
    Sections,
    Value,
    offers,
    second_look,
)


def cross_check(text: str) -> tuple[Disagreement, ...]:
    """Points where the two readings differ; () when they agree.

    Raises `ParseError` as `parse` does.
    """
    observed = parse(text)
    tunnels = {tunnel.name: tunnel for tunnel in observed.tunnels}
    read = headings(text, mask)
    sections = Sections(read)
    second = second_look(sections)
    found = list(_only_one(set(tunnels), second))
    for name, facts in second.items():
        if name in tunnels:
            offers(sections, facts, tunnels[name])
            found += _compare(tunnels[name], facts)
            found += _one_way(sections, tunnels[name], facts)
    if "12076" in text:
        found += _edge(observed.edge, Edges(read))
    return tuple(found)


def _edge(first: Edge | None, edges: Edges) -> Iterator[Disagreement]:
    second = Reading(
        whole=edges.whole(),
        links=edges.links(),
        does=lambda peer, direction, prefix: does(edges, peer, direction, prefix),
        prefixes=prefixes(edges),
    )
    for one in apart(reading(first), second):
        yield Disagreement(tunnel=one.about, field=one.field, first=one.first, second=one.second)


def _only_one(first: set[str], second: dict[str, Facts]) -> Iterator[Disagreement]:
    for name in sorted(first ^ set(second)):
        seen = ("a tunnel", "no tunnel") if name in first else ("no tunnel", "a tunnel")
        lines = tuple(n for one in second.get(name, Facts()).lines.values() for n in one)
        yield Disagreement(tunnel=name, field="name", first=seen[0], second=seen[1], lines=lines)


def _compare(tunnel: Tunnel, facts: Facts) -> Iterator[Disagreement]:
    """Fields that both readings tell in full."""
    first = _told(tunnel)
    for name in sorted((set(first) | set(facts.values)) - _ONE_WAY):
        one, other = first.get(name, ()), facts.values.get(name, ())
        if other == (UNTOLD,) and one:
            continue
        if sorted(set(one)) != sorted(set(other)):
            yield _differs(tunnel, facts, name, one, other)


def _one_way(sections: Sections, tunnel: Tunnel, facts: Facts) -> Iterator[Disagreement]:
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


def _differs(tunnel: Tunnel, facts: Facts, name: str, first: Value, second: Value) -> Disagreement:
    return Disagreement(
        tunnel=tunnel.name,
        field=name,
        first=" ".join(first) or "nothing",
        second=" ".join(second) or "nothing",
        lines=tuple(facts.lines.get(name, ())),
    )


# --- the first reading, put into the words of the second ------------------------------------------


def _told(tunnel: Tunnel) -> dict[str, Value]:
    """The fields that both readings can tell, without what is only a default."""
    objects = tunnel.objects
    told: dict[str, Value] = {
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


def _maybe(value: object) -> Value:
    return (str(value),) if value else ()


def _transforms(proposal: EspProposal) -> str:
    words = [] if proposal.ah is None else [names.TRANSFORM_AH[proposal.ah]]
    # A set without a cipher means esp-null, written or not: neither reading tells it.
    shown = [cipher for cipher in proposal.encryption if cipher is not Encryption.NULL]
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
