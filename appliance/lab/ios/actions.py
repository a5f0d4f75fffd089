"""What some statements do besides being entered: refusals, notes and rewriting, in IOS's words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from appliance.lab.cisco.grammar import Match
from appliance.lab.cisco.tree import Key, Node, key_of
from appliance.lab.cisco.words import address, dotted
from appliance.lab.ios import policies
from appliance.lab.ios.configuration import VIRTUAL, Configuration
from appliance.lab.ios.lists import entry, member, numbered_entry
from appliance.lab.ios.neighbors import family, network, process, remote_as
from appliance.lab.ios.routes import connected, vrf_of
from appliance.lab.ios.users import stored

_POINT_TO_POINT = 31  # RFC 3021: both addresses of such a network are hosts
HOST_MASK = "255.255.255.255"
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
_NO_TAG = (
    "\n% Configuring IP routing on a LAN subinterface is only allowed if that\n"
    "subinterface is already configured as part of an IEEE 802.10, IEEE 802.1Q,\n"
    "or ISL vLAN.\n"
)
_MAP_NOTE = (
    "% NOTE: This new crypto map will remain disabled until a peer\n"
    "        and a valid access list have been configured."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What becomes of a statement: `words` to enter (None: nothing more), and what IOS says."""

    words: Key | None
    message: str = ""


Action = Callable[[Configuration, Node, Match], Effect]


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
    if words[-1] == HOST_MASK:
        words = words[:-1]
    tail = _peer_of(words)
    for other in parent.all("crypto", "isakmp", "key"):
        if _peer_of(other.words) == tail and not config.booting:
            mask = tail[2] if len(tail) > 2 and tail[2] != "no-xauth" else HOST_MASK  # noqa: PLR2004 -- address A M
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
    if words[3] == HOST_MASK:
        words = words[:3] + words[4:]
    return Effect(words=words)


def _mask_shown(_config: Configuration, _parent: Node, found: Match) -> Effect:
    words = found.words
    if words[:3] == ("match", "identity", "address") and len(words) == 4:  # noqa: PLR2004 -- no mask
        words = (*words, HOST_MASK)
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


def _interface(config: Configuration, parent: Node, found: Match) -> Effect:
    name = found.words[1]
    physical = not name.startswith(VIRTUAL) and "." not in name
    if physical and found.words not in parent.children and not config.booting:
        return Effect(words=None, message="% Invalid interface")
    return Effect(words=found.words)


def _bgp(config: Configuration, parent: Node, found: Match) -> Effect:
    """One process only; IOS says so without a percent sign."""
    running = parent.find("router", "bgp")
    if running is not None and running.words != found.words and not config.booting:
        return Effect(words=None, message=f"BGP is already running; AS is {running.words[2]}")
    return Effect(words=process(config, parent, found))


def _protection(config: Configuration, _parent: Node, found: Match) -> Effect:
    name = found.words[4]
    known = config.root.find("crypto", "ipsec", "profile", name)
    if known is None and name != "default" and not config.booting:
        message = f'ERROR: crypto ipsec profile with tag "{name}" does not exist.\n'
        return Effect(words=None, message=message)
    return Effect(words=found.words)


def _host_mask(config: Configuration, parent: Node, found: Match) -> Effect:
    wrong = "" if config.booting else _address_problem(config, parent, found.words)
    if wrong:
        return Effect(words=None, message=wrong)
    parent.children.pop(("ip", "unnumbered"), None)
    return Effect(words=found.words)


def _address_problem(config: Configuration, parent: Node, words: Key) -> str:
    value, mask = address(words[2]), address(words[3]) if len(words) > 3 else None  # noqa: PLR2004 -- dhcp has no mask
    if value is None or mask is None:
        return ""
    if "." in parent.words[1] and parent.find("encapsulation") is None:
        return _NO_TAG
    host = value & ~mask & 0xFFFFFFFF
    bits = bin(mask).count("1")
    if bits < _POINT_TO_POINT and host in {0, ~mask & 0xFFFFFFFF}:
        return f"Bad mask /{bits} for address {words[2]}"
    for route in connected(config, vrf_of(parent)):
        shorter = min(bits, route.bits)
        same = (value ^ route.network) >> (32 - shorter) == 0 if shorter else True
        if same and route.interface != parent.words[1]:
            return f"% {dotted(value & mask)} overlaps with {route.interface}"
    return ""


def _forwarding(config: Configuration, parent: Node, found: Match) -> Effect:
    """Moving an interface to another VRF costs it its addresses."""
    if config.booting or vrf_of(parent) == found.words[-1]:
        return Effect(words=found.words)
    numbered = list(parent.all("ip", "address"))
    for node in numbered:
        parent.children.pop(key_of(node.rule, node.words) if node.rule else node.words)
    message = (
        f"% Interface {parent.words[1]} IPv4 disabled and address(es) removed due to "
        f"enabling VRF {found.words[-1]}"
    )
    return Effect(words=found.words, message=message if numbered else "")


def _unnumbered(_config: Configuration, parent: Node, found: Match) -> Effect:
    parent.children.pop(("ip", "address"), None)
    return Effect(words=found.words)


def _access_group(_config: Configuration, parent: Node, found: Match) -> Effect:
    for other in list(parent.all(*found.words[:-2])):
        if other.words[-1] == found.words[-1]:
            parent.children.pop(other.words)
    return Effect(words=found.words)


def _one_way(_config: Configuration, parent: Node, found: Match) -> Effect:
    """One filter of a kind in a direction: a second one takes its place."""
    *start, _, direction = found.words
    for other in list(parent.all(*start)):
        if other.words[-1] == direction:
            parent.children.pop(other.words)
    return Effect(words=found.words)


def _route_map(_config: Configuration, _parent: Node, found: Match) -> Effect:
    """Without a word it permits, without a number it is 10."""
    words = found.words
    action = next((word for word in words[2:] if word in {"permit", "deny"}), "permit")
    number = words[-1] if words[-1].isdecimal() and len(words) > 2 else "10"  # noqa: PLR2004 -- words
    return Effect(words=("route-map", words[1], action, number))


def _map_binding(config: Configuration, _parent: Node, found: Match) -> Effect:
    name = found.words[2]
    if config.root.find("crypto", "map", name) is None and not config.booting:
        return Effect(words=None, message=f'ERROR: Crypto Map with tag "{name}" does not exist.\n')
    return Effect(words=found.words)


def _acl_type(_config: Configuration, parent: Node, found: Match) -> Effect:
    kind, name = found.words[2:]
    other = "standard" if kind == "extended" else "extended"
    if parent.children.get(("ip", "access-list", other, name)):
        return Effect(words=None, message="% A named IP access list with this name already exists")
    return Effect(words=found.words)


def _route(config: Configuration, _parent: Node, found: Match) -> Effect:
    at = 4 if found.words[2] == "vrf" else 2
    network_, mask = found.words[at], found.words[at + 1]
    if not config.booting and not _fits(network_, mask):
        return Effect(words=None, message="%Inconsistent address and mask")
    end = next((i for i, w in enumerate(found.words) if i > at + 1 and _is_behind(w)), None)
    for other in list(_parent.all(*found.words[:end])):
        if end is not None or any(map(_is_behind, other.words[len(found.words) :][:1])):
            _parent.children.pop(other.words)  # the same way with another distance
    return Effect(words=found.words)


def _is_behind(word: str) -> bool:
    return word.isdecimal() or word in {"name", "tag", "track", "permanent"}


def _fits(network_: str, mask: str) -> bool:
    pairs = zip(network_.split("."), mask.split("."), strict=True)
    return all(int(octet) & ~int(bits) & 255 == 0 for octet, bits in pairs)


def _entered(function: Callable[[Configuration, Node, Match], str]) -> Action:
    """An action whose function enters the statement itself and returns what IOS says."""

    def action(config: Configuration, parent: Node, found: Match) -> Effect:
        return Effect(words=None, message=function(config, parent, found))

    return action


def _rewritten(function: Callable[[Configuration, Node, Match], Key]) -> Action:
    def action(config: Configuration, parent: Node, found: Match) -> Effect:
        return Effect(words=function(config, parent, found))

    return action


def _multihop(_config: Configuration, _parent: Node, found: Match) -> Effect:
    """Without a count the furthest: 255."""
    words = found.words
    return Effect(words=words if words[-1].isdecimal() and len(words) > 3 else (*words, "255"))  # noqa: PLR2004 -- no count


def _secret(_config: Configuration, _parent: Node, found: Match) -> Effect:
    return Effect(words=stored(found.words))


ACTIONS: dict[str, Action] = {
    "secret": _secret,
    "multihop": _multihop,
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
    "interface": _interface,
    "host_mask": _host_mask,
    "unnumbered": _unnumbered,
    "access_group": _access_group,
    "map_binding": _map_binding,
    "acl_type": _acl_type,
    "route": _route,
    "entry": _entered(entry),
    "numbered_entry": _entered(numbered_entry),
    "member": _rewritten(member),
    "bgp": _bgp,
    "forwarding": _forwarding,
    "protection": _protection,
    "neighbor": _rewritten(remote_as),
    "network": _rewritten(network),
    "family": _rewritten(family),
    "one_way": _one_way,
    "prefix_list": _entered(policies.entry),
    "route_map": _route_map,
}
