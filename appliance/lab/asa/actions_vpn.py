"""Tunnel groups, group policies and applets: refusals, notes and rewriting, in ASA's words."""

from __future__ import annotations

import re

from appliance.lab.asa.configuration import Configuration
from appliance.lab.asa.defaults import PROTOCOLS
from appliance.lab.asa.effects import INVALID, Action, refused
from appliance.lab.asa.references import BUILT_IN
from appliance.lab.cisco.effects import Effect
from appliance.lab.cisco.grammar import Match
from appliance.lab.cisco.tree import Node
from appliance.lab.cisco.words import address

_MOMENT = re.compile(r"([01]\d|2[0-3]):[0-5]\d:[0-5]\d")
_SECONDS = re.compile(r"[1-9]\d{0,5}")
_NOT_AN_ADDRESS = (
    "WARNING: For IKEv1, L2L tunnel-groups that have names which are not an IP\n"
    "address may only be used if the tunnel authentication\n"
    "method is Digital Certificates and/or The peer is\n"
    "configured to use Aggressive Mode"
)


def _tunnel_group(config: Configuration, parent: Node, found: Match) -> Effect:
    known = parent.children.get(found.words[:3])
    if known is not None and known.words != found.words:
        return refused(
            f"ERROR: The tunnel-group {found.words[1]} exists with another type: {known.words[3]}"
        )
    named = found.words[3] == "ipsec-l2l" and address(found.words[1]) is None
    message = _NOT_AN_ADDRESS if named and known is None and not config.booting else ""
    return Effect(words=found.words, message=message)


def _tunnel_attributes(config: Configuration, parent: Node, found: Match) -> Effect:
    name = found.words[1]
    exists = name in BUILT_IN or parent.find("tunnel-group", name, "type") is not None
    if not exists and not config.booting:
        return refused(f"ERROR: The tunnel-group {name} does not exist")
    return Effect(words=found.words)


def _default_group_policy(config: Configuration, _parent: Node, found: Match) -> Effect:
    name = found.words[1]
    exists = name in BUILT_IN or any(config.root.all("group-policy", name))
    if not exists and not config.booting:
        return refused(f"ERROR: The group-policy {name} does not exist")
    return Effect(words=found.words)


def _group_attributes(config: Configuration, parent: Node, found: Match) -> Effect:
    name = found.words[1]
    exists = name in BUILT_IN or any(parent.all("group-policy", name, "internal"))
    if not exists and not config.booting:
        return refused(f"ERROR: The group-policy {name} does not exist")
    return Effect(words=found.words)


def _protocols(_config: Configuration, _parent: Node, found: Match) -> Effect:
    """Printed in one order, however they were typed."""
    order = (*PROTOCOLS[:3], "ssl-client", "ssl-clientless")
    return Effect(words=(found.words[0], *(word for word in order if word in found.words)))


def _vpn_filter(config: Configuration, _parent: Node, found: Match) -> Effect:
    named = found.words[-1] if "value" in found.words else ""
    if named and not config.booting and not any(config.root.all("access-list", named)):
        return refused(f"ERROR: access-list {named} does not exist")
    return Effect(words=found.words)


def _keepalive(_config: Configuration, _parent: Node, found: Match) -> Effect:
    """Both values are printed, the other one with its default."""
    given = dict(zip(found.words[2::2], found.words[3::2], strict=True))
    if given.get("threshold") == "infinite":
        return Effect(words=found.words[:4])
    return Effect(words=("isakmp", "keepalive", "threshold", given.get("threshold", "10"),
                         "retry", given.get("retry", "2")))  # fmt: skip


def _quoted(_config: Configuration, _parent: Node, found: Match) -> Effect:
    text = found.words[-1]
    spelled = text if text.startswith('"') else f'"{text}"'
    return Effect(words=(*found.words[:-1], spelled))


def _timer(_config: Configuration, _parent: Node, found: Match) -> Effect:
    kind, value = found.words[2], found.words[4]
    fits = _MOMENT.fullmatch(value) if kind == "absolute" else _SECONDS.fullmatch(value)
    if fits is None:
        return refused(INVALID)
    return Effect(words=found.words)


VPN_ACTIONS: dict[str, Action] = {
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
