"""Reads from the configuration which tunnels the device will try to build, and with what.

Follows IOS's own search order: an IKEv2 policy is chosen by VRF and local address, a profile by
the peer's identity, a key by the peer's address (Cisco, "Configuring Internet Key Exchange
Version 2"). Cipher names are neutral (`aes256`, `aes256gcm`, `sha1`), groups are IANA numbers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from appliance.lab.cisco.tree import Node
from appliance.lab.cisco.words import address, dotted
from appliance.lab.ios.configuration import Configuration
from appliance.lab.ios.ike import ikev1, ikev2
from appliance.lab.ios.routes import interface_address, is_up, vrf_of
from appliance.lab.link import ANY, Esp, Link

_SECONDS = "set security-association lifetime seconds"


def links(config: Configuration) -> tuple[Link, ...]:
    """Every tunnel the configuration asks for, interfaces first, then crypto map entries."""
    return (*_interfaces(config), *_maps(config))


def _interfaces(config: Configuration) -> Iterator[Link]:
    for tunnel in config.root.all("interface"):
        protection = tunnel.value("tunnel", "protection", "ipsec", "profile").split()
        destination = tunnel.value("tunnel", "destination")
        if not protection or address(destination) is None or tunnel.find("shutdown"):
            continue
        local = _source(config, tunnel)
        profile = config.root.find("crypto", "ipsec", "profile", protection[0])
        if not local or profile is None:
            continue
        named = (
            protection[protection.index("ikev2-profile") + 1 :][:1]
            if "ikev2-profile" in protection
            else []
        )
        yield _link(
            config,
            profile,
            _Place(
                name=tunnel.words[1],
                interface=tunnel.words[1],
                local=local,
                peers=(destination,),
                gre=not tunnel.value("tunnel", "mode").startswith("ipsec ipv4"),
                vrf=tunnel.value("tunnel", "vrf"),
                ikev2=named[0] if named else profile.value("set", "ikev2-profile"),
                applied=(protection[0], destination, local, tunnel.value("tunnel", "mode")),
                selectors=((ANY, ANY),),
            ),
        )


def _maps(config: Configuration) -> Iterator[Link]:
    for outside in config.root.all("interface"):
        name = outside.value("crypto", "map").split()[:1]
        if not name or not is_up(outside):
            continue
        local = _map_source(config, outside, name[0])
        for entry in config.root.all("crypto", "map", name[0]):
            peers = tuple(node.words[2] for node in entry.all("set", "peer"))
            selectors = _selectors(config, entry.value("match", "address"))
            if not entry.words[3].isdecimal() or not peers or not selectors or not local:
                continue
            yield _link(
                config,
                entry,
                _Place(
                    name=f"{name[0]} {entry.words[3]}",
                    interface=outside.words[1],
                    local=local,
                    peers=peers,
                    gre=False,
                    vrf=vrf_of(outside),
                    ikev2=entry.value("set", "ikev2-profile"),
                    applied=(outside.words[1], local, *peers),
                    selectors=selectors,
                ),
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    name: str
    interface: str
    local: str
    peers: tuple[str, ...]
    gre: bool
    vrf: str
    ikev2: str
    applied: tuple[str, ...]
    selectors: tuple[tuple[str, str], ...]


def _link(config: Configuration, crypto: Node, place: _Place) -> Link:
    version = 2 if place.ikev2 else 1
    if version == 2:  # noqa: PLR2004 -- IKE's own version number
        offers, secret = ikev2(config, place.ikev2, (place.local, place.peers[0], place.vrf))
    else:
        named = crypto.value("set", "isakmp-profile")
        offers, secret = ikev1(config, named, place.peers[0])
    return Link(
        name=place.name,
        interface=place.interface,
        anchor=(place.name, *place.applied),
        local=place.local,
        peers=place.peers,
        gre=place.gre,
        version=version,
        ike=offers,
        secret=secret,
        esp=tuple(_transforms(config, crypto)),
        lifetime=_lifetime(config, crypto),
        selectors=place.selectors,
        vrf=place.vrf,
        map_entry=place.name if crypto.words[1] == "map" else "",
        profile=place.ikev2,
    )


def _source(config: Configuration, tunnel: Node) -> str:
    named = tunnel.value("tunnel", "source")
    if address(named) is not None:
        owner = next(
            (i for i in config.root.all("interface") if interface_address(i) == named), None
        )
        return named if owner is not None and is_up(owner) else ""
    source = config.interface(named)
    return interface_address(source) if source is not None and is_up(source) else ""


def _map_source(config: Configuration, outside: Node, name: str) -> str:
    named = config.root.value("crypto", "map", name, "local-address")
    source = config.interface(named) if named else outside
    return interface_address(source) if source is not None else ""


def _lifetime(config: Configuration, crypto: Node) -> int:
    own = crypto.value(*_SECONDS.split())
    overall = config.root.value("crypto", "ipsec", "security-association", "lifetime", "seconds")
    return int(own or overall or 3600)


def _transforms(config: Configuration, crypto: Node) -> Iterator[Esp]:
    number = crypto.value("set", "pfs").removeprefix("group")
    pfs = int(number) if number.isdecimal() else 0
    for name in crypto.value("set", "transform-set").split() or ["default"]:
        node = config.root.find("crypto", "ipsec", "transform-set", name)
        if node is not None:
            yield _esp(node, pfs)
        elif name == "default":
            yield Esp(encryption="aes128", integrity="sha1", group=pfs)


def _esp(node: Node, group: int) -> Esp:
    words = " ".join(node.words[4:]).replace("esp-", "").split()
    ah = any(word.startswith("ah-") for word in words)
    bits = next((word for word in words if word.isdecimal()), "128")
    cipher = words[0]
    integrity = next((w.removesuffix("-hmac") for w in words if w.endswith("-hmac")), "")
    names = {"aes": f"aes{bits}", "gcm": f"aes{bits}gcm", "gmac": f"aes{bits}gmac"}
    return Esp(
        encryption=names.get(cipher, cipher),
        integrity="sha1" if integrity == "sha" else integrity,
        group=group,
        usable=not ah and not node.value("mode").startswith("transport"),
    )


def _selectors(config: Configuration, name: str) -> tuple[tuple[str, str], ...]:
    acl = config.root.find("ip", "access-list", "extended", name)
    pairs: list[tuple[str, str]] = []
    for node in acl.children.values() if acl else ():
        if node.words[1:3] == ("permit", "ip"):
            local, rest = _network(config, list(node.words[3:]))
            remote, _ = _network(config, rest)
            pairs.extend((one, other) for one in local for other in remote)
    return tuple(pairs)


def _network(config: Configuration, words: list[str]) -> tuple[tuple[str, ...], list[str]]:
    match words:
        case ["any", *rest]:
            return (ANY,), rest
        case ["host", host, *rest]:
            return (f"{host}/32",), rest
        case ["object-group", group, *rest]:
            return _group(config, group), rest
        case [network, wildcard, *rest]:
            bits = 32 - bin(address(wildcard) or 0).count("1")
            return (f"{network}/{bits}",), rest
        case _:
            return (), []


def _group(
    config: Configuration, name: str, above: frozenset[str] = frozenset()
) -> tuple[str, ...]:
    """The networks of a group and of those in it; one that holds itself adds nothing."""
    group = None if name in above else config.root.find("object-group", "network", name)
    found: list[str] = []
    for node in group.children.values() if group else ():
        match node.words:
            case ("host", host):
                found.append(f"{host}/32")
            case ("group-object", other):
                found.extend(_group(config, other, above | {name}))
            case (network, mask) if address(network) is not None:
                bits = bin(address(mask) or 0).count("1")
                found.append(f"{dotted(address(network) or 0)}/{bits}")
    return tuple(found)
