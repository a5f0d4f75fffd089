"""One object of `Get-VpnS2SInterface` as a tunnel."""

from __future__ import annotations

import re
from ipaddress import AddressValueError, IPv4Address, IPv4Network, NetmaskValueError

from appliance.model.algorithms import IkeVersion, Prf
from appliance.model.pairing import LABEL
from appliance.model.secret import Hidden, Secret
from appliance.model.tunnel import (
    Esp,
    EspProposal,
    Ike,
    IkeProposal,
    Local,
    Mode,
    Remote,
    Source,
    Tunnel,
    TunnelInterface,
)
from appliance.record import dataclass, field
from vendors.rras import names
from vendors.rras.reading.crypto import Crypto, crypto
from vendors.rras.reading.fields import Fields
from vendors.rras.reading.members import KNOWN
from vendors.rras.reading.settings import settings
from vendors.rras.reading.traffic import selectors

UNSEEN = Hidden("RRAS never shows the key of an interface")
_OURS = re.compile(r".+-[1-9]")
_CUT = "the listing shows four networks of IPv4Subnet alone; its JSON has all"
_IKEV2 = ("ikev2", "automatic", "")


@dataclass(frozen=True, slots=True)
class Notes:
    """What was found on the way: lines nobody knows, where each field stands."""

    odd: list[Source] = field(default_factory=list)
    sources: dict[str, Source] = field(default_factory=dict)


def interface(fields: Fields, *, old: bool) -> tuple[Tunnel | None, Notes]:
    """The tunnel, None for an interface that is no IPsec with IKEv2; `old` is Server 2012 R2."""
    notes = Notes()
    _unknown(fields, notes)
    other = _other(fields)
    if other:
        notes.odd.append(fields.source(other))
        return None, notes
    name = fields.text("Name")
    read = crypto(fields)
    found = settings(fields, old=old)
    notes.sources.update(_sources(fields, name) | found.sources)
    routes = _subnets(fields, "IPv4Subnet", notes)
    post = _subnets(fields, "PostConnectionIPv4Subnet", notes)
    objects = {**found.objects, **read.objects, **_spelled(routes, post)}
    if _OURS.fullmatch(name):
        objects[LABEL] = name
    if old:
        objects[names.LEVEL] = names.OLD
    notes.odd.extend(fields.source(parameter) for parameter in read.unread)
    local = _addresses(fields, "SourceIpAddress", notes)
    tunnel = Tunnel(
        name=name,
        mode=Mode.ROUTE_BASED,
        enabled=fields.flag("AdminStatus") is not False,
        quirks=found.quirks + read.quirks,
        local=Local(address=local[0] if local else None),
        remote=Remote(addresses=_addresses(fields, "Destination", notes)),
        interface=TunnelInterface(name=name),
        ike=_ike(name, read, fields),
        esp=_esp(name, read, fields),
        psk=_key(fields),
        selectors=selectors(fields, notes.odd),
        routes=tuple(dict.fromkeys(network for network, _ in (*routes, *post))),
        routes_unseen=_CUT if any(map(_goes_on, fields.texts("IPv4Subnet"))) else "",
        objects=objects,
        sources=notes.sources,
    )
    return tunnel, notes


def _other(fields: Fields) -> str:
    """The parameter that says that it is no IPsec with IKEv2; empty where none does."""
    if fields.flag("GreTunnel") is True:
        return "GreTunnel"
    protocol = fields.text("Protocol").lower()
    return "" if protocol in _IKEV2 or protocol.isdigit() else "Protocol"


def _ike(name: str, read: Crypto, fields: Fields) -> Ike:
    lifetime = fields.number("MMSALifeTime")
    proposal = IkeProposal(
        name=name,
        encryption=read.ike_encryption,
        integrity=read.ike_integrity,
        prf=tuple(Prf(hash_.value) for hash_ in read.ike_integrity),
        groups=read.groups,
        lifetime_seconds=lifetime or names.DEFAULT_IKE_SECONDS,
    )
    return Ike(version=IkeVersion.V2, proposals=(proposal,))


def _esp(name: str, read: Crypto, fields: Fields) -> Esp:
    proposals = (
        EspProposal(name=name, encryption=read.esp_encryption, integrity=read.esp_integrity),
    )
    return Esp(
        proposals=proposals if read.esp_encryption and read.esp_integrity else (),
        pfs_group=read.pfs_group,
        lifetime_seconds=fields.number("SALifeTime") or names.DEFAULT_SA_SECONDS,
        lifetime_kilobytes=fields.number("SADataSizeForRenegotiation")
        or names.DEFAULT_SA_KILOBYTES,
    )


def _key(fields: Fields) -> Secret | Hidden | None:
    """An interface that authenticates otherwise uses no key, though one may be stored."""
    method = fields.text("AuthenticationMethod").lower()
    if method not in {"pskonly", ""} and not method.isdigit():
        return None
    key = fields.value("SharedSecret")
    return Secret(key) if isinstance(key, str) and key and key != "***" else UNSEEN


def _addresses(fields: Fields, name: str, notes: Notes) -> tuple[IPv4Address, ...]:
    found: list[IPv4Address] = []
    for text in fields.texts(name):
        try:
            found.append(IPv4Address(text))
        except AddressValueError:
            notes.odd.append(fields.source(name))
    return tuple(dict.fromkeys(found))


Routed = tuple[IPv4Network, int | None]


def _subnets(fields: Fields, name: str, notes: Notes) -> tuple[Routed, ...]:
    """The networks of `address/prefix:metric`, each once, with its metric if it has one."""
    found: dict[IPv4Network, int | None] = {}
    for text in fields.texts(name):
        whole = text.rstrip(".\u2026")
        if _goes_on(text):
            notes.odd.append(fields.source(name))
        address, _, metric = whole.partition(":")
        try:
            network = IPv4Network(address, strict=False)
        except (AddressValueError, NetmaskValueError, ValueError):
            notes.odd.append(fields.source(name))
            continue
        found.setdefault(network, int(metric) if metric.isdigit() else None)
    return tuple(found.items())


def _goes_on(text: str) -> bool:
    """Whether the list went on: a console shows four (FormatEnumerationLimit)."""
    return text.endswith((".", "\u2026"))


def _spelled(routes: tuple[Routed, ...], post: tuple[Routed, ...]) -> dict[str, str]:
    """What the model does not hold of the routes."""
    kinds = ((names.METRICS, (*routes, *post)), (names.POST_CONNECTION, post))
    return {
        kind: " ".join(f"{network}:{metric}" for network, metric in listed if metric is not None)
        for kind, listed in kinds
        if listed
    }


def _sources(fields: Fields, name: str) -> dict[str, Source]:
    where = {
        "": "Name",
        "enabled": "AdminStatus",
        "remote.addresses": "Destination",
        "local.address": "SourceIpAddress",
        "psk": "AuthenticationMethod",
        f"ike.proposals.{name}": "Name",
        f"ike.proposals.{name}.encryption": "EncryptionMethod",
        f"ike.proposals.{name}.integrity": "IntegrityCheckMethod",
        f"ike.proposals.{name}.prf": "IntegrityCheckMethod",
        f"ike.proposals.{name}.groups": "DHGroup",
        f"ike.proposals.{name}.lifetime_seconds": "MMSALifeTime",
        f"esp.proposals.{name}": "Name",
        f"esp.proposals.{name}.encryption": "CipherTransformConstants",
        f"esp.proposals.{name}.integrity": "AuthenticationTransformConstants",
        "esp.pfs_group": "PfsGroup",
        "esp.lifetime_seconds": "SALifeTime",
        "esp.lifetime_kilobytes": "SADataSizeForRenegotiation",
        "routes": "IPv4Subnet",
    }
    kept = {path: member for path, member in where.items() if member in fields}
    default = "EncryptionType" if "EncryptionType" in fields else "Name"
    return {path: fields.source(kept.get(path, default)) for path in where}


def _unknown(fields: Fields, notes: Notes) -> None:
    told = (name for name in fields.names if name in fields)  # null and "" say nothing
    notes.odd.extend(fields.source(name) for name in told if name not in KNOWN)
