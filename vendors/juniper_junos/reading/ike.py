"""How a tunnel's IKE SA is negotiated: gateway, policy, proposals, key, identities, liveness."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Address

from appliance.model.algorithms import DhGroup, IkeVersion, Prf
from appliance.model.tunnel import Dpd, Ike, IkeProposal
from appliance.record import dataclass
from vendors.juniper_junos import names
from vendors.juniper_junos.reading.notes import Notes
from vendors.juniper_junos.reading.proposal_sets import ike_set
from vendors.juniper_junos.reading.words import address, number
from vendors.juniper_junos.tree import NOTHING, Configuration, Node

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeVar

    T = TypeVar("T")

_CIPHERS = {word: cipher for cipher, word in names.IKE_ENCRYPTION.items()}
_HASHES = {
    **{word: hash_ for hash_, word in names.IKE_AUTHENTICATION.items()},
    **names.IKE_AUTHENTICATION_ALIASES,
}
_PRFS = {word: prf for prf, word in names.IKE_PRF.items()}
_GROUPS = {f"group{int(member)}": member for member in DhGroup}
_VERSIONS = {
    "v1-only": IkeVersion.V1,
    "v1": IkeVersion.V1,
    "v2-only": IkeVersion.V2,
    "v2": IkeVersion.V2,
}
_KINDS = ("inet", "inet6", "hostname", "user-at-hostname", "key-id")


@dataclass(frozen=True, slots=True)
class Gateway:
    """An IKE gateway and the policy it names; both are empty nodes where there is none.

    `off` says that one of them is deactivated.
    """

    node: Node
    policy: Node
    off: bool


def gateway(found: Configuration, vpn: Node, notes: Notes) -> Gateway:
    """The gateway that a VPN names, with its policy."""
    ike = found.root.any("security", "ike") or NOTHING
    name = vpn.value("ike", "gateway")
    node = ike.any("gateway", name) if name else None
    _named(notes, "gateway", "ike gateway", name, node)
    held = node or NOTHING
    policy_name = held.value("ike-policy")
    policy = ike.any("policy", policy_name) if policy_name else None
    if node is not None:
        _named(notes, "ike policy", "ike policy", policy_name, policy)
        notes.name("ike mode", (policy or NOTHING).value("mode"))
    named = (("gateway", name, node), ("policy", policy_name, policy))
    off = any(
        one is not None and found.root.get("security", "ike", kind, which or "") is None
        for kind, which, one in named
    )
    return Gateway(held, policy or NOTHING, off)


def _named(notes: Notes, kind: str, full: str, name: str | None, node: Node | None) -> None:
    if name and node is None:
        notes.lacks(full, name)
    elif node is not None:
        notes.name(kind, name)


def ike(found: Configuration, held: Gateway, notes: Notes) -> Ike:
    """How the IKE SA is negotiated, Junos's defaults filled in: IKEv1 unless told otherwise."""
    node = held.node
    notes.at("ike.version", node.leaf("version"), node)
    return Ike(
        version=known(found, _VERSIONS, node, "version") or IkeVersion.V1,
        proposals=tuple(_proposals(found, held.policy, notes)),
        dpd=_dpd(found, node, notes),
    )


def _dpd(found: Configuration, node: Node, notes: Notes) -> Dpd | None:
    """Probes an interval apart; the peer is dead when so many of them are lost."""
    said = node.get("dead-peer-detection")
    notes.at("ike.dpd", said, node)
    if said is None:
        return None
    interval = known_number(found, said, "interval") or names.DPD_INTERVAL
    threshold = known_number(found, said, "threshold") or names.DPD_THRESHOLD
    probing = [word for word in ("always-send", "probe-idle-tunnel") if said.get(word)]
    notes.name("dpd", probing[0] if probing else None)
    return Dpd(delay_seconds=interval, timeout_seconds=interval * threshold, on_demand=not probing)


def _proposals(found: Configuration, policy: Node, notes: Notes) -> Iterator[IkeProposal]:
    """Those that the policy lists, then those of its set."""
    notes.at("ike.proposals", policy.leaf("proposals"), policy.leaf("proposal-set"), policy)
    for name in policy.values("proposals"):
        node = found.root.get("security", "ike", "proposal", name)
        if node is None:
            notes.lacks("ike proposal", name)
        else:
            yield _proposal(found, name, node, notes)
    known = policy.value("proposal-set")
    notes.name("ike proposal-set", known)
    for proposal in (ike_set(known) or ()) if known else ():
        notes.at(f"ike.proposals.{proposal.name}", policy.leaf("proposal-set"))
        yield proposal


_FIELDS = {
    "encryption": ("encryption-algorithm",),
    "integrity": ("authentication-algorithm",),
    "prf": ("prf-algorithm", "authentication-algorithm", "encryption-algorithm"),
    "groups": ("dh-group",),
    "lifetime_seconds": ("lifetime-seconds",),
}
"""Fields of a proposal, and the statements that tell them: the first one that is there."""


def _proposal(found: Configuration, name: str, node: Node, notes: Notes) -> IkeProposal:
    path = f"ike.proposals.{name}"
    for field, statements in _FIELDS.items():
        notes.at(f"{path}.{field}", *map(node.leaf, statements))
    notes.at(path, node)
    cipher = known(found, _CIPHERS, node, "encryption-algorithm")
    hash_ = known(found, _HASHES, node, "authentication-algorithm")
    group = known_group(found, node, "dh-group")
    prf = names.GCM_PRF.get(cipher) if cipher is not None and hash_ is None else None
    if hash_ is not None:
        prf = Prf(hash_.value)
    prf = known(found, _PRFS, node, "prf-algorithm") or prf
    aead = cipher is not None and cipher.aead
    return IkeProposal(
        name=name,
        encryption=() if cipher is None else (cipher,),
        integrity=() if hash_ is None or aead else (hash_,),
        prf=() if prf is None else (prf,),
        groups=() if group is None else (group,),
        lifetime_seconds=known_number(found, node, "lifetime-seconds") or names.IKE_LIFETIME,
    )


def known(found: Configuration, words: Mapping[str, T], node: Node, statement: str) -> T | None:
    """What the word of a statement means; one that nobody knows is reported."""
    word, leaf = node.value(statement), node.leaf(statement)
    meaning = words.get(word or "")
    if meaning is None and leaf is not None:
        found.odd[leaf.last] = None
    return meaning


def known_number(found: Configuration, node: Node, statement: str) -> int | None:
    """The number that a statement says; what is none is reported."""
    value, leaf = number(node.value(statement)), node.leaf(statement)
    if value is None and leaf is not None:
        found.odd[leaf.last] = None
    return value


def known_group(found: Configuration, node: Node, *statement: str) -> DhGroup | None:
    """The key exchange group that a statement names; one that nobody knows is reported."""
    word, leaf = node.value(*statement), node.leaf(*statement)
    meaning = _GROUPS.get(word or "")
    if meaning is None and leaf is not None:
        found.odd[leaf.last] = None
    return meaning


def _tells(value: str) -> str:
    """The kind that an identity shows without being told."""
    if address(value) is not None:
        return "inet"
    return "user-at-hostname" if "@" in value else "hostname"


def identity(node: Node, kind: str, path: str, notes: Notes) -> str | None:
    """What `local-identity`, `remote-identity` or `dynamic` says, None when it says nothing."""
    said = node.get(kind)
    notes.at(path, said, node)
    if said is None:
        return None
    for word in _KINDS:
        value = said.value(word)
        if value is not None:
            return value if _tells(value) == word else f"{word} {value}"
    named = said.get("distinguished-name")
    for word in ("container", "wildcard") if named is not None else ():
        if named is not None and (value := named.value(word)):
            return f"distinguished-name {word} {value}"
    return None


def addresses(node: Node, notes: Notes) -> tuple[IPv4Address, ...]:
    """The peer's addresses, the primary first; a host name is remembered as such."""
    notes.at("remote.addresses", node.leaf("address"), node)
    found: list[IPv4Address] = []
    for word in node.values("address"):
        one = address(word)
        if one is not None:
            found.append(one)
        elif ":" not in word:
            notes.name("remote name", word)
    return tuple(found)
