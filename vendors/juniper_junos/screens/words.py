"""What Junos's words on a screen mean: algorithms, groups, addresses and identities."""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv4Network, collapse_addresses, summarize_address_range

from appliance.model.algorithms import DhGroup, Encryption, Integrity

_SIZES = ("128", "192", "256")
_HASHES = {
    "sha512": Integrity.SHA512,
    "sha384": Integrity.SHA384,
    "sha256": Integrity.SHA256,
    "sha2256": Integrity.SHA256,
    "sha1": Integrity.SHA1,
    "md5": Integrity.MD5,
    "sha": Integrity.SHA1,
}
_NONE = frozenset({"none", "null", "na"})
_GROUPS = {int(member): member for member in DhGroup}
_RANGE = re.compile(r"(\d+(?:\.\d+){3})\s*-\s*(\d+(?:\.\d+){3})")
_PART = re.compile(r"=(\d{1,3}(?:\.\d{1,3}){3}/\d{1,2})\b")
_NETWORK = re.compile(r"(\d+(?:\.\d+){3}(?:/\d+)?)\)?\s*$")


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())


def cipher(text: str | None) -> Encryption | None:
    """`aes256-cbc`, `aes-cbc (256 bits)`, `aes-gcm-128`, `3des-cbc`; None when it is none known."""
    word = _plain(text or "")
    if word in _NONE:
        return Encryption.NULL
    if word.startswith("3des"):
        return Encryption.TRIPLE_DES
    if word.startswith("des"):
        return Encryption.DES
    if not word.startswith("aes"):
        return None
    size = next((size for size in _SIZES if size in word), _SIZES[0])
    return Encryption(f"aes{size}{'gcm' if 'gcm' in word else ''}")


def integrity(text: str | None) -> Integrity | None:
    """`hmac-sha256-128`, `hmac-sha1-96`, `sha1`, `None`; None when it is none known."""
    word = _plain(text or "")
    if word in _NONE:
        return Integrity.NONE
    return next((known for name, known in _HASHES.items() if name in word), None)


def group(text: str | None) -> DhGroup | None:
    """`DH-group-14`; None for `N/A`."""
    digits = re.search(r"\d+$", text or "")
    return _GROUPS.get(int(digits[0])) if digits else None


def algorithm(text: str | None) -> tuple[Encryption | None, Integrity | None]:
    """`ESP:aes-cbc-256/sha256` of the short table."""
    protocol, _, rest = (text or "").partition(":")
    first, _, second = rest.partition("/")
    return (cipher(first), integrity(second)) if protocol == "ESP" else (None, integrity(first))


def address(text: str | None) -> IPv4Address | None:
    """An IPv4 address; None where it is IPv6 or a name."""
    try:
        return IPv4Address(text or "")
    except ValueError:
        return None


def network(text: str | None) -> IPv4Network | None:
    """`ipv4_subnet(any:0,[0..7]=10.0.0.0/8)` or `ipv4(10.0.0.0-10.255.255.255)`.

    None where it is IPv6, or a range that is no network.
    """
    if (text or "").startswith("list("):
        return _joined(_PART.findall(text or ""))
    spans = _RANGE.search(text or "")
    if spans is not None:
        return _span(address(spans[1]), address(spans[2]))
    found = _NETWORK.search((text or "").rpartition("=")[2])
    try:
        return IPv4Network(found[1], strict=False) if found else None
    except ValueError:
        return None


def _span(first: IPv4Address | None, last: IPv4Address | None) -> IPv4Network | None:
    if first is None or last is None or last < first:
        return None
    found = list(summarize_address_range(first, last))
    return found[0] if len(found) == 1 else None


def _joined(parts: list[str]) -> IPv4Network | None:
    """Several networks as the one that they make up."""
    try:
        joined = list(collapse_addresses(IPv4Network(part, strict=False) for part in parts))
    except ValueError:
        return None
    return joined[0] if len(joined) == 1 else None
