"""Whether a second, independent reading of a configuration finds the same tunnels.

It reads what a device prints (full words, true indentation) with plain regular expressions, knows
no defaults and no abbreviations, and shares nothing with the parser but the masking of keys.
"""

from __future__ import annotations

from collections.abc import Iterator

from appliance.driver import Disagreement
from appliance.model.algorithms import IkeVersion, Integrity
from appliance.model.tunnel import EspProposal, IkeProposal, Mode, Tunnel
from vendors.cisco.masking import mask
from vendors.cisco.second_reader import headings
from vendors.cisco_asa import names
from vendors.cisco_asa.parse import parse
from vendors.cisco_asa.reading.second_look import (
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
    tunnels = {tunnel.name: tunnel for tunnel in parse(text).tunnels}
    sections = Sections(headings(text, _row))
    second = second_look(sections)
    found = list(_only_one(set(tunnels), second))
    for name, facts in second.items():
        if name in tunnels:
            offers(sections, facts, tunnels[name])
            found += _compare(tunnels[name], facts)
    return tuple(found)


def _row(row: str) -> str:
    """A row for the library: no banner, which it would look for the end of, and no key."""
    return "!" if row.startswith(("banner ", ":")) else mask(row)


def _only_one(first: set[str], second: dict[str, Facts]) -> Iterator[Disagreement]:
    for name in sorted(first ^ set(second)):
        seen = ("a tunnel", "no tunnel") if name in first else ("no tunnel", "a tunnel")
        lines = tuple(n for one in second.get(name, Facts()).lines.values() for n in one)
        yield Disagreement(tunnel=name, field="name", first=seen[0], second=seen[1], lines=lines)


def _compare(tunnel: Tunnel, facts: Facts) -> Iterator[Disagreement]:
    """Fields that both readings tell in full."""
    first, second = _told(tunnel), _of_version(tunnel, facts)
    for name in sorted(set(first) | set(second)):
        one, other = first.get(name, ()), second.get(name, ())
        if other == (UNTOLD,) and one:
            continue
        if sorted(set(one)) != sorted(set(other)):
            yield Disagreement(
                tunnel=tunnel.name,
                field=name,
                first=" ".join(one) or "nothing",
                second=" ".join(other) or "nothing",
                lines=tuple(facts.lines.get(name, ())),
            )


def _of_version(tunnel: Tunnel, facts: Facts) -> dict[str, Value]:
    """Of transform sets and proposals those of the version of IKE that is in use."""
    found = {name: value for name, value in facts.values.items() if value}
    v1, v2 = found.pop("transform-set", ()), found.pop("ipsec-proposal", ())
    esp = v2 if tunnel.ike.version is IkeVersion.V2 else v1
    return {**found, "esp.proposals": esp} if esp else found


# --- the first reading, put into the words of the second ------------------------------------------


_LISTS = ("filter in", "filter out", "permit-vpn")


def _told(tunnel: Tunnel) -> dict[str, Value]:
    """The fields that both readings can tell, without what is only a default."""
    v2 = tunnel.ike.version is IkeVersion.V2
    esp, ike = (_proposal, _ikev2) if v2 else (_transforms, _ikev1)
    told: dict[str, Value] = {
        "remote.addresses": tuple(map(str, tunnel.remote.addresses)),
        "esp.pfs_group": _maybe(tunnel.esp.pfs_group and str(int(tunnel.esp.pfs_group))),
        "esp.proposals": tuple(f"{one.name}:{esp(one)}" for one in tunnel.esp.proposals),
        "ike.proposals": tuple(
            f"{one.name}:{ike(one)}"
            for one in tunnel.ike.proposals
            if _complete(tunnel, one, v2=v2)
        ),
        "selectors": tuple(map(str, tunnel.selectors)),
    }
    if tunnel.mode is Mode.ROUTE_BASED:
        told["ipsec profile"] = _maybe(tunnel.objects.get("ipsec profile"))
        told["enabled"] = (str(tunnel.enabled),)
        told["routes"] = tuple(map(str, tunnel.routes))
        told |= {kind: _maybe(tunnel.objects.get(kind)) for kind in _LISTS}
    return {name: value for name, value in told.items() if value}


def _maybe(value: object) -> Value:
    return (str(value),) if value else ()


def _complete(tunnel: Tunnel, proposal: IkeProposal, *, v2: bool) -> bool:
    """Whether every field stands in the text, none is a default."""
    fields = ("encryption", "integrity", "groups", "lifetime_seconds", *(("prf",) if v2 else ()))
    path = f"ike.proposals.{proposal.name}"
    return all(f"{path}.{name}" in tunnel.sources for name in fields)


def _proposal(proposal: EspProposal) -> str:
    words = [names.PROPOSAL_ENCRYPTION[cipher] for cipher in proposal.encryption]
    words += [names.PROPOSAL_INTEGRITY[hash_] for hash_ in proposal.integrity]
    return "+".join(sorted(words))


def _transforms(proposal: EspProposal) -> str:
    words = [names.TRANSFORM_ENCRYPTION[cipher] for cipher in proposal.encryption]
    words += [names.TRANSFORM_INTEGRITY[hash_] for hash_ in proposal.integrity]
    return "+".join([*sorted(words), "transport" if proposal.transport else "tunnel"])


def _ikev1(proposal: IkeProposal) -> str:
    words = [names.IKEV1_ENCRYPTION[cipher] for cipher in proposal.encryption]
    words += [names.IKEV1_HASH[hash_] for hash_ in proposal.integrity]
    words += [str(int(group)) for group in proposal.groups]
    return "+".join([*words, str(proposal.lifetime_seconds)])


def _ikev2(proposal: IkeProposal) -> str:
    hashes = proposal.integrity or (Integrity.NONE,)
    parts = [
        " ".join(names.IKEV2_ENCRYPTION[cipher] for cipher in proposal.encryption),
        " ".join(names.IKEV2_INTEGRITY[hash_] for hash_ in hashes),
        " ".join(str(int(group)) for group in proposal.groups),
        " ".join(names.IKEV2_PRF[prf] for prf in proposal.prf),
        f"seconds {proposal.lifetime_seconds}",
    ]
    return "+".join(parts)
