"""An edge in plain words, as two independent readings of one configuration are compared."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from ipaddress import IPv4Address, IPv4Network

from appliance.model.edge import Edge, ErLink, Filter, HostRoute, Standby, decide
from appliance.record import dataclass

WHOLE = "express route"
"""What stands for a link in words about the edge as a whole."""

TRIED = 256
"""With how many prefixes a filter is tried: lists of the Internet's routes have thousands."""

UNTOLD = "?"
_SHOWN = 3

Words = Mapping[str, str]
Does = Callable[[str, str, IPv4Network], str]
"""What becomes of a prefix at the session with this peer, `in` or `out`: see `verdict`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A reading of an edge: words by field for each peer, and what its filters do.

    What the second leaves out of `whole` it cannot tell; of the links it tells all. `prefixes` are
    those that any filter or list names.
    """

    whole: Words
    links: Mapping[str, Words]
    does: Does
    prefixes: Sequence[IPv4Network] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Apart:
    """A point in which two readings differ."""

    about: str
    field: str
    first: str
    second: str


def reading(edge: Edge | None) -> Reading:
    """The first reading: what the parser understood."""
    held = edge or Edge()
    links = {str(link.session.peer): link for link in held.links}

    def does(peer: str, direction: str, prefix: IPv4Network) -> str:
        session = links[peer].session
        return verdict(session.receives if direction == "in" else session.sends, direction, prefix)

    return Reading(
        whole={
            "asn": str(held.asn or ""),
            "networks": listed(map(str, held.networks)),
            "hosts": hosts_told(held.hosts),
            "standby": standby_told(held.standby),
        },
        links={peer: _words(link) for peer, link in links.items()},
        does=does,
    )


def _words(link: ErLink) -> Words:
    session, bfd = link.session, link.bfd
    line = {
        "interface": link.interface,
        "address": str(link.address or ""),
        "vlan": str(link.vlan or ""),
        "svlan": str(link.svlan or ""),
        "line": "on" if link.enabled else "off",
    }
    return {
        **(line if link.interface else {}),
        "bfd timers": f"{bfd.transmit_ms} {bfd.receive_ms} {bfd.multiplier}" if bfd else "",
        "key": "" if session.key is None else "set",
        "bfd": "on" if session.bfd else "off",
        "session": "on" if session.enabled else "off",
        "weight": "" if session.weight is None else str(session.weight),
        "timers": f"{session.keepalive_seconds} {session.hold_seconds}",
    }


def verdict(filter_: Filter | None, direction: str, prefix: IPv4Network) -> str:
    """`no`, `?`, `yes` of what is sent, and the local preference of what is let in."""
    found = decide(filter_, prefix)
    if found.passes is None:
        return UNTOLD
    if not found.passes:
        return "no"
    return str(found.local_preference) if direction == "in" else "yes"


def listed(values: Iterable[str]) -> str:
    """Values in one order, each once."""
    return " ".join(sorted(set(values)))


def hosts_told(routes: Iterable[HostRoute]) -> str:
    """Static routes to single addresses."""
    return listed(f"{route.address}>{route.via.replace(' ', '>')}" for route in routes)


def standby_told(routes: Iterable[Standby]) -> str:
    """Static routes into tunnels."""
    return listed(f"{route.prefix}>{route.via}@{route.distance}" for route in routes)


def apart(first: Reading, second: Reading) -> Iterator[Apart]:
    """Where the readings differ; nothing is said of an edge that neither has found."""
    if not (first.links or second.links):
        return
    told = {name: first.whole[name] for name in second.whole}
    yield from _fields(WHOLE, told, second.whole)
    for peer in sorted({*first.links, *second.links}, key=IPv4Address):
        about = f"session with {peer}"
        if peer not in first.links or peer not in second.links:
            seen = ("a session", "none") if peer in first.links else ("none", "a session")
            yield Apart(about=about, field="peer", first=seen[0], second=seen[1])
            continue
        yield from _fields(about, first.links[peer], second.links[peer])
        for direction in ("in", "out"):
            yield from _filters(peer, direction, first, second)


def _fields(about: str, first: Words, second: Words) -> Iterator[Apart]:
    for name in sorted({*first, *second}):
        one, other = first.get(name, ""), second.get(name, "")
        if one != other:
            yield Apart(about=about, field=name, first=one or "nothing", second=other or "nothing")


def _filters(peer: str, direction: str, first: Reading, second: Reading) -> Iterator[Apart]:
    """The first few prefixes to which they do different things."""
    found = 0
    for prefix in _some(second.prefixes):
        one, other = first.does(peer, direction, prefix), second.does(peer, direction, prefix)
        if one != other and found < _SHOWN:
            found += 1
            yield Apart(
                about=f"session with {peer}",
                field=f"{direction} {prefix}",
                first=one,
                second=other,
            )


def _some(prefixes: Sequence[IPv4Network]) -> Sequence[IPv4Network]:
    """All of them, or so many of a long list, from its whole length."""
    step = -(-len(prefixes) // TRIED)
    return prefixes[:: max(step, 1)]
