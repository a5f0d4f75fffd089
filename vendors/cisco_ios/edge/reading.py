"""Any IOS or IOS-XE running configuration as an ExpressRoute edge."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from ipaddress import IPv4Address

from appliance.model.edge import (
    DEFAULT_ROUTE,
    MICROSOFT_ASN,
    Clause,
    Edge,
    ErLink,
    ErSession,
    Filter,
    HostRoute,
    Standby,
    exactly,
)
from appliance.model.secret import Hidden, Secret
from appliance.model.tunnel import Source
from appliance.record import dataclass, replace
from vendors.cisco.addresses import address, network
from vendors.cisco.masking import mask
from vendors.cisco.sections import number
from vendors.cisco.writing.section import ours
from vendors.cisco_ios.edge.filters import Filters, both, darkened, outdone
from vendors.cisco_ios.edge.lines import Line, bfd, label, leads, line_objects, lines, tags
from vendors.cisco_ios.edge.neighbors import Process, Said
from vendors.cisco_ios.edge.rows import Row, Rows
from vendors.cisco_ios.reading.bgp import HOLD, KEEPALIVE, asn
from vendors.cisco_ios.reading.interface_names import canonical
from vendors.cisco_ios.reading.keys import key

_HOST = "255.255.255.255"


def edge(text: str) -> Edge | None:
    """What a configuration says of ExpressRoute; None when it says nothing of the kind."""
    rows = Rows(text)
    process = Process(rows.bgp, rows.process)
    filters = Filters(rows)
    links = tuple(_links(rows, process, filters))
    hosts, standby = _statics(rows)
    if not (links or hosts or standby):
        return None
    return Edge(
        asn=process.asn,
        links=links,
        networks=tuple(process.networks),
        hosts=hosts,
        standby=standby,
        bgp_distance=process.distance,
        behind=tuple(_behind(process, filters)),
        objects=dict(_objects(filters, process)),
    )


def _objects(filters: Filters, process: Process) -> Iterator[tuple[str, str]]:
    """Prefix lists and route maps of ours as they stand, and what besides feeds BGP."""
    for name in filters.lists:
        if ours(name) and (lines := filters.list_lines(name)):
            yield f"prefix-list {name}", "\n".join(lines)
    names = dict.fromkeys(key.split()[0] for key in filters.rows.maps)
    for name in filter(ours, names):
        for entry, rows in filters.map_entries(name):
            yield f"route-map {name} {entry}", "\n".join(row.text for row in rows)
    if process.redistributes:
        yield "redistribute", "\n".join(process.redistributes)


def _statics(rows: Rows) -> tuple[tuple[HostRoute, ...], tuple[Standby, ...]]:
    """Static routes of the main table: to single addresses, and into tunnels."""
    hosts: list[HostRoute] = []
    standby: list[Standby] = []
    for row in rows.alone:
        words = row.words
        covered = network(*words[2:4]) if len(words) > 4 and words[1] == "route" else None  # noqa: PLR2004 -- words
        if covered is None or row.negated:
            continue
        interface = canonical(list(words[4:]))
        if interface.startswith("Tunnel"):
            behind = words[6 if words[4].isalpha() else 5 :]  # `Tunnel 1` is one name
            standby.append(Standby(prefix=covered, via=interface, distance=distance(behind)))
        elif words[3] == _HOST and (way := _way(words[4:])):
            hosts.append(HostRoute(address=covered.network_address, via=way))
    return tuple(hosts), tuple(standby)


def distance(words: Sequence[str]) -> int:
    """The distance of a static route, from the words behind its interface; 1 is not written."""
    for word in words:
        if address(word) is None:
            return int(word) if word.isdecimal() else 1
    return 1


def _way(words: tuple[str, ...]) -> str:
    """Interface and next hop, without distance, name, tag and track."""
    kept = []
    for word in words:
        if word.isdecimal() or word in {"name", "tag", "track", "permanent"}:
            break
        kept.append(word)
    return " ".join(kept)


def _links(rows: Rows, process: Process, filters: Filters) -> Iterator[ErLink]:
    known: list[Line] | None = None
    for vrf, peer, said in process.sessions():
        remote = process.value(said, vrf, "remote-as")
        if remote is None or asn(remote.words[-1]) != MICROSOFT_ASN:
            continue
        known = list(lines(rows)) if known is None else known
        line = next((one for one in known if leads(one, vrf, peer)), None)
        yield _link(rows, line, _Speaker(process, filters, vrf, peer, said))


def _behind(process: Process, filters: Filters) -> Iterator[ErSession]:
    """The sessions of the main table with others than Microsoft, the VPN's among them."""
    for vrf, peer, said in process.sessions():
        remote = process.value(said, vrf, "remote-as")
        number_ = None if remote is None else asn(remote.words[-1])
        if vrf is None and number_ not in {None, MICROSOFT_ASN}:
            session = _session(_Speaker(process, filters, vrf, peer, said))
            yield replace(session, asn=number_)


@dataclass(frozen=True, slots=True)
class _Speaker:
    """A session with all there is to look up for it."""

    process: Process
    filters: Filters
    vrf: str | None
    peer: IPv4Address
    said: Said

    def row(self, name: str) -> Row | None:
        return self.process.value(self.said, self.vrf, name)


def _link(rows: Rows, line: Line | None, speaker: _Speaker) -> ErLink:
    found = {} if line is None else line.rows
    outer, inner = (None, None) if line is None else tags(line)
    objects = dict(_session_objects(speaker)) | dict(() if line is None else line_objects(line))
    return ErLink(
        label=label(found.get("description")),
        interface="" if line is None else line.name,
        address=None if line is None else line.held,
        vlan=outer if inner is None else inner,
        svlan=None if inner is None else outer,
        bfd=bfd(rows, found),
        enabled=line is not None and not line.off,
        session=_session(speaker),
        objects=objects,
        sources=dict(_sources(found, speaker)),
    )


def _session_objects(speaker: _Speaker) -> Iterator[tuple[str, str]]:
    if speaker.vrf is not None:
        yield "vrf", speaker.vrf
    if not speaker.process.active(speaker.said, speaker.vrf):
        yield "inactive", "yes"
    for flag in ("shutdown", "default-originate"):
        if speaker.row(flag) is not None:
            yield flag, "yes"
    for name in _FILTERS:
        row = speaker.row(name)
        if row is not None:
            yield name, _argument(row, name.split()[0])
    inherited = [name for name in _LASTING if _inherited(speaker, name)]
    if inherited:
        yield "inherited", " ".join(inherited)


_KINDS = ("route-map", "prefix-list", "distribute-list", "filter-list")
_FILTERS = tuple(f"{kind} {direction}" for direction in ("in", "out") for kind in _KINDS)
_LASTING = ("password", "shutdown", "weight", "default-originate")
"""What `no neighbor X ...` cannot take away where a group or template says it."""


def _inherited(speaker: _Speaker, name: str) -> bool:
    return name not in speaker.said.rows and speaker.row(name) is not None


def _argument(row: Row, kind: str) -> str:
    """The word behind the statement's name, at a neighbour or in a template."""
    folded = [word.lower() for word in row.words]
    return row.words[folded.index(kind) + 1]


def _session(speaker: _Speaker) -> ErSession:
    keepalive, hold = _timers(speaker)
    weight = speaker.row("weight")
    fall = speaker.row("fall-over")
    return ErSession(
        peer=speaker.peer,
        key=_key(speaker.row("password")),
        bfd=fall is not None and "bfd" in [word.lower() for word in fall.words],
        receives=_filter(speaker, "in"),
        sends=_filter(speaker, "out"),
        weight=None if weight is None else number(weight.words[-1]),
        keepalive_seconds=keepalive,
        hold_seconds=hold,
        enabled=speaker.row("shutdown") is None
        and speaker.process.active(speaker.said, speaker.vrf),
    )


def _timers(speaker: _Speaker) -> tuple[int, int]:
    row = speaker.row("timers") or speaker.process.timers
    if row is None:
        return KEEPALIVE, HOLD
    values = [number(word) for word in row.words if word.isdecimal()]
    pair = [value for value in values if value is not None][:2]
    return (pair[0], pair[1]) if len(pair) > 1 else (KEEPALIVE, HOLD)


def _key(row: Row | None) -> Secret | Hidden | None:
    if row is None:
        return None
    folded = [word.lower() for word in row.words]
    said = " ".join(row.words[folded.index("password") + 1 :])
    return key(said) if said else None


def _filter(speaker: _Speaker, direction: str) -> Filter | None:
    listed = speaker.row(f"prefix-list {direction}")
    mapped = speaker.row(f"route-map {direction}")
    by_list = None
    if listed is not None:
        by_list = speaker.filters.by_list(_argument(listed, "prefix-list"))
    by_map = None
    if mapped is not None:
        by_map = speaker.filters.by_map(_argument(mapped, "route-map"))
    found = both(by_list, by_map)
    for text in _dark(speaker, direction):
        found = darkened(found, text)
    if direction == "in" and found is not None and speaker.process.preferred is not None:
        usual = speaker.process.preferred
        found = outdone(found, number(usual.words[-1]) or 0, usual.text)
    if direction == "out" and found is not None and speaker.row("default-originate") is not None:
        default = Clause(prefixes=(exactly(DEFAULT_ROUTE),))  # no outbound filter keeps it back
        return replace(found, clauses=(default, *found.clauses))
    return found


def _dark(speaker: _Speaker, direction: str) -> Iterator[str]:
    """Filters that are not followed: at the neighbour, and those that act on all of them."""
    for kind in ("distribute-list", "filter-list"):
        row = speaker.row(f"{kind} {direction}")
        if row is not None:
            yield row.text
    yield from (row.text for row in speaker.process.distributes if direction in row.words)


_PATHS = {
    "interface": "edge.link.interface",
    "ip address": "edge.link.address",
    "encapsulation": "edge.link.vlan",
    "bfd interval": "edge.link.bfd",
    "shutdown": "edge.link.enabled",
}
_SESSION_PATHS = {
    "password": "edge.session.key",
    "weight": "edge.session.weight",
    "timers": "edge.session.timers",
    "shutdown": "edge.session.enabled",
    "route-map in": "edge.session.receives",
    "prefix-list in": "edge.session.receives",
    "route-map out": "edge.session.sends",
    "prefix-list out": "edge.session.sends",
}


def _sources(found: dict[str, Row], speaker: _Speaker) -> Iterator[tuple[str, Source]]:
    for name, path in _PATHS.items():
        if name in found:
            yield path, _source(found[name])
    for name, path in _SESSION_PATHS.items():
        row = speaker.row(name)
        if row is not None:
            yield path, _source(row)
    first = next(iter(speaker.said.rows.values()), None)
    if first is not None:
        yield "edge.session", _source(first)


def _source(row: Row) -> Source:
    return Source(row.line, mask(row.text))
