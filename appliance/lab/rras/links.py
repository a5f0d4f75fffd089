"""What the interfaces ask for, in the words of the matcher."""

from __future__ import annotations

from ipaddress import IPv4Network
from typing import TYPE_CHECKING

from appliance.lab.link import ANY, Esp, Link, Offer, Secret

if TYPE_CHECKING:
    from appliance.lab.rras.server import Interface, Server

_CIPHERS = {
    "None": "null",
    "DES": "des",
    "DES3": "3des",
    "AES128": "aes128",
    "AES192": "aes192",
    "AES256": "aes256",
    "GCMAES128": "aes128gcm",
    "GCMAES192": "aes192gcm",
    "GCMAES256": "aes256gcm",
}
_HASHES = {"MD596": "md5", "SHA196": "sha1", "SHA256128": "sha256"}
_GROUPS = {"Group1": 1, "Group2": 2, "Group14": 14, "ECP256": 19, "ECP384": 20, "Group24": 24}
_PFS = {"PFS1": 1, "PFS2": 2, "PFS2048": 14, "ECP256": 19, "ECP384": 20, "PFS24": 24}
_PLAIN = {
    "NoEncryption": ("null",),
    "OptionalEncryption": ("aes256", "aes128", "3des", "des", "null"),
    "RequireEncryption": ("aes256", "aes128", "3des", "des"),
    "MaximumEncryption": ("aes256", "3des"),
}
_IKE_CIPHERS, _IKE_HASHES = ("aes256", "3des"), ("sha1", "sha256", "sha384")


class Network:
    """The server's configuration as the SAs see it."""

    def __init__(self, server: Server) -> None:
        self._server = server

    def links(self) -> tuple[Link, ...]:
        """Every interface that dials."""
        return tuple(
            _link(self._server, one)
            for one in self._server.dials()
            if str(one.properties["Protocol"]) in {"IKEv2", "Automatic"}
        )

    def reaches(self, link: Link) -> bool:  # noqa: ARG002 -- the server has a default route
        """Always: the server stands at the Internet's edge."""
        return True

    def routed(self, link: Link) -> bool:
        """Whether the interface routes anything."""
        found = self._server.interface(link.name)
        return found is not None and bool(found.properties.get("IPv4Subnet"))

    def changed(self, link: Link, *, up: bool) -> str:
        """What the System log says."""
        state = "connected" if up else "disconnected"
        return f"RemoteAccess: the demand-dial interface {link.name} {state}"


def routes(interface: Interface) -> list[IPv4Network]:
    """Where its subnets lead."""
    listed = interface.properties.get("IPv4Subnet") or []
    texts = listed if isinstance(listed, list) else [listed]
    return [IPv4Network(str(text).partition(":")[0]) for text in texts]


def _link(server: Server, interface: Interface) -> Link:
    told = {name: str(value) for name, value in interface.properties.items()}
    source = told.get("SourceIpAddress", "")
    seconds = interface.properties.get("SALifeTime", 3600)
    psk = told["AuthenticationMethod"] == "PSKOnly"
    return Link(
        name=interface.name,
        interface=interface.name,
        anchor=(str(interface.dialled),),
        local=source if source not in ("", "None", "0.0.0.0") else server.settings.local,  # noqa: S104 -- any
        peers=interface.destinations,
        version=2,
        ike=_ike(told),
        secret=Secret(key=interface.key if psk else None),
        esp=_esp(told),
        lifetime=seconds if isinstance(seconds, int) else 3600,
        selectors=((ANY, ANY),),
    )


def _custom(told: dict[str, str]) -> bool:
    return told.get("CustomPolicy") == "True"


def _ike(told: dict[str, str]) -> tuple[Offer, ...]:
    if not _custom(told):
        return tuple(
            Offer(encryption=cipher, integrity=digest, prf=digest, group=2)
            for cipher in _IKE_CIPHERS
            for digest in _IKE_HASHES
        )
    digest = told["IntegrityCheckMethod"].lower()
    cipher = _CIPHERS[told["EncryptionMethod"]]
    group = _GROUPS.get(told["DHGroup"], 0)
    return (Offer(encryption=cipher, integrity=digest, prf=digest, group=group),)


def _esp(told: dict[str, str]) -> tuple[Esp, ...]:
    if not _custom(told):
        ciphers = _PLAIN[told["EncryptionType"]]
        return tuple(Esp(encryption=cipher, integrity="sha1", group=0) for cipher in ciphers)
    cipher, digest = told["CipherTransformConstants"], told["AuthenticationTransformConstants"]
    gcm = cipher.startswith("GCM")
    group = _GROUPS.get(told["DHGroup"], 0) if told["PfsGroup"] == "PFSMM" else None
    return (
        Esp(
            encryption=_CIPHERS[cipher],
            integrity="" if gcm else _HASHES.get(digest, ""),
            group=_PFS.get(told["PfsGroup"], 0) if group is None else group,
            usable=digest == cipher if gcm else digest in _HASHES,
        ),
    )
