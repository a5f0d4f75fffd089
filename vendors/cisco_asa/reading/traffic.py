"""What may cross a tunnel: the filter of its group policy, and lists on interfaces.

A `vpn-filter` is one list for both directions, written as the far end sees it: the source is in
Azure. It is asked about connections, so answers need no line; and a line for connections from a
port of the far end is one for connections to that port ("ASA VPN Configuration Guide", VPN
filters). Lists on interfaces do not see what comes out of a tunnel while `sysopt connection
permit-vpn` is on, as it is by default; what goes into a tunnel interface they always see. They too
are asked about connections, but for ICMP that is not inspected ("Access Rules", ICMP).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from appliance.model.filters import Chain, Entry, Filter
from appliance.model.packets import ECHO_REPLY, answered_flows, first_flows
from appliance.model.traffic import (
    EVERYTHING,
    ICMP,
    NOTHING,
    Box,
    Direction,
    Flows,
    flows,
)
from appliance.model.tunnel import Source
from appliance.record import dataclass, replace
from vendors.cisco import services
from vendors.cisco.sections import Notes, Said, source
from vendors.cisco.tree import Line
from vendors.cisco.writing.section import ours
from vendors.cisco_asa.reading.access import AccessLists
from vendors.cisco_asa.reading.access import Entry as Row
from vendors.cisco_asa.reading.matching import matches
from vendors.cisco_asa.reading.running import Running

TO, FROM = Direction


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """What is applied to a tunnel: the filter, its statement, and the tunnel's interface.

    `entered` is the interface at which decrypted traffic appears, `through` that of the tunnel.
    """

    vpn_filter: Said | None
    entered: str | None
    through: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """What is applied to all interfaces: lists by way and interface (`global` has none).

    `off` is `no sysopt connection permit-vpn`; `inspecting` is where ICMP is inspected.
    """

    lists: Mapping[tuple[str, str], Said]
    off: Line | None
    inspecting: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """The statements that say what is asked about a tunnel's traffic.

    `said` are the `access-group` statements by where they stand: `in`, `out`, and `global`, which
    is asked about all that no line of an `in` list matches. `off` is that of `Placed`.
    `inspected`: answers to pings belong to their connection, and need no line.
    """

    said: Mapping[str, Said]
    off: Line | None
    inspected: bool

    @property
    def inwards(self) -> tuple[Said, ...]:
        """Those that are asked about what comes out of the tunnel."""
        asked = ("in", "global") if self.off is not None else ()
        return tuple(self.said[where] for where in asked if where in self.said)

    @property
    def outwards(self) -> tuple[Said, ...]:
        """Those that are asked about what is about to enter it."""
        return tuple(self.said[where] for where in ("out",) if where in self.said)


def crossing(placed: Placed, lists: AccessLists, applied: Applied, notes: Notes) -> Filter | None:
    """What the lists of a tunnel let through; None when there are none in its way."""
    said = applied.vpn_filter
    if said is not None:
        notes.at("filter", said)
        _remember(lists, said, "vpn-filter", notes)
    asked = _asked(placed, applied)
    if applied.through is not None:
        for way in ("in", "out"):
            if way in asked.said:
                notes.objects[f"filter {way}"] = asked.said[way].args[0]
                _remember(lists, asked.said[way], f"filter {way}", notes)
    groups = (*asked.inwards, *asked.outwards)
    for one in groups:
        notes.at("filter", one)
    if said is None and not groups and asked.off is None:
        return None
    return Filter(read=lambda: _chains(lists, applied, asked))


def _remember(lists: AccessLists, said: Said, kind: str, notes: Notes) -> None:
    """The lines of a list of ours: what somebody has added to them by hand is seen, and goes."""
    if ours(said.args[0]) and (rows := lists.entries(said.args[0])):
        notes.objects[f"{kind} lines"] = "\n".join(map(_plain, rows))


def _plain(row: Row) -> str:
    """An entry of a list of ours as we would write it, whatever port names the ASA prints."""
    words = row.line.text.split()[2:]
    udp = row.protocols[0][0] == "udp"
    ports = {word for condition in row.ports for word in condition[1:]}
    named = {word: services.port(word, udp=udp) for word in ports}
    return " ".join(str(named[word]) if named.get(word) is not None else word for word in words)


def placed(running: Running) -> Placed:
    """What a configuration applies to interfaces, of each kind the last statement."""
    found: dict[tuple[str, str], Said] = {}
    for said in running.said("access-group"):
        words = [word.lower() for word in said.args]
        if words[1:] == ["global"]:
            found["global", ""] = said
        elif len(words) > 3 and words[-1] != "control-plane":  # noqa: PLR2004 -- NAME in interface X
            found[words[1], words[3]] = said
    off = running.lines["no permit-vpn"][-1] if running.off("permit-vpn") else None
    return Placed(lists=found, off=off, inspecting=frozenset(_inspecting(running)))


def _inspecting(running: Running) -> Iterator[str]:
    """Where a policy with `inspect icmp` is in force: `global`, `interface outside`."""
    for said in running.said("service-policy"):
        block = running.block("policy-map", said.args[0]) if said.args else None
        if block is not None and block.last("inspect icmp") is not None:
            yield " ".join(said.args[1:3]).lower()


def _asked(placed: Placed, applied: Applied) -> _Asked:
    """What of all that concerns one tunnel; a policy of its interface adds to that of the box."""
    at = {"in": applied.entered, "out": applied.through, "global": ""}
    held = {way: placed.lists.get((way, nameif.lower())) for way, nameif in at.items()
            if nameif is not None}  # fmt: skip
    return _Asked(
        said={way: said for way, said in held.items() if said is not None},
        off=placed.off,
        inspected=not placed.inspecting.isdisjoint(
            {"global", f"interface {applied.entered}".lower()}
        ),
    )


def _chains(lists: AccessLists, applied: Applied, asked: _Asked) -> Iterator[Chain]:
    if applied.vpn_filter is not None:
        yield _filter(lists, applied.vpn_filter, sure=applied.through is None)
    if asked.off is not None and not asked.inwards:
        # Without a list the security levels count: that of a tunnel interface, and of an outside
        # one, is 0, and nothing may begin from there.
        scope = _scope(FROM, inspected=asked.inspected)
        yield Chain(name="sysopt", entries=(), source=source(asked.off), scope=scope)
    if asked.off is None and applied.through is not None and "in" in asked.said:
        # That this list is not asked is no statement, so its own stands for it.
        unasked = source(asked.said["in"].line)
        name = "sysopt connection permit-vpn, which is on"
        yield Chain(name=name, entries=(), source=unasked, scope=_ways(FROM), otherwise=True)
    if asked.inwards:
        yield _interface(lists, asked.inwards, FROM, inspected=asked.inspected)
    if asked.outwards:
        yield _interface(lists, asked.outwards, TO, inspected=asked.inspected)


def _ways(way: Direction) -> Flows:
    return flows(Box(direction=((int(way), int(way)),)))


def _scope(way: Direction, *, inspected: bool) -> Flows:
    """What begins this way; without inspection also the answers to pings of the other way."""
    begun = _ways(way)
    other = 1 - int(way)
    pings = Box(direction=((other, other),), protocol=((ICMP, ICMP),))
    return begun if inspected else begun | flows(pings)


def _filter(lists: AccessLists, said: Said, *, sure: bool) -> Chain:
    """The filter as both directions see it; whether it is asked on a tunnel interface is not said.

    An ICMP type in it says who begins only where the far end does.
    """
    found = []
    for row in lists.entries(said.args[0]) or ():
        parts, known = matches(lists, row)
        matched = NOTHING
        for part in parts:
            if part.icmp == ECHO_REPLY:
                continue  # who is answered has been let in by another line
            typed = replace(part, icmp=None)
            matched |= first_flows(typed, FROM) | answered_flows(typed, TO)
            known = known and part.icmp is None
        found.append(_entry(row, matched, sure=known and sure))
    return Chain(
        name=f"vpn-filter {said.args[0]}",
        entries=tuple(found) or _undefined(source(said.line)),
        source=source(said.line),
    )


def _undefined(said: Source) -> tuple[Entry, ...]:
    return (Entry(flows=EVERYTHING, permit=None, source=said),)


def _interface(
    lists: AccessLists, asked: Sequence[Said], way: Direction, *, inspected: bool
) -> Chain:
    """The lines of these lists, one behind the other; ICMP that is not inspected has no memory."""
    found = []
    for row in (row for said in asked for row in lists.entries(said.args[0]) or ()):
        parts, known = matches(lists, row)
        matched = NOTHING
        for part in parts:
            matched |= first_flows(part, way)
            if not inspected and any(low <= ICMP <= high for low, high in part.protocol):
                ping = replace(part, protocol=((ICMP, ICMP),))
                matched |= answered_flows(ping, Direction(1 - way))
        found.append(_entry(row, matched, sure=known))
    names = " and ".join(said.args[0] for said in asked)
    return Chain(
        name=f"access list {names} {asked[0].args[1].lower()}",
        entries=tuple(found),
        source=source(asked[0].line),
        scope=_scope(way, inspected=inspected),
        otherwise=not found,
    )


def _entry(row: Row, matched: Flows, *, sure: bool) -> Entry:
    return Entry(flows=matched, permit=row.permit, source=source(row.line), sure=sure)
