"""A tunnel as some device's configuration asks for it, in words that belong to no vendor.

Cipher names are `aes256`, `aes256gcm`, `3des`; digests `sha1`, `sha256`; groups IANA numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import AddressValueError, IPv4Address

ANY = "0.0.0.0/0"
_HOST = "255.255.255.255"


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One IKE combination. `integrity` is empty with GCM."""

    encryption: str
    integrity: str
    prf: str
    group: int
    lifetime: int = 86400


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    """The key towards a peer (None: there is none), and which identities the peer may show.

    An identity is `any`, an address, or an address and a mask. `problem` says why there can be no
    IKE SA at all, such as a profile that is incomplete.
    """

    key: str | None = field(default=None, repr=False)
    identities: tuple[str, ...] = ("any",)
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Esp:
    """One ESP combination with the PFS group that goes with it (0: none). `integrity` is empty
    with GCM; `usable` is False for AH, transport mode and sets that do not exist."""

    encryption: str
    integrity: str
    group: int
    usable: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One tunnel as configured. `anchor` changes when it is applied anew; `name` is for people.

    `gre`: protected, but GRE inside. `peers`: the addresses to try, in order. `vrf`: the table of
    their addresses, empty for the global one. `map_entry`: the rule that builds the tunnel only
    when somebody talks, empty for a tunnel interface, which is built at once. `profile`: what the
    device calls the settings, for its own screens. `secrets`: what is configured towards a peer
    where it is not `secret`.
    """

    name: str
    interface: str
    anchor: tuple[str, ...]
    local: str
    peers: tuple[str, ...]
    version: int
    ike: tuple[Offer, ...]
    secret: Secret
    esp: tuple[Esp, ...]
    lifetime: int
    selectors: tuple[tuple[str, str], ...]
    gre: bool = False
    vrf: str = ""
    map_entry: str = ""
    profile: str = ""
    secrets: Mapping[str, Secret] = field(default_factory=dict)

    def towards(self, peer: str) -> Secret:
        """The key and identities for this peer."""
        return self.secrets.get(peer, self.secret)


def covers(where: Sequence[str], peer: str) -> bool:
    """Whether `[address, mask]` (no mask: a host) contains this address."""
    try:
        network, host = int(IPv4Address(where[0])), int(IPv4Address(peer))
        mask = int(IPv4Address(where[1] if len(where) > 1 else _HOST))
    except AddressValueError:
        return False
    return network & mask == host & mask
