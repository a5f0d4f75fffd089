"""What must hold between the members of one site, and between sites; shape is the schema's part.

Each rule yields the path of the member that is wrong and what is wrong with it. Members that are
absent or were refused before are simply not looked at.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Address, IPv4Network

from appliance.inventory import traffic
from appliance.inventory.document import Path
from appliance.inventory.rules_edge import express_route

Members = Mapping[str, object]
Finding = tuple[Path, str]

_IP_AND_TCP_HEADERS = 40
_DEFAULT_MSS = 1350
# Ranges that Azure cannot reach over the Internet (RFC 6890). Those for documentation are let
# through, so that examples and labs can use them.
_NOT_PUBLIC = tuple(
    (IPv4Network(network), what)
    for network, what in (
        ("0.0.0.0/8", "is 'this network'"),
        ("10.0.0.0/8", "is private"),
        ("100.64.0.0/10", "is a carrier's shared address"),
        ("127.0.0.0/8", "is a loopback address"),
        ("169.254.0.0/16", "is link-local"),
        ("172.16.0.0/12", "is private"),
        ("192.168.0.0/16", "is private"),
        ("224.0.0.0/3", "is multicast or reserved"),
    )
)


def findings(site: Members) -> Iterator[Finding]:
    """What does not fit together in one merged site."""
    yield from _addresses(site)
    yield from _prefixes(site)
    yield from _bgp(site)
    yield from _tunnel(site)
    yield from _winrm(site)
    yield from _jump_host(site)
    yield from traffic.findings(site)
    yield from express_route(site)


def endpoint(site: Members) -> tuple[str, object, object] | None:
    """Which device this is: host, port, and the host it is reached through; None without a host.

    Behind different jump hosts one private address is different boxes.
    """
    device = _section(site, "device")
    host = device.get("host")
    if not isinstance(host, str):
        return None
    through = _section(device, "jump_host").get("host")
    return host.casefold().rstrip("."), device.get("port", 22), through


def _addresses(site: Members) -> Iterator[Finding]:
    ours = _section(site, "on_premises")
    public = ours.get("public_ip")
    if isinstance(public, str):
        hint = "; write the public one, 'nat: true' and this as 'private_ip'"
        yield from _public(("on_premises", "public_ip"), public, hint)
    private = ours.get("private_ip")
    if private is not None and ours.get("nat", False) is False:
        yield ("on_premises", "private_ip"), "is for appliances behind NAT; write 'nat: true' too"
    elif private is not None and private == public:
        yield (
            ("on_premises", "private_ip"),
            "is the public address: behind NAT the appliance has another",
        )
    for index, instance in enumerate(_list(_section(site, "azure"), "endpoints")):
        address = instance.get("address") if isinstance(instance, dict) else None
        if isinstance(address, str):
            path = ("azure", "endpoints", index, "address")
            yield from _public(path, address, "; write the gateway's public address")


def _public(path: Path, text: str, hint: str) -> Iterator[Finding]:
    address = IPv4Address(text)
    for network, what in _NOT_PUBLIC:
        if address in network:
            yield path, f"{text} {what}: Azure cannot reach it{hint}"


def _prefixes(site: Members) -> Iterator[Finding]:
    ours, azure = _section(site, "on_premises"), _section(site, "azure")
    local = _networks(ours, ("on_premises", "prefixes"))
    remote = _networks(azure, ("azure", "vnet_prefixes"))
    yield from _overlaps(sorted(local))
    yield from _overlaps(sorted(remote))
    if local and remote:
        yield from _across(local, remote)
    public = ours.get("public_ip")
    for network, path in local:
        if isinstance(public, str) and network.prefixlen and IPv4Address(public) in network:
            yield (
                path,
                f"{network} holds the appliance's own public address {public}: "
                "Azure would send IKE into the tunnel",
            )
    if ours and not local and not ours.get("bgp"):
        yield (
            ("on_premises", "prefixes"),
            "must list the networks of the site: there is no 'bgp' to learn them from",
        )
    inline = azure.get("endpoints") is not None
    if inline and not remote and _section(azure, "bgp").get("enabled") is not True:
        yield (
            ("azure", "vnet_prefixes"),
            "must list the networks behind the gateway: there is no BGP to learn them from",
        )


def _overlaps(networks: list[tuple[IPv4Network, Path]]) -> Iterator[Finding]:
    """In sorted order a network follows at once on the one it lies in."""
    widest: IPv4Network | None = None
    for network, path in networks:
        if widest is None or not network.subnet_of(widest):
            widest = network
        elif network == widest:
            yield path, f"{network} stands here twice"
        else:
            yield path, f"{network} lies inside {widest}, which stands here too; keep one"


def _across(
    local: list[tuple[IPv4Network, Path]], remote: list[tuple[IPv4Network, Path]]
) -> Iterator[Finding]:
    """Networks that are said to be on both sides; a default route on one side is no clash."""
    both = sorted([(*entry, 0) for entry in local] + [(*entry, 1) for entry in remote])
    wide: list[tuple[IPv4Network, Path, int]] = []
    for network, path, side in both:
        wide = [entry for entry in wide if network.subnet_of(entry[0])]
        for other, _, other_side in wide:
            if other_side != side and other.prefixlen:
                yield path, f"{network} overlaps {other} on the other side of the tunnel"
                break
        wide.append((network, path, side))


def _bgp(site: Members) -> Iterator[Finding]:
    ours = _section(_section(site, "on_premises"), "bgp")
    azure = _section(site, "azure")
    theirs = _section(azure, "bgp")
    if theirs.get("enabled") is not True:
        return
    if not ours:
        yield ("azure", "bgp", "enabled"), "is true, but 'on_premises.bgp' is missing"
    elif ours.get("asn") == theirs.get("asn", 65515):
        yield ("on_premises", "bgp", "asn"), "is also Azure's: Azure takes no iBGP, use another"
    for index, instance in enumerate(_list(azure, "endpoints")):
        if isinstance(instance, dict) and not instance.get("bgp_addresses"):
            yield ("azure", "endpoints", index), "'bgp_addresses' is missing, and BGP is enabled"


def _winrm(site: Members) -> Iterator[Finding]:
    winrm = _section(_section(site, "device"), "winrm")
    if winrm.get("scheme") == "http" and winrm.get("auth") == "basic":
        yield (
            ("device", "winrm", "auth"),
            "basic would send the password in clear over http; use negotiate, or scheme: https",
        )


def _jump_host(site: Members) -> Iterator[Finding]:
    device = _section(site, "device")
    hop = _section(device, "jump_host")
    if not hop:
        return
    if hop.get("password") is None and hop.get("key_file") is None:
        yield ("device", "jump_host"), "names neither a 'key_file' nor a 'password' to log in with"
    if device.get("driver") == "rras":
        yield (
            ("device", "jump_host"),
            "forwards SSH, and rras speaks WinRM: forward its port yourself "
            "(ssh -L 5986:SERVER:5986) and write host: 127.0.0.1",
        )


def _tunnel(site: Members) -> Iterator[Finding]:
    tunnel = _section(_section(site, "device"), "tunnel")
    addresses = _list(tunnel, "addresses")
    instances = _list(_section(site, "azure"), "endpoints")
    if addresses and tunnel.get("unnumbered") is not None:
        yield ("device", "tunnel", "unnumbered"), "and 'addresses' exclude each other; keep one"
    if addresses and len(addresses) < len(instances):
        yield (
            ("device", "tunnel", "addresses"),
            f"has {len(addresses)} for {len(instances)} instances of the gateway; one each",
        )
    mtu, mss = tunnel.get("mtu"), tunnel.get("mss", _DEFAULT_MSS)
    if isinstance(mtu, int) and isinstance(mss, int) and mss > mtu - _IP_AND_TCP_HEADERS:
        most = mtu - _IP_AND_TCP_HEADERS
        yield (
            ("device", "tunnel", "mtu"),
            f"{mtu} leaves an MSS of {most} at most, but 'mss' is {mss}",
        )


def _section(members: Members, name: str) -> Members:
    found = members.get(name)
    return found if isinstance(found, dict) else {}


def _list(members: Members, name: str) -> list[object]:
    found = members.get(name)
    return found if isinstance(found, list) else []


def _networks(section: Members, path: Path) -> list[tuple[IPv4Network, Path]]:
    listed = _list(section, str(path[-1]))
    return [
        (IPv4Network(text), (*path, at)) for at, text in enumerate(listed) if isinstance(text, str)
    ]
