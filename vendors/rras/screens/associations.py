"""`Get-NetIPsecMainModeSA` and `Get-NetIPsecQuickModeSA`: what was really negotiated.

Values are words, or the numbers of the classes MSFT_NetMainModeSA and MSFT_NetQuickModeSA.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from ipaddress import IPv4Address

from appliance.model.algorithms import DhGroup, Encryption, IkeVersion, Integrity
from appliance.model.state import ChildState, Operational, SaStatus, TunnelState
from vendors.rras.reading.fields import Fields

_CIPHERS = {
    "0": Encryption.NULL,
    "none": Encryption.NULL,
    "2": Encryption.DES,
    "des": Encryption.DES,
    "6": Encryption.TRIPLE_DES,
    "3des": Encryption.TRIPLE_DES,
    "des3": Encryption.TRIPLE_DES,
    "65001": Encryption.AES128,
    "aes128": Encryption.AES128,
    "65002": Encryption.AES192,
    "aes192": Encryption.AES192,
    "65003": Encryption.AES256,
    "aes256": Encryption.AES256,
    "65004": Encryption.AES128GCM,
    "aesgcm128": Encryption.AES128GCM,
    "gcmaes128": Encryption.AES128GCM,
    "65005": Encryption.AES192GCM,
    "aesgcm192": Encryption.AES192GCM,
    "gcmaes192": Encryption.AES192GCM,
    "65006": Encryption.AES256GCM,
    "aesgcm256": Encryption.AES256GCM,
    "gcmaes256": Encryption.AES256GCM,
}
_HASHES = {
    "2": Integrity.MD5,
    "md5": Integrity.MD5,
    "3": Integrity.SHA1,
    "sha1": Integrity.SHA1,
    "65001": Integrity.SHA256,
    "sha256": Integrity.SHA256,
    "65002": Integrity.SHA384,
    "sha384": Integrity.SHA384,
}
_MODULES = {"0": 1, "ikev1": 1, "2": 2, "ikev2": 2}
_TUNNEL = ("tunnel", "2")


def main_modes(found: Iterable[Fields]) -> Operational:
    """IKE SAs, one for each pair of ends: while it rekeys, Windows lists two."""
    tunnels: dict[tuple[IPv4Address, IPv4Address | None], TunnelState] = {}
    for fields in found:
        remote, local = _ip(fields, "RemoteEndpoint"), _ip(fields, "LocalEndpoint")
        if remote is None:
            continue
        version = _MODULES.get(_plain(fields.text("KeyModule")))
        tunnels[remote, local] = TunnelState(
            remote=remote,
            local=local,
            ike=SaStatus.UP,
            ike_version=None if version is None else IkeVersion(version),
            encryption=_CIPHERS.get(_plain(fields.text("CipherAlgorithm"))),
            integrity=_HASHES.get(_plain(fields.text("HashAlgorithm"))),
            group=_group(fields.text("GroupId")),
            peer_port=fields.number("RemoteUdpEncapsulationPort") or None,
        )
    return Operational(tunnels=tuple(tunnels.values()))


def quick_modes(found: Iterable[Fields]) -> Operational:
    """Child SAs in tunnel mode, one for each pair of ends; both directions are listed."""
    tunnels: dict[tuple[IPv4Address, IPv4Address | None], TunnelState] = {}
    directions: dict[tuple[IPv4Address, IPv4Address | None], set[bool | None]] = {}
    for fields in found:
        remote, local = _ip(fields, "RemoteEndpoint"), _ip(fields, "LocalEndpoint")
        if remote is None or _plain(fields.text("EncapsulationMode")) not in _TUNNEL:
            continue
        seen = directions.setdefault((remote, local), set())
        seen.add(fields.flag("InboundDirection"))
        status = SaStatus.UP if seen >= {True, False} else None
        cipher = _cipher(fields)
        child = ChildState(
            selector=None,
            status=status,
            encryption=cipher,
            integrity=Integrity.NONE if cipher is not None and cipher.aead else _hash(fields),
        )
        tunnels[remote, local] = TunnelState(
            remote=remote,
            local=local,
            child=status,
            children=(child,),
            encryption=child.encryption,
            integrity=child.integrity,
            peer_port=fields.number("RemoteUdpEncapsulationPort") or None,
        )
    return Operational(tunnels=tuple(tunnels.values()))


def _cipher(fields: Fields) -> Encryption | None:
    """Of the first transform that has one: AH stands before ESP where both are used."""
    for name in ("FirstCipherAlgorithm", "SecondCipherAlgorithm"):
        found = _CIPHERS.get(_plain(fields.text(name)))
        if found not in (None, Encryption.NULL):
            return found
    return _CIPHERS.get(_plain(fields.text("FirstCipherAlgorithm")))


def _hash(fields: Fields) -> Integrity | None:
    for name in ("FirstIntegrityAlgorithm", "SecondIntegrityAlgorithm"):
        found = _HASHES.get(_plain(fields.text(name)))
        if found is not None:
            return found
    return None


def _group(text: str) -> DhGroup | None:
    """`DH Group 14`, `DH14`, `Group14`, or the number alone: all by IANA number."""
    digits = re.search(r"\d+$", text)
    known = {int(group) for group in DhGroup}
    number = int(digits[0]) if digits else 0
    return DhGroup(number) if number in known else None


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())


def _ip(fields: Fields, name: str) -> IPv4Address | None:
    try:
        return IPv4Address(fields.text(name).partition("/")[0])
    except ValueError:
        return None
