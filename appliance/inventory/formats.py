"""The schema's string formats: what each takes, and what to say about text that it does not take.

Each function returns None for text that is right, else the rest of a sentence that began with the
member's name. The one for references to secrets never quotes what was written.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from ipaddress import IPv4Address, IPv4Interface, IPv4Network, IPv6Address
from types import MappingProxyType

from appliance.inventory.fault import nearest

SCHEMES = ("env", "file", "prompt", "keyring")

_POINT_TO_POINT = 31  # a /31 has no network address of its own (RFC 3021)
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_DNS_NAME = re.compile(rf"(?=.{{1,253}}\Z){_LABEL}(?:\.{_LABEL})*\.?").fullmatch
_DOTTED = re.compile(r"[0-9.]+").fullmatch
_PADDED = re.compile(r"(?=.*(?:^|\.)0[0-9])[0-9]{1,3}(?:\.[0-9]{1,3}){3}").fullmatch
_LENGTH = re.compile(r"[0-9]|[12][0-9]|3[0-2]").fullmatch
_PORTS = re.compile(r"([0-9]{1,5})(?:-([0-9]{1,5}))?").fullmatch
_LAST_PORT = 65535
_REFERENCE = re.compile(r"env:[A-Za-z_]\w*|file:.+|prompt:|keyring:[^/]+/.+", re.ASCII).fullmatch


def address(text: str) -> str | None:
    """An IPv4 address."""
    try:
        IPv4Address(text)
    except ValueError:
        return f"{_quoted(text)} is no IPv4 address{_address_hint(text)}"
    return None


def _address_hint(text: str) -> str:
    if "/" in text:
        return f"; write it without the mask: {_quoted(text.partition('/')[0])}"
    if _is_ipv6(text):
        return "; site-to-site connections of Azure VPN Gateway need IPv4"
    if _PADDED(text):
        return "; write its numbers without leading zeros"
    return " (four numbers of 0 to 255, such as 203.0.113.10)"


def network(text: str) -> str | None:
    """An IPv4 network in CIDR form, without host bits."""
    base, slash, mask = text.partition("/")
    if address(base) is not None:
        if _is_ipv6(base):
            return f"{_quoted(text)} is IPv6; the tunnel carries IPv4 prefixes only"
        hint = "; write its numbers without leading zeros" if _PADDED(base) else ""
        return f"{_quoted(text)} is no IPv4 network such as 10.10.0.0/16{hint}"
    if not slash:
        return f"{_quoted(text)} has no prefix length; write {base}/32 for a single host"
    if _LENGTH(mask):
        fixed = IPv4Network(text, strict=False)
        return None if str(fixed) == text else f"{_quoted(text)} has host bits set; write {fixed}"
    try:
        fixed = IPv4Network(text, strict=False)
    except ValueError:
        return f"{_quoted(text)} has no prefix length of 0 to 32 after the '/'"
    return f"{_quoted(text)} is written with a mask; write {fixed}"


def place(text: str) -> str | None:
    """An IPv4 network in CIDR form, or `all`."""
    wrong = network(text)
    if text == "all" or wrong is None:
        return None
    meant = nearest(text, ("all", "any")) is not None
    return f"{_quoted(text)} is no network; for every address write 'all'" if meant else wrong


def ports(text: str) -> str | None:
    """A port, or a range of them."""
    match = _PORTS(text)
    numbers = [int(one) for one in match.groups() if one is not None] if match else []
    if not numbers or max(numbers) > _LAST_PORT:
        return f"{_quoted(text)} is no port or range of ports such as 443 or 8000-8099"
    if numbers != sorted(numbers):
        return f"{_quoted(text)} ends before it begins; write {numbers[1]}-{numbers[0]}"
    return None


def interface(text: str) -> str | None:
    """An IPv4 address with the prefix length of its network."""
    base, slash, mask = text.partition("/")
    wrong = address(base)
    if wrong is not None:
        return f"{_quoted(text)} is no address with a prefix length such as 169.254.21.2/30"
    if not slash:
        return f"{_quoted(text)} has no prefix length; write {base}/30, or /32 for an address alone"
    if not _LENGTH(mask):
        return f"{_quoted(text)} has no prefix length of 0 to 32 after the '/'"
    whole = IPv4Interface(text)
    net = whole.network
    if net.prefixlen < _POINT_TO_POINT and whole.ip == net.network_address:
        return f"{_quoted(text)} is the network itself; write an address inside it"
    return None


def host(text: str) -> str | None:
    """An IP address of either version, or a DNS name."""
    if _is_ipv6(text) or address(text) is None:
        return None
    if _DOTTED(text):
        return address(text)
    if _DNS_NAME(text):
        return None
    if ":" in text:
        return f"{_quoted(text)} is no host; the port has a member of its own, 'port'"
    return f"{_quoted(text)} is no IP address or DNS name (letters, digits, '-' and '.')"


def day(text: str) -> str | None:
    """A day of the calendar."""
    try:
        right = date.fromisoformat(text).isoformat() == text
    except ValueError:
        right = False
    return None if right else f"{_quoted(text)} is no day such as 2027-01-31 (year-month-day)"


def secret_reference(text: str) -> str | None:
    """Where a secret is kept. What was written may be the secret itself: it is never repeated."""
    if _REFERENCE(text):
        return None
    scheme, colon, path = text.partition(":")
    if colon and scheme in SCHEMES:
        return _WRITE[scheme]
    meant = nearest(scheme, SCHEMES) if colon and path else None
    if meant is not None:
        return f"has an unknown scheme before its ':'; did you mean '{meant}:'?"
    return (
        "must say where the secret is kept, never hold it: write env:NAME, file:PATH, "
        "keyring:SERVICE/NAME or prompt:; if a key stood here, replace that key"
    )


_WRITE = {
    "env": "must name a variable: env:NAME, NAME of letters, digits and _",
    "file": "must name a file: file:PATH",
    "prompt": "must be just 'prompt:', nothing behind the colon",
    "keyring": "must be keyring:SERVICE/NAME",
}

FORMATS: Mapping[str, Callable[[str], str | None]] = MappingProxyType(
    {
        "ipv4-address": address,
        "ipv4-network": network,
        "ipv4-interface": interface,
        "place": place,
        "ports": ports,
        "host": host,
        "day": day,
        "secret-reference": secret_reference,
    }
)


def _is_ipv6(text: str) -> bool:
    try:
        IPv6Address(text)
    except ValueError:
        return False
    return True


def _quoted(text: str) -> str:
    return f"'{text[:60]}'"
