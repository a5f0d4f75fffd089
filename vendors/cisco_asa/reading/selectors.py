"""What access lists say of a tunnel: its traffic selectors, and whether Azure is let in."""

from __future__ import annotations

from ipaddress import IPv4Address

from appliance.model.tunnel import TrafficSelector
from vendors.cisco.sections import Notes, number
from vendors.cisco_asa.reading.access import AccessLists, Entry

_MOST = 4096
"""More selectors than this of one line are not expanded: no device takes them."""


def selectors(lists: AccessLists, name: str, notes: Notes) -> tuple[TrafficSelector, ...]:
    """The pairs a crypto access list protects, in order.

    What cannot be said as pairs of networks is noted as odd: protocols and ports, names to be
    resolved, a `deny` in front of what it cuts out of.
    """
    entries = lists.entries(name)
    if entries is None:
        notes.lacks("access-list", name)
        return ()
    found: dict[TrafficSelector, None] = {}
    denied: list[tuple[TrafficSelector, Entry]] = []
    for entry in entries:
        pairs = pairs_of(entry, notes)
        if pairs is None:
            notes.odd.append(entry.line)
        elif not entry.permit:
            denied += [(pair, entry) for pair in pairs]
        else:
            notes.at("selectors", entry.line)
            found |= dict.fromkeys(pair for pair in pairs if not _cut(pair, denied, notes))
    return tuple(found)


def pairs_of(entry: Entry, notes: Notes) -> list[TrafficSelector] | None:
    """The product of both ends of an entry; None when it is about less than all of IP.

    Of a group with something vague in it the rest counts, and the line is noted.
    """
    for kind_name in (*entry.source.lacking, *entry.target.lacking):
        notes.missing[kind_name] = None
    if not entry.whole or entry.odd:
        return None
    if len(entry.source.places) * len(entry.target.places) > _MOST:
        return None
    if entry.source.vague or entry.target.vague:
        notes.odd.append(entry.line)
    return [
        TrafficSelector(local=one, remote=other)
        for one in entry.source.places
        for other in entry.target.places
    ]


def _cut(pair: TrafficSelector, denied: list[tuple[TrafficSelector, Entry]], notes: Notes) -> bool:
    """Whether an earlier `deny` takes all of a pair; one that takes a part is noted."""
    for other, entry in denied:
        if pair.local.subnet_of(other.local) and pair.remote.subnet_of(other.remote):
            return True
        if pair.local.overlaps(other.local) and pair.remote.overlaps(other.remote):
            notes.odd.append(entry.line)
    return False


# --- what the device takes for itself -----------------------------------------------------------

_IKE, _NAT_T = 500, 4500
_PORTS = {"isakmp": _IKE}
_UDP = frozenset({"udp", "17", "ip", "0", "tcp-udp"})
_ESP = frozenset({"esp", "50", "ip", "0", "ipsec"})


def lets_in(
    lists: AccessLists, name: str, remote: IPv4Address, local: IPv4Address | None
) -> tuple[bool, Entry | None]:
    """Whether IKE, NAT traversal and ESP of `remote` pass a control-plane list, and the entry.

    The first entry that matches decides. Nothing matching is no denial: "Access Rules" of the ASA
    firewall guide, rules for management access have no implicit deny at their end.
    """
    entries = lists.entries(name) or ()
    decided = [
        next((entry for entry in entries if _matches(entry, remote, local, port)), None)
        for port in (_IKE, _NAT_T, None)
    ]
    passes = all(entry is None or entry.permit for entry in decided)
    return passes, next((entry for entry in decided if entry is not None), None)


def _matches(
    entry: Entry, remote: IPv4Address, local: IPv4Address | None, port: int | None
) -> bool:
    if entry.odd or not any(remote in place for place in entry.source.places):
        return False
    if not any((local or IPv4Address(0)) in place for place in entry.target.places):
        return False
    return any(_serves(words, entry.ports, port) for words in entry.protocols)


def _serves(
    protocol: tuple[str, ...], ports: tuple[tuple[str, ...], ...], port: int | None
) -> bool:
    if port is None:
        return protocol[0] in _ESP
    if protocol[0] not in _UDP:
        return False
    own = [word for word in protocol[1:] if word not in {"source", "destination"}]
    return all(_port(words, port) for words in (tuple(own), *ports))


def _port(words: tuple[str, ...], port: int) -> bool:
    if not words:
        return True
    values = [_PORTS.get(word, number(word)) for word in words[1:]]
    known = [-1 if value is None else value for value in values] or [-1]
    compared = {
        "eq": port in known,
        "neq": port not in known,
        "gt": port > known[0] >= 0,
        "lt": port < known[0],
        "range": known[0] <= port <= known[-1],
    }
    return compared.get(words[0], False)
