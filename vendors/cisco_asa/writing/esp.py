"""The ESP part of a tunnel as ASA sections, down to its interface or crypto map entry."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Interface

from appliance.model.algorithms import IkeVersion
from appliance.model.pairing import LABEL
from appliance.model.tunnel import EspProposal, Mode, Tunnel
from appliance.record import replace
from vendors.cisco.writing.section import LABEL as MARK
from vendors.cisco.writing.section import Line, Section, crypto, line, ours, removal
from vendors.cisco_asa import names
from vendors.cisco_asa.writing.box import CLAMP
from vendors.cisco_asa.writing.marks import added, lacks, told


def esp(tunnel: Tunnel) -> Iterator[Section]:
    """Sections for the child SAs of one tunnel, down to its interface or crypto map entry."""
    for proposal in tunnel.esp.proposals:
        if ours(proposal.name):
            modern = tunnel.ike.version is IkeVersion.V2
            yield _ipsec_proposal(proposal) if modern else _transform_set(proposal)
    yield from _route_based(tunnel) if tunnel.mode is Mode.ROUTE_BASED else _policy_based(tunnel)


def _ipsec_proposal(proposal: EspProposal) -> Section:
    ciphers = " ".join(names.PROPOSAL_ENCRYPTION[cipher] for cipher in proposal.encryption)
    hashes = " ".join(names.PROPOSAL_INTEGRITY[hash_] for hash_ in proposal.integrity)
    name = f"crypto ipsec ikev2 ipsec-proposal {proposal.name}"
    return Section(
        key=name,
        rank=22,
        heading=(name,),
        lines=(
            crypto(f"protocol esp encryption {ciphers}", slot="protocol esp encryption"),
            crypto(f"protocol esp integrity {hashes}", slot="protocol esp integrity"),
        ),
        why="what the traffic is encrypted with",
        remove=removal(name, proposal.name),
    )


def _transform_set(proposal: EspProposal) -> Section:
    """A transform set of NULL integrity (`esp-none`) says so: the ASA wants both words."""
    words = [names.TRANSFORM_ENCRYPTION[cipher] for cipher in proposal.encryption]
    words += [names.TRANSFORM_INTEGRITY[hash_] for hash_ in proposal.integrity]
    name = f"crypto ipsec ikev1 transform-set {proposal.name}"
    return Section(
        key=name,
        rank=22,
        heading=(),
        lines=(crypto(f"{name} {' '.join(words)}", slot=name),),
        why="what the traffic is encrypted with",
        remove=removal(name, proposal.name),
    )


def _esp_lines(tunnel: Tunnel) -> Iterator[Line]:
    esp = tunnel.esp
    chosen = " ".join(proposal.name for proposal in esp.proposals)
    modern = tunnel.ike.version is IkeVersion.V2
    offer = "set ikev2 ipsec-proposal" if modern else "set ikev1 transform-set"
    if chosen:
        yield crypto(f"{offer} {chosen}", slot=offer)
    if esp.pfs_group is not None:
        yield crypto(f"set pfs {names.group_word(esp.pfs_group)}", slot="set pfs")
    for unit, value in (("seconds", esp.lifetime_seconds), ("kilobytes", esp.lifetime_kilobytes)):
        slot = f"set security-association lifetime {unit}"
        text = f"{slot} {'unlimited' if value is None else value}"
        if value is not None or unit == "kilobytes":
            implied = not told(tunnel, f"esp.lifetime_{unit}", unit)
            yield replace(line(text, slot=slot, undo=f"no {text}"), implied=implied)


def _route_based(tunnel: Tunnel) -> Iterator[Section]:
    profile = tunnel.objects.get("ipsec profile")
    if profile is not None:
        name = f"crypto ipsec profile {profile}"
        yield Section(
            key=name,
            rank=40,
            heading=(name,),
            lines=tuple(_esp_lines(tunnel)),
            why="ties cipher, lifetime and PFS together",
            remove=removal(name, profile),
        )
    yield from _loopback(tunnel)
    if tunnel.interface is not None:
        name = f"interface {tunnel.interface.name}"
        own = LABEL in tunnel.objects or added(tunnel, name)
        yield Section(
            key=name,
            rank=50,
            heading=(name,),
            lines=tuple(_interface_lines(tunnel, profile)),
            why="the tunnel itself",
            remove=(f"no {name}",) if own else None,
        )
        yield from _clamp(tunnel, tunnel.interface.mss)


def _interface_lines(tunnel: Tunnel, profile: str | None) -> Iterator[Line]:
    """`nameif` first: the ASA takes nothing else before."""
    if nameif := tunnel.objects.get("nameif"):
        yield line(f"nameif {nameif}", slot="nameif")
    if label := tunnel.objects.get(LABEL):
        yield line(f"description {MARK}{label}", slot="description")
    if tunnel.interface is not None and tunnel.interface.address is not None:
        yield line(f"ip address {_masked(tunnel.interface.address)}", slot="ip address")
    elif tunnel.interface is not None and tunnel.interface.unnumbered is not None:
        text = f"ip unnumbered {tunnel.interface.unnumbered}"
        yield line(text, slot="ip address", undo="no ip unnumbered")
    yield from _ways(tunnel, profile)
    if not tunnel.enabled:
        yield line("shutdown")


def _ways(tunnel: Tunnel, profile: str | None) -> Iterator[Line]:
    """Where the tunnel leaves, where it ends, and what protects it."""
    if tunnel.local.interface is not None:
        yield crypto(f"tunnel source interface {tunnel.local.interface}", slot="tunnel source")
    for address in tunnel.remote.addresses[:1]:
        yield crypto(f"tunnel destination {address}", slot="tunnel destination")
    if not lacks(tunnel, "tunnel mode"):
        yield crypto("tunnel mode ipsec ipv4", slot="tunnel mode")
    if profile is not None:
        text = f"tunnel protection ipsec profile {profile}"
        yield crypto(text, slot="tunnel protection", undo=f"no {text}")


def _masked(address: IPv4Interface) -> str:
    return address.with_netmask.replace("/", " ")


def _loopback(tunnel: Tunnel) -> Iterator[Section]:
    placed = tunnel.objects.get("loopback")
    if placed is None or tunnel.bgp is None:
        return
    number, nameif = placed.split()
    held = [peer.local_address for peer in tunnel.bgp.peers if peer.source == nameif]
    if not held:
        return
    name = f"interface {number}"
    new = added(tunnel, name)
    yield Section(
        key=name,
        rank=45,
        heading=(name,),
        lines=(
            line(f"nameif {nameif}", slot="nameif"),
            line(f"description {MARK}BGP towards Azure", slot="description"),
            line(f"ip address {held[0]} 255.255.255.255", slot="ip address"),
        ),
        why="the address BGP speaks from",
        remove=(f"no {name}",) if new else None,
        given=not new,
    )


def _clamp(tunnel: Tunnel, mss: int | None) -> Iterator[Section]:
    """One for the whole box (0 is none): written where it is too large, put back as it was."""
    new = added(tunnel, CLAMP)
    statement = line(f"{CLAMP} {0 if mss is None else mss}", slot=CLAMP)
    yield Section(
        key=CLAMP,
        rank=65,
        heading=(),
        lines=(replace(statement, implied=not told(tunnel, "interface.mss", "tcpmss")),),
        why="Azure drops fragments inside the tunnel: TCP must stay small",
        remove=(tunnel.objects.get("tcpmss before", f"no {CLAMP}"),) if new else None,
        given=not new,
    )


def _policy_based(tunnel: Tunnel) -> Iterator[Section]:
    """Statements of a crypto map are one line each; `match address` last brings it to life."""
    entry = tunnel.objects.get("crypto map")
    if entry is None or tunnel.dynamic:
        return
    name = f"crypto map {entry}"
    own = LABEL in tunnel.objects or added(tunnel, name)
    yield Section(
        key=name,
        rank=50,
        heading=(),
        lines=tuple(_of_entry(name, one) for one in _map_lines(tunnel)),
        why="the tunnel itself",
        remove=(f"clear configure {name}",) if own else None,
    )
    if tunnel.local.interface is not None and tunnel.enabled:
        binding = f"crypto map {entry.split()[0]} interface {tunnel.local.interface}"
        new = added(tunnel, binding)
        yield Section(
            key=binding,
            rank=60,
            heading=(),
            lines=(line(binding),),
            why="puts the crypto map to work",
            given=not new,
        )


def _of_entry(name: str, one: Line) -> Line:
    """A statement of an entry, which on an ASA carries the entry's name itself."""
    _, _, undone = one.undo.partition("no ")
    return replace(
        one, text=f"{name} {one.text}", slot=f"{name} {one.slot}", undo=f"no {name} {undone}"
    )


def _map_lines(tunnel: Tunnel) -> Iterator[Line]:
    for peer in tunnel.remote.addresses:
        yield crypto(f"set peer {peer}")
    yield from _esp_lines(tunnel)
    modern = tunnel.ike.version is IkeVersion.V2
    if modern and any(proposal.transport for proposal in tunnel.esp.proposals):
        yield crypto("set ikev2 mode transport", slot="set ikev2 mode")
    if acl := tunnel.objects.get("acl"):
        yield crypto(f"match address {acl}", slot="match address")
