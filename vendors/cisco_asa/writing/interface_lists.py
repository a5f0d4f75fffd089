"""The access lists of a tunnel interface: what may come out of it, and what may go into it.

An ASA asks a list about the packet that begins a connection, so a rule becomes a line of the list
for its direction. Answers to pings get lines of their own: they belong to their connection only
where a policy says `inspect icmp`, which no ASA says by itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from appliance.model.filters import Filter, Rule, agrees
from appliance.model.traffic import ICMP, TCP, UDP, Box, Direction, flows
from appliance.model.tunnel import Tunnel
from appliance.record import replace
from vendors.cisco.writing.section import Section, line, ours
from vendors.cisco_asa.names import masked
from vendors.cisco_asa.writing import switch
from vendors.cisco_asa.writing.box import Box as Device
from vendors.cisco_asa.writing.labels import own

WAYS = {"in": Direction.FROM_AZURE, "out": Direction.TO_AZURE}
"""`in` is what comes out of the tunnel, `out` what is about to enter it."""

NAMES = {None: "ip", TCP: "tcp", UDP: "udp", ICMP: "icmp"}

_ERRORS = ("unreachable", "time-exceeded")
"""Errors go with the traffic that they speak of: path MTU discovery needs them."""


def interface_lists(tunnel: Tunnel) -> Iterator[Section]:
    """Lists of ours, and the statements that put lists to work, of whomever these are."""
    nameif = tunnel.objects.get("nameif")
    for way in WAYS:
        name = tunnel.objects.get(f"filter {way}")
        if name is None or nameif is None:
            continue
        lines = tunnel.objects.get(f"filter {way} lines")
        if lines is not None and ours(name):
            yield listed(name, lines)
        key = f"access-group {way} interface {nameif}"
        text = f"access-group {name} {way} interface {nameif}"
        yield Section(
            key=key,
            rank=56,
            heading=(),
            lines=(line(text, slot=key, undo=f"no {text}"),),
            why="puts the list of what may cross the tunnel to work",
        )


def listed(name: str, lines: str) -> Section:
    """An access list of ours, one that a tunnel's traffic is asked about."""
    key = f"access-list {name}"
    return Section(
        key=key,
        rank=8,
        heading=(),
        lines=tuple(line(f"{key} {one}") for one in lines.split("\n")),
        why="what may cross the tunnel",
        remove=(f"clear configure {key}",),
    )


def place(box: Device, tunnel: Tunnel, running: Tunnel | None) -> Tunnel:
    """The tunnel with its lists: those it has where they do what is asked, else new ones of ours.

    A list in force is never edited: a line too many or too few in between would open or close the
    tunnel. The new one is made, then applied in place of the old one, which goes then.
    """
    wanted = tunnel.filter
    held = None if running is None else running.filter
    if wanted is None or (running is not None and agrees(wanted, held)):
        return replace(tunnel, filter=held)
    off = switch.is_off(box)
    objects = dict(tunnel.objects)
    for way, direction in WAYS.items():
        if way == "in" and not off and _open(wanted, direction):
            continue  # what comes out of the tunnel is asked nothing, as it is
        if way == "in":
            objects[switch.MARK] = switch.FOUND_OFF if off else switch.TURNED_OFF
        lines = "\n".join(dict.fromkeys(_lines(wanted.rules, direction)))
        if lines != objects.get(f"filter {way} lines"):
            name = box.free("access-list", f"{own(box.label(tunnel))}-{way}")
            objects |= {f"filter {way}": name, f"filter {way} lines": lines}
    return replace(tunnel, objects=objects)


def _open(wanted: Filter, way: Direction) -> bool:
    """Whether all that begins this way is to pass."""
    return not flows(Box(direction=((int(way), int(way)),))) - wanted.passes


def _lines(rules: Sequence[Rule], way: Direction) -> Iterator[str]:
    """The lines of the list for what begins this way, those for pings' answers first.

    A list of the whole box (`access-group NAME global`) is asked about what no line matches, so
    the end of ours is said.
    """
    for error in _ERRORS:
        yield f"extended permit icmp any4 any4 {error}"
    for rule in rules:
        asking = rule.permit and Direction(1 - way) in rule.directions
        if asking and rule.protocol in (None, ICMP):
            yield f"extended permit icmp {_ends(rule, way)} echo-reply"
    for rule in rules:
        if way in rule.directions:
            yield from _entries(rule, way)
    yield "extended deny ip any any"


def _entries(rule: Rule, way: Direction) -> Iterator[str]:
    word = "permit" if rule.permit else "deny"
    head = f"extended {word} {NAMES[rule.protocol]} {_ends(rule, way)}"
    if rule.protocol == ICMP:
        yield f"{head} echo"
    elif not rule.ports:
        yield head
    for ports in rule.ports:
        yield f"{head} {ported(ports)}"


def _ends(rule: Rule, way: Direction) -> str:
    """Where packets that go this way come from, and where they go."""
    ends = (rule.local, rule.remote)
    source, target = ends if way is Direction.TO_AZURE else ends[::-1]
    return f"{masked(source)} {masked(target)}"


def ported(ports: tuple[int, int]) -> str:
    """A port, or a range of them."""
    low, high = ports
    return f"eq {low}" if low == high else f"range {low} {high}"
