"""Generated sites as a device's text, and what becomes of single packets in them.

The texts are written, and the packets judged, from the same plain lists, line by line, by code that
shares nothing with the product: no sets, no intervals, first match and nothing else.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace

NAMED = {"tcp": {22: "22", 80: "www", 179: "bgp", 443: "443"}, "udp": {53: "domain", 123: "ntp"}}
NUMBERS = {"icmp": 1, "tcp": 6, "udp": 17, "gre": 47}
LOCALS = (
    "10.10.0.0/16",
    "10.11.0.0/16",
    "10.10.1.0/24",
    "10.10.1.7/32",
    "0.0.0.0/0",
    "10.8.0.0/13",
)
REMOTES = ("10.20.0.0/16", "10.21.0.0/16", "10.20.9.0/24", "10.20.9.4/32", "0.0.0.0/0")
PORTS = (0, 22, 53, 80, 123, 179, 443, 1023, 1024, 8000, 65535)


def number(text: str) -> int:
    """An address as a number."""
    one, two, three, four = (int(part) for part in text.split("."))
    return one << 24 | two << 16 | three << 8 | four


def dotted(value: int) -> str:
    """And back."""
    return ".".join(str(value >> shift & 255) for shift in (24, 16, 8, 0))


@dataclass(frozen=True)
class Net:
    """A network, or with `holes` bits that do not count anywhere in it."""

    base: int
    length: int
    holes: int = 0

    @property
    def wild(self) -> int:
        return ((1 << (32 - self.length)) - 1) | self.holes

    def has(self, address: int) -> bool:
        return (address | self.wild) == (self.base | self.wild)


def net(text: str, holes: int = 0) -> Net:
    """A network out of its text."""
    base, _, length = text.partition("/")
    return Net(number(base), int(length), holes)


ANYWHERE = net("0.0.0.0/0")


@dataclass(frozen=True)
class Packet:
    """A packet; `answer` is one that belongs to a connection of the other side."""

    source: int
    target: int
    protocol: int
    source_port: int
    target_port: int
    answer: bool = False


@dataclass(frozen=True)
class Flow:
    """What one side starts: to Azure, or (`inwards`) from there."""

    inwards: bool
    local: int
    remote: int
    protocol: int
    ask: int
    port: int

    def first(self) -> Packet:
        ends = (self.remote, self.local) if self.inwards else (self.local, self.remote)
        return Packet(*ends, self.protocol, self.ask, self.port)

    def answer(self) -> Packet:
        one = self.first()
        return Packet(
            one.target, one.source, one.protocol, one.target_port, one.source_port, answer=True
        )


@dataclass(frozen=True)
class Line:
    """A line of an access list: networks, one condition for the ports of each side, a flag."""

    permit: bool
    protocol: str
    source: Net
    target: Net
    source_ports: tuple[str, int, int] | None = None
    target_ports: tuple[str, int, int] | None = None
    flag: str = ""

    def matches(self, packet: Packet) -> bool:
        if self.protocol != "ip" and NUMBERS[self.protocol] != packet.protocol:
            return False
        if not (self.source.has(packet.source) and self.target.has(packet.target)):
            return False
        if not (_meets(self.source_ports, packet.source_port)
                and _meets(self.target_ports, packet.target_port)):  # fmt: skip
            return False
        return {
            "": True,
            "established": packet.answer,
            "echo": not packet.answer,
            "echo-reply": packet.answer,
            "unreachable": False,
        }[self.flag]


def _meets(condition: tuple[str, int, int] | None, port: int) -> bool:
    if condition is None:
        return True
    operator, low, high = condition
    return {
        "eq": port == low,
        "neq": port != low,
        "gt": port > low,
        "lt": port < low,
        "range": low <= port <= high,
    }[operator]


def first_match(lines: list[Line], packet: Packet, *, otherwise: bool = False) -> bool:
    """What becomes of a packet: the first line that matches decides."""
    for line in lines:
        if line.matches(packet):
            return line.permit
    return otherwise


@dataclass
class Generated:
    """A site: what is appended to the device's text, Azure's files, and the judgement."""

    text: str
    passes: Callable[[Flow], bool]
    cloud: list[str] = field(default_factory=list)
    points: list[int] = field(default_factory=list)


class Maker:
    """Draws lines, writes them in a vendor's words."""

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)  # noqa: S311 -- no secret

    def line(self, *, flags: bool, remote_first: bool = False, holes: bool = False) -> Line:
        """A line from local to remote, or the other way round."""
        draw = self.draw
        protocol = draw.choice(("ip", "tcp", "tcp", "udp", "icmp", "gre"))
        local = net(draw.choice(LOCALS), draw.choice((0, 0, 0, 1 << 8, 1 << 17)) if holes else 0)
        remote = net(draw.choice(REMOTES))
        source, target = (remote, local) if remote_first else (local, remote)
        flag = ""
        if flags:
            kinds = {"tcp": ["", "", "established"],
                     "icmp": ["", "echo", "echo-reply", "unreachable"]}  # fmt: skip
            flag = draw.choice(kinds.get(protocol, [""]))
        asking, asked = self._condition(flags=flags), self._condition(flags=flags)
        if protocol not in ("tcp", "udp"):
            asking = asked = None
        permit = draw.random() < 0.7
        return Line(permit, protocol, source, target, asking, asked, flag)

    def _condition(self, *, flags: bool) -> tuple[str, int, int] | None:
        draw = self.draw
        if draw.random() < 0.5:
            return None
        operator = draw.choice(("eq", "eq", "range", "gt", "lt") + (("neq",) if flags else ()))
        low, high = sorted(draw.sample(PORTS, 2))
        if operator == "gt":
            low = min(low, 65534)
        if operator == "lt":
            low = max(low, 1)
        return operator, low, high

    def flows(self, count: int, points: list[int]) -> list[Flow]:
        """Flows at and around the edges of everything."""
        draw = self.draw
        near = [number(t.partition("/")[0]) for t in (*LOCALS[:4], *REMOTES[:4])] + points
        found = []
        for _ in range(count):
            local = draw.choice(near[:4]) + draw.choice((-1, 0, 0, 0, 1, 7, 7, 255, 256, 65535))
            remote = draw.choice(near[4:8]) + draw.choice((-1, 0, 0, 1, 4, 255, 256, 65535))
            protocol = draw.choice((1, 6, 6, 17, 47))
            ports = [max(0, min(65535, draw.choice(PORTS) + draw.choice((-1, 0, 1))))
                     for _ in "ab"] if protocol in (6, 17) else [0, 0]  # fmt: skip
            found.append(Flow(draw.random() < 0.5, local, remote, protocol, *ports))
        return found

    # --- IOS ---

    def ios(self) -> Generated:
        """Lists on a tunnel interface: packet by packet, with what people put between lines."""
        lists: dict[str, list[Line]] = {}
        text = ""
        for way in ("in", "out"):
            if self.draw.random() < 0.1:
                continue
            count = self.draw.randint(1, 9)
            lines = [self.line(flags=True, remote_first=way == "in", holes=True)
                     for _ in range(count)]  # fmt: skip
            lists[way] = lines
            text += f"ip access-list extended LIST-{way}\n remark {way} permit ip any any\n"
            for at, line in enumerate(lines):
                sequence = f"{(at + 1) * 7} " if self.draw.random() < 0.5 or at else ""
                text += f" {sequence}{_ios(line)}{self.draw.choice(('', ' log'))}\n"
            text += f"interface Tunnel100\n ip access-group LIST-{way} {way}\n"

        def passes(flow: Flow) -> bool:
            own, other = ("in", "out") if flow.inwards else ("out", "in")
            later = Packet(**{**flow.first().__dict__, "answer": True})
            if (
                flow.protocol == 6
                and own in lists
                and not _reaches(lists[own], flow.first(), later)
            ):
                return False
            return all(
                way not in lists or first_match(lists[way], packet)
                for way, packet in ((own, flow.first()), (other, flow.answer()))
            )

        return Generated(text=text, passes=passes)

    # --- ASA ---

    def asa(self) -> Generated:
        """A vpn-filter: one list, written from the far end, about connections."""
        lines = [self.line(flags=False, remote_first=True) for _ in range(self.draw.randint(1, 10))]
        text = ""
        for line in lines:
            text += f"access-list FILTER extended {_asa(line)}\n"
            if self.draw.random() < 0.2:
                text += "access-list FILTER extended permit ip any any inactive\n"
                text += "access-list FILTER remark deny ip any any\n"
        text += "group-policy appliance-site-a attributes\n vpn-filter value FILTER\n"

        def passes(flow: Flow) -> bool:
            return first_match(lines, flow.first() if flow.inwards else flow.answer())

        return Generated(text=text, passes=passes)

    def _connection(self, *, inwards: bool) -> Line:
        """A line about what begins a connection: no ASA knows `established`."""
        line = self.line(flags=True, remote_first=inwards)
        return replace(line, flag="") if line.flag == "established" else line

    def asa_interface(self, nameif: str) -> Generated:
        """Lists of a tunnel interface, and what decides whether they are asked."""
        draw = self.draw
        asked, inspected = draw.random() < 0.8, draw.random() < 0.5
        lists: dict[str, list[Line]] = {}
        text = "no sysopt connection permit-vpn\n" if asked else ""
        for way in ("in", "out", "global"):
            if draw.random() < (0.7 if way == "global" else 0.1):
                continue
            lists[way] = [self._connection(inwards=way != "out")
                          for _ in range(draw.randint(1, 9))]  # fmt: skip
            for line in lists[way]:
                text += f"access-list {way}-LIST extended {_asa(line)}\n"
            where = "global" if way == "global" else f"{way} interface {nameif}"
            text += f"access-group {way}-LIST {where}\n"
        text += "policy-map global_policy\n class inspection_default\n  inspect ftp\n"
        text += "  inspect icmp\n" if inspected else ""
        text += "service-policy global_policy global\n"

        def through(packet: Packet, *, inwards: bool) -> bool:
            if not inwards:
                return "out" not in lists or first_match(lists["out"], packet)
            both = lists.get("in", []) + lists.get("global", [])
            return not asked or first_match(both, packet)

        def passes(flow: Flow) -> bool:
            answered = flow.protocol != 1 or inspected
            return through(flow.first(), inwards=flow.inwards) and (
                answered or through(flow.answer(), inwards=not flow.inwards)
            )

        return Generated(text=text, passes=passes)

    # --- Junos ---

    def junos(self) -> Generated:
        """Policies between two zones, by sessions."""
        text = "set security zones security-zone trust interfaces ge-0/0/1.0\n"
        lists: dict[bool, list[Line]] = {False: [], True: []}
        names: dict[str, str] = {}
        permit_all = self.draw.random() < 0.3
        if permit_all:
            text += "set security policies default-policy permit-all\n"
        for inwards in (False, True):
            zones = ("azure", "trust") if inwards else ("trust", "azure")
            for at in range(self.draw.randint(0, 8)):
                line = self.line(flags=False, remote_first=inwards)
                head = f"security policies from-zone {zones[0]} to-zone {zones[1]} policy P{at}"
                text += _junos(line, head, names)
                if self.draw.random() < 0.15:
                    text += f"deactivate {head}\n"
                else:
                    lists[inwards].append(line)

        def passes(flow: Flow) -> bool:
            return first_match(lists[flow.inwards], flow.first(), otherwise=permit_all)

        return Generated(text=text, passes=passes)

    # --- Azure ---

    def cloud(self) -> tuple[list[str], Callable[[Flow], bool]]:
        """A network security group and a route table, as `az` prints them."""
        rules = [self._rule(at) for at in range(self.draw.randint(0, 2))]
        everything = Line(permit=True, protocol="ip", source=ANYWHERE, target=ANYWHERE)
        rules += [("Inbound", 65000, everything), ("Outbound", 65000, everything)]
        group = {"value": [{"effectiveSecurityRules": [_nsg(*rule) for rule in rules]}]}
        routes = [("10.0.0.0/8", "VirtualNetworkGateway", "Default"),
                  ("0.0.0.0/0", "Internet", "Default")]  # fmt: skip
        for prefix in ("10.10.1.0/24", "10.10.0.0/16", "10.8.0.0/13"):
            if self.draw.random() < 0.15:
                hop = self.draw.choice(("None", "VirtualNetworkGateway", "Internet"))
                routes.append((prefix, hop, "User"))
        table = {"value": [{"addressPrefix": [p], "nextHopType": hop, "source": source,
                            "state": "Active", "nextHopIpAddress": []}
                           for p, hop, source in routes]}  # fmt: skip

        def passes(flow: Flow) -> bool:
            word = "Outbound" if flow.inwards else "Inbound"
            mine = sorted((one for one in rules if one[0] == word), key=lambda one: one[1])
            own = [line for _, _, line in mine]
            best = max((one for one in routes if net(one[0]).has(flow.local)),
                       key=lambda one: net(one[0]).length)  # fmt: skip
            return first_match(own, flow.first()) and best[1] == "VirtualNetworkGateway"

        return [json.dumps(group), json.dumps(table)], passes

    def _rule(self, at: int) -> tuple[str, int, Line]:
        inbound = self.draw.random() < 0.5
        line = self.line(flags=False, remote_first=not inbound)
        if line.protocol == "gre":
            line = Line(line.permit, "ip", line.source, line.target)
        return ("Inbound" if inbound else "Outbound", 100 + at * 10, line)


def _reaches(lines: list[Line], first: Packet, later: Packet) -> bool:
    """Whether the packets behind the first one get through as well."""
    return first_match(lines, later) or not first_match(lines, first)


def _ios(line: Line) -> str:
    words = ["permit" if line.permit else "deny", line.protocol]
    for place, condition in ((line.source, line.source_ports), (line.target, line.target_ports)):
        words.append(_wild(place))
        words += _port_words(line.protocol, condition)
    return " ".join([*words, *([line.flag] if line.flag else [])])


def _wild(place: Net) -> str:
    if place.wild == 0xFFFFFFFF:
        return "any"
    if place.wild == 0:
        return f"host {dotted(place.base)}"
    return f"{dotted(place.base & ~place.wild)} {dotted(place.wild)}"


def _port_words(protocol: str, condition: tuple[str, int, int] | None) -> list[str]:
    if condition is None:
        return []
    operator, low, high = condition
    one, other = (NAMED[protocol].get(port, str(port)) for port in (low, high))
    return [operator, one, other] if operator == "range" else [operator, one]


def _asa(line: Line) -> str:
    words = ["permit" if line.permit else "deny", line.protocol]
    for place, condition in ((line.source, line.source_ports), (line.target, line.target_ports)):
        if place.length == 0:
            words.append("any")
        elif place.length == 32:
            words.append(f"host {dotted(place.base)}")
        else:
            words.append(f"{dotted(place.base)} {dotted(~place.wild & 0xFFFFFFFF)}")
        words += _port_words(line.protocol, condition)
    return " ".join([*words, *([line.flag] if line.flag else [])])


def _junos(line: Line, head: str, names: dict[str, str]) -> str:
    """A policy with its address book entries and its application."""
    text = ""
    places = []
    for place in (line.source, line.target):
        if place.length == 0:
            places.append("any")
            continue
        name = f"n-{dotted(place.base)}-{place.length}"
        if name not in names:
            names[name] = name
            entry = f"{name} {dotted(place.base)}/{place.length}"
            text += f"set security address-book global address {entry}\n"
        places.append(name)
    application = "any"
    if line.protocol != "ip":
        application = f"app-{len(names)}"
        names[application] = application
        path = f"set applications application {application}"
        text += f"{path} protocol {line.protocol}\n"
        for word, condition in (("source-port", line.source_ports),
                                ("destination-port", line.target_ports)):  # fmt: skip
            if condition is not None:
                text += f"{path} {word} {_span(condition)}\n"
    text += f"set {head} match source-address {places[0]}\n"
    text += f"set {head} match destination-address {places[1]}\n"
    text += f"set {head} match application {application}\n"
    return text + f"set {head} then {'permit' if line.permit else 'deny'}\n"


def _span(condition: tuple[str, int, int]) -> str:
    operator, low, high = condition
    return {"eq": str(low), "range": f"{low}-{high}", "gt": f"{low + 1}-65535",
            "lt": f"0-{low - 1}"}[operator]  # fmt: skip


def _nsg(direction: str, priority: int, line: Line) -> dict[str, object]:
    def places(place: Net) -> str:
        return "*" if place.length == 0 else f"{dotted(place.base)}/{place.length}"

    return {
        "name": f"securityRules/rule-{priority}",
        "access": "Allow" if line.permit else "Deny",
        "direction": direction,
        "priority": priority,
        "protocol": {"ip": "All", "icmp": "Icmp"}.get(line.protocol, line.protocol.title()),
        "sourceAddressPrefix": places(line.source),
        "destinationAddressPrefix": places(line.target),
        "sourcePortRange": _span(line.source_ports) if line.source_ports else "0-65535",
        "destinationPortRange": _span(line.target_ports) if line.target_ports else "0-65535",
    }
