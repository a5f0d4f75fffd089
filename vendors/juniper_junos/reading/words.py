"""Addresses, networks and numbers as Junos writes them."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Interface, IPv4Network

ANYWHERE = IPv4Network("0.0.0.0/0")
_DIGITS = 10


def number(text: str | None) -> int | None:
    """A number of sane length, None when the text is none."""
    if text is None or not (text.isascii() and text.isdecimal()) or len(text) > _DIGITS:
        return None
    return int(text)


def address(text: str | None) -> IPv4Address | None:
    """An IPv4 address; a prefix length behind it does not matter."""
    try:
        return IPv4Address((text or "").partition("/")[0])
    except ValueError:
        return None


def network(text: str | None) -> IPv4Network | None:
    """An IPv4 network, a host without a length; bits behind the length do not matter."""
    try:
        return IPv4Network(_full(text), strict=False)
    except ValueError:
        return ANYWHERE if text == "default" else None


def _full(text: str | None) -> str:
    """`10.20/16` is short for `10.20.0.0/16`."""
    base, slash, length = (text or "").partition("/")
    return f"{base}{'.0' * (_DOTS - base.count('.'))}/{length}" if slash else base


_DOTS = 3


def interface(text: str | None) -> IPv4Interface | None:
    """An IPv4 address with its network."""
    try:
        return IPv4Interface(_full(text))
    except ValueError:
        return None


def unit(name: str | None) -> str | None:
    """The full name of a logical interface: without a unit it is unit 0."""
    if not name or name == "all":
        return name or None
    return name if "." in name else f"{name}.0"
