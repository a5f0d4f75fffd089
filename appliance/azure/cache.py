"""Expectations from exports that have not changed, kept so that a command starts without them.

One file for a set of exports: a head line, the names and ids of its connections, then a line each:
the expectation as JSON, or null for one that is never kept: a broken one, or one with its key.
"""

# Every command starts through here, and pathlib costs 2 ms:
# ruff: noqa: PTH112, PTH116

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from ipaddress import IPv4Address, IPv4Network
from types import MappingProxyType

from appliance import cache as files
from appliance.azure.expectation import (
    Circuit,
    Endpoint,
    Expectation,
    GatewayFacts,
    NatRule,
    OnPremisesEnd,
    Peering,
    Provenance,
    matching,
)
from appliance.model.algorithms import DhGroup, Encryption, IkeVersion, Integrity, Prf
from appliance.model.intent import Dials, EspOffer, PeerPolicy
from appliance.model.tunnel import IkeProposal, TrafficSelector

TYPE_CHECKING = False
if TYPE_CHECKING:
    from appliance.azure.importer import Outcome

SUFFIXES = (".json", ".txt", ".tfstate", ".yaml", ".yml", ".csv", ".xml", ".clixml", ".zip")
"""How files end that count as exports when a directory is named."""
_FORMAT = "appliance-azure-3"
_SETTLED_SECONDS = 2.0
"""A file changed twice within one tick of its file system looks unchanged, so what is younger is
not kept (Git calls such entries of its index racy)."""

_RECORDS: dict[str, type] = {
    kind.__name__: kind
    for kind in (
        Expectation,
        Circuit,
        Peering,
        Endpoint,
        GatewayFacts,
        NatRule,
        OnPremisesEnd,
        Provenance,
        PeerPolicy,
        EspOffer,
        IkeProposal,
        TrafficSelector,
    )
}
_VALUES: dict[str, type] = {
    kind.__name__: kind
    for kind in (
        IkeVersion,
        DhGroup,
        Encryption,
        Integrity,
        Prf,
        Dials,
        IPv4Address,
        IPv4Network,
    )
}


def lookup(paths: tuple[str, ...], connection: str | None) -> Expectation | None:
    """The connection meant (see `importer.choose`) as kept; None when it must be read anew."""
    try:
        lines = _lines(paths)
        (at,) = matching(_names(lines[0]), connection)
        digest, _, value = lines[at + 1].partition(b" ")
        found = _decoded(files.unpack(value)) if digest == _digest(value) else None
    except (ValueError, LookupError, TypeError, RecursionError):
        return None
    return found if isinstance(found, Expectation) else None


def key(paths: tuple[str, ...]) -> str:
    """What the exports are now, in one word; take it before they are read. Empty: do not keep."""
    try:
        seen = [(path, files.stamp(status), status.st_mtime) for path, status in _files(paths)]
    except OSError:
        return ""
    youngest = max((modified for _, _, modified in seen), default=float("inf"))
    if youngest > time.time() - _SETTLED_SECONDS:
        return ""
    stamps = "\0".join(f"{path}\0{stamp}" for path, stamp, _ in seen)
    code = f"{files.code('azure')}-{files.code('model')}"
    return f"{_FORMAT}-{len(seen)}-{_digest(_bytes(stamps)).decode()}-{code}"


def forget() -> None:
    """Look again whether the exports have changed: a new command begins."""
    _lines.cache_clear()


def store(paths: tuple[str, ...], made_from: str, found: Sequence[Outcome]) -> None:
    """Keep what came of these exports, which were what `made_from` says."""
    if not made_from:
        return
    names = files.pack([(outcome.name, outcome.id) for outcome in found])
    values = [files.pack(_kept(outcome.expectation)) for outcome in found]
    lines = [b"%s %s" % (_digest(value), value) for value in values]
    head = b"%s %s" % (made_from.encode(), _digest(names))
    files.write(_name(paths), b"\n".join((head, names, *lines)))


@cache
def _lines(paths: tuple[str, ...]) -> list[bytes]:
    """The lines behind the head, read once for all sites of a fleet; none when outdated."""
    try:
        head, *lines = files.read(_name(paths)).split(b"\n")
    except OSError:
        return []
    made_from = key(paths).encode()
    good = made_from and lines and head == b"%s %s" % (made_from, _digest(lines[0]))
    return lines if good else []


def _files(paths: Sequence[str]) -> Iterator[tuple[str, os.stat_result]]:
    """All files that `reading.documents` would look into."""
    for path in paths:
        if not os.path.isdir(path):
            yield path, os.stat(path)
            continue
        with os.scandir(path) as entries:
            inside = sorted(entries, key=lambda entry: entry.name)
        for entry in inside:
            if entry.is_dir(follow_symlinks=False):
                yield from _files((entry.path,))
            elif entry.name.casefold().endswith(SUFFIXES):
                yield entry.path, entry.stat()


def _kept(expectation: Expectation | None) -> object:
    return None if expectation is None or expectation.psk is not None else _encoded(expectation)


def _name(paths: tuple[str, ...]) -> str:
    return f"azure-{_digest(_bytes(chr(0).join(paths))).decode()}"


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _digest(data: bytes) -> bytes:
    return files.digest(data).encode()


def _names(word: bytes) -> list[tuple[str, str | None]]:
    value = files.unpack(word)
    if not isinstance(value, list):
        raise TypeError("damaged")
    return value


def _encoded(value: object) -> object:
    """Tuples, records and values as lists: their kind (none for a tuple), then what they hold."""
    kind = type(value).__name__
    if isinstance(value, tuple):
        return ["", *map(_encoded, value)]
    if kind in _RECORDS:
        names: tuple[str, ...] = getattr(_RECORDS[kind], "__slots__", ())
        return [kind, {name: _encoded(getattr(value, name)) for name in names}]
    if kind in _VALUES:
        return [kind, int(value) if isinstance(value, int) else str(value)]
    return dict(value) if isinstance(value, Mapping) else value


def _decoded(value: object) -> object:
    if isinstance(value, dict):
        return MappingProxyType(value)
    if not isinstance(value, list):
        return value
    kind, *held = value
    if kind in _RECORDS:
        return _RECORDS[kind](**{name: _decoded(inner) for name, inner in held[0].items()})
    return _VALUES[kind](held[0]) if kind else tuple(map(_decoded, held))
