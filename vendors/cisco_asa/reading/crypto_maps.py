"""Entries of crypto maps as tunnels."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address

from appliance.model.tunnel import Mode, Remote, TrafficSelector, Tunnel
from appliance.record import dataclass
from vendors.cisco.sections import NOTHING, Block, Notes, Said, number
from vendors.cisco.tree import Line
from vendors.cisco_asa import names
from vendors.cisco_asa.reading.device import Device
from vendors.cisco_asa.reading.quirks import quirks
from vendors.cisco_asa.reading.selectors import selectors


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
    bound = _bindings(device)
    dynamic = _dynamic_maps(device)
    entries = device.running.names("crypto map")
    places = {
        name: at for at, name in enumerate(dict.fromkeys(name.split()[0] for name in entries))
    }
    for name in sorted(entries, key=lambda name: (places[name.split()[0]], _sequence(name))):
        block = device.running.block("crypto map", name)
        if block is None:
            continue
        for entry, notes in _entries(device, block, dynamic):
            yield (
                _tunnel(device, entry, _chosen(device, bound.get(name.split()[0], [])), notes),
                notes,
            )


def _sequence(name: str) -> int:
    return number(name.rsplit(maxsplit=1)[-1]) or 0


def _dynamic_maps(device: Device) -> dict[str, list[str]]:
    """For each dynamic map its entries in the order of their numbers."""
    found: dict[str, list[str]] = {}
    for name in sorted(device.running.names("dynamic-map"), key=_sequence):
        found.setdefault(name.split()[0], []).append(name)
    return found


def _bindings(device: Device) -> dict[str, list[Said]]:
    """Crypto map name -> `crypto map M interface outside`."""
    found: dict[str, list[Said]] = {}
    for said in device.running.said("map interface"):
        if said.args:
            found.setdefault(said.words[2], []).append(said)
    return found


def _chosen(device: Device, bindings: list[Said]) -> Said | None:
    """Of several interfaces the first that is up and has an address."""

    def rank(said: Said) -> tuple[bool, bool]:
        held = device.interfaces.named(said.args[0])
        return held is None or not held.up, held is None or held.address is None

    return min(bindings, key=rank, default=None)


def without_ike(device: Device) -> list[Line]:
    """Lines of map entries that are keyed by hand: no IKE, so no tunnel here."""
    return [
        block.line
        for block in device.running.blocks("crypto map")
        if block.last("ipsec-manual") is not None
    ]


def _entries(
    device: Device, block: Block, dynamic: dict[str, list[str]]
) -> Iterator[tuple[_Entry, Notes]]:
    """What one map entry stands for: itself, or every entry of the dynamic map it names."""
    if block.last("ipsec-manual") is not None or not (block.said or block.unknown):
        return
    named = block.last("dynamic")
    if named is None:
        notes = Notes()
        notes.odd.extend(block.unknown)
        yield _Entry(name=block.name, block=block, said=block, dynamic=False), notes
        return
    map_name = named.args[0]
    for at, name in enumerate(dynamic.get(map_name, [""])):
        notes = Notes()
        said = device.running.block("dynamic-map", name)
        if said is None:
            notes.lacks("dynamic-map", map_name)
            said = Block(line=NOTHING)
        notes.odd.extend([*block.unknown, *said.unknown])
        own = f"{block.name} {name}" if at else block.name
        yield _Entry(name=own, block=block, said=said, dynamic=True), notes


def _tunnel(device: Device, entry: _Entry, bound: Said | None, notes: Notes) -> Tunnel:
    block, said = entry.block, entry.said
    remotes, peers = ((), ()) if entry.dynamic else _peers(device, said, notes)
    outside = bound.args[0] if bound is not None else None
    _remember(block, bound, notes)
    pairs = _selectors(device, said, notes)
    negotiation = device.negotiate(said, peers, outside, notes, dynamic=entry.dynamic)
    local = device.local(outside, negotiation.identity, notes)
    held = device.interfaces.named(outside) if outside is not None else None
    return Tunnel(
        name=entry.name,
        mode=Mode.POLICY_BASED,
        enabled=bound is not None and (held is None or held.up),
        dynamic=entry.dynamic,
        local=local,
        remote=Remote(addresses=remotes),
        ike=negotiation.ike,
        esp=device.esps.esp(said, negotiation.ike.version, notes),
        psk=negotiation.psk,
        selectors=pairs,
        permits=device.permits(local, remotes, notes),
        passes=device.nat.passes(outside, pairs, notes),
        filter=device.crossing(outside, None, notes),
        quirks=quirks(device.running, said, negotiation.ike.version, notes),
        missing=tuple(notes.missing),
        objects=notes.objects,
        sources=notes.sources,
    )


def _remember(block: Block, bound: Said | None, notes: Notes) -> None:
    notes.objects["crypto map"] = block.name
    where: Said | Line = bound or block.line
    for path in ("enabled", "local.interface"):
        notes.at(path, where)
    notes.at("mode", block.line)


def _peers(
    device: Device, block: Block, notes: Notes
) -> tuple[tuple[IPv4Address, ...], tuple[str, ...]]:
    """All peers in order, and the words for them; a second `set peer` line adds to the first."""
    words: dict[str, None] = {}
    found: dict[IPv4Address, None] = {}
    for said in block.all("peer"):
        notes.at("remote.addresses", said)
        for word in said.args:
            words[word] = None
            peer = device.names.address(word)
            if peer is None:
                notes.odd.append(said.line)
            else:
                found[peer] = None
    return tuple(found), tuple(words)


def _selectors(device: Device, block: Block, notes: Notes) -> tuple[TrafficSelector, ...]:
    said = block.last("acl")
    if said is None:
        return ()
    name = said.args[0]
    notes.objects["acl"] = name
    for _line, words in device.lists.remarks(name)[:1]:
        if words[:1] == [names.LABEL] and len(words) > 1:
            notes.objects["label"] = words[1]
    _groups(device, name, notes)
    found = selectors(device.lists, name, notes)
    notes.at("selectors", said)
    return found


def _groups(device: Device, acl: str, notes: Notes) -> None:
    """The object groups of an access list that has one line, between two of them."""
    lines = [
        line.text.split()
        for line in device.running.lists().get(acl, ())
        if " remark " not in f"{line.text} "
    ]
    words = lines[0] if len(lines) == 1 else []
    ends = [
        words[at + 1]
        for at, word in enumerate(words[:-1])
        if word == "object-group" and words[at - 1] not in {"permit", "deny"}
    ]
    if len(ends) == 2:  # noqa: PLR2004 -- both ends
        notes.objects["local group"], notes.objects["remote group"] = ends
