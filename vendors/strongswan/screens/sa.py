"""SAs as any of strongSwan's commands lists them, and the states they amount to."""

from __future__ import annotations

import re
from collections.abc import Iterable
from ipaddress import IPv4Address

from appliance.model.algorithms import DhGroup, Encryption, IkeVersion, Integrity
from appliance.model.state import ChildState, Operational, SaStatus, TunnelState
from appliance.model.tunnel import TrafficSelector
from appliance.record import dataclass, replace
from vendors.strongswan.reading.selectors import pairs

_IKE = {
    "ESTABLISHED": SaStatus.UP,
    "REKEYING": SaStatus.UP,
    "CONNECTING": SaStatus.NEGOTIATING,
    "CREATED": SaStatus.NEGOTIATING,
    "PASSIVE": SaStatus.DOWN,
    "DELETING": SaStatus.DOWN,
    "DESTROYING": SaStatus.DOWN,
}
_CHILD = {
    "INSTALLED": SaStatus.UP,
    "REKEYING": SaStatus.UP,
    "UPDATING": SaStatus.UP,
    "CREATED": SaStatus.NEGOTIATING,
    "INSTALLING": SaStatus.NEGOTIATING,
    "RETRYING": SaStatus.NEGOTIATING,
    "ROUTED": SaStatus.DOWN,
}
"""charon's states of a child; what is not here (REKEYED, DELETING, DELETED) is on its way out."""

_CIPHERS = {"NULL": "null", "DES_CBC": "des", "3DES_CBC": "3des"}
_FAMILIES = {"AES_CBC": "", "AES_GCM_16": "gcm", "NULL_AES_GMAC": "gmac"}
_HASHES = {
    "HMAC_MD5": Integrity.MD5,
    "HMAC_SHA1": Integrity.SHA1,
    "HMAC_SHA2_256": Integrity.SHA256,
    "HMAC_SHA2_384": Integrity.SHA384,
    "HMAC_SHA2_512": Integrity.SHA512,
}
_GROUPS = {
    "MODP_1024_160": DhGroup.MODP1024_160,
    "MODP_2048_224": DhGroup.MODP2048_224,
    "MODP_2048_256": DhGroup.MODP2048_256,
    "CURVE_25519": DhGroup.CURVE25519,
    "CURVE_448": DhGroup.CURVE448,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildSa:
    """One child SA. `suite` are its algorithms as charon writes them; counts None are not told."""

    name: str
    state: str
    suite: str = ""
    local: tuple[str, ...] = ()
    remote: tuple[str, ...] = ()
    bytes_in: int | None = None
    bytes_out: int | None = None
    packets_in: int | None = None
    packets_out: int | None = None
    age_seconds: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IkeSa:
    """One IKE SA with its children."""

    name: str
    state: str
    remote: str
    local: str = ""
    version: str = ""
    port: int | None = None
    suite: str = ""
    age_seconds: int | None = None
    children: tuple[ChildSa, ...] = ()


def operational(sas: Iterable[IkeSa]) -> Operational:
    """The states of IPv4 peers, one for each; SAs that are being replaced count as one."""
    found: dict[tuple[IPv4Address, IPv4Address | None], TunnelState] = {}
    for sa in sas:
        state = _state(sa)
        if state is not None:
            key = (state.remote, state.local)
            found[key] = _merged(found[key], state) if key in found else state
    return Operational(tunnels=tuple(found.values()))


def alive(child: ChildSa) -> bool:
    """Whether it carries traffic, or soon will."""
    return _CHILD.get(child.state) in (SaStatus.UP, SaStatus.NEGOTIATING)


def encryption(suite: str) -> Encryption | None:
    """The cipher of a suite: `AES_CBC-256/HMAC_...`, `AES_CBC_256/...`; None for others."""
    word = suite.partition(":")[2] or suite
    word = word.partition("/")[0].strip()
    if word in _CIPHERS:
        return Encryption(_CIPHERS[word])
    match = re.fullmatch(r"(AES_CBC|AES_GCM_16|NULL_AES_GMAC)[-_](128|192|256)", word)
    return None if match is None else Encryption(f"aes{match[2]}{_FAMILIES[match[1]]}")


def integrity(suite: str) -> Integrity | None:
    """The hash of a suite; NONE with a cipher that needs none."""
    for word in suite.partition(":")[2].split("/") if ":" in suite else suite.split("/"):
        found = re.fullmatch(r"(HMAC_(?:MD5|SHA1|SHA2_\d{3}))_\d+", word.strip())
        if found is not None:
            return _HASHES.get(found[1])
    cipher = encryption(suite)
    return Integrity.NONE if cipher is not None and cipher.aead else None


def group(suite: str) -> DhGroup | None:
    """The key exchange group of a suite."""
    for word in reversed(suite.split("/")):
        name = word.strip()
        if name in _GROUPS:
            return _GROUPS[name]
        if re.fullmatch(r"(?:MODP|ECP)_\d+", name):
            return DhGroup.__members__.get(name.replace("_", ""))
    return None


def number(text: str | None) -> int | None:
    """A count; None when it is not told."""
    return int(text) if text is not None and text.isdigit() else None


def _state(sa: IkeSa) -> TunnelState | None:
    remote, local = _address(sa.remote), _address(sa.local)
    status = _IKE.get(sa.state)
    if remote is None or not int(remote):
        return None
    children = tuple(state for child in sa.children for state in _children(child))
    statuses = {child.status for child in children}
    return TunnelState(
        remote=remote,
        local=local,
        ike=status,
        ike_version={"1": IkeVersion.V1, "2": IkeVersion.V2}.get(sa.version),
        child=next((one for one in _BEST if one in statuses), None),
        children=children,
        encryption=encryption(sa.suite),
        integrity=integrity(sa.suite),
        group=group(sa.suite),
        age_seconds=sa.age_seconds if status is SaStatus.UP else None,
        peer_port=sa.port,
    )


_BEST = (SaStatus.UP, SaStatus.NEGOTIATING, SaStatus.DOWN)


def _children(child: ChildSa) -> tuple[ChildState, ...]:
    """A state for each pair. Counters are those of the SA: they stand with its first pair."""
    status = _CHILD.get(child.state)
    if status is None:
        return ()
    found: tuple[TrafficSelector | None, ...] = pairs(child.local, child.remote, None, None)
    whole = ChildState(
        selector=None,
        status=status,
        bytes_in=child.bytes_in,
        bytes_out=child.bytes_out,
        packets_in=child.packets_in,
        packets_out=child.packets_out,
        encryption=encryption(child.suite),
        integrity=integrity(child.suite),
        age_seconds=child.age_seconds,
    )
    rest = replace(whole, bytes_in=None, bytes_out=None, packets_in=None, packets_out=None)
    selectors = found or (None,)
    return tuple(replace(rest if at else whole, selector=one) for at, one in enumerate(selectors))


def _merged(one: TunnelState, other: TunnelState) -> TunnelState:
    """Two IKE SAs with one peer: the better one, with the children of both."""
    order = [*_BEST, None]
    best, second = sorted((one, other), key=lambda state: order.index(state.ike))
    child = min(best.child, second.child, key=order.index)
    return replace(best, child=child, children=(*best.children, *second.children))


def _address(text: str) -> IPv4Address | None:
    try:
        return IPv4Address(text)
    except ValueError:
        return None
