"""What `commit check` says about routing instances, static routes and BGP."""

from __future__ import annotations

from collections.abc import Iterator

from appliance.lab.junos.tree import Node

Problem = tuple[str, str, str]


def routing(root: Node) -> Iterator[Problem]:
    """Everything that is wrong there: (level, statement, reason)."""
    yield from _instances(root)
    yield from _policies(root)
    yield from _bgp(root, root, "protocols")
    instances = root.find("routing-instances")
    for one in instances.children.values() if instances is not None else ():
        yield from _bgp(root, one, f"routing-instances {one.name} protocols")


def _instances(root: Node) -> Iterator[Problem]:
    above = root.find("routing-instances")
    owners: dict[str, str] = {}
    for one in above.children.values() if above is not None else ():
        path = f"routing-instances {one.name}"
        if not one.has("instance-type") and one.all("interface"):
            reason = "instance-type must be configured"
            yield "routing-instances", one.name, reason
        for node in one.all("interface"):
            if node.name in owners:
                reason = f"{node.name} is already in routing instance {owners[node.name]}"
                yield path, f"interface {node.name}", reason
            owners[node.name] = one.name


def _policies(root: Node) -> Iterator[Problem]:
    for statement in root.all("policy-options", "policy-statement"):
        for term in (statement, *statement.all("term")):
            for name in term.many("from", "prefix-list"):
                if not root.has("policy-options", "prefix-list", name):
                    reason = f"Policy error: prefix-list {name} referenced but not defined"
                    path = f"policy-options policy-statement {statement.name}"
                    yield path, f"prefix-list {name}", reason


def _bgp(root: Node, above: Node, path: str) -> Iterator[Problem]:
    bgp = above.find("protocols", "bgp")
    if bgp is None:
        return
    own = root.value("routing-options", "autonomous-system")
    own = above.value("routing-options", "autonomous-system") or own
    yield from _named(root, bgp, f"{path} bgp")
    for group in bgp.all("group"):
        yield from _named(root, group, f"{path} bgp group {group.name}")
        for neighbor in group.all("neighbor"):
            yield from _named(root, neighbor, f"{path} bgp group {group.name} {neighbor.name}")
            chain = (neighbor, group, bgp)
            who = f"Error in neighbor {neighbor.name} of group {group.name}:\n"
            if group.value("type") != "internal" and not any(n.value("peer-as") for n in chain):
                reason = "peer AS number must be configured for an external peer"
                yield path, "bgp", who + reason
            if not own and not any(n.has("local-as") for n in chain):
                reason = "local AS number must be configured"
                yield path, "bgp", who + reason


def _named(root: Node, node: Node, path: str) -> Iterator[Problem]:
    for word in ("import", "export"):
        for name in node.many(word):
            simple = name.replace("-", "").replace("_", "").replace(".", "").isalnum()
            if simple and not root.has("policy-options", "policy-statement", name):
                reason = f"Policy error: Policy {name} referenced but not defined"
                yield path, f"{word} {name}", reason
