"""Sites on one device: which they are, and what they must agree on because the box has it once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from ipaddress import IPv4Address, IPv4Network
from itertools import islice

from appliance.inventory import rules
from appliance.inventory.document import Path
from appliance.inventory.layers import Layered

Box = tuple[Layered, ...]
Contradiction = tuple[Layered, Path, Layered, str]
"""The later site, the member that is wrong there, the earlier site and what is wrong."""

_ONE_BOX: tuple[Path, ...] = (
    ("device", "driver"),
    ("device", "username"),
    ("device", "password"),
    ("device", "enable_secret"),
    ("device", "key_file"),
    ("device", "version"),
    ("device", "legacy_ssh"),
    ("device", "winrm"),
    ("device", "read_keys"),
    ("device", "management"),
    ("device", "jump_host"),
)
"""What a box has once: who answers there, how one logs in, what must not be cut off."""

_ASN: Path = ("on_premises", "bgp", "asn")
_SPEAKER: Path = ("on_premises", "bgp", "address")
_OUTSIDE: Path = ("device", "interfaces", "outside")
_LIST: Path = ("device", "outside_acl")
_CIRCUITS: Path = ("express_route",)
_ADDRESSES: Path = ("device", "tunnel", "addresses")
_LINK_LOCAL = IPv4Network("169.254.0.0/16")


def boxes(sites: Sequence[Layered]) -> dict[str, Box]:
    """For each site that shares its device (host and port) all sites there, in file order."""
    found: dict[tuple[str, object, object], list[Layered]] = {}
    for site in sites:
        endpoint = rules.endpoint(site.members)
        if endpoint is not None:
            found.setdefault(endpoint, []).append(site)
    return {site.name: tuple(box) for box in found.values() if len(box) > 1 for site in box}


def contradictions(shared: Iterable[Box]) -> Iterator[Contradiction]:
    """What the sites of one device say differently, or alike where they may not.

    One is told for each site; of what the box has once the first site there is right.
    """
    for box in shared:
        for at, later in enumerate(box):
            found = (
                (later, path, earlier, text)
                for earlier in box[:at]
                for path, text in _between(earlier, later, first=earlier is box[0])
            )
            yield from islice(found, 1)


def _between(earlier: Layered, later: Layered, *, first: bool) -> Iterator[tuple[Path, str]]:
    one, other = earlier.members, later.members
    for path in _ONE_BOX if first else ():
        if _value(one, path) != _value(other, path):
            yield path, "is not what {} says"
    asns = _value(one, _ASN), _value(other, _ASN)
    if None not in asns and asns[0] != asns[1]:
        yield _ASN, "is not that of {}: a device is one AS"
    same_outside = _value(one, _OUTSIDE) == _value(other, _OUTSIDE)
    if same_outside and _value(one, _LIST) != _value(other, _LIST):
        yield _LIST, "is not that of {}, whose outside interface is the same"
    yield from _twice(one, other)
    yield from _one_connection(one, other)
    if None not in (_value(one, _CIRCUITS), _value(other, _CIRCUITS)):
        yield _CIRCUITS, "stands at {} too: all circuits of a device are one site's"
    if _plain(earlier.name) == _plain(later.name) or _numbered(earlier.name, later.name):
        yield (), "is too much like {}: their objects would have the same names on the device"


def _twice(one: Mapping[str, object], other: Mapping[str, object]) -> Iterator[tuple[Path, str]]:
    """Addresses that two tunnel interfaces would have."""
    held = _value(one, _ADDRESSES), _value(other, _ADDRESSES)
    both = {*_texts(held[0])} & {*_texts(held[1])}
    if both:
        words = ", ".join(sorted(both))
        yield _ADDRESSES, f"{words} is also an address of {{}}: no two interfaces have one"
    speakers = _value(one, _SPEAKER), _value(other, _SPEAKER)
    sources = [_value(site, ("on_premises", "bgp", "source")) for site in (one, other)]
    if speakers[0] == speakers[1] and sources == [None, None] and _on_the_tunnel(speakers[0]):
        yield _SPEAKER, "is also that of {}, and in 169.254.0.0/16: each tunnel has its own"
    elif speakers[0] is not None and speakers[0] == speakers[1] and sources[0] != sources[1]:
        yield (*_SPEAKER[:2], "source"), "is not that of {}, whose 'address' is the same"


def _one_connection(
    one: Mapping[str, object], other: Mapping[str, object]
) -> Iterator[tuple[Path, str]]:
    """Azure's side of both is the same connection, of the same export or of Azure itself."""
    named = [
        [_value(site, ("azure", member)) for member in ("export", "live", "connection")]
        for site in (one, other)
    ]
    if named[0] == named[1] and any(named[0]):
        yield ("azure",), "is the connection of {} too: a connection is one site"


def _texts(value: object) -> list[str]:
    return list(map(str, value)) if isinstance(value, list) else []


def _on_the_tunnel(address: object) -> bool:
    return isinstance(address, str) and IPv4Address(address) in _LINK_LOCAL


def _plain(name: str) -> str:
    """A name as a Linux host spells it: without dots."""
    return re.sub(r"[^a-z0-9]", "-", name)


def _numbered(one: str, other: str) -> bool:
    """Whether one is called as a tunnel of the other: `site-a` has tunnels `site-a-1` and so on."""
    short, long = sorted((_plain(one), _plain(other)), key=len)
    return re.fullmatch(re.escape(short) + r"-\d+", long) is not None


def _value(members: Mapping[str, object], path: Path) -> object:
    """The value there; what is absent, null or an empty section counts as absent."""
    here: object = members
    for step in path:
        here = here.get(str(step)) if isinstance(here, dict) else None
    return here or None
