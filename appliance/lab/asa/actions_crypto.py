"""Policies, proposals and crypto map entries: refusals, notes and rewriting, in ASA's words."""

from __future__ import annotations

from appliance.lab.asa.configuration import Configuration
from appliance.lab.asa.defaults import default_group, new_policy
from appliance.lab.asa.effects import INVALID, Action, refused
from appliance.lab.asa.modes import grammar
from appliance.lab.cisco.effects import Effect
from appliance.lab.cisco.grammar import Match
from appliance.lab.cisco.tree import Key, Node

_GCM = "WARNING: GCM\\GMAC are authenticated encryption algorithms.esp integrity config is ignored"
INCOMPLETE = "WARNING: The crypto map entry is incomplete!"
_ENTRY = 4  # `crypto map NAME NUMBER`


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


def _group(config: Configuration, parent: Node, found: Match) -> Effect:
    if parent.mode == "ikev1-policy" and "14" in found.words and not config.modern:
        return refused(INVALID)
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
        return refused(f'ERROR: transform set with tag "{found.words[4]}" does not exist.')
    return Effect(words=found.words)


def _existing(*kind: str, what: str, skip: int) -> Action:
    """The names behind the first `skip` words must exist."""

    def action(config: Configuration, parent: Node, found: Match) -> Effect:
        for name in found.words[skip:]:
            if not any(config.root.all(*kind, name)) and not config.booting:
                return refused(f'ERROR: {what} with tag "{name}" does not exist.')
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
        return refused("ERROR: The maximum number of peers for this crypto map entry is 10")
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
        return refused(f"ERROR: interface {nameif} does not exist")
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
            return refused(f"ERROR: interface {found.words[at]} does not exist")
        return Effect(words=found.words)

    return action


CRYPTO_ACTIONS: dict[str, Action] = {
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
}
