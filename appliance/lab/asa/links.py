"""Reads from the configuration which tunnels the device will try to build, and with what.

A tunnel interface is any-to-any and kept up; a crypto map entry has the pairs of its access list
and is built when somebody talks. The key comes from the tunnel group named like the peer.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from appliance.lab.asa.configuration import Configuration
from appliance.lab.asa.defaults import default_group, entries
from appliance.lab.asa.exemption import networks
from appliance.lab.asa.ike import cipher, digest, ikev1, ikev2, secret
from appliance.lab.asa.routes import own_address, usable
from appliance.lab.asa.words import one_network
from appliance.lab.cisco.tree import Key, Node
from appliance.lab.link import ANY, Esp, Link

_SECONDS = 28800
_SIZES = {"any": 1, "any4": 1, "host": 2, "object": 2, "object-group": 2, "interface": 2}


def links(config: Configuration) -> tuple[Link, ...]:
    """Every tunnel the configuration asks for, interfaces first, then crypto map entries."""
    return (*_interfaces(config), *_maps(config))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where a tunnel is anchored and what goes through it."""

    name: str
    interface: str
    outside: str
    local: str
    peers: tuple[str, ...]
    selectors: tuple[tuple[str, str], ...]
    map_entry: str = ""
    applied: tuple[str, ...] = ()


def _interfaces(config: Configuration) -> Iterator[Link]:
    for tunnel in config.interfaces():
        profile = config.root.children.get(
            ("crypto", "ipsec", "profile", tunnel.value("tunnel", "protection", "ipsec", "profile"))
        )
        source = config.named(tunnel.value("tunnel", "source", "interface"))
        destination = tunnel.value("tunnel", "destination")
        ready = tunnel.value("tunnel", "mode") == "ipsec ipv4" and usable(tunnel)
        if profile is None or source is None or not destination or not ready:
            continue
        if not usable(source):
            continue
        place = _Place(
            name=tunnel.words[1],
            interface=tunnel.words[1],
            outside=source.value("nameif"),
            local=own_address(source),
            peers=(destination,),
            selectors=((ANY, ANY),),
            applied=(profile.words[3], destination, own_address(source)),
        )
        yield from _link(config, [node.words for node in profile.children.values()], place)


def _maps(config: Configuration) -> Iterator[Link]:
    for name, number in entries(config):
        statements = [node.words for node in config.root.all("crypto", "map", name, number)]
        for outside in _bound(config, name):
            peers = _after(statements, 4, "set", "peer")
            acl = _after(statements, 4, "match", "address")
            selectors = pairs(config, acl[0]) if acl else ()
            local = own_address(outside)
            if not peers or not selectors or not local:
                continue
            place = _Place(
                name=f"{name} {number}",
                interface=outside.words[1],
                outside=outside.value("nameif"),
                local=local,
                peers=peers,
                selectors=selectors,
                map_entry=f"{name} {number}",
                applied=(outside.words[1], local, *peers),
            )
            yield from _link(config, [words[4:] for words in statements], place)


def _bound(config: Configuration, name: str) -> Iterator[Node]:
    for node in config.root.all("crypto", "map", name, "interface"):
        outside = config.named(node.words[4])
        if outside is not None and usable(outside):
            yield outside


def _after(statements: list[Key], skip: int, *words: str) -> Key:
    """What follows these words in the statement that has them."""
    size = skip + len(words)
    return next((one[size:] for one in statements if one[skip:size] == words), ())


def _link(config: Configuration, statements: list[Key], place: _Place) -> Iterator[Link]:
    """The tunnel, in the newest IKE version that it and its interface have."""
    for version in (2, 1):
        sets = _after(statements, 0, "set", *_SETS[version])
        enabled = _enabled(config, version, place.outside)
        if not sets or not enabled:
            continue
        made = secret(config, place.peers[0], version)
        if version == 2 and made.key is None and _after(statements, 0, "set", *_SETS[1]):  # noqa: PLR2004 -- IKEv2
            continue
        yield Link(
            name=place.name,
            interface=place.interface,
            anchor=(place.name, *place.applied),
            local=place.local,
            peers=place.peers,
            version=version,
            ike=tuple(ikev2(config) if version == 2 else ikev1(config)),  # noqa: PLR2004 -- IKEv2
            secret=made,
            secrets={peer: secret(config, peer, version) for peer in place.peers},
            esp=tuple(_esp(config, version, sets, _group(config, statements))),
            lifetime=_lifetime(config, statements),
            selectors=place.selectors,
            map_entry=place.map_entry,
            profile=place.outside,
        )
        return


_SETS = {1: ("ikev1", "transform-set"), 2: ("ikev2", "ipsec-proposal")}


def _enabled(config: Configuration, version: int, nameif: str) -> bool:
    return any(
        node.words[3].lower() == nameif.lower()
        for node in config.root.all("crypto", f"ikev{version}", "enable")
    )


def _group(config: Configuration, statements: list[Key]) -> int:
    """The PFS group, 0 without; a bare `set pfs` means the release's default."""
    held = next((one for one in statements if one[:2] == ("set", "pfs")), None)
    if held is None:
        return 0
    return int(held[2].removeprefix("group")) if len(held) > 2 else default_group(config)  # noqa: PLR2004 -- bare


def _lifetime(config: Configuration, statements: list[Key]) -> int:
    own = _after(statements, 0, "set", "security-association", "lifetime", "seconds")
    overall = config.root.value("crypto", "ipsec", "security-association", "lifetime", "seconds")
    return int(own[0] if own else overall or _SECONDS)


def _esp(config: Configuration, version: int, sets: Key, group: int) -> Iterator[Esp]:
    for name in sets:
        if version == 1:
            node = config.root.children.get(("crypto", "ipsec", "ikev1", "transform-set", name))
            if node is not None:
                yield _transform_set(config, node, group)
        else:
            node = config.root.children.get(("crypto", "ipsec", "ikev2", "ipsec-proposal", name))
            yield from _proposal(node, group) if node is not None else ()


def _transform_set(config: Configuration, node: Node, group: int) -> Esp:
    transport = (*node.words[:5], "mode") in config.root.children
    return Esp(
        encryption=cipher(node.words[5]),
        integrity=digest(node.words[6]),
        group=group,
        usable=not transport,
    )


def _proposal(node: Node, group: int) -> Iterator[Esp]:
    hashes = [digest(word) for word in node.value("protocol", "esp", "integrity").split()]
    for word in node.value("protocol", "esp", "encryption").split():
        name = cipher(word)
        for integrity in [""] if name.endswith("gcm") else hashes:
            yield Esp(encryption=name, integrity="" if integrity == "null" else integrity,
                      group=group)  # fmt: skip


def pairs(config: Configuration, name: str) -> tuple[tuple[str, str], ...]:
    """The selector pairs of a crypto access list, each group in it taken apart."""
    acl = config.root.children.get(("access-list", name))
    found: list[tuple[str, str]] = []
    for node in acl.children.values() if acl else ():
        words = node.words[2:]
        if words[:3] != ("extended", "permit", "ip") or "inactive" in words:
            continue
        local, rest = _side(config, words[3:])
        remote, _ = _side(config, rest)
        found.extend((one, other) for one in local for other in remote)
    return tuple(dict.fromkeys(found))


def _side(config: Configuration, words: Key) -> tuple[list[str], Key]:
    size = _SIZES.get(words[0], 2) if words else 0
    head, rest = words[:size], words[size:]
    if head[:1] in {("object",), ("object-group",)}:
        return sorted(networks(config, head[1])), rest
    one = one_network(head)
    return ([one] if one else []), rest
