"""The child SA side: IPsec policies and proposals, PFS and lifetimes."""

from __future__ import annotations

from collections.abc import Iterator

from appliance.model.algorithms import DhGroup, Encryption, Integrity
from appliance.model.tunnel import Esp, EspProposal
from vendors.juniper_junos import names
from vendors.juniper_junos.reading.ike import known, known_group, known_number
from vendors.juniper_junos.reading.notes import Notes
from vendors.juniper_junos.reading.proposal_sets import esp_set
from vendors.juniper_junos.tree import NOTHING, Configuration, Node

_CIPHERS = {word: cipher for cipher, word in names.IPSEC_ENCRYPTION.items()}
_HASHES = {
    **{word: hash_ for hash_, word in names.IPSEC_AUTHENTICATION.items()},
    **names.IPSEC_AUTHENTICATION_ALIASES,
}

_PROTOCOLS = {word: word for word in ("esp", "ah", "bundle")}


def esp(found: Configuration, vpn: Node, notes: Notes) -> tuple[Esp, bool]:
    """How child SAs are negotiated, and whether the policy that says so is deactivated."""
    name = vpn.value("ike", "ipsec-policy")
    node = found.root.any("security", "ipsec", "policy", name) if name else None
    if name and node is None:
        notes.lacks("ipsec policy", name)
    elif node is not None:
        notes.name("ipsec policy", name)
    policy = node or NOTHING
    listed = [(one, _node(found, one, notes)) for one in policy.values("proposals")]
    nodes = [(one, node) for one, node in listed if node is not None]
    set_name = policy.value("proposal-set")
    notes.name("ipsec proposal-set", set_name)
    built_in = esp_set(set_name) if set_name else None
    notes.at("esp.proposals", policy.leaf("proposals"), policy.leaf("proposal-set"), policy)
    proposals = (
        *_proposals(found, nodes, notes),
        *(built_in[1] if built_in is not None else ()),
    )
    first = nodes[0][1] if nodes else NOTHING
    made = Esp(
        proposals=proposals,
        pfs_group=_pfs(found, policy, built_in and built_in[0], notes),
        lifetime_seconds=known_number(found, first, "lifetime-seconds") or names.ESP_LIFETIME,
        lifetime_kilobytes=known_number(found, first, "lifetime-kilobytes"),
    )
    _where_lifetimes(first, policy, notes)
    in_force = found.root.get("security", "ipsec", "policy", name or "")
    return made, node is not None and in_force is None


def _node(found: Configuration, name: str, notes: Notes) -> Node | None:
    node = found.root.any("security", "ipsec", "proposal", name)
    if node is None or node.inactive:
        notes.lacks("ipsec proposal", name)
        return None
    return node


def _where_lifetimes(first: Node, policy: Node, notes: Notes) -> None:
    for word in ("seconds", "kilobytes"):
        notes.at(f"esp.lifetime_{word}", first.leaf(f"lifetime-{word}"), first, policy)


def _proposals(
    found: Configuration, nodes: list[tuple[str, Node]], notes: Notes
) -> Iterator[EspProposal]:
    for name, node in nodes:
        path = f"esp.proposals.{name}"
        for field, statement in (("encryption", "encryption"), ("integrity", "authentication")):
            notes.at(f"{path}.{field}", node.leaf(f"{statement}-algorithm"))
        notes.at(f"{path}.ah", node.leaf("protocol"))
        notes.at(path, node)
        yield _proposal(found, name, node)


def _proposal(found: Configuration, name: str, node: Node) -> EspProposal:
    """ESP unless the proposal says AH; a cipher or hash that is not told is none."""
    cipher = known(found, _CIPHERS, node, "encryption-algorithm") or Encryption.NULL
    hash_ = known(found, _HASHES, node, "authentication-algorithm")
    protocol = known(found, _PROTOCOLS, node, "protocol")
    if protocol == "ah":
        cipher = Encryption.NULL
    inside = Integrity.NONE if hash_ is None or cipher.aead or protocol == "ah" else hash_
    return EspProposal(
        name=name,
        encryption=(cipher,),
        integrity=(inside,),
        ah=hash_ if protocol in {"ah", "bundle"} else None,
    )


def _pfs(
    found: Configuration, policy: Node, built_in: DhGroup | None, notes: Notes
) -> DhGroup | None:
    """The group that the policy says, else that of its proposal set."""
    path = ("perfect-forward-secrecy", "keys")
    notes.at("esp.pfs_group", policy.leaf(*path), policy.leaf("proposal-set"), policy)
    if policy.leaf(*path) is None:
        return built_in
    return known_group(found, policy, *path)
