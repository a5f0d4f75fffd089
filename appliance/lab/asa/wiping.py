"""`clear configure ...`: whole families of statements, gone without a question."""

from __future__ import annotations

from appliance.lab.asa.configuration import Configuration
from appliance.lab.asa.lists import forget_list
from appliance.lab.asa.nameifs import purge
from appliance.lab.asa.references import BUILT_IN, group_policy_refusal, name_users, refusal
from appliance.lab.cisco.grammar import Failure
from appliance.lab.cisco.tree import Key, Node

# The families that may be cleared, in full.
_FAMILIES = (
    "access-group", "access-list", "all", "banner", "crypto dynamic-map", "crypto ikev1",
    "crypto ikev1 policy", "crypto ikev2", "crypto ikev2 policy", "crypto ipsec ikev1",
    "crypto ipsec ikev1 transform-set", "crypto ipsec ikev2", "crypto ipsec ikev2 ipsec-proposal",
    "crypto ipsec profile", "crypto isakmp", "crypto map", "event manager", "event manager applet",
    "group-policy", "interface", "name", "names", "nat", "object", "object network",
    "object-group", "object-group network", "route", "router bgp", "sysopt", "terminal",
    "tunnel-group", "username",
)  # fmt: skip


def wipe(config: Configuration, text: str) -> str | Failure:
    """Take out the family that `text` names, or one member of it; what the ASA says."""
    words = _spelled(text.split())
    if words is None:
        return Failure(kind="invalid", column=0)
    if words == ("all",):
        config.root.children.clear()
        config.edits += 1
        return ""
    refused = _refused(config, words)
    if refused:
        return refused
    for node in list(config.root.all(*words)):
        if node.words[0] == "interface":
            _empty(config, node)
        elif node.words[1:2] != ("DefaultL2LGroup",):
            config.discard(config.root, node)
    if words[0] == "access-list" and len(words) > 1:
        forget_list(config, words[1])
    return ""


def _spelled(words: list[str]) -> Key | None:
    """The words in full: a family, possibly with the name of a member behind it."""
    best: Key | None = None
    for family in _FAMILIES:
        full = tuple(family.split())
        typed = words[: len(full)]
        fits = len(typed) == len(full) and all(
            long.startswith(short.lower()) for long, short in zip(full, typed, strict=True)
        )
        if fits and (best is None or len(full) > len(best)):
            best = full
    return (*best, *words[len(best) :]) if best else None


def _refused(config: Configuration, words: Key) -> str:
    if words[0] == "group-policy":
        names = words[1:2] or tuple({n.words[1] for n in config.root.all("group-policy")})
        return next(
            (r for n in names if n not in BUILT_IN and (r := group_policy_refusal(config, n))), ""
        )
    if words[0] in {"object", "object-group"}:
        held = (n.words[2] for n in config.root.all(*words) if len(n.words) > 2)  # noqa: PLR2004 -- named
        named = [name for name in held if name_users(config, name)]
        return refusal(config, config.root, (*words[:1], "network", named[0])) if named else ""
    for node in config.root.all(*words) if words[0] == "crypto" else ():
        refused = refusal(config, config.root, node.words)
        if refused:
            return refused
    return ""


def _empty(config: Configuration, node: Node) -> None:
    nameif = node.value("nameif")
    node.children.clear()
    config.edits += 1
    if nameif:
        purge(config, nameif)
