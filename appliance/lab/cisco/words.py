"""The arguments of Cisco command lines: what each kind accepts and how it is written back."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

_INTERFACE = re.compile(r"([A-Za-z-]+)(\d+(?:/\d+)*(?:\.\d+)?)")
_NUMBERS = re.compile(r"\d+(?:/\d+)*(?:\.\d+)?")
_OCTET = re.compile(r"0*(\d{1,3})")

# (words consumed, how IOS writes it) or None when the words do not fit.
Taken = tuple[int, str] | None
Kind = Callable[[Sequence[str]], Taken]


def address(text: str) -> int | None:
    """The IPv4 address as a number, or None: Cisco wants four decimal octets, nothing else."""
    parts = text.split(".")
    if len(parts) != 4:  # noqa: PLR2004 -- the octets of IPv4
        return None
    value = 0
    for part in parts:
        found = _OCTET.fullmatch(part)
        if found is None or int(found[1]) > 255:  # noqa: PLR2004 -- one octet
            return None
        value = value << 8 | int(found[1])
    return value


def dotted(value: int) -> str:
    """The number as four octets."""
    return ".".join(str(value >> shift & 255) for shift in (24, 16, 8, 0))


def is_mask(value: int) -> bool:
    """Whether the bits are ones followed by zeros."""
    inverse = ~value & 0xFFFFFFFF
    return inverse & (inverse + 1) == 0


def interface_type(text: str, types: Sequence[str]) -> str | None:
    """The full name of an interface type from any abbreviation; the first in the list wins."""
    lowered = text.lower()
    for full in types:
        if full.lower().startswith(lowered):
            return full
    return None


def interface_name(text: str, types: Sequence[str]) -> str | None:
    """`tu1` and `TUNNEL1` become `Tunnel1`; None when no interface has such a name."""
    found = _INTERFACE.fullmatch(text)
    full = interface_type(found[1], types) if found else None
    return f"{full}{found[2]}" if found and full else None


def interface_kind(types: Sequence[str]) -> Kind:
    """The kind of an interface name on a platform with these types, in one word or two."""

    def interface(words: Sequence[str]) -> Taken:
        name = interface_name(words[0], types)
        if name is not None:
            return 1, name
        if len(words) > 1 and words[0].replace("-", "").isalpha() and _NUMBERS.fullmatch(words[1]):
            joined = interface_name(words[0] + words[1], types)
            return (2, joined) if joined else None
        return None

    return interface


def _address(words: Sequence[str]) -> Taken:
    value = address(words[0])
    return None if value is None else (1, dotted(value))


def _mask(words: Sequence[str]) -> Taken:
    value = address(words[0])
    return (1, dotted(value)) if value is not None and is_mask(value) else None


def _word(words: Sequence[str]) -> Taken:
    return 1, words[0]


def _as_number(words: Sequence[str]) -> Taken:
    plain = re.fullmatch(r"(\d{1,10})", words[0])
    if plain and 1 <= int(plain[1]) <= 4294967295:  # noqa: PLR2004 -- RFC 6793
        return 1, str(int(plain[1]))
    pair = re.fullmatch(r"(\d{1,5})\.(\d{1,5})", words[0])
    if pair and max(int(pair[1]), int(pair[2])) <= 65535:  # noqa: PLR2004 -- RFC 5396
        return 1, str(int(pair[1]) * 65536 + int(pair[2]))
    return None


def _prefix(words: Sequence[str]) -> Taken:
    """`10.1.2.3/16`; its host bits are cleared."""
    base, slash, length = words[0].partition("/")
    value = address(base)
    if value is None or not slash or not length.isdecimal() or int(length) > 32:  # noqa: PLR2004 -- bits
        return None
    bits = int(length)
    return 1, f"{dotted(value >> (32 - bits) << (32 - bits))}/{bits}"


def _ipv6(words: Sequence[str]) -> Taken:
    return (1, words[0].upper()) if ":" in words[0] else None


KINDS: Mapping[str, Kind] = {
    "IP": _address,
    "MASK": _mask,
    "WORD": _word,
    "LINE": _word,  # the grammar takes the rest of the line for it
    "AS": _as_number,
    "IPV6": _ipv6,
    "PREFIX": _prefix,
}


def number_kind(text: str) -> Kind:
    """The kind written `<low-high>` in a pattern."""
    low, high = (int(part) for part in text.strip("<>").split("-"))

    def number(words: Sequence[str]) -> Taken:
        word = words[0]
        return (1, str(int(word))) if word.isdecimal() and low <= int(word) <= high else None

    return number
