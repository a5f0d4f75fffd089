"""What some statements do besides being entered: refusals, notes and rewriting, in ASA's words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from appliance.lab.asa import lists
from appliance.lab.asa.configuration import Configuration
from appliance.lab.asa.defaults import PROTOCOLS, default_group, is_virtual, new_policy
from appliance.lab.asa.modes import grammar
from appliance.lab.asa.nameifs import follow
from appliance.lab.asa.references import BUILT_IN
from appliance.lab.asa.users import stored
from appliance.lab.cisco.grammar import Match
from appliance.lab.cisco.tree import Key, Node
from appliance.lab.cisco.words import address

_NOT_AN_ADDRESS = (
    "WARNING: For IKEv1, L2L tunnel-groups that have names which are not an IP\n"
    "address may only be used if the tunnel authentication\n"
    "method is Digital Certificates and/or The peer is\n"
    "configured to use Aggressive Mode"
)
_GCM = "WARNING: GCM\\GMAC are authenticated encryption algorithms.esp integrity config is ignored"
INCOMPLETE = "WARNING: The crypto map entry is incomplete!"
_ENTRY = 4  # `crypto map NAME NUMBER`


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What becomes of a statement: `words` to enter (None: nothing more), and what is said."""

    words: Key | None
    message: str = ""


Action = Callable[[Configuration, Node, Match], Effect]


def _refused(text: str) -> Effect:
    return Effect(words=None, message=text)


def _entered(function: Callable[[Configuration, Node, Match], str]) -> Action:
    """An action whose function enters the statement itself and returns what the ASA says."""

    def action(config: Configuration, parent: Node, found: Match) -> Effect:
        return Effect(words=None, message=function(config, parent, found))

    return action


def fill(config: Configuration, node: Node) -> None:
    """Put the lines of a new policy or proposal into it."""
    for line in new_policy(config, node.mode):
        made = grammar(node.mode, weak=True).match(line)
        if isinstance(made, Match):
            config.put(node, made.rule, made.words)


def _filled(config: Configuration, parent: Node, found: Match) -> Effect:
    if found.words not in parent.children:
        fill(config, config.put(parent, found.rule, found.words))
    return Effect(words=found.words)


def _group(config: Configuration, _parent: Node, found: Match) -> Effect:
    old = [word for word in found.words[1:] if int(word) in {1, 2, 5, 24}]
    said = [
        f"WARNING: DH group {word} is considered insecure. "
        "This is deprecated and will be removed in a later release."
        for word in old
    ]
    return Effect(words=found.words, message="\n".join(said) if config.modern else "")


def _protocol(_config: Configuration, parent: Node, found: Match) -> Effect:
    ciphers = parent.value("protocol", "esp", "encryption")
    if found.words[2] == "integrity" and "gcm" in ciphers and found.words[3:] != ("null",):
        return Effect(words=found.words, message=_GCM)
    return Effect(words=found.words)


def _transform_set(_config: Configuration, _parent: Node, found: Match) -> Effect:
    words = found.words
    return Effect(words=words if len(words) > 6 else (*words, "esp-none"))  # noqa: PLR2004 -- no hash


def _transform_mode(config: Configuration, parent: Node, found: Match) -> Effect:
    if parent.children.get(found.words[:5]) is None and not config.booting:
        return _refused(f'ERROR: transform set with tag "{found.words[4]}" does not exist.')
    return Effect(words=found.words)


def _existing(*kind: str, what: str, skip: int) -> Action:
    """The names behind the first `skip` words must exist."""

    def action(config: Configuration, parent: Node, found: Match) -> Effect:
        for name in found.words[skip:]:
            if not any(config.root.all(*kind, name)) and not config.booting:
                return _refused(f'ERROR: {what} with tag "{name}" does not exist.')
        return Effect(words=found.words, message=_state(config, parent, found))

    return action


def _state(config: Configuration, parent: Node, found: Match) -> str:
    """The note about an entry that still lacks something, after this statement."""
    if found.words[0] != "crypto" or config.booting:
        return ""
    held = [node.words[_ENTRY:] for node in parent.all(*found.words[:_ENTRY])]
    held.append(found.words[_ENTRY:])
    return "" if complete(held) else INCOMPLETE


def complete(statements: list[Key]) -> bool:
    """Whether the statements of an entry (behind its number) are all it needs."""
    kinds = {words[:2] for words in statements} | {words[1:3] for words in statements}
    return (
        ("match", "address") in kinds
        and ("set", "peer") in kinds
        and bool({("ikev1", "transform-set"), ("ikev2", "ipsec-proposal")} & kinds)
    ) or any(words[:1] == ("ipsec-isakmp",) for words in statements)


def _noted(config: Configuration, parent: Node, found: Match) -> Effect:
    return Effect(words=found.words, message=_state(config, parent, found))


def _map_peer(config: Configuration, parent: Node, found: Match) -> Effect:
    """More peers are added behind those that are there: the first is tried first."""
    known = parent.children.get(found.words[:6])
    peers = [*(known.words[6:] if known else ()), *found.words[6:]]
    words = (*found.words[:6], *dict.fromkeys(peers))
    if len(words) > 16:  # noqa: PLR2004 -- ten peers
        return _refused("ERROR: The maximum number of peers for this crypto map entry is 10")
    return Effect(words=words, message=_state(config, parent, found))


def _pfs(size: int) -> Action:
    """The release's default group is printed bare (`size` words)."""

    def action(config: Configuration, parent: Node, found: Match) -> Effect:
        default = found.words[size:] == (f"group{default_group(config)}",)
        words = found.words[:size] if default else found.words
        return Effect(words=words, message=_state(config, parent, found))

    return action


def _map_lifetime(config: Configuration, parent: Node, found: Match) -> Effect:
    """Both values may come in one line; they are kept in one each."""
    words = found.words
    pairs = [words[7:9], words[9:11]] if len(words) > 9 else [words[7:9]]  # noqa: PLR2004 -- two values
    for kind, value in pairs:
        spelled = (*words[:7], kind, value)
        made = grammar("config", weak=True).match(" ".join(spelled))
        if isinstance(made, Match):
            config.put(parent, made.rule, spelled)
    return Effect(words=None, message=_state(config, parent, found))


def _map_interface(config: Configuration, parent: Node, found: Match) -> Effect:
    """An interface has one crypto map; another one takes its place."""
    name, nameif = found.words[2], found.words[4]
    if config.named(nameif) is None and not config.booting:
        return _refused(f"ERROR: interface {nameif} does not exist")
    for node in list(parent.all("crypto", "map")):
        if node.words[3] == "interface" and node.words[4].lower() == nameif.lower():
            config.discard(parent, node)
    numbers = {node.words[3] for node in parent.all("crypto", "map", name)} - {"interface"}
    held = [[n.words[_ENTRY:] for n in parent.all("crypto", "map", name, no)] for no in numbers]
    partial = not config.booting and not all(complete(entry) for entry in held)
    note = "WARNING: crypto map has incomplete entries" if partial else ""
    return Effect(words=found.words, message=note)


def _needs_nameif(at: int) -> Action:
    def action(config: Configuration, _parent: Node, found: Match) -> Effect:
        if config.named(found.words[at]) is None and not config.booting:
            return _refused(f"ERROR: interface {found.words[at]} does not exist")
        return Effect(words=found.words)

    return action


def _interface(config: Configuration, parent: Node, found: Match) -> Effect:
    name = found.words[1]
    if is_virtual(name) or found.words in parent.children or config.booting:
        return Effect(words=found.words)
    return _refused("ERROR: % Invalid interface")


def _nameif(config: Configuration, parent: Node, found: Match) -> Effect:
    name = found.words[1]
    other = config.named(name)
    if other is not None and other is not parent:
        return _refused(f'ERROR: Name "{name}" has been assigned to interface {other.words[1]}')
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
        return _refused("ERROR: % Invalid input detected at '^' marker.")
    if parent.find("nameif") is None:
        return _refused("ERROR: Please configure nameif on this interface first")
    return Effect(words=found.words)


def _tunnel_source(config: Configuration, parent: Node, found: Match) -> Effect:
    if config.named(found.words[3]) is None and not config.booting:
        return _refused(f"ERROR: interface {found.words[3]} does not exist")
    return _on_tunnel(config, parent, found)


def _protection(config: Configuration, parent: Node, found: Match) -> Effect:
    name = found.words[4]
    if not any(config.root.all("crypto", "ipsec", "profile", name)) and not config.booting:
        return _refused(f"ERROR: IPsec profile {name} does not exist")
    return _on_tunnel(config, parent, found)


def _ip_address(config: Configuration, parent: Node, found: Match) -> Effect:
    words = found.words
    if parent.words[1].startswith("Tunnel") and parent.find("nameif") is None:
        return Effect(words=words) if config.booting else _on_tunnel(config, parent, found)
    for other in config.interfaces():
        if other is not parent and other.value("ip", "address").split()[:1] == [words[2]]:
            return _refused("ERROR: This IP address is already in use on another interface")
    parent.children.pop(("ip", "unnumbered"), None)
    return Effect(words=words)


def _unnumbered(_config: Configuration, parent: Node, found: Match) -> Effect:
    parent.children.pop(("ip", "address"), None)
    return Effect(words=found.words)


def _definition(config: Configuration, parent: Node, found: Match) -> Effect:
    """An object is one thing; the new definition replaces the old one."""
    if found.words[0] == "subnet" and not lists.paired(*found.words[1:3]):
        return _refused(f"ERROR: IP address,mask <{','.join(found.words[1:3])}> doesn't pair")
    for kind in ("host", "subnet", "range", "fqdn"):
        for node in list(parent.all(kind)):
            config.discard(parent, node)
    return Effect(words=found.words)


def _member(config: Configuration, parent: Node, found: Match) -> Effect:
    words, group = found.words, parent.words[2]
    if config.booting:
        return Effect(words=words)
    if words in parent.children:
        return _refused(
            f"Adding obj ({' '.join(words)}) to grp ({group}) failed; object already exists"
        )
    if words[0] == "group-object" and not _may_hold(config, words[1], group):
        return _refused(
            f"Adding obj (group-object {words[1]}) to grp ({group}) failed; "
            "cause a loop in grp hierarchy"
        )
    if words[1] == "object" and not any(config.root.all("object", "network", words[2])):
        return _refused(f"ERROR: specified object <{words[2]}> does not exist")
    if address(words[1]) is not None and not lists.paired(*words[1:3]):
        return _refused(f"ERROR: IP address,mask <{','.join(words[1:3])}> doesn't pair")
    return Effect(words=words)


def _may_hold(config: Configuration, inner: str, outer: str) -> bool:
    group = config.root.children.get(("object-group", "network", inner))
    return inner != outer and group is not None


def _access_group(config: Configuration, parent: Node, found: Match) -> Effect:
    words = found.words
    if config.booting:
        return Effect(words=words)
    if ("access-list", words[1]) not in parent.children:
        return _refused(f"ERROR: access-list {words[1]} does not exist")
    if config.named(words[4]) is None:
        return _refused(f"ERROR: interface {words[4]} does not exist")
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
        return _refused(f"ERROR: interface {words[1]} does not exist")
    if not lists.paired(words[2], words[3]):
        return _refused("ERROR: Invalid IP address and netmask pair")
    if any(i.value("ip", "address").split()[:1] == [words[4]] for i in config.interfaces()):
        return _refused("ERROR: Invalid next hop address, it belongs to one of our interfaces")
    same = [n for n in parent.all("route") if n.words[2:4] == words[2:4]]
    if any(n.words[5] == words[5] and n.words[1] != words[1] for n in same):
        return _refused("ERROR: Cannot add route entry, conflict with existing routes")
    return Effect(words=words)


def _bgp(config: Configuration, parent: Node, found: Match) -> Effect:
    running = parent.find("router", "bgp")
    if running is not None and running.words != found.words and not config.booting:
        return _refused(f"BGP is already running; AS is {running.words[2]}")
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
        return _refused("% Specify remote-as or peer-group commands first")
    return Effect(words=found.words)


def _multihop(config: Configuration, parent: Node, found: Match) -> Effect:
    effect = _known(config, parent, found)
    words = found.words if len(found.words) > 3 else (*found.words, "255")  # noqa: PLR2004 -- no count
    return effect if effect.words is None else Effect(words=words)


def _update_source(config: Configuration, parent: Node, found: Match) -> Effect:
    """Sessions from a loopback came with 9.18(2)."""
    if config.number < (9, 18):
        return _refused("ERROR: % Invalid input detected at '^' marker.")
    if config.named(found.words[3]) is None and not config.booting:
        return _refused("ERROR: % Invalid interface")
    return _known(config, parent, found)


def _tunnel_group(config: Configuration, parent: Node, found: Match) -> Effect:
    known = parent.children.get(found.words[:3])
    if known is not None and known.words != found.words:
        return _refused(
            f"ERROR: The tunnel-group {found.words[1]} exists with another type: {known.words[3]}"
        )
    named = found.words[3] == "ipsec-l2l" and address(found.words[1]) is None
    message = _NOT_AN_ADDRESS if named and known is None and not config.booting else ""
    return Effect(words=found.words, message=message)


def _tunnel_attributes(config: Configuration, parent: Node, found: Match) -> Effect:
    name = found.words[1]
    exists = name in BUILT_IN or parent.find("tunnel-group", name, "type") is not None
    if not exists and not config.booting:
        return _refused(f"ERROR: The tunnel-group {name} does not exist")
    return Effect(words=found.words)


def _default_group_policy(config: Configuration, _parent: Node, found: Match) -> Effect:
    name = found.words[1]
    exists = name in BUILT_IN or any(config.root.all("group-policy", name))
    if not exists and not config.booting:
        return _refused(f"ERROR: The group-policy {name} does not exist")
    return Effect(words=found.words)


def _group_attributes(config: Configuration, parent: Node, found: Match) -> Effect:
    name = found.words[1]
    exists = name in BUILT_IN or any(parent.all("group-policy", name, "internal"))
    if not exists and not config.booting:
        return _refused(f"ERROR: The group-policy {name} does not exist")
    return Effect(words=found.words)


def _protocols(_config: Configuration, _parent: Node, found: Match) -> Effect:
    """Printed in one order, however they were typed."""
    order = (*PROTOCOLS[:3], "ssl-client", "ssl-clientless")
    return Effect(words=(found.words[0], *(word for word in order if word in found.words)))


def _vpn_filter(config: Configuration, _parent: Node, found: Match) -> Effect:
    named = found.words[-1] if "value" in found.words else ""
    if named and not config.booting and not any(config.root.all("access-list", named)):
        return _refused(f"ERROR: access-list {named} does not exist")
    return Effect(words=found.words)


def _keepalive(_config: Configuration, _parent: Node, found: Match) -> Effect:
    """Both values are printed, the other one with its default."""
    given = dict(zip(found.words[2::2], found.words[3::2], strict=True))
    return Effect(words=("isakmp", "keepalive", "threshold", given.get("threshold", "10"),
                         "retry", given.get("retry", "2")))  # fmt: skip


def _quoted(_config: Configuration, _parent: Node, found: Match) -> Effect:
    text = found.words[-1]
    spelled = text if text.startswith('"') else f'"{text}"'
    return Effect(words=(*found.words[:-1], spelled))


def _timer(_config: Configuration, _parent: Node, found: Match) -> Effect:
    kind, value = found.words[2], found.words[4]
    if kind != "absolute" and not (value.isdecimal() and 0 < int(value) <= 604800):  # noqa: PLR2004 -- a week
        return _refused("ERROR: % Invalid input detected at '^' marker.")
    return Effect(words=found.words)


def _secret(_config: Configuration, _parent: Node, found: Match) -> Effect:
    return Effect(words=stored(found.words))


ACTIONS: dict[str, Action] = {
    "ace": _entered(lists.ace),
    "nat": _entered(lists.nat),
    "secret": _secret,
    "ikev1_policy": _filled,
    "ikev2_policy": _filled,
    "ipsec_proposal": _filled,
    "group": _group,
    "protocol": _protocol,
    "transform_set": _transform_set,
    "transform_mode": _transform_mode,
    "map_list": _noted,
    "map_peer": _map_peer,
    "map_pfs": _pfs(6),
    "profile_pfs": _pfs(2),
    "map_sets": _existing(
        "crypto", "ipsec", "ikev1", "transform-set", what="transform set", skip=7
    ),
    "map_proposals": _existing(
        "crypto", "ipsec", "ikev2", "ipsec-proposal", what="ipsec-proposal", skip=7
    ),
    "profile_sets": _existing(
        "crypto", "ipsec", "ikev1", "transform-set", what="transform set", skip=3
    ),
    "profile_proposals": _existing(
        "crypto", "ipsec", "ikev2", "ipsec-proposal", what="ipsec-proposal", skip=3
    ),
    "map_lifetime": _map_lifetime,
    "map_interface": _map_interface,
    "enable_ike": _needs_nameif(3),
    "needs_nameif": _needs_nameif(1),
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
    "tunnel_group": _tunnel_group,
    "tunnel_attributes": _tunnel_attributes,
    "default_group_policy": _default_group_policy,
    "group_attributes": _group_attributes,
    "protocols": _protocols,
    "vpn_filter": _vpn_filter,
    "keepalive": _keepalive,
    "applet_action": _quoted,
    "timer": _timer,
}
