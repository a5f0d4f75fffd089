"""Pre-shared keys: where IOS keeps them, which one serves a peer, and how they are written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network

from appliance.model.masked import masked
from appliance.model.secret import Hidden, Secret
from appliance.record import dataclass
from vendors.cisco.addresses import address, network
from vendors.cisco.sections import Block, Notes, Said
from vendors.cisco_ios.names import TWO_KEYS
from vendors.cisco_ios.reading.addresses import Interfaces, default_mask
from vendors.cisco_ios.reading.identities import identity_text
from vendors.cisco_ios.reading.interface_names import canonical
from vendors.cisco_ios.reading.running import Running

_TYPED = r"([067])\s+(\S.*)$"
_GLOBAL_KEY = (
    r"(?P<key>.+)\s+(?:address|addr|add|ad)\s+(?P<address>[\d.]+)"
    r"(?:\s+(?P<mask>\d+\.\d+\.\d+\.\d+))?(?:\s+(?P<more>no-x\S*))?(?:\s+!.*)?$"
)
_RING_KEY = r"(?P<address>[\d.]+)(?:\s+(?P<mask>\d+\.\d+\.\d+\.\d+))?\s+k\w*\s+(?P<key>\S.*)$"
# The fixed string behind "type 7": an obfuscation that anybody can undo, published since 1995.
_SEVEN = b"dsfd;kfoA,.iyewrkldJKDHSUBsgvca69834ncxv9873254k;fg87"


def key(text: str) -> Secret | Hidden:
    """A key as written behind its statement, with its type if it has one."""
    found = re.match(_TYPED, text) if text[:1].isdigit() else None
    kind, value = (found[1], found[2].rstrip()) if found else ("0", text.rstrip())
    if kind == "6":
        return Hidden("stored as type 6: encrypted with the device's own master key")
    if kind == "7":
        return decode_seven(value)
    if masked(value):
        return Hidden("masked in the text")
    first, *digits = value.split()
    if first.lower() == "hex":
        return _octets("".join(digits))
    return Secret(value)


def _octets(digits: str) -> Secret | Hidden:
    """A key in hexadecimal as the text that it spells; Azure takes no others."""
    try:
        text = bytes.fromhex(digits.lower().removeprefix("0x")).decode("ascii")
    except ValueError:
        return Hidden("given in hexadecimal, and no text")
    return Secret(text) if text.isprintable() else Hidden("given in hexadecimal, and no text")


def decode_seven(value: str) -> Secret | Hidden:
    """What a type 7 string stands for; Hidden when it is not one."""
    try:
        seed, data = int(value[:2]), bytes.fromhex(value[2:])
    except ValueError:
        return Hidden("given as type 7, but damaged")
    clear = bytes(byte ^ _SEVEN[(seed + at) % len(_SEVEN)] for at, byte in enumerate(data))
    return Secret(clear.decode("utf-8", "replace"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A key for the peers of a network. `name` is what IOS has it under, behind `address`."""

    network: IPv4Network
    value: Secret | Hidden
    said: Said
    name: str


def _read(pattern: str, said: Said, text: str) -> Key | None:
    found = re.match(pattern, text)
    if found is None:
        return None
    mask = found["mask"] or default_mask(found["address"])
    covered = network(found["address"], mask)
    if covered is None:
        return None
    more = found.groupdict().get("more") and "no-xauth"
    name = " ".join(filter(None, (found["address"], found["mask"], more)))
    return Key(network=covered, value=key(found["key"]), said=said, name=name)


class Keys:
    """All keys of IKEv1, indexed for the longest match."""

    def __init__(self, running: Running, interfaces: Interfaces) -> None:
        self.running = running
        self.interfaces = interfaces
        self.everywhere = _index(
            _read(_GLOBAL_KEY, said, said.after(said.depth)) for said in running.said("isakmp key")
        )
        self._rings: dict[str, _Index] = {}
        self._rings_of: dict[str | None, dict[IPv4Network, list[Found]]] | None = None

    def ring(self, name: str) -> _Index | None:
        """The keys of one `crypto keyring`; None when there is none of that name."""
        if name not in self._rings:
            block = self.running.block("keyring", name)
            if block is None:
                return None
            self._rings[name] = _index(
                _read(_RING_KEY, said, said.after(said.depth - 1))
                for said in block.all("key address")
            )
        return self._rings[name]

    def search(self, peer: IPv4Address, vrf: str | None, local: IPv4Address | None) -> Found | None:
        """The key IOS uses for a peer when no profile names a keyring."""
        if vrf is None and (best := longest(self.everywhere, peer)) is not None:
            return Found(key=best)
        if self._rings_of is None:
            self._rings_of = self._merge()
        merged = self._rings_of.get(vrf)
        for length in range(32, -1, -1) if merged else ():
            covered = IPv4Network((peer, length), strict=False)
            for found in (merged or {}).get(covered, ()):
                if found.local in (None, local):
                    return found
        return None

    def _merge(self) -> dict[str | None, dict[IPv4Network, list[Found]]]:
        """The keys of all keyrings by front-door VRF and network."""
        merged: dict[str | None, dict[IPv4Network, list[Found]]] = {}
        for block in self.running.blocks("keyring"):
            words = block.line.text.split()
            vrf = words[4] if len(words) > 4 and words[3] == "vrf" else None  # noqa: PLR2004 -- words
            table = merged.setdefault(vrf, {})
            local = self._local(block)
            for covered, one in (self.ring(block.name) or {}).items():
                table.setdefault(covered, []).append(Found(key=one, ring=block.name, local=local))
        return merged

    def _local(self, block: Block) -> IPv4Address | None:
        """The local address a keyring is for; None: any."""
        said = block.last("local-address")
        if said is None or not said.args:
            return None
        held = self.interfaces.lent(canonical(said.args))
        return address(said.args[0]) or (held.ip if held else IPv4Address(0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A key, its keyring (None: `crypto isakmp key`) and the local address it is for."""

    key: Key
    ring: str | None = None
    local: IPv4Address | None = None


_Index = dict[IPv4Network, Key]


def _index(keys: Iterator[Key | None]) -> _Index:
    return {one.network: one for one in keys if one is not None}


def longest(index: _Index, peer: IPv4Address) -> Key | None:
    """The key for the smallest network that holds `peer`."""
    if not index:
        return None
    for length in range(32, -1, -1):
        found = index.get(IPv4Network((peer, length), strict=False))
        if found is not None:
            return found
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """A peer of an IKEv2 keyring with the network or identity it is picked by."""

    name: str
    block: Block
    network: IPv4Network | None
    identity: str | None


class Rings:
    """The IKEv2 keyrings, indexed by peer."""

    def __init__(self, running: Running) -> None:
        self.running = running
        self._peers: dict[str, tuple[dict[IPv4Network, Peer], dict[str, Peer]]] = {}

    def peer(
        self, ring: str, remotes: tuple[IPv4Address, ...], identity: str | None
    ) -> Peer | None:
        """The peer that serves these addresses (longest match) or this identity."""
        if ring not in self._peers:
            self._peers[ring] = self._read(ring)
        networks, identities = self._peers[ring]
        if identity is not None and identity in identities:
            return identities[identity]
        for remote in remotes:
            for length in range(32, -1, -1) if networks else ():
                found = networks.get(IPv4Network((remote, length), strict=False))
                if found is not None:
                    return found
        return next((identities[str(r)] for r in remotes if str(r) in identities), None)

    def _read(self, ring: str) -> tuple[dict[IPv4Network, Peer], dict[str, Peer]]:
        networks: dict[IPv4Network, Peer] = {}
        identities: dict[str, Peer] = {}
        block = self.running.block("ikev2 keyring", ring)
        for inner in block.inner if block is not None else ():
            peer = _peer(inner)
            if peer.network is not None:
                networks.setdefault(peer.network, peer)
            if peer.identity is not None:
                identities.setdefault(peer.identity, peer)
        return networks, identities


def _peer(block: Block) -> Peer:
    said = block.last("address")
    covered = None
    if said is not None and said.args:
        mask = said.args[1] if len(said.args) > 1 else default_mask(said.args[0])
        covered = network(said.args[0], mask)
    named = block.last("identity")
    identity = identity_text(named.words[1:]) if named is not None else None
    return Peer(name=block.name, block=block, network=covered, identity=identity)


def peer_key(block: Block, notes: Notes) -> Secret | Hidden | None:
    """The key of an IKEv2 keyring peer: the local one, where the two ends differ."""
    sides: dict[str, tuple[Said, Secret | Hidden]] = {}
    for said in block.all("pre-shared-key"):
        side, text = _side(said)
        sides[side] = (said, key(text))
        if not side:
            sides = {"": sides[""]}
        else:
            sides.pop("", None)
    if "" in sides:
        notes.at("psk", sides[""][0])
        return sides[""][1]
    return _two_sided(sides, notes)


def _side(said: Said) -> tuple[str, str]:
    word = said.args[0].lower() if len(said.args) > 1 else ""
    for side in ("local", "remote"):
        if word and side.startswith(word) and len(word) > 1:
            return side, said.after(said.depth + 1)
    return "", said.after(said.depth)


def _two_sided(
    sides: dict[str, tuple[Said, Secret | Hidden]], notes: Notes
) -> Secret | Hidden | None:
    local, remote = sides.get("local"), sides.get("remote")
    chosen = local or remote
    if chosen is None:
        return None
    notes.at("psk", chosen[0])
    if local is None or remote is None:
        notes.lacks("pre-shared-key", "local" if local is None else "remote")
        return chosen[1]
    notes.objects["psk form"] = "local remote"
    return _of_two(local, remote, notes)


def inline_key(local: Said | None, remote: Said | None, notes: Notes) -> Secret | Hidden | None:
    """The key that an IKEv2 profile holds itself, `authentication local pre-share key ...`."""
    local_, remote_ = _inline(local), _inline(remote)
    chosen = local_ or remote_
    if chosen is None:
        return None
    notes.at("psk", chosen[0])
    if local_ is None or remote_ is None:
        return chosen[1]
    return _of_two(local_, remote_, notes)


def _inline(said: Said | None) -> tuple[Said, Secret | Hidden] | None:
    if said is None or len(said.args) < 3 or said.args[1] != "key":  # noqa: PLR2004 -- words
        return None
    return said, key(said.after(said.depth + 2))


def _of_two(
    local: tuple[Said, Secret | Hidden], remote: tuple[Said, Secret | Hidden], notes: Notes
) -> Secret | Hidden:
    """The key of both ends, where they are the same."""
    if local[1] == remote[1] or isinstance(local[1], Hidden):
        return local[1]
    notes.objects["psk form"] = TWO_KEYS
    notes.at("quirks.pre-shared-key", remote[0])
    return Hidden("there is one key for each end, and they differ")
