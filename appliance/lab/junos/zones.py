"""Zones, what may reach the box itself, and the policies between zones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Network, ip_network

from appliance.lab.junos.tree import Node

_ANY = ("any", "any-ipv4")
EVERYTHING = IPv4Network("0.0.0.0/0")
# Predefined on every SRX; the lab knows the usual ones.
APPLICATIONS = frozenset(
    [
        "any",
        "junos-aol",
        "junos-bgp",
        "junos-dhcp-client",
        "junos-dhcp-server",
        "junos-discard",
        "junos-dns-tcp",
        "junos-dns-udp",
        "junos-echo",
        "junos-finger",
        "junos-ftp",
        "junos-gre",
        "junos-h323",
        "junos-http",
        "junos-https",
        "junos-icmp-all",
        "junos-icmp-ping",
        "junos-icmp6-all",
        "junos-ident",
        "junos-ike",
        "junos-ike-nat",
        "junos-imap",
        "junos-imaps",
        "junos-l2tp",
        "junos-ldap",
        "junos-mail",
        "junos-ms-sql",
        "junos-mysql",
        "junos-nbds",
        "junos-nbname",
        "junos-netbios-session",
        "junos-nfs",
        "junos-ntp",
        "junos-ospf",
        "junos-ping",
        "junos-pingv6",
        "junos-pop3",
        "junos-pptp",
        "junos-radius",
        "junos-rdp",
        "junos-rip",
        "junos-rsh",
        "junos-rtsp",
        "junos-sip",
        "junos-smb",
        "junos-smb-session",
        "junos-smtp",
        "junos-smtps",
        "junos-snmp-agentx",
        "junos-sql-monitor",
        "junos-sqlnet-v1",
        "junos-sqlnet-v2",
        "junos-ssh",
        "junos-sun-rpc",
        "junos-syslog",
        "junos-tacacs",
        "junos-tcp-any",
        "junos-telnet",
        "junos-tftp",
        "junos-udp-any",
        "junos-vnc",
        "junos-winframe",
        "junos-xnm-clear-text",
        "junos-xnm-ssl",
        "junos-who",
        "junos-whois",
        "junos-ms-rpc",
        "junos-ms-rpc-any",
        "junos-stun",
        "junos-cifs",
        "junos-persistent-nat",
        "junos-routing-inbound",
        "junos-r2cp",
        "junos-defaults",
    ]
)


def zone_of(root: Node, unit: str) -> Node | None:
    """The zone that an interface is in."""
    for zone in root.all("security", "zones", "security-zone"):
        if zone.has("interfaces", unit) or zone.has("interfaces", "all"):
            return zone
    return None


def _block(root: Node, unit: str) -> Node | None:
    """The host-inbound-traffic that counts for an interface: what it says itself replaces what
    its zone says."""
    zone = zone_of(root, unit)
    if zone is None:
        return None
    entry = zone.find("interfaces", unit)
    own = entry.find("host-inbound-traffic") if entry is not None else None
    return own or zone.find("host-inbound-traffic")


def admits(root: Node, unit: str, kind: str, wanted: str) -> bool:
    """Whether the box takes `wanted` on this interface; `kind` is `system-services` or
    `protocols`."""
    block = _block(root, unit)
    listed = block.find(kind) if block is not None else None
    if listed is None:
        return False
    said = listed.find(wanted)
    if said is not None:
        return not said.has("except")
    overall = listed.find("all")
    if kind == "system-services" and listed.find("any-service") is not None:
        return True
    return overall is not None and not overall.has("except")


def inbound(root: Node, unit: str) -> Iterator[str]:
    """What the box takes on this interface, as it is configured."""
    block = _block(root, unit)
    for kind in ("protocols", "system-services"):
        listed = block.find(kind) if block is not None else None
        for node in listed.ordered() if listed is not None else ():
            if not node.has("except"):
                yield node.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """One rule between zones. `tunnel` is the VPN of `then permit tunnel`."""

    name: str
    source: str
    target: str
    node: Node
    action: str
    sources: tuple[IPv4Network, ...]
    destinations: tuple[IPv4Network, ...]
    tunnel: str = ""

    def meets(self, pair: tuple[IPv4Network, IPv4Network]) -> bool:
        """Whether it is about traffic between these networks."""
        return any(pair[0].overlaps(net) for net in self.sources) and any(
            pair[1].overlaps(net) for net in self.destinations
        )


def policies(root: Node) -> Iterator[Policy]:
    """All rules in the order in which they are asked: those of the pair of zones, then global."""
    for pair in root.all("security", "policies", "from-zone"):
        for node in pair.all("policy"):
            yield _policy(root, node, (pair.words[1], pair.words[3]))
    for node in root.all("security", "policies", "global", "policy"):
        yield _policy(root, node, ("", ""))


def _policy(root: Node, node: Node, zones: tuple[str, str]) -> Policy:
    action = next((a for a in ("permit", "deny", "reject") if node.has("then", a)), "")
    excluded = ("source-address-excluded", "destination-address-excluded")
    sources = networks(root, zones[0], node.many("match", "source-address"))
    targets = networks(root, zones[1], node.many("match", "destination-address"))
    return Policy(
        name=node.name,
        source=zones[0],
        target=zones[1],
        node=node,
        action=action,
        sources=(EVERYTHING,) if node.has("match", excluded[0]) else sources,
        destinations=(EVERYTHING,) if node.has("match", excluded[1]) else targets,
        tunnel=node.value("then", "permit", "tunnel", "ipsec-vpn"),
    )


def networks(root: Node, zone: str, names: list[str]) -> tuple[IPv4Network, ...]:
    """What address names mean in a zone: its own book, then those attached to it, then global."""
    found: list[IPv4Network] = []
    for name in names:
        if name in _ANY:
            found.append(EVERYTHING)
        for book in books(root, zone):
            found += _named(book, name, frozenset())
    return tuple(found)


def books(root: Node, zone: str) -> Iterator[Node]:
    """The address books that names of a zone are looked up in."""
    own = root.find("security", "zones", "security-zone", zone, "address-book")
    if own is not None:
        yield own
    for book in root.all("security", "address-book"):
        if book.name != "global" and book.has("attach", "zone", zone):
            yield book
    overall = root.find("security", "address-book", "global")
    if overall is not None:
        yield overall


def _named(book: Node, name: str, above: frozenset[str]) -> Iterator[IPv4Network]:
    entry = book.find("address", name)
    for child in entry.children.values() if entry is not None else ():
        if child.words and "/" in child.words[0] and ":" not in child.words[0]:
            yield IPv4Network(child.words[0], strict=False)
    several = book.find("address-set", name)
    if several is None or name in above:
        return
    for child in several.children.values():
        if child.words[0] in {"address", "address-set"}:
            yield from _named(book, child.name, above | {name})


def permits(root: Node, zones: tuple[str, str], pair: tuple[IPv4Network, IPv4Network]) -> bool:
    """Whether traffic between these networks may cross from one zone to the other."""
    policy = asked(root, zones, pair)
    if policy is not None:
        return policy.action == "permit"
    return root.has("security", "policies", "default-policy", "permit-all")


def asked(
    root: Node, zones: tuple[str, str], pair: tuple[IPv4Network, IPv4Network]
) -> Policy | None:
    """The first rule that is about this traffic."""
    for policy in policies(root):
        same = (policy.source, policy.target) == zones
        if (same or _is_global(policy, zones)) and policy.meets(pair):
            return policy
    return None


def _is_global(policy: Policy, zones: tuple[str, str]) -> bool:
    if policy.source or policy.target:
        return False
    for word, zone in zip(("from-zone", "to-zone"), zones, strict=True):
        named = policy.node.many("match", word)
        if named and zone not in named and "any" not in named:
            return False
    return True


def network(text: str) -> IPv4Network:
    """A prefix as a network. Raises ValueError for one that is not IPv4."""
    found = ip_network(text, strict=False)
    if not isinstance(found, IPv4Network):
        raise ValueError(text)  # noqa: TRY004 -- the text is wrong, not its type
    return found
