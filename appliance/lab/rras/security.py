"""`Get-NetIPsecMainModeSA` and `Get-NetIPsecQuickModeSA`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from appliance.lab.rras.formats import Object, Word
from appliance.lab.rras.server import Server

if TYPE_CHECKING:
    from appliance.lab.associations import Association
    from appliance.lab.rras.binding import Bound

_CIPHERS = {
    "null": ("None", 0),
    "des": ("DES", 2),
    "3des": ("3DES", 6),
    "aes128": ("AES-128", 65001),
    "aes192": ("AES-192", 65002),
    "aes256": ("AES-256", 65003),
    "aes128gcm": ("AES-GCM-128", 65004),
    "aes192gcm": ("AES-GCM-192", 65005),
    "aes256gcm": ("AES-GCM-256", 65006),
}
_HASHES = {
    "": ("None", 0),
    "md5": ("MD5", 2),
    "sha1": ("SHA-1", 3),
    "sha256": ("SHA-256", 65001),
    "sha384": ("SHA-384", 65002),
}


def main_modes(server: Server, _: Bound) -> list[Object]:
    """One IKE SA a connection."""
    return [_main(server, held) for held in server.associations.live.values() if held.outcome.ike]


def _main(server: Server, held: Association) -> Object:
    ike = held.outcome.ike
    if ike is None:
        return {}
    return {
        **_ends(server, held),
        "KeyModule": Word("IkeV2", 2),
        "CipherAlgorithm": Word(*_CIPHERS[ike.encryption]),
        "HashAlgorithm": Word(*_HASHES[ike.integrity]),
        "GroupId": Word(f"DH Group {ike.group}", ike.group),
        "MaxQMSAs": 0,
    }


def quick_modes(server: Server, _: Bound) -> list[Object]:
    """Each child SA is listed once for each direction."""
    return [
        _quick(server, held, inbound=inbound)
        for held in server.associations.live.values()
        if held.outcome.up
        for inbound in (True, False)
    ]


def _quick(server: Server, held: Association, *, inbound: bool) -> Object:
    esp = held.outcome.esp
    if esp is None:
        return {}
    return {
        **_ends(server, held),
        "EncapsulationMode": Word("Tunnel", 2),
        "InboundDirection": inbound,
        "FirstTransformType": 4,
        "FirstIntegrityAlgorithm": Word(*_HASHES[esp.integrity]),
        "FirstCipherAlgorithm": Word(*_CIPHERS[esp.encryption]),
        "SPI": held.spi("in" if inbound else "out"),
    }


def _ends(server: Server, held: Association) -> Object:
    nat = server.associations.nat.get(held.link.local, held.link.local) != held.link.local
    return {
        "LocalEndpoint": held.link.local,
        "RemoteEndpoint": held.outcome.peer,
        "LocalUdpEncapsulationPort": 4500 if nat else 0,
        "RemoteUdpEncapsulationPort": 4500 if nat else 0,
    }
