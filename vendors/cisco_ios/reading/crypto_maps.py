"""Entries of crypto maps as tunnels."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address

from appliance.model.tunnel import Encapsulation, Local, Mode, Remote, TrafficSelector, Tunnel
from appliance.record import dataclass
from vendors.cisco.addresses import address
from vendors.cisco.sections import NOTHING, Block, Notes, Said, number
from vendors.cisco.tree import Line
from vendors.cisco_ios.names import NAMED_BY
from vendors.cisco_ios.reading.addresses import Outer, shared_addresses
from vendors.cisco_ios.reading.device import Device, label, outer_of
from vendors.cisco_ios.reading.esp import esp
from vendors.cisco_ios.reading.identities import Ends
from vendors.cisco_ios.reading.quirks import quirks
from vendors.cisco_ios.reading.selectors import is_gre, selectors


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """Where a crypto map is applied: interface, address tunnels leave from, front-door VRF.

    `inside` tells that it is a tunnel interface, as the old GRE over IPsec style has it.
    """

    outer: Outer
    said: Said | None = None
    vrf: str | None = None
    up: bool = True
    inside: bool = False


_UNBOUND = Binding(outer=Outer())


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """A map entry with the block that says what it does (a dynamic map's, for a dynamic one).

    The first entry of a dynamic map goes by the name of the map entry, `MAP 10`; each further one
    adds its own, `MAP 10 DYNAMIC 20`.
    """

    name: str
    block: Block
    said: Block
    dynamic: bool


def crypto_maps(device: Device) -> Iterator[tuple[Tunnel, Notes]]:
    """Every entry of every crypto map, applied or not, and what is odd about it."""
    bindings = _bindings(device)
    dynamic = _dynamic_maps(device)
    order = sorted(device.running.names("crypto map"), key=_sequence)
    names = dict.fromkeys(name.split()[0] for name in device.running.names("crypto map"))
    places = {name: at for at, name in enumerate(names)}
    for name in sorted(order, key=lambda name: places[name.split()[0]]):
        block = device.running.block("crypto map", name)
        if block is None:
            continue
        bound = _chosen(bindings.get(name.split()[0], ()))
        for entry, notes in _entries(device, block, dynamic):
            yield _tunnel(device, entry, bound, notes), notes


def _sequence(name: str) -> int:
    return number(name.rsplit(maxsplit=1)[-1]) or 0


def _dynamic_maps(device: Device) -> dict[str, list[str]]:
    """For each dynamic map its entries in the order of their numbers."""
    found: dict[str, list[str]] = {}
    for name in sorted(device.running.names("dynamic-map"), key=_sequence):
        found.setdefault(name.split()[0], []).append(name)
    return found


def _bindings(device: Device) -> dict[str, list[Binding]]:
    """Crypto map name -> where it is applied."""
    found: dict[str, list[Binding]] = {}
    for block in device.running.saying("interface", "cry"):
        for said in block.all("crypto map"):
            name = said.words[2]
            found.setdefault(name, []).append(
                _binding(device, block, said, device.map_locals.get(name))
            )
    return found


def _binding(device: Device, block: Block, said: Said, local: Said | None) -> Binding:
    scratch = Notes()
    source = block.last("tunnel source") if block.name.startswith("Tunnel") else None
    named = block.last("tunnel vrf" if source is not None else "vrf")
    vrf = named.args[0] if named is not None and named.args else None
    outer = Outer(address=_bound_address(device, block, said), interface=block.name)
    if source is not None:
        outer = outer_of(device, source, vrf, scratch)
    if local is not None:
        lent = outer_of(device, local, vrf, scratch)
        outer = Outer(address=lent.address, interface=outer.interface)
    return Binding(
        outer=outer,
        said=said,
        vrf=vrf,
        up=block.last("shutdown") is None,
        inside=source is not None,
    )


def _bound_address(device: Device, block: Block, said: Said) -> IPv4Address | None:
    """What a map speaks from: with `redundancy NAME` the address that routers share by HSRP.

    "IPsec Stateful Failover": the virtual address of the standby group is the tunnel's end.
    """
    words = said.words[3:]
    if len(words) > 1 and "redundancy".startswith(words[0].lower()):
        shared = shared_addresses(block, words[1])
        if shared:
            return shared[0]
    held = device.interfaces.lent(block.name)
    return held.ip if held else None


def _chosen(bindings: list[Binding] | tuple[Binding, ...]) -> Binding:
    """Of several interfaces a live one, rather a physical one than a tunnel (the old GRE style)."""
    ranked = sorted(bindings, key=lambda bound: (not bound.up, bound.inside))
    return ranked[0] if ranked else _UNBOUND


def without_ike(device: Device) -> list[Line]:
    """Headings of map entries that are keyed by hand or by a group: no IKE, so no tunnel here."""
    return [
        block.line for block in device.running.blocks("crypto map") if not _is_ike(_kind(block))
    ]


def _kind(block: Block) -> list[str]:
    """What stands behind a map's name and number."""
    return block.line.text.split()[4:]


def _is_ike(words: list[str]) -> bool:
    return not words or "ipsec-isakmp".startswith(words[0].lower())


def _entries(
    device: Device, block: Block, dynamic: dict[str, list[str]]
) -> Iterator[tuple[_Entry, Notes]]:
    """What one map entry stands for: itself, or every entry of the dynamic map it names."""
    words = _kind(block)
    if not _is_ike(words):
        return
    if len(words) < 3 or not "dynamic".startswith(words[1].lower()):  # noqa: PLR2004 -- words
        notes = Notes()
        notes.odd.extend(block.unknown)
        yield _Entry(name=block.name, block=block, said=block, dynamic=False), notes
        return
    for at, name in enumerate(dynamic.get(words[2], [""])):
        notes = Notes()
        said = device.running.block("dynamic-map", name)
        if said is None:
            notes.lacks("dynamic-map", words[2])
            said = Block(line=NOTHING)
        notes.odd.extend([*block.unknown, *said.unknown])
        own = f"{block.name} {name}" if at else block.name
        yield _Entry(name=own, block=block, said=said, dynamic=True), notes


def _tunnel(device: Device, entry: _Entry, bound: Binding, notes: Notes) -> Tunnel:
    block, said = entry.block, entry.said
    remotes = () if entry.dynamic else _peers(said, notes)
    ends = Ends(local=bound.outer, vrf=bound.vrf, remotes=remotes)
    _remember(device, block, bound, notes)
    v1 = _isakmp_profile(device, block, said, notes)
    negotiation = device.ikes.negotiate(said.last("ikev2-profile"), v1, ends, notes)
    pairs, encapsulation = _selectors(device, said, notes)
    lost, spared = device.nat.translated(bound.outer.interface, pairs, notes)
    local = Local(
        address=bound.outer.address,
        interface=bound.outer.interface,
        identity=negotiation.local_identity,
        apart=negotiation.apart,
        vrf=bound.vrf,
    )
    return Tunnel(
        name=entry.name,
        mode=Mode.POLICY_BASED,
        encapsulation=encapsulation,
        enabled=bound.said is not None and bound.up,
        dynamic=entry.dynamic,
        local=local,
        remote=Remote(addresses=remotes, identity=negotiation.remote_identity),
        ike=negotiation.ike,
        esp=esp(device.running, said, notes),
        psk=negotiation.psk,
        selectors=pairs,
        permits=device.permits(local, remotes, notes),
        filter=device.crossing(said, bound.outer.interface, notes),
        missing=tuple(notes.missing),
        passes=spared,
        quirks=(
            *quirks(device.running, said, negotiation.ike.version, notes),
            *filter(None, (lost,)),
        ),
        objects=notes.objects,
        sources=notes.sources,
    )


def _remember(device: Device, block: Block, bound: Binding, notes: Notes) -> None:
    notes.objects["crypto map"] = block.name
    if (name := label(block)) is not None:
        notes.objects["label"] = name
    where: Said | Line = bound.said or block.line
    for path in ("enabled", "local.interface", "local.address"):
        notes.at(path, where)
    notes.at("mode", block.line)
    interface = bound.outer.interface
    if interface is not None and interface not in device.interfaces.first:
        notes.lacks("interface", interface)
    outer_of(device, device.map_locals.get(block.name.split()[0]), bound.vrf, notes)


def _isakmp_profile(device: Device, block: Block, said: Block, notes: Notes) -> str | None:
    """The isakmp profile of the entry, else that of the whole map."""
    own = said.last("isakmp-profile")
    chosen = own or device.map_profiles.get(block.name.split()[0])
    if own is None and chosen is not None:
        notes.objects[NAMED_BY] = "the whole map"
    notes.at("ike.version", chosen or (None if said.last("ikev2-profile") else block.line))
    return chosen.args[0] if chosen is not None and chosen.args else None


def _peers(block: Block, notes: Notes) -> tuple[IPv4Address, ...]:
    """All peers in order, the default one first."""
    first: list[IPv4Address] = []
    others: list[IPv4Address] = []
    for said in block.all("peer"):
        found = address(said.args[0]) if said.args else None
        if found is None:
            notes.odd.append(said.line)
            continue
        notes.at("remote.addresses", said)
        is_default = len(said.args) > 1 and "default".startswith(said.args[1].lower())
        (first if is_default else others).append(found)
    return tuple(dict.fromkeys([*first, *others]))


def _selectors(
    device: Device, block: Block, notes: Notes
) -> tuple[tuple[TrafficSelector, ...], Encapsulation]:
    said = block.last("acl")
    notes.odd.extend(one.line for one in block.all("ipv6"))
    if said is None:
        return (), Encapsulation.IPSEC
    name = said.words[2]
    notes.objects["acl"] = name
    found = selectors(device.lists, name, notes)
    gre = is_gre(device.lists, name)
    notes.at("selectors", said)
    notes.at("encapsulation", said)
    return found, Encapsulation.GRE if gre else Encapsulation.IPSEC
