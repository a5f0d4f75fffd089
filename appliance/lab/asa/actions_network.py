"""Interfaces, objects, routes and BGP: refusals, notes and rewriting, in ASA's words."""

from __future__ import annotations

from appliance.lab.asa import lists
from appliance.lab.asa.configuration import Configuration
from appliance.lab.asa.defaults import is_virtual
from appliance.lab.asa.effects import INVALID, Action, refused
from appliance.lab.asa.modes import grammar
from appliance.lab.asa.nameifs import follow
from appliance.lab.asa.users import stored
from appliance.lab.cisco.effects import Effect, entered
from appliance.lab.cisco.grammar import Match
from appliance.lab.cisco.tree import Node
from appliance.lab.cisco.words import address

# Tunnel interfaces came with 9.7(1), those with IKEv2 with 9.8(1) (release notes).
_TUNNELS = (9, 7)
_LOOPBACKS = (9, 18)


def _interface(config: Configuration, parent: Node, found: Match) -> Effect:
    name = found.words[1]
    if name.startswith("Tunnel") and (config.number < _TUNNELS or config.multiple):
        return refused(INVALID)
    if is_virtual(name) or found.words in parent.children or config.booting:
        return Effect(words=found.words)
    return refused("ERROR: % Invalid interface")


def _nameif(config: Configuration, parent: Node, found: Match) -> Effect:
    name = found.words[1]
    other = config.named(name)
    if other is not None and other is not parent:
        return refused(f'ERROR: Name "{name}" has been assigned to interface {other.words[1]}')
    old = parent.value("nameif")
    if old and old != name:
        follow(config, old, name)
    if config.booting or old:
        return Effect(words=found.words)
    level = 100 if name.lower() == "inside" else 0
    if not parent.words[1].startswith("Tunnel"):
        made = grammar("interface", weak=True).match(f"security-level {level}")
        if isinstance(made, Match):
            config.put(parent, made.rule, made.words)
    note = f'INFO: Security level for "{name}" set to {level} by default.'
    return Effect(words=found.words, message=note)


def _on_tunnel(config: Configuration, parent: Node, found: Match) -> Effect:
    """Tunnel statements exist on tunnel interfaces only, and only behind `nameif`."""
    if config.booting:
        return Effect(words=found.words)
    if not parent.words[1].startswith("Tunnel"):
        return refused(INVALID)
    if parent.find("nameif") is None:
        return refused("ERROR: Please configure nameif on this interface first")
    return Effect(words=found.words)


def _tunnel_source(config: Configuration, parent: Node, found: Match) -> Effect:
    if config.named(found.words[3]) is None and not config.booting:
        return refused(f"ERROR: interface {found.words[3]} does not exist")
    return _on_tunnel(config, parent, found)


def _protection(config: Configuration, parent: Node, found: Match) -> Effect:
    name = found.words[4]
    if not any(config.root.all("crypto", "ipsec", "profile", name)) and not config.booting:
        return refused(f"ERROR: IPsec profile {name} does not exist")
    return _on_tunnel(config, parent, found)


def _ip_address(config: Configuration, parent: Node, found: Match) -> Effect:
    words = found.words
    if parent.words[1].startswith("Tunnel") and parent.find("nameif") is None:
        return Effect(words=words) if config.booting else _on_tunnel(config, parent, found)
    for other in config.interfaces():
        if other is not parent and other.value("ip", "address").split()[:1] == [words[2]]:
            return refused("ERROR: This IP address is already in use on another interface")
    parent.children.pop(("ip", "unnumbered"), None)
    return Effect(words=words)


def _unnumbered(_config: Configuration, parent: Node, found: Match) -> Effect:
    parent.children.pop(("ip", "address"), None)
    return Effect(words=found.words)


def _definition(config: Configuration, parent: Node, found: Match) -> Effect:
    """An object is one thing; the new definition replaces the old one."""
    if found.words[0] == "subnet" and not lists.paired(*found.words[1:3]):
        return refused(f"ERROR: IP address,mask <{','.join(found.words[1:3])}> doesn't pair")
    for kind in ("host", "subnet", "range", "fqdn"):
        for node in list(parent.all(kind)):
            config.discard(parent, node)
    return Effect(words=found.words)


def _member(config: Configuration, parent: Node, found: Match) -> Effect:
    words, group = found.words, parent.words[2]
    if config.booting:
        return Effect(words=words)
    if words in parent.children:
        return refused(
            f"Adding obj ({' '.join(words)}) to grp ({group}) failed; object already exists"
        )
    if words[0] == "group-object" and not _may_hold(config, words[1], group):
        return refused(
            f"Adding obj (group-object {words[1]}) to grp ({group}) failed; "
            "cause a loop in grp hierarchy"
        )
    if words[1] == "object" and not any(config.root.all("object", "network", words[2])):
        return refused(f"ERROR: specified object <{words[2]}> does not exist")
    if address(words[1]) is not None and not lists.paired(*words[1:3]):
        return refused(f"ERROR: IP address,mask <{','.join(words[1:3])}> doesn't pair")
    return Effect(words=words)


def _may_hold(config: Configuration, inner: str, outer: str) -> bool:
    group = config.root.children.get(("object-group", "network", inner))
    return inner != outer and group is not None


def _access_group(config: Configuration, parent: Node, found: Match) -> Effect:
    words = found.words
    if config.booting:
        return Effect(words=words)
    if ("access-list", words[1]) not in parent.children:
        return refused(f"ERROR: access-list {words[1]} does not exist")
    if config.named(words[4]) is None:
        return refused(f"ERROR: interface {words[4]} does not exist")
    for other in list(parent.all("access-group")):
        if other.words[2:] == words[2:]:
            config.discard(parent, other)
    return Effect(words=words)


def _route(config: Configuration, parent: Node, found: Match) -> Effect:
    words = found.words
    if len(words) == 5 or not words[5].isdecimal():  # noqa: PLR2004 -- no metric
        words = (*words[:5], "1", *words[5:])
    if config.booting:
        return Effect(words=words)
    if config.named(words[1]) is None:
        return refused(f"ERROR: interface {words[1]} does not exist")
    if not lists.paired(words[2], words[3]):
        return refused("ERROR: Invalid IP address and netmask pair")
    if any(i.value("ip", "address").split()[:1] == [words[4]] for i in config.interfaces()):
        return refused("ERROR: Invalid next hop address, it belongs to one of our interfaces")
    same = [n for n in parent.all("route") if n.words[2:4] == words[2:4]]
    if any(n.words[5] == words[5] and n.words[1] != words[1] for n in same):
        return refused("ERROR: Cannot add route entry, conflict with existing routes")
    return Effect(words=words)


def _bgp(config: Configuration, parent: Node, found: Match) -> Effect:
    running = parent.find("router", "bgp")
    if running is not None and running.words != found.words and not config.booting:
        return refused(f"BGP is already running; AS is {running.words[2]}")
    return Effect(words=found.words)


def _family(_config: Configuration, _parent: Node, found: Match) -> Effect:
    return Effect(words=(*found.words[:2], "unicast"))


def _neighbor(config: Configuration, parent: Node, found: Match) -> Effect:
    """A new neighbor is active at once."""
    target = found.words[1]
    new = parent.children.get(found.words[:3]) is None
    denied = parent.find("no", "neighbor", target, "activate")
    if new and denied is None:
        made = grammar("bgp-af", weak=True).match(f"neighbor {target} activate")
        if isinstance(made, Match):
            config.put(parent, made.rule, made.words)
    return Effect(words=found.words)


def _known(config: Configuration, parent: Node, found: Match) -> Effect:
    if parent.find("neighbor", found.words[1], "remote-as") is None and not config.booting:
        return refused("% Specify remote-as or peer-group commands first")
    return Effect(words=found.words)


def _multihop(config: Configuration, parent: Node, found: Match) -> Effect:
    effect = _known(config, parent, found)
    words = found.words if len(found.words) > 3 else (*found.words, "255")  # noqa: PLR2004 -- no count
    return effect if effect.words is None else Effect(words=words)


def _update_source(config: Configuration, parent: Node, found: Match) -> Effect:
    """Sessions from a loopback came with 9.18(2)."""
    if config.number < _LOOPBACKS:
        return refused(INVALID)
    if config.named(found.words[3]) is None and not config.booting:
        return refused("ERROR: % Invalid interface")
    return _known(config, parent, found)


def _user(config: Configuration, parent: Node, found: Match) -> Effect:
    if ("username", found.words[1]) not in parent.children and not config.booting:
        return refused(f"ERROR: Username {found.words[1]} does not exist")
    return Effect(words=found.words)


def _secret(_config: Configuration, _parent: Node, found: Match) -> Effect:
    return Effect(words=stored(found.words))


NETWORK_ACTIONS: dict[str, Action] = {
    "ace": entered(lists.ace),
    "nat": entered(lists.nat),
    "secret": _secret,
    "user": _user,
    "interface": _interface,
    "nameif": _nameif,
    "ip_address": _ip_address,
    "unnumbered": _unnumbered,
    "tunnel_source": _tunnel_source,
    "on_tunnel": _on_tunnel,
    "protection": _protection,
    "definition": _definition,
    "member": _member,
    "access_group": _access_group,
    "route": _route,
    "bgp": _bgp,
    "family": _family,
    "neighbor": _neighbor,
    "known": _known,
    "multihop": _multihop,
    "update_source": _update_source,
}
