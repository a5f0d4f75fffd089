"""An Azure VPN gateway as the device meets it: what it offers, accepts, and knows."""

from __future__ import annotations

from dataclasses import dataclass, field

# One IKE combination: encryption, integrity (the PRF follows it), group by IANA number.
Ike = tuple[str, str, int]
# One ESP combination: encryption, integrity (empty with GCM), PFS group (0: none).
Esp = tuple[str, str, int]

_PHASE_ONE = (
    ("aes256", "sha1"),
    ("aes256", "sha256"),
    ("aes128", "sha1"),
    ("aes128", "sha256"),
    ("3des", "sha1"),
    ("3des", "sha256"),
)
# Microsoft, "About VPN devices and IPsec/IKE parameters for Site-to-Site VPN Gateway connections".
DEFAULT_IKE: tuple[Ike, ...] = tuple((cipher, digest, 2) for cipher, digest in _PHASE_ONE)
AS_INITIATOR: tuple[Esp, ...] = (
    ("aes256gcm", "", 0),
    ("aes256", "sha1", 0),
    ("3des", "sha1", 0),
    ("aes256", "sha256", 0),
    ("aes128", "sha1", 0),
    ("3des", "sha256", 0),
)
_GROUPS_AS_RESPONDER = {
    ("aes256", "sha1"): (1, 2, 14, 24),
    ("aes128", "sha1"): (1, 2, 14),
    ("3des", "sha1"): (1, 2, 14),
    ("3des", "sha256"): (2,),
    ("aes256", "sha256"): (1, 2, 14, 24),
    ("aes128", "sha256"): (0, 1, 2, 14),
    ("des", "sha1"): (0,),
}
AS_RESPONDER: tuple[Esp, ...] = AS_INITIATOR + tuple(
    (cipher, digest, group)
    for (cipher, digest), groups in _GROUPS_AS_RESPONDER.items()
    for group in groups
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """A custom policy: one combination for IKE and one for ESP, nothing else is accepted."""

    ike: Ike
    esp: Esp


@dataclass(frozen=True, slots=True, kw_only=True)
class BgpPeer:
    """The gateway's BGP speaker: its address and number, and who it expects on the other side."""

    address: str
    asn: int = 65515
    device_address: str = ""
    device_asn: int = 0
    prefixes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AzurePeer:
    """One instance of a gateway, with the connection to this device.

    `device_address`: where it expects the device to be. `policy`: None is Azure's default lists.
    `selectors`: pairs (device side, Azure side); empty is any-to-any. `identity`: what it calls
    itself, its address unless given. `reachable`: whether it answers at all. `initiates`: whether
    it dials when its side has traffic; then it proposes its shorter list.
    """

    address: str
    psk: str = field(repr=False)
    device_address: str = "203.0.113.10"
    ike_version: int = 2
    policy: Policy | None = None
    selectors: tuple[tuple[str, str], ...] = ()
    bgp: BgpPeer | None = None
    identity: str = ""
    reachable: bool = True
    initiates: bool = True

    @property
    def ike(self) -> tuple[Ike, ...]:
        """The IKE combinations it accepts."""
        return (self.policy.ike,) if self.policy else DEFAULT_IKE

    @property
    def esp(self) -> tuple[Esp, ...]:
        """The ESP combinations it accepts when the device dials."""
        return (self.policy.esp,) if self.policy else AS_RESPONDER

    @property
    def proposed_esp(self) -> tuple[Esp, ...]:
        """The ESP combinations it proposes when it dials itself."""
        return (self.policy.esp,) if self.policy else AS_INITIATOR
