"""What `commit check` looks at: statements that must be there, and references that must lead on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from appliance.lab.junos.check_routing import routing
from appliance.lab.junos.check_zones import zones
from appliance.lab.junos.inherit import FIRST_NODE, in_force
from appliance.lab.junos.release import number
from appliance.lab.junos.tree import Node

Problem = tuple[str, str, str]
MANDATORY = "Missing mandatory statement: "
_MAX_SELECTORS = 200
_SELECTORS_V1, _SELECTORS_V2 = (12, 1, 46, 10), (15, 1, 49, 100)
_ANYWHERE = ("0.0.0.0/0", "::/0")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ike:
    """The part of a configuration about tunnels, and the release it is for."""

    root: Node
    release: tuple[int, ...]

    def has(self, *words: str) -> bool:
        """Whether something below `security` is defined."""
        return self.root.has("security", *words)


def check(tree: Node, version: str) -> str:
    """What Junos prints when the configuration must not run; empty when it may."""
    root = in_force(tree)
    found = [*_groups(tree), *_security(root, version), *zones(root), *routing(root)]
    if not found:
        return ""
    lacking = any(reason.startswith(MANDATORY) for _, _, reason in found)
    text = "".join(f"[edit {path}]\n  '{what}'\n    {reason}\n" for path, what, reason in found)
    text = text.replace("[edit ]", "[edit]")
    return f"{text}error: configuration check-out failed{_LACKING if lacking else ''}\n"


_LACKING = ": (missing mandatory statements)"


def _groups(tree: Node) -> Iterator[Problem]:
    defined = tree.find("groups")
    names = {node.name for node in defined.children.values()} if defined is not None else set()
    yield from _applied(tree, names, ())


def _applied(node: Node, names: set[str], path: tuple[str, ...]) -> Iterator[Problem]:
    for name in node.many("apply-groups"):
        if FIRST_NODE.get(name, name) not in names:
            yield " ".join(path), f"apply-groups {name}", f"configuration group '{name}' undefined"
    for child in node.children.values():
        if child.words != ("groups",):
            yield from _applied(child, names, (*path, *child.words))


def _security(root: Node, version: str) -> Iterator[Problem]:
    ike = _Ike(root=root, release=number(version))
    for words, judge in _JUDGES:
        for node in root.all("security", *words):
            path = " ".join(("security", *words, node.name))
            yield from ((path, what, reason) for what, reason in judge(ike, node))


Judge = Callable[[_Ike, Node], Iterator[tuple[str, str]]]


def _proposal(_ike: _Ike, node: Node) -> Iterator[tuple[str, str]]:
    gcm = node.value("encryption-algorithm").endswith("gcm")
    if gcm and node.has("authentication-algorithm"):
        yield (
            f"authentication-algorithm {node.value('authentication-algorithm')}",
            "authentication-algorithm must not be configured with an aes-gcm encryption-algorithm",
        )


def _ike_policy(ike: _Ike, node: Node) -> Iterator[tuple[str, str]]:
    yield from _proposals(ike, node, "ike")
    if not node.has("pre-shared-key") and not node.has("certificate"):
        yield f"policy {node.name}", f"{MANDATORY}'pre-shared-key'"


def _ipsec_policy(ike: _Ike, node: Node) -> Iterator[tuple[str, str]]:
    yield from _proposals(ike, node, "ipsec")


def _proposals(ike: _Ike, node: Node, kind: str) -> Iterator[tuple[str, str]]:
    if not node.has("proposals") and not node.has("proposal-set"):
        yield f"policy {node.name}", f"{MANDATORY}'proposals'"
    for name in node.many("proposals"):
        if not ike.has(kind, "proposal", name):
            yield f"proposals {name}", f"{kind} proposal '{name}' must be defined"


def _gateway(ike: _Ike, node: Node) -> Iterator[tuple[str, str]]:
    for word in ("ike-policy", "external-interface"):
        if not node.has(word):
            yield f"gateway {node.name}", f"{MANDATORY}'{word}'"
    if not node.has("address") and not node.has("dynamic"):
        yield f"gateway {node.name}", f"{MANDATORY}'address'"
    policy = node.value("ike-policy")
    if policy and not ike.has("ike", "policy", policy):
        yield f"ike-policy {policy}", f"ike policy '{policy}' must be defined"
    outside = node.value("external-interface")
    if outside and not _there(ike.root, outside):
        yield f"external-interface {outside}", f"interface {outside} must be defined"
    if outside.startswith("st0."):
        yield f"external-interface {outside}", "a tunnel interface cannot be the external one"


def _there(root: Node, unit: str) -> bool:
    port, _, number_ = unit.rpartition(".")
    return root.has("interfaces", port, "unit", number_)


def _vpn(ike: _Ike, node: Node) -> Iterator[tuple[str, str]]:
    if node.has("manual"):
        return
    for word, kind, thing in (
        ("gateway", "ike", "gateway"),
        ("ipsec-policy", "ipsec", "policy"),
    ):
        name = node.value("ike", word)
        if not name:
            yield "ike", f"{MANDATORY}'{word}'"
        elif not ike.has(kind, thing, name):
            yield "ike", f"{kind} {thing} '{name}' must be defined"
    yield from _bound(ike, node)
    yield from _selectors(ike, node)


def _bound(ike: _Ike, node: Node) -> Iterator[tuple[str, str]]:
    unit = node.value("bind-interface")
    if not unit:
        return
    if not unit.startswith("st0."):
        yield f"bind-interface {unit}", "bind-interface must be a secure tunnel interface (st0.x)"
    elif not _there(ike.root, unit):
        yield f"bind-interface {unit}", f"interface {unit} must be defined"
    many = ike.root.has("interfaces", "st0", "unit", unit.rpartition(".")[2], "multipoint")
    for other in ike.root.all("security", "ipsec", "vpn"):
        if other.words == node.words or many or node.has("traffic-selector"):
            break
        if other.value("bind-interface") == unit and not other.all("traffic-selector"):
            reason = f"{unit} is already bound to vpn '{other.name}' and is not multipoint"
            yield f"bind-interface {unit}", reason


def _selectors(ike: _Ike, node: Node) -> Iterator[tuple[str, str]]:
    listed = node.all("traffic-selector")
    if not listed:
        return
    what = f"traffic-selector {listed[0].name}"
    unit = node.value("bind-interface").rpartition(".")[2]
    gateway = ike.root.find("security", "ike", "gateway", node.value("ike", "gateway"))
    modern = gateway is not None and gateway.value("version") == "v2-only"
    barred = (
        (not node.has("bind-interface"), "traffic-selector requires bind-interface"),
        (node.has("vpn-monitor"), "traffic-selector and vpn-monitor are mutually exclusive"),
        (
            node.has("ike", "proxy-identity"),
            "traffic-selector and proxy-identity are mutually exclusive",
        ),
        (
            ike.root.has("interfaces", "st0", "unit", unit, "multipoint"),
            "traffic-selector cannot be configured with a multipoint interface",
        ),
        (len(listed) > _MAX_SELECTORS, f"at most {_MAX_SELECTORS} traffic-selectors per vpn"),
        (
            ike.release < (_SELECTORS_V2 if modern else _SELECTORS_V1),
            "traffic-selector is not supported with this IKE version",
        ),
    )
    yield from ((what, reason) for wrong, reason in barred if wrong)
    for one in listed:
        yield from _selector(one)


def _selector(node: Node) -> Iterator[tuple[str, str]]:
    what = f"traffic-selector {node.name}"
    for word in ("local-ip", "remote-ip"):
        if not node.has(word):
            yield what, f"{MANDATORY}'{word}'"
    if node.value("remote-ip") in _ANYWHERE:
        yield what, "remote-ip must not be the default route"


_JUDGES: tuple[tuple[tuple[str, ...], Judge], ...] = (
    (("ike", "proposal"), _proposal),
    (("ike", "policy"), _ike_policy),
    (("ike", "gateway"), _gateway),
    (("ipsec", "proposal"), _proposal),
    (("ipsec", "policy"), _ipsec_policy),
    (("ipsec", "vpn"), _vpn),
)
