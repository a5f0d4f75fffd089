"""What access lists say of a tunnel: its traffic selectors, and whether Azure is let in."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address

from appliance.model.tunnel import TrafficSelector
from vendors.cisco.sections import Notes, number
from vendors.cisco_ios.names import ACL_FORM
from vendors.cisco_ios.reading.access import AccessLists, Entry
from vendors.cisco_ios.reading.object_groups import ANYWHERE, WILD, Places, as_network

_MOST = 4096
"""More selectors than this of one line are not expanded: no device takes them."""

_CARRIERS = frozenset({"ip", "gre", "47", "0"})
_HARMLESS = frozenset({"log", "log-input"})


def selectors(lists: AccessLists, name: str, notes: Notes) -> tuple[TrafficSelector, ...]:
    """The pairs a crypto access list protects, in order.

    What cannot be said as pairs of networks is noted as odd: ports, wildcards with holes, a `deny`
    in front of what it cuts out of.
    """
    entries = lists.entries(name)
    if entries is None:
        notes.lacks("access-list", name)
        return ()
    notes.odd.extend(lists.unknown(name))
    found: dict[TrafficSelector, None] = {}
    denied: list[tuple[TrafficSelector, Entry]] = []
    grouped: list[str] = []
    for entry in entries:
        pairs = _pairs(entry, notes)
        if pairs is None:
            notes.odd.append(entry.line)
        elif not entry.permit:
            denied += [(pair, entry) for pair in pairs]
        else:
            notes.at("selectors", entry.line)
            if len(pairs) != 1 or "object-group" in entry.line.text:
                grouped += map(str, pairs)
            kept = [pair for pair in pairs if not _cut(pair, denied, notes)]
            for pair in kept:
                notes.at(f"selectors.{pair}", entry.line)
            found |= dict.fromkeys(kept)
    if grouped:
        notes.objects[ACL_FORM] = "\n".join(grouped)
    return tuple(found)


def is_gre(lists: AccessLists, name: str) -> bool:
    """Whether all that a crypto access list protects is GRE."""
    permits = [entry for entry in lists.entries(name) or () if entry.permit]
    return bool(permits) and all(entry.protocol in {"gre", "47"} for entry in permits)


def _pairs(entry: Entry, notes: Notes) -> list[TrafficSelector] | None:
    for name in entry.groups:
        notes.lacks("object-group", name)
    if entry.groups:
        return []
    if entry.protocol not in _CARRIERS or any(entry.ports) or not _HARMLESS.issuperset(entry.rest):
        return None
    if entry.source is None or entry.target is None:
        return None
    if len(entry.source) * len(entry.target) > _MOST:
        return None
    local = [as_network(place) for place in entry.source]
    remote = [as_network(place) for place in entry.target]
    pairs = [
        TrafficSelector(local=one, remote=other)
        for one in local
        for other in remote
        if one is not None and other is not None
    ]
    return pairs if len(pairs) == len(local) * len(remote) else None


def _cut(pair: TrafficSelector, denied: list[tuple[TrafficSelector, Entry]], notes: Notes) -> bool:
    """Whether an earlier `deny` takes all of a pair; one that takes a part is noted."""
    for other, entry in denied:
        if pair.local.subnet_of(other.local) and pair.remote.subnet_of(other.remote):
            return True
        if pair.local.overlaps(other.local) and pair.remote.overlaps(other.remote):
            notes.odd.append(entry.line)
    return False


# --- what the outside interface lets in ---------------------------------------------------------

_IKE, _NAT_T = 500, 4500
_PORTS = {"isakmp": _IKE, "non500-isakmp": _NAT_T}
_UDP = frozenset({"udp", "17", "ip", "0"})
_ESP = frozenset({"esp", "50", "ip", "0"})


def lets_in(
    lists: AccessLists, name: str, remote: IPv4Address, local: IPv4Address | None
) -> tuple[bool, Entry | None]:
    """Whether IKE, NAT traversal and ESP of `remote` pass a list, and the entry that says so.

    The first entry that matches decides, nothing matching is a denial; a list that does not exist
    passes everything (as IOS does).
    """
    entries = lists.about(name, remote)
    if entries is None:
        return True, None
    decided = [
        next((e for e in entries if _matches(lists, e, remote, local, port)), None)
        for port in (_IKE, _NAT_T, None)
    ]
    passes = all(entry is not None and entry.permit for entry in decided)
    return passes, decided[0]


def _matches(
    lists: AccessLists,
    entry: Entry,
    remote: IPv4Address,
    local: IPv4Address | None,
    port: int | None,
) -> bool:
    if not _holds(entry.source, remote) or not _holds(entry.target, local):
        return False
    if not _HARMLESS.issuperset(entry.rest):
        return False
    if entry.protocol.startswith("object-group "):
        return _serves(lists, entry.protocol.split(" ", 1)[1], port)
    if port is None:
        return entry.protocol in _ESP
    return entry.protocol in _UDP and all(_port(words, port) for words in entry.ports)


def _holds(places: Places | None, wanted: IPv4Address | None) -> bool:
    """An address nobody knows is only in `any`."""
    if places is None:
        return False
    if wanted is None:
        return ANYWHERE[0] in places
    value = int(wanted)
    return any(not (value ^ base) & ~wild & WILD for base, wild in places)


def _port(words: tuple[str, ...], port: int) -> bool:
    if not words:
        return True
    values = [_PORTS.get(word, number(word)) for word in words[1:]]
    known = [value if value is not None else -1 for value in values] or [-1]
    match words[0]:
        case "eq":
            return port in known
        case "neq":
            return port not in known
        case "gt":
            return port > known[0] >= 0
        case "lt":
            return port < known[0]
        case _:
            return known[0] <= port <= known[-1]


def _serves(lists: AccessLists, group: str, port: int | None) -> bool:
    """Whether a service group holds UDP to this port (None: ESP)."""
    for said in lists.groups.members("object-group service", group):
        words = [word.lower() for word in said.words] if said is not None else []
        if words and _service(words, port):
            return True
    return False


def _service(words: list[str], port: int | None) -> bool:
    if port is None:
        return words[0] in _ESP
    if words[0] not in _UDP and words[0] != "tcp-udp":
        return False
    rest = words[1:]
    if rest[:1] == ["source"]:
        cut = rest.index("destination") if "destination" in rest else len(rest)
        return _port(_operator(rest[1:cut]), port) and _port(_operator(rest[cut + 1 :]), port)
    return _port(_operator(rest), port)


def _operator(words: list[str]) -> tuple[str, ...]:
    return tuple(words if not words or words[0] in {"eq", "gt", "lt", "range"} else ["eq", *words])


def own_entries(lists: AccessLists, name: str, remote: IPv4Address) -> str | None:
    """`NAME` and the numbers of the three entries that let exactly this peer in, if they exist."""
    wanted = {("udp", _IKE): "", ("udp", _NAT_T): "", ("esp", None): ""}
    found: dict[tuple[str, int | None], Entry] = {}
    for entry in lists.about(name, remote) or ():
        for what in _own(entry, remote):
            found.setdefault(what, entry)
    if set(found) != set(wanted):
        return None
    chosen = [found[what] for what in wanted]
    numbers = [str(entry.sequence) for entry in chosen if entry.numbered]
    return " ".join([name, *numbers] if len(numbers) == len(chosen) else [name])


def _own(entry: Entry, remote: IPv4Address) -> Iterator[tuple[str, int | None]]:
    if not entry.permit or entry.source != ((int(remote), 0),) or entry.target != ANYWHERE:
        return
    source, target = entry.ports
    if entry.protocol == "esp" and not target:
        yield "esp", None
    if entry.protocol == "udp" and not source and target[:1] == ("eq",) and len(target) == 2:  # noqa: PLR2004
        port = _PORTS.get(target[1], number(target[1]))
        if port in {_IKE, _NAT_T}:
            yield "udp", port
