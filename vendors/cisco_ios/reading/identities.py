"""What the two ends of a tunnel call themselves in IKE."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network

from appliance.record import dataclass
from vendors.cisco.addresses import address, network
from vendors.cisco.sections import Block, Notes, Said
from vendors.cisco_ios.reading.addresses import Outer, default_mask


@dataclass(frozen=True, slots=True, kw_only=True)
class Ends:
    """The two ends of a tunnel, as far as choosing IKE settings needs them."""

    local: Outer
    vrf: str | None
    remotes: tuple[IPv4Address, ...]

    @property
    def served(self) -> tuple[IPv4Address, ...]:
        """Whom a key must be for; peers that nobody knows take the key for everybody."""
        return self.remotes or _NOBODY


_NOBODY = (IPv4Address(0),)


def identity(said: Said | None, notes: Notes) -> str | None:
    """An identity as text: an address or name alone, other kinds with their kind before them."""
    if said is None or not said.args:
        return None
    notes.at("local.identity", said)
    return identity_text(said.args)


def identity_text(args: list[str]) -> str | None:
    """The words behind `identity local` or in a keyring, as one text for all that name the same."""
    kind, values = args[0].lower(), args[1:]
    if address(kind) is not None:
        return kind
    if kind.startswith(("a", "f")) and values:
        return values[0]
    return " ".join(args) if values else None


def remote_identity(block: Block | None, ends: Ends, notes: Notes) -> str | None:
    """The one identity an IKEv2 profile expects; None when it takes any, or a whole network."""
    found: dict[str, Said] = {}
    for said in block.all("match identity remote") if block is not None else ():
        text = _expected(said.args)
        if text is not None:
            found.setdefault(text, said)
    return _chosen(found, ends, notes)


def _expected(args: list[str]) -> str | None:
    if not args or "any".startswith(args[0].lower()):
        return None
    kind, values = args[0].lower(), args[1:]
    if "address".startswith(kind):
        return _host(values)
    if values and values[0] == "domain":
        return None
    return identity_text(args)


def _host(values: list[str]) -> str | None:
    """The address that is matched alone, None for networks; a VRF may stand behind it."""
    if not values or address(values[0]) is None:
        return None
    masked = len(values) > 1 and address(values[1]) is not None
    mask = values[1] if masked else default_mask(values[0])
    return values[0] if mask == _HOST else None


_HOST = "255.255.255.255"


def _chosen(found: dict[str, Said], ends: Ends, notes: Notes) -> str | None:
    """Of several expected identities the peer's own address, else the first."""
    own = next((str(remote) for remote in ends.remotes if str(remote) in found), None)
    text = own or next(iter(found), None)
    if text is not None:
        notes.at("remote.identity", found[text])
    return text


def matched(said: Said) -> tuple[IPv4Network | None, str | None]:
    """What `match identity address A [MASK] [VRF]` covers."""
    words = said.words[said.depth - 1 :]
    mask, rest = default_mask(words[0]), words[1:]
    if rest and address(rest[0]) is not None:
        mask, rest = rest[0], rest[1:]
    return network(words[0], mask), rest[0] if rest else None


def peer_identity(block: Block | None, ends: Ends, notes: Notes) -> str | None:
    """The one identity an isakmp profile expects."""
    found: dict[str, Said] = {}
    for said in block.all("match address") if block is not None else ():
        text = _host(said.words[said.depth - 1 :])
        if text is not None:
            found.setdefault(text, said)
    for said in block.all("match identity") if block is not None else ():
        if said.args and said.args[0] != "domain":
            found.setdefault(said.args[0], said)
    return _chosen(found, ends, notes)
