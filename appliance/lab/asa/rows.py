"""The live state of every tunnel, with the numbers and words that the ASA's screens print."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from appliance.lab.cisco.words import dotted
from appliance.lab.link import Esp, Link, Offer

if TYPE_CHECKING:
    from appliance.lab.asa.device import AsaDevice
    from appliance.lab.associations import Association
    from appliance.lab.matcher import Outcome

_BYTES = 100
_KILOBYTES = "4608000"
_VOLUME = ("security-association", "lifetime", "kilobytes")


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """One selector pair that has SAs."""

    local: str
    remote: str
    sent: int
    received: int

    @property
    def idents(self) -> tuple[str, str, str, str]:
        """Local address and mask, remote address and mask."""
        (one, own), (other, far) = split(self.local), split(self.remote)
        return one, own, other, far

    @property
    def ranges(self) -> tuple[str, str]:
        """`10.0.0.0/0 - 10.0.255.255/65535` for both sides."""
        return _range(self.local), _range(self.remote)


def split(prefix: str) -> tuple[str, str]:
    """Address and mask."""
    network, _, bits = prefix.partition("/")
    return network, dotted((0xFFFFFFFF << (32 - int(bits))) & 0xFFFFFFFF)


def _range(prefix: str) -> str:
    network, _, bits = prefix.partition("/")
    first = 0
    for part in network.split("."):
        first = first << 8 | int(part)
    last = first | (0xFFFFFFFF >> int(bits) if int(bits) else 0xFFFFFFFF)
    return f"{network}/0 - {dotted(last)}/65535"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One tunnel whose IKE SA is up."""

    number: int
    link: Link
    ike: Offer
    esp: Esp | None
    peer: str
    nameif: str
    age: int
    key_age: int
    port: int
    inbound: int
    outbound: int
    policy: str
    keepalive: tuple[str, str]
    flows: tuple[Flow, ...]
    kilobytes: str

    @property
    def index(self) -> int:
        """The number of the session in the session database."""
        return 4096 * self.number + self.inbound % 4096

    @property
    def vti(self) -> bool:
        """Whether it belongs to a tunnel interface."""
        return not self.link.map_entry

    @property
    def tag(self) -> tuple[str, str]:
        """Name and number of the crypto map; a tunnel interface has one of its own."""
        if self.vti:
            return f"__vti-crypto-map-{self.number + 3}-0-{self.number}", "65280"
        name, _, number = self.link.map_entry.rpartition(" ")
        return name, number

    @property
    def remaining(self) -> int:
        """Seconds the child SA has left."""
        return max(0, self.link.lifetime - self.key_age)

    @property
    def ike_left(self) -> int:
        """Seconds the IKE SA has left."""
        return max(0, self.ike.lifetime - self.age)

    @property
    def packets(self) -> tuple[int, int]:
        """Sent and received by all pairs together."""
        return sum(flow.sent for flow in self.flows), sum(flow.received for flow in self.flows)

    @property
    def version(self) -> str:
        """`IKEv1` or `IKEv2`."""
        return f"IKEv{self.link.version}"

    @property
    def ike_cipher(self) -> str:
        """As `show crypto ikev2 sa` has it: `AES-CBC, keysize: 256`."""
        name = self.ike.encryption
        if not name.startswith("aes"):
            return name.upper()
        mode = "AES-GCM" if name.endswith("gcm") else "AES-CBC"
        return f"{mode}, keysize: {name.removeprefix('aes').removesuffix('gcm')}"

    @property
    def ike_hash(self) -> str:
        """As `show crypto ikev2 sa` has it; SHA-1 and MD5 by their length in bits."""
        digest = self.ike.integrity
        return {"": "N/A", "sha1": "SHA96", "md5": "MD596"}.get(digest, digest.upper())

    @property
    def transform(self) -> str:
        """As `show crypto ipsec sa` has it."""
        return _transform(self.esp) if self.esp else ""

    @property
    def bytes_each(self) -> int:
        """Bytes of one packet."""
        return _BYTES


def _transform(esp: Esp) -> str:
    name = esp.encryption
    bits = name.removeprefix("aes").removesuffix("gcm")
    if name.endswith("gcm"):
        return f"esp-aes-gcm{'' if bits == '128' else '-' + bits} esp-null-hmac no compression "
    cipher = (
        f"esp-aes{'' if bits == '128' else '-' + bits}" if name.startswith("aes") else f"esp-{name}"
    )
    digest = {"sha1": "sha", "sha256": "sha-256", "sha384": "sha-384", "sha512": "sha-512"}
    return f"{cipher} esp-{digest.get(esp.integrity, esp.integrity or 'none')}-hmac no compression "


def database_cipher(name: str) -> str:
    """As the session database has it: `AES256`, `AES-GCM-256`, `3DES`."""
    if name.endswith("gcm"):
        return f"AES-GCM-{name.removeprefix('aes').removesuffix('gcm')}"
    return name.upper()


def database_hash(name: str) -> str:
    """`SHA256`, `SHA1`; `none` with GCM."""
    return name.upper() if name else "none"


def rows(device: AsaDevice) -> list[Row]:
    """Every tunnel with an IKE SA, in the order of the configuration."""
    found = [row for held in device.crypto.live.values() for row in _live(device, held)]
    return [replace(row, number=number) for number, row in enumerate(found, start=1)]


def _live(device: AsaDevice, held: Association) -> Iterator[Row]:
    if held.outcome.ike is None:
        return
    now = device.clock.now()
    link = held.link
    natted = device.settings.nat.get(link.local, link.local) != link.local
    owner = device.config.interface(link.interface)
    yield Row(
        number=0,
        link=link,
        ike=held.outcome.ike,
        esp=held.outcome.esp,
        peer=held.outcome.peer,
        nameif=owner.value("nameif") if owner else "",
        age=int((now - held.since).total_seconds()),
        key_age=int((now - held.keyed).total_seconds()),
        port=4500 if natted else 500,
        inbound=held.spi("in"),
        outbound=held.spi("out"),
        policy=_policy(device, held.outcome.peer),
        keepalive=_keepalive(device, held.outcome.peer),
        flows=tuple(_flows(device, held, held.outcome)),
        kilobytes=_kilobytes(device, link),
    )


def _kilobytes(device: AsaDevice, link: Link) -> str:
    """The volume after which the child is rekeyed: the tunnel's own, the device's, the default."""
    root = device.config.root
    if link.map_entry:
        entry = ("crypto", "map", *link.map_entry.split())
        own = root.value(*entry, "set", *_VOLUME)
    else:
        tunnel = device.config.interface(link.interface)
        name = tunnel.value("tunnel", "protection", "ipsec", "profile") if tunnel else ""
        profile = root.children.get(("crypto", "ipsec", "profile", name))
        own = profile.value("set", *_VOLUME) if profile else ""
    return own or root.value("crypto", "ipsec", *_VOLUME) or _KILOBYTES


def _flows(device: AsaDevice, held: Association, outcome: Outcome) -> Iterator[Flow]:
    network = device.network
    sent, received = device.crypto.packets(network, held, device.clock.now())
    for pair in held.link.selectors:
        if pair not in outcome.flows:
            continue
        carried = held.link.map_entry == "" or network.carried(held.link, pair)
        yield Flow(local=pair[0], remote=pair[1], sent=sent if carried else 0, received=received)


def _policy(device: AsaDevice, peer: str) -> str:
    general = device.config.root.children.get(("tunnel-group", peer, "general-attributes"))
    return (general.value("default-group-policy") if general else "") or "DfltGrpPolicy"


def _keepalive(device: AsaDevice, peer: str) -> tuple[str, str]:
    held = device.config.root.children.get(("tunnel-group", peer, "ipsec-attributes"))
    words = held.value("isakmp", "keepalive").split() if held else []
    return (words[1], words[3]) if len(words) > 3 else ("10", "2")  # noqa: PLR2004 -- both values
