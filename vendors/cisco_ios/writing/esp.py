"""The ESP part of a tunnel and what carries it, down to interface or crypto map."""

from __future__ import annotations

from collections.abc import Iterator

from appliance.model.tunnel import Encapsulation, EspProposal, Mode, Tunnel, TunnelInterface
from vendors.cisco.writing.section import LABEL, Line, Section, crypto, line, ours, removal
from vendors.cisco_ios import names
from vendors.cisco_ios.writing.traffic import applied
from vendors.cisco_ios.writing.wildcards import wildcard


def esp(tunnel: Tunnel) -> Iterator[Section]:
    """Sections for the child SAs of one tunnel, down to its interface or crypto map entry."""
    for proposal in tunnel.esp.proposals:
        if proposal.name != "default":
            yield _transform_set(proposal)
    yield from _route_based(tunnel) if tunnel.mode is Mode.ROUTE_BASED else _policy_based(tunnel)


def _transform_set(proposal: EspProposal) -> Section:
    words = [] if proposal.ah is None else [names.TRANSFORM_AH[proposal.ah]]
    words += [names.TRANSFORM_ENCRYPTION[cipher] for cipher in proposal.encryption]
    words += [
        names.TRANSFORM_INTEGRITY[i] for i in proposal.integrity if i in names.TRANSFORM_INTEGRITY
    ]
    name = f"crypto ipsec transform-set {proposal.name}"
    mode = crypto(f"mode {'transport' if proposal.transport else 'tunnel'}", slot="mode")
    return Section(
        key=name,
        rank=50,
        heading=(f"{name} {' '.join(words)}",),
        lines=(mode,) if ours(proposal.name) else (),  # of others' never changed, and shared
        why="what the traffic is encrypted with",
        remove=removal(name, proposal.name),
    )


def _esp_lines(tunnel: Tunnel) -> Iterator[Line]:
    lifetime = "set security-association lifetime"
    esp = tunnel.esp
    if esp.lifetime_seconds is not None:
        yield line(f"{lifetime} seconds {esp.lifetime_seconds}", slot=f"{lifetime} seconds")
    volume = "disable" if esp.lifetime_kilobytes is None else str(esp.lifetime_kilobytes)
    yield line(f"{lifetime} kilobytes {volume}", slot=f"{lifetime} kilobytes")
    chosen = [proposal.name for proposal in esp.proposals if proposal.name != "default"]
    if chosen:
        yield crypto(f"set transform-set {' '.join(chosen)}", slot="set transform-set")
    if esp.pfs_group is not None:
        yield crypto(f"set pfs {names.group_word(esp.pfs_group)}", slot="set pfs")
    for kind in ("ikev2", "isakmp") if names.NAMED_BY not in tunnel.objects else ():
        if profile := tunnel.objects.get(f"{kind} profile"):
            yield crypto(f"set {kind}-profile {profile}", slot=f"set {kind}-profile")


def _route_based(tunnel: Tunnel) -> Iterator[Section]:
    profile = tunnel.objects.get("ipsec profile")
    if profile is not None:
        name = f"crypto ipsec profile {profile}"
        yield Section(
            key=name,
            rank=60,
            heading=(name,),
            lines=tuple(_esp_lines(tunnel)),
            why="ties cipher, lifetime, PFS and peer together",
            remove=removal(name, profile),
        )
    yield from _loopback(tunnel)
    if tunnel.interface is not None:
        name = f"interface {tunnel.interface.name}"
        yield Section(
            key=name,
            rank=70,
            heading=(name,),
            lines=tuple(_interface_lines(tunnel, profile)),
            why="the tunnel itself",
            remove=(f"no {name}",) if "label" in tunnel.objects else None,
        )


def _loopback(tunnel: Tunnel) -> Iterator[Section]:
    loopback = tunnel.objects.get("loopback")
    if loopback is None or tunnel.bgp is None:
        return
    name = f"interface {loopback}"
    held = [peer.local_address for peer in tunnel.bgp.peers if peer.source == loopback]
    if not held:
        return
    yield Section(
        key=name,
        rank=65,
        heading=(name,),
        lines=(
            line(f"description {LABEL}BGP towards Azure", slot="description"),
            line(f"ip address {held[0]} 255.255.255.255", slot="ip address"),
        ),
        why="the address BGP speaks from",
        remove=(f"no {name}",),
    )


def _interface_lines(tunnel: Tunnel, profile: str | None) -> Iterator[Line]:
    yield from _description(tunnel)
    if tunnel.interface is not None:
        yield from _addressing(tunnel.interface)
    yield from applied(tunnel)
    source = tunnel.objects.get("tunnel source") or (tunnel.local.interface or tunnel.local.address)
    if source is not None:
        yield crypto(f"tunnel source {source}", slot="tunnel source")
    if tunnel.encapsulation is Encapsulation.IPSEC:
        yield crypto("tunnel mode ipsec ipv4", slot="tunnel mode")
    for address in tunnel.remote.addresses[:1]:
        yield crypto(f"tunnel destination {address}", slot="tunnel destination")
    if tunnel.local.vrf:
        yield crypto(f"tunnel vrf {tunnel.local.vrf}", slot="tunnel vrf")
    if profile is not None:
        more = tunnel.objects.get("tunnel protection", "")
        text = f"tunnel protection ipsec profile {profile} {more}".rstrip()
        yield crypto(text, slot="tunnel protection", undo=f"no {text}")
    if not tunnel.enabled:
        yield line("shutdown")


def _description(tunnel: Tunnel) -> Iterator[Line]:
    if label := tunnel.objects.get("label"):
        yield line(f"description {LABEL}{label}", slot="description")


def _addressing(interface: TunnelInterface) -> Iterator[Line]:
    """The VRF goes first: IOS drops the address of an interface that changes its VRF."""
    if interface.vrf:
        yield line(f"vrf forwarding {interface.vrf}", slot="vrf forwarding")
    if interface.address is not None:
        value = interface.address.with_netmask.replace("/", " ")
        yield line(f"ip address {value}", slot="ip address")
    elif interface.unnumbered:
        text = f"ip unnumbered {interface.unnumbered}"
        yield line(text, slot="ip address", undo="no ip unnumbered")
    if interface.mtu is not None:
        yield line(f"ip mtu {interface.mtu}", slot="ip mtu")
    if interface.mss is not None:
        yield line(f"ip tcp adjust-mss {interface.mss}", slot="ip tcp adjust-mss")


def _policy_based(tunnel: Tunnel) -> Iterator[Section]:
    if acl := tunnel.objects.get("acl"):
        yield _crypto_acl(tunnel, acl)
    entry = tunnel.objects.get("crypto map")
    if entry is None or tunnel.dynamic:
        return
    map_name = entry.split()[0]
    name = f"crypto map {entry}"
    yield Section(
        key=name,
        rank=70,
        heading=(f"{name} ipsec-isakmp",),
        lines=tuple(_map_lines(tunnel)),
        why="the tunnel itself",
        remove=(f"no {name}",) if "label" in tunnel.objects else None,
    )
    if tunnel.local.interface is not None and tunnel.enabled:
        yield Section(
            key=f"binding {tunnel.local.interface}",
            rank=75,
            heading=(f"interface {tunnel.local.interface}",),
            lines=(line(f"crypto map {map_name}"),),
            why="puts the crypto map to work",
        )


def _map_lines(tunnel: Tunnel) -> Iterator[Line]:
    yield from _description(tunnel)
    for peer in tunnel.remote.addresses:
        yield crypto(f"set peer {peer}")
    yield from _esp_lines(tunnel)
    yield from applied(tunnel)
    if acl := tunnel.objects.get("acl"):
        yield crypto(f"match address {acl}", slot="match address")


def _crypto_acl(tunnel: Tunnel, acl: str) -> Section:
    protocol = "gre" if tunnel.encapsulation is Encapsulation.GRE else "ip"
    grouped = set(tunnel.objects.get(names.ACL_FORM, "").split("\n"))
    lines = [
        crypto(f"permit {protocol} {wildcard(pair.local)} {wildcard(pair.remote)}")
        for pair in tunnel.selectors
        if str(pair) not in grouped
    ]
    name = f"ip access-list extended {acl}"
    return Section(
        key=name,
        rank=66,
        heading=(name,),
        lines=tuple(lines),
        why="which traffic enters the tunnel; Azure must hold the mirror image",
        remove=removal(name, acl),
    )
