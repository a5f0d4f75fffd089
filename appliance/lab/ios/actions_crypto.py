"""IKE, IPsec and crypto maps: refusals, notes and rewriting, in IOS's words."""

from __future__ import annotations

from collections.abc import Mapping

from appliance.lab.cisco.effects import Effect
from appliance.lab.cisco.grammar import Match
from appliance.lab.cisco.tree import Key, Node
from appliance.lab.ios.configuration import Configuration
from appliance.lab.ios.effects import Action

_HOST_MASK = "255.255.255.255"
_PROPOSAL_NOTE = (
    "IKEv2 proposal MUST either have a set of an encryption algorithm other than aes-gcm, "
    "an integrity algorithm and a DH group configured or \n"
    " encryption algorithm aes-gcm, a prf algorithm and a DH group configured"
)
_POLICY_NOTE = "IKEv2 policy MUST have atleast one complete proposal attached "
_PROFILE_NOTE = (
    "IKEv2 profile MUST have:\n"
    "   1. A local and a remote authentication method.\n"
    "   2. A match identity or a match certificate or match any statement."
)
_ISAKMP_PROFILE_NOTE = "% A profile is deemed incomplete until it has match identity statements"
_MAP_NOTE = (
    "% NOTE: This new crypto map will remain disabled until a peer\n"
    "        and a valid access list have been configured."
)


def _on_creation(note: str) -> Action:
    def action(_config: Configuration, parent: Node, found: Match) -> Effect:
        new = found.words not in parent.children
        return Effect(words=found.words, message=note if new else "")

    return action


def _crypto_map(_config: Configuration, parent: Node, found: Match) -> Effect:
    existing = parent.children.get(found.words[:4])
    if existing is not None:
        return Effect(words=existing.words)
    if len(found.words) == 4:  # noqa: PLR2004 -- name and number without a kind
        return Effect(words=None, message="% Incomplete command.")
    dynamic = "dynamic" in found.words or "profile" in found.words
    return Effect(words=found.words, message="" if dynamic else _MAP_NOTE)


def _isakmp_key(config: Configuration, parent: Node, found: Match) -> Effect:
    words = found.words
    if words[-1] == _HOST_MASK:
        words = words[:-1]
    tail = _peer_of(words)
    for other in parent.all("crypto", "isakmp", "key"):
        if _peer_of(other.words) == tail and not config.booting:
            mask = tail[2] if len(tail) > 2 and tail[2] != "no-xauth" else _HOST_MASK  # noqa: PLR2004 -- address A M
            return Effect(
                words=None,
                message=f"A pre-shared key for address mask {tail[1]} {mask} already exists!\n",
            )
    return Effect(words=words)


def _peer_of(words: Key) -> Key:
    marker = "address" if "address" in words[4:] else "hostname"
    return words[words.index(marker, 4) :]


def _keyring_key(_config: Configuration, _parent: Node, found: Match) -> Effect:
    words = found.words
    if words[3] == _HOST_MASK:
        words = words[:3] + words[4:]
    return Effect(words=words)


def _mask_shown(_config: Configuration, _parent: Node, found: Match) -> Effect:
    words = found.words
    if words[:3] == ("match", "identity", "address") and len(words) == 4:  # noqa: PLR2004 -- no mask
        words = (*words, _HOST_MASK)
    return Effect(words=words)


def _transform_sets(config: Configuration, _parent: Node, found: Match) -> Effect:
    for name in found.words[2:]:
        known = config.root.find("crypto", "ipsec", "transform-set", name)
        if known is None and name != "default" and not config.booting:
            message = f'ERROR: transform set with tag "{name}" does not exist.\n'
            return Effect(words=None, message=message)
    return Effect(words=found.words)


def _pfs(config: Configuration, _parent: Node, found: Match) -> Effect:
    default = "group1" if config.weak else "group14"
    return Effect(words=found.words if len(found.words) > 2 else (*found.words, default))  # noqa: PLR2004 -- no group


def _reference(*section: str) -> Action:
    def action(config: Configuration, _parent: Node, found: Match) -> Effect:
        name = found.words[-1]
        if config.root.find(*section, name) is None and not config.booting:
            kind = " ".join(section[1:])
            return Effect(words=None, message=f"% {kind} {name} does not exist")
        return Effect(words=found.words)

    return action


def _policy_proposals(config: Configuration, parent: Node, found: Match) -> Effect:
    for name in found.words[1:]:
        known = config.root.find("crypto", "ikev2", "proposal", name)
        if known is None and name != "default" and not config.booting:
            return Effect(words=None, message=f"% Proposal {name} does not exist")
    for name in found.words[1:]:
        config.put(parent, found.rule, ("proposal", name))
    return Effect(words=None)


def _map_peer(config: Configuration, parent: Node, found: Match) -> Effect:
    plain = found.words[:3]
    for other in list(parent.all("set", "peer")):
        if other.words[:3] == plain:
            parent.children.pop(other.words)
        elif found.words[-1] == "default" and other.words[-1] == "default":
            parent.children.pop(other.words)
            config.put(parent, found.rule, other.words[:3])
    return Effect(words=found.words)


def _protection(config: Configuration, _parent: Node, found: Match) -> Effect:
    name = found.words[4]
    known = config.root.find("crypto", "ipsec", "profile", name)
    if known is None and name != "default" and not config.booting:
        message = f'ERROR: crypto ipsec profile with tag "{name}" does not exist.\n'
        return Effect(words=None, message=message)
    return Effect(words=found.words)


def _map_binding(config: Configuration, _parent: Node, found: Match) -> Effect:
    name = found.words[2]
    if config.root.find("crypto", "map", name) is None and not config.booting:
        return Effect(words=None, message=f'ERROR: Crypto Map with tag "{name}" does not exist.\n')
    return Effect(words=found.words)


CRYPTO_ACTIONS: Mapping[str, Action] = {
    "ikev2_proposal": _on_creation(_PROPOSAL_NOTE),
    "ikev2_policy": _on_creation(_POLICY_NOTE),
    "ikev2_profile": _on_creation(_PROFILE_NOTE),
    "isakmp_profile": _on_creation(_ISAKMP_PROFILE_NOTE),
    "crypto_map": _crypto_map,
    "isakmp_key": _isakmp_key,
    "keyring_key": _keyring_key,
    "mask_shown": _mask_shown,
    "transform_sets": _transform_sets,
    "pfs": _pfs,
    "ikev2_reference": _reference("crypto", "ikev2", "profile"),
    "isakmp_reference": _reference("crypto", "isakmp", "profile"),
    "policy_proposals": _policy_proposals,
    "map_peer": _map_peer,
    "map_binding": _map_binding,
    "protection": _protection,
}
