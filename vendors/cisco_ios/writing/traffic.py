"""The access lists of a tunnel: how rules on flows become rules on packets, and where they hang."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from appliance.model.filters import Filter, Rule, agrees, memoryless
from appliance.model.packets import sessions
from appliance.model.traffic import ICMP, TCP, UDP, Direction
from appliance.model.tunnel import Mode, Tunnel
from appliance.record import replace
from vendors.cisco.writing.section import PREFIX, Line, Section, line, removal
from vendors.cisco_ios.writing.box import Box
from vendors.cisco_ios.writing.wildcards import wildcard

WAYS = {"in": Direction.FROM_AZURE, "out": Direction.TO_AZURE}
"""`in` is what comes out of the tunnel, `out` what is about to enter it."""

_NAMES = {None: "ip", TCP: "tcp", UDP: "udp", ICMP: "icmp"}


NOTE = (
    "IOS filters packet by packet: whoever may answer from a UDP port (or by a protocol other than "
    "TCP and ICMP) may also begin from it; what is denied stays so both ways"
)

_MEMORYLESS = ((0, ICMP - 1), (ICMP + 1, TCP - 1), (TCP + 1, 255))


def expressed(tunnel: Tunnel) -> Tunnel:
    """The tunnel with what its rules amount to in access lists.

    The list for what comes in sees BGP to the router itself: its sessions go before all rules.
    """
    wanted = tunnel.filter
    if wanted is None:
        return tunnel
    own = tuple(rule for rule in sessions(tunnel) if rule not in wanted.rules)
    ruled = Filter(rules=(*own, *wanted.rules), within=wanted.within)
    return replace(tunnel, filter=memoryless(ruled, _MEMORYLESS))


def traffic(tunnel: Tunnel) -> Iterator[Section]:
    """Our own lists; where they are applied is said by the interface or the crypto map entry."""
    for way in WAYS:
        name = tunnel.objects.get(f"filter {way}")
        text = tunnel.objects.get(f"filter {way} lines")
        if name is None or text is None:
            continue
        heading = f"ip access-list extended {name}"
        yield Section(
            key=heading,
            rank=66,
            heading=(heading,),
            lines=tuple(line(one) for one in text.split("\n")),
            why="what may cross the tunnel",
            remove=removal(heading, name),
        )


def applied(tunnel: Tunnel) -> Iterator[Line]:
    """The statements that put the lists to work, in the interface or the crypto map entry."""
    command = "ip access-group" if tunnel.mode is Mode.ROUTE_BASED else "set ip access-group"
    for way in WAYS:
        if name := tunnel.objects.get(f"filter {way}"):
            text = f"{command} {name} {way}"
            yield line(text, slot=f"{command} {way}", undo=f"no {text}")


def place(box: Box, tunnel: Tunnel, running: Tunnel | None) -> Tunnel:
    """The tunnel with its lists: those it has where they do what is asked, else new ones of ours.

    A list in force is never edited: a line too many or too few in between would open or close the
    tunnel. The new one is made first, then applied, then the old one goes.
    """
    wanted = tunnel.filter
    held = None if running is None else running.filter
    kept = _kept(running)
    unread = held is not None and not kept  # a firewall of zones, and no list
    if wanted is None or (running is not None and not unread and agrees(wanted, held)):
        return replace(tunnel, filter=held, objects={**tunnel.objects, **kept})
    objects = {kind: n for kind, n in tunnel.objects.items() if not kind.startswith("filter ")}
    for way, own in WAYS.items():
        objects[f"filter {way}"] = _free(box, f"{PREFIX}{box.label(tunnel)}-{way}")
        objects[f"filter {way} lines"] = "\n".join(dict.fromkeys(entries(wanted.rules, own)))
    return replace(tunnel, objects=objects)


def _kept(running: Tunnel | None) -> dict[str, str]:
    objects = {} if running is None else running.objects
    return {kind: name for kind, name in objects.items() if kind.startswith("filter ")}


def _free(box: Box, name: str) -> str:
    number, found = 1, name
    while f"ip access-list extended {found}" in box.observed.objects:
        number += 1
        found = f"{name}-{number}"
    return found


def entries(rules: Sequence[Rule], way: Direction) -> Iterator[str]:
    """The lines of the list for packets that go `way`; what none matches is denied.

    IOS knows no connections. Answers of TCP go before all else, since a later `deny` would meet
    those that happen to go to its port; so do echo replies and the errors that path MTU discovery
    needs. Whoever answers from a UDP port may also begin from it: nothing tells the two apart.
    """
    single = [one for rule in rules for one in _by_port(rule)]
    asking = [rule for rule in single if rule.permit and Direction(1 - way) in rule.directions]
    for rule in asking:
        if rule.protocol in (None, TCP):
            yield f"permit tcp {_ends(rule, way, answer=True)} established"
    for rule in asking:
        if rule.protocol in (None, ICMP):
            yield f"permit icmp {_ends(rule, way, answer=True)} echo-reply"
    yield "permit icmp any any unreachable"
    yield "permit icmp any any time-exceeded"
    for rule in single:
        yield from _entry(rule, way)
    for rule in asking:
        if rule.protocol is None and way not in rule.directions:
            yield from _rest(rule, way)


def _by_port(rule: Rule) -> Iterator[Rule]:
    """A line takes one port, or one range of them."""
    for ports in rule.ports or (None,):
        yield rule if ports is None else replace(rule, ports=(ports,))


def _entry(rule: Rule, way: Direction) -> Iterator[str]:
    word = "permit" if rule.permit else "deny"
    if way in rule.directions:
        kind = " echo" if rule.protocol == ICMP else ""
        yield f"{word} {_NAMES[rule.protocol]} {_ends(rule, way, answer=False)}{kind}"
    if rule.permit and rule.protocol == UDP and Direction(1 - way) in rule.directions:
        yield f"{word} udp {_ends(rule, way, answer=True)}"


def _rest(rule: Rule, way: Direction) -> Iterator[str]:
    """Answers of all that is not TCP or ping, to a rule about any protocol in the other way only.

    Behind everything else, since what may begin this way was named before.
    """
    ends = _ends(rule, way, answer=True)
    yield f"deny tcp {ends}"
    yield f"deny icmp {ends} echo"
    yield f"permit ip {ends}"


def _ends(rule: Rule, way: Direction, *, answer: bool) -> str:
    """Source and destination with their ports; an answer comes from the port that was asked."""
    outwards = way is Direction.TO_AZURE
    source, target = (rule.local, rule.remote) if outwards else (rule.remote, rule.local)
    ports = _ports(rule)
    if answer:
        return f"{wildcard(source)}{ports} {wildcard(target)}"
    return f"{wildcard(source)} {wildcard(target)}{ports}"


def _ports(rule: Rule) -> str:
    if not rule.ports:
        return ""
    low, high = rule.ports[0]
    return f" eq {low}" if low == high else f" range {low} {high}"
