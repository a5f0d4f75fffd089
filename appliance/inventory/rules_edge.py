"""What must hold in `express_route`, and between it and the rest of its site."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from ipaddress import IPv4Interface, IPv4Network

from appliance.inventory.document import Path

Members = Mapping[str, object]
Finding = tuple[Path, str]

_HOME = "express_route"
_POINT_TO_POINT = 30
_RESERVED = range(65515, 65521)
"""Microsoft keeps these for itself on a peering ("ExpressRoute routing requirements")."""
_MICROSOFT = 12076


def express_route(site: Members) -> Iterator[Finding]:
    """What does not fit together in the circuits of one merged site."""
    edge = _section(site, _HOME)
    if not edge:
        return
    yield from _speaker(site, edge)
    if edge.get("vpn_site") is not None:
        for name in ("vpn_backup", "backup_distance"):
            if edge.get(name) is not None:
                yield (
                    (_HOME, name),
                    f"is a matter of '{edge['vpn_site']}', whose device has the VPN",
                )
    seen: dict[IPv4Network, str] = {}
    tags: dict[tuple[object, ...], str] = {}
    names: set[object] = set()
    for at, circuit in enumerate(_mappings(edge, "circuits")):
        here: Path = (_HOME, "circuits", at)
        if circuit.get("name") in names:
            yield (*here, "name"), f"'{circuit.get('name')}' is the name of another circuit here"
        names.add(circuit.get("name"))
        for number, link in enumerate(_mappings(circuit, "links")):
            path: Path = (*here, "links", number)
            yield from _link(path, link, seen)
            yield from _tags(path, link, tags)


def _speaker(site: Members, edge: Members) -> Iterator[Finding]:
    bgp = _section(_section(site, "on_premises"), "bgp")
    asn = edge.get("asn")
    if asn is None and not bgp:
        yield (_HOME, "asn"), "missing, and there is no 'on_premises.bgp' to take it from"
    if asn is not None and bgp and asn != bgp.get("asn"):
        yield (
            (_HOME, "asn"),
            f"{asn} is not the AS of 'on_premises.bgp', {bgp.get('asn')}: a device has one",
        )
    number = bgp.get("asn") if asn is None else asn
    if isinstance(number, int) and (number in _RESERVED or number == _MICROSOFT):
        yield (_HOME, "asn"), f"{number} is reserved for Microsoft on ExpressRoute; use another"
    if edge.get("vpn_backup") == "bgp" and not bgp:
        yield (_HOME, "vpn_backup"), "is bgp, but 'on_premises.bgp' is missing"
    if not _section(site, "on_premises").get("prefixes"):
        yield (
            ("on_premises", "prefixes"),
            "must list the networks of the site: they are what is advertised over the circuit",
        )


def _link(path: Path, link: Members, seen: dict[IPv4Network, str]) -> Iterator[Finding]:
    text = link.get("address")
    if not isinstance(text, str):
        return
    ours = IPv4Interface(text)
    network = ours.network
    if network.prefixlen != _POINT_TO_POINT:
        yield (*path, "address"), f"'{text}' must be in a /30: a link has one for its two ends"
    elif ours.ip != network[1]:
        yield (
            (*path, "address"),
            f"'{text}' is not the first address of its /30: write {network[1]}/30; Microsoft has "
            "the second",
        )
    for other, whose in seen.items():
        if other.overlaps(network):
            yield (*path, "address"), f"{network} is that of another link ({whose}) too"
    seen[network] = text


def _tags(path: Path, link: Members, tags: dict[tuple[object, ...], str]) -> Iterator[Finding]:
    interface = link.get("interface")
    if isinstance(interface, str) and "." in interface:
        yield (
            (*path, "interface"),
            f"'{interface}' has a unit: name the interface alone, and the tag as 'vlan'",
        )
    if link.get("vlan") is None:
        return
    key = (interface, link.get("vlan"), link.get("svlan"))
    if key in tags:
        yield (*path, "vlan"), f"{link.get('vlan')} on {interface} is another link's too"
    tags[key] = str(interface)


def _section(members: Members, name: str) -> Members:
    found = members.get(name)
    return found if isinstance(found, dict) else {}


def _mappings(members: Members, name: str) -> list[Members]:
    found = members.get(name)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def vpn_elsewhere(
    sites: Mapping[str, Members], whole: Collection[str]
) -> Iterator[tuple[str, Path, str]]:
    """What does not fit between sites that have circuits only, and those that have their VPN.

    Yields the site with the circuits, the member of it that is wrong, and why; only of sites in
    `whole`, which were read without a fault.
    """
    for name, site in sites.items():
        other = _section(site, _HOME).get("vpn_site")
        if not isinstance(other, str) or name not in whole:
            continue
        path: Path = (_HOME, "vpn_site")
        if other == name:
            yield name, path, "is this very site: leave it out, the VPN is on this device then"
        elif other not in sites:
            yield name, path, f"there is no site '{other}'"
        elif _section(sites[other], _HOME).get("vpn_site") is not None:
            yield name, path, f"'{other}' has no VPN on its device either"
        elif other in whole:
            yield from ((name, *found) for found in _unlike(site, sites[other], other))


_ALIKE = (
    (
        ("on_premises", "prefixes"),
        "the same networks must be told over the circuit and the VPN, or one takes from the other",
    ),
    (("on_premises", "public_ip"), "it is the address of the VPN's device"),
    (("azure",), "circuit and VPN lead to one gateway's networks: name the same connection"),
)


def _unlike(site: Members, vpn: Members, other: str) -> Iterator[Finding]:
    """What both must say alike."""
    for path, why in _ALIKE:
        if _sorted(_at(site, path)) != _sorted(_at(vpn, path)):
            yield path, f"is not what '{other}' has, which has the VPN: {why}"
    ends = ("host", "port")
    here, there = _section(site, "device"), _section(vpn, "device")
    if here.get("host") is not None and all(here.get(end) == there.get(end) for end in ends):
        yield (
            (_HOME, "vpn_site"),
            f"'{other}' is on this very device: put 'express_route' into it, without 'vpn_site'",
        )


def _at(members: Members, path: Path) -> object:
    found: object = members
    for step in path:
        found = found.get(step) if isinstance(found, dict) else None
    return found


def _sorted(value: object) -> object:
    return sorted(map(str, value)) if isinstance(value, list) else value
