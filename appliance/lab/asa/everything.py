"""`show running-config all`: the configuration with what goes without saying."""

from __future__ import annotations

from collections.abc import Iterator

from appliance.lab.asa.configuration import Configuration
from appliance.lab.asa.defaults import PROTOCOLS, entries
from appliance.lab.asa.editor import Editor
from appliance.lab.asa.modes import RULES, grammar
from appliance.lab.cisco.grammar import Match
from appliance.lab.cisco.tree import copy_tree

_ENTRY = ("connection-type bidirectional", "ikev1 phase1-mode main", "ikev2 mode tunnel")


def with_defaults(config: Configuration) -> Configuration:
    """A copy in which every default that the ASA has a statement for is a statement."""
    full = Configuration(
        release=config.release, root=copy_tree(config.root), booting=True, born=config.born
    )
    editor = Editor(config=full)
    for line in (*_overall(full), *_groups(full), *_entries(full)):
        editor.apply(line)
    for name, number in entries(full):
        denied = grammar("config", weak=True).match(f"crypto map {name} {number} set tfc-packets")
        if isinstance(denied, Match) and denied.words not in full.root.children:
            full.deny(full.root, denied.rule, denied.words)
    return full


def _overall(config: Configuration) -> Iterator[str]:
    for rule in RULES["config"]:
        for text in rule.hide[-1:]:
            words = text.split()
            present = config.root.find(*words[: rule.key or len(words)])
            if present is None and config.root.find("no", *words) is None:
                yield text


def _groups(config: Configuration) -> Iterator[str]:
    default = ("group-policy", "DfltGrpPolicy", "attributes")
    held = config.root.children.get(default)
    if held is None or held.find("vpn-tunnel-protocol") is None:
        yield "group-policy DfltGrpPolicy internal"
        yield "group-policy DfltGrpPolicy attributes"
        yield f"vpn-tunnel-protocol {' '.join(PROTOCOLS)}"
    for node in list(config.root.all("tunnel-group")):
        if node.mode == "tunnel-ipsec" and node.find("isakmp", "keepalive") is None:
            yield node.text
            yield "isakmp keepalive threshold 10 retry 2"


def _entries(config: Configuration) -> Iterator[str]:
    """What each crypto map entry does without being told."""
    for name, number in entries(config):
        start = ("crypto", "map", name, number, "set")
        for statement in _ENTRY:
            words = statement.split()[:-1]
            if config.root.find(*start, *words) is None:
                yield f"{' '.join(start)} {statement}"
