"""The tunnels of a device as its screens list them: one row for each child SA."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv4Network
from typing import TYPE_CHECKING

from appliance.lab.associations import Association
from appliance.lab.junos.speaker import neighbors
from appliance.lab.junos.zones import network
from appliance.lab.link import ANY, Link, Offer
from appliance.lab.matcher import Outcome

if TYPE_CHECKING:
    from appliance.lab.junos.device import SrxDevice

_FIRST_ID = 131073
_BYTES = 84
_CIPHERS = {"3des": "3des-cbc", "des": "des-cbc"}
_DIGESTS = {
    "sha256": "hmac-sha256-128", "sha1": "hmac-sha1-96", "md5": "hmac-md5-96",
    "sha384": "hmac-sha384-192", "sha512": "hmac-sha512-256", "": "None",
}  # fmt: skip
_WORDS = (
    ("no IKE proposal", "Negotiation failed with error code NO_PROPOSAL_CHOSEN received from peer"),
    ("no ESP proposal", "Negotiation failed with error code NO_PROPOSAL_CHOSEN received from peer"),
    (
        "the keys differ",
        "Authentication failed. "
        "Negotiation failed with error code AUTHENTICATION_FAILED received from peer",
    ),
    ("no key", "Authentication failed. Pre-shared key is not configured"),
    ("identity", "Peer's IKE-ID validation failed during negotiation"),
    ("traffic selectors", "Negotiation failed with error code TS_UNACCEPTABLE received from peer"),
    ("external interface", "External interface's address is not available"),
    ("IKE is not allowed", "No response from peer. Negotiation failed"),
    ("tunnel interface", "Bind-interface's zone or address is not available"),
    ("aggressive", "Negotiation failed with error code NO_PROPOSAL_CHOSEN received from peer"),
    ("vpn-monitor", "VPN monitoring failed: tunnel endpoint is not reachable"),
    ("no policy uses", "No policy refers to this tunnel"),
    ("no traffic asks", "SA not initiated: waiting for traffic"),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One child SA, or one that should be there. Counts are since it was keyed."""

    number: int
    link: Link
    outcome: Outcome
    local: str
    remote: str
    selector: str
    up: bool
    since: datetime
    keyed: datetime
    now: datetime
    port: int
    inbound: int = 0
    outbound: int = 0
    sent: int = 0
    received: int = 0

    @property
    def left(self) -> int:
        """Seconds until it is rekeyed."""
        return max(0, self.link.lifetime - int((self.now - self.keyed).total_seconds()))

    @property
    def algorithm(self) -> str:
        """`ESP:aes-cbc-256/sha256`."""
        esp = self.outcome.esp or next(iter(self.link.esp), None)
        if esp is None:
            return "ESP:null/null"
        return f"ESP:{short(esp.encryption)}/{esp.integrity or 'None'}"

    @property
    def authentication(self) -> str:
        """`hmac-sha256-128`."""
        return _DIGESTS[self.outcome.esp.integrity] if self.outcome.esp else "None"

    @property
    def encryption(self) -> str:
        """`aes-cbc (256 bits)`."""
        name = self.outcome.esp.encryption if self.outcome.esp else "null"
        if not name.startswith("aes"):
            return _CIPHERS.get(name, name)
        kind, bits = ("gcm" if name.endswith("gcm") else "cbc"), name[3:6]
        return f"aes-{kind} ({bits} bits)"

    @property
    def version(self) -> str:
        """`IKEv2`."""
        return f"IKEv{self.link.version}"

    @property
    def bytes_sent(self) -> int:
        """Of ESP."""
        return self.sent * _BYTES

    @property
    def bytes_received(self) -> int:
        """Of ESP."""
        return self.received * _BYTES

    @property
    def reason(self) -> str:
        """Why it is down, in the device's words."""
        said = self.outcome.reason
        found = (words for begin, words in _WORDS if begin in said)
        return next(found, "No response from peer. Negotiation failed")


def short(cipher: str) -> str:
    """`aes-cbc-256` of aes256."""
    if not cipher.startswith("aes"):
        return cipher
    return f"aes-{'gcm' if cipher.endswith('gcm') else 'cbc'}-{cipher[3:6]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class IkeRow:
    """One IKE SA, or one that does not come up."""

    index: int
    link: Link
    outcome: Outcome
    up: bool
    left: int
    port: int
    here: str
    there: str
    children: int

    @property
    def mode(self) -> str:
        """`IKEv2`, or what IKEv1 calls its exchange."""
        return "IKEv2" if self.link.version == 2 else "Main"  # noqa: PLR2004 -- IKE's own number

    @property
    def offer(self) -> Offer | None:
        """What was agreed on."""
        return self.outcome.ike

    @property
    def authentication(self) -> str:
        """`hmac-sha256-128`; GCM needs none."""
        digest = self.offer.integrity if self.offer else ""
        return _DIGESTS[digest] if digest else "None"

    @property
    def encryption(self) -> str:
        """`aes256-cbc`."""
        name = self.offer.encryption if self.offer else ""
        if not name.startswith("aes"):
            return _CIPHERS.get(name, name)
        return f"aes{name[3:6]}-{'gcm' if name.endswith('gcm') else 'cbc'}"

    @property
    def prf(self) -> str:
        """`hmac-sha256`."""
        return f"hmac-{self.offer.prf}" if self.offer else ""


def cookie(text: str) -> str:
    """Sixteen digits that belong to this text."""
    return f"{zlib.crc32(text.encode()):08x}{zlib.adler32(text.encode()):08x}"


def ike_rows(device: SrxDevice) -> Iterator[IkeRow]:
    """Every IKE SA that is up, then those that do not come up."""
    crypto, now = device.crypto, device.clock.now()
    for held in crypto.live.values():
        lifetime = held.outcome.ike.lifetime if held.outcome.ike else 0
        name = f"{held.link.name}{held.since}"
        yield IkeRow(
            index=_index(held.link.profile, name),
            link=held.link,
            outcome=held.outcome,
            up=True,
            left=max(0, lifetime - int((now - held.since).total_seconds()) % max(1, lifetime)),
            port=_port(device, held.link),
            here=cookie(name),
            there=cookie(f"{name}far"),
            children=len(held.outcome.flows),
        )
    for link, outcome in crypto.failed.values():
        if link.secret.problem or (link.map_entry and "traffic" in outcome.reason):
            continue
        yield IkeRow(
            index=_index(link.profile, "down"), link=link, outcome=outcome, up=False, left=0,
            port=500, here=cookie(f"{link.name}{now}"), there="0" * 16, children=0,
        )  # fmt: skip


def _index(name: str, salt: str) -> int:
    return zlib.crc32(f"{name}{salt}".encode()) % 9_000_000 + 1_000_000


def _port(device: SrxDevice, link: Link) -> int:
    return 4500 if device.settings.nat.get(link.local, link.local) != link.local else 500


def rows(device: SrxDevice) -> list[Row]:
    """Every child SA in the order of the configuration, up or not."""
    crypto = device.crypto
    found: list[Row] = []
    for link in device.network.links():
        held = crypto.live.get(link.name)
        failed = crypto.failed.get(link.name)
        if held is not None:
            found += _live(device, held, _FIRST_ID + len(found))
        elif failed is not None:
            found += _dead(device, failed, _FIRST_ID + len(found))
    return found


def _names(device: SrxDevice, link: Link) -> list[str]:
    vpn = device.network.root.find("security", "ipsec", "vpn", link.name)
    listed = vpn.all("traffic-selector") if vpn is not None else []
    return [node.name for node in listed] or [""] * len(link.selectors)


def _live(device: SrxDevice, held: Association, first: int) -> Iterator[Row]:
    now = device.clock.now()
    names = _names(device, held.link)
    for at, (local, remote) in enumerate(held.link.selectors):
        up = (local, remote) in held.outcome.flows
        sent, received = counts(device, held, (local, remote)) if up else (0, 0)
        yield Row(
            number=first + at,
            link=held.link,
            outcome=held.outcome,
            local=local,
            remote=remote,
            selector=names[at] if at < len(names) else "",
            up=up,
            since=held.since,
            keyed=held.keyed,
            now=now,
            port=_port(device, held.link),
            inbound=held.spi(f"in{at}"),
            outbound=held.spi(f"out{at}"),
            sent=sent,
            received=received,
        )


def _dead(device: SrxDevice, failed: tuple[Link, Outcome], first: int) -> Iterator[Row]:
    link, outcome = failed
    now = device.clock.now()
    names = _names(device, link)
    for at, (local, remote) in enumerate(link.selectors):
        yield Row(
            number=first + at, link=link, outcome=outcome, local=local, remote=remote,
            selector=names[at] if at < len(names) else "", up=False, since=now, keyed=now,
            now=now, port=500,
        )  # fmt: skip


def counts(device: SrxDevice, held: Association, pair: tuple[str, str]) -> tuple[int, int]:
    """(out, in) packets since the child was keyed: only what routes and policies let through."""
    seconds = (device.clock.now() - held.keyed) / timedelta(seconds=1)
    own = _pairs(device, held.link, pair)
    net = device.network
    packets = int(seconds * 100)
    out = device.crypto.traffic.out and any(net.lets(held.link, one) for one in own)
    back = device.crypto.traffic.back and any(net.lets(held.link, one, back=True) for one in own)
    return (packets if out else 0, packets if back else 0)


def _pairs(
    device: SrxDevice, link: Link, pair: tuple[str, str]
) -> list[tuple[IPv4Network, IPv4Network]]:
    """The traffic of one child that routes lead into its tunnel, those learnt by BGP included."""
    net = device.network
    if pair != (ANY, ANY):
        one = network(pair[0]), network(pair[1])
        return [one] if net.leads(link, one) else []
    found = [one for one in net.flows(link) if net.leads(link, one)]
    held = neighbors(net.root, device.crypto.peers, device.crypto.up(), device.circuits)
    for neighbor in held:
        if neighbor.up and neighbor.interface == link.interface:
            far = [network(text) for text in neighbor.prefixes]
            found += [(here, there) for _, here in net.inside(link) for there in far]
    return found
