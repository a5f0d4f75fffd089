"""Looks for a key in bytes: as it is, in pieces, encoded, obfuscated as devices do it, hashed."""

from __future__ import annotations

import hashlib
import json
import re
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, quote_plus

from vendors.juniper_junos import nine

PIECE = 10
"""So many characters of a key in a row are a leak as well: what a screen wraps, or a log cuts."""

_NINE = re.compile(rb"\$9\$[\w./-]{8,}")
_SEVEN = re.compile(rb"(?<![0-9A-Fa-f])(?:0[0-9]|1[0-5])(?:[0-9A-Fa-f]{2}){4,}")
# The string that IOS adds to a "type 7" password, by exclusive or, from an offset in front of it.
_XLAT = b"dsfd;kfoA,.iyewrkldJKDHSUBsgvca69834ncxv9873254k;fg87"


@dataclass(frozen=True, slots=True)
class Leak:
    """Where a key was found, and in which form."""

    place: str
    form: str


def leaks(key: str, told: Mapping[str, bytes]) -> tuple[Leak, ...]:
    """Every place of `told` (what was written there, by its name) that shows the key."""
    wanted = forms(key)
    return tuple(
        Leak(place, form) for place, data in told.items() for form in _in(data, key, wanted)
    )


def _in(data: bytes, key: str, wanted: Mapping[str, tuple[bytes, ...]]) -> Iterator[str]:
    for form, spellings in wanted.items():
        if any(spelling in data for spelling in spellings):
            yield form
    if any(key in (nine.decode(word.decode()) or "") for word in _NINE.findall(data)):
        yield "$9$"
    if any(key.encode() in seven(word.decode()) for word in _SEVEN.findall(data)):
        yield "type 7"


def forms(key: str) -> dict[str, tuple[bytes, ...]]:
    """By name of the form, the bytes of which each alone gives the key away."""
    raw = key.encode()
    wide = {
        "utf-8": raw,
        "utf-16-le": key.encode("utf-16-le"),
        "utf-16-be": key.encode("utf-16-be"),
    }
    pieces = [raw[at : at + PIECE] for at in range(len(raw) - PIECE + 1)]
    quoted = {quote(key, ""), quote_plus(key), json.dumps(key)[1:-1], repr(key)[1:-1]}
    return {
        "plain": tuple(pieces),
        "quoted": tuple(text.encode() for text in quoted),
        "utf-16": (wide["utf-16-le"], wide["utf-16-be"]),
        **{f"base64 of {name}": tuple(_base64(data)) for name, data in wide.items()},
        **{f"hex of {name}": _both(data.hex()) for name, data in wide.items()},
        **{kind: tuple(_hashes(kind, raw)) for kind in ("md5", "sha1", "sha256")},
    }


def _base64(data: bytes) -> Iterator[bytes]:
    """What of it stands in any Base64 that holds it, whatever is before and behind it."""
    for before in range(3):
        for encode in (b64encode, urlsafe_b64encode):
            text = encode(b"\0" * before + data).rstrip(b"=")
            whole = len(data) + before
            yield text[(0, 2, 3)[before] : (whole * 8) // 6]


def _both(text: str) -> tuple[bytes, bytes]:
    return text.encode(), text.upper().encode()


def _hashes(kind: str, raw: bytes) -> Iterator[bytes]:
    digest = hashlib.new(kind, raw).digest()
    yield from (digest, *_both(digest.hex()), b64encode(digest).rstrip(b"="))


def seven(stored: str) -> bytes:
    """What an IOS "type 7" string stands for."""
    salt, octets = int(stored[:2]), bytes.fromhex(stored[2 : len(stored) // 2 * 2])
    return bytes(octet ^ _XLAT[(salt + at) % len(_XLAT)] for at, octet in enumerate(octets))


def seven_of(key: str, salt: int = 8) -> str:
    """The other way round."""
    octets = (octet ^ _XLAT[(salt + at) % len(_XLAT)] for at, octet in enumerate(key.encode()))
    return f"{salt:02d}{bytes(octets).hex().upper()}"


def files(folder: Path) -> dict[str, bytes]:
    """All that stands below a folder, by path."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_symlink()
    }
