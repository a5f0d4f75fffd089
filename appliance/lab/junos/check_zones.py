"""What `commit check` says about zones, address books and policies."""

from __future__ import annotations

from collections.abc import Iterator

from appliance.lab.junos.tree import Node
from appliance.lab.junos.zones import APPLICATIONS, books

Problem = tuple[str, str, str]
_MATCHES = ("source-address", "destination-address", "application")
_MIXED = "Zone specific address books are not allowed when there are global address books"
_ANY = frozenset(("any", "any-ipv4", "any-ipv6"))
_ZONES = ("any", "junos-host", "junos-global")


def zones(root: Node) -> Iterator[Problem]:
    """Everything that is wrong there: (level, statement, reason)."""
    yield from _interfaces(root)
    yield from _books(root)
    for pair in root.all("security", "policies", "from-zone"):
        yield from _pair(root, pair)
    for policy in root.all("security", "policies", "global", "policy"):
        yield from _policy(root, policy, "security policies global", ("", ""))


def _interfaces(root: Node) -> Iterator[Problem]:
    owners: dict[str, str] = {}
    for zone in root.all("security", "zones", "security-zone"):
        held = zone.find("interfaces")
        path = f"security zones security-zone {zone.name}"
        for node in held.children.values() if held is not None else ():
            port, _, number = node.name.rpartition(".")
            if node.name != "all" and not root.has("interfaces", port, "unit", number):
                reason = f"Interface {node.name} must be configured under interfaces"
                yield path, f"interfaces {node.name}", reason
            if node.name in owners:
                reason = f"Interface {node.name} already assigned to another zone"
                yield path, f"interfaces {node.name}", reason
            owners[node.name] = zone.name


def _books(root: Node) -> Iterator[Problem]:
    overall = bool(root.all("security", "address-book"))
    for zone in root.all("security", "zones", "security-zone"):
        book = zone.find("address-book")
        path = f"security zones security-zone {zone.name}"
        if book is not None and overall:
            yield path, "address-book", _MIXED
        if book is not None:
            yield from _sets(book, f"{path} address-book")
    for book in root.all("security", "address-book"):
        yield from _sets(book, f"security address-book {book.name}")


def _sets(book: Node, path: str) -> Iterator[Problem]:
    for several in book.all("address-set"):
        for member in several.children.values():
            if member.words[0] in {"address", "address-set"} and not book.has(*member.words):
                where = f"{path} address-set {several.name}"
                yield (
                    where,
                    " ".join(member.words),
                    f"{member.words[0]} {member.name} must be defined",
                )


def _pair(root: Node, pair: Node) -> Iterator[Problem]:
    path = " ".join(("security", "policies", *pair.words))
    for name in (pair.words[1], pair.words[3]):
        if name not in _ZONES and not root.has("security", "zones", "security-zone", name):
            yield "security policies", " ".join(pair.words), f"Security zone {name} must be defined"
    for policy in pair.all("policy"):
        yield from _policy(root, policy, path, (pair.words[1], pair.words[3]))


def _policy(root: Node, node: Node, path: str, pair: tuple[str, str]) -> Iterator[Problem]:
    what = f"policy {node.name}"
    for word in _MATCHES:
        if not node.has("match", word):
            yield path, what, f"Missing mandatory statement: '{word}'"
    if not any(node.has("then", action) for action in ("permit", "deny", "reject")):
        yield path, what, "Missing mandatory statement: 'then'"
    yield from _names(root, node, f"{path} {what} match", pair)
    yield from _tunnel(root, node, f"{path} {what}")


def _names(root: Node, node: Node, path: str, pair: tuple[str, str]) -> Iterator[Problem]:
    for side, zone in zip(("source", "destination"), pair, strict=True):
        for name in node.many("match", f"{side}-address"):
            if name not in _ANY and not _known(root, zone, name):
                reason = f"{side.capitalize()} address or address_set ({name}) not found."
                yield path, f"{side}-address {name}", reason
    for name in node.many("match", "application"):
        if not _application(root, name):
            reason = f"Application or application-set ({name}) not found."
            yield path, f"application {name}", reason


def _known(root: Node, zone: str, name: str) -> bool:
    return any(
        book.has("address", name) or book.has("address-set", name) for book in books(root, zone)
    )


def _application(root: Node, name: str) -> bool:
    own = ("application", "application-set")
    return name in APPLICATIONS or any(root.has("applications", word, name) for word in own)


def _tunnel(root: Node, node: Node, path: str) -> Iterator[Problem]:
    tunnel = node.find("then", "permit", "tunnel")
    name = tunnel.value("ipsec-vpn") if tunnel is not None else ""
    if tunnel is not None and not root.has("security", "ipsec", "vpn", name):
        reason = f"vpn '{name}' must be defined"
        yield f"{path} then permit tunnel", f"ipsec-vpn {name}", reason
