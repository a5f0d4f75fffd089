"""Any running configuration of Cool OS, ours or not; never connects."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from ipaddress import IPv4Address, IPv4Interface, IPv4Network

from appliance.model.algorithms import DhGroup, Encryption, IkeVersion, Integrity, Prf
from appliance.model.intent import Observed
from appliance.model.pairing import LABEL
from appliance.model.secret import Hidden, Secret
from appliance.model.tunnel import (
    Dpd,
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
from appliance.record import dataclass

from . import names
from .sections import REMARK

_OCTET = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
_ADDRESS = rf"{_OCTET}(?:\.{_OCTET}){{3}}"
_PREFIX = rf"{_ADDRESS}/(?:3[0-2]|[12]?\d)"
_CIPHER, _HASH, _GROUP = (
    "|".join(map(re.escape, table.values()))
    for table in (names.ENCRYPTION, names.HASH, names.GROUP)
)
GRAMMAR = {
    "remark": r".*",
    "port": r"\S+",
    "local-id": r"\S+",
    "gateway": _ADDRESS,
    "gateway-id": r"\S+",
    "key": r"\S+",
    "ike": rf"(?:{_CIPHER}) (?:{_HASH}) (?:{_GROUP})",
    "ike-life": r"\d+",
    "esp": rf"(?:{_CIPHER})(?: (?:{_HASH}))?",
    "pfs": _GROUP,
    "rekey-seconds": r"\d+|never",
    "rekey-kilobytes": r"\d+|never",
    "dpd": r"\d+ \d+",
    "address": rf"{_PREFIX}|of \S+",
    "mss": r"\d+",
    "mtu": r"\d+",
    "off": r"",
}
"""Every statement of a tunnel that we know, and the form of its value: all else is unrecognized."""

PATHS = {
    "remark": "objects.label",
    "port": "local.interface",
    "local-id": "local.identity",
    "gateway": "remote.addresses",
    "gateway-id": "remote.identity",
    "key": "psk",
    "ike": "ike.proposals",
    "ike-life": "ike.proposals.lifetime_seconds",
    "esp": "esp.proposals",
    "pfs": "esp.pfs_group",
    "rekey-seconds": "esp.lifetime_seconds",
    "rekey-kilobytes": "esp.lifetime_kilobytes",
    "dpd": "ike.dpd",
    "address": "interface.address",
    "mss": "interface.mss",
    "mtu": "interface.mtu",
    "off": "enabled",
}
"""Where each statement goes in the model, so that a finding can show the device's line."""

_MASKED = "***"
_ENCRYPTION = {word: cipher for cipher, word in names.ENCRYPTION.items()}
_HASHES = {word: hash_ for hash_, word in names.HASH.items()}
_GROUPS = {word: group for group, word in names.GROUP.items()}


@dataclass(frozen=True, slots=True)
class _Row:
    """A line of the text; blocks are indented."""

    number: int
    text: str

    @property
    def source(self) -> Source:
        """The line as it may be shown: without a key."""
        return Source(self.number, re.sub(r"^(\s*key )\S+", rf"\1{_MASKED}", self.text))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Block:
    """One tunnel's statements: values by slot, defaults filled in."""

    name: str
    values: Mapping[str, str]
    sources: Mapping[str, Source]


def parse(text: str) -> Observed:
    """The tunnels of a configuration, and the lines in them that nobody here knows."""
    rows = [_Row(number, line.rstrip()) for number, line in enumerate(text.splitlines(), start=1)]
    top = [row.text.split() for row in rows if row.text[:1].strip()]
    ports = {words[1]: _interface(words[2:]) for words in top if words[0] == "port" and words[1:]}
    found: list[Tunnel] = []
    unknown: list[Source] = []
    objects: dict[str, tuple[str, ...]] = {}
    for name, body in _blocks(rows):
        unknown += [row.source for row in body if not _known(row)]
        objects[f"vpn {name}"] = tuple(row.source.text.strip() for row in body)
        found.append(_tunnel(_read(name, body), ports, _routes(top, name)))
    return Observed(
        driver="cool_os",
        hostname=_word(top, "hostname"),
        version=_word(top, "version"),
        tunnels=tuple(found),
        unrecognized=tuple(unknown),
        interfaces=ports,
        objects=objects,
    )


def _blocks(rows: list[_Row]) -> Iterator[tuple[str, list[_Row]]]:
    """Each `vpn NAME` with the indented lines below it; comments and blank lines left out."""
    name, body = "", list[_Row]()
    for row in (row for row in rows if row.text.strip() and not row.text.startswith("#")):
        if row.text.startswith(" "):
            body.append(row)
            continue
        if name:
            yield name, body
        words = row.text.split()
        name, body = (words[1] if words[0] == "vpn" and words[1:] else ""), []
    if name:
        yield name, body


def _split(row: _Row) -> tuple[str, str]:
    slot, _, value = row.text.strip().partition(" ")
    return slot, value.strip()


def _known(row: _Row) -> bool:
    slot, value = _split(row)
    return slot in GRAMMAR and re.fullmatch(GRAMMAR[slot], value) is not None


def _read(name: str, body: list[_Row]) -> _Block:
    known = [(row, *_split(row)) for row in body if _known(row)]
    return _Block(
        name=name,
        values={**names.DEFAULTS, **{slot: value for _, slot, value in known}},
        sources={PATHS[slot]: row.source for row, slot, _ in known},
    )


def _tunnel(
    block: _Block,
    ports: Mapping[str, IPv4Interface | None],
    routes: tuple[IPv4Network, ...],
) -> Tunnel:
    value = block.values.get
    port, gateway, remark = value("port"), value("gateway"), value("remark", "")
    outside = ports.get(port or "")
    label = remark.removeprefix(REMARK) if remark.startswith(REMARK) else None
    return Tunnel(
        name=block.name,
        mode=Mode.ROUTE_BASED,
        enabled="off" not in block.values,
        missing=(f"port {port}",) if port is not None and port not in ports else (),
        local=Local(
            address=outside.ip if outside else None, interface=port, identity=value("local-id")
        ),
        remote=Remote(
            addresses=(IPv4Address(gateway),) if gateway else (), identity=value("gateway-id")
        ),
        interface=_tunnel_interface(block),
        ike=_ike(block),
        esp=_esp(block),
        psk=_key(value("key")),
        routes=routes,
        objects={} if label is None else {LABEL: label},
        sources=block.sources,
    )


def _ike(block: _Block) -> Ike:
    cipher, hash_, group = block.values["ike"].split()
    encryption, integrity = _ENCRYPTION[cipher], _HASHES[hash_]
    dpd = [int(number) for number in block.values.get("dpd", "").split()]
    proposal = IkeProposal(
        name=block.name,
        encryption=(encryption,),
        integrity=() if encryption.aead else (integrity,),
        prf=(Prf(integrity.value),),
        groups=(_GROUPS[group],),
        lifetime_seconds=int(block.values["ike-life"]),
    )
    return Ike(
        version=IkeVersion.V2,
        proposals=(proposal,),
        dpd=Dpd(delay_seconds=dpd[0], retry_seconds=dpd[1], on_demand=False) if dpd else None,
    )


def _esp(block: _Block) -> Esp:
    cipher, _, hash_ = block.values["esp"].partition(" ")
    encryption: Encryption = _ENCRYPTION[cipher]
    pfs = block.values.get("pfs")
    group: DhGroup | None = _GROUPS[pfs] if pfs else None
    integrity = _HASHES[hash_] if hash_ else Integrity.NONE
    return Esp(
        proposals=(EspProposal(name=block.name, encryption=(encryption,), integrity=(integrity,)),),
        pfs_group=group,
        lifetime_seconds=_limit(block.values["rekey-seconds"]),
        lifetime_kilobytes=_limit(block.values["rekey-kilobytes"]),
    )


def _limit(word: str) -> int | None:
    return None if word == "never" else int(word)


def _tunnel_interface(block: _Block) -> TunnelInterface:
    address = block.values.get("address", "")
    lender = address.removeprefix("of ") if address.startswith("of ") else None
    return TunnelInterface(
        name=block.name,
        address=IPv4Interface(address) if address and lender is None else None,
        unnumbered=lender,
        mss=_number(block.values.get("mss")),
        mtu=_number(block.values.get("mtu")),
    )


def _number(word: str | None) -> int | None:
    return None if word is None else int(word)


def _key(word: str | None) -> Secret | Hidden | None:
    if word == _MASKED:
        return Hidden("Cool OS shows keys only to its console")
    return None if word is None else Secret(word)


def _routes(top: list[list[str]], name: str) -> tuple[IPv4Network, ...]:
    """`route PREFIX TUNNEL` of one tunnel."""
    found = (words[1] for words in top if words[0] == "route" and words[2:] == [name])
    return tuple(
        IPv4Network(prefix, strict=False) for prefix in found if re.fullmatch(_PREFIX, prefix)
    )


def _interface(words: list[str]) -> IPv4Interface | None:
    """A port's address; None where it has none, or one we do not understand."""
    return IPv4Interface(words[0]) if words and re.fullmatch(_PREFIX, words[0]) else None


def _word(top: list[list[str]], key: str) -> str | None:
    return next((words[1] for words in top if words[0] == key and words[1:]), None)
