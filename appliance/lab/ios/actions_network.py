"""Interfaces, lists, routes, BGP and users: refusals, notes and rewriting, in IOS's words."""

from __future__ import annotations

from collections.abc import Mapping

from appliance.lab.cisco.effects import Effect, entered, rewritten
from appliance.lab.cisco.grammar import Match
from appliance.lab.cisco.tree import Key, Node, key_of
from appliance.lab.cisco.words import address, dotted
from appliance.lab.ios import policies
from appliance.lab.ios.configuration import VIRTUAL, Configuration
from appliance.lab.ios.effects import Action
from appliance.lab.ios.lists import entry, member, numbered_entry
from appliance.lab.ios.neighbors import family, network, process, remote_as
from appliance.lab.ios.routes import connected, vrf_of
from appliance.lab.ios.users import stored

_POINT_TO_POINT = 31  # RFC 3021: both addresses of such a network are hosts
_NO_TAG = (
    "\n% Configuring IP routing on a LAN subinterface is only allowed if that\n"
    "subinterface is already configured as part of an IEEE 802.10, IEEE 802.1Q,\n"
    "or ISL vLAN.\n"
)


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


def _multihop(_config: Configuration, _parent: Node, found: Match) -> Effect:
    """Without a count the furthest: 255."""
    words = found.words
    return Effect(words=words if words[-1].isdecimal() and len(words) > 3 else (*words, "255"))  # noqa: PLR2004 -- no count


def _secret(_config: Configuration, _parent: Node, found: Match) -> Effect:
    return Effect(words=stored(found.words))


NETWORK_ACTIONS: Mapping[str, Action] = {
    "secret": _secret,
    "multihop": _multihop,
    "interface": _interface,
    "host_mask": _host_mask,
    "unnumbered": _unnumbered,
    "access_group": _access_group,
    "acl_type": _acl_type,
    "route": _route,
    "entry": entered(entry),
    "numbered_entry": entered(numbered_entry),
    "member": rewritten(member),
    "bgp": _bgp,
    "forwarding": _forwarding,
    "neighbor": rewritten(remote_as),
    "network": rewritten(network),
    "family": rewritten(family),
    "one_way": _one_way,
    "prefix_list": entered(policies.entry),
    "route_map": _route_map,
}
